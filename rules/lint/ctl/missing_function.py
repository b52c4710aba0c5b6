"""A call of a function that the library does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.rules import Clean, Finding, Flagged, FuncRef, LintContext, LintRule, Severity
from opdb.record import OpDef

__all__ = ["MissingFunction"]

_CALL = """
def f(a: float32[2]) -> (out: y:0):
    y = Relu(a)

x = Placeholder : float32[2]
c = PartitionedCall(x) {Tin=[float32], Tout=[float32], f=@NAME}
"""


class MissingFunction(LintRule):
    """Flag an attribute that names a function which the model does not have.

    Why: the parser stops with E12013.
    Remedy: freeze or export again with the function library.
    Source: hicann/ge, parser/parser/tensorflow (E12013); TensorFlow, function library.
    """

    id, name, severity = "CTL003", "missing-function", Severity.ERROR
    messages = {"missing": "{op!r} calls function {callee!r}, which is not in the model's library"}
    remedies = {"missing": "export the graph again together with its function library"}
    examples = (
        Clean(_CALL.replace("NAME", "f")),
        Flagged(_CALL.replace("NAME", "gone"), at=("c",)),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Look up every function that a live node names where its op calls it."""
        calling: dict[str, list[str]] = {}
        for graph, node, _ in ctx.live:
            names = calling.get(node.op)
            if names is None:
                names = calling[node.op] = _function_attrs(ctx.source.ops.get(node.op))
            if not names:
                continue
            callees = (callee for name in names for callee in _callees(node.attrs.get(name)))
            gone = next((name for name in callees if name not in ctx.model.functions), None)
            if gone is not None:
                yield self.finding(
                    node, "missing", function=graph.function, op=node.op, callee=gone
                )


def _function_attrs(opdef: OpDef | None) -> list[str]:
    attrs = opdef.attrs.items() if opdef is not None else ()
    return [name for name, spec in attrs if spec.type in ("func", "list(func)")]


def _callees(value: Any) -> Iterator[str]:
    for entry in value if isinstance(value, tuple) else (value,):
        if isinstance(entry, FuncRef) and entry.name:
            yield entry.name
