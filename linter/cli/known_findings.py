"""What a run takes as known: the file of a baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linter import api
from linter.cli.config_option import is_configured, origin
from linter.results.baseline import Baseline
from linter.results.errors import GraphError, UsageError
from linter.results.gate import GateLine
from linter.results.report import InputError

__all__ = ["Known", "baseline_file", "known_findings"]


@dataclass(frozen=True, slots=True)
class Known:
    """What a run takes as known.

    Attributes:
        baselines: findings that are known.
        errors: what should have said so and cannot be read; the run goes on without it.
        notes: what there is to say about it.
    """

    baselines: tuple[Baseline, ...] = ()
    errors: tuple[InputError, ...] = ()
    notes: tuple[GateLine, ...] = ()

    @property
    def watched(self) -> frozenset[str]:
        """The nodes that it is about."""
        return api.watched_nodes(self.baselines)


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


def known_findings(flags: Mapping[str, Any]) -> Known:
    """What is known; a file that is no baseline is an error of the report."""
    baselines, errors = [], []
    for path in baseline_file(flags):
        try:
            baselines.append(api.read_baseline(path))
        except GraphError as err:
            errors.append(InputError(path, err.cause, str(err), err.offset))
    return Known(tuple(baselines), tuple(errors))
