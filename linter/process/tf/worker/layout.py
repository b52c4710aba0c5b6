"""NCHW graphs on a CPU: TensorFlow has only NHWC kernels for most ops there.

Both graphs of a comparison get the same treatment: an op that is given NCHW runs in NHWC between
two transpositions, which move values and change none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

__all__ = ["use_channels_last"]

_FIRST = {"NCHW": "NHWC", "NCDHW": "NDHWC"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where an op has axes.

    Attributes:
        data: input that is transposed.
        sizes: input that holds sizes in the order of the axes, ``None`` without one.
        attrs: list attributes in the order of the axes.
        others: dtypes of the outputs after the first, as names of the attributes that hold them.
    """

    data: int = 0
    sizes: int | None = None
    attrs: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


_CONVOLUTION = ("strides", "dilations", "explicit_paddings")
_POOL = ("strides", "ksize", "explicit_paddings")
_OPS = {
    "AvgPool": _Layout(attrs=_POOL),
    "AvgPool3D": _Layout(attrs=_POOL),
    "BiasAdd": _Layout(),
    "Conv2D": _Layout(attrs=_CONVOLUTION),
    "Conv2DBackpropInput": _Layout(data=2, sizes=0, attrs=_CONVOLUTION),
    "Conv3D": _Layout(attrs=_CONVOLUTION),
    "Conv3DBackpropInputV2": _Layout(data=2, sizes=0, attrs=_CONVOLUTION),
    "DepthToSpace": _Layout(),
    "DepthwiseConv2dNative": _Layout(attrs=_CONVOLUTION),
    "FusedBatchNorm": _Layout(others=("T",) * 4),
    "FusedBatchNormV2": _Layout(others=("U",) * 4),
    "FusedBatchNormV3": _Layout(others=("U",) * 5),
    "MaxPool": _Layout(attrs=_POOL),
    "MaxPool3D": _Layout(attrs=_POOL),
    "SpaceToDepth": _Layout(),
}

_Node = Any  # NodeDef, which has no stubs


def use_channels_last(graph_def: tf.compat.v1.GraphDef) -> None:
    """Rewrite the main graph in place; function bodies are left as they are."""
    nodes = list(graph_def.node)
    if not any(_is_channels_first(node) for node in nodes):
        return
    del graph_def.node[:]
    for node in nodes:
        graph_def.node.extend(_converted(node) if _is_channels_first(node) else (node,))


def _is_channels_first(node: _Node) -> bool:
    return node.op in _OPS and node.attr["data_format"].s.decode() in _FIRST


def _converted(node: _Node) -> Iterator[_Node]:
    """The nodes that stand for ``node``; the last one has its name."""
    layout = _OPS[node.op]
    first = node.attr["data_format"].s.decode()
    to_last = _permutation(first, _FIRST[first])
    to_first = _permutation(_FIRST[first], first)
    name, dtype = node.name, node.attr["T"].type
    core = type(node)()
    core.CopyFrom(node)
    core.name = f"{name}/omlint_nhwc"
    core.attr["data_format"].s = _FIRST[first].encode()
    yield _constant(f"{name}/omlint_to_last", to_last)
    yield _constant(f"{name}/omlint_to_first", to_first)
    for attr in layout.attrs:
        _permute_list(core.attr[attr].list.i, to_last)
    yield _transpose(f"{name}/omlint_in", node.input[layout.data], f"{name}/omlint_to_last", dtype)
    core.input[layout.data] = f"{name}/omlint_in"
    if layout.sizes is not None:
        yield from _gather(
            f"{name}/omlint_sizes", node.input[layout.sizes], f"{name}/omlint_to_last"
        )
        core.input[layout.sizes] = f"{name}/omlint_sizes"
    yield core
    result = f"{name}/omlint_out" if layout.others else name
    yield _transpose(result, core.name, f"{name}/omlint_to_first", dtype)
    if layout.others:
        types = [dtype, *(node.attr[other].type for other in layout.others)]
        yield _identity_n(name, [result, *_ports(core.name, len(layout.others))], types)


def _permutation(source: str, target: str) -> list[int]:
    return [source.index(axis) for axis in target]


def _permute_list(values: Any, order: list[int]) -> None:
    """Reorder one value per axis, or a pair per axis as in explicit paddings."""
    old = list(values)
    if len(old) == len(order):
        values[:] = [old[axis] for axis in order]
    elif len(old) == 2 * len(order):
        values[:] = [old[2 * axis + side] for axis in order for side in (0, 1)]


def _ports(name: str, count: int) -> Iterable[str]:
    return (f"{name}:{port}" for port in range(1, count + 1))


def _node(name: str, op: str, inputs: Iterable[str]) -> _Node:
    return tf.compat.v1.NodeDef(name=name, op=op, input=inputs)


def _constant(name: str, values: list[int]) -> _Node:
    node = _node(name, "Const", ())
    node.attr["dtype"].type = tf.int32.as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values, tf.int32))
    return node


def _transpose(name: str, source: str, order: str, dtype: int) -> _Node:
    node = _node(name, "Transpose", (source, order))
    node.attr["T"].type = dtype
    node.attr["Tperm"].type = tf.int32.as_datatype_enum
    return node


def _gather(name: str, source: str, order: str) -> Iterator[_Node]:
    axis = _constant(f"{name}/axis", [])
    axis.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(0, tf.int32))
    yield axis
    node = _node(name, "GatherV2", (source, order, axis.name))
    for attr in ("Tparams", "Tindices", "Taxis"):
        node.attr[attr].type = tf.int32.as_datatype_enum
    yield node


def _identity_n(name: str, inputs: Iterable[str], types: Iterable[int]) -> _Node:
    node = _node(name, "IdentityN", inputs)
    node.attr["T"].list.type.extend(types)
    return node
