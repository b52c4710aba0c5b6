"""TensorArrays: which element was written where is known, so that nothing of the array remains."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from linter.infer.dims import refine
from linter.infer.inference import Constant, Dims
from linter.rewrite.unroll.limits import ELEMENT_LIMIT
from linter.rewrite.unroll.step import Step
from linter.rewrite.unroll.values import Array, Flow, Known, Made, Symbol, Symbols, Unresolved

__all__ = ["HANDLERS"]


def _new(step: Step) -> Symbols:
    array = Array(
        step.node.name,
        str(step.attrs["dtype"]),
        step.attr_dims("element_shape"),
        bool(step.attrs["dynamic_size"]),
    )
    return array, Flow(array, (None,) * step.count(0))


def _write(step: Step) -> Symbols:
    flow = step.flow(3)
    return (_put(step, flow, [step.integer(1)], [step.tensor(2)]),)


def _scatter(step: Step) -> Symbols:
    flow = step.flow(3)
    places = [int(index) for index in step.constant(1).values]
    rows = step.rows(2)
    if len(places) != len(rows):
        raise Unresolved(f"{len(places)} places are no places for {len(rows)} rows", _name(step))
    return (_put(step, flow, places, rows),)


def _split(step: Step) -> Symbols:
    flow = step.flow(3)
    lengths = step.constant(2)
    axis = step.writer.value(Known(Constant("int32", (), (0,))))
    values = [step.writer.value(step.tensor(1)), step.writer.value(Known(lengths)), axis]
    count = len(lengths.values)
    made = step.writer.place("SplitV", values, {"num_split": count}, step.label)
    parts: list[Symbol] = [Made(made._replace(port=port)) for port in range(count)]
    return (_put(step, flow, list(range(count)), parts),)


def _read(step: Step) -> Symbols:
    return (_get(step, step.flow(2), step.integer(1)),)


def _gather(step: Step) -> Symbols:
    flow = step.flow(2)
    places = [int(index) for index in step.constant(1).values]
    elements = [_get(step, flow, place) for place in places]
    return (step.stacked(elements, flow.array.dtype, _dims(step, flow, "element_shape")),)


def _concat(step: Step) -> Symbols:
    flow = step.flow(1)
    elements = [_get(step, flow, place) for place in range(len(flow.elements))]
    return step.joined(elements, flow.array.dtype)


def _size(step: Step) -> Symbols:
    return (Known(Constant("int32", (), (len(step.flow(1).elements),))),)


def _close(_: Step) -> Symbols:
    return ()


def _put(step: Step, flow: Flow, places: list[int], values: list[Symbol]) -> Flow:
    elements = list(flow.elements)
    for place, value in zip(places, values, strict=True):
        if flow.array.grows and len(elements) <= place < ELEMENT_LIMIT:
            elements.extend([None] * (place + 1 - len(elements)))
        if not 0 <= place < len(elements):
            raise Unresolved(f"it writes element {place} of {len(elements)}", _name(step))
        if elements[place] is not None:
            raise Unresolved(f"it writes element {place} a second time", _name(step))
        elements[place] = value
    return Flow(flow.array, tuple(elements))


def _get(step: Step, flow: Flow, place: int) -> Symbol:
    if not 0 <= place < len(flow.elements):
        raise Unresolved(f"it reads element {place} of {len(flow.elements)}", _name(step))
    element = flow.elements[place]
    if element is None:
        return step.writer.zeros(flow.array.dtype, flow.array.dims, step.node)
    return element


def _dims(step: Step, flow: Flow, name: str) -> Dims:
    return refine(step.attr_dims(name), flow.array.dims)


def _name(step: Step) -> str:
    return step.node.name


HANDLERS: Mapping[str, Callable[[Step], Symbols]] = {
    "TensorArrayCloseV3": _close,
    "TensorArrayConcatV3": _concat,
    "TensorArrayGatherV3": _gather,
    "TensorArrayReadV3": _read,
    "TensorArrayScatterV3": _scatter,
    "TensorArraySizeV3": _size,
    "TensorArraySplitV3": _split,
    "TensorArrayV3": _new,
    "TensorArrayWriteV3": _write,
}
