"""A refusal as the answer of the judge."""

from __future__ import annotations

from linter.judge.atc.inference.operator import Aspect, Refused
from linter.results.finding import Certainty
from linter.results.judgement import Judgement, Placement, Reason, Status
from opdb.facts import JudgingFacts
from opdb.record import ParserRecord

__all__ = ["judgement_of"]

_REASONS = {
    Aspect.SHAPE: Reason.INFERRED_SHAPE,
    Aspect.DTYPE: Reason.INFERRED_DTYPE,
    Aspect.ATTRIBUTE: Reason.INFERRED_ATTRIBUTE,
    Aspect.CONSTANT: Reason.INFERRED_CONSTANT,
}


def judgement_of(refusal: Refused, record: ParserRecord, facts: JudgingFacts) -> Judgement:
    """What the judge says of a node that is refused.

    Args:
        refusal: why.
        record: what the parser makes of the node.
        facts: those of the target, for the source of the prototypes.
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
        ge_op=record.ge_op,
        evidence=(*record.evidence, *facts.evidence("inference")),
        code=refusal.code,
    )
