"""Attributes that no op definition has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["UndefinedAttribute"]


class UndefinedAttribute(LintRule):
    """Tell which attributes the op definitions do not have.

    Why: a TensorFlow newer than the definitions, or another tool, wrote them; the parser drops what
        it does not know, whatever it meant.
    Remedy: compare the outputs, or export with a TensorFlow of the version that the target knows.
    Source: TensorFlow op definitions; names that begin with an underscore are nobody's definition.
    """

    id, name, severity = "ATR003", "undefined-attribute", Severity.INFO
    messages = {
        "undefined": "{op!r} has attribute {attribute!r}, which no definition of the op has"
    }
    remedies = {"undefined": "compare the outputs, or export with an older TensorFlow"}
    examples = (
        Clean('x = Placeholder : float32[2]\ny = Relu(x) {_class=["loc:@x"]}'),
        Flagged("x = Placeholder : float32[2]\ny = Relu(x) {alpha=0.5}", at=("y",)),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Compare the names of the attributes of live nodes with the definitions'."""
        for graph, node, _ in ctx.live:
            opdef = ctx.source.ops.get(node.op)
            if opdef is None or node.op == "Const":
                continue
            for name in node.attrs:
                if name not in opdef.attrs and name[:1] != "_":
                    args: dict[str, Any] = {"op": node.op, "attribute": name}
                    yield self.finding(node, "undefined", function=graph.function, **args)
                    break
