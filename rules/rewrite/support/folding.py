"""What a value computes to when only constants are involved.

Bit-exact operations only: what moves or compares elements, and the arithmetic that IEEE 754 rounds
correctly, so that NumPy and TensorFlow agree to the last bit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING

from linter.graph import Value
from linter.infer.single import is_whole, whole, whole_by
from linter.infer.tensors import Constant
from linter.infer.view import Fact
from linter.infer.whole import Whole
from linter.rules.match import BoundValue
from rules.rewrite.support.dataflow import follows, is_data

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.generic]

__all__ = ["folded", "is_foldable"]

_TOPIC = "folded"
_LIMIT = 1 << 26
_SMALL = 1 << 8
"""Elements of a value that is kept for those that need it later."""
_DTYPES = frozenset(
    {"float32", "float64", "bool", "int8", "uint8", "int16", "uint16", "int32", "int64"}
)


def is_foldable(value: BoundValue) -> bool:
    """Whether ``folded`` gives an array; reads no payload, but the indices that are checked."""
    if value.value.node not in value.context.graph or is_data(value):
        return False
    return follows(value, "foldable", _decided)


def folded(value: BoundValue) -> Array:
    """The array of a foldable value, which is not to be written to.

    Every value on the way is computed once. Small ones are kept for this pass, others until the
    last that needs them is there.
    """
    kept = value.context.memo.setdefault(_TOPIC, {})
    order = _producers_first(value, kept)
    readers = Counter(entry.value for one in order for entry in one.inputs)
    arrays: dict[Value, Array] = {}
    for one in order:
        operands = [_either(entry.value, arrays, kept) for entry in one.inputs]
        arrays[one.value] = array = _computed(one, operands)
        if array.size <= _SMALL:
            kept[one.value] = array
        for entry in one.inputs:
            readers[entry.value] -= 1
            if not readers[entry.value]:
                arrays.pop(entry.value, None)
    return _either(value.value, arrays, kept)


def _either(value: Value, first: Mapping[Value, Array], then: Mapping[Value, Array]) -> Array:
    array = first.get(value)
    return then[value] if array is None else array


def _producers_first(value: BoundValue, kept: Mapping[Value, Array]) -> list[BoundValue]:
    """The value and all that it is computed from, as far as it is not kept, each once."""
    order: dict[Value, BoundValue] = {}
    opened: set[Value] = set()
    pending = [value]
    while pending:
        current = pending[-1]
        if current.value in order or current.value in kept:
            pending.pop()
        elif current.value in opened:
            order[current.value] = pending.pop()
        else:
            opened.add(current.value)
            pending.extend(current.inputs)
    return list(order.values())


def _computed(value: BoundValue, arrays: list[Array]) -> Array:
    """What the node of a value gives for these inputs."""
    if value.node.op == "Const" and value.tensor is not None:
        return value.tensor.array()
    definition = value.context.ops.get(value.node.op)
    assert definition is not None  # it has been asked whether the node can be computed
    found = whole(value.node, definition, [Whole(array) for array in arrays])
    if not isinstance(found, Whole):
        raise ValueError(f"the inputs of {value.node.name!r} do not fit {value.node.op}")
    return found.array


def _decided(value: BoundValue) -> bool | None:
    """Whether a value can be folded, as far as it does not depend on its inputs."""
    candidate = _is_candidate(value)
    return None if candidate and value.inputs else candidate


def _is_candidate(value: BoundValue) -> bool:
    """Whether the node itself can be computed, whatever its inputs."""
    node = value.node
    if node.op == "Const":
        tensor = value.tensor
        return tensor is not None and tensor.dtype in _DTYPES and tensor.size <= _LIMIT
    definition = value.context.ops.get(node.op)
    if value.value.port != 0 or node.controls or definition is None:
        return False
    if any(entry.value.node not in value.context.graph for entry in value.inputs):
        return False
    asked = whole_by(node.op)
    facts = [_fact(entry, with_elements=n in asked) for n, entry in enumerate(value.inputs)]
    if not is_whole(node, definition, facts):
        return False
    shape = value.static_shape
    return shape is not None and prod(shape) <= _LIMIT and value.dtype in _DTYPES


def _fact(value: BoundValue, *, with_elements: bool) -> Fact:
    shape, dtype = value.static_shape, value.dtype
    if shape is None or dtype is None:
        return Fact(dtype)
    elements = value.elements if with_elements else None
    return Fact(dtype, shape, None if elements is None else Constant(dtype, shape, elements))
