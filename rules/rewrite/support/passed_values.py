"""What really comes along a chain of nodes that pass on what they call a handle or a reference.

Freezing puts constants in the place of variables and leaves the nodes between a variable and its
readers as they were: a Switch still says that it passes a resource on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph.op_families import ENTERS, EXITS, MERGES, NEXT_ITERATIONS, SWITCHES

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules import MatchContext

__all__ = ["PASSING", "is_handle", "passed_dtype"]

PASSING = SWITCHES | MERGES | ENTERS | EXITS | NEXT_ITERATIONS | {"Identity", "RefIdentity"}
"""Ops that pass on what they read, as far as it is not constant by their op."""


def is_handle(dtype: str | None) -> bool:
    """Whether a dtype is that of something behind which a value lies, or is not known."""
    return dtype is None or dtype.endswith("_ref") or dtype in ("resource", "variant")


def passed_dtype(context: MatchContext, value: Value) -> str | None:
    """Dtype of what comes along as ``value``, where all that it can come from is one of values.

    Returns:
        ``None`` when a handle or a reference is among it, and when it is not one dtype.
    """
    graph, dtype_of = context.graph, context.inference.dtype
    pending, seen, found = [value], {value}, set[str | None]()
    while pending:
        value = pending.pop()
        node, dtype = graph.get(value.node), dtype_of(value)
        if node is None or node.op not in PASSING or not is_handle(dtype):
            found.add(dtype)
            continue
        sources = node.inputs if node.op in MERGES else node.inputs[:1]
        pending += [source for source in sources if source not in seen]
        seen.update(sources)
    dtype = found.pop() if len(found) == 1 else None
    return None if is_handle(dtype) else dtype
