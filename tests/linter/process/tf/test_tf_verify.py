"""Comparing two graphs by running them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from linter.process.tf.client import TensorFlowWorker, verify
from linter.results.errors import UsageError, VerifyError
from linter.results.tolerance import EXACT, Tolerance
from linter.results.verify import VerifyStatus, Worst

pytestmark = pytest.mark.tf

GraphFile = Callable[[str, str], str]

RELU = """
x = Placeholder : float32[2, 3]
y = Relu(x)
"""
HALF = "x = Placeholder : float32[2, 3]\nh = Const : float32[] = 0.5\ny = Mul(x, h)"


def test_equal(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a = graph_file("a", RELU)
    b = graph_file("b", RELU + "z = Neg(x)\n")

    result = verify(a, b, outputs=["y:0"], worker=worker)

    assert result.equal
    assert result.status is VerifyStatus.EQUAL
    [diff] = result.outputs
    assert (diff.name, diff.max_abs, diff.ok, diff.sensitive) == ("y:0", 0.0, True, True)
    assert result.seeds == (0, 1)
    assert result.notes == ()


def test_different(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    b = graph_file("b", RELU.replace("Relu", "Tanh"))

    result = verify(graph_file("a", RELU), b, worker=worker)

    assert result.status is VerifyStatus.DIFFERENT
    assert not result.equal
    [diff] = result.outputs
    assert diff.max_abs is not None
    assert diff.max_abs > 0.1
    assert "exceeds" in diff.reason


@pytest.mark.parametrize(
    ("tolerance", "equal"),
    [(EXACT, False), (Tolerance(1e-2, 1e-2), True), (Tolerance(1e-6, 1e-6), False)],
)
def test_tolerance(
    worker: TensorFlowWorker, graph_file: GraphFile, tolerance: Tolerance, equal: bool
) -> None:
    a, b = graph_file("a", HALF), graph_file("b", HALF.replace("0.5", "0.5005"))

    assert verify(a, b, tolerance=tolerance, worker=worker).equal is equal
    per_output = verify(a, b, tolerance=EXACT, tolerances={"y:0": tolerance}, worker=worker)
    assert per_output.equal is equal


def test_output_that_ignores_the_inputs_proves_nothing(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    flat = "x = Placeholder : float32[2, 3]\nz = ZerosLike(x)\ny = Exp(z)\n"

    result = verify(graph_file("a", flat), graph_file("b", flat), worker=worker)

    assert result.status is VerifyStatus.INSENSITIVE
    assert not result.equal
    assert result.outputs[0].ok
    assert result.outputs[0].sensitive is False
    assert len(result.seeds) > 2


def test_output_that_no_input_reaches_is_a_proof(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    text = RELU + "c = Const : float32[2] = [1.0, 2.0]\nd = Neg(c)\n"

    result = verify(graph_file("a", text), graph_file("b", text), worker=worker)

    assert result.equal
    assert {diff.name: diff.sensitive for diff in result.outputs} == {"y:0": True, "d:0": None}


def test_nan_equals_nan_only(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    log = "x = Placeholder : float32[8]\nl = Log(x)\ny = Add(l, x)\n"
    a, b = graph_file("a", log), graph_file("b", log.replace("Log(x)", "Abs(x)"))

    assert verify(a, a, worker=worker).equal
    result = verify(a, b, worker=worker)
    assert not result.equal
    assert "finite in one graph only" in result.outputs[0].reason


def test_token_ids_stay_inside_the_table(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    text = """
ids = Placeholder : int32[1, 64]
segments = Placeholder : int64[1, 64]
input_mask = Placeholder : int32[1, 64]
flat_shape = Const : int32[1] = [-1]
flat = Reshape(ids, flat_shape)
table = Const : float32[5, 2] = [[1,2],[3,4],[5,6],[7,8],[9,10]]
axis = Const : int32[] = 0
words = GatherV2(table, flat, axis)
one = Const : int64[] = 1
shifted = Add(segments, one)
kinds = Const : int64[3] = [4, 5, 6]
kind = GatherV2(kinds, shifted, axis)
"""
    a = graph_file("a", text)
    result = verify(
        a, a, outputs=["words:0", "kind:0", "flat:0", "segments:0", "input_mask:0"], worker=worker
    )

    assert result.equal
    assert result.notes == ()
    assert [info.name for info in result.inputs] == ["ids", "segments", "input_mask"]


def test_token_ids_are_followed_into_functions(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    text = """
ids = Placeholder : int32[1, 64]
table = Const : float32[3, 2] = [[1,2],[3,4],[5,6]]
called = PartitionedCall(table, ids) {Tin=[float32, int32], Tout=[float32, int32], f=@look}
kinds = Const : float32[2] = [7, 8]
axis = Const : int32[] = 0
kind = GatherV2(kinds, called:1, axis)
def look(t: float32[3, 2], i: int32[1, 64]) -> (rows: g, same: e):
    a = Const : int32[] = 0
    g = GatherV2(t, i, a)
    e = Identity(i)
