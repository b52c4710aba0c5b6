"""Inputs that become constants: what a caller would feed on every run is in the graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from linter.graph import DType, Graph, Model, Node, Shape
from linter.graph.op_families import PLACEHOLDERS
from linter.io.graphtext.literals import read_tensor
from linter.io.tensor.values import StoredTensor, make_tensor
from linter.results.errors import GraphError, UsageError
from opdb.target import near_matches

__all__ = ["set_inputs"]

_WORD = re.compile(r"[^\[\],\s]+")
_TRUTH = {"0": "false", "1": "true", "false": "false", "true": "true"}
_UNSET = frozenset({"resource", "variant"})


def set_inputs(model: Model, values: Mapping[str, str], *, lenient: bool = False) -> Model:
    """Put constants in the place of inputs of the main graph.

    A default that nothing else reads goes with its PlaceholderWithDefault.

    Args:
        model: stays as it is.
        values: literals by the name of the input: ``false``, ``1.0``, ``[1, 2]``, the text of a
            string. One element fills an input whose sizes are all known.
        lenient: an input that the model does not have, or no longer, is left out.

    Returns:
        The model, or the one that was given when nothing is set.

    Raises:
        UsageError: a node that is not there or is no input, or a value that does not fit it.
    """
    constants: dict[str, Node] = {}
    for name, text in values.items():
        node = model.main.get(name.removesuffix(":0"))
        if lenient and (node is None or node.op not in PLACEHOLDERS):
            continue
        constant = _constant(_input(model.main, name, node), text)
        constants[constant.key] = constant
    if not constants:
        return model
    nodes = [constants.get(node.key, node) for node in model.main]
    graph = Graph(nodes, duplicates=model.main.duplicates)
    gone = _unread_defaults(model.main, graph, constants)
    if gone:
        kept = [node for node in nodes if node.key not in gone]
        graph = Graph(kept, duplicates=model.main.duplicates)
    return replace(model, main=graph)


def _input(graph: Graph, name: str, node: Node | None) -> Node:
    if node is None:
        near = near_matches(name, graph.nodes, limit=4)
        hint = f"; near it: {', '.join(near)}" if near else ""
        raise UsageError(f"--set-input: the model has no node {name!r}{hint}")
    if node.op not in PLACEHOLDERS:
        raise UsageError(
            f"--set-input: {name!r} is no input, but a {node.op}; --cut-inputs makes one of it"
        )
    return node


def _constant(node: Node, text: str) -> Node:
    """The constant that stands for an input."""
    dtype = node.attrs.get("dtype")
    if not isinstance(dtype, DType) or str(dtype) in _UNSET:
        raise UsageError(f"--set-input: {node.name!r} holds no numbers, but {dtype or 'nothing'}")
    shape = node.attrs.get("shape")
    dims = shape.dims if isinstance(shape, Shape) else None
    tensor = _tensor(node.name, text, str(dtype), dims)
    return node.replace(op="Const", inputs=(), attrs={"dtype": dtype, "value": tensor})


def _tensor(name: str, text: str, dtype: str, dims: tuple[int | None, ...] | None) -> StoredTensor:
    known = _known(dims)
    if dtype == "string" and not text.startswith(("[", '"')):
        return make_tensor(dtype, known or (), text.encode())
    try:
        tensor = read_tensor(_literal(text, dtype), dtype, known)
    except GraphError as err:
        wanted = f"{dtype}[{_sizes(dims)}]" if dims is not None else dtype
        raise UsageError(f"--set-input {name}={text}: no value of {wanted}") from err
    if dims is not None and known is None and not _fits(tensor.shape, dims):
        raise UsageError(
            f"--set-input {name}={text}: {name!r} has the shape [{_sizes(dims)}]; give all elements"
        )
    return tensor


def _known(dims: tuple[int | None, ...] | None) -> tuple[int, ...] | None:
    sizes = tuple(size for size in dims or () if size is not None)
    return sizes if dims is not None and len(sizes) == len(dims) else None


def _literal(text: str, dtype: str) -> str:
    """The text in the words of its dtype: truth values for bool, and nowhere else.

    Raises:
        GraphError: the words are those of another dtype.
    """
    words = _WORD.findall(text)
    if dtype == "bool":
        if any(word.lower() not in _TRUTH for word in words):
            raise GraphError(f"{text} is no truth value", cause="graph-text")
        return _WORD.sub(lambda word: _TRUTH[word[0].lower()], text)
    if dtype != "string" and any(word in ("true", "false") for word in words):
        raise GraphError(f"{text} is no number", cause="graph-text")
    return text


def _sizes(dims: tuple[int | None, ...] | None) -> str:
    return ",".join("?" if size is None else str(size) for size in dims or ())


def _fits(shape: tuple[int, ...], dims: tuple[int | None, ...]) -> bool:
    return len(shape) == len(dims) and all(
        wanted in (None, size) for size, wanted in zip(shape, dims, strict=True)
    )


def _unread_defaults(before: Graph, after: Graph, constants: Mapping[str, Node]) -> set[str]:
    """What only the defaults of the inputs needed."""
    gone: set[str] = set()
    waiting = [value.node for key in constants for value in before[key].inputs]
    while waiting:
        key = waiting.pop()
        node = after.get(key)
        if node is None or key in gone or any(use.node not in gone for use in after.uses(key)):
            continue
        gone.add(key)
        waiting += [value.node for value in node.inputs]
    return gone
