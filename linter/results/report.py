"""What ``check`` says: models, on each target the verdict, the counts and the findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from linter.results.finding import Certainty, Finding
from linter.results.gate import GateOutcome
from linter.results.picture import Answers, BodyPicture
from linter.results.varying import FIXED, VaryingSizes

__all__ = [
    "InputError",
    "InputInfo",
    "ModelReport",
    "OpReport",
    "Report",
    "SourceInfo",
    "Summary",
    "TargetReport",
    "Verdict",
    "merged",
]


class Verdict(StrEnum):
    """What becomes of a model on a target."""

    CONVERTIBLE = "convertible"
    UNCERTAIN = "uncertain"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over one model and target; supported + unsupported + unknown = reachable."""

    nodes: int
    reachable: int
    supported: int
    unsupported: int
    unknown: int
    placements: dict[str, int]


@dataclass(frozen=True, slots=True)
class OpReport:
    """All reachable nodes of one op type that got the same answer."""

    op: str
    count: int
    status: str
    placement: str
    certainty: Certainty
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetReport:
    """One model judged on one target.

    Attributes:
        answered_from: the targets whose databases the answers rest on.
        database: sha256 over the database's files.
        by_default: nobody named a target; this one was taken.
        known: findings that are not new and do not count.
        answers: what the judge says of each node of the model's ``bodies``; empty without them.
    """

    target: str
    answered_from: tuple[str, ...]
    database: str
    verdict: Verdict
    summary: Summary
    ops: tuple[OpReport, ...]
    findings: tuple[Finding, ...]
    by_default: bool = False
    known: tuple[Finding, ...] = ()
    answers: Answers = ()


@dataclass(frozen=True, slots=True)
class InputInfo:
    """One model input; ``shape`` ``None`` is unknown rank, a ``None`` entry unknown size."""

    name: str
    dtype: str | None
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True, slots=True)
class ModelReport:
    """One model on all its targets.

    Attributes:
        path: as the user typed it.
        outputs_guessed: nobody named the outputs; they are the graph's leaves.
        nbytes: size of the file.
        named_inputs: inputs that the user gave sizes for.
        named_outputs: outputs as the user named them.
        rule_files: files of rules as the user named them.
        cut_inputs: tensors that the user made inputs.
        set_inputs: inputs that the user made constants, ``name=value``.
        precision: precision mode that the user named; empty for the default.
        scope_passes: scope fusion passes that the user switched on.
        present: of the nodes that the caller watches, those that the model has.
        varying: sizes that the user lets vary.
        bodies: the nodes, where a picture was asked for.
    """

    path: str
    sha256: str
    format: str
    nodes: int
    inputs: tuple[InputInfo, ...]
    outputs: tuple[str, ...]
    op_types: dict[str, int]
    targets: tuple[TargetReport, ...]
    outputs_guessed: bool = False
    nbytes: int = 0
    named_inputs: frozenset[str] = frozenset()
    named_outputs: tuple[str, ...] = ()
    rule_files: tuple[str, ...] = ()
    cut_inputs: tuple[str, ...] = ()
    set_inputs: tuple[str, ...] = ()
    precision: str = ""
    scope_passes: tuple[str, ...] = ()
    present: frozenset[str] = frozenset()
    varying: VaryingSizes = FIXED
    bodies: tuple[BodyPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Title and place of a document that an evidence id stands for."""

    title: str
    where: str


@dataclass(frozen=True, slots=True)
class InputError:
    """A model that could not be read, or a crash that was contained."""

    path: str
    kind: str
    message: str
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of ``check`` found.

    Attributes:
        gate: what the gate says of it, ``None`` where there is none.
    """

    results: tuple[ModelReport, ...]
    sources: dict[str, SourceInfo]
    errors: tuple[InputError, ...] = ()
    gate: GateOutcome | None = None


def merged(reports: Sequence[Report]) -> Report:
    """Several reports as one, in their order."""
    if len(reports) == 1:
        return reports[0]
    sources = {id_: source for report in reports for id_, source in report.sources.items()}
    return Report(
        tuple(model for report in reports for model in report.results),
        dict(sorted(sources.items())),
        tuple(error for report in reports for error in report.errors),
    )
