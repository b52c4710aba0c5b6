"""TensorFlow.js graph models: a JSON topology and weight files, back into one GraphDef."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from google.protobuf import json_format

from linter.process.tf.worker.graphs import leaves
from linter.results.errors import GraphError

__all__ = ["is_tfjs", "read_graph_model"]

Array = npt.NDArray[Any]

_CONV_ATTRS = ("T", "data_format", "dilations", "explicit_paddings", "padding", "strides")
_FUSED = {
    "_FusedConv2D": ("Conv2D", _CONV_ATTRS),
    "FusedDepthwiseConv2dNative": ("DepthwiseConv2dNative", _CONV_ATTRS),
    "_FusedMatMul": ("MatMul", ("T", "transpose_a", "transpose_b")),
}
"""Fused op of the web runtime: the stock op, and the attributes that both have."""

_GraphDef = Any
_Node = Any


def is_tfjs(path: Path) -> bool:
    """Whether the file is meant to be such a model."""
    return path.suffix == ".json"


def read_graph_model(source: str) -> tuple[_GraphDef, dict[str, str]]:
    """The graph with its weights as constants, and its outputs by key.

    Raises:
        GraphError: it is no graph model, or a weight file is missing or short.
    """
    path = Path(source)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise GraphError(f"{source}: not a JSON file: {err}", cause="not-tfjs") from err
    topology = document.get("modelTopology") if isinstance(document, dict) else None
    if not isinstance(topology, dict) or "node" not in topology:
        raise GraphError(f"{source}: not a TensorFlow.js graph model", cause="not-tfjs")
    graph_def = tf.compat.v1.GraphDef()
    try:
        json_format.ParseDict(topology, graph_def, ignore_unknown_fields=True)
    except json_format.ParseError as err:
        raise GraphError(f"{source}: its topology is no graph: {err}", cause="not-tfjs") from err
    _fill_constants(graph_def, dict(_weights(path, document.get("weightsManifest", ()))), source)
    nodes = [made for node in graph_def.node for made in _stock_nodes(node)]
    del graph_def.node[:]
    graph_def.node.extend(nodes)
    return graph_def, _outputs(document, graph_def)


def _weights(path: Path, manifest: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Array]]:
    for group in manifest:
        try:
            data = b"".join((path.parent / name).read_bytes() for name in group["paths"])
        except OSError as err:
            raise GraphError(f"{path}: weight file: {err}", cause="no-variables") from err
        offset = 0
        for entry in group["weights"]:
            try:
                array, offset = _decode(data, offset, entry)
            except ValueError as err:
                name = entry["name"]
                raise GraphError(f"{path}: weight {name} is cut off", cause="truncated") from err
            yield entry["name"], array


def _decode(data: bytes, offset: int, entry: Mapping[str, Any]) -> tuple[Array, int]:
    shape = tuple(entry["shape"])
    count = int(np.prod(shape, dtype=np.int64))
    if entry["dtype"] == "string":
        return _decode_strings(data, offset, count, shape)
    quantization = entry.get("quantization")
    stored = np.dtype((quantization or entry)["dtype"]).newbyteorder("<")
    values = np.frombuffer(data, stored, count, offset)
    offset += count * stored.itemsize
    if quantization is not None and "scale" in quantization:
        values = values * quantization["scale"] + quantization["min"]
        values = np.rint(values) if entry["dtype"] == "int32" else values
    return values.astype(entry["dtype"]).reshape(shape), offset


def _decode_strings(
    data: bytes, offset: int, count: int, shape: tuple[int, ...]
) -> tuple[Array, int]:
    values = np.empty(count, object)
    for index in range(count):
        size = int(np.frombuffer(data, "<u4", 1, offset)[0])
        values[index] = data[offset + 4 : offset + 4 + size]
        offset += 4 + size
    return values.reshape(shape), offset


def _fill_constants(graph_def: _GraphDef, weights: Mapping[str, Array], source: str) -> None:
    for node in graph_def.node:
        if node.op != "Const":
            continue
        if node.name not in weights:
            raise GraphError(f"{source}: no weight for {node.name}", cause="no-variables")
        dtype = tf.as_dtype(node.attr["dtype"].type)
        values = weights[node.name]
        if dtype != tf.string:
            values = values.astype(dtype.as_numpy_dtype)
        node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values, dtype, values.shape))


def _stock_nodes(node: _Node) -> Iterator[_Node]:
    """The node, or the stock ops that a fused one stands for; the last keeps its name."""
    if node.op == "Prelu":
        yield from _prelu(node.name, node.input[0], node.input[1], node.attr["T"])
        return
    if node.op not in _FUSED:
        yield node
        return
    op, attrs = _FUSED[node.op]
    steps = [text.decode() for text in node.attr["fused_ops"].list.s]
    names = [f"{node.name}/{part}" for part in (op, *steps)]
    names[-1] = node.name
    made = _make(names[0], op, node.input[:2], {a: node.attr[a] for a in attrs if a in node.attr})
    yield made
    extra = list(node.input[2:])
    for step, name, before in zip(steps, names[1:], names, strict=False):
        yield from _step(node, step, name, before, extra)


def _step(node: _Node, step: str, name: str, before: str, extra: list[str]) -> Iterator[_Node]:
    """One op that was fused behind the first; ``extra`` holds the inputs not yet used."""
    dtype = {"T": node.attr["T"]}
    if step == "BiasAdd":
        made = _make(name, "BiasAdd", (before, extra.pop(0)), dtype)
        if "data_format" in node.attr:
            made.attr["data_format"].CopyFrom(node.attr["data_format"])
        yield made
    elif step == "Prelu":
        yield from _prelu(name, before, extra.pop(0), node.attr["T"])
    else:
        made = _make(name, step, (before,), dtype)
        if step == "LeakyRelu" and "leakyrelu_alpha" in node.attr:
            made.attr["alpha"].CopyFrom(node.attr["leakyrelu_alpha"])
        yield made


def _prelu(name: str, value: str, slope: str, dtype: Any) -> Iterator[_Node]:
    """``max(x, 0) - slope * max(-x, 0)``."""
    kind = {"T": dtype}
    yield _make(f"{name}/positive", "Relu", (value,), kind)
    yield _make(f"{name}/turned", "Neg", (value,), kind)
    yield _make(f"{name}/negative", "Relu", (f"{name}/turned",), kind)
    yield _make(f"{name}/scaled", "Mul", (slope, f"{name}/negative"), kind)
    yield _make(name, "Sub", (f"{name}/positive", f"{name}/scaled"), kind)


def _make(name: str, op: str, inputs: Iterable[str], attrs: Mapping[str, Any]) -> _Node:
    node = tf.compat.v1.NodeDef(name=name, op=op, input=inputs)
    for key, value in attrs.items():
        node.attr[key].CopyFrom(value)
    return node


def _outputs(document: Mapping[str, Any], graph_def: _GraphDef) -> dict[str, str]:
    user = document.get("userDefinedMetadata") or {}
    signature = document.get("signature") or user.get("signature") or {}
    known = {node.name for node in graph_def.node}
    named = {
        key: info["name"] if ":" in info["name"] else f"{info['name']}:0"
        for key, info in signature.get("outputs", {}).items()
    }
    if named and all(tensor.partition(":")[0] in known for tensor in named.values()):
        return named
    return {tensor: tensor for tensor in leaves(graph_def)}
