"""What stands against a rewrite: of what kind it is, and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Objection", "ObjectionKind"]


class ObjectionKind(StrEnum):
    """Who objects to a change, and to what; what follows is decided by this, not by the words."""

    GUARD = "guard"
    """The rule: something about this place keeps it from the change."""
    NEEDS_EVALUATOR = "needs-evaluator"
    """The rule: it would ask TensorFlow for values, and was given nobody to ask."""
    UNTRIED = "untried"
    """The rule: it would grow larger than the options let it try; nothing else is against it."""
    CRASHED = "crashed"
    """The rule raised."""
    MANUAL = "manual"
    """The options: manual rewrites are not asked for."""
    UNVERIFIED = "unverified"
    """The options: nothing will verify what is not exact."""
    UNFIT = "unfit"
    """The editor: what is new cannot stand in the place of what goes."""
    LOSES_OUTPUT = "loses-output"
    """The editor: an input, an output or a reader would be left without what goes."""
    NOT_BETTER = "not-better"
    """The engine: the target would take what is new no better than what goes."""
    NO_PROGRESS = "no-progress"
    """The engine: the change would be made again and again."""
    WORSE_OFF = "worse-off"
    """The engine: the change was made, left more unsupported nodes, and was taken back."""
    REVERTED = "reverted"
    """The proof: the numbers differed after the change, and it was taken back."""

    @property
    def is_said_by_rule(self) -> bool:
        """Whether the rule itself objects."""
        return self in _BY_RULE

    @property
    def withholds(self) -> bool:
        """Whether the options alone stand against the change."""
        return self in (ObjectionKind.MANUAL, ObjectionKind.UNVERIFIED)


_BY_RULE = frozenset(
    (
        ObjectionKind.GUARD,
        ObjectionKind.NEEDS_EVALUATOR,
        ObjectionKind.UNTRIED,
        ObjectionKind.CRASHED,
    )
)


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a change is not made.

    Attributes:
        reason: a clause for people, with the values that were seen. Without one there is nothing
            to do: that is no near miss and is not reported.
        node: key of the node that it is about; empty for the place of the change.
        kind: of what kind it is.
    """

    reason: str
    node: str = ""
    kind: ObjectionKind = field(kw_only=True)
