"""Cases that every rewrite family meets, beyond the examples that the rules carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from linter.graph import Value
from linter.io import graphtext
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from rules.registry import rewrite_rules

DROPOUT = """
x = Placeholder : float32[2]
one = Const : float32[] = 1.0
keep = PlaceholderWithDefault(one) : float32[]
size = Const : int32[1] = [2]
inverse = RealDiv(one, keep)
kept = Mul(x, inverse)
draw = RandomUniform(size) {dtype=float32}
low = Const : float32[] = 0.0
high = Const : float32[] = 1.0
width = Sub(high, low)
wide = Mul(draw, width)
noise = Add(wide, low)
sum = AddV2(keep, noise)
mask = Floor(sum)
drop = Mul(kept, mask)
y = Relu(drop)
"""

MASKED = """
x = Placeholder : float32[2]
rate = Const : float32[] = 0.0
scale = Const : float32[] = 1.0
zero = Const : float32[] = 0.0
size = Const : int32[1] = [2]
kept = Mul(x, scale)
draw = RandomUniform(size) {dtype=float32}
above = GreaterEqual(draw, rate)
drop = SelectV2(above, kept, zero)
y = Relu(drop)
"""

NESTED = """
x = Placeholder : float32[2]
p = Const : bool[] = false
d = Placeholder : bool[]
s = Switch(x, p)
inner = Switch(s:1, d)
a = Neg(inner)
b = Exp(inner:1)
ab = Merge(a, b)
c = Abs(s)
m = Merge(c, ab)
y = Relu(m)
i = Identity(m:1)
"""


def _fix(
    text: str,
    lacking: tuple[str, ...] = (),
    *,
    outputs: tuple[str, ...] = (),
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    options: RewriteOptions | None = None,
    **given: Any,
) -> RewriteOutcome:
    fetched = tuple(Value(*_split(text)) for text in outputs)
    outcome = rewrite(
        rewrite_rules(),
        graphtext.parse(text),
        lambda model: synthetic_judge(
            model, JudgeOptions(shapes or {}, fetched), lacking=lacking, **given
        ),
        options,
    )
    assert outcome.errors == ()
    return outcome


def _split(text: str) -> tuple[str, int]:
    name, _, port = text.partition(":")
    return name, int(port or 0)


def _text(outcome: RewriteOutcome) -> str:
    return "\n" + graphtext.dump(outcome.model)


def test_dropout_of_an_unfed_default_goes() -> None:
    assert _text(_fix(DROPOUT)) == "\nx = Placeholder : float32[2]\ny = Relu(x)\n"


def test_dropout_of_a_fed_default_stays() -> None:
    outcome = _fix(DROPOUT, shapes={"keep": ()})
    assert outcome.model.main["keep"].op == "Placeholder"
    assert "mask" in outcome.model.main
    assert [refused.rule for refused in outcome.refused] == ["RWD006", "RWD007"]


def test_masked_dropout_goes() -> None:
    assert _text(_fix(MASKED)) == "\nx = Placeholder : float32[2]\ny = Relu(x)\n"


def test_active_dropout_goes_when_asked_for() -> None:
    text = MASKED.replace("rate = Const : float32[] = 0.0", "rate = Const : float32[] = 0.5")
    text = text.replace("scale = Const : float32[] = 1.0", "scale = Const : float32[] = 2.0")
    assert _fix(text).rewrites == ()
    outcome = _fix(text, options=RewriteOptions(unsafe=True))
    assert _text(outcome) == "\nx = Placeholder : float32[2]\ny = Relu(x)\n"


def test_a_product_with_a_floor_is_no_dropout() -> None:
    text = "x = Placeholder : float32[2]\ns = AddV2(x, x)\nf = Floor(s)\ny = Mul(x, f)"
    outcome = _fix(text)
    assert (outcome.rewrites, outcome.refused) == ((), ())


def test_nested_conditions_collapse() -> None:
    outcome = _fix(NESTED, ("Switch", "Merge"))
    assert _text(outcome) == (
        "\nx = Placeholder : float32[2]\nd = Placeholder : bool[]\nc = Abs(x)\n"
        "m/index = Const : int32[] = 0\ny = Relu(c)\ni = Identity(m/index)\n"
    )


def test_control_inputs_survive_a_substitution() -> None:
    text = "x = Placeholder : float32[2]\na = Neg(x)\ny = AddV2(x, x, ^a)\nz = Relu(y)"
    graph = _fix(text, ("AddV2",)).model.main
    assert (graph["y"].op, graph["y"].controls) == ("Add", ("a",))


def test_fetched_statistics_keep_batch_norm() -> None:
    text = """
