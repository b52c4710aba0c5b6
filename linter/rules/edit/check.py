"""What a replacement must be for the graph to stay a graph: checked before it is put in place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from linter.graph import DType, FuncRef, Placeholder, Shape
from linter.graph.op_families import NEXT_ITERATIONS
from linter.graph.ports import input_ports

if TYPE_CHECKING:
    from linter.graph import Node, Value
    from linter.rules.match import MatchContext
    from opdb.record import OpDef

__all__ = ["broken_by"]

_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_>./\\-]*")
_KINDS: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "float": (float,),
    "func": (FuncRef,),
    "int": (int,),
    "shape": (Shape,),
    "string": (str, bytes),
    "type": (DType,),
}


def broken_by(
    context: MatchContext,
    root: Node,
    added: Mapping[str, Node],
    values: Iterable[Value],
    near: Collection[str] | None,
) -> str | None:
    """Why new nodes, and ``values`` in place of the root, would break the graph.

    Args:
        context: the graph with the new nodes in it.
        root: the node that is replaced.
        added: the new nodes by key.
        values: what the readers of the root would read.
        near: keys of the nodes that the pattern took; what they read cannot depend on the root.
            ``None`` when further nodes go, which may lie between the root and what is new.

    Returns:
        The reason, ``None`` when all is well.
    """
    read = [(node, value) for node in added.values() for value in node.inputs]
    for reader, value in (*read, *((None, value) for value in values)):
        if reason := _missing(context, value):
            who = "the replacement" if reader is None else f"the new {reader.op}"
            return f"{who} reads {value}, {reason}"
    for key, node in added.items():
        name = key.removeprefix(f"{root.name}/")
        if not _NAME.fullmatch(name):
            return f"{name!r} is no name for a node"
        definition = context.ops.get(node.op)
        if definition is not None and (reason := _malformed(node, definition)):
            return f"the new {node.op} {reason}"
    sources = {value.node for _, value in read} | {value.node for value in values}
    if near is not None and _depends(context, sources - added.keys(), root.key, near):
        return f"the replacement depends on {root.name} itself, which would close a cycle"
    return None


def _missing(context: MatchContext, value: Value) -> str | None:
    producer = context.graph.get(value.node)
    if producer is None:
        return "which is not in the graph"
    count = context.inference.output_count(producer)
    if value.port < 0 or (count is not None and value.port >= count):
        return f"but {value.node} has {count} output{'' if count == 1 else 's'}"
    return None


def _malformed(node: Node, definition: OpDef) -> str | None:
    """What TensorFlow would refuse about the node by its definition."""
    if input_ports(node, definition) is None:
        count = len(node.inputs)
        return f"has {count} input{'' if count == 1 else 's'}, which its definition does not allow"
    for name, value in node.attrs.items():
        spec = definition.attrs.get(name)
        if spec is None and name[:1] != "_":
            return f"has an attribute {name!r} that its definition does not have"
        if spec is not None and not isinstance(value, Placeholder) and not _fits(value, spec.type):
            return f"has {name} = {value!r}, where its definition wants {spec.type}"
        if spec is not None and not _is_allowed(value, spec.allowed):
            return f"has {name} = {value}, which its definition does not allow"
    for name, spec in definition.attrs.items():
        if not spec.has_default and name not in node.attrs:
            return f"lacks the attribute {name!r}"
    return None


def _is_allowed(value: Any, allowed: Collection[str] | None) -> bool:
    if allowed is None or isinstance(value, Placeholder):
        return True
    return all(entry in allowed for entry in (value if isinstance(value, tuple) else (value,)))


def _fits(value: Any, kind: str) -> bool:
    if kind.startswith("list("):
        return isinstance(value, tuple) and all(_fits(entry, kind[5:-1]) for entry in value)
    if kind not in _KINDS:
        return True
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "string":
        return isinstance(value, (str, bytes)) and not isinstance(value, DType)
    return isinstance(value, _KINDS[kind])


def _depends(context: MatchContext, keys: set[str], root: str, near: Collection[str]) -> bool:
    """Whether one of the nodes is the root or needs it; a loop's back edge does not count."""
    graph = context.graph
    if root in keys:
        return True
    above = {source for key in near for source in graph.producers(graph.nodes[key])}
    pending = [key for key in keys if key not in above]
    seen = set(pending)
    while pending:
        node = graph.nodes[pending.pop()]
        if node.key == root:
            return True
        if node.op in NEXT_ITERATIONS:
            continue
        for source in graph.producers(node):
            if source not in seen:
                seen.add(source)
                pending.append(source)
    return False
