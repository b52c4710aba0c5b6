"""How two graphs compare that ran on the same inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from linter.results.tolerance import DEFAULT_TOLERANCE, Tolerance

__all__ = [
    "FedInput",
    "OutputDiff",
    "VerifyResult",
    "VerifyStatus",
    "Worst",
]


class VerifyStatus(StrEnum):
    """What the comparison of two graphs came to."""

    EQUAL = "equal"
    DIFFERENT = "different"
    INSENSITIVE = "insensitive"


@dataclass(frozen=True, slots=True)
class FedInput:
    """One input as it was fed.

    Attributes:
        dtype: lower-case NumPy name.
        shape: with no unknown size left.
        role: what it was taken for, in a few words.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    role: str = ""


@dataclass(frozen=True, slots=True)
class Worst:
    """The element that is furthest apart.

    Attributes:
        feed: the inputs that it was seen on.
        index: where it is in the output.
        first, second: what the two graphs give there.
    """

    feed: str
    index: tuple[int, ...]
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class OutputDiff:
    """One output of the two graphs over all feeds.

    Attributes:
        name: ``node:index``.
        max_abs: largest absolute difference; ``None`` when the two cannot be subtracted.
        max_rel: largest difference relative to the first graph; ``None`` likewise.
        ok: equal within the tolerance on every feed.
        sensitive: the output reacted to the inputs; ``None`` when nothing that is fed reaches it
            (equal is then a proof) or when there was only one feed.
        reason: why ``ok`` is false, empty otherwise.
        mismatched: elements beyond the tolerance, over all feeds.
        worst: the one that is furthest apart, ``None`` when there is none.
        stress: how the outputs differ on inputs that do not count, such as NaN where the
            comparison allows for rounding; empty when they do not.
    """

    name: str
    max_abs: float | None
    max_rel: float | None
    ok: bool
    sensitive: bool | None
    reason: str = ""
    mismatched: int = 0
    worst: Worst | None = None
    stress: str = ""


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """Two graphs run on the same inputs.

    Attributes:
        equal: every output is equal and none is insensitive.
        seeds: the seeds of the random feeds that both graphs ran.
        inputs: what was fed, with the shapes that were used.
        notes: what was assumed, one sentence each.
        feeds: names of all feeds, random ones and edge cases.
        left_out: edge cases that the first graph stops at.
        tolerance: what outputs without one of their own were held to.
    """

    equal: bool
    status: VerifyStatus
    outputs: tuple[OutputDiff, ...]
    seeds: tuple[int, ...]
    inputs: tuple[FedInput, ...] = ()
    notes: tuple[str, ...] = field(default=())
    feeds: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    tolerance: Tolerance = DEFAULT_TOLERANCE
