"""What inputs are taken for, the edge cases that follow, and what is done with the answers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from linter.io.npz import read_arrays
from linter.process.tf.client import Keeping, TensorFlowWorker, rejudge, verify
from linter.results.errors import UsageError, VerifyError
from linter.results.tolerance import EXACT, Tolerance
from linter.results.verify import VerifyResult, VerifyStatus, Worst

pytestmark = pytest.mark.tf

GraphFile = Callable[[str, str], str]
RELU = "x = Placeholder : float32[2, 3]\ny = Relu(x)\n"
EDGES = ("zeros", "ones", "greatest", "tiny", "huge")
IMAGE = "x = Placeholder : float32[1, 4, 4, 3]\n"
LOOP_LIKE = """
n = Placeholder : int32[2]
x = Placeholder : float32[2, 6, 3]
zero = Const : int32[] = 0
six = Const : int32[] = 6
one = Const : int32[] = 1
places = Range(zero, six, one)
row = ExpandDims(places, zero)
column = ExpandDims(n, one)
live = Less(row, column)
f = Cast(live) {DstT=float32}
two = Const : int32[] = 2
g = ExpandDims(f, two)
y = Mul(x, g)
"""


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (RELU, {"x": "normal numbers"}),
        (IMAGE + "y = Relu(x)", {"x": "pixels 0 to 1"}),
        (
            IMAGE + "c = Const : float32[] = 127.5\ns = Sub(x, c)\ny = Relu(s)",
            {"x": "pixels 0 to 255"},
        ),
        (
            IMAGE + "c = Const : float32[] = 0.00392\ni = Identity(x)\ns = Mul(i, c)\ny = Relu(s)",
            {"x": "pixels 0 to 255"},
        ),
        (
            IMAGE + "c = Const : float32[3] = [0.4, 0.5, 0.4]\ns = Sub(x, c)\ny = Relu(s)",
            {"x": "pixels 0 to 1"},
        ),
        ("x = Placeholder : int32[1, 4, 4, 3]\ny = Neg(x)", {"x": "pixels 0 to 255"}),
        ("x = Placeholder : uint8[4, 4, 3]\ny = Cast(x) {DstT=float32}", {"x": "pixels 0 to 255"}),
        ("x = Placeholder : int32[4]\ny = Neg(x)", {"x": "integers 0 to 9"}),
        (("m = Placeholder : float32[4]\ninput_mask = Placeholder : float32[4]\n"
         "y = Mul(m, input_mask)"), {"m": "normal numbers", "input_mask": "mask of 0 and 1"}),
        ("x = Placeholder : float32[4]\nkeep_prob = Placeholder : float32\ny = Mul(x, keep_prob)",
         {"x": "normal numbers", "keep_prob": "probability to keep, 1"}),
        (("is_training = Placeholder : bool[]\nb = Placeholder : bool[3]\n"
         "y = LogicalAnd(b, is_training)"),
         {"is_training": "training flag, false", "b": "true and false"}),
        ("x = Placeholder : float32[1, 64, 3]\ny = Relu(x)", {"x": "normal numbers"}),
        ("x = Placeholder : float32[32, 64, 3]\ny = Relu(x)", {"x": "pixels 0 to 1"}),
        ("x = Placeholder : float32[1, 3, 8, 8]\ny = Relu(x)", {"x": "pixels 0 to 1"}),
        (LOOP_LIKE, {"n": "lengths 1 to 6", "x": "normal numbers"}),
        ("s = Placeholder : string[3]\ny = StringUpper(s)", {"s": "words"}),
        ("s = Placeholder : string[3]\ny = StringToNumber(s) {out_type=float32}",
         {"s": "numbers as text"}),
        (("ids = Placeholder : int64[3]\nt = Const : float32[7, 2] = 0.5\na = Const : int32[] = 0\n"
         "e = ExpandDims(ids, a)\nc = Cast(e) {DstT=int32}\ny = GatherV2(t, c, a)"),
         {"ids": "indices 0 to 6"}),
    ],
)  # fmt: skip
def test_roles(
    worker: TensorFlowWorker, graph_file: GraphFile, text: str, roles: dict[str, str]
) -> None:
    a = graph_file("a", text)

    result = verify(a, a, worker=worker)

    assert {info.name: info.role for info in result.inputs} == roles
    assert all(diff.ok for diff in result.outputs)
    assert result.left_out == ()


def test_functions_that_call_functions_are_entered(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    text = """
def inner(t: float32[7,2], i: int32[3]) -> (r: g):
    a = Const : int32[] = 0
    g = GatherV2(t, i, a)
