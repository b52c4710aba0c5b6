"""Ops that change the shape and keep the elements, and ops that ask about shapes."""

from __future__ import annotations

from collections.abc import Mapping

from linter.infer.dims import Dims, Outputs, axis_in, broadcast, product, replaced
from linter.infer.view import Rule, View

__all__ = ["RULES"]

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
    return (_reshaped(view.shape(0), wanted),)


def _reshaped(dims: Dims, wanted: tuple[int | None, ...]) -> Dims:
    """The one axis that is open (written -1, or not known) follows from the number of elements."""
    open_axes = [axis for axis, size in enumerate(wanted) if size is None or size == -1]
    result: Dims = tuple(None if size == -1 else size for size in wanted)
    total = None if dims is None else product(dims)
    if total is None or len(open_axes) != 1 or result is None:
        return result
    rest = product(size for axis, size in enumerate(wanted) if axis != open_axes[0])
    if not rest or total % rest:
        return result
    return replaced(result, open_axes[0], total // rest)


def _squeeze(view: View) -> Outputs:
    dims = view.shape(0)
    axes = view.integer_list("squeeze_dims")
    if dims is None or axes is None:
        return ()
    if not axes:
        # An axis of unknown size may or may not go.
        return () if None in dims else (tuple(size for size in dims if size != 1),)
    gone = {axis_in(axis, len(dims)) for axis in axes}
    if None in gone:
        return ()
    return (tuple(size for axis, size in enumerate(dims) if axis not in gone),)


def _expand_dims(view: View) -> Outputs:
    dims, axis = view.shape(0), view.scalar(1)
    if dims is None:
        return ()
    place = axis_in(axis, len(dims) + 1)
    if place is None:
        return ((None,) * (len(dims) + 1),) if axis is None else ()
    return ((*dims[:place], 1, *dims[place:]),)


def _transpose(view: View) -> Outputs:
    dims, order = view.shape(0), view.integers(1)
    if dims is None:
        length = view.axis(1, 0)
        if order is not None:
            length = len(order)
        return () if length is None or length > 254 else ((None,) * length,)
    if order is None:
        return ((None,) * len(dims),)
    axes = [axis_in(axis, len(dims)) for axis in order]
    known = [axis for axis in axes if axis is not None]
    if len(order) != len(dims) or len(set(known)) != len(known):
        return ()
    return (tuple(None if axis is None else dims[axis] for axis in axes),)


def _shape_of(view: View) -> Outputs:
    return ((view.rank(0),),)


def _shapes_of(view: View) -> Outputs:
    return tuple((None if dims is None else len(dims),) for dims in view.shapes())


def _scalar(_: View) -> Outputs:
    return ((),)


def _broadcast_to(view: View) -> Outputs:
    return (view.dims_from(1),)


def _broadcast_args(view: View) -> Outputs:
    lengths = view.axis(0, 0), view.axis(1, 0)
    if lengths[0] is None or lengths[1] is None:
        return ((None,),)
    return ((max(lengths[0], lengths[1]),),)


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


def _same_static_shape(view: View) -> Outputs:
    """A gradient op whose input spells out the shape of the result."""
    return (view.dims_from(0),)


def _compare_and_bitpack(view: View) -> Outputs:
    dims = view.shape(0)
    if not dims:
        return ()
    last = dims[-1]
    return (replaced(dims, len(dims) - 1, None if last is None else last // 8),)


def _cross(view: View) -> Outputs:
    return (broadcast(view.shape(0), view.shape(1)),)


RULES: Mapping[str, Rule] = {
    "Bitcast": Rule(_bitcast),
    "BroadcastArgs": Rule(_broadcast_args),
    "BroadcastGradientArgs": Rule(_two_vectors),
    "BroadcastTo": Rule(_broadcast_to, values=(1,)),
    "CompareAndBitpack": Rule(_compare_and_bitpack),
    "ConcatOffset": Rule(_concat_offset),
    "ConjugateTranspose": Rule(_transpose, values=(1,)),
    "Cross": Rule(_cross),
    "ExpandDims": Rule(_expand_dims, values=(1,)),
    "Rank": Rule(_scalar),
    "Reshape": Rule(_reshape, values=(1,)),
    "Shape": Rule(_shape_of),
    "ShapeN": Rule(_shapes_of),
    "Size": Rule(_scalar),
    "Squeeze": Rule(_squeeze),
    "StridedSliceGrad": Rule(_same_static_shape, values=(0,)),
    "Transpose": Rule(_transpose, values=(1,)),
}
