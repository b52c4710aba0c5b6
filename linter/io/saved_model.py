"""The little that has to be known about a SavedModel before it is frozen."""

from __future__ import annotations

from collections.abc import Iterator

from linter.io.view import View
from linter.io.wire import LEN, Budget, Cursor, Record, walk
from linter.results.errors import GraphError

__all__ = ["has_variables"]

_VARIABLE_OPS = frozenset(
    (b"Variable", b"VariableV2", b"VarHandleOp", b"AutoReloadVariable", b"_VarHandlesOp")
)
_GRAPHS, _GRAPH, _NODES, _LIBRARY, _FUNCTIONS, _FUNCTION_NODES, _OP = 2, 2, 1, 2, 1, 3, 2


def has_variables(view: View) -> bool:
    """Whether a node of any of its graphs is a variable; false when it cannot be told."""
    cursor = Cursor(view, view.size, Budget())
    whole = Record(0, LEN, 0, 0, view.size)
    try:
        for path in (
            (_GRAPHS, _GRAPH, _NODES, _OP),
            (_GRAPHS, _GRAPH, _LIBRARY, _FUNCTIONS, _FUNCTION_NODES, _OP),
        ):
            for op in _descend(cursor, whole, path):
                if op.end - op.body < 64 and cursor.bytes(op.body, op.end) in _VARIABLE_OPS:
                    return True
    except GraphError:
        return False
    return False


def _descend(cursor: Cursor, record: Record, path: tuple[int, ...]) -> Iterator[Record]:
    if not path:
        yield record
        return
    for part in walk(cursor, record.body, record.end):
        if part.field == path[0] and part.wire == LEN:
            yield from _descend(cursor, part, path[1:])
