"""What a rule says when it leaves a match alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from linter.results.objection import Objection, ObjectionKind

__all__ = ["Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal(Objection):
    """Why a rule leaves a match alone, and the node that the reason is about.

    An empty reason says that there is nothing to do; it is no near miss and is not reported.
    """

    kind: ObjectionKind = field(default=ObjectionKind.GUARD, kw_only=True)
