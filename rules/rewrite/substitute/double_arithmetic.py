"""Arithmetic of doubles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.examples import Rewritten, Untouched
from linter.finding import Safety
from linter.graph import DType, Value
from linter.pattern import BoundValue, op
from linter.rule import RewriteRule

if TYPE_CHECKING:
    from linter.edit import GraphEditor
    from linter.pattern import Match, Refusal

__all__ = ["DoubleArithmetic"]

BEFORE = """
x = Placeholder : float64[1,2]
w = Const : float64[2,2] = 0.5
a = MatMul(x, w)
b = MatMul(a, w)
y = Relu(b)
"""

AFTER = """
x = Placeholder : float64[1,2]
a/Cast = Cast(x) {DstT=float32}
a/b = Const : float32[2,2] = 0.5
a/MatMul = MatMul(a/Cast, a/b)
b/b = Const : float32[2,2] = 0.5
b/MatMul = MatMul(a/MatMul, b/b)
b = Cast(b/MatMul) {DstT=float64}
y = Relu(b)
"""

_WIDE, _NARROW = DType("float64"), DType("float32")
_KEPT = frozenset(
    {
        "Cast",
        "Const",
        "Enter",
        "Exit",
        "Identity",
        "Merge",
        "NextIteration",
        "Placeholder",
        "PlaceholderWithDefault",
        "Switch",
    }
)


class DoubleArithmetic(RewriteRule):
    """Compute in float32 what is computed in float64, between two Casts.

    Tolerance: float32 has 24 bits where float64 has 53.
    Shapes: float64[...] in and out; constants are rounded once.
    Source: TensorFlow op docs of Cast; atc and OMG list most operations for float32 only.
    Notes: values are taken to lie within the range of float32.
    """

    id, name, safety = "RWS060", "double-arithmetic", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-5
    pattern = op(())
    examples = (
        Rewritten(
            BEFORE,
            after=AFTER,
            given={"limits": {"MatMul": "T == 'float32'"}},
            label="a chain needs no Cast inside",
        ),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("0.5", "1e300"),
            given={"limits": {"MatMul": "T == 'float32'"}},
            label="a constant is out of range",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The node must compute with doubles that fit."""
        node = m.root.node
        if node.op in _KEPT or _WIDE not in _dtypes(m) or not node.inputs:
            return m.refuse("")
        definition = m.context.ops.get(node.op)
        if definition is None or definition.stateful:
            return m.refuse("")
        return None if all(_fits(value) for value in m.root.inputs) else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The node in float32, its results as float64."""
        names = {
            first: arg.name
            for arg, first, count in m.context.inference.arg_ports(m.root.node) or ()
            if count == 1
        }
        inputs = [
            _narrowed(value, edit, names.get(slot, "const"))
            for slot, value in enumerate(m.root.inputs)
        ]
        attrs = {
            name: _NARROW if value == _WIDE and isinstance(value, DType) else value
            for name, value in m.root.node.attrs.items()
            if not name.startswith("_")
        }
        made = edit.add(m.root.node.op, inputs, attrs)
        return tuple(
            _widened(m.root.output(port), made._replace(port=port), edit)
            for port in range(max(m.used_outputs(), default=0) + 1)
        )


def _dtypes(m: Match) -> set[str | None]:
    return {value.dtype for value in m.root.inputs} | {
        m.root.output(port).dtype for port in m.used_outputs()
    }


def _fits(value: BoundValue) -> bool:
    """Whether a constant stays finite in float32; data is taken to."""
    if value.dtype != _WIDE or value.tensor is None:
        return True
    import numpy as np

    array = value.tensor.array()
    return bool(np.all(~np.isfinite(array) | (np.abs(array) <= np.finfo(np.float32).max)))


def _narrowed(value: BoundValue, edit: GraphEditor, name: str) -> Value | BoundValue:
    if value.dtype != _WIDE:
        return value
    if value.tensor is not None:
        return edit.const(value.tensor.array().astype("float32"), name=name)
    node = value.node
    if node.op == "Cast" and value.inputs[0].dtype == _NARROW:
        return value.inputs[0]
    return edit.add("Cast", [value], {"DstT": _NARROW})


def _widened(old: BoundValue, new: Value, edit: GraphEditor) -> Value:
    return edit.add("Cast", [new], {"DstT": _WIDE}) if old.dtype == _WIDE else new
