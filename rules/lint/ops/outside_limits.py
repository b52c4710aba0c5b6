"""The op is known, but this node is outside the limits that the target states for it."""

from __future__ import annotations

from collections.abc import Iterator

from linter.results.judgement import Reason, Stage
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity, Status

__all__ = ["OutsideLimits"]

_GRAPH = "a = Placeholder : float32[2,3]\nb = Placeholder : float32[3,2]\ny = MatMul(a, b)"
_LIMIT = {"limit": "one operand is a constant", "expr": "is_const(b)"}
_NOT_CONST = {"tensor": "b", "seen": "", "accepted": ""}


class OutsideLimits(LintRule):
    """Flag a node that breaks a boundary formula or needs a constant where it has data.

    Why: the op type alone looks supported; the compiler refuses this very node.
    Remedy: a rewrite that brings the node within the limit, or a change of the model.
    Source: the operator tables' boundary columns and the operators' own checks.
    """

    id, name, severity = "OPS004", "outside-limits", Severity.ERROR
    judged = (Status.UNSUPPORTED,)
    messages = {
        "limit": "{op!r} is outside the limits of {target}: {limit} ({expr})",
        "const_input": "input {tensor!r} of {op!r} must be a constant on {target}",
    }
    remedies = {
        "const_input": "make a constant of it: `omlint fix` folds what can be folded, or change "
        "the model",
        "limit": "try `omlint fix`; what it cannot bring within the limit must change in the model",
    }
    examples = (
        Clean(_GRAPH),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("limit",),
            given={
                "answers": {"MatMul": (Status.UNSUPPORTED, Stage.CONSTRAINT, Reason.LIMIT, _LIMIT)}
            },
        ),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("const_input",),
            given={
                "answers": {
                    "MatMul": (Status.UNSUPPORTED, Stage.CONSTRAINT, Reason.CONST_INPUT, _NOT_CONST)
                }
            },
            label="data for a constant",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what the constraint stage refused."""
        judgement = ctx.judge(node)
        if judgement.refused_by is not Stage.CONSTRAINT:
            return
        detail = dict(judgement.detail)
        const_input = judgement.reason is Reason.CONST_INPUT
        yield self.finding(
            node,
            "const_input" if const_input else "limit",
            op=node.op,
            port=judgement.port,
            certainty=judgement.certainty,
            evidence=judgement.evidence,
            limit=detail.get("limit") or detail.get("seen", ""),
            expr=detail.get("expr") or detail.get("accepted", ""),
            tensor=detail.get("tensor", ""),
        )
