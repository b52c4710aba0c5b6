"""The parser or the operator table does not know the op type."""

from __future__ import annotations

from collections.abc import Iterator

from linter.examples import Clean, Flagged
from linter.finding import Finding, Severity
from linter.graph import Node
from linter.judge.judgement import Stage, Status
from linter.rule import LintContext, LintRule

__all__ = ["UnknownOp"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)"


class UnknownOp(LintRule):
    """Flag a node whose op type the target's parser or operator table does not know.

    Why: compilation stops at the first such node; this lists all of them at once.
    Remedy: a rewrite where one fits, a cut of the graph, or another version.
    Source: the judge; every finding carries the evidence that it rests on.
    """

    id, name, severity = "OPS001", "unknown-op", Severity.ERROR
    judged = (Status.UNSUPPORTED,)
    messages = {
        "no_parser": "op {op!r} is unknown to the parser of {target}",
        "no_row": "op {op!r} is not in the operator table of {target}",
    }
    remedies = {
        "no_parser": "see `omlint explain {op}` for the versions that know it, try `omlint fix`, "
        "or cut the graph before it with --outputs",
        "no_row": "try `omlint fix`, or cut the graph before it with --outputs",
    }
    examples = (
        Clean(_GRAPH),
        Flagged(_GRAPH, at=("y",), lacking=("Relu",)),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("no_row",),
            given={"answers": {"Relu": (Status.UNSUPPORTED, Stage.PARSER, "no_row", {})}},
            label="operator table",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what the parser stage refused."""
        judgement = ctx.judge(node)
        if judgement.refused_by is Stage.PARSER:
            yield self.finding(
                node,
                "no_row" if judgement.reason == "no_row" else "no_parser",
                op=node.op,
                certainty=judgement.certainty,
                evidence=judgement.evidence,
            )
