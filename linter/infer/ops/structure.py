"""Elements of small tensors through ops that move them: shapes, packs, slices, gathers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from linter.infer.dims import MAX_ELEMENTS, axis_in, product
from linter.infer.dtypes import base_dtype
from linter.infer.ops.arithmetic import expanded, in_dtype
from linter.infer.view import Elements, ValueRule, View

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


def _dynamic_stitch(view: View) -> _Found:
    """Rows of the data at the places that the indices give; a later input wins."""
    dims, count = view.out_shape(), len(view) // 2
    row = product(dims[1:]) if dims else None
    if not dims or dims[0] is None or row is None or dims[0] * row > MAX_ELEMENTS:
        return ()
    found: list[Any] = [None] * (dims[0] * row)
    for slot in range(count):
        places, data = view.value(slot), view.value(slot + count)
        if places is None or not places.complete:
            return ()
        for turn, place in enumerate(places.values):
            if not 0 <= place < dims[0]:
                return ()
            fits = data is not None and len(data.values) == row * len(places.values)
            part = data.values[turn * row :][:row] if data is not None and fits else (None,) * row
            found[place * row : (place + 1) * row] = part
    return (tuple(found),)


RULES: Mapping[str, ValueRule] = {
    **dict.fromkeys(_UNCHANGED, ValueRule(_unchanged, values=(0,))),
    "BroadcastArgs": ValueRule(_broadcast_args),
    "BroadcastTo": ValueRule(_broadcast_to),
    "Concat": ValueRule(_concat),
    "ConcatOffset": ValueRule(_concat_offset),
    "ConcatV2": ValueRule(_concat_v2),
    "Const": ValueRule(_const),
    "DynamicStitch": ValueRule(_dynamic_stitch),
    "Fill": ValueRule(_fill, values=(1,)),
    "IdentityN": ValueRule(_each),
    "InvertPermutation": ValueRule(_invert_permutation),
    "ListDiff": ValueRule(_list_diff),
    "OnesLike": ValueRule(_same_number(1), values=()),
    "Pack": ValueRule(_pack),
    "Range": ValueRule(_range),
    "Rank": ValueRule(_rank, values=()),
    "RefSwitch": ValueRule(_switch, values=(0,)),
    "Shape": ValueRule(_shape_of, values=()),
    "ShapeN": ValueRule(_shapes_of, values=()),
    "Size": ValueRule(_size, values=()),
    "Switch": ValueRule(_switch, values=(0,)),
    "ZerosLike": ValueRule(_same_number(0), values=()),
}
