"""Counts of a run: cases, refusals, and how much TensorFlow knows that omlint does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from harness.answers import Outcome
from harness.oracle import CRASH

__all__ = ["Tally"]

Dims: TypeAlias = tuple[int | None, ...] | None

_COLUMNS = (
    "cases", "ran", "refused", "crashed", "not_imported", "claimed", "ranks", "ranks_missed",
    "axes", "axes_missed", "outputs", "valued", "failed", "failed_valued",
)  # fmt: skip


class Tally:
    """Counts by op; nothing is asserted about them."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def case(self, op: str, outcome: Outcome) -> None:
        """One case, and whether TensorFlow imported and ran it."""
        refusal = outcome.static.refusal
        ran = any(name.startswith(f"{op.strip('_').lower()}_") for name, _ in outcome.arrays)
        self._counts[op].update(cases=1, refused=bool(refusal), crashed=refusal == CRASH, ran=ran)

    def claimed(self, op: str, shape: bool) -> None:
        """Whether there is a shape for an output of a graph that TensorFlow refuses."""
        self._counts[op].update(not_imported=1, claimed=shape)

    def known(self, op: str, ours: Dims, theirs: Dims) -> None:
        """What both know about the shape of one output."""
        if theirs is None:
            return
        known = [None] * len(theirs) if ours is None else ours
        pairs = list(zip(known, theirs, strict=False))
        self._counts[op].update(
            ranks=1,
            ranks_missed=ours is None,
            axes=sum(theirs_ is not None for _, theirs_ in pairs),
            axes_missed=sum(a is None and b is not None for a, b in pairs),
        )

    def elements(self, op: str, known: bool) -> None:
        """Whether the elements of a small output are known."""
        self._counts[op].update(outputs=1, valued=known)

    def failed(self, op: str, known: bool) -> None:
        """Whether elements are claimed that TensorFlow refuses to compute."""
        self._counts[op].update(failed=1, failed_valued=known)

    def lines(self, families: Mapping[str, str]) -> Iterator[str]:
        """A table by family, then the ops of which TensorFlow knows more."""
        sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for op, counts in self._counts.items():
            sums[families.get(op, "other")].update(counts)
        yield f"{'family':14}" + "".join(f"{name:>14}" for name in _COLUMNS)
        for family, counts in sorted(sums.items()):
            yield f"{family:14}" + "".join(f"{counts[name]:14}" for name in _COLUMNS)
        yield "of which TensorFlow knows more (missed axes and ranks):"
        for op, counts in sorted(self._counts.items()):
            if counts["axes_missed"] or counts["ranks_missed"]:
                yield (
                    f"  {op}: {counts['axes_missed']} of {counts['axes']} axes, "
                    f"{counts['ranks_missed']} of {counts['ranks']} ranks"
                )

        yield "elements of what TensorFlow refuses to compute:"
        for op, counts in sorted(self._counts.items()):
            if counts["failed_valued"]:
                yield f"  {op}: {counts['failed_valued']} of {counts['failed']}"

    def cases(self) -> Mapping[str, int]:
        """Number of cases by op."""
        return {op: counts["cases"] for op, counts in self._counts.items()}
