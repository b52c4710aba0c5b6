"""Attributes and constants of the nodes that a rewrite makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from linter.graph import DType, Value
from linter.io.tensor.values import from_array, make_tensor

if TYPE_CHECKING:
    from linter.graph import TensorValue
    from linter.rules.match import BoundValue, MatchContext

__all__ = ["inferred_attrs", "inherited_attrs", "tensor_of"]


def inherited_attrs(context: MatchContext, op: str, like: BoundValue | None) -> dict[str, Any]:
    """The attributes of the producer of ``like`` that ``op`` has as well."""
    definition = context.ops.get(op)
    if like is None or definition is None:
        return {}
    attrs = like.node.attrs
    return {name: attrs[name] for name in definition.attrs if name in attrs}


def inferred_attrs(context: MatchContext, op: str, inputs: tuple[Value, ...]) -> dict[str, Any]:
    """Type, count and type-list attributes that follow from the inputs."""
    definition = context.ops.get(op)
    if definition is None:
        return {}
    dtypes = [context.inference.dtype(value) for value in inputs]
    attrs: dict[str, Any] = {}
    single = sum(1 for arg in definition.inputs if arg.number_attr or arg.type_list_attr) == 1
    slot = 0
    for arg in definition.inputs:
        count = 1
        if (arg.number_attr or arg.type_list_attr) and single:
            count = len(inputs) - len(definition.inputs) + 1
        taken = dtypes[slot : slot + count]
        slot += count
        if arg.number_attr:
            attrs[arg.number_attr] = count
        if arg.type_attr and taken and taken[0] is not None:
            attrs[arg.type_attr] = DType(taken[0].removesuffix("_ref"))
        if arg.type_list_attr and None not in taken:
            attrs[arg.type_list_attr] = tuple(DType(str(dtype)) for dtype in taken)
    return attrs


def tensor_of(value: Any, dtype: str | None, shape: tuple[int, ...] | None) -> TensorValue:
    """A constant from a tensor, an array, or plain numbers with their dtype."""
    if hasattr(value, "nbytes") and hasattr(value, "values"):
        tensor: TensorValue = value
        return tensor
    if hasattr(value, "__array__"):
        return from_array(value)
    if dtype is None:
        raise TypeError("a constant of plain numbers needs a dtype")
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return make_tensor(DType(dtype), (len(value),) if shape is None else shape, tuple(value))
    return make_tensor(DType(dtype), () if shape is None else shape, (value,))