def outer(t: float32[7,2], i: int32[3]) -> (r: c):
    c = PartitionedCall(t, i) {f=@inner, Tin=[float32, int32], Tout=[float32]}
ids = Placeholder : int32[3]
t = Const : float32[7,2] = 0.5
y = PartitionedCall(t, ids) {f=@outer, Tin=[float32, int32], Tout=[float32]}
"""
    a = graph_file("a", text)
    result = verify(a, a, worker=worker)

    assert {info.name: info.role for info in result.inputs} == {"ids": "indices 0 to 6"}
    assert all(diff.ok for diff in result.outputs)


def test_words_of_a_table(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    text = """
words = Placeholder : string[40]
keys = Const : string[2] = ["apple", "pear"]
values = Const : int64[2] = [3, 4]
table = HashTableV2() {key_dtype=string, value_dtype=int64, shared_name="t"}
fill = InitializeTableV2(table, keys, values)
missing = Const : int64[] = -1
ids = LookupTableFindV2(table, words, missing)
"""
    a = graph_file("a", text)
    result = verify(a, a, outputs=["ids:0"], worker=worker)

    assert result.equal
    assert result.inputs[0].role == "words of a table of 2, and others"
    off = graph_file("b", text.replace("[3, 4]", "[3, 5]"))
    assert not verify(a, off, outputs=["ids:0"], worker=worker).equal


def test_edge_cases_find_what_normal_numbers_do_not(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    b = graph_file("b", RELU.replace("Relu", "Relu6"))

    result = verify(graph_file("a", RELU), b, worker=worker)

    assert result.feeds == ("seed 0", "seed 1", *EDGES)
    [diff] = result.outputs
    assert diff.reason == "largest difference 4 exceeds rtol 0.01, atol 0.001"
    assert diff.mismatched == 6
    assert diff.worst == Worst("greatest", (0, 0), "10", "6")
    assert diff.stress.startswith("on huge values: largest difference")


def test_one_value_all_over_magnifies_rounding(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    text = """
x = Placeholder : float32[1, 64]
k = Const : float32[] = 1.0
axis = Const : int32[1] = [1]
m = Mean(x, axis) {keep_dims=true}
d = Sub(x, m)
s = Mul(d, k)
"""
    a = graph_file("a", text)
    b = graph_file("b", text.replace("= 1.0", "= 1.00005"))
    limit = Tolerance(1e-6, 1e-6)

    result = verify(a, b, tolerance=limit, worker=worker)

    assert result.outputs[0].worst is not None
    assert result.outputs[0].worst.feed in ("seed 0", "seed 1")
    assert verify(a, b, tolerance=Tolerance(1e-4, 1e-6), worker=worker).equal


def test_special_values_count_where_outputs_must_be_bit_equal(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    head = "x = Placeholder : float32[64]\nz = Const : float32[] = 0.0\n"
    a = graph_file("a", head + "y = Mul(x, z)")
    b = graph_file("b", head + "y = ZerosLike(x)")

    loose = verify(a, b, special=True, worker=worker)
    strict = verify(a, b, special=True, tolerance=EXACT, worker=worker)

    assert loose.outputs[0].ok
    assert loose.outputs[0].stress.startswith("on special values: ")
    assert loose.feeds == ("seed 0", "seed 1", *EDGES, "special", "seed 2", "seed 3")
    assert strict.status is VerifyStatus.DIFFERENT
    assert strict.outputs[0].worst is not None
    assert strict.outputs[0].worst.feed == "special"


def test_edge_cases_that_the_first_graph_stops_at(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    text = """
x = Placeholder : float32[2, 3]
e = Exp(x)
y = CheckNumerics(e) {message="no"}
"""
    a = graph_file("a", text)

    result = verify(a, a, worker=worker)

    assert result.equal
    assert result.left_out == ("huge",)


def test_unknown_rank_is_no_scalar(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a = graph_file("a", "x = Placeholder : float32\ny = Relu(x)")
    order = "o = Const : int32[3] = [2, 0, 1]\ni = Identity(x)\ny = Transpose(i, o)"
    b = graph_file("b", f"x = Placeholder : float32\n{order}")

    result = verify(a, a, worker=worker)

    assert result.inputs[0].shape == (1, 8)
    assert result.notes == ("input x: its rank is unknown, run with shape [1, 8]",)
    assert verify(b, b, worker=worker).inputs[0].shape == (1, 8, 8)
    assert verify(a, a, input_shapes={"x": ()}, worker=worker).inputs[0].shape == ()


def test_weights_of_one_value_are_mentioned(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    text = """
x = Placeholder : float32[1, 600]
w = Const : float32[600, 4] = 0.25
m = MatMul(x, w)
s = Softmax(m)
"""
    a = graph_file("a", text)

    result = verify(a, a, worker=worker)

    assert result.status is VerifyStatus.INSENSITIVE
    assert result.notes == (
        (
            "1 large constants repeat one value, such as w; weights like these can hide the inputs "
            "from the outputs"
        ),
    )


def test_what_the_first_graph_gave_is_kept(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a, b = graph_file("a", RELU), graph_file("b", RELU)
    assert verify(a, b, worker=worker).equal
    before = Path(a).stat()
    Path(a).write_bytes(Path(graph_file("c", RELU.replace("Relu", "Tanh"))).read_bytes())
    os.utime(a, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Path(a).stat().st_size == before.st_size

    assert verify(a, b, worker=worker).equal  # the file was not run again
    os.utime(a)
    assert not verify(a, b, worker=worker).equal


def test_outputs_of_one_graph_only(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a = graph_file("a", RELU)
    more = graph_file("b", RELU + "z = Neg(x)\nw = Exp(x)\n")

    added = verify(a, more, worker=worker)
    gone = verify(more, a, worker=worker)

    assert added.equal
    assert added.notes == (f"only {more} has output z:0 and 1 more, which nothing is held to",)
    assert [(diff.name, diff.ok, diff.max_abs) for diff in gone.outputs] == [
        ("y:0", True, 0.0),
        ("z:0", False, None),
        ("w:0", False, None),
    ]


def test_ops_that_only_other_outputs_need(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a = graph_file("a", RELU + "z = NoSuchOp(x)\nw = NoSuchOp(z)\n")

    assert verify(a, a, outputs=["y:0"], worker=worker).equal
    with pytest.raises(VerifyError, match=r"does not know NoSuchOp \(node z and 1 more\)"):
        verify(a, a, worker=worker)


def kept(worker: TensorFlowWorker, path: Path, a: str, b: str, **options: object) -> VerifyResult:
    keep = Keeping(("first.pb", "second.pb"), path, ("0" * 64, "1" * 64))
    return verify(a, b, keep=keep, worker=worker, **options)  # type: ignore[arg-type]


TEXTS = """
x = Placeholder : float32[2, 3]
s = Placeholder : string[2]
h = Cast(x) {DstT=bfloat16}
u = StringUpper(s)
i = Cast(x) {DstT=int32}
"""


def test_kept_results_are_judged_again(
    worker: TensorFlowWorker, graph_file: GraphFile, tmp_path: Path
) -> None:
    half = "x = Placeholder : float32[2, 3]\nh = Const : float32[] = 0.5\ny = Mul(x, h)"
    a, b = graph_file("a", half), graph_file("b", half.replace("0.5", "0.5005"))
    path = tmp_path / "kept.npz"

    found = kept(worker, path, a, b, tolerance=Tolerance(1e-2, 1e-2))

    assert found.equal
    assert rejudge(path) == found
    strict = rejudge(path, tolerance=EXACT)
    assert strict.status is VerifyStatus.DIFFERENT
    assert strict == kept(worker, tmp_path / "again.npz", a, b, tolerance=EXACT)
    first = path.read_bytes()
    kept(worker, path, a, b, tolerance=Tolerance(1e-2, 1e-2))
    assert path.read_bytes() == first
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".npz", ".npz", ".pb", ".pb"]


def test_kept_results_of_all_dtypes(
    worker: TensorFlowWorker, graph_file: GraphFile, tmp_path: Path
) -> None:
    a = graph_file("a", TEXTS)
    b = graph_file("b", TEXTS.replace("Upper", "Lower"))
    path = tmp_path / "kept.npz"

    for other in (a, b):
        found = kept(worker, path, a, other)
        again = rejudge(path)
        assert again.status is found.status
        assert [(d.name, d.ok, d.mismatched, d.sensitive) for d in again.outputs] == [
            (d.name, d.ok, d.mismatched, d.sensitive) for d in found.outputs
        ]


def test_outputs_from_elsewhere(
    worker: TensorFlowWorker, graph_file: GraphFile, tmp_path: Path
) -> None:
    a, path, other = graph_file("a", RELU), tmp_path / "kept.npz", tmp_path / "device.npz"
    kept(worker, path, a, a)
    held = read_arrays(str(path))
    right = np.maximum(held["feed/1/x"], 0).astype(np.float16)

    np.savez(other, **{"1/y": right})
    found = rejudge(path, tolerance=Tolerance(1e-2, 1e-3), against=other)
    assert found.equal
    assert found.feeds == ("seed 1",)
    np.savez(other, **{"y:0": right})  # the first feed, which has other values
    assert not rejudge(path, against=other).equal
    for name in ("z", "99/y"):
        np.savez(other, **{name: right})
        with pytest.raises(UsageError, match="is no output of the saved run; there are: y:0"):
            rejudge(path, against=other)
    np.savez(other)
    with pytest.raises(UsageError, match="holds no output"):
        rejudge(path, against=other)


def test_damaged_kept_results(
    worker: TensorFlowWorker, graph_file: GraphFile, tmp_path: Path
) -> None:
    a, path = graph_file("a", RELU), tmp_path / "kept.npz"
    kept(worker, path, a, a)
    held = read_arrays(str(path))
    about = held["about"].tobytes()

    for changed in (
        {},
        {**held, "about": np.frombuffer(b"{}", np.uint8)},
        {**held, "about": np.frombuffer(b"no json", np.uint8)},
        {**held, "about": np.frombuffer(about.replace(b'"seed 0",', b'"seed 0"'), np.uint8)},
        {**held, "about": np.frombuffer(about.replace(b"ation 1", b"ation 2"), np.uint8)},
        {**held, "about": np.frombuffer(about.replace(b'"": [', b'"x": ['), np.uint8)},
        {**held, "about": np.frombuffer(about.replace(b"null", b"1e999"), np.uint8)},
        {name: array for name, array in held.items() if name != "first/0/y:0"},
        {**held, "nowhere": np.zeros(1)},
    ):  # fmt: skip
        np.savez(path, **changed)
        with pytest.raises(UsageError, match=str(path)):
            rejudge(path)
    np.savez(path, **{name: array for name, array in held.items() if name != "second/0/y:0"})
    assert rejudge(path).equal  # that feed is not compared, all others are
