"""Ops that put tensors together, take them apart, repeat or pad them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.draft import Draft

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]


def _parts(d: Draft, axis: int, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Shapes that differ along one axis."""
    found = []
    for _ in range(d.integer(2, 3)):
        sizes = list(shape)
        sizes[axis] = d.integer(0, 3)
        found.append(tuple(sizes))
    return found


def concatenated(d: Draft) -> None:
    shape, dtype = d.dims(1), d.dtype("T", "Identity")
    axis = d.axis(len(shape))
    parts = [d.data(part, dtype) for part in _parts(d, axis, shape)]
    if d.op == "Concat":
        parts.append(d.data(shape, dtype))
        d.node(d.op, d.argument(axis), parts)
        return
    index = d.dtype("Tidx", among=("int32", "int64"))
    d.node(d.op, parts, d.argument(axis, index))


def packed(d: Draft) -> None:
    shape, dtype = d.dims(0, 3), d.dtype("T", "Identity")
    parts = [d.data(shape, dtype) for _ in range(d.integer(1, 4))]
    axis = d.integer(-len(shape) - 1, len(shape)) if d.chance(97) else 5
    d.node(d.op, parts, axis=axis)


def unpacked(d: Draft) -> None:
    shape = d.dims(1)
    axis = d.axis(len(shape))
    count = shape[axis] if d.chance(96) else shape[axis] + 1
    d.outputs(d.op, d.data(shape, d.dtype("T", "Identity")), num=count, axis=axis)


def split(d: Draft) -> None:
    shape = list(d.dims(1))
    axis, count = d.axis(len(shape)), d.integer(1, 3)
    shape[axis] = count * d.integer(0, 2)
    x = d.data(shape, d.dtype("T", "Identity"))
    d.outputs(d.op, d.argument(axis), x, num_split=count)


def split_unevenly(d: Draft) -> None:
    shape, index = list(d.dims(1)), d.dtype("Tlen", among=("int32", "int64"))
    axis = d.axis(len(shape))
    sizes = [d.integer(0, 3) for _ in range(d.integer(1, 3))]
    shape[axis] = sum(sizes)
    if d.chance(40):
        sizes[d.integer(0, len(sizes) - 1)] = -1
    x = d.data(shape, d.dtype("T", "Identity"))
    lengths = d.argument(np.array(sizes, index), index)
    d.outputs(d.op, x, lengths, d.argument(axis), num_split=len(sizes))


def tiled(d: Draft) -> None:
    shape, index = d.dims(), d.dtype("Tmultiples", among=("int32", "int64"))
    times = np.array([d.pick((1, 2, 1, 0, 3)) for _ in shape], index)
    d.node(d.op, d.data(shape, d.dtype("T", "Identity")), d.argument(times, index))


def padded(d: Draft) -> None:
    shape, index = d.dims(), d.dtype("Tpaddings", among=("int32", "int64"))
    dtype = d.dtype("T", "Identity")
    high = 1 if d.op == "MirrorPad" else 3
    pads = np.array([[d.integer(0, high), d.integer(0, high)] for _ in shape], index)
    inputs = [d.data(shape, dtype), d.argument(pads.reshape(len(shape), 2), index)]
    if d.op == "PadV2":
        inputs.append(d.data((), dtype))
    attrs = {"mode": d.pick(("REFLECT", "SYMMETRIC"))} if d.op == "MirrorPad" else {}
    d.node(d.op, *inputs, **attrs)


def concatenated_at_once(d: Draft) -> None:
    shape, dtype = d.dims(0, 3), d.pick(("float32", "int32"))
    parts = [d.data((1, *shape), dtype) for _ in range(d.integer(1, 3))]
    d.runs = False
    d.node(d.op, parts, shape=(len(parts), *shape))


RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(("Concat", "ConcatV2"), concatenated),
    **dict.fromkeys(("MirrorPad", "Pad", "PadV2"), padded),
    "Pack": packed,
    "ParallelConcat": concatenated_at_once,
    "Split": split,
    "SplitV": split_unevenly,
    "Tile": tiled,
    "Unpack": unpacked,
}
