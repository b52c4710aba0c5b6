"""Compares the answers for nodes that would go with those for nodes that would come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from linter.results.judgement import Judgement, Stage, Status

if TYPE_CHECKING:
    from linter.graph import Node

__all__ = ["is_worse", "once", "ranks"]

_RANK = {Status.SUPPORTED: 0, Status.UNKNOWN: 1, Status.UNSUPPORTED: 2}
_UNSUPPORTED = _RANK[Status.UNSUPPORTED]


def ranks(answers: Iterable[Judgement]) -> list[int]:
    """How bad the answers are, worst first; supported nodes do not count."""
    ranked = (_RANK[answer.status] + (answer.refused_by is Stage.PARSER) for answer in answers)
    return sorted((rank for rank in ranked if rank), reverse=True)


def once(
    answers: Mapping[Node, Judgement], copied: Mapping[str, tuple[str | None, str]]
) -> Iterable[Judgement]:
    """The answers; of the copies of one node the worst alone, as they came from one node."""
    worst: dict[tuple[str | None, str], Judgement] = {}
    for node, answer in answers.items():
        origin = copied.get(node.key, (None, node.key))
        if origin not in worst or ranks([worst[origin]]) < ranks([answer]):
            worst[origin] = answer
    return worst.values()


def is_worse(after: list[int], before: list[int]) -> bool:
    """Whether more nodes are unsupported among those that come than among those that go."""
    unsupported = [sum(rank >= _UNSUPPORTED for rank in side) for side in (before, after)]
    return unsupported[1] > unsupported[0]
