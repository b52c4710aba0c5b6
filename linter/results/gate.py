"""What the merge gate says of a report: whether it passes, and what is not about one node."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["GateLine", "GateOutcome", "Threshold"]


class Threshold(StrEnum):
    """The least that fails.

    ``UNCERTAIN`` is what ``ERROR`` is, and a verdict that is not ``convertible`` besides.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class GateLine:
    """One thing that the gate has to say.

    Attributes:
        id: what it is about, ``max-warnings``.
        message: one sentence.
        fails: the gate does not pass because of it; else it is a warning.
    """

    id: str
    message: str
    fails: bool


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """What the gate says.

    Attributes:
        passed: nothing is at or above the threshold, and no line fails.
        known: findings that are not new and do not count; ``None`` when nothing says which are.
        lines: what it has to say, failures and warnings.
        demands: more was asked for than a threshold of the findings.
    """

    passed: bool
    known: int | None = None
    lines: tuple[GateLine, ...] = ()
    demands: bool = False

    @property
    def is_worth_telling(self) -> bool:
        """Whether a report says more with it than without."""
        return self.demands or self.known is not None or bool(self.lines)
