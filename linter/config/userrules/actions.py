"""What a declared rewrite does: bypass the node, change it, or put a subgraph in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from linter.config.toml_table import Table
from linter.config.userrules.values import attributes, check_names
from linter.graph import Value
from linter.rules.edit import GraphEditor
from linter.rules.match import BoundValue, Match, Pattern, Refusal, names_of
from linter.rules.replacement import ReplacementError, read_replacement

__all__ = ["KEYS", "Action", "Delete", "read_action"]

KEYS = ("bypass", "delete", "drop_attrs", "replace", "retype", "set_attrs")
_CHANGES = ("retype", "drop_attrs", "set_attrs")


class Action(Protocol):
    """How the replacement is made."""

    def refusal(self, match: Match) -> str | None:
        """Why it cannot be made here."""

    def build(self, match: Match, edit: GraphEditor) -> Sequence[Value | BoundValue] | Refusal:
        """Make it."""


@dataclass(frozen=True, slots=True)
class Delete:
    """The node goes with what only it needs; a rule of another kind does that."""


@dataclass(frozen=True, slots=True)
class _Bypass:
    """Readers of the node read one of its inputs."""

    name: str

    def refusal(self, match: Match) -> str | None:
        """Nothing is in the way."""
        return None

    def build(self, match: Match, edit: GraphEditor) -> Sequence[Value | BoundValue]:
        """The input."""
        return (match[self.name],)


@dataclass(frozen=True, slots=True)
class _Change:
    """A node with the same inputs, of another type or with other attributes."""

    op: str | None
    drop: tuple[str, ...]
    put: Mapping[str, Any]

    def refusal(self, match: Match) -> str | None:
        """A change that changes nothing is none."""
        node = match.root.node
        if self.op is None and not any(name in node.attrs for name in self.drop):
            unset = object()
            if all(node.attrs.get(name, unset) == value for name, value in self.put.items()):
                return ""
        return None

    def build(self, match: Match, edit: GraphEditor) -> Sequence[Value | BoundValue]:
        """The node anew; an op that is in the table takes over the attributes that it has."""
        node, op = match.root.node, self.op or match.root.node.op
        definition = match.context.ops.get(op)
        kept = {
            name: value
            for name, value in node.attrs.items()
            if name not in self.drop
            and (self.op is None or definition is None or name in definition.attrs)
        }
        made = edit.add(
            op, [BoundValue(v, match.context) for v in node.inputs], {**kept, **self.put}
        )
        return tuple(
            Value(made.node, port) for port in range(1 + max(match.used_outputs() or (0,)))
        )


def read_action(table: Table, pattern: Pattern) -> Action | Delete:
    """What a ``[[rewrite]]`` does.

    Raises:
        UsageError: not exactly one action, or a malformed one.
    """
    given = [key for key in KEYS if key in table]
    ways = {"change" if key in _CHANGES else key for key in given}
    if len(ways) != 1:
        seen = "none is given" if not given else f"given: {', '.join(given)}"
        raise table.fault(
            "a rewrite has one action: delete, bypass, replace, or a change by retype, drop_attrs "
            f"and set_attrs; {seen}"
        )
    if "delete" in table:
        if not table.flag("delete"):
            raise table.fault("delete can only be true", "delete")
        return Delete()
    names = tuple(names_of(pattern))
    if "bypass" in table:
        name = table.text("bypass")
        if name not in names:
            bound = f"; it binds {', '.join(names)}" if names else " anything"
            raise table.fault(f"the match does not bind {name!r}{bound}", "bypass")
        return _Bypass(name)
    if "replace" in table:
        try:
            return read_replacement(table.text("replace"), names)
        except ReplacementError as err:
            raise table.fault(str(err), "replace") from err
    return _read_change(table, pattern)


def _read_change(table: Table, pattern: Pattern) -> Action:
    op = table.text("retype") if "retype" in table else None
    drop = table.texts("drop_attrs")
    check_names(table, "drop_attrs", drop, pattern.ops)
    put = attributes(table.table("set_attrs"), pattern.ops if op is None else (op,))
    return _Change(op, drop, put)
