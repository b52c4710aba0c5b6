"""An attribute that the parser asks for is not there."""

from __future__ import annotations

from collections.abc import Iterator

from linter.judge.atc.demands import parser_demand
from linter.rules import (
    Certainty,
    Clean,
    Finding,
    Flagged,
    LintContext,
    LintRule,
    Severity,
)

__all__ = ["MissingAttribute"]

_ARG_MAX = "x = Placeholder : float32[2,3]\nd = Const : int32[] = 0\n"


class MissingAttribute(LintRule):
    """Flag a node without an attribute that the parser's plugin of its op reads.

    Why: TensorFlow fills in defaults that were stripped, the plugin does not: it stops.
    Remedy: export the graph again with all attributes (strip_default_attrs off).
    Source: parser plugins of canndev (ops/built-in/framework/tf_plugin), commit 7d77ce32;
        hicann/ge, parser/parser/tensorflow (Fill, Squeeze, FrameworkOp); both were run.
    """

    id, name, severity = "ATR007", "missing-attribute", Severity.ERROR
    per_release = True
    since = "0.2"
    messages = {
        "missing": "{op!r} has no attribute {attribute!r}, which the parser of {target} asks for: "
        "it stops with E19999",
        "both": "{op!r} has both {attribute!r} and {other!r}, and the parser of {target} takes one "
        "of them: it stops with E19999",
        "unneeded": "no output needs {op!r}, but the parser of {target} reads it and stops with "
        "E19999 because of its attribute {attribute!r}",
    }
    remedies = {
        "missing": "export the graph again without stripping default attributes",
        "both": "keep the attribute that TensorFlow knows, {attribute}",
        "unneeded": "`omlint fix` removes it; --outputs leave it out as well",
    }
    examples = (
        Clean(
            _ARG_MAX + "y = ArgMax(x, d) {output_type=int32}",
            given={"tool": "atc"},
        ),
        Clean(
            _ARG_MAX + "y = ArgMax(x, d) {-output_type}",
            label="a tool that is not known to ask",
        ),
        Flagged(
            _ARG_MAX + "y = ArgMax(x, d) {-output_type}",
            at=("y",),
            messages=("missing",),
            given={"tool": "atc"},
        ),
        Flagged(
            "x = Placeholder : float32[1,2]\ny = Squeeze(x) {squeeze_dims=[0], axis=[0]}",
            at=("y",),
            messages=("both",),
            given={"tool": "atc"},
            label="two names for one",
        ),
        Flagged(
            "x = Placeholder : float32[2]\nk = LeakyRelu {T=float32, -alpha}\ny = Relu(x)",
            at=("k",),
            messages=("unneeded",),
            given={"tool": "atc"},
            label="not needed",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Ask what the parser asks of every node that it reads."""
        if ctx.source.database.target.tool != "atc":
            return
        for graph, node in ctx.parsed():
            demand = parser_demand(node)
            if demand is None or ctx.source.node(graph, node).refused_by is not None:
                continue
            needed = node.key in ctx.source.reachable(graph)
            message = "unneeded" if not needed else "both" if demand.other else "missing"
            yield self.finding(
                node,
                message,
                function=graph.function,
                certainty=Certainty.DOCUMENTED if demand.run else Certainty.INFERRED,
                stage="parser",
                compiler_code="E19999",
                op=node.op,
                attribute=demand.attribute,
                other=demand.other,
            )
