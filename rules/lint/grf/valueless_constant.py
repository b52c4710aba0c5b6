"""A Const without a tensor, or with a tensor of another dtype."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, DType, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["ValuelessConstant"]


class ValuelessConstant(LintRule):
    """Flag a constant whose value is missing or is not of the dtype that it declares.

    Why: a value of another dtype than the one declared is parsed by atc all the same, which is why
        it is a warning there; TensorFlow refuses the graph. Without any value the parser stops,
        without a code of its own.
    Remedy: export the graph again; weights may have been stripped from the file.
    Source: hicann/ge, parser/parser/tensorflow/tensorflow_constant_parser.cc.
    """

    id, name, severity = "GRF009", "valueless-constant", Severity.ERROR
    visits = ("Const",)
    messages = {
        "missing": "constant {constant!r} has no value",
        "dtype": "constant {constant!r} declares {declared}, but its value is {found}",
    }
    remedies = {
        "missing": "export the graph again with its weights",
        "dtype": "export the graph again; whatever changed the constant changed half of it",
    }
    examples = (
        Clean("c = Const : float32[2] = 1.0\ny = Relu(c)"),
        Flagged(
            "x = Placeholder : float32[2]\nc = Const {dtype=float32, -value}\ny = Add(x, c)",
            at=("c",),
            messages=("missing",),
        ),
        Flagged(
            "c = Const {dtype=int32, value=tensor(float32[1], [1.0])}\ny = Neg(c)",
            at=("c",),
            messages=("dtype",),
            label="two dtypes",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Look at the value and at the dtypes."""
        if not ctx.is_live(node):
            return
        value = node.attrs.get("value")
        dtype = getattr(value, "dtype", None)
        if dtype is None:
            yield self.finding(node, "missing", constant=node.name)
            return
        declared = node.attrs.get("dtype")
        if isinstance(declared, DType) and declared != dtype:
            goes_on = ctx.source.database.target.tool == "atc"
            yield self.finding(
                node,
                "dtype",
                severity=Severity.WARNING if goes_on else None,
                constant=node.name,
                declared=str(declared),
                found=str(dtype),
            )
