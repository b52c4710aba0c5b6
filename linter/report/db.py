"""The databases: a list, differences, faults and imports, as text or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from linter.report.json import as_json
from linter.report.layout import columns, field, paragraph, table
from linter.report.style import Style, clean
from linter.results.db import (
    Change,
    DatabaseInfo,
    DatabaseLint,
    ImportedDatabase,
    TargetDiff,
)
from linter.results.wording import plural

__all__ = [
    "diff_json",
    "diff_text",
    "import_json",
    "import_text",
    "lint_json",
    "lint_text",
    "list_json",
    "list_text",
]

_NODES = 3
"""Nodes that a line names without ``-v``."""


def list_json(databases: Sequence[DatabaseInfo]) -> str:
    """The documented object."""
    return as_json(
        {
            "databases": [
                {
                    "tool": info.tool,
                    "version": info.version,
                    "complete": info.complete,
                    "socs": list(info.socs),
                    "ops": info.ops,
                    "provenance": info.provenance,
                }
                for info in databases
            ]
        }
    )


def list_text(databases: Sequence[DatabaseInfo], style: Style) -> str:
    """A line per database; ``-v`` adds the chips."""
    rows = [
        (
            f"{info.tool}@{info.version}",
            "complete" if info.complete else "partial",
            plural(len(info.socs), "SoC"),
            plural(info.ops, "op"),
            info.provenance,
        )
        for info in databases
    ]
    lines: list[str] = []
    for info, shown in zip(databases, table(rows, indent=0, width=style.width), strict=True):
        lines += shown
        if style.verbose:
            lines += field("SoCs", info.socs, style, separator=" ")
    return "\n".join(lines) + "\n"


def diff_json(diff: TargetDiff) -> str:
    """Everything that differs."""
    model = diff.model
    return as_json(
        {
            "from": diff.before.target,
            "to": diff.after.target,
            "answered_from": [list(diff.before.answered_from), list(diff.after.answered_from)],
            "same": diff.same,
            "added": list(diff.added),
            "removed": list(diff.removed),
            "changed": [_change(change) for change in diff.changed],
            "renamed": [_change(change) for change in diff.renamed],
            "kernels": {
                "added": list(diff.kernels_added),
                "removed": list(diff.kernels_removed),
                "dtypes": [
                    {
                        "ge_op": change.ge_op,
                        "tensor": change.tensor,
                        "added": list(change.added),
                        "removed": list(change.removed),
                    }
                    for change in diff.dtypes
                ],
            },
            "model": None
            if model is None
            else {
                "path": model.path,
                "before": model.before.value,
                "after": model.after.value,
                "changes": [
                    {**_change(change), "nodes": list(nodes)} for change, nodes in model.changes
                ],
            },
        }
    )


def diff_text(diff: TargetDiff, style: Style) -> str:
    """What a person wants to know of a step: ops, then the chip's kernels, then the model."""
    lines = [style.paint(f"{diff.before.target} -> {diff.after.target}", "bold")]
    lines += field(
        "answered",
        [
            "from " + " and ".join(diff.before.answered_from),
            "then " + " and ".join(diff.after.answered_from),
        ],
        style,
        separator=",",
    )
    if diff.same:
        return "\n".join([*lines, "  nothing differs"]) + "\n"
    lines += _named("TensorFlow ops added", diff.added, style)
    lines += _named("TensorFlow ops removed", diff.removed, style)
    lines += _changed("support of an op type in the best case", diff.changed, style)
    lines += _changed("GE op that a TensorFlow op becomes", diff.renamed, style)
    lines += _named("kernels added", diff.kernels_added, style)
    lines += _named("kernels removed", diff.kernels_removed, style)
    if diff.dtypes:
        lines += ["", style.paint(f"{plural(len(diff.dtypes), 'kernel tensor')} changed", "bold")]
        rows = [
            (
                f"{change.ge_op}.{change.tensor}",
                " ".join([f"+{d}" for d in change.added] + [f"-{d}" for d in change.removed]),
            )
            for change in diff.dtypes
        ]
        lines += columns(rows, width=style.width)
    lines += _model(diff, style)
    return "\n".join(lines) + "\n"


