"""An input without elements."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity, Value

__all__ = ["EmptyTensor"]


class EmptyTensor(LintRule):
    """Flag an input with a dimension of size 0.

    Why: --input_shape takes sizes above 0 only (E10011), and the manual excludes empty tensors that
        are no constants.
    Remedy: a size of 1 or more, or cut the input off.
    Source: atc manual, general restrictions; hicann/ge, option_utils.cc (E10011).
    """

    id, name, severity = "SHP003", "empty-tensor", Severity.WARNING
    visits = ("Placeholder",)
    messages = {"empty": "input {input!r} has no elements: {shape}"}
    remedies = {"empty": "give it a size of 1 or more with --input-shape, or leave the input out"}
    examples = (
        Clean("x = Placeholder : float32[2,3]\ny = Relu(x)"),
        Flagged("x = Placeholder : float32[0,3]\ny = Relu(x)", at=("x",)),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Look at the shape that the input will have."""
        shape = ctx.inference.shape(Value(node.key))
        if shape and 0 in shape and ctx.is_live(node):
            shown = "[" + ", ".join("?" if dim is None else str(dim) for dim in shape) + "]"
            yield self.finding(node, "empty", input=node.name, shape=shown)
