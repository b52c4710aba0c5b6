"""Which variables a function of a SavedModel assigns: such a model cannot be frozen as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from linter.process.tf.worker.graphs import node_name

__all__ = ["assigned_variables"]

_ASSIGNING = frozenset(
    {
        "AssignVariableOp",
        "AssignAddVariableOp",
        "AssignSubVariableOp",
        "ResourceScatterAdd",
        "ResourceScatterSub",
        "ResourceScatterUpdate",
        "ResourceScatterNdUpdate",
        "ResourceStridedSliceAssign",
    }
)
_PASSING = frozenset({"Identity", "Switch"})


def assigned_variables(function: Any, owner: Any) -> tuple[str, ...]:
    """Names of the variables that a concrete function assigns, also in functions that it calls.

    Args:
        function: a ``ConcreteFunction``, as the signatures of a loaded model are.
        owner: the loaded model; a variable that is an attribute of it has that name.
    """
    attributes = {id(value): name for name, value in vars(owner).items()}
    graph_def = function.graph.as_graph_def()
    library = {one.signature.name: one for one in graph_def.library.function}
    assigned = set(_assigned(graph_def.node, library, {}))
    names = []
    for variable in function.variables:
        for outer, inner in function.graph.captures:
            if outer is variable.handle and node_name(inner.name) in assigned:
                names.append(attributes.get(id(variable), node_name(variable.name)))
    return tuple(sorted(set(names)))


def _assigned(nodes: Any, library: Mapping[str, Any], known: dict[str, set[int]]) -> Iterator[str]:
    """The nodes whose resource is assigned, seen through what passes it on."""
    by_name = {node.name: node for node in nodes}
    for node in nodes:
        if node.op in _ASSIGNING:
            yield _source(node.input[0], by_name)
            continue
        for name in _called(node):
            if name in library:
                for index in _assigned_arguments(library[name], library, known):
                    if index < len(node.input):
                        yield _source(node.input[index], by_name)


def _assigned_arguments(
    function: Any, library: Mapping[str, Any], known: dict[str, set[int]]
) -> set[int]:
    """Indices of the arguments of a library function that it assigns."""
    name = function.signature.name
    if name not in known:
        known[name] = set()  # a function that calls itself adds nothing
        names = [arg.name for arg in function.signature.input_arg]
        found = set(_assigned(function.node_def, library, known))
        known[name] = {index for index, arg in enumerate(names) if arg in found}
    return known[name]


def _called(node: Any) -> Iterator[str]:
    """Functions that get the inputs of a node as their arguments, as far as that is so."""
    if node.op in ("PartitionedCall", "StatefulPartitionedCall", "While", "StatelessWhile"):
        yield from (node.attr[key].func.name for key in ("f", "body") if key in node.attr)
    elif "_disable_call_shape_inference" in node.attr:
        yield node.op


def _source(text: str, by_name: Mapping[str, Any]) -> str:
    """Where a resource comes from: an argument or a placeholder."""
    seen: set[str] = set()
    name = text.split(":")[0]
    while name in by_name and by_name[name].op in _PASSING and name not in seen:
        seen.add(name)
        name = by_name[name].input[0].split(":")[0]
    return name
