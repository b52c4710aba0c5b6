"""Findings that belong together: of one weight and one code, about one op type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linter.results.finding import Finding, Severity

__all__ = ["RANK", "Group", "grouped", "place"]

RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
"""The weightiest first."""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one code about one op type, in the order of the nodes."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one that speaks for all."""
        return self.findings[0]

    @property
    def located(self) -> tuple[Finding, ...]:
        """One finding for each node that the group is about."""
        by_place = {place(item): item for item in reversed(self.findings) if item.node is not None}
        return tuple(reversed(by_place.values()))


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The weightiest first, then the largest, then by code and op type."""
    groups: dict[tuple[int, str, str], list[Finding]] = {}
    for finding in findings:
        key = (RANK[finding.severity], finding.code, finding.op or "")
        groups.setdefault(key, []).append(finding)
    order = sorted(groups, key=lambda key: (key[0], -len(groups[key]), key[1], key[2]))
    return [Group(tuple(sorted(groups[key], key=lambda item: item.sort_key))) for key in order]


def place(finding: Finding) -> str:
    """The node as globs name it, ``body::node``; empty for a finding about the model."""
    node = finding.node or ""
    return node if finding.function is None else f"{finding.function}::{node}"
