"""The answer of a judge about one node: what the target does with it, where, and who decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linter.results.finding import Certainty

__all__ = ["Judgement", "Placement", "Stage", "Status"]


class Status(StrEnum):
    """What the target does with a node."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"


class Placement(StrEnum):
    """Where a node goes."""

    FUSED = "fused"
    REMOVED = "removed"
    FOLDED = "folded"
    LOCAL = "local"
    AICORE = "aicore"
    AICPU = "aicpu"
    TF_KERNEL = "tf_kernel"
    OMG = "omg"
    NONE = "none"


class Stage(StrEnum):
    """The stage that decided."""

    FUSION = "fusion"
    PARSER = "parser"
    CONTROL_FLOW = "control-flow"
    REMOVED = "removed"
    FOLDING = "folding"
    ENGINE = "engine"
    DTYPE = "dtype"
    CONSTRAINT = "constraint"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the facts say about one node on one target.

    Attributes:
        stage: the stage that decided.
        reason: id of the reason in the message catalogue, e.g. ``no_parser``, ``no_kernel``.
        detail: values that fill the reason's message: seen and accepted dtypes, expressions …
        port: input slot or output the reason is about; ``None`` when it is the whole node.
        ge_op: GE type the node becomes, ``None`` under omg or when the parser does not know it.
        evidence: ids of the sources the answer rests on.
    """

    status: Status
    placement: Placement
    certainty: Certainty
    stage: Stage
    reason: str = ""
    detail: tuple[tuple[str, str], ...] = ()
    port: int | None = None
    ge_op: str | None = None
    evidence: tuple[str, ...] = ()

    @property
    def refused_by(self) -> Stage | None:
        """The stage that refused the node, ``None`` when it is not unsupported."""
        return self.stage if self.status is Status.UNSUPPORTED else None
