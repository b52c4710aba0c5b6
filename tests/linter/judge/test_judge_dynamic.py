"""Which nodes have a size that an op before them decides."""

from __future__ import annotations

import pytest

from linter.infer.inference import Inference
from linter.io.graphtext import parse
from linter.judge.atc.dynamic import run_time_sized
from opdb.tf_ops import load_op_table

WHERE = "c = Placeholder : bool[4]\nw = Where(c) {T=bool}\n"


def sized(text, ops=("Where", "Unique", "Heard")):
    graph = parse(text).main
    return run_time_sized(graph, frozenset(ops), Inference(graph, load_op_table()))


def test_the_op_and_its_readers_down_to_a_static_shape():
    text = WHERE + (
        "a = Neg(w)\nb = Abs(a)\nz = Const : int64[1] = 0\no = Const : int64[1] = [1]\n"
        "s = Const : int32[1] = [3]\nr = Reshape(b, s)\ny = Neg(r)\nx = Neg(o)"
    )
    assert sized(text) == {"w", "a", "b", "r"}
    assert sized(text, ops=()) == frozenset()


def test_such_an_op_of_known_size_decides_nothing():
    text = (
        "x = Placeholder : int32[2]\nk = Const : int32[2] = [1, 2]\nd = ListDiff(k, k)\ny = Neg(d)"
    )
    assert sized(text, ops=("ListDiff",)) == frozenset()
    fed = text.replace("ListDiff(k, k)", "ListDiff(x, k)")
    assert sized(fed, ops=("ListDiff",)) == {"d", "y"}


def test_only_readers_of_the_open_outputs_count():
    text = "x = Placeholder : int32[4]\nu = Unique(x)\na = Neg(u)\nb = Neg(u:1)"
    assert sized(text) == {"u", "a"}


def test_every_reader_of_a_node_is_found_once():
    text = WHERE + "a = Neg(w)\nb = Add(a, a)\nd = Add(a, b)\ne = NoOp(^d)"
    assert sized(text) == {"w", "a", "b", "d"}


@pytest.mark.parametrize(("line", "also"), [("h = Heard(c)", {"h", "y"}), ("h = Deaf(c)", set())])
def test_an_unknown_op_counts_as_one_output(line, also):
    assert sized("c = Placeholder : bool[4]\n" + line + "\ny = Neg(h)") == also


def test_later_outputs_pass_it_on():
    text = WHERE + "u = Unpack(w) {num=2, axis=1}\na = Neg(u)\nb = Neg(u:1)"
    assert sized(text) == {"w", "u", "a", "b"}
