"""Elements of small tensors through ops that move them: shapes, packs, slices, gathers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from linter.shapes.arithmetic import expanded, in_dtype
from linter.shapes.dims import MAX_ELEMENTS, axis_in, product
from linter.shapes.dtypes import base_dtype
from linter.shapes.slicing import strided_axes
from linter.shapes.view import Elements, ValueRule, View

__all__ = ["RULES"]

_Found = tuple[Elements | None, ...]

_UNCHANGED = (
    "CheckNumerics", "EnsureShape", "Enter", "Exit", "ExpandDims", "GuaranteeConst", "Identity",
    "NextIteration", "PreventGradient", "Print", "RefEnter", "RefExit", "RefIdentity", "Reshape",
    "Snapshot", "Squeeze", "StopGradient",
)  # fmt: skip
"""The elements of the first input in their order, whatever the shape."""


def _const(view: View) -> _Found:
    tensor = view.node.attrs.get("value")
    read = getattr(tensor, "values", None)
    values = read() if callable(read) else None
    return (tuple(values),) if isinstance(values, tuple) else ()


def _unchanged(view: View) -> _Found:
    known = view.value(0)
    return () if known is None else (known.values,)


def _switch(view: View) -> _Found:
    known = view.value(0)
    return () if known is None else (known.values, known.values)


def _each(view: View) -> _Found:
    known = [view.value(slot) for slot in range(len(view))]
    return tuple(None if part is None else part.values for part in known)


def _shape_of(view: View) -> _Found:
    return (_sizes(view, 0),)


def _shapes_of(view: View) -> _Found:
    return tuple(_sizes(view, slot) for slot in range(len(view)))


def _sizes(view: View, slot: int) -> Elements | None:
    dims, dtype = view.shape(slot), base_dtype(view.out_dtype())
    if dims is None:
        return None
    # A size that the output dtype cannot hold is an error at run time, not a number.
    return tuple(size if in_dtype(size, dtype) == size else None for size in dims)


def _size(view: View) -> _Found:
    dims, dtype = view.shape(0), base_dtype(view.out_dtype())
    total = product(dims) if dims is not None else None
    return ((total,),) if total is not None and in_dtype(total, dtype) == total else ()


def _rank(view: View) -> _Found:
    rank = view.rank(0)
    return ((rank,),) if rank is not None else ()


def _fill(view: View) -> _Found:
    known, dims = view.value(1), view.out_shape()
    size = product(dims) if dims is not None else None
    if known is None or size is None or len(known.values) != 1:
        return ()
    return (known.values * size,)


def _same_number(number: int) -> Callable[[View], _Found]:
    def infer(view: View) -> _Found:
        size = product(view.out_shape() or ())
        dtype = base_dtype(view.out_dtype())
        return ((in_dtype(number, dtype),) * size,) if size is not None else ()

    return infer


def _range(view: View) -> _Found:
    start, delta, dims = view.scalar(0), view.scalar(2), view.out_shape()
    if start is None or delta is None or not dims or dims[0] is None:
        return ()
    return (tuple(start + delta * index for index in range(dims[0])),)


def _pack(view: View) -> _Found:
    dims, axis = view.out_shape(), view.integer("axis")
    place = axis_in(axis, None if dims is None else len(dims))
    if dims is None or place is None:
        return ()
    inner = product(dims[place + 1 :])
    return (
        () if inner is None else _joined(view, range(len(view)), dims[:place], [inner] * len(view))
    )


def _concat_v2(view: View) -> _Found:
    return _concatenated(view, range(len(view) - 1), view.scalar(-1))


def _concat(view: View) -> _Found:
    return _concatenated(view, range(1, len(view)), view.scalar(0))


def _concatenated(view: View, slots: Sequence[int], axis: int | None) -> _Found:
    dims = view.out_shape()
    place = axis_in(axis, None if dims is None else len(dims))
    if dims is None or place is None:
        return ()
    inner: list[int] = []
    for slot in slots:
        part = view.shape(slot)
        size = product(part[place:]) if part is not None and len(part) == len(dims) else None
        if size is None:
            return ()
        inner.append(size)
    return _joined(view, slots, dims[:place], inner)


def _joined(
    view: View, slots: Sequence[int], outer: Sequence[int | None], inner: Sequence[int]
) -> _Found:
    """Runs of ``inner`` elements of each part in turn; parts not known give unknown elements."""
    rounds = product(outer)
    if rounds is None or rounds * sum(inner) > MAX_ELEMENTS:
        return ()
    parts: list[Elements] = []
    for slot, size in zip(slots, inner, strict=True):
        known = view.value(slot)
        fits = known is not None and len(known.values) == rounds * size
        parts.append(known.values if known is not None and fits else (None,) * (rounds * size))
    found: list[Any] = []
    for turn in range(rounds):
        for part, size in zip(parts, inner, strict=True):
            found.extend(part[turn * size : (turn + 1) * size])
    return (tuple(found),)


def _taken(
    values: Elements, shape: Sequence[int], axes: Sequence[Iterable[int]]
) -> Elements | None:
    """The elements at the product of the indices of each axis."""
    offsets = [0]
    stride = product(shape) or 0
    for extent, indices in zip(shape, axes, strict=True):
        stride = stride // extent if extent else 0
        chosen = list(indices)
        if len(offsets) * len(chosen) > MAX_ELEMENTS:
            return None
        if any(not 0 <= index < extent for index in chosen):
            return None
        offsets = [offset + stride * index for offset in offsets for index in chosen]
    return tuple(values[offset] for offset in offsets)


def _unpack(view: View) -> _Found:
    known = view.value(0)
    place = axis_in(view.integer("axis"), None if known is None else len(known.shape))
    if known is None or place is None:
        return ()
    axes: list[Iterable[int]] = [range(extent) for extent in known.shape]
    parts: list[Elements | None] = []
    for index in range(known.shape[place]):
        axes[place] = (index,)
        parts.append(_taken(known.values, known.shape, axes))
    return tuple(parts)


def _split(view: View) -> _Found:
    return _parts(view, 1, view.scalar(0))


def _split_v(view: View) -> _Found:
    return _parts(view, 0, view.scalar(2))


def _parts(view: View, slot: int, axis: int | None) -> _Found:
    known, count = view.value(slot), view.integer("num_split")
    place = axis_in(axis, None if known is None else len(known.shape))
    if known is None or place is None or count is None or count > MAX_ELEMENTS:
        return ()
    axes: list[Iterable[int]] = [range(extent) for extent in known.shape]
    first = 0
    parts: list[Elements | None] = []
    for port in range(count):
        dims = view.out_shape(port)
        size = dims[place] if dims is not None and place < len(dims) else None
        if size is None:
            return tuple(parts)
        axes[place] = range(first, first + size)
        parts.append(_taken(known.values, known.shape, axes))
        first += size
    return tuple(parts)


def _slice(view: View) -> _Found:
    known, begin, dims = view.value(0), view.integers(1), view.out_shape()
    if known is None or begin is None or dims is None or len(begin) != len(dims):
        return ()
    if len(known.shape) != len(dims):
        return ()
    axes: list[Iterable[int]] = []
    for start, size in zip(begin, dims, strict=True):
        if start is None or size is None:
            return ()
        axes.append(range(start, start + size))
    return (_taken(known.values, known.shape, axes),)


def _strided_slice(view: View) -> _Found:
    known, specs = view.value(0), strided_axes(view)
    if known is None or specs is None:
        return ()
    axes: list[Iterable[int]] = []
    for spec in specs:
        if spec.source is None:
            continue
        if spec.start is None or spec.size is None:
            return ()
        axes.append(range(spec.start, spec.start + spec.size * spec.stride, spec.stride))
    return (_taken(known.values, known.shape, axes),) if len(axes) == len(known.shape) else ()


def _gather(view: View) -> _Found:
    return _gathered(view, 0)


def _gather_v2(view: View) -> _Found:
    return _gathered(view, view.scalar(2)) if view.integer("batch_dims") == 0 else ()


def _gathered(view: View, axis: int | None) -> _Found:
    known, indices = view.value(0), view.value(1)
    place = axis_in(axis, None if known is None else len(known.shape))
    if known is None or indices is None or place is None or not indices.complete:
        return ()
    if not all(isinstance(index, int) for index in indices.values):
        return ()
    axes: list[Iterable[int]] = [range(extent) for extent in known.shape]
    axes[place] = indices.values
    return (_taken(known.values, known.shape, axes),)


def _transpose(view: View) -> _Found:
    known, order = view.value(0), view.integers(1)
    if known is None or order is None or len(order) != len(known.shape):
        return ()
    places = [axis_in(axis, len(order)) for axis in order]
    axes = [place for place in places if place is not None]
    if len(set(axes)) != len(order):
        return ()
    strides = [product(known.shape[axis + 1 :]) or 0 for axis in range(len(axes))]
    offsets = [0]
    for axis in axes:
        offsets = [o + strides[axis] * i for o in offsets for i in range(known.shape[axis])]
    return (tuple(known.values[offset] for offset in offsets),)


def _tile(view: View) -> _Found:
    known, times = view.value(0), view.integers(1)
    if known is None or times is None or len(times) != len(known.shape):
        return ()
    size = product(view.out_shape() or ())
    if size is None or size > MAX_ELEMENTS or any(count is None or count < 0 for count in times):
        return ()
    axes = [
        [*range(extent)] * (count or 0) for extent, count in zip(known.shape, times, strict=True)
    ]
    return (_taken(known.values, known.shape, axes),)


def _broadcast_to(view: View) -> _Found:
    known, dims = view.value(0), view.out_shape()
    return (expanded(known, dims),) if known is not None and dims is not None else ()


def _broadcast_args(view: View) -> _Found:
    left, right = view.integers(0), view.integers(1)
    if left is None or right is None:
        return ()
    length = max(len(left), len(right))
    first = (1,) * (length - len(left)) + left
    second = (1,) * (length - len(right)) + right
    found: list[int | None] = []
    for a, b in zip(first, second, strict=True):
        if a == 1 or b == 1 or a == b:
            found.append(b if a == 1 else a)
        else:
            found.append(None)
    return (tuple(found),)


def _reverse(view: View) -> _Found:
    known, axes = view.value(0), view.integers(1)
    if known is None or axes is None:
        return ()
    places = {axis_in(axis, len(known.shape)) for axis in axes}
    if None in places:
        return ()
    indices = [
        range(extent - 1, -1, -1) if axis in places else range(extent)
        for axis, extent in enumerate(known.shape)
    ]
    return (_taken(known.values, known.shape, indices),)


def _invert_permutation(view: View) -> _Found:
    order = view.integers(0)
    if order is None or sorted(i for i in order if i is not None) != list(range(len(order))):
        return ()
    found = [0] * len(order)
    for place, index in enumerate(order):
        found[index or 0] = place
    return (tuple(found),)


def _concat_offset(view: View) -> _Found:
    axis = view.scalar(0)
    shapes = [view.integers(slot) for slot in range(1, len(view))]
    found: list[Elements | None] = []
    total: int | None = 0
    for sizes in shapes:
        place = axis_in(axis, None if sizes is None else len(sizes))
        if sizes is None or place is None:
            return ()
        found.append(tuple(total if k == place else 0 for k in range(len(sizes))))
        size = sizes[place]
        total = None if total is None or size is None else total + size
    return tuple(found)


def _list_diff(view: View) -> _Found:
    found = view.value(0), view.value(1)
    if found[0] is None or found[1] is None or not (found[0].complete and found[1].complete):
        return ()
    gone = set(found[1].values)
    kept = [(x, k) for k, x in enumerate(found[0].values) if x not in gone]
    return (tuple(x for x, _ in kept), tuple(k for _, k in kept))


RULES: Mapping[str, ValueRule] = {
    **dict.fromkeys(_UNCHANGED, ValueRule(_unchanged, values=(0,))),
    "BroadcastArgs": ValueRule(_broadcast_args),
    "BroadcastTo": ValueRule(_broadcast_to),
    "Concat": ValueRule(_concat),
    "ConcatOffset": ValueRule(_concat_offset),
    "ConcatV2": ValueRule(_concat_v2),
    "Const": ValueRule(_const),
    "Fill": ValueRule(_fill, values=(1,)),
    "Gather": ValueRule(_gather),
    "GatherV2": ValueRule(_gather_v2),
    "HostConst": ValueRule(_const),
    "IdentityN": ValueRule(_each),
    "InvertPermutation": ValueRule(_invert_permutation),
    "ListDiff": ValueRule(_list_diff),
    "OnesLike": ValueRule(_same_number(1), values=()),
    "Pack": ValueRule(_pack),
    "Range": ValueRule(_range),
    "Rank": ValueRule(_rank, values=()),
    "RefSwitch": ValueRule(_switch, values=(0,)),
    "ReverseV2": ValueRule(_reverse),
    "Shape": ValueRule(_shape_of, values=()),
    "ShapeN": ValueRule(_shapes_of, values=()),
    "Size": ValueRule(_size, values=()),
    "Slice": ValueRule(_slice),
    "Split": ValueRule(_split),
    "SplitV": ValueRule(_split_v),
    "StridedSlice": ValueRule(_strided_slice),
    "Switch": ValueRule(_switch, values=(0,)),
    "Tile": ValueRule(_tile),
    "Transpose": ValueRule(_transpose),
    "Unpack": ValueRule(_unpack),
    "ZerosLike": ValueRule(_same_number(0), values=()),
}
