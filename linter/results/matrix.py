"""One model on every release and chip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linter.results.finding import Finding
from linter.results.report import Verdict

__all__ = ["Cell", "Matrix", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A release and an ops-info folder, with the chips that share it.

    Attributes:
        family: short name of the chips.
        socs: their ``--soc_version`` names.
        partial: the release has no whole lists of its own.
    """

    tool: str
    version: str
    family: str
    socs: tuple[str, ...]
    partial: bool

    @property
    def target(self) -> str:
        """The release with the first chip."""
        return f"{self.tool}@{self.version}/{self.socs[0]}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One model at one place.

    Attributes:
        unsupported: op types of nodes that the target refuses, with their number.
        unknown: op types that the facts do not settle.
        nodes: reachable nodes.
        refusals: codes of errors that are about no node that the outputs need: what the parser of
            this release stops at, ``IOX001``.
    """

    place: Place
    verdict: Verdict
    unsupported: Mapping[str, int]
    unknown: Mapping[str, int]
    nodes: int
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cells of a model.

    Attributes:
        path: as the user typed it.
        errors: what is wrong with the model on every target.
    """

    path: str
    cells: tuple[Cell, ...]
    errors: tuple[Finding, ...]
