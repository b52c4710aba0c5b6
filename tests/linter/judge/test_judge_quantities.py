"""Attributes, constants and facts that formulas name as they are."""

from __future__ import annotations

from linter.io.graphtext import parse
from linter.judge import JudgeOptions, Status
from linter.judge.synthetic import synthetic_judge


def holds(text, formula, **options):
    """Whether a formula holds for node ``y``; ``None`` when the graph does not settle it."""
    model = parse(text)
    node = model.main["y"]
    judge = synthetic_judge(model, JudgeOptions(**options), limits={node.op: formula})
    status = judge.node(model.main, node).status
    return {Status.SUPPORTED: True, Status.UNSUPPORTED: False, Status.UNKNOWN: None}[status]


def one(line, dims="1,8,6,4", dtype="float32"):
    return f"x = Placeholder : {dtype}[{dims}]\n{line}"


def test_a_computed_constant_counts():
    text = one("s = Shape(x)\ny = Reshape(x, s)")
    assert holds(text, "shape == [1, 8, 6, 4]")
    assert holds(one("s = Shape(x)\ny = Reshape(x, s)", "1,?"), "shape == [1, 8]") is None


def test_an_attribute_that_is_absent_has_its_default():
    assert holds(one("y = LeakyRelu(x)"), "alpha > 0.1 and alpha < 0.3")
    assert holds(one("y = LeakyRelu(x) {alpha=0.5}"), "alpha == 0.5")
    assert holds(one("y = LRN(x)"), "has_attr(bias)") is False
    assert holds(one("y = LRN(x) {bias=0.5}"), "has_attr(bias)")
    assert holds(one("y = LeakyRelu(x)"), "beta == 1") is None


def test_attributes_of_every_kind():
    text = "y = Placeholder : int32[2,?]"
    assert holds(text, "dtype == 'int32' and shape[0] == 2 and len(shape) == 2")
    assert holds("y = Placeholder : int32[...]", "len(shape) == 2") is None
    assert holds(one("y = Cast(x) {DstT=int32}"), "DstT == 'int32' and SrcT == 'float32'")


def test_whether_an_input_is_constant_goes_by_its_name():
    text = one("w = Const : float32[4,4] = 0.5\ni = Identity(w)\ny = MatMul(x, i)", "4,4")
    assert holds(text, "is_const(b)")
    assert holds(text, "is_const(a)") is False
    assert holds(text, "is_const(nothing)") is None


def test_constants_are_read_through_identities_and_known_values():
    text = one("p = Const : float32[] = 2.0\ni = Identity(p)\ny = Pow(x, i)")
    assert holds(text, "power == 2.0")
    pinned = one("p = Const : int32[2] = [1, 192]\nq = Neg(p)\nr = Neg(q)\ny = Reshape(x, r)")
    assert holds(pinned, "shape == [1, 192]")


def test_layouts_default_to_channels_last():
    assert holds(one("y = Relu(x)"), "data_format == 'NHWC'")
    assert holds(one("b = Const : float32[8] = 0.0\ny = BiasAdd(x, b) {data_format=\"NCHW\"}"),
                 "data_format == 'NCHW'")  # fmt: skip


def test_shapes_that_the_user_gives_count():
    text = one("y = Relu(x)", "?,8,6,4")
    assert holds(text, "n == 3") is None
    assert holds(text, "n == 3", input_shapes={"x": (3, 8, 6, 4)})


def test_an_input_that_is_not_there_is_not_known():
    assert holds(one("y = Relu(x)"), "y_rank == 1") is None
    assert holds(one("y = Relu(x)"), "len_scale == 1") is None
