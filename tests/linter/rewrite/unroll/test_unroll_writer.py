"""What is written down of a body: copies, constants, rows; each once, under a telling name."""

from __future__ import annotations

import pytest
from carried import called, carry_out, lines, loop, refused, result

from linter.results.objection import ObjectionKind
from linter.rewrite.engine import RewriteOptions
from linter.rewrite.unroll.limits import NODE_LIMIT


def test_names_tell_the_elements_of_a_constant():
    text = "".join(
        f"k{i} = Const : int32[{len(v)}] = {list(v)}\na{i} = Reshape(x, k{i})\n"
        for i, v in enumerate([(6,), (-1,), (2, 3), (1, 1, 2, 3), (1, 1, 1, 2, 3)])
    )
    outcome = result(text, *(f"a{i}:0" for i in range(5)))
    names = {node.name for node in outcome.model.main if node.op == "Const"}
    assert names == {
        "c/const_6", "c/const_m1", "c/const_2_3", "c/const_1_1_2_3", "c/const_1_1_1_2_3_etc",
    }  # fmt: skip


def test_one_constant_is_written_once_and_one_that_is_there_not_at_all():
    more = "k = Const : int32[1] = [6]\n"
    body = "q = Const : int32[1] = [6]\np = Const : int32[1] = [6]\na = Reshape(x, q)\n"
    body += "b = Reshape(a, p)\nd = Reshape(b, k)"
    text = called(body, "d:0", inputs="x: float32[3,2]; k: int32[1]").replace(
        "k = Placeholder : int32[1]\n", more
    )
    outcome = carry_out(text, "kept", "y0", lacking=("StatefulPartitionedCall",))
    assert lines(outcome) == [
        "c/a = Reshape(x, c/const_6)", "c/b = Reshape(c/a, c/const_6)", "c/d = Reshape(c/b, k)",
    ]  # fmt: skip


def test_floats_and_long_constants_are_copied_under_their_names():
    outcome = result("w = Const : float32[2] = [1.5, 2.5]\na = Add(x, w)", "a:0")
    assert outcome.model.main["c/w"].attrs["value"].values() == (1.5, 2.5)
    assert lines(outcome) == ["c/a = Add(x, c/w)"]


def test_rows_of_one_tensor_are_cut_out_once():
    text = (
        "n = Const : int32[] = 3\nt = TensorArrayV3(n) {dtype=float32}\n"
        "u = TensorArrayV3(n) {dtype=float32}\np = Const : int32[3] = [0, 1, 2]\n"
        "s = TensorArrayScatterV3(t, p, x, t:1)\nv = TensorArrayScatterV3(u, p, x, u:1)\n"
        "k = Const : int32[] = 1\na = TensorArrayReadV3(t, k, s) {dtype=float32}\n"
        "b = TensorArrayReadV3(u, k, v) {dtype=float32}\nd = Add(a, b)"
    )
    outcome = result(text, "d:0")
    assert lines(outcome) == [
        "c/Unpack = Unpack(x) {axis=0, num=3}", "c/d = Add(c/Unpack:1, c/Unpack:1)",
    ]  # fmt: skip


def test_what_reads_the_same_in_two_rounds_is_written_once():
    text = loop('w = Exp(q)\nq = Enter(x) {frame_name="f"}\nvv = Mul(sv:1, w)', rounds=3)
    left = lines(carry_out(text))
    assert len([line for line in left if " = Exp(" in line]) == 1
    assert len([line for line in left if " = Mul(" in line]) == 3


def test_what_says_something_is_written_in_every_round():
    text = loop('q = Enter(x) {frame_name="f"}\nw = Assert(cc, q)\ncc = Less(si:1, n)\n'
                "vv = Exp(sv:1, ^w)", rounds=3)  # fmt: skip
    left = lines(carry_out(text))
    assert len([line for line in left if " = Assert(" in line]) == 3


def test_copies_are_placed_beside_nothing():
    text = called('a = Exp(x) {_class=["loc:@q"]}\nb = Neg(a)', "b:0")
    outcome = carry_out(text, "kept", "y0", lacking=("StatefulPartitionedCall",))
    assert "_class" not in outcome.model.main["c/a"].attrs
    assert outcome.model.main["c/a"].attrs["T"] == "float32"


def test_names_that_are_taken_get_a_number():
    text = called("a = Exp(x)\nb = Neg(a)", "b:0", more="c/a = Abs(x)\nother = Neg(c/a)\n")
    outcome = carry_out(text, "kept", "y0", "other", lacking=("StatefulPartitionedCall",))
    assert [line.partition(" (")[0] for line in lines(outcome)] == [
        "c/a = Abs(x)", "other = Neg(c/a)", "c/a_1 = Exp(x)", "c/b = Neg(c/a_1)",
    ]  # fmt: skip


def body_of(count):
    first = "a0 = Neg(x)\n"
    return first + "\n".join(f"a{index} = Neg(a{index - 1})" for index in range(1, count))


@pytest.mark.parametrize(("count", "limit", "fits"), [(5, 5, True), (6, 5, False), (6, None, True)])
def test_the_number_of_copies_may_be_limited(count, limit, fits):
    text = called(body_of(count), f"a{count - 1}:0")
    options = RewriteOptions(copy_limit=limit)
    lacking = ("StatefulPartitionedCall",)
    outcome = carry_out(text, "kept", "y0", lacking=lacking, options=options)
    assert len(lines(outcome)) == (count if fits else 1)
    if not fits:
        (refused,) = outcome.refused
        assert refused.kind is ObjectionKind.UNTRIED
        assert "its 5 nodes and more" in refused.reason


def test_no_more_nodes_are_written_than_a_model_should_have():
    body = "o = Const : int32[] = 0\nb = While(o, x) {cond=@less, body=@step, T=[int32, float32]}"
    others = "def less(i: int32, a: float32) -> (r: l:0):\n  n = Const : int32[] = 2000\n"
    others += "  l = Less(i, n)\n"
    others += "def step(i: int32, a: float32) -> (j: k:0, b: a10:0):\n  one = Const : int32[] = 1\n"
    others += "  k = Add(i, one)\n  a0 = Neg(a)\n"
    others += "".join(f"  a{n} = Neg(a{n - 1})\n" for n in range(1, 11))
    assert refused(body, "b:1", others=others) == f"it would take more than {NODE_LIMIT} nodes"
