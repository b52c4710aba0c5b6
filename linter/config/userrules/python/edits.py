"""What a rule does through the editor: recorded in its process, replayed in ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from linter.graph import Node, Value
from linter.results.errors import RuleCrashError
from linter.rules.match import BoundValue, Match, MatchContext

if TYPE_CHECKING:
    from linter.rules.edit import GraphEditor

__all__ = ["BuildResult", "MatchSite", "observed", "plain", "recorded"]


@dataclass(frozen=True, slots=True)
class MatchSite:
    """A match without what it can look up."""

    root: Value
    bindings: tuple[tuple[str, Value], ...]
    nodes: tuple[str, ...]
    variant: int

    @classmethod
    def of(cls, match: Match) -> MatchSite:
        """The site of a match."""
        bindings = tuple((name, bound.value) for name, bound in match.bindings.items())
        return cls(match.root.value, bindings, match.nodes, match.variant)

    def match(self, context: MatchContext) -> Match:
        """The match again."""
        bindings = {name: context.bind(value) for name, value in self.bindings}
        return Match(context, context.bind(self.root), bindings, self.nodes, self.variant)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What ``build`` made.

    Attributes:
        made: the new nodes, each with the function and key of what it copies, if it does.
        also: further nodes that are replaced.
        dropped: further nodes that go.
        result: what it returned.
    """

    made: tuple[tuple[Node, tuple[str | None, str] | None], ...]
    also: Mapping[str, tuple[Value, ...]]
    dropped: tuple[str, ...]
    result: Any

    def replay(self, edit: GraphEditor) -> Any:
        """Do the same in our graph.

        Returns:
            What ``build`` returned.

        Raises:
            RuleCrashError: the graph here is not the one that the rule saw.
        """
        for node, copied in self.made:
            if copied is None:
                value = edit.place(
                    node.op, node.inputs, node.attrs, node.name, controls=node.controls
                )
            else:
                body, key = copied
                value = edit.copy(node.replace(key=key), node.inputs, node.name, body=body)
            if value != Value(node.key):
                raise RuleCrashError(f"made {node.key!r}, which is {value.node!r} here")
        for key, values in self.also.items():
            edit.also(key, values)
        edit.drop(self.dropped)
        return self.result


@dataclass(slots=True)
class _Record:
    """What a rule told the editor besides the nodes that it added."""

    also: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    dropped: dict[str, None] = field(default_factory=dict)

    def built(self, edit: GraphEditor, result: Any) -> BuildResult:
        """All of it, with the plain result of ``build``."""
        made = tuple((node, edit.copied.get(node.key)) for node in edit.added)
        return BuildResult(made, self.also, tuple(self.dropped), result)


@contextmanager
def recorded(edit: GraphEditor) -> Iterator[_Record]:
    """Record what a rule tells the editor that cannot be seen in the graph."""
    record, also, drop = _Record(), edit.also, edit.drop

    def take_also(key: str, values: Sequence[Value]) -> None:
        also(key, values)
        record.also[key] = tuple(map(plain, values))

    def take_drop(keys: Any) -> None:
        keys = tuple(keys)
        drop(keys)
        record.dropped.update(dict.fromkeys(keys))

    vars(edit).update(also=take_also, drop=take_drop)
    try:
        yield record
    finally:
        for name in ("also", "drop"):
            vars(edit).pop(name, None)


def observed(edit: GraphEditor, ended: Callable[[bool], None]) -> None:
    """Call ``ended`` once the open change is made, with true, or taken back."""

    def free() -> None:
        for name in ("commit", "cancel"):
            vars(edit).pop(name, None)

    def commit() -> Any:
        free()
        change = edit.commit()
        ended(True)
        return change

    def cancel() -> None:
        free()
        edit.cancel()
        ended(False)

    vars(edit).update(commit=commit, cancel=cancel)


def plain(result: Any) -> Any:
    """What ``build`` returned, without what its values can look up."""
    if isinstance(result, BoundValue):
        return result.value
    if isinstance(result, Iterable) and not isinstance(result, str | Value):
        return tuple(map(plain, result))
    return result
