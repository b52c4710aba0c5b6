"""What a rule reports: findings, their severity, certainty and place."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Certainty", "Finding", "Fix", "Safety", "Severity"]


class Severity(StrEnum):
    """How much a finding weighs; an error blocks the conversion."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Certainty(StrEnum):
    """Whether the facts state the answer or it was derived from them."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"


class Safety(StrEnum):
    """What a rewrite promises about the numbers."""

    EXACT = "exact"
    TOLERANCE = "tolerance"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Fix:
    """The rewrite that removes the cause of a finding."""

    rule: str
    safety: Safety


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about one node (or about the model) that its reader can act on.

    Attributes:
        code: rule id, ``OPS001``.
        name: rule name, ``unknown-op``.
        message: one sentence: what was seen, what is accepted.
        node: node name as in the file; ``None`` for a finding about the model.
        port: input slot or output port the finding is about.
        function: function body the node is in; ``None`` for the main graph.
        position: position of the node in its body, for ordering.
        message_id: key of the message in the catalogue; ``args`` fill it.
        remedy: what the reader can do about it, one sentence; empty when nothing can be done.
        stage: the stage of the compiler that stops there, ``parser``; empty when it is not known.
        compiler_code: the error code that the compiler then prints, ``E10501``.
    """

    code: str
    name: str
    severity: Severity
    certainty: Certainty
    message: str
    node: str | None = None
    op: str | None = None
    port: int | None = None
    function: str | None = None
    evidence: tuple[str, ...] = ()
    fix: Fix | None = None
    position: int = -1
    message_id: str = ""
    args: dict[str, Any] = field(default_factory=dict, compare=False)
    remedy: str = ""
    stage: str = ""
    compiler_code: str = ""

    @property
    def sort_key(self) -> tuple[str, int, str, int]:
        """Order of a report: scope, node position, code, port."""
        port = -1 if self.port is None else self.port
        return (self.function or "", self.position, self.code, port)
