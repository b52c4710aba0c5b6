"""What two graphs differ in: node lines as a unified diff shows them, then the counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from linter.report.json import SCHEMA_VERSION, as_json
from linter.report.layout import field
from linter.report.style import Style, clean
from linter.report.text import shape_text
from linter.results.diff import BodyDiff, FieldChange, GraphDiff, NodeChange
from linter.results.json_values import input_value
from linter.results.report import InputInfo
from linter.results.wording import plural

__all__ = ["as_json_text", "nodes", "render"]

_TYPES = 12


def render(diff: GraphDiff, paths: tuple[str, str], style: Style) -> str:
    """The differing nodes, one a line, then what it comes to."""
    lines = [] if style.quiet else list(_unified(diff, paths, style))
    if lines:
        lines.append("")
    return "\n".join([*lines, *_summary(diff, paths, style)]) + "\n"


def _unified(diff: GraphDiff, paths: tuple[str, str], style: Style) -> Iterator[str]:
    """Nodes that go after ``-``, nodes that come after ``+``; nothing when nothing differs."""
    if diff.equal:
        return
    yield f"--- {clean(paths[0])}"
    yield f"+++ {clean(paths[1])}"
    for name, count in diff.removed_functions.items():
        yield style.paint(f"-def {_function(name, count)}", "red")
    for name, count in diff.added_functions.items():
        yield style.paint(f"+def {_function(name, count)}", "green")
    for body in diff.bodies:
        if body.function is not None:
            yield style.paint(f"@@ function {clean(body.function)} @@", "cyan")
        for change in body.signature:
            yield from _notes(change, style)
        for entry in body.in_order:
            yield from _node(entry, style)


def nodes(diff: GraphDiff, paths: tuple[str, str], style: Style) -> str:
    """The differing nodes alone; empty when nothing differs."""
    return "".join(f"{line}\n" for line in _unified(diff, paths, style))


def as_json_text(diff: GraphDiff, paths: tuple[str, str]) -> str:
    """The documented object; keys and their order are a contract."""
    return as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "equal": diff.equal,
            "added": [_value(body, entry) for body in diff.bodies for entry in body.added],
            "removed": [_value(body, entry) for body in diff.bodies for entry in body.removed],
            "changed": [
                {**_value(body, entry), "changes": _changes(entry.changes)}
                for body in diff.bodies
                for entry in body.changed
            ],
            "functions": {
                "added": list(diff.added_functions),
                "removed": list(diff.removed_functions),
                "changed": [
                    {"name": body.function, "changes": _changes(body.signature)}
                    for body in diff.bodies
                    if body.signature
                ],
            },
            "inputs": [
                {"before": _input(before), "after": _input(after)} for before, after in diff.inputs
            ],
            "outputs": {
                "added": list(diff.added_outputs),
                "removed": list(diff.removed_outputs),
            },
            "op_types": [
                {"op": op, "before": before, "after": after}
                for op, (before, after) in diff.op_types.items()
            ],
            "versions": _changes(diff.versions),
            "models": [
                {"path": path, "nodes": nodes}
                for path, nodes in zip(paths, diff.nodes, strict=True)
            ],
        }
    )


def _summary(diff: GraphDiff, paths: tuple[str, str], style: Style) -> Iterator[str]:
    one, other = (style.paint(clean(path), "bold") for path in paths)
    before, after = diff.nodes
    if diff.equal:
        yield f"{one} and {other}: the same graph, {plural(after, 'node')}"
        return
    yield f"{one} -> {other}: different"
    removed = sum(len(body.removed) for body in diff.bodies)
    added = sum(len(body.added) for body in diff.bodies)
    changed = sum(len(body.changed) for body in diff.bodies)
    parts = [f"{before:,} -> {after:,}", f"{removed:,} removed"]
    yield from field("nodes", [*parts, f"{added:,} added", f"{changed:,} changed"], style)
    ops = [f"{clean(op)} {a:,} -> {b:,}" for op, (a, b) in _largest(diff, style)]
    if more := len(diff.op_types) - len(ops):
        ops.append(f"and {more:,} more types")
    for label, parts in (
        ("ops", ops),
        ("library", _functions(diff)),
        ("inputs", [_input_change(*pair) for pair in diff.inputs]),
        ("outputs", _signed(diff.removed_outputs, diff.added_outputs)),
        ("versions", [_worded(change) for change in diff.versions]),
    ):
        if parts:
            yield from field(label, parts, style, separator=", ")


def _largest(diff: GraphDiff, style: Style) -> list[tuple[str, tuple[int, int]]]:
    order = sorted(diff.op_types.items(), key=lambda item: (-abs(item[1][1] - item[1][0]), item))
    return order if style.verbose or len(order) <= _TYPES + 1 else order[:_TYPES]


def _functions(diff: GraphDiff) -> list[str]:
    changed = [clean(body.function) for body in diff.bodies if body.function is not None]
    return [*_signed(diff.removed_functions, diff.added_functions), *changed]


def _signed(removed: Iterable[str], added: Iterable[str]) -> list[str]:
    return [*(f"-{clean(name)}" for name in removed), *(f"+{clean(name)}" for name in added)]


def _input_change(before: InputInfo | None, after: InputInfo | None) -> str:
    texts = [
        "" if info is None else f"{clean(info.name)} {shape_text(info)}" for info in (before, after)
    ]
    if before is None:
        return f"+{texts[1]}"
    return f"-{texts[0]}" if after is None else f"{texts[0]} -> {shape_text(after)}"


def _function(name: str, count: int) -> str:
    return f"{clean(name)}  # {plural(count, 'node')}"


def _node(entry: NodeChange, style: Style) -> Iterator[str]:
    before, after = entry.before, entry.after
    if before is None or after is None or clean(before.text) != clean(after.text):
        if before is not None:
            yield style.paint(f"-{clean(before.text)}", "red")
        if after is not None:
            yield style.paint(f"+{clean(after.text)}", "green")
        return
    yield f" {clean(before.text)}"
    for change in entry.changes:  # in what the line leaves out, such as many elements
        yield from _notes(change, style)


def _notes(change: FieldChange, style: Style) -> Iterator[str]:
    yield style.paint(f"-# {clean(change.field)}: {clean(change.before or 'none')}", "red")
    yield style.paint(f"+# {clean(change.field)}: {clean(change.after or 'none')}", "green")


def _worded(change: FieldChange) -> str:
    before, after = (text or "none" for text in (change.before, change.after))
    return clean(f"{change.field}: {before} -> {after}")


def _value(body: BodyDiff, entry: NodeChange) -> dict[str, Any]:
    return {"name": entry.node.name, "op": entry.node.op, "function": body.function}


def _changes(changes: Sequence[FieldChange]) -> list[dict[str, str | None]]:
    return [
        {"field": change.field, "before": change.before, "after": change.after}
        for change in changes
    ]


def _input(info: InputInfo | None) -> dict[str, Any] | None:
    return None if info is None else input_value(info)
