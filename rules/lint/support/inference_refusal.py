"""What the rules about refusals in shape inference share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from linter.results.judgement import Reason, Stage
from linter.rules import Finding, LintContext, LintRule, Node, Severity, Status

__all__ = ["REFUSED", "InferenceRefusal", "answer"]

REFUSED = "{op!r}: {seen}; {accepted}; atc stops in shape inference with {compiler_code}"
"""What a finding of such a rule says."""


class InferenceRefusal(LintRule, abstract=True):
    """Flags the nodes that shape inference refuses for some reasons.

    Attributes:
        reasons: reason of the judge to message id.
    """

    severity = Severity.ERROR
    judged = (Status.UNSUPPORTED,)
    reasons: ClassVar[Mapping[Reason, str]]

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what inference refused; operands that clash have a rule of their own."""
        judgement = ctx.judge(node)
        message = self.reasons.get(judgement.reason)
        if message is not None and judgement.refused_by is Stage.INFERENCE:
            yield self.refused(node, message, judgement)


def answer(op: str, reason: Reason, seen: str, accepted: str) -> Mapping[str, object]:
    """What an example gives: the judge refuses ``op`` in shape inference."""
    detail = {"seen": seen, "accepted": accepted}
    return {"answers": {op: (Status.UNSUPPORTED, Stage.INFERENCE, reason, detail)}}
