"""How one value takes the place of another in a graph."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from linter.graph import Graph, Node, Value

if TYPE_CHECKING:
    from linter.infer.inference import Inference

__all__ = [
    "apart",
    "arranged",
    "free_name",
    "mismatch",
    "node_sources",
    "redirect",
    "renamed",
    "renamed_inputs",
    "unread",
]

_BESIDE = "loc:@"


def apart(node: Node, gone: Container[str]) -> Node:
    """The node without colocation with one that went, which TensorFlow refuses."""
    colocations = node.attrs.get("_class")
    if not isinstance(colocations, tuple):
        return node
    kept = tuple(
        colocation
        for colocation in colocations
        if str(colocation).removeprefix(_BESIDE) not in gone
    )
    if kept == colocations:
        return node
    attrs = {name: value for name, value in node.attrs.items() if name != "_class"}
    return node.replace(attrs={**attrs, "_class": kept} if kept else attrs)


def free_name(graph: Graph, name: str) -> str:
    """The name, with a number when it is taken."""
    key, number = name, 0
    while key in graph.nodes:
        number += 1
        key = f"{name}_{number}"
    return key


def mismatch(inference: Inference, old: Value, new: Value, *, retypes: bool = False) -> str | None:
    """Why ``new`` cannot stand for ``old``: another dtype, or less is known of its shape.

    Args:
        inference: of the graph that both are in.
        old: what is replaced.
        new: what comes in its place.
        retypes: the dtype of ``old`` does not count.
    """
    had, has = _base(inference.dtype(old)), _base(inference.dtype(new))
    if had is not None and had != has and not retypes:
        return f"the replacement of {old} is {has or 'of unknown dtype'}, not {had}"
    before, after = inference.shape(old), inference.shape(new)
    if before is None:
        return None
    if after is None or len(before) != len(after):
        return f"the replacement of {old} does not keep its rank of {len(before)}"
    if any(b is not None and a != b for b, a in zip(before, after, strict=True)):
        return f"the replacement of {old} has shape {_dims(after)}, not {_dims(before)}"
    return None


def unread(graph: Graph, start: tuple[str, ...], *protected: Container[str]) -> tuple[str, ...]:
    """``start`` and every producer that nobody else reads, but for the protected ones.

    What a NoOp in ``start`` waits for was computed for its own sake, so it stays.
    """
    result = dict.fromkeys(start)
    pending = list(start)
    first = frozenset(start)
    while pending:
        node = graph.nodes[pending.pop()]
        for key in () if node.op == "NoOp" and node.key in first else graph.producers(node):
            if key in result or any(key in keys for keys in protected):
                continue
            if all(use.node in result for use in graph.uses(key)):
                result[key] = None
                pending.append(key)
    return tuple(result)


def redirect(
    graph: Graph,
    old: str,
    values: Mapping[Value, Value],
    controls: tuple[str, ...],
    *,
    protected: frozenset[str],
) -> None:
    """Let the readers of ``old`` read its replacements, with the control inputs that it had.

    Args:
        graph: what is changed.
        old: key of the node that goes.
        values: replacements by what they replace.
        controls: control inputs that the readers get.
        protected: keys of readers that stay as they are.
    """
    stands = next((new.node for value, new in values.items() if value.node == old), None)
    for key in dict.fromkeys(use.node for use in graph.uses(old)):
        reader = graph.nodes[key]
        if key in protected:
            continue
        inputs = tuple(
            values.get(value, value) if value.node == old else value for value in reader.inputs
        )
        kept = [stands if key == old else key for key in reader.controls]
        moved = dict.fromkeys((*(key for key in kept if key is not None), *controls))
        if inputs != reader.inputs or tuple(moved) != reader.controls:
            graph.patch([reader.replace(inputs=inputs, controls=tuple(moved))])


def node_sources(node: Node) -> tuple[str, ...]:
    """Keys of all that a node reads or waits for; may repeat."""
    return (*[value.node for value in node.inputs], *node.controls)


def renamed(value: Value, old: str, new: str) -> Value:
    """The value under the new key of its node."""
    return Value(new, value.port) if value.node == old else value


def renamed_inputs(node: Node, old: str, new: str) -> Node:
    """The node with a producer under its new key."""
    return node.replace(
        inputs=tuple(renamed(value, old, new) for value in node.inputs),
        controls=tuple(new if key == old else key for key in node.controls),
    )


def _base(dtype: str | None) -> str | None:
    return None if dtype is None else dtype.removesuffix("_ref")


def _dims(dims: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("?" if size is None else str(size) for size in dims) + "]"


def arranged(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """The nodes in their order, but what a new node reads, and new nodes that are read, first.

    A change that replaces several nodes may let the replacement of a later one be read further up.
    """
    order: dict[str, Node] = {}
    opened: set[str] = set()
    new = {key for key, node in nodes.items() if node.rule is not None}
    for start, begun in nodes.items():
        if begun.rule is None and new.isdisjoint(node_sources(begun)):
            order.setdefault(start, begun)
            continue
        pending = [start]
        while pending:
            key = pending[-1]
            node = nodes[key]
            waits = (
                source
                for source in node_sources(node)
                if source in nodes and source not in order and source not in opened
            )
            first = [source for source in waits if node.rule is not None or source in new]
            if key in order or not first:
                order.setdefault(key, node)
                pending.pop()
            else:
                opened.add(key)
                pending.extend(reversed(first))
    return order
