"""What a run takes as known: the file of a baseline, and the models of another commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from linter import api
from linter.cli.config_option import is_configured, origin
from linter.results.errors import GraphError, LinterError, UsageError
from linter.results.gate import GateLine
from linter.results.report import InputError, ModelReport, Report

if TYPE_CHECKING:
    from linter.results.baseline import Baseline

__all__ = ["Known", "baseline_file", "known_findings"]


class Judging(Protocol):
    """Judges models under the flags of the command."""

    def __call__(
        self,
        models: Sequence[str],
        flags: Mapping[str, Any],
        rules: api.RuleSet,
        *,
        place: str | None = None,
    ) -> Report:
        """What is said of the models."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a run takes as known.

    Attributes:
        baselines: findings that are known.
        same: models that are what they were, so that all their findings are known.
        errors: what should have said so and cannot be read; the run goes on without it.
        notes: what there is to say about it.
    """

    baselines: tuple[Baseline, ...] = ()
    same: frozenset[str] = frozenset()
    errors: tuple[InputError, ...] = ()
    notes: tuple[GateLine, ...] = ()

    @property
    def watched(self) -> frozenset[str]:
        """The nodes that it is about."""
        return api.watched_nodes(self.baselines)

    def in_all(self, report: Report) -> tuple[Baseline, ...]:
        """All that is known, now that there is the report."""
        same = tuple(model for model in report.results if model.path in self.same)
        if not same:
            return self.baselines
        found = api.baseline_of(replace(report, results=same))
        return (*self.baselines, replace(found, is_kept=False))


def baseline_file(flags: Mapping[str, Any]) -> tuple[str, ...]:
    """The file of the baseline, if one is to be used.

    Raises:
        UsageError: there is no such file, or both flags are given.
    """
    path: str | None = flags["baseline"]
    if flags["no_baseline"]:
        if path is not None and not is_configured("baseline"):
            raise UsageError("--baseline and --no-baseline exclude each other")
        return ()
    if path is None:
        return ()
    if not Path(path).is_file():
        place = origin("baseline", "--baseline")
        raise UsageError(f"{place} {path}: there is no such file; omlint baseline write makes one")
    return (path,)


def known_findings(
    models: Sequence[str], flags: Mapping[str, Any], rules: api.RuleSet, judge: Judging
) -> Known:
    """What is known; a file that is no baseline is an error of the report.

    Args:
        models: of the run.
        flags: of the command.
        rules: of the run.
        judge: judges what the models were.

    Raises:
        UsageError: a file or a commit that is not there.
    """
    baselines, errors = [], []
    for path in baseline_file(flags):
        try:
            baselines.append(api.read_baseline(path))
        except GraphError as err:
            errors.append(InputError(path, err.cause, str(err), err.offset))
    known = Known(tuple(baselines), errors=tuple(errors))
    if flags["diff_base"] is None:
        return known
    then = _of_commit(models, flags, replace(rules, ignores=(), expired=()), judge)
    return replace(known, baselines=(*baselines, *then.baselines), same=then.same, notes=then.notes)


def _of_commit(
    models: Sequence[str], flags: Mapping[str, Any], rules: api.RuleSet, judge: Judging
) -> Known:
    """What is found in the models of ``--diff-base``."""
    ref = flags["diff_base"]
    found: list[ModelReport] = []
    with api.base_commit(models, ref) as base:
        missing = dict(base.missing)
        for path, place in base.changed.items():
            try:
                report = judge((path,), flags, rules, place=place)
            except LinterError as err:
                missing[path] = str(err).replace(place, path)
                continue
            for error in report.errors:
                missing[path] = error.message.replace(place, path)
            found += (replace(model, path=path) for model in report.results)
    notes = (
        GateLine("diff-base", f"{path} as of {ref} is not compared with: {why}", fails=False)
        for path, why in missing.items()
    )
    baseline = replace(api.baseline_of(Report(tuple(found), {}), name=ref), is_kept=False)
    return Known((baseline,), frozenset(base.same), notes=tuple(notes))
