"""What names a group of findings from one run to the next, for services that keep track of them."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from linter.report.grouping import Group, grouped
from linter.results.baseline import series
from linter.results.report import ModelReport, Report, TargetReport

__all__ = ["Entry", "digest", "entries", "relative"]

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One group of a report.

    Attributes:
        fingerprint: no other entry of the report has it. It holds no release, count or node: a
            newer toolkit or another node of the type does not make it a new one.
    """

    model: ModelReport
    target: TargetReport
    group: Group
    fingerprint: str


def entries(report: Report) -> Iterator[Entry]:
    """All groups of a report, in its order."""
    seen: Counter[str] = Counter()
    for model in report.results:
        for target in model.targets:
            for group in grouped(target.findings):
                first = group.first
                about = (relative(model.path), series(target.target), first.code, first.op)
                found = digest(*about, 0)
                seen[found] += 1  # two releases for one chip
                if seen[found] > 1:
                    found = digest(*about, seen[found])
                yield Entry(model, target, group, found)


def digest(*parts: str | int | None) -> str:
    """A short name for what the parts say."""
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:_DIGITS]


def relative(path: str) -> str:
    """A path as the services want it, ``models/a.pb`` for ``./models/a.pb``."""
    return posixpath.normpath(path)
