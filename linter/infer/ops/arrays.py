"""Ops that change the shape and keep the elements, and ops that ask about shapes."""

from __future__ import annotations

from collections.abc import Mapping

from linter.infer.axes import axis_in, inserted, inverse, permutation, permuted, replaced, squeezed
from linter.infer.dims import Outputs, product, reshaped, unknown_of_rank
from linter.infer.numbers import in_dtype
from linter.infer.ops.elementwise import always, broadcasting, first, same
from linter.infer.tensors import Elements
from linter.infer.view import Found, Semantics, View

__all__ = ["OPS"]

_BITS = {
    "int8": 8, "uint8": 8, "qint8": 8, "quint8": 8, "bool": 8, "int16": 16, "uint16": 16,
    "qint16": 16, "quint16": 16, "float16": 16, "bfloat16": 16, "int32": 32, "uint32": 32,
    "qint32": 32, "float32": 32, "int64": 64, "uint64": 64, "float64": 64, "complex64": 64,
    "complex128": 128,
}  # fmt: skip


def _reshape(view: View) -> Outputs:
    wanted = view.integers(1)
    if wanted is None:
        wanted = view.dims_from(1)
    if wanted is None or any(size is not None and size < -1 for size in wanted):
        return ()
    return (reshaped(view.shape(0), wanted),)


def _squeeze(view: View) -> Outputs:
    dims, axes = view.shape(0), view.integer_list("squeeze_dims")
    return (squeezed(dims, axes),) if dims is not None and axes is not None else ()


def _expand_dims(view: View) -> Outputs:
    dims, axis = view.shape(0), view.scalar(1)
    if dims is None:
        return ()
    place = axis_in(axis, len(dims) + 1)
    if place is None:
        return (unknown_of_rank(len(dims) + 1),) if axis is None else ()
    return (inserted(dims, place),)


def _transpose(view: View) -> Outputs:
    dims, order = view.shape(0), view.integers(1)
    if dims is None:
        return (unknown_of_rank(view.axis(1, 0) if order is None else len(order)),)
    return (unknown_of_rank(len(dims)) if order is None else permuted(dims, order),)


def _transposed(view: View) -> Found:
    known, order = view.value(0), view.integers(1)
    if known is None or order is None:
        return ()
    axes = permutation(order, len(known.shape))
    if axes is None:
        return ()
    whole = [axis for axis in axes if axis is not None]
    return (known.permuted(whole),) if len(whole) == len(axes) else ()


def _shape_of(view: View) -> Outputs:
    return ((view.rank(0),),)


def _shapes_of(view: View) -> Outputs:
    return tuple((None if dims is None else len(dims),) for dims in view.shapes())


def _sizes(view: View) -> Found:
    return (_sizes_of(view, 0),)


def _all_sizes(view: View) -> Found:
    return tuple(_sizes_of(view, slot) for slot in range(len(view)))


def _sizes_of(view: View, slot: int) -> Elements | None:
    """The sizes of an input; one that the dtype cannot hold is an error at run time."""
    dims, dtype = view.shape(slot), view.out_dtype()
    if dims is None:
        return None
    return tuple(size if in_dtype(size, dtype) == size else None for size in dims)


def _scalar(_: View) -> Outputs:
    return ((),)


def _size(view: View) -> Found:
    dims = view.shape(0)
    total = product(dims) if dims is not None else None
    fits = total is not None and in_dtype(total, view.out_dtype()) == total
    return ((total,),) if fits else ()


def _rank(view: View) -> Found:
    rank = view.rank(0)
    return ((rank,),) if rank is not None else ()


def _broadcast_to(view: View) -> Outputs:
    """The shape that is stated; nothing is known of one that the input does not broadcast to."""
    dims, wanted = view.shape(0), view.dims_from(1)
    if dims is not None and wanted is not None:
        pairs = zip(reversed(dims), reversed(wanted), strict=False)
        if len(dims) > len(wanted) or any(None not in p and p[0] not in (1, p[1]) for p in pairs):
            return ()
    return (wanted,)


