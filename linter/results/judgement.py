"""The answer of a judge about one node: what the target does with it, where, and who decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from linter.results.finding import Certainty

__all__ = ["Judgement", "Placement", "Reason", "Stage", "Status"]


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
    INFERENCE = "inference"
    ENGINE = "engine"
    DTYPE = "dtype"
    CONSTRAINT = "constraint"


class Reason(StrEnum):
    """Why a judge answers as it does; the values are the ids in the message catalogue.

    Attributes:
        stage: the stage that gives the reason. An answer that a judge only qualifies, such as one
            that is undecided, keeps the stage of what it qualifies.
    """

    stage: Stage

    def __new__(cls, value: str, stage: Stage = Stage.ENGINE) -> Self:
        """A member that is its value, and knows its stage."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.stage = stage
        return member

    FUSED = "fused", Stage.FUSION
    INPUT = "input", Stage.PARSER
    NO_PARSER = "no_parser", Stage.PARSER
    NO_ROW = "no_row", Stage.PARSER
    NO_DATA = "no_data", Stage.PARSER
    V1_CONTROL_FLOW = "v1_control_flow", Stage.CONTROL_FLOW
    V1_LOOP = "v1_loop", Stage.CONTROL_FLOW
    REMOVED = "removed", Stage.REMOVED
    FOLDED = "folded", Stage.FOLDING
    INFERRED_SHAPE = "inferred_shape", Stage.INFERENCE
    INFERRED_DTYPE = "inferred_dtype", Stage.INFERENCE
    INFERRED_ATTRIBUTE = "inferred_attribute", Stage.INFERENCE
    INFERRED_CONSTANT = "inferred_constant", Stage.INFERENCE
    CONTRADICTION = "contradiction", Stage.INFERENCE
    LOCAL = "local"
    LISTED = "listed"
    OWN_CHECK = "own_check"
    LATER_LIST = "later_list"
    PASS_REWRITE = "pass_rewrite"
    KNOWN_ISSUE = "known_issue"
    NO_KERNEL = "no_kernel"
    NO_LIST = "no_list"
    DYNAMIC_SHAPE = "dynamic_shape"
    UNDECIDED = "undecided"
    CONSTANT_REFUSED = "constant_refused"
    RELEASES_DIFFER = "releases_differ"
    DTYPE = "dtype", Stage.DTYPE
    DTYPE_COLUMN = "dtype_column", Stage.DTYPE
    CONST_INPUT = "const_input", Stage.CONSTRAINT
    LIMIT = "limit", Stage.CONSTRAINT
    LIMIT_UNDECIDED = "limit_undecided", Stage.CONSTRAINT


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the facts say about one node on one target.

    Attributes:
        stage: the stage that decided.
        reason: why.
        detail: values that fill the reason's message: seen and accepted dtypes, expressions …
        port: input slot or output the reason is about; ``None`` when it is the whole node.
        ge_op: GE type the node becomes, ``None`` under omg or when the parser does not know it.
        evidence: ids of the sources the answer rests on.
        code: error code with which the tool stops at the node; empty when that is not known.
    """

    status: Status
    placement: Placement
    certainty: Certainty
    stage: Stage
    reason: Reason
    detail: tuple[tuple[str, str], ...] = ()
    port: int | None = None
    ge_op: str | None = None
    evidence: tuple[str, ...] = ()
    code: str = ""

    @property
    def refused_by(self) -> Stage | None:
        """The stage that refused the node, ``None`` when it is not unsupported."""
        return self.stage if self.status is Status.UNSUPPORTED else None
