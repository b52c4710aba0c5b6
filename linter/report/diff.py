"""What two graphs differ in: node lines as a unified diff shows them, then the counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from linter.io.graphtext import dump_node
from linter.report.json import SCHEMA_VERSION, as_json, input_value
from linter.report.layout import field
from linter.report.style import Style, clean, plural
from linter.report.text import shape_text

if TYPE_CHECKING:
    from linter.api.graph_diff import BodyDiff, FieldChange, GraphDiff, NodeChange
    from linter.graph import Graph, Model, Node
    from linter.results.report import InputInfo

__all__ = ["as_json_text", "render", "unified"]

_ELEMENTS = 16
_TYPES = 12


def render(found: GraphDiff, paths: tuple[str, str], style: Style) -> str:
    """The differing nodes, one a line, then what it comes to."""
    lines = [] if style.quiet else list(unified(found, paths, style))
    if lines:
        lines.append("")
    return "\n".join([*lines, *_summary(found, paths, style)]) + "\n"


def unified(found: GraphDiff, paths: tuple[str, str], style: Style) -> Iterator[str]:
    """Nodes that go after ``-``, nodes that come after ``+``; nothing when nothing differs."""
    if found.equal:
        return
    yield f"--- {clean(paths[0])}"
    yield f"+++ {clean(paths[1])}"
    for name in found.removed_functions:
        yield style.paint(f"-def {_function(found.before, name)}", "red")
    for name in found.added_functions:
        yield style.paint(f"+def {_function(found.after, name)}", "green")
    for body in found.bodies:
        if body.function is not None:
            yield style.paint(f"@@ function {clean(body.function)} @@", "cyan")
        for change in body.signature:
            yield from _notes(change, style)
        yield from _nodes(found, body, style)


def as_json_text(found: GraphDiff, paths: tuple[str, str]) -> str:
    """The documented object; keys and their order are a contract."""
    return as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "equal": found.equal,
            "added": [_node_value(body, node) for body in found.bodies for node in body.added],
            "removed": [_node_value(body, node) for body in found.bodies for node in body.removed],
            "changed": [
                {**_node_value(body, entry.after), "changes": _changes(entry.changes)}
                for body in found.bodies
                for entry in body.changed
            ],
            "functions": {
                "added": list(found.added_functions),
                "removed": list(found.removed_functions),
                "changed": [
                    {"name": body.function, "changes": _changes(body.signature)}
                    for body in found.bodies
                    if body.signature
                ],
            },
            "inputs": [
                {"before": _input(before), "after": _input(after)} for before, after in found.inputs
            ],
            "outputs": {
                "added": list(found.added_outputs),
                "removed": list(found.removed_outputs),
            },
            "op_types": [
                {"op": op, "before": before, "after": after}
                for op, (before, after) in found.op_types.items()
            ],
            "versions": _changes(found.versions),
            "models": [
                {"path": path, "nodes": nodes}
                for path, nodes in zip(paths, found.nodes(), strict=True)
            ],
        }
    )


def _summary(found: GraphDiff, paths: tuple[str, str], style: Style) -> Iterator[str]:
    one, other = (style.paint(clean(path), "bold") for path in paths)
    before, after = found.nodes()
    if found.equal:
        yield f"{one} and {other}: the same graph, {plural(after, 'node')}"
        return
    yield f"{one} -> {other}: different"
    removed = sum(len(body.removed) for body in found.bodies)
    added = sum(len(body.added) for body in found.bodies)
    changed = sum(len(body.changed) for body in found.bodies)
    parts = [f"{before:,} -> {after:,}", f"{removed:,} removed"]
    yield from field("nodes", [*parts, f"{added:,} added", f"{changed:,} changed"], style)
    ops = [f"{clean(op)} {a:,} -> {b:,}" for op, (a, b) in _largest(found, style)]
    if more := len(found.op_types) - len(ops):
        ops.append(f"and {more:,} more types")
    for label, parts in (
        ("ops", ops),
        ("library", _functions(found)),
        ("inputs", [_input_change(*pair) for pair in found.inputs]),
        ("outputs", _signed(found.removed_outputs, found.added_outputs)),
        ("versions", [_worded(change) for change in found.versions]),
    ):
        if parts:
            yield from field(label, parts, style, separator=", ")


def _largest(found: GraphDiff, style: Style) -> list[tuple[str, tuple[int, int]]]:
    order = sorted(found.op_types.items(), key=lambda item: (-abs(item[1][1] - item[1][0]), item))
    return order if style.verbose or len(order) <= _TYPES + 1 else order[:_TYPES]


def _functions(found: GraphDiff) -> list[str]:
    changed = [clean(body.function) for body in found.bodies if body.function is not None]
    return [*_signed(found.removed_functions, found.added_functions), *changed]


def _signed(removed: Sequence[str], added: Sequence[str]) -> list[str]:
    return [*(f"-{clean(name)}" for name in removed), *(f"+{clean(name)}" for name in added)]


def _input_change(before: InputInfo | None, after: InputInfo | None) -> str:
    texts = [
        "" if info is None else f"{clean(info.name)} {shape_text(info)}" for info in (before, after)
    ]
    if before is None:
        return f"+{texts[1]}"
    return f"-{texts[0]}" if after is None else f"{texts[0]} -> {shape_text(after)}"


def _function(model: Model, name: str) -> str:
    count = sum(not node.virtual for node in model.functions[name])
    return f"{clean(name)}  # {plural(count, 'node')}"


def _nodes(found: GraphDiff, body: BodyDiff, style: Style) -> Iterator[str]:
    """The nodes in the order of the first file, new ones before what they stand before."""
    changed = {entry.before.key: entry for entry in body.changed}
    removed = {node.key for node in body.removed}
    leads = _leads(body)
    for node in body.before:
        yield from (_plus(found, body, lead, style) for lead in leads.get(node.key, ()))
        if node.key in removed:
            yield _minus(found, body, node, style)
        elif node.key in changed:
            yield from _pair(found, body, changed[node.key], style)
    yield from (_plus(found, body, lead, style) for lead in leads.get(None, ()))


def _leads(body: BodyDiff) -> dict[str | None, list[Node]]:
    """New nodes by the next node that both graphs have; ``None`` for those at the end."""
    leads: dict[str | None, list[Node]] = {}
    waiting: list[Node] = []
    for node in body.after:
        if node.key in body.before:
            if waiting:
                leads[node.key] = waiting
                waiting = []
        elif not node.virtual:
            waiting.append(node)
    leads[None] = waiting
    return leads


def _pair(found: GraphDiff, body: BodyDiff, entry: NodeChange, style: Style) -> Iterator[str]:
    before = _text(found.before, body.before, entry.before)
    if before != _text(found.after, body.after, entry.after):
        yield _minus(found, body, entry.before, style)
        yield _plus(found, body, entry.after, style)
        return
    yield f" {before}"
    for change in entry.changes:  # in what the line leaves out, such as many elements
        yield from _notes(change, style)


def _minus(found: GraphDiff, body: BodyDiff, node: Node, style: Style) -> str:
    return style.paint(f"-{_text(found.before, body.before, node)}", "red")


def _plus(found: GraphDiff, body: BodyDiff, node: Node, style: Style) -> str:
    return style.paint(f"+{_text(found.after, body.after, node)}", "green")


def _text(model: Model, graph: Graph, node: Node) -> str:
    return clean(dump_node(model, graph, node, limit=_ELEMENTS))


def _notes(change: FieldChange, style: Style) -> Iterator[str]:
    yield style.paint(f"-# {clean(change.field)}: {clean(change.before or 'none')}", "red")
    yield style.paint(f"+# {clean(change.field)}: {clean(change.after or 'none')}", "green")


def _worded(change: FieldChange) -> str:
    before, after = (text or "none" for text in (change.before, change.after))
    return clean(f"{change.field}: {before} -> {after}")


def _node_value(body: BodyDiff, node: Node) -> dict[str, Any]:
    return {"name": node.name, "op": node.op, "function": body.function}


def _changes(changes: Sequence[FieldChange]) -> list[dict[str, str | None]]:
    return [
        {"field": change.field, "before": change.before, "after": change.after}
        for change in changes
    ]


def _input(info: InputInfo | None) -> dict[str, Any] | None:
    return None if info is None else input_value(info)
