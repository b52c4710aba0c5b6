"""Values for an input of a given role: seeded random ones, and edge cases."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from linter.process.tf.worker.roles import Role

__all__ = ["EDGES", "KEEP", "SPECIAL", "InputSpec", "Level", "edge_feed", "is_image", "make_feed"]

Array = npt.NDArray[Any]

EDGES = ("zeros", "ones", "greatest", "tiny", "huge")
"""Edge cases in the order in which they are run; a graph that stops at one goes without it."""
SPECIAL = "special"
"""NaN, infinities, negative zero and the ends of the range, among normal numbers."""

_SMALL = 10
_IMAGE_RANKS = (4, 5)
_IMAGE_CHANNELS = (1, 3, 4)
_IMAGE_RANK = 4
_PICTURE_RANK = 3
_ENCODED_SIDE = 24
_LEAST_SIDE = 16
_TRAINING = re.compile(r"train|learning_phase", re.IGNORECASE)
KEEP = re.compile(r"keep_prob|dropout", re.IGNORECASE)
_FAR = 1e4
_NEAR = 1e-30
_UPPER = 10.0
_WORDS = (
    *b"the of and to in is it you that he was for on are with as his they at be".split(),
    b"",
    b"12",
    "\u00e9t\u00e9".encode(),
    b"no such word here",
)


@dataclass(frozen=True, slots=True)
class Level:
    """One attempt at values and sizes that a graph can run.

    Attributes:
        size: for unknown axes other than the first; images have larger sides.
        first: for the first axis, which is the batch most of the time.
        row: for the only axis of an input, which is the batch most of the time.
        unknown: for inputs of unknown rank that nothing tells the shape of.
        ints_below: for integers that the graph does not bound, and as a ceiling on the others
            when ``clamp`` is set.
    """

    size: int = 8
    first: int = 1
    row: int = 1
    unknown: tuple[int, ...] = (1, 8)
    ints_below: int = _SMALL
    clamp: bool = False


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input and what is known about the values that it takes.

    Attributes:
        shape: with no unknown size left.
        assumed: which axes were unknown; ``None`` when the rank was.
        longest: of an input of lengths, the size of the axis that they count.
    """

    name: str
    dtype: tf.DType
    shape: tuple[int, ...]
    role: Role
    assumed: tuple[int, ...] | None = ()
    longest: int | None = None

    @property
    def note(self) -> str:
        """What was assumed about the shape, empty when nothing was."""
        if self.assumed == ():
            return ""
        what = "its rank" if self.assumed is None else "a size"
        return f"input {self.name}: {what} is unknown, run with shape {list(self.shape)}"

    def meaning(self, level: Level) -> str:
        """What the input was taken for, in a few words."""
        dtype, role = self.dtype, self.role
        if dtype == tf.string:
            return _kind_of_text(role)
        if dtype == tf.bool:
            return "training flag, false" if self._is_switched_off else "true and false"
        if role.mask:
            return "mask of 0 and 1"
        if dtype.is_integer:
            low, high = _int_range(self, level)
            kinds = ((role.lengths, "lengths"), (role.below is not None, "indices"))
            kind = next((name for is_it, name in kinds if is_it), "")
            kind = kind or ("pixels" if is_image(self) and high > _UPPER else "integers")
            return f"{kind} {low} to {high - 1}"
        if self.is_kept:
            return "probability to keep, 1"
        return f"pixels 0 to {_brightest(self):g}" if is_image(self) else "normal numbers"

    @property
    def is_kept(self) -> bool:
        """Whether the input is a probability that switches dropout off."""
        return self.shape == () and self.dtype.is_floating and bool(KEEP.search(self.name))

    @property
    def _is_switched_off(self) -> bool:
        return self.shape == () and bool(_TRAINING.search(self.name))

    def constant_value(self) -> Array | None:
        """What an input always gets that would else turn training on."""
        if self.dtype == tf.bool and self._is_switched_off:
            return np.zeros((), np.bool_)
        return _cast(np.ones(()), self.dtype) if self.is_kept else None


def make_feed(specs: Iterable[InputSpec], seed: int, level: Level) -> dict[str, Array]:
    """Random values; those of one input depend on its name and the seed only."""
    return {spec.name: _values(spec, _generator(spec, seed), level) for spec in specs}


def edge_feed(specs: Iterable[InputSpec], kind: str, level: Level) -> dict[str, Array]:
    """The values of an edge case, one of ``EDGES`` or ``SPECIAL``."""
    return {spec.name: _edge(spec, kind, level) for spec in specs}


def is_image(spec: InputSpec) -> bool:
    """Whether an input looks like pixels: few channels, last or after the batch."""
    shape = spec.shape
    if len(shape) == _PICTURE_RANK:  # no batch; a sequence of a few features looks much the same
        large = spec.dtype == tf.uint8 or min(shape[:2]) >= _LEAST_SIDE
        return shape[-1] in _IMAGE_CHANNELS and large
    if len(shape) not in _IMAGE_RANKS or (spec.dtype.is_integer and len(shape) != _IMAGE_RANK):
        return False
    return shape[-1] in _IMAGE_CHANNELS or shape[1] in _IMAGE_CHANNELS