"""
    a = graph_file("a", text)

    result = verify(a, a, outputs=["called:0", "kind:0"], worker=worker)

    assert result.equal
    assert result.notes == ()


def test_integers_that_the_graph_bounds_in_its_own_way(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    text = """
i = Placeholder : int32[64]
two = Const : int32[] = 2
squared = Mul(i, i)
table = Const : float32[2] = [7, 8]
axis = Const : int32[] = 0
g = GatherV2(table, squared, axis)
"""
    a = graph_file("a", text)

    result = verify(a, a, outputs=["g:0"], worker=worker)

    assert result.equal
    assert result.notes == ("it runs only with integers below 2",)


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        # one hot: ids below the depth
        (
            """
ids = Placeholder : int32[40]
depth = Const : int32[] = 2
on = Const : float32[] = 1.0
off = Const : float32[] = 0.0
hot = OneHot(ids, depth, on, off)
axis = Const : int32[] = 1
total = Sum(hot, axis)
checked = CheckNumerics(total) {message="no"}
""",
            ["hot:0"],
        ),
        # 1 - mask: zeros and ones
        (
            """
m = Placeholder : int64[50]
one = Const : float32[] = 1.0
f = Cast(m) {DstT=float32}
inverse = Sub(one, f)
root = Sqrt(inverse)
checked = CheckNumerics(root) {message="no"}
""",
            ["checked:0"],
        ),
        # sequence lengths: 1 up to the size of the axis
        (
            """
x = Placeholder : float32[4, 6]
n = Placeholder : int32[4]
r = ReverseSequence(x, n) {seq_dim=1}
""",
            ["r:0"],
        ),
        # an encoded picture
        (
            """
bytes = Placeholder : string[]
pixels = DecodePng(bytes) {channels=3}
""",
            ["pixels:0"],
        ),
        # text that is read as numbers
        ("s = Placeholder : string[4]\nn = StringToNumber(s) {out_type=float32}", ["n:0"]),
    ],
    ids=["one-hot", "mask", "lengths", "picture", "numbers"],
)
def test_values_suit_their_use(
    worker: TensorFlowWorker, graph_file: GraphFile, text: str, outputs: list[str]
) -> None:
    a = graph_file("a", text)

    result = verify(a, a, outputs=outputs, worker=worker)

    assert result.equal
    assert result.notes == ()


def test_same_name_and_seed_give_the_same_values(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    two = "x = Placeholder : float32[4]\nw = Placeholder : float32[4]\ny = Sub(x, w)"
    swapped = "w = Placeholder : float32[4]\nx = Placeholder : float32[4]\ny = Sub(x, w)"

    assert verify(graph_file("a", two), graph_file("b", swapped), worker=worker).equal


def test_unknown_sizes_are_assumed_and_said(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    a = graph_file("a", "x = Placeholder : float32[?, ?, 3]\ny = Relu(x)")

    assumed = verify(a, a, worker=worker)
    given = verify(a, a, input_shapes={"x": (2, 5, 3)}, worker=worker)

    assert assumed.inputs[0].shape == (1, 8, 3)
    assert assumed.notes == ("input x: a size is unknown, run with shape [1, 8, 3]",)
    assert given.inputs[0].shape == (2, 5, 3)
    assert given.notes == ()
    with pytest.raises(UsageError, match="does not fit"):
        verify(a, a, input_shapes={"x": (2, 5, 4)}, worker=worker)


def test_rank_is_read_off_the_weights(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    text = "x = Placeholder : float32[...]\nw = Const : float32[7, 2] = 0.5\ny = MatMul(x, w)"
    a = graph_file("a", text)

    result = verify(a, a, worker=worker)

    assert result.inputs[0].shape == (1, 7)
    assert "its rank is unknown" in result.notes[0]


def test_default_of_a_placeholder(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    head = "x = Placeholder : float32[3]\nd = Const : float32[] = 2.0\n"
    a = graph_file("a", head + "k = PlaceholderWithDefault(d) : float32[]\ny = Mul(x, k)")
    pinned = graph_file("pinned", head + "y = Mul(x, d)")
    opened = graph_file("opened", head + "k = Placeholder : float32[]\ny = Mul(x, k)")

    assert verify(a, pinned, worker=worker).equal
    assert verify(a, opened, worker=worker).equal
    named = verify(a, a, inputs=["x", "k"], worker=worker)
    assert [info.name for info in named.inputs] == ["x", "k"]
    assert not verify(a, pinned, inputs=["x", "k"], worker=worker).equal


def test_inner_node_may_be_an_input(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a = graph_file("a", "x = Placeholder : float32[3]\nm = Exp(x)\ny = Neg(m)")
    b = graph_file("b", "m = Placeholder : float32[3]\ny = Neg(m)")

    assert verify(a, b, inputs=["m"], worker=worker).equal


WEIGHTS = (np.arange(36).reshape(2, 3, 3, 2) % 10).tolist()
CONV_INPUTS = (
    f"x = Placeholder : float32[1, 3, 6, 5]\nw = Const : float32[2, 3, 3, 2] = {WEIGHTS}\n"
)
POOL_INPUT = "x = Placeholder : float32[1, 3, 6, 5]\n"
NORM_INPUTS = """
x = Placeholder : float32[2, 3, 2, 2]
g = Const : float32[3] = [1, 2, 3]
b = Const : float32[3] = [4, 5, 6]
"""
TURNED = """
last = Const : int32[4] = [0, 2, 3, 1]
first = Const : int32[4] = [0, 3, 1, 2]
t = Transpose(x, last)
"""
CHANNELS_FIRST = {
    "conv": CONV_INPUTS
    + """
