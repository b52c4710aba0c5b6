"""Every engine that has the op refuses a dtype of the node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.results.judgement import Reason, Stage
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity, Status

__all__ = ["RefusedDtype"]

_GRAPH = "a = Placeholder : float64[2,3]\nb = Placeholder : float64[3,2]\ny = MatMul(a, b)"
_DETAIL = {"tensor": "a", "seen": "float64", "accepted": "float16, float32", "engines": "aicore"}


class RefusedDtype(LintRule):
    """Flag a node with a tensor whose dtype no engine of the target takes.

    Why: float64, int64, bool and complex are never bridged by the compiler; engine selection ends
        in EZ3002.
    Remedy: another dtype, by a Cast or in the model.
    Source: the kernel lists of the target; the evidence names them.
    """

    id, name, severity = "DTY001", "refused-dtype", Severity.ERROR
    judged = (Status.UNSUPPORTED,)
    messages = {
        "dtype": "{op!r} has {tensor!r} as {seen}, which {target} refuses (asked: {engines}); it "
        "takes {accepted}"
    }
    remedies = {"dtype": "cast it to a dtype that is taken, or build the model with one"}
    examples = (
        Clean(_GRAPH.replace("float64", "float32")),
        Flagged(
            _GRAPH,
            at=("y",),
            given={"answers": {"MatMul": (Status.UNSUPPORTED, Stage.DTYPE, Reason.DTYPE, _DETAIL)}},
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what the dtype stage refused."""
        judgement = ctx.judge(node)
        if judgement.refused_by is not Stage.DTYPE:
            return
        detail = dict(judgement.detail)
        args: dict[str, Any] = {key: detail.get(key, "") for key in _DETAIL}
        yield self.finding(
            node,
            "dtype",
            op=node.op,
            port=judgement.port,
            certainty=judgement.certainty,
            evidence=judgement.evidence,
            **args,
        )