x = Placeholder : float32[1,2,2,3]
c = Const : float32[3] = 1.0
n = FusedBatchNormV3(x, c, c, c, c) {is_training=false}
"""
    outcome = _fix(text, ("FusedBatchNormV3",), outputs=("n", "n:1"))
    assert outcome.rewrites == ()
    assert "output 1" in outcome.refused[0].reason


def test_slices_of_a_split_cannot_take_a_fetched_second_output() -> None:
    text = """
x = Placeholder : float32[2,6]
sizes = Const : int32[2] = [4, 2]
axis = Const : int32[] = 1
s = SplitV(x, sizes, axis) {num_split=2}
"""
    outcome = _fix(text, ("SplitV",), outputs=("s", "s:1"))
    assert outcome.rewrites == ()
    assert "lose its name" in outcome.refused[-1].reason


@pytest.mark.parametrize("shape", ["[]", "[0]", "[3]", "[2,?]", ""])
def test_elementwise_rewrites_keep_any_shape(shape: str) -> None:
    text = f"x = Placeholder : float32{shape}\nn = NotEqual(x, x)\ny = LogicalNot(n)"
    outcome = _fix(text, ("NotEqual",))
    assert outcome.after.unsupported == 0
    inference = outcome.judge.inference(outcome.model.main)
    assert inference.shape(Value("y")) == inference.shape(Value("x"))


def test_a_short_value_list_stands_for_the_whole_tensor() -> None:
    text = """
x = Placeholder : float32[1,2]
w = Const : float32[3,2] = 0.5
y = MatMul(x, w) {transpose_b=true}
"""
    outcome = _fix(text, limits={"MatMul": "transpose_b is False"})
    weight = outcome.model.main["y/b"].attrs["value"]
    assert (weight.shape, set(weight.values())) == ((2, 3), {0.5})


def test_one_constant_read_twice_serves_both() -> None:
    text = """
x = Placeholder : float32[1,2]
w = Const : float32[2,2] = 0.5
y = MatMul(x, w) {transpose_b=true}
z = MatMul(x, w)
"""
    graph = _fix(text, limits={"MatMul": "transpose_b is False"}).model.main
    assert graph["z"].inputs[1] == Value("w")
    assert graph["y"].inputs[1] == Value("y/b")


def test_a_guarded_assertion_goes_with_its_condition() -> None:
    text = """
x = Placeholder : float32[2]
p = Placeholder : bool[]
s = Switch(p, p)
t = Identity(s:1)
n = NoOp(^t)
ok = Identity(t, ^n)
f = Identity(s)
e = Const(^f) : string[] = "no"
a = Assert(f, e) {T=[string]}
bad = Identity(f, ^a)
m = Merge(bad, ok)
y = Relu(x, ^m)
"""
    outcome = _fix(text, ("Switch", "Merge"))
    assert outcome.after.unsupported == 0
    assert _text(outcome) == (
        "\nx = Placeholder : float32[2]\np = Placeholder : bool[]\ny = Relu(x)\n"
    )


def test_a_loop_keeps_its_constants_inside() -> None:
    text = """
n = Const : int32[] = 3
z = Const : int32[] = 0
e = Enter(z) {frame_name="w", is_constant=false, parallel_iterations=1}
m = Merge(e, next)
l = Const(^m) : int32[] = 3
c = Less(m, l)
cond = LoopCond(c)
s = Switch(m, cond)
i = Identity(s:1)
one = Const(^i) : int32[] = 1
size = Const(^i) : int32[2] = [2, 3]
r = Size(size)
inc = AddV2(i, one)
two = Mul(r, inc)
next = NextIteration(two)
x = Exit(s)
"""
    outcome = _fix(text, ("AddV2", "Size"))
    graph = outcome.model.main
    assert graph["inc"].op == "Add"
    assert graph["r"].op == "Const"
    assert graph["r"].controls
