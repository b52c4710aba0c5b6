"""A refusal as the answer of the judge."""

from __future__ import annotations

from linter.judge.atc.inference.operator import Aspect, Refused
from linter.results.finding import Certainty
from linter.results.judgement import Judgement, Placement, Reason, Status

__all__ = ["judgement_of"]

_REASONS = {
    Aspect.SHAPE: Reason.INFERRED_SHAPE,
    Aspect.DTYPE: Reason.INFERRED_DTYPE,
    Aspect.ATTRIBUTE: Reason.INFERRED_ATTRIBUTE,
    Aspect.CONSTANT: Reason.INFERRED_CONSTANT,
}


def judgement_of(refusal: Refused, ge_op: str, evidence: tuple[str, ...]) -> Judgement:
    """What the judge says of a node that is refused.

    Args:
        refusal: why.
        ge_op: its GE type.
        evidence: ids of the sources.
    """
    reason = Reason.CONTRADICTION if refusal.contradiction else _REASONS[refusal.aspect]
    return Judgement(
        Status.UNSUPPORTED,
        Placement.NONE,
        Certainty.INFERRED,
        reason.stage,
        reason,
        (("seen", refusal.seen), ("accepted", refusal.accepted)),
        port=refusal.port,
        ge_op=ge_op,
        evidence=evidence,
        code=refusal.code,
    )