y = Conv2D(x, w) {strides=[1, 1, 2, 1], padding="EXPLICIT", data_format="NCHW", \
explicit_paddings=[0, 0, 0, 0, 1, 0, 2, 1]}
""",
    "pool": POOL_INPUT
    + """
y = MaxPool(x) {ksize=[1, 1, 3, 2], strides=[1, 1, 2, 1], padding="VALID", data_format="NCHW"}
""",
    "norm": NORM_INPUTS
    + """
n = FusedBatchNormV3(x, g, b, b, g) {is_training=false, data_format="NCHW", U=float32}
y = Add(n, x)
v = Neg(n:2)
""",
}
CHANNELS_LAST = {
    "conv": CONV_INPUTS
    + TURNED
    + """
c = Conv2D(t, w) {strides=[1, 2, 1, 1], padding="EXPLICIT", \
explicit_paddings=[0, 0, 1, 0, 2, 1, 0, 0]}
y = Transpose(c, first)
""",
    "pool": POOL_INPUT
    + TURNED
    + """
p = MaxPool(t) {ksize=[1, 3, 2, 1], strides=[1, 2, 1, 1], padding="VALID"}
y = Transpose(p, first)
""",
    "norm": NORM_INPUTS
    + TURNED
    + """
n = FusedBatchNormV3(t, g, b, b, g) {is_training=false, U=float32}
f = Transpose(n, first)
y = Add(f, x)
v = Neg(n:2)
""",
}


@pytest.mark.parametrize("name", CHANNELS_FIRST)
def test_channels_first_graphs_run_on_the_cpu(
    worker: TensorFlowWorker, graph_file: GraphFile, name: str
) -> None:
    a, b = graph_file("a", CHANNELS_FIRST[name]), graph_file("b", CHANNELS_LAST[name])

    result = verify(a, b, tolerance=EXACT, worker=worker)

    assert all(diff.ok for diff in result.outputs)
    assert result.outputs[0].sensitive


def test_random_ops_get_the_same_seed(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    text = """
x = Placeholder : float32[4]
s = Const : int32[1] = [4]
r = RandomUniform(s) {dtype=float32}
y = Add(x, r)
"""
    a, b = graph_file("a", text), graph_file("b", text + "z = Neg(x)\n")

    assert verify(a, b, outputs=["y:0"], worker=worker).equal


def test_dtype_and_shape_changes_are_differences(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    a = graph_file("a", RELU)
    cast = graph_file("b", "x = Placeholder : float32[2, 3]\ny = Cast(x) {DstT=float64}")
    flat = "n = Const : int32[1] = [-1]\ny = Reshape(x, n)"
    reshaped = graph_file("c", "x = Placeholder : float32[2, 3]\n" + flat)

    assert verify(a, cast, worker=worker).outputs[0].reason == "dtype float32 became float64"
    assert verify(a, reshaped, worker=worker).outputs[0].reason == "shape [2, 3] became [6]"


def test_missing_output_is_a_difference(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a, b = graph_file("a", RELU), graph_file("b", RELU.replace("y =", "w ="))

    result = verify(a, b, worker=worker)

    assert result.status is VerifyStatus.DIFFERENT
    assert "not in" in result.outputs[0].reason


def test_integers_and_strings(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    text = """
i = Placeholder : int64[9]
s = Placeholder : string[9]
one = Const : int64[] = 1
y = Add(i, one)
u = StringUpper(s)
"""
    a = graph_file("a", text)
    off = graph_file("b", text.replace("= 1\n", "= 2\n"))
    low = graph_file("c", text.replace("StringUpper", "StringLower"))

    assert verify(a, a, worker=worker).equal
    assert not verify(a, off, worker=worker).equal
    assert "9 of 9 strings differ" in verify(a, low, worker=worker).outputs[1].reason


def test_feed_comes_first(worker: TensorFlowWorker, graph_file: GraphFile, tmp_path: Path) -> None:
    a = graph_file("a", "x = Placeholder : float32[?, 16]\ny = Relu(x)")
    top = "m = Const : float32[] = 40.0\nr = Relu(x)\ny = Minimum(r, m)"
    b = graph_file("b", f"x = Placeholder : float32[?, 16]\n{top}")
    feed = tmp_path / "feed.npz"
    np.savez(feed, x=np.full((3, 16), 50, np.int64))

    assert verify(a, a, feed=feed, worker=worker).inputs[0].shape == (3, 16)
    result = verify(a, b, feed=feed, worker=worker)
    assert result.outputs[0].max_abs == 10.0
    assert result.outputs[0].worst == Worst("feed.npz", (0, 0), "50", "40")
    without = verify(a, b, worker=worker)
    assert without.equal
    assert without.outputs[0].stress.startswith("on huge values: largest difference")


@pytest.mark.parametrize(
    ("arrays", "match"),
    [
        ({"nothing": np.zeros(2)}, "no node nothing"),
        ({"x": np.array([0.5, 1.5])}, "do not fit dtype int32"),
    ],
)
def test_feed_that_does_not_fit(
    worker: TensorFlowWorker,
    graph_file: GraphFile,
    tmp_path: Path,
    arrays: dict[str, np.ndarray],
    match: str,
) -> None:
    a = graph_file("a", "x = Placeholder : int32[2]\ny = Neg(x)")
    feed = tmp_path / "feed.npz"
    np.savez(feed, **arrays)

    with pytest.raises(UsageError, match=match):
        verify(a, a, feed=feed, worker=worker)
    feed.write_bytes(b"no archive")
    with pytest.raises(UsageError, match="not an"):
        verify(a, a, feed=feed, worker=worker)


def test_unknown_op_names_the_graph(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a = graph_file("a", RELU)
    b = graph_file("b", RELU.replace("Relu", "NoSuchOp"))

    with pytest.raises(
        VerifyError, match=r"b\.pb: TensorFlow \S+ does not know NoSuchOp \(node y\)"
    ):
        verify(a, b, worker=worker)
    with pytest.raises(VerifyError, match=r"b\.pb: TensorFlow \S+ does not know"):
        verify(b, a, worker=worker)


def test_graph_that_cannot_be_run(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    text = """
x = Placeholder : float32[8]
n = Log(x)
y = CheckNumerics(n) {message="no number here"}
"""
    bad = graph_file("bad", text)

    with pytest.raises(VerifyError, match=r"bad\.pb: TensorFlow cannot run it: no number here"):
        verify(bad, bad, worker=worker)


def test_tensor_that_no_memory_holds(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    text = """
x = Placeholder : float32[1]
sizes = Const : int32[2] = [16777216, 16777216]
one = Const : float32[] = 1.0
huge = Fill(sizes, one)
many = Mul(huge, x)
axes = Const : int32[2] = [0, 1]
y = Sum(many, axes)
"""
    bad = graph_file("bad", text)

    with pytest.raises(VerifyError, match=r"bad\.pb: TensorFlow ran out of memory: OOM"):
        verify(bad, bad, worker=worker)


def test_unknown_names(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a = graph_file("a", RELU)

    with pytest.raises(UsageError, match="no output nothing:0"):
        verify(a, a, outputs=["nothing"], worker=worker)
    with pytest.raises(UsageError, match="no node nothing"):
        verify(a, a, inputs=["nothing"], worker=worker)
    with pytest.raises(UsageError, match="two different seeds"):
        verify(a, a, seeds=(3, 3), worker=worker)


def test_input_that_only_the_second_graph_has(
    worker: TensorFlowWorker, graph_file: GraphFile
) -> None:
    b = graph_file("b", "w = Placeholder : float32[2, 3]\ny = Relu(w)")

    with pytest.raises(VerifyError, match=r"its input w is no input of"):
        verify(graph_file("a", RELU), b, worker=worker)


def test_chosen_seeds(worker: TensorFlowWorker, graph_file: GraphFile) -> None:
    a = graph_file("a", RELU)

    assert verify(a, a, seeds=(7, 11, 13), worker=worker).seeds == (7, 11, 13)


@pytest.mark.models
@pytest.mark.parametrize("name", ["npm-human-models/age.pb", "gh-ascend-modelzoo", "pypi-cutkum"])
def test_published_graphs_run(shared_dir: Path, worker: TensorFlowWorker, name: str) -> None:
    path = shared_dir / "models" / name
    if path.is_dir():
        path = min(path.glob("*.pb"), key=lambda p: p.stat().st_size)
    result = verify(path, path, worker=worker)

    assert all(diff.ok for diff in result.outputs)
