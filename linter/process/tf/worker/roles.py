"""What an input is used for, read off the graph: token ids, masks, lengths, images, words.

The value of an input is followed through ops that hand elements on unchanged (and through added
constants) to the ops that bound it. Function calls are entered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import tensorflow as tf
from tensorflow.python.framework import function_def_to_graph

from linter.graph.op_families import (
    ADDITIONS,
    FUNCTION_CALLS,
    FUSED_BATCH_NORMS,
    TABLE_INITIALIZERS,
)
from linter.process.tf.worker.graphs import static_value

__all__ = ["Role", "role_of"]

_FIRST = (0,)
_FORWARDED: dict[str, tuple[int, ...] | None] = {
    "BroadcastTo": _FIRST,
    "CheckNumerics": _FIRST,
    "Cast": _FIRST,
    "Concat": None,
    "ConcatV2": None,
    "Enter": _FIRST,
    "Exit": _FIRST,
    "ExpandDims": _FIRST,
    "Gather": _FIRST,
    "GatherNd": _FIRST,
    "GatherV2": _FIRST,
    "Identity": _FIRST,
    "Maximum": None,
    "Merge": None,
    "Minimum": None,
    "MirrorPad": _FIRST,
    "NextIteration": _FIRST,
    "Pack": None,
    "Pad": _FIRST,
    "PadV2": _FIRST,
    "PlaceholderWithDefault": _FIRST,
    "PreventGradient": _FIRST,
    "Reshape": _FIRST,
    "ReverseV2": _FIRST,
    "Select": (1, 2),
    "SelectV2": (1, 2),
    "Slice": _FIRST,
    "Snapshot": _FIRST,
    "Split": (1,),
    "SplitV": _FIRST,
    "Squeeze": _FIRST,
    "StopGradient": _FIRST,
    "StridedSlice": _FIRST,
    "Switch": _FIRST,
    "Tile": _FIRST,
    "Transpose": _FIRST,
    "Unique": _FIRST,
    "Unpack": _FIRST,
}
"""Ops whose outputs are elements of these inputs; ``None`` is every input."""

_IMAGE_DECODERS = frozenset(
    {"DecodeJpeg", "DecodePng", "DecodeImage", "DecodeBmp", "DecodeGif", "DecodeAndCropJpeg"}
)
_ROWS_OF_FIRST = {
    "ResourceGather": 1,
    "SparseSegmentMean": 1,
    "SparseSegmentSqrtN": 1,
    "SparseSegmentSum": 1,
}
_LOOKUPS = frozenset({"LookupTableFind", "LookupTableFindV2"})
_COUNTED = {"GreaterEqual": 1, "Less": 1, "Greater": 0, "LessEqual": 0}
"""Comparisons of a loop counter with a length: the slot of the length."""
_SHIFTING = ADDITIONS | {"Sub"}
_SCALING = _SHIFTING | {"BiasAdd", "Div", "Mul", "RealDiv"}
_MEAN = 3
_BYTES = 255.0
_FAR_FROM_ZERO = 16.0
"""A constant that is subtracted from pixels and is at least this shows that they go to 255."""
_MAX_STEPS = 20_000
_MASK = re.compile(r"mask", re.IGNORECASE)
_LENGTHS = re.compile(r"(^|[/_])(seq(uence)?s?|input)?_?(len|lens|lengths?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Role:
    """How the values of one input are bounded by their use.

    Attributes:
        below: values must be smaller than this; ``None`` when nothing bounds them.
        mask: the input selects, so it holds 0 and 1.
        lengths: the input holds sequence lengths, so values start at 1.
        image: the input is an encoded image.
        number: the input is text that is read as numbers.
        words: the keys of the table that the input is looked up in.
        pixels: largest value of a pixel; ``None`` when nothing tells.
    """

    below: int | None = None
    mask: bool = False
    lengths: bool = False
    image: bool = False
    number: bool = False
    words: tuple[bytes, ...] = ()
    pixels: float | None = None


class _Step(NamedTuple):
    tensor: tf.Tensor
    shift: int


def role_of(graph: tf.Graph, name: str) -> Role:
    """The role of the first output of node ``name``."""
    tensor = graph.get_tensor_by_name(f"{name}:0")
    walk = _Walk(graph)
    walk.follow(tensor)
    return Role(
        below=walk.below,
        mask=walk.mask or bool(_MASK.search(name)),
        lengths=walk.lengths or (tensor.dtype.is_integer and bool(_LENGTHS.search(name))),
        image=walk.image,
        number=walk.number,
        words=walk.words,
        pixels=walk.pixels,
    )


class _Walk:
    """One value followed through the graph."""

    def __init__(self, graph: tf.Graph) -> None:
        self._functions = {f.signature.name: f for f in graph.as_graph_def().library.function}
        self._graph = graph
        self._steps = 0
        self._short = False
        self.below: int | None = None
        self.mask = self.lengths = self.image = self.number = False
        self.words: tuple[bytes, ...] = ()
        self.pixels: float | None = None

    def follow(self, start: tf.Tensor, shift: int = 0, *, depth: int = 0) -> set[int]:
        """Follow ``start`` to its bounds; return the outputs of its function that it reaches."""
        self._short = start.shape.rank in (None, 0, 1)
        pending = [_Step(start, shift)]
        seen = {id(start)}
        reached: set[int] = set()
        results = {id(t): i for i, t in enumerate(getattr(start.graph, "outputs", ()))}
        while pending and self._steps < _MAX_STEPS:
            self._steps += 1
            tensor, offset = pending.pop()
            if id(tensor) in results:
                reached.add(results[id(tensor)])
            for consumer in tensor.consumers():
                for slot, value in enumerate(consumer.inputs):
                    if value is tensor:
                        for step in self._through(consumer, slot, offset, depth):
                            if id(step.tensor) not in seen:
                                seen.add(id(step.tensor))
                                pending.append(step)
        return reached

    def _through(self, op: tf.Operation, slot: int, shift: int, depth: int) -> Iterator[_Step]:
        self._note_bound(op, slot, shift)
        if op.type in FUNCTION_CALLS:
            for index in self._call(op, slot, shift, depth):
                yield _Step(op.outputs[index], shift)
        elif op.type == "IdentityN":
            yield _Step(op.outputs[slot], shift)
        elif op.type in _SHIFTING:
            moved = self._moved(op, slot, shift)
            if moved is not None:
                yield _Step(op.outputs[0], moved)
        elif op.type in _FORWARDED:
            slots = _FORWARDED[op.type]
            if slots is None or slot in slots:
                yield from (_Step(output, shift) for output in op.outputs)

    def _moved(self, op: tf.Operation, slot: int, shift: int) -> int | None:
        """The shift after adding a constant; notes the mask in ``1 - x``."""
        constant = static_value(op.inputs[1 - slot])
        if constant is None or constant.size == 0 or constant.dtype.kind not in "iuf":
            return None
        if op.type == "Sub" and slot == 1:
            self.mask = self.mask or bool((constant == 1).all())
            return None
        if constant.dtype.kind == "f":
            return None
        most = int(constant.max() if op.type != "Sub" else -constant.min())
        return shift + max(most, 0)

    def _call(self, op: tf.Operation, slot: int, shift: int, depth: int) -> set[int]:
        function = self._functions.get(op.get_attr("f").name)
        if function is None or depth > 20:
            return set()
        shapes = [value.shape for value in op.inputs]
        try:
            with self._graph.as_default():  # a function that calls others finds them there
                body = function_def_to_graph.function_def_to_graph(
                    function, shapes, include_library_functions=True
                )
        except (ValueError, tf.errors.InvalidArgumentError):
            return set()  # it cannot be built for these shapes, and tells nothing
        return self.follow(body.inputs[slot], shift, depth=depth + 1)

    def _note_bound(self, op: tf.Operation, slot: int, shift: int) -> None:
        if op.type in _IMAGE_DECODERS and slot == 0:
            self.image = True
        elif op.type == "StringToNumber":
            self.number = True
        elif op.type in _LOOKUPS and slot == 1:
            self.words = self.words or _keys_of(self._graph, op.inputs[0])
        elif self._short and _COUNTED.get(op.type) == slot and op.inputs[slot].dtype.is_integer:
            self.lengths = self.lengths or _counts(op.inputs[1 - slot])
        elif self.pixels is None and op.inputs[slot].dtype.is_floating:
            self.pixels = _pixel_scale(op, slot)
        elif op.type == "ReverseSequence" and slot == 1:
            self.lengths = True
            axis = op.inputs[0].shape[op.get_attr("seq_dim")] if op.inputs[0].shape.rank else None
            self._lower(None if axis is None else axis + 1, shift)
        else:
            self._lower(_bound(op, slot), shift)

    def _lower(self, bound: int | None, shift: int) -> None:
        if bound is None:
            return
        bound = max(bound - shift, 1)
        self.below = bound if self.below is None else min(self.below, bound)


def _bound(op: tf.Operation, slot: int) -> int | None:
    """What values at ``slot`` of ``op`` must stay below."""
    first = op.inputs[0].shape
    if (op.type == "Gather" and slot == 1) or slot == _ROWS_OF_FIRST.get(op.type):
        return _axis(first, 0)
    if op.type == "GatherV2" and slot == 1:
        axis = static_value(op.inputs[2])
        return None if axis is None else _axis(first, int(axis))
    if op.type == "GatherNd" and slot == 1:
        depth = _axis(op.inputs[1].shape, -1)
        sizes = [_axis(first, axis) for axis in range(depth or 0)]
        return min((size for size in sizes if size is not None), default=None)
    if op.type == "OneHot" and slot == 0:
        return _least(op.inputs[1])
    if op.type.startswith("UnsortedSegment") and slot == 1:
        return _least(op.inputs[2])
    if op.type in ("SparseToDense", "ScatterNd") and slot == 0:
        return _least(op.inputs[1 if op.type == "SparseToDense" else 2])
    return None


def _axis(shape: tf.TensorShape, axis: int) -> int | None:
    if shape.rank is None or not -shape.rank <= axis < shape.rank:
        return None
    size: int | None = shape[axis]
    return size


def _least(tensor: tf.Tensor) -> int | None:
    value = static_value(tensor)
    return None if value is None or value.size == 0 else int(value.min())


def _keys_of(graph: tf.Graph, table: tf.Tensor) -> tuple[bytes, ...]:
    """The words that a table is filled with, when they are constant."""
    for op in graph.get_operations():
        if op.type in TABLE_INITIALIZERS and _root(op.inputs[0]) is _root(table):
            keys = static_value(op.inputs[1])
            if keys is not None and keys.dtype.kind == "O":
                return tuple(keys.reshape(-1).tolist())
    return ()


def _root(tensor: tf.Tensor) -> tf.Operation:
    op = tensor.op
    while op.type in ("Identity", "Enter") and op.inputs:
        op = op.inputs[0].op
    return op


def _counts(tensor: tf.Tensor) -> bool:
    """Whether a value is the counter of a loop, or the places of a row."""
    op = tensor.op
    for _ in range(8):
        if op.type in ("Range", "Merge"):
            return True
        passing = op.type in ("Identity", "Switch", "ExpandDims", "Cast", "Reshape", "Enter")
        if not (passing and op.inputs):
            return False
        op = op.inputs[0].op
    return False


def _pixel_scale(op: tf.Operation, slot: int) -> float | None:
    """255 when the first thing that is done to pixels brings them down from there."""
    if op.type in FUSED_BATCH_NORMS and slot == 0:
        constant = static_value(op.inputs[_MEAN])
    elif op.type in _SCALING:
        constant = static_value(op.inputs[1 - slot])
    else:
        return None
    if constant is None or constant.size == 0 or constant.dtype.kind != "f":
        return None
    most = float(abs(constant).max())
    if op.type == "Mul":
        return _BYTES if 0.0 < most <= 1.0 / _FAR_FROM_ZERO else None
    return _BYTES if most >= _FAR_FROM_ZERO and slot == 0 else None
