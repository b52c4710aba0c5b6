"""The inputs of a graph: their shapes, as far as the graph tells, and what they are used for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import tensorflow as tf

from linter.graph.op_families import ADDITIONS, CONVOLUTIONS_2D, FUSED_BATCH_NORMS
from linter.process.tf.worker.compare import Array
from linter.process.tf.worker.graphs import dims_of, static_value
from linter.process.tf.worker.roles import role_of
from linter.process.tf.worker.values import KEEP, InputSpec, Level
from linter.results.errors import UsageError

__all__ = ["describe_inputs", "with_shapes"]

_IMAGE_CHANNELS = (1, 3, 4)
_IMAGE_RANK = 4
_IMAGE_SIDE = 64
_PASSING = frozenset({"Cast", "CheckNumerics", "Identity", "Snapshot", "StopGradient"})
_ELEMENTWISE = ADDITIONS | {"Maximum", "Minimum", "Mul", "RealDiv", "Sub"}
_MAX_RANK = 8


def describe_inputs(
    graph: tf.Graph, names: list[str], shapes: Mapping[str, tuple[int, ...]], level: Level
) -> list[InputSpec]:
    """Spec of each input; ``shapes`` wins over the graph, ``level`` fills what stays unknown."""
    specs = []
    for name in names:
        tensor = graph.get_tensor_by_name(f"{name}:0")
        given = shapes.get(name)
        if given is not None:
            _check_shape(name, given, dims_of(tensor.shape))
            shape: tuple[int, ...] = given
            assumed: tuple[int, ...] | None = ()
        else:
            shape, assumed = _complete(tensor, level)
        specs.append(InputSpec(name, tensor.dtype.base_dtype, shape, role_of(graph, name), assumed))
    return _with_longest(specs)


def with_shapes(specs: list[InputSpec], feed: Mapping[str, Array]) -> list[InputSpec]:
    """The specs with the shapes of the arrays that a feed has for them."""
    return _with_longest(
        replace(spec, shape=feed[spec.name].shape, assumed=()) if spec.name in feed else spec
        for spec in specs
    )


def _with_longest(specs: Iterable[InputSpec]) -> list[InputSpec]:
    """Lengths count an axis of the other inputs: the one beside the axis of the batch."""
    specs = list(specs)
    rows = [spec.shape for spec in specs if len(spec.shape) in (2, 3) and not spec.role.lengths]
    result = []
    for spec in specs:
        if spec.role.lengths and len(spec.shape) <= 1:
            batch = spec.shape[0] if spec.shape else None
            sizes = [shape[0] if shape[0] != batch == shape[1] else shape[1] for shape in rows]
            spec = replace(spec, longest=max(sizes, default=None))
        result.append(spec)
    return result


def _check_shape(name: str, given: tuple[int, ...], known: tuple[int | None, ...] | None) -> None:
    fits = known is None or (
        len(given) == len(known)
        and all(k is None or k == g for g, k in zip(given, known, strict=True))
    )
    if not fits:
        raise UsageError(f"input {name}: shape {list(given)} does not fit the graph's {known}")


def _complete(tensor: tf.Tensor, level: Level) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
    dims = dims_of(tensor.shape)
    if dims is None:
        return _guess_shape(tensor, level), None
    unknown = tuple(axis for axis, size in enumerate(dims) if size is None)
    image = len(dims) == _IMAGE_RANK and (dims[-1] in _IMAGE_CHANNELS or dims[1] in _IMAGE_CHANNELS)
    others = max(level.size, _IMAGE_SIDE) if image else level.size
    first = level.row if len(dims) == 1 else level.first
    filled = tuple(
        size if size is not None else (first if axis == 0 else others)
        for axis, size in enumerate(dims)
    )
    return filled, unknown


def _guess_shape(tensor: tf.Tensor, level: Level) -> tuple[int, ...]:
    """A shape for an unknown rank, from the first op that needs one."""
    if KEEP.search(tensor.op.name) or tensor.dtype == tf.bool:
        return ()
    pending, seen = [tensor], 0
    while pending and seen < 64:
        current = pending.pop(0)
        seen += 1
        for op in current.consumers():
            shape = _asked_by(op, current, level)
            if shape is not None:
                return shape
            if op.type in _PASSING:
                pending.append(op.outputs[0])
    return level.unknown


def _asked_by(op: tf.Operation, tensor: tf.Tensor, level: Level) -> tuple[int, ...] | None:
    """The shape that ``op`` wants ``tensor`` to have, ``None`` when it says nothing."""
    if len(op.inputs) < 2:
        return None
    first, other = op.inputs[0] is tensor, op.inputs[1].shape
    side = max(level.size, _IMAGE_SIDE)
    if op.type == "MatMul" and first and other.rank == 2:
        return (1, other[1 if op.get_attr("transpose_b") else 0] or level.size)
    if op.type in CONVOLUTIONS_2D and first and other.rank == _IMAGE_RANK:
        return (1, side, side, other[2] or 1)
    if op.type in FUSED_BATCH_NORMS and first and other.rank == 1:
        return (1, side, side, other[0] or 1)
    if op.type == "BiasAdd" and first and other.rank == 1:
        return (1, other[0] or level.size)
    if op.type == "Transpose" and first:
        order = static_value(op.inputs[1])
        rank = None if order is None else int(order.size)
        return (level.first, *(level.size,) * (rank - 1)) if rank and rank <= _MAX_RANK else None
    if op.type in _ELEMENTWISE:
        beside = dims_of(op.inputs[1 if first else 0].shape)
        return tuple(size or level.size for size in beside) if beside else None
    return None
