"""A replacement that is said in text, to be made for a match."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linter.graph import Graph, Node, Value
from linter.results.errors import GraphError
from linter.rules.match import Match, Refusal
from linter.rules.replacement.references import MARK, bound_value, parsed, written

if TYPE_CHECKING:
    from linter.rules.edit import GraphEditor

__all__ = ["Template"]

_NUMBERED = re.compile(r"(.+)_[0-9]+")


@dataclass(frozen=True, slots=True)
class Template:
    """A subgraph to be filled.

    Attributes:
        text: node lines, a producer before its readers; may be empty.
        results: what stands for the outputs of the root, a node of the text or ``$name``.
    """

    text: str
    results: tuple[Value, ...]

    def refusal(self, match: Match) -> str | None:
        """Why the text cannot be filled here."""
        found = self._filled(match)
        return found if isinstance(found, str) else None

    def build(self, match: Match, edit: GraphEditor) -> tuple[Value, ...] | Refusal:
        """Make the nodes; the values for the outputs of the root."""
        graph = self._filled(match)
        if isinstance(graph, str):
            return match.refuse(graph)
        made: dict[str, Value] = {}

        def value(ref: Value) -> Value:
            if ref.node.startswith(MARK):
                return bound_value(match, ref.node.removeprefix(MARK)).value
            return made[ref.node]._replace(port=ref.port)

        names = [node.name for node in graph]
        for node in graph:
            inputs = [value(ref) for ref in node.inputs]
            name = _stem(node.name, names)
            if node.op == "Const":
                made[node.name] = edit.const(node.attrs["value"], name=name)
            else:
                made[node.name] = edit.add(node.op, inputs, _attrs(node, match), name=name)
        return tuple(value(result) for result in self.results)

    def _filled(self, match: Match) -> Graph | str:
        """The nodes with what is known of the match, or why there are none."""
        try:
            return parsed(self.text, lambda reference: written(match, reference))
        except LookupError as err:
            return str(err.args[0])
        except GraphError as err:
            return f"the replacement cannot be made: {err}"


def _stem(name: str, names: Collection[str]) -> str:
    """The name that the editor is to number: that of ``Cast_1`` beside ``Cast`` is ``Cast``."""
    numbered = _NUMBERED.fullmatch(name)
    return numbered[1] if numbered is not None and numbered[1] in names else name


def _attrs(node: Node, match: Match) -> dict[str, Any]:
    """The attributes of a line, after those that it takes over."""
    definition = match.context.ops.get(node.op)
    attrs: dict[str, Any] = {}
    for mark in node.attrs:
        if mark.startswith(MARK):
            given = bound_value(match, mark.removeprefix(MARK)).node.attrs
            attrs.update(
                (name, value)
                for name, value in given.items()
                if definition is None or name in definition.attrs
            )
    return {**attrs, **{n: value for n, value in node.attrs.items() if not n.startswith(MARK)}}
