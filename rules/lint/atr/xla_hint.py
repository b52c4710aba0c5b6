"""Attributes that ask TensorFlow to compile with XLA."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["XlaHint"]

_HINTS = ("_XlaCompile", "_XlaMustCompile")


class XlaHint(LintRule):
    """Tell that nodes carry attributes that are meant for XLA.

    Why: they say that the graph was prepared for another compiler, which may have rewritten it into
        clusters; the parser drops them.
    Remedy: freeze from the original model, with jit_compile off.
    Source: TensorFlow, compiler/jit/defs.cc (names of the attributes).
    """

    id, name, severity = "ATR004", "xla-hint", Severity.INFO
    messages = {
        "hint": "{count} node(s) carry attributes for XLA, which mean nothing here: {members}"
    }
    remedies = {"hint": "freeze the original model with jit_compile off"}
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x) {_XlaCompile=false}"),
        Flagged("x = Placeholder : float32[2]\ny = Relu(x) {_XlaCompile=true}", at=("",)),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Collect live nodes with such an attribute that is not off."""
        hinted = [node.name for _, node, _ in ctx.live if node.op != "Const" and _is_hinted(node)]
        if hinted:
            yield self.finding(None, "hint", count=len(hinted), members=self.listed(hinted))


def _is_hinted(node: Node) -> bool:
    attrs = node.attrs
    return any(name in attrs and bool(attrs[name]) for name in _HINTS)