def _generator(spec: InputSpec, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(spec.name.encode())])


def _values(spec: InputSpec, rng: np.random.Generator, level: Level) -> Array:
    dtype, shape = spec.dtype, spec.shape
    fixed = spec.constant_value()
    if fixed is not None:
        return fixed
    if dtype == tf.string:
        return _strings(spec, rng)
    if dtype == tf.bool:
        return rng.random(shape) < 0.5
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
    if is_image(spec):
        return _cast(rng.random(shape) * _brightest(spec), dtype)
    return _cast(rng.standard_normal(shape), dtype)


def _edge(spec: InputSpec, kind: str, level: Level) -> Array:
    dtype, shape = spec.dtype, spec.shape
    fixed = spec.constant_value()
    if fixed is not None:
        return fixed
    if dtype == tf.string:
        word = _empty_string(spec.role) if kind == "zeros" else _words(spec.role)[0]
        word = _encoded_white() if spec.role.image and kind != "zeros" else word
        return np.full(shape, word, dtype=object)
    if dtype == tf.bool:
        return np.full(shape, kind in ("ones", "greatest"))
    if spec.role.mask:
        return _cast(np.full(shape, kind != "zeros"), dtype)
    if dtype.is_integer:
        low, high = _int_range(spec, level)
        value = {"zeros": 0, "ones": 1, "greatest": high - 1}.get(kind)
        if value is None:
            return make_feed((spec,), 0, level)[spec.name]
        return _cast(
            np.full(shape, min(max(value, 0 if kind == "zeros" else low), high - 1)), dtype
        )
    return _cast(_floats(spec, kind), dtype)


def _floats(spec: InputSpec, kind: str) -> Array:
    shape = spec.shape
    rng = _generator(spec, zlib.crc32(kind.encode()))
    if kind == "zeros":
        return np.zeros(shape)
    if kind == "ones":
        return np.ones(shape)
    if kind == "greatest":
        return np.full(shape, _brightest(spec) if is_image(spec) else _UPPER)
    normal = rng.standard_normal(shape)
    if kind == "tiny":
        return (np.abs(normal) if is_image(spec) else normal) * _NEAR
    if kind == "huge":
        return normal * _FAR
    most = float(spec.dtype.max) if spec.dtype.is_floating else 1e30
    odd = np.array([np.nan, np.inf, -np.inf, -0.0, most, -most, 1e-40])
    flat = normal.reshape(-1).copy()
    count = min(flat.size, max(odd.size, flat.size // 5))
    flat[rng.permutation(flat.size)[:count]] = np.resize(odd, count)
    return flat.reshape(shape)


def _int_range(spec: InputSpec, level: Level) -> tuple[int, int]:
    low = 1 if spec.role.lengths else 0
    if spec.role.below is not None:
        high = min(spec.role.below, int(spec.dtype.max) + 1)
    elif spec.role.lengths and spec.longest is not None:
        high = spec.longest + 1
    elif is_image(spec):
        high = min(256, int(spec.dtype.max) + 1)
    else:
        high = level.ints_below
    if level.clamp:
        high = min(high, level.ints_below)
    return min(low, high - 1), high


def _brightest(spec: InputSpec) -> float:
    return 1.0 if spec.role.pixels is None else spec.role.pixels


def _cast(values: Array, dtype: tf.DType) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(values).astype(dtype.as_numpy_dtype)


def _kind_of_text(role: Role) -> str:
    if role.image:
        return "encoded pictures"
    if role.number:
        return "numbers as text"
    return f"words of a table of {len(role.words)}, and others" if role.words else "words"


def _words(role: Role) -> tuple[bytes, ...]:
    if role.number:
        return (b"1", b"0", b"-7", b"42", b"99")
    return (*role.words[:1000], *_WORDS[-2:]) if role.words else _WORDS


def _strings(spec: InputSpec, rng: np.random.Generator) -> Array:
    count = int(np.prod(spec.shape, dtype=np.int64))
    values = np.empty(count, dtype=object)
    words = _words(spec.role)
    for index in range(count):
        values[index] = _random_picture(rng) if spec.role.image else words[rng.integers(len(words))]
    return values.reshape(spec.shape)


def _empty_string(role: Role) -> bytes:
    if role.image:
        return _encoded(np.zeros((_ENCODED_SIDE, _ENCODED_SIDE, 3)))
    return b"0" if role.number else b""


def _encoded_white() -> bytes:
    return _encoded(np.full((_ENCODED_SIDE, _ENCODED_SIDE, 3), 255))


def _random_picture(rng: np.random.Generator) -> bytes:
    return _encoded(rng.integers(0, 256, (_ENCODED_SIDE, _ENCODED_SIDE, 3)))


def _encoded(pixels: Array) -> bytes:
    picture: bytes = tf.io.encode_png(pixels.astype(np.uint8)).numpy()
    return picture
