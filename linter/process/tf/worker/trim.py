"""A frozen GraphDef made fit for conversion: cut at its inputs, pruned, named, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow.core.protobuf import config_pb2, meta_graph_pb2, rewriter_config_pb2
from tensorflow.python.grappler import tf_optimizer

from linter.graph.op_families import (
    CASES,
    FUNCTION_CALLS,
    IFS,
    REQUIRED_PLACEHOLDERS,
    VARIABLES,
    WHILES,
)
from linter.process.tf.worker.graphs import (
    ancestors,
    dtype_name,
    first_line,
    node_name,
    tensor_name,
)
from linter.results.errors import GraphError, UsageError
from linter.results.report import InputInfo

__all__ = [
    "cut_at_inputs",
    "inline_functions",
    "keep_functional_control_flow",
    "name_functions",
    "placeholders",
    "prune",
    "remaining_variables",
    "rename_placeholders",
    "warnings_of",
    "write",
]

_CONTROL_FLOW = IFS | CASES | WHILES
_VARIABLES = VARIABLES | {"ReadVariableOp"}
_TABLE = re.compile(r"(HashTable|LookupTable)")
_NODE_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\-/]*")
_COUNTER = re.compile(r"_\d+$")
_LOWER = "_lower_using_switch_merge"

_GraphDef = Any  # tf.compat.v1.GraphDef, which has no stubs


def cut_at_inputs(graph_def: _GraphDef, inputs: Mapping[str, tuple[int, Any]]) -> dict[str, str]:
    """Make each input tensor the output of a Placeholder.

    The node keeps its name when nothing else of it is used; else the new one is named after it.

    Args:
        graph_def: changed in place.
        inputs: tensor name to dtype number and TensorShapeProto.

    Returns:
        The name of the placeholder for each tensor.
    """
    names = {tensor: node_name(tensor) for tensor in inputs}
    nodes = {node.name: node for node in graph_def.node}
    used: dict[str, set[str]] = {}
    for text in (text for node in graph_def.node for text in node.input):
        used.setdefault(node_name(text), set()).add(text if text[0] == "^" else tensor_name(text))
    for tensor, (dtype, shape) in inputs.items():
        name = node_name(tensor)
        if name not in nodes or nodes[name].op in REQUIRED_PLACEHOLDERS:
            continue
        if used.get(name, set()) <= {f"{name}:0"} and tensor_name(tensor) == f"{name}:0":
            made = nodes[name]
            made.Clear()
        else:
            made = graph_def.node.add()
            names[tensor] = name = _free(nodes, tensor)
            _redirect(graph_def, tensor_name(tensor), name)
        made.name, made.op = name, "Placeholder"
        made.attr["dtype"].type = dtype
        made.attr["shape"].shape.CopyFrom(shape)
    return names


def _free(nodes: Mapping[str, Any], tensor: str) -> str:
    name = tensor_name(tensor).replace(":", "_")
    while name in nodes:
        name += "_"
    return name


def _redirect(graph_def: _GraphDef, tensor: str, name: str) -> None:
    for node in graph_def.node:
        for index, text in enumerate(node.input):
            if not text.startswith("^") and tensor_name(text) == tensor:
                node.input[index] = name


def keep_functional_control_flow(graph_def: _GraphDef) -> None:
    """Tell TensorFlow to leave If, While and Case as they are when it inlines functions."""
    for node in _all_nodes(graph_def):
        if node.op in _CONTROL_FLOW:
            node.attr[_LOWER].b = False


def inline_functions(graph_def: _GraphDef, outputs: Iterable[str]) -> _GraphDef:
    """Replace calls by the bodies of the functions, as far as TensorFlow can."""
    if not any(node.op in FUNCTION_CALLS for node in _all_nodes(graph_def)):
        return graph_def
    for function in graph_def.library.function:
        if "api_implements" in function.attr:  # alternatives for other devices
            del function.attr["api_implements"]
    for aggressive in (False, True):
        graph_def = _run_inliner(graph_def, list(outputs), aggressive=aggressive)
        if not any(node.op in FUNCTION_CALLS for node in _all_nodes(graph_def)):
            break
    return graph_def


def prune(graph_def: _GraphDef, outputs: Iterable[str]) -> _GraphDef:
    """Only what the outputs need: nodes, and the functions that these call."""
    kept = ancestors(graph_def, outputs)
    pruned = tf.compat.v1.GraphDef(versions=graph_def.versions)
    for node in graph_def.node:
        if node.name in kept:
            copy = pruned.node.add()
            copy.CopyFrom(node)
            if "_class" in copy.attr:  # placement beside nodes that may be gone
                del copy.attr["_class"]
    functions = {f.signature.name: f for f in graph_def.library.function}
    pruned.library.function.extend(functions[name] for name in _called(pruned.node, functions))
    return pruned


def name_functions(graph_def: _GraphDef) -> None:
    """Drop the counters that TensorFlow appends, so that the same source gives the same names."""
    names: dict[str, str] = {}
    for function in graph_def.library.function:
        base = new = _COUNTER.sub("", function.signature.name) or function.signature.name
        number = 0
        while new in names.values():
            number += 1
            new = f"{base}_{number}"
        names[function.signature.name] = function.signature.name = new
    for node in _all_nodes(graph_def):
        node.op = names.get(node.op, node.op)
        for value in node.attr.values():
            for func in [value.func] if value.HasField("func") else value.list.func:
                func.name = names.get(func.name, func.name)


def rename_placeholders(graph_def: _GraphDef, names: Mapping[str, str]) -> dict[str, str]:
    """Rename inputs where the new name is a legal and free node name.

    Returns:
        The names that were given, by old name.
    """
    taken = {node.name for node in graph_def.node}
    given = {
        old: new
        for old, new in names.items()
        if old != new and old in taken and new not in taken and _NODE_NAME.fullmatch(new)
    }
    for node in graph_def.node:
        node.name = given.get(node.name, node.name)
        for index, text in enumerate(node.input):
            new = given.get(node_name(text))
            if new is not None:
                control = "^" if text.startswith("^") else ""
                _, colon, port = text.partition(":")
                node.input[index] = f"{control}{new}{colon}{port}"
    return given


def placeholders(graph_def: _GraphDef) -> tuple[InputInfo, ...]:
    """The inputs of a graph, in file order."""
    return tuple(
        InputInfo(node.name, dtype_name(node.attr["dtype"].type), _dims(node))
        for node in graph_def.node
        if node.op in REQUIRED_PLACEHOLDERS
    )


def remaining_variables(graph_def: _GraphDef) -> list[str]:
    """Nodes that still hold or read a variable."""
    return [node.name for node in _all_nodes(graph_def) if node.op in _VARIABLES]


def warnings_of(graph_def: _GraphDef) -> Iterator[str]:
    """What stands between a frozen graph and its conversion, as far as it can be seen here."""
    for info in placeholders(graph_def):
        if info.shape is None or None in info.shape:
            shape = "unknown rank" if info.shape is None else f"shape {_shape_text(info.shape)}"
            yield f"input {info.name} has {shape}; a conversion needs --input-shape for it"
        if info.dtype == "string":
            yield f"input {info.name} holds strings"
    tables = [node.name for node in _all_nodes(graph_def) if _TABLE.match(node.op)]
    if tables:
        count = len(tables)
        yield f"{count} nodes use lookup tables, which a frozen graph cannot fill: {tables[0]}"
    defaults = [node.name for node in graph_def.node if node.op == "PlaceholderWithDefault"]
    if defaults:
        yield f"{', '.join(defaults)}: placeholder with a default, no input unless it is named"
    if graph_def.library.function:
        count = len(graph_def.library.function)
        yield f"{count} functions could not be inlined and stay in the library"


def write(graph_def: _GraphDef, out: str) -> None:
    """Fill a file that the client has made.

    Raises:
        UsageError: the place cannot be written to.
    """
    try:
        Path(out).write_bytes(graph_def.SerializeToString(deterministic=True))
    except OSError as err:
        raise UsageError(f"cannot write {out}: {err.strerror}") from err
    except ValueError as err:  # protobuf's limit of 2 GiB
        raise GraphError(f"{out}: {first_line(err)}", cause="too-large") from err


def _run_inliner(graph_def: _GraphDef, outputs: list[str], *, aggressive: bool) -> _GraphDef:
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(graph_def, name="")
    meta_graph = tf.compat.v1.train.export_meta_graph(graph_def=graph_def, graph=graph)
    fetches = meta_graph_pb2.CollectionDef()
    fetches.node_list.value.extend(outputs)
    meta_graph.collection_def["train_op"].CopyFrom(fetches)
    config = config_pb2.ConfigProto()
    options = config.graph_options.rewrite_options
    options.min_graph_nodes = -1
    options.optimizers.append("function")
    if aggressive:
        options.function_optimization = rewriter_config_pb2.RewriterConfig.AGGRESSIVE
    return tf_optimizer.OptimizeGraph(config, meta_graph)


def _called(nodes: Iterable[Any], functions: Mapping[str, Any]) -> list[str]:
    """Functions that the nodes call, directly or not, in the order of the first call."""
    called: dict[str, None] = {}
    pending = list(nodes)[::-1]
    while pending:
        node = pending.pop()
        for name in _references(node):
            if name in functions and name not in called:
                called[name] = None
                pending.extend(reversed(functions[name].node_def))
    return list(called)


def _references(node: Any) -> Iterator[str]:
    yield node.op
    for _, value in sorted(node.attr.items()):
        if value.HasField("func"):
            yield value.func.name
        for func in value.list.func:
            yield func.name


def _all_nodes(graph_def: _GraphDef) -> Iterator[Any]:
    yield from graph_def.node
    for function in graph_def.library.function:
        yield from function.node_def


def _dims(node: Any) -> tuple[int | None, ...] | None:
    if "shape" not in node.attr or node.attr["shape"].shape.unknown_rank:
        return None
    return tuple(None if d.size < 0 else d.size for d in node.attr["shape"].shape.dim)


def _shape_text(dims: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("?" if size is None else str(size) for size in dims) + "]"