def _spread(view: View) -> Found:
    known, shape = view.value(0), view.static_shape()
    return (known.spread(shape),) if known is not None and shape is not None else ()


def _broadcast_args(view: View) -> Outputs:
    lengths = view.axis(0, 0), view.axis(1, 0)
    if lengths[0] is None or lengths[1] is None:
        return ((None,),)
    return ((max(lengths[0], lengths[1]),),)


def _common_sizes(view: View) -> Found:
    """The sizes that both shapes broadcast to; one that they do not agree on is unknown."""
    left, right = view.integers(0), view.integers(1)
    if left is None or right is None:
        return ()
    length = max(len(left), len(right))
    longer = (1,) * (length - len(left)) + left
    pairs = zip(longer, (1,) * (length - len(right)) + right, strict=True)
    return (tuple(b if a == 1 else a if b in (1, a) else None for a, b in pairs),)


def _inverse(view: View) -> Found:
    order = view.integers(0)
    return (inverse(order),) if order is not None else ()


def _two_vectors(_: View) -> Outputs:
    return ((None,), (None,))


def _bitcast(view: View) -> Outputs:
    dims = view.shape(0)
    source = _BITS.get(view.dtype(0) or "")
    target = _BITS.get(view.type_attr("type") or "")
    if dims is None or source is None or target is None:
        return ()
    if source == target:
        return (dims,)
    if source > target:
        return ((*dims, source // target),)
    return (dims[:-1],) if dims else ()


def _concat_offset(view: View) -> Outputs:
    return tuple(view.shapes(1))


def _offsets(view: View) -> Found:
    """Where each part begins along the axis; 0 along the others."""
    axis = view.scalar(0)
    found: list[Elements | None] = []
    total: int | None = 0
    for slot in range(1, len(view)):
        sizes = view.integers(slot)
        place = axis_in(axis, None if sizes is None else len(sizes))
        if sizes is None or place is None:
            return ()
        found.append(tuple(total if k == place else 0 for k in range(len(sizes))))
        size = sizes[place]
        total = None if total is None or size is None else total + size
    return tuple(found)


def _same_static_shape(view: View) -> Outputs:
    """A gradient op whose input spells out the shape of the result."""
    return (view.dims_from(0),)


def _compare_and_bitpack(view: View) -> Outputs:
    dims = view.shape(0)
    if not dims:
        return ()
    last = dims[-1]
    return (replaced(dims, len(dims) - 1, None if last is None else last // 8),)


OPS: Mapping[str, Semantics] = {
    "Bitcast": Semantics(_bitcast),
    "BroadcastArgs": Semantics(_broadcast_args, values=_common_sizes),
    "BroadcastGradientArgs": Semantics(_two_vectors),
    "BroadcastTo": Semantics(_broadcast_to, (1,), values=_spread),
    "CompareAndBitpack": Semantics(_compare_and_bitpack),
    "ConcatOffset": Semantics(_concat_offset, values=_offsets),
    "ConjugateTranspose": Semantics(_transpose, (1,)),
    "Cross": Semantics(broadcasting),
    "ExpandDims": Semantics(_expand_dims, (1,), values=first, made_of=(0,), whole=always),
    "InvertPermutation": Semantics(same, values=_inverse),
    "Rank": Semantics(_scalar, values=_rank, made_of=()),
    "Reshape": Semantics(_reshape, (1,), values=first, made_of=(0,), whole=always),
    "Shape": Semantics(_shape_of, values=_sizes, made_of=()),
    "ShapeN": Semantics(_shapes_of, values=_all_sizes, made_of=()),
    "Size": Semantics(_scalar, values=_size, made_of=()),
    "Squeeze": Semantics(_squeeze, values=first, made_of=(0,), whole=always),
    "StridedSliceGrad": Semantics(_same_static_shape, (0,)),
    "Transpose": Semantics(_transpose, (1,), values=_transposed, whole=always),
}
