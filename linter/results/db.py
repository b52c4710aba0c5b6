"""The databases themselves: which there are, what two say differently, their faults, an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linter.results.report import Verdict

__all__ = [
    "Change",
    "DatabaseFault",
    "DatabaseInfo",
    "DatabaseLint",
    "ImportedDatabase",
    "KernelChange",
    "ModelChange",
    "TargetDiff",
    "TargetFacts",
]


@dataclass(frozen=True, slots=True)
class DatabaseInfo:
    """One database.

    Attributes:
        complete: its lists may say that something is unsupported.
        socs: ``--soc_version`` values that it has lists for.
        ops: TensorFlow op names that its parser or table names.
        provenance: where it comes from.
    """

    tool: str
    version: str
    complete: bool
    socs: tuple[str, ...]
    ops: int
    provenance: str


@dataclass(frozen=True, slots=True)
class DatabaseFault:
    """One fault: the file, the record in it (may be empty), what is wrong."""

    file: str
    record: str
    message: str


@dataclass(frozen=True, slots=True)
class DatabaseLint:
    """What was looked at in the databases, and the faults."""

    files: int
    records: int
    faults: tuple[DatabaseFault, ...]


@dataclass(frozen=True, slots=True)
class ImportedDatabase:
    """What an import found in a toolkit.

    Attributes:
        name: what targets call it: ``atc@NAME/SOC``.
        path: the folder that was written.
        version: of the toolkit; empty when nothing says it.
        version_from: what says it.
        base: the release that answers what the toolkit's files do not hold.
        exact: the toolkit is that release.
        socs: the chips' names.
        vendors: who ships custom ops.
        records: their number by file or list.
        missing: what the toolkit's files do not hold, in words.
        replaced: a database of that name was there before.
    """

    name: str
    path: Path
    version: str
    version_from: str
    base: str
    exact: bool
    socs: tuple[str, ...]
    vendors: tuple[str, ...]
    records: Mapping[str, int]
    missing: tuple[str, ...]
    replaced: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What was one thing and is another, of an op type."""

    op: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class KernelChange:
    """Dtypes that a listed op takes for one tensor on one side only."""

    ge_op: str
    tensor: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelChange:
    """What the step changes for one model.

    Attributes:
        before: verdict on the first target.
        after: verdict on the second.
        changes: status or placement of nodes, by op type, with the names of the nodes.
    """

    path: str
    before: Verdict
    after: Verdict
    changes: tuple[tuple[Change, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """A target, and the releases whose lists its answers rest on."""

    target: str
    answered_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetDiff:
    """From one target to another.

    Attributes:
        before: the first target.
        after: the second.
        added: TensorFlow ops that only the second target's parser or table takes.
        removed: those that only the first one's takes.
        changed: the best that can be said of a node of the type, where both take it.
        renamed: GE types that TensorFlow ops become.
        kernels_added: GE ops that only the second chip's list has.
        kernels_removed: those that only the first one's has.
        dtypes: differences of the dtypes that listed ops take.
        model: what it means for a model, ``None`` without one.
    """

    before: TargetFacts
    after: TargetFacts
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Change, ...]
    renamed: tuple[Change, ...]
    kernels_added: tuple[str, ...]
    kernels_removed: tuple[str, ...]
    dtypes: tuple[KernelChange, ...]
    model: ModelChange | None = None

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (
            self.added
            or self.removed
            or self.changed
            or self.renamed
            or self.kernels_added
            or self.kernels_removed
            or self.dtypes
            or (self.model and self.model.changes)
        )