def lint_json(faults: DatabaseLint) -> str:
    """Counts and faults."""
    return as_json(
        {
            "files": faults.files,
            "records": faults.records,
            "faults": [
                {"file": fault.file, "record": fault.record, "message": fault.message}
                for fault in faults.faults
            ],
        }
    )


def lint_text(faults: DatabaseLint, style: Style) -> str:
    """A line per fault, then what was looked at."""
    lines = [
        f"{fault.file}: {fault.record + ': ' if fault.record else ''}{clean(fault.message)}"
        for fault in faults.faults
    ]
    seen = f"{plural(faults.records, 'record')} in {plural(faults.files, 'file')}"
    lines.append(f"{seen}{style.dot}{plural(len(faults.faults), 'fault')}")
    return "\n".join(lines) + "\n"


def import_json(imported: ImportedDatabase) -> str:
    """What was imported."""
    return as_json(
        {
            "name": imported.name,
            "path": str(imported.path),
            "version": imported.version,
            "version_from": imported.version_from,
            "base": imported.base,
            "exact": imported.exact,
            "socs": list(imported.socs),
            "vendors": list(imported.vendors),
            "records": dict(imported.records),
            "missing": list(imported.missing),
            "replaced": imported.replaced,
        }
    )


def import_text(imported: ImportedDatabase, style: Style) -> str:
    """What was imported, what is missing, how to use it."""
    lines = [style.paint(f"imported as atc@{imported.name}", "bold") + f" into {imported.path}"]
    version = f"{imported.version} (from {imported.version_from})"
    unknown = "no file says it, nor does the folder's name: give --version"
    lines += field("version", [version if imported.version else unknown], style)
    gaps = "the same release" if imported.exact else "not the same release: inferred"
    lines += field("gaps", [f"answered from atc@{imported.base}", gaps], style)
    lists = [f"{name} {count}" for name, count in imported.records.items()]
    lines += field("records", lists, style)
    lines += field("SoCs", imported.socs, style, separator=" ")
    if imported.vendors:
        lines += field("vendors", imported.vendors, style)
    for what in imported.missing:
        lines += paragraph(f"{what}", "missing", style)
    if imported.replaced:
        lines += paragraph("the database of that name that was there before", "replaced", style)
    first = "Ascend310" if "Ascend310" in imported.socs else imported.socs[0]
    lines += field("use", [f"omlint check MODEL --target atc@{imported.name}/{first}"], style)
    return "\n".join(lines) + "\n"


def _change(change: Change) -> dict[str, str]:
    return {"op": change.op, "from": change.before, "to": change.after}


def _named(title: str, ops: Sequence[str], style: Style) -> Iterable[str]:
    if not ops:
        return
    yield ""
    yield f"{style.paint(title, 'bold')} ({len(ops)})"
    yield from paragraph(", ".join(map(clean, ops)), None, style)


def _changed(title: str, changes: Sequence[Change], style: Style) -> Iterable[str]:
    if not changes:
        return
    yield ""
    yield f"{style.paint(title, 'bold')} ({len(changes)})"
    steps: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        steps.setdefault((change.before, change.after), []).append(clean(change.op))
    for (before, after), ops in sorted(steps.items()):
        yield f"  {before or 'nothing'} -> {after or 'nothing'}"
        yield from paragraph(", ".join(ops), None, style, indent=4)


def _model(diff: TargetDiff, style: Style) -> Iterable[str]:
    model = diff.model
    if model is None:
        return
    yield ""
    yield style.paint(clean(model.path), "bold") + f": {model.before.value} -> {model.after.value}"
    if not model.changes:
        yield "  no node changes"
    for change, nodes in model.changes:
        named = nodes if style.verbose else nodes[:_NODES]
        more = f" and {len(nodes) - len(named)} more" if len(nodes) > len(named) else ""
        names = ", ".join(clean(name) for name in named) + more
        head = f"{clean(change.op)} {style.times}{len(nodes)}"
        yield f"  {head}: {change.before} -> {change.after}"
        yield from paragraph(names, None, style, indent=6)
