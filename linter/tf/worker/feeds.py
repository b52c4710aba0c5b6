"""Inputs for a graph: shapes, and seeded values that suit what each input is used for."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from linter.errors import UsageError
from linter.tf.worker.graphs import dims_of
from linter.tf.worker.roles import Role, role_of

__all__ = ["InputSpec", "Level", "describe_inputs", "make_feed", "with_shapes", "zero_feed"]

Array = npt.NDArray[Any]

_SMALL = 10
_IMAGE_RANKS = (3, 4, 5)
_IMAGE_CHANNELS = (1, 3, 4)
_TRAINING = re.compile(r"train|learning_phase", re.IGNORECASE)
_KEEP = re.compile(r"keep_prob|dropout", re.IGNORECASE)
_IMAGE_RANK = 4
_IMAGE_SIDE = 64
_ENCODED_SIDE = 24


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input and what is known about the values that it takes.

    Attributes:
        shape: with no unknown size left.
        assumed: which axes were unknown; ``None`` when the rank was.
    """

    name: str
    dtype: tf.DType
    shape: tuple[int, ...]
    role: Role
    assumed: tuple[int, ...] | None = ()

    @property
    def note(self) -> str:
        """What was assumed about the shape, empty when nothing was."""
        if self.assumed == ():
            return ""
        what = "its rank" if self.assumed is None else "a size"
        return f"input {self.name}: {what} is unknown, run with shape {list(self.shape)}"


@dataclass(frozen=True, slots=True)
class Level:
    """One attempt at values and sizes that a graph can run.

    Attributes:
        size: for unknown axes other than the first; images have larger sides.
        first: for the first axis, which is the batch most of the time.
        unknown: for inputs of unknown rank that nothing tells the shape of.
        ints_below: for integers that the graph does not bound, and as a ceiling on the others
            when ``clamp`` is set.
    """

    size: int = 8
    first: int = 1
    unknown: tuple[int, ...] = ()
    ints_below: int = _SMALL
    clamp: bool = False


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
    return specs


def with_shapes(specs: list[InputSpec], feed: Mapping[str, Array]) -> list[InputSpec]:
    """The specs with the shapes of the arrays that a feed has for them."""
    return [
        replace(spec, shape=feed[spec.name].shape, assumed=()) if spec.name in feed else spec
        for spec in specs
    ]


def make_feed(specs: list[InputSpec], seed: int, level: Level) -> dict[str, Array]:
    """Random values; those of one input depend on its name and the seed only."""
    return {
        spec.name: _values(
            spec, np.random.default_rng([seed, zlib.crc32(spec.name.encode())]), level
        )
        for spec in specs
    }


def zero_feed(specs: list[InputSpec]) -> dict[str, Array]:
    """The edge case: zeros, false, empty strings."""
    return {spec.name: _zeros(spec) for spec in specs}


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
    filled = tuple(
        size if size is not None else (level.first if axis == 0 else others)
        for axis, size in enumerate(dims)
    )
    return filled, unknown


def _guess_shape(tensor: tf.Tensor, level: Level) -> tuple[int, ...]:
    """A shape for an unknown rank, from the weights of the first op that needs one."""
    if _KEEP.search(tensor.op.name):
        return ()
    for op in tensor.consumers():
        other = op.inputs[1].shape if len(op.inputs) > 1 else None
        if other is None or other.rank is None or op.inputs[0] is not tensor:
            continue
        if op.type == "MatMul" and other.rank == 2:
            return (1, other[1 if op.get_attr("transpose_b") else 0] or level.size)
        if op.type in ("Conv2D", "DepthwiseConv2dNative"):
            side = max(level.size, _IMAGE_SIDE)
            return (1, side, side, other[2] or 1)
    return level.unknown


def _values(spec: InputSpec, rng: np.random.Generator, level: Level) -> Array:
    dtype, shape = spec.dtype, spec.shape
    if dtype == tf.string:
        return _strings(spec, rng)
    if dtype == tf.bool:
        training = shape == () and _TRAINING.search(spec.name)
        return np.zeros(shape, np.bool_) if training else rng.random(shape) < 0.5
    if spec.role.mask:
        values = (rng.random(shape) < 0.75).astype(np.float64)
        if values.ndim:
            values[..., :1] = 1.0  # a mask that hides everything would hide every difference
        return _cast(values, dtype)
    if dtype.is_integer:
        low, high = _int_range(spec, level)
        return _cast(rng.integers(low, high, shape), dtype)
    if dtype.is_complex:
        return _cast(rng.standard_normal(shape) + 1j * rng.standard_normal(shape), dtype)
    if _KEEP.search(spec.name) and shape == ():
        return _cast(np.ones(shape), dtype)
    return _cast(rng.random(shape) if _is_image(spec) else rng.standard_normal(shape), dtype)


def _int_range(spec: InputSpec, level: Level) -> tuple[int, int]:
    low = 1 if spec.role.lengths else 0
    if spec.role.below is not None:
        high = min(spec.role.below, int(spec.dtype.max) + 1)
    elif spec.dtype == tf.uint8 and _is_image(spec):
        high = 256
    else:
        high = level.ints_below
    if level.clamp:
        high = min(high, level.ints_below)
    return min(low, high - 1), high


def _is_image(spec: InputSpec) -> bool:
    shape = spec.shape
    if len(shape) not in _IMAGE_RANKS:
        return False
    return shape[-1] in _IMAGE_CHANNELS or shape[-3] in _IMAGE_CHANNELS


def _cast(values: Array, dtype: tf.DType) -> Array:
    return np.asarray(values).astype(dtype.as_numpy_dtype)


def _zeros(spec: InputSpec) -> Array:
    if spec.dtype == tf.string:
        return np.full(spec.shape, _empty_string(spec.role), dtype=object)
    return np.zeros(spec.shape, spec.dtype.as_numpy_dtype)


def _strings(spec: InputSpec, rng: np.random.Generator) -> Array:
    count = int(np.prod(spec.shape, dtype=np.int64))
    values = np.empty(count, dtype=object)
    for index in range(count):
        values[index] = _string(spec, rng)
    return values.reshape(spec.shape)


def _string(spec: InputSpec, rng: np.random.Generator) -> bytes:
    if spec.role.image:
        return _encoded(rng.integers(0, 256, (_ENCODED_SIDE, _ENCODED_SIDE, 3)))
    if spec.role.number:
        return str(int(rng.integers(0, 100))).encode()
    letters = rng.integers(ord("a"), ord("z") + 1, int(rng.integers(3, 9)))
    return bytes(letters.astype(np.uint8))


def _empty_string(role: Role) -> bytes:
    if role.image:
        return _encoded(np.zeros((_ENCODED_SIDE, _ENCODED_SIDE, 3)))
    return b"0" if role.number else b""


def _encoded(pixels: Array) -> bytes:
    picture: bytes = tf.io.encode_png(pixels.astype(np.uint8)).numpy()
    return picture
