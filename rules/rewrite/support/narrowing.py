"""One node computed in another dtype, between two Casts.

Source: TensorFlow op docs of Cast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph import DType
from linter.graph.op_families import CONTROL_FLOW
from linter.rules.match import BoundValue, Match

if TYPE_CHECKING:
    from linter.graph import Node, Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import MatchContext

__all__ = ["in_other_dtype", "is_arithmetic", "may_hold"]

_KEPT = CONTROL_FLOW | {
    "Bitcast",
    "Cast",
    "Const",
    "Identity",
    "Placeholder",
    "PlaceholderWithDefault",
}


def may_hold(node: Node, context: MatchContext, dtype: str) -> bool:
    """Whether an input or output of the node has the dtype."""
    inference = context.inference
    return dtype in inference.input_dtypes(node) or dtype in inference.output_dtypes(node)


def is_arithmetic(m: Match, dtype: str) -> bool:
    """Whether the root computes with values of the dtype and does nothing else."""
    node = m.root.node
    used = {value.dtype for value in m.root.inputs} | {
        m.root.output(port).dtype for port in m.used_outputs()
    }
    if node.op in _KEPT or dtype not in used or not node.inputs:
        return False
    definition = m.context.ops.get(node.op)
    return definition is not None and not definition.stateful


def in_other_dtype(m: Match, edit: GraphEditor, old: str, new: str) -> tuple[Value, ...]:
    """The root with ``new`` in place of ``old``, its results cast back.

    A constant operand becomes a constant; of an operand that was cast from ``new`` the Cast is
    left out.
    """
    names = {
        first: arg.name
        for arg, first, count in m.context.inference.arg_ports(m.root.node) or ()
        if count == 1
    }
    inputs = [
        _cast_operand(value, edit, names.get(slot, "const"), (old, new))
        for slot, value in enumerate(m.root.inputs)
    ]
    attrs = {
        name: DType(new) if value == old and isinstance(value, DType) else value
        for name, value in m.root.node.attrs.items()
        if not name.startswith("_")
    }
    made = edit.add(m.root.node.op, inputs, attrs)
    results = []
    for port in range(max(m.used_outputs(), default=0) + 1):
        result = made._replace(port=port)
        if m.root.output(port).dtype == old:
            result = edit.add("Cast", [result], {"DstT": DType(old)})
        results.append(result)
    return tuple(results)


def _cast_operand(
    value: BoundValue, edit: GraphEditor, name: str, dtypes: tuple[str, str]
) -> Value | BoundValue:
    old, new = dtypes
    if value.dtype != old:
        return value
    if value.tensor is not None:
        return edit.const(value.tensor.array().astype(new), name=name)
    node = value.node
    if node.op == "Cast" and value.inputs[0].dtype == new:
        return value.inputs[0]
    return edit.add("Cast", [value], {"DstT": DType(new)})
