"""Graphs of several ops: what follows an op, numbers computed from shapes, branches and loops."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from harness.draft import Draft
from linter.graph import Value

__all__ = ["CHAINS", "follow"]

Chain = Callable[[Draft], None]
_NO_TENSORS = ("resource", "variant")


def follow(d: Draft) -> None:
    """Up to two ops that take any tensor, on what is there."""
    for _ in range(d.integer(0, 2)):
        plain = [v for v in d.values if d.dtype_of(v).removesuffix("_ref") not in _NO_TENSORS]
        if plain:
            x = plain[-1 - d.integer(0, min(2, len(plain) - 1))]
            d.pick(_FOLLOWERS)(d, x)


def _plain(op: str) -> Callable[[Draft, Value], Value]:
    return lambda d, x: d.node(op, x)


def _flat(d: Draft, x: Value) -> Value:
    return d.node("Reshape", x, d.const([-1], "int32"))


def _as_wide(d: Draft, x: Value) -> Value:
    return d.node("ExpandDims", x, d.const(d.pick((0, -1)), "int32"))


def _twice(d: Draft, x: Value) -> Value:
    return d.node("Pack", [x, x], axis=d.pick((0, -1)))


def _filled(d: Draft, x: Value) -> Value:
    return d.node("Fill", d.node("Shape", x, out_type="int32"), d.const(1.5, "float32"))


def _first_size(d: Draft, x: Value) -> Value:
    bounds = [d.const([edge], "int32") for edge in (0, 1, 1)]
    return d.node("StridedSlice", d.node("Shape", x), *bounds, shrink_axis_mask=1)


_FOLLOWERS: tuple[Callable[[Draft, Value], Value], ...] = (
    _plain("Identity"), _plain("Shape"), _plain("Size"), _plain("Rank"), _plain("Squeeze"),
    _plain("StopGradient"), _flat, _as_wide, _twice, _filled, _first_size,
)  # fmt: skip


class _Numbers:
    """A vector of integers that a graph computes; only its length is known here."""

    def __init__(self, d: Draft) -> None:
        self.d = d
        self.dtype = str(d.pick(("int32", "int32", "int64")))
        self.length = d.integer(1, 4)
        shape = [d.pick((2, 3, 1, 4, 0)) for _ in range(self.length)]
        source = d.fed(np.zeros(shape, "float32"), "float32")
        self.value = d.node("Shape", source, out_type=self.dtype)

    def const(self, low: int, high: int, *, scalar: bool | None = None) -> Value:
        """Numbers as many as there are, or one."""
        one = self.d.chance(60) if scalar is None else scalar
        array = self.d.rng.integers(low, high, () if one else self.length, endpoint=True)
        return self.d.const(array, self.dtype)

    def take(self, value: Value, length: int | None = None) -> None:
        """Go on with another value."""
        self.value = value
        self.length = self.length if length is None else length


def _arithmetic(n: _Numbers) -> None:
    op = n.d.pick(("AddV2", "Sub", "Mul", "FloorDiv", "FloorMod", "Maximum", "Minimum",
                   "SquaredDifference", "TruncateDiv"))  # fmt: skip
    low = 1 if op in ("FloorDiv", "FloorMod", "TruncateDiv") else -2
    pair = [n.value, n.const(low, 4)]
    n.take(n.d.node(op, *(pair if low == 1 or n.d.chance(70) else pair[::-1])))


def _sign(n: _Numbers) -> None:
    n.take(n.d.node(n.d.pick(("Neg", "Abs", "Square", "Identity")), n.value))


def _by_floats(n: _Numbers) -> None:
    d, kind = n.d, n.d.pick(("float32", "float64", "float16"))
    x = d.node("Cast", n.value, DstT=kind, Truncate=False)
    factor = d.const(d.pick((0.5, 2.0, 1.5, 0.1, 3.0)), kind)
    x = d.node(d.pick(("Mul", "RealDiv", "AddV2", "FloorDiv")), x, factor)
    x = d.node(d.pick(("Floor", "Ceil", "Round", "Rint", "Identity")), x)
    n.take(d.node("Cast", x, DstT=n.dtype, Truncate=False))


def _sliced(n: _Numbers) -> None:
    d, size = n.d, n.length
    begin, end, stride = d.integer(-size, size), d.integer(-size, size), d.pick((1, 1, 2, -1))
    masks = {"begin_mask": d.integer(0, 1), "end_mask": d.integer(0, 1)}
    found = slice(
        None if masks["begin_mask"] else begin, None if masks["end_mask"] else end, stride
    )
    bounds = [d.const([edge], "int32") for edge in (begin, end, stride)]
    value = d.node("StridedSlice", n.value, *bounds, **masks)
    n.take(value, len(range(size)[found]))


def _joined(n: _Numbers) -> None:
    other, length = n.const(0, 4, scalar=False), n.length
    parts = [n.value, other] if n.d.chance(50) else [other, n.value]
    n.take(n.d.node("ConcatV2", parts, n.d.const(n.d.pick((0, -1)), "int32")), 2 * length)


def _picked(n: _Numbers) -> None:
    if not n.length:
        return
    count = n.d.integer(1, 4)
    places = n.d.rng.integers(0, n.length, count)
    axis = n.d.const(0, "int32")
    n.take(n.d.node("GatherV2", n.value, n.d.const(places, "int32"), axis), count)


def _reversed(n: _Numbers) -> None:
    n.take(n.d.node("ReverseV2", n.value, n.d.const([n.d.pick((0, -1))], "int32")))


def _reduced(n: _Numbers) -> None:
    """One number of all, and that as often as before."""
    d = n.d
    axes = d.const(d.pick(([0], 0, [-1])), "int32")
    one = d.node(d.pick(("Sum", "Prod", "Max", "Min")), n.value, axes, keep_dims=False)
    n.take(d.node("Pack", [one, n.const(0, 3, scalar=True)]), 2)


def _chosen(n: _Numbers) -> None:
    d = n.d
    condition = d.node(d.pick(("Greater", "Equal", "LessEqual")), n.value, n.const(0, 3))
    n.take(d.node("SelectV2", condition, n.value, n.const(0, 3)))


def _running(n: _Numbers) -> None:
    axis = n.d.const(0, "int32")
    n.take(n.d.node("Cumsum", n.value, axis, exclusive=n.d.chance(20), reverse=n.d.chance(20)))


def _unpacked(n: _Numbers) -> None:
    if n.length:
        parts = n.d.outputs("Unpack", n.value, num=n.length)
        kept = [part for part in parts if n.d.chance(70)] or [parts[0]]
        n.take(n.d.node("Pack", kept), len(kept))


def _tiled(n: _Numbers) -> None:
    times = n.d.integer(0, 2)
    n.take(n.d.node("Tile", n.value, n.d.const([times], "int32")), n.length * times)


def _split(n: _Numbers) -> None:
    first = n.d.integer(0, n.length)
    lengths = n.d.const([first, -1], "int32")
    parts = n.d.outputs("SplitV", n.value, lengths, n.d.const(0, "int32"), num_split=2)
    n.take(*((parts[0], first) if n.d.chance(50) else (parts[1], n.length - first)))


def _branched(n: _Numbers) -> None:
    """Through a branch of a condition, and together again."""
    d = n.d
    sides = d.outputs("Switch", n.value, d.data((), "bool"))
    other = d.node("AddV2", sides[0], n.const(0, 1, scalar=True)) if d.chance(50) else sides[0]
    n.take(d.node("Merge", [other, sides[1]]))


def _cast(n: _Numbers) -> None:
    n.dtype = str(n.d.pick(("int32", "int64")))
    n.take(n.d.node("Cast", n.value, DstT=n.dtype, Truncate=False))


_STEPS: Sequence[Callable[[_Numbers], None]] = (
    _arithmetic, _arithmetic, _by_floats, _branched, _cast, _chosen, _joined, _picked, _reduced,
    _reversed, _running, _sign, _sliced, _split, _tiled, _unpacked,
)  # fmt: skip


def numbers(d: Draft) -> None:
    """Numbers from a shape through some ops, and a tensor of the shape that comes out."""
    n = _Numbers(d)
    for _ in range(d.integer(1, 4)):
        d.pick(_STEPS)(n)
        if n.length > 8:
            break
    if n.length > 8:
        return
    small = d.node("Minimum", n.value, d.const(4, n.dtype))
    small = d.node("Maximum", small, d.const(0, n.dtype))
    how = d.integer(0, 2)
    if how == 0:
        d.node("Fill", small, d.const(1, "float32"))
    elif how == 1:
        d.node("BroadcastTo", d.const(1, "float32"), small)
    elif n.length:
        zero = d.const([0], "int32")
        first = d.node("StridedSlice", small, zero, d.const([1], "int32"), d.const([1], "int32"),
                       shrink_axis_mask=1)  # fmt: skip
        d.node("Range", d.const(0, n.dtype), first, d.const(1, n.dtype))


def loop(d: Draft) -> None:
    """A loop of few rounds; what it carries may change its shape."""
    frame = {"frame_name": "frame", "is_constant": False}
    outside = {"frame_name": "frame", "is_constant": True}
    counter = d.node("Enter", d.const(0, "int32"), **frame)
    carried = d.node("Enter", d.data(d.dims(1, 2), "float32"), **frame)
    limit = d.node("Enter", d.const(d.integer(0, 3), "int32"), **outside)
    fixed = d.node("Enter", d.const(d.rng.normal(size=d.dims(1, 1)), "float32"),
                   **outside)  # fmt: skip
    heads = [d.node("Merge", [value, value]) for value in (counter, carried)]
    condition = d.node("LoopCond", d.node("Less", heads[0], limit))
    sides = [d.outputs("Switch", head, condition) for head in heads]
    body = d.pick(_BODIES)(d, sides[1][1], fixed)
    one = d.const(1, "int32", after=sides[0][1])
    ends = [d.node("NextIteration", d.node("AddV2", sides[0][1], one)),
            d.node("NextIteration", body)]  # fmt: skip
    for head, end in zip(heads, ends, strict=True):
        d.rewire(head, 1, end)
    for side in sides:
        d.node("Shape", d.node("Exit", side[0]))


def _kept(d: Draft, x: Value, _: Value) -> Value:
    return d.node("Identity", x)


def _summed(d: Draft, x: Value, fixed: Value) -> Value:
    return d.node("AddV2", x, fixed)


def _longer(d: Draft, x: Value, _: Value) -> Value:
    return d.node("ConcatV2", [x, x], d.const(0, "int32", after=x))


def _turned(d: Draft, x: Value, _: Value) -> Value:
    return d.node("Reshape", x, d.const([-1], "int32", after=x))


_BODIES = (_kept, _summed, _longer, _turned)

CHAINS: Mapping[str, Chain] = {"numbers": numbers, "loop": loop}
