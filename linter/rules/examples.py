"""Examples that a rule carries: they are its tests and its documentation.

Texts are graphtext. An example runs on a synthetic target that supports every op but those named
in ``lacking``; ``given`` passes further keywords to that target.
``linter.rewrite.example_runner`` runs them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Clean", "Example", "Flagged", "Rewritten", "Untouched"]


@dataclass(frozen=True, slots=True)
class Example:
    """What all examples share.

    Attributes:
        text: the graph.
        lacking: ops that the synthetic target does not support.
        outputs: fetched values, ``"y"`` or ``"y:1"``; empty leaves them to the default.
        input_shapes: shapes given for placeholders.
        given: further keywords of the synthetic target.
        label: tells several examples of one rule apart.
    """

    text: str
    lacking: tuple[str, ...] = field(default=(), kw_only=True)
    outputs: tuple[str, ...] = field(default=(), kw_only=True)
    input_shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict, kw_only=True)
    given: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    label: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Clean(Example):
    """A graph that the lint rule has nothing to say about."""


@dataclass(frozen=True, slots=True)
class Flagged(Example):
    """A graph that the lint rule flags.

    Attributes:
        at: names of the flagged nodes in the order of the report; ``function::node`` in a
            function body, an empty name for a finding about the model.
        messages: ids of the messages, in the same order; empty when they do not matter.
    """

    at: tuple[str, ...] = field(kw_only=True)
    messages: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Rewritten(Example):
    """A graph that the rewrite changes.

    Attributes:
        after: the graph it becomes; the names of new nodes count.
        unsafe: apply manual rewrites too.
    """

    after: str = field(kw_only=True)
    unsafe: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Untouched(Example):
    """A near miss: a graph that the rewrite leaves alone.

    Attributes:
        reason: part of the reason that the rewrite gives; empty when the pattern does not match
            or the target does not need the change.
        unsafe: apply manual rewrites too.
    """

    reason: str = field(default="", kw_only=True)
    unsafe: bool = field(default=False, kw_only=True)
