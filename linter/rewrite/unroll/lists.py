"""Lists of tensors: their elements are known one by one, so that nothing of the list remains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from linter.infer.dims import refine
from linter.infer.inference import Constant, Dims
from linter.rewrite.unroll.limits import ELEMENT_LIMIT
from linter.rewrite.unroll.step import Step
from linter.rewrite.unroll.values import Known, Symbol, Symbols, TensorList, Unresolved

__all__ = ["HANDLERS"]


def _reserve(step: Step) -> Symbols:
    dtype = str(step.attrs["element_dtype"])
    return (TensorList(dtype, step.dims(0), (None,) * step.count(1)),)


def _empty(step: Step) -> Symbols:
    return (TensorList(str(step.attrs["element_dtype"]), step.dims(0), ()),)


def _from_tensor(step: Step) -> Symbols:
    dtype = str(step.attrs["element_dtype"])
    return (TensorList(dtype, step.dims(1), tuple(step.rows(0))),)


def _get(step: Step) -> Symbols:
    return (_element(step, step.listed(), step.integer(1), step.dims(2)),)


def _set(step: Step) -> Symbols:
    found = step.listed()
    return (_with(step, found, {step.integer(1): step.tensor(2)}),)


def _length(step: Step) -> Symbols:
    return (Known(Constant("int32", (), (len(step.listed().elements),))),)


def _stack(step: Step) -> Symbols:
    found, dims = step.listed(), step.dims(1)
    elements = [_element(step, found, place, dims) for place in range(len(found.elements))]
    return (step.stacked(elements, found.dtype, refine(dims, found.dims)),)


def _gather(step: Step) -> Symbols:
    found, dims = step.listed(), step.dims(2)
    elements = [_element(step, found, int(place), dims) for place in step.constant(1).values]
    return (step.stacked(elements, found.dtype, refine(dims, found.dims)),)


def _scatter(step: Step) -> Symbols:
    places = [int(place) for place in step.constant(1).values]
    count = step.integer(3)
    size = count if count >= 0 else max(places, default=-1) + 1
    if size > ELEMENT_LIMIT:
        raise Unresolved(f"{size} elements are too many", step.node.name)
    found = TensorList(str(step.attrs["element_dtype"]), step.dims(2), (None,) * size)
    return (_with(step, found, dict(zip(places, step.rows(0), strict=False))),)


def _scatter_into(step: Step) -> Symbols:
    places = [int(place) for place in step.constant(2).values]
    return (_with(step, step.listed(), dict(zip(places, step.rows(1), strict=False))),)


def _push(step: Step) -> Symbols:
    found = step.listed()
    return (replace(found, elements=(*found.elements, step.tensor(1))),)


def _pop(step: Step) -> Symbols:
    found = step.listed()
    if not found.elements:
        raise Unresolved("it takes from an empty list", step.node.name)
    last = _element(step, found, len(found.elements) - 1, step.dims(1))
    return replace(found, elements=found.elements[:-1]), last


def _resize(step: Step) -> Symbols:
    found, size = step.listed(), step.count(1)
    added = (None,) * (size - len(found.elements))
    return (replace(found, elements=(*found.elements[:size], *added)),)


def _concat(step: Step) -> Symbols:
    found = step.listed()
    elements = [_element(step, found, place, None) for place in range(len(found.elements))]
    return step.joined(elements, found.dtype)


def _element(step: Step, found: TensorList, place: int, dims: Dims) -> Symbol:
    if not 0 <= place < len(found.elements):
        raise Unresolved(f"it reads element {place} of {len(found.elements)}", step.node.name)
    element = found.elements[place]
    if element is not None:
        return element
    return step.writer.zeros(found.dtype, refine(dims, found.dims), step.node)


def _with(step: Step, found: TensorList, values: Mapping[int, Symbol]) -> TensorList:
    elements = list(found.elements)
    for place, value in values.items():
        grows = bool(step.attrs.get("resize_if_index_out_of_bounds"))
        if grows and len(elements) <= place < ELEMENT_LIMIT:
            elements.extend([None] * (place + 1 - len(elements)))
        if not 0 <= place < len(elements):
            raise Unresolved(f"it sets element {place} of {len(elements)}", step.node.name)
        elements[place] = value
    return replace(found, elements=tuple(elements))


HANDLERS: Mapping[str, Callable[[Step], Symbols]] = {
    "EmptyTensorList": _empty,
    "TensorListConcat": _concat,
    "TensorListConcatV2": _concat,
    "TensorListFromTensor": _from_tensor,
    "TensorListGather": _gather,
    "TensorListGetItem": _get,
    "TensorListLength": _length,
    "TensorListPopBack": _pop,
    "TensorListPushBack": _push,
    "TensorListReserve": _reserve,
    "TensorListResize": _resize,
    "TensorListScatterIntoExistingList": _scatter_into,
    "TensorListScatterV2": _scatter,
    "TensorListSetItem": _set,
    "TensorListStack": _stack,
}
