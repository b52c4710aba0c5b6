"""``[[models]]`` and ``[[ignore]]`` of a configuration file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import inf
from typing import TypeAlias

from linter.config.toml_table import Table
from linter.results.finding import Severity
from linter.results.model_path import matches
from linter.results.tolerance import Tolerance
from linter.results.varying import KINDS

__all__ = [
    "LEVELS",
    "IgnoreEntry",
    "ModelEntry",
    "SeverityEntry",
    "read_ignores",
    "read_models",
    "read_severities",
]

LEVELS: Mapping[str, Severity | None] = {**{level.value: level for level in Severity}, "off": None}
"""What findings can be made to weigh."""

_Sizes: TypeAlias = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """What holds for some models.

    Attributes:
        glob: which; seen from the folder of the file, or the name alone when it has no slash.
        folder: the folder of the file.
        shapes: sizes of inputs by name; -1 and ranges ``1~8`` vary.
        profiles: texts by the flag of atc that names the profiles.
        outputs, cut_inputs, set_inputs: names and values, as the flags take them.
        tolerances: what outputs are held to when numbers are compared, by ``node:index``.
        target: targets; empty for those of the whole project.
    """

    glob: str
    folder: str
    shapes: Mapping[str, _Sizes] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    cut_inputs: tuple[str, ...] = ()
    set_inputs: tuple[str, ...] = ()
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    target: tuple[str, ...] = ()
    profiles: Mapping[str, str] = field(default_factory=dict)

    def covers(self, model: str) -> bool:
        """Whether a model, as the user typed it, is meant."""
        return matches(self.glob, self.folder, model)


@dataclass(frozen=True, slots=True)
class IgnoreEntry:
    """Findings that do not count.

    Attributes:
        rule: what their code begins with.
        node: which nodes; ``function::name`` in a function body.
        model: which models; seen from ``folder``, or the name alone when it has no slash.
        folder: the folder of the file.
        reason: why.
        until: the last day that they do not count.
        place: where the entry is.
    """

    rule: str
    node: str
    model: str
    folder: str
    reason: str
    until: date | None
    place: str


@dataclass(frozen=True, slots=True)
class SeverityEntry:
    """How much findings weigh.

    Attributes:
        rule: what their code begins with; the longest one counts.
        severity: what they weigh, ``None`` when they are off.
        place: where that is said.
        key: the code as the file spells it.
    """

    rule: str
    severity: Severity | None
    place: str
    key: str


def read_models(table: Table) -> tuple[ModelEntry, ...]:
    """The ``[[models]]``.

    Raises:
        UsageError: one is malformed.
    """
    return tuple(_model(entry) for entry in table.tables("models"))


def read_ignores(table: Table) -> tuple[tuple[str, ...], tuple[IgnoreEntry, ...]]:
    """``ignore``: codes of rewrites that are texts, and ``[[ignore]]`` tables.

    Raises:
        UsageError: one is malformed.
    """
    value = table.any("ignore", [])
    entries = value if isinstance(value, list) else [value]
    codes: list[str] = []
    ignores: list[IgnoreEntry] = []
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, str):
            codes.append(entry)
        elif isinstance(entry, dict):
            path = f"{table.where('ignore')}[{number}]"
            ignores.append(_ignore(Table(table.file, path, entry)))
        else:
            raise table.fault(f"{entry!r} is neither the code of a rewrite nor a table", "ignore")
    return tuple(codes), tuple(ignores)


def read_severities(table: Table) -> tuple[SeverityEntry, ...]:
    """``[severity]``: levels by code, or by what codes begin with.

    Raises:
        UsageError: a level that does not exist.
    """
    levels = table.table("severity")
    return tuple(
        SeverityEntry(
            code.upper(), levels.choice(code, LEVELS), f"{table.file}: severity.{code}", code
        )
        for code, _ in levels.items()
    )


def _model(table: Table) -> ModelEntry:
    shapes = table.table("shapes")
    entry = ModelEntry(
        glob=table.text("glob").removeprefix("./"),
        folder=os.path.dirname(table.file),  # noqa: PTH120 - a path of the user's stays as typed
        shapes={name: shapes.varying_sizes(name) for name, _ in shapes.items()},
        outputs=table.texts("outputs"),
        cut_inputs=table.texts("cut_inputs"),
        set_inputs=table.texts("set_inputs"),
        tolerances=_tolerances(table.table("tolerances")),
        target=table.texts("target"),
        profiles={kind: text for kind in KINDS if (text := table.text(kind, ""))},
    )
    table.close()
    return entry


def _tolerances(table: Table) -> dict[str, Tolerance]:
    """Tolerances by ``node:index``; a name without an index is output 0."""
    result: dict[str, Tolerance] = {}
    for name, _ in table.items():
        limits = table.table(name)
        default = Tolerance()
        values = [limits.number(key, getattr(default, key)) for key in ("rtol", "atol")]
        if not all(0 <= value < inf for value in values):
            raise table.fault("a tolerance is a number from 0", name)
        limits.close()
        result[name if ":" in name else f"{name}:0"] = Tolerance(*values)
    return result


def _ignore(table: Table) -> IgnoreEntry:
    rule = table.text("rule").upper()
    node = table.text("node", "*")
    model = table.text("model", "*").removeprefix("./")
    reason = " ".join(table.text("reason").split())
    if not reason:
        raise table.fault("it is empty: an ignored finding needs a reason", "reason")
    until = table.any("until", None)
    if until is not None and (not isinstance(until, date) or isinstance(until, datetime)):
        raise table.fault("a day is written as 2026-12-31, without quotes", "until")
    table.close()
    folder = os.path.dirname(table.file)  # noqa: PTH120 - a path of the user's stays as typed
    place = f"{table.file}: {table.path}"
    return IgnoreEntry(rule, node, model, folder, reason, until, place)
