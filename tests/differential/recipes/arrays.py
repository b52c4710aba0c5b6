"""Ops that change the shape and keep the elements, and ops that ask about shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.draft import Draft
from recipes.elementwise import split_in_two

__all__ = ["RECIPES", "cut"]

Recipe = Callable[[Draft], None]


def reshaped(d: Draft) -> None:
    """To a shape of as many elements, one size of which may be left open."""
    shape, index = d.dims(), d.dtype("Tshape", among=("int32", "int64"))
    total = int(np.prod(shape))
    wanted = [*d.rng.permutation(shape)]
    if total and d.chance(50):
        wanted = [part for part in (2, 3, 5) if total % part == 0][:1]
        wanted = [*wanted, total // int(np.prod(wanted or [1])), *([1] * d.integer(0, 1))]
    if wanted and d.chance(50):
        wanted[d.integer(0, len(wanted) - 1)] = -1
    if d.chance(3):
        wanted = [*wanted, -2]
    x = d.data(shape, d.dtype("T", "Identity"))
    d.node("Reshape", x, d.argument(np.array(wanted, index), index))


def squeezed(d: Draft) -> None:
    shape = d.dims()
    ones = [axis for axis, size in enumerate(shape) if size == 1]
    axes = [axis - d.pick((0, len(shape))) for axis in ones if d.chance(50)]
    if shape and d.chance(5):
        axes.append(d.axis(len(shape)))
    d.node("Squeeze", d.data(shape, d.dtype("T", "Identity")), squeeze_dims=axes)


def expanded(d: Draft) -> None:
    shape, index = d.dims(0, 3), d.dtype("Tdim")
    axis = d.integer(-len(shape) - 1, len(shape))
    if d.chance(3):
        axis = len(shape) + 1
    place: object = [axis] if d.chance(30) else axis
    d.node("ExpandDims", d.data(shape, d.dtype("T", "Identity")), d.argument(place, index))


def transposed(d: Draft) -> None:
    shape, index = d.dims(), d.dtype("Tperm")
    order = d.rng.permutation(len(shape)).astype(index)
    if order.size and d.chance(15):
        order = order - len(shape)
    if order.size and d.chance(4):
        order[0] = order[-1]
    dtype = d.dtype("T", "Identity")
    if d.op == "ConjugateTranspose" and dtype == "string":
        dtype = "complex64"  # TensorFlow ends the process at a short row of strings
    d.node(d.op, d.data(shape, dtype), d.argument(order, index))


def asked(d: Draft) -> None:
    """Shape, Size, Rank."""
    d.node(d.op, d.data(d.dims(), d.dtype("T", "Identity")))


def asked_of_many(d: Draft) -> None:
    dtype = d.dtype("T", "Identity")
    d.node(d.op, [d.data(d.dims(), dtype) for _ in range(d.integer(1, 3))])


def broadcast_to(d: Draft) -> None:
    shape, index = d.dims(), d.dtype("Tidx")
    x = d.data(split_in_two(shape, d)[1], d.dtype("T", "Identity"))
    d.node(d.op, x, d.argument(np.array(shape, index), index))


def broadcast_shapes(d: Draft) -> None:
    index = d.dtype()
    shapes = split_in_two(d.dims(), d)
    d.node(d.op, *(d.argument(np.array(shape, index), index) for shape in shapes))


def bitcast(d: Draft) -> None:
    source, target = d.dtype("T"), d.dtype("type")
    shape = d.dims()
    widths = [np.dtype("uint16" if t == "bfloat16" else t).itemsize for t in (source, target)]
    if widths[0] < widths[1]:
        shape = (*shape[:3], widths[1] // widths[0])
    d.node("Bitcast", d.data(shape, source), type=target)


def offsets(d: Draft) -> None:
    rank = d.integer(1, 3)
    base = [d.integer(0, 4) for _ in range(rank)]
    axis = d.axis(rank)
    shapes = []
    for _ in range(d.integer(2, 3)):
        shape = list(base)
        shape[axis] = d.integer(0, 4)
        shapes.append(d.argument(np.array(shape, "int32")))
    d.node("ConcatOffset", d.argument(axis), shapes)


def crossed(d: Draft) -> None:
    shape, dtype = (*d.dims(0, 3), 3), d.dtype()
    d.node("Cross", d.data(shape, dtype), d.data(shape, dtype))


def cut(d: Draft, shape: tuple[int, ...]) -> tuple[list[list[int]], dict[str, int]]:
    """Begin, end and strides of a cut of that shape, with masks that fit it, mostly."""
    begins, ends, strides = [], [], []
    masks = dict.fromkeys(("begin", "end", "ellipsis", "new_axis", "shrink_axis"), 0)
    axis, dots = 0, d.integer(0, 6)
    for place in range(6):
        if place == dots:
            masks["ellipsis"] |= 1 << place
            axis += d.integer(0, max(0, len(shape) - axis))
            entry = (0, 0, 1)
        elif d.chance(15):
            masks["new_axis"] |= 1 << place
            entry = (d.integer(-1, 1), d.integer(-1, 1), d.pick((1, 1, -1, 2)))
        elif axis < len(shape):
            entry = _bounds(d, shape[axis], masks, place)
            axis += 1
        else:
            break
        for part, number in zip((begins, ends, strides), entry, strict=True):
            part.append(number)
        for name in ("begin", "end"):
            masks[name] |= d.chance(25) << place
        if d.chance(3):
            masks["shrink_axis"] |= 1 << place
        if d.chance(15):
            break
    return [begins, ends, strides], {f"{name}_mask": mask for name, mask in masks.items()}


def _bounds(d: Draft, size: int, masks: dict[str, int], place: int) -> tuple[int, int, int]:
    if d.chance(25) and size:
        masks["shrink_axis"] |= 1 << place
        begin = d.integer(-size, size - 1)
        return begin, begin + 1, 1 if d.chance(90) else d.pick((2, -1))
    return (
        d.integer(-size - 2, size + 2),
        d.integer(-size - 2, size + 2),
        d.pick((1, 1, 2, -1, -2, 3)),
    )


def cut_gradient(d: Draft) -> None:
    shape, dtype = d.dims(1, 3, least=1), d.pick(("float32", "int32"))
    index = d.pick(("int32", "int64"))
    begins = [d.integer(0, size - 1) for size in shape]
    bounds = [shape, begins, [b + 1 for b in begins], [1] * len(shape)]
    gradient = d.data((1,) * len(shape), dtype)
    d.node(d.op, *(d.argument(np.array(b, index), index) for b in bounds), gradient)


RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(("Transpose", "ConjugateTranspose"), transposed),
    **dict.fromkeys(("Rank", "Shape", "Size"), asked),
    **dict.fromkeys(("BroadcastArgs", "BroadcastGradientArgs"), broadcast_shapes),
    "Bitcast": bitcast,
    "BroadcastTo": broadcast_to,
    "ConcatOffset": offsets,
    "Cross": crossed,
    "ExpandDims": expanded,
    "Reshape": reshaped,
    "ShapeN": asked_of_many,
    "Squeeze": squeezed,
    "StridedSliceGrad": cut_gradient,
}
