"""An Enter without what the parser asks of it."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.op_families import ENTERS
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["IncompleteFrame"]

_NEEDED = {"frame_name": str, "is_constant": bool}


class IncompleteFrame(LintRule):
    """Flag an Enter whose frame name or constancy is not stated.

    Why: the parser stops with E19999; defaults that TensorFlow fills in are not filled in here.
    Remedy: export the graph with all attributes (strip_default_attrs off).
    Source: hicann/ge, parser/parser/tensorflow (Enter parser).
    """

    id, name, severity = "CTL005", "incomplete-frame", Severity.ERROR
    per_release = True
    visits = ENTERS
    messages = {"attribute": "{op!r} has no attribute {attribute!r}, which the parser asks for"}
    remedies = {"attribute": "export the graph again without stripping default attributes"}
    examples = (
        Clean('x = Placeholder : float32[2]\ny = Enter(x) {frame_name="f", is_constant=false}'),
        Clean("x = Placeholder : float32[2]\ny = Relu(x)", label="no loop"),
        Flagged(
            'x = Placeholder : float32[2]\ny = Enter(x) {frame_name="f"}',
            at=("y",),
            given={"tool": "atc"},
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Ask for both attributes."""
        if ctx.source.database.target.tool != "atc":
            return
        if node.key not in ctx.source.parsed(ctx.graph):
            return
        for name, kind in _NEEDED.items():
            if not isinstance(node.attrs.get(name), kind):
                yield self.finding(
                    node,
                    "attribute",
                    stage="parser",
                    compiler_code="E19999",
                    op=node.op,
                    attribute=name,
                )
                return
