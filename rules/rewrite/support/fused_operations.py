"""What an optimiser has fused behind a convolution or product: one operation after the other.

Source: TensorFlow ``fused_eigen_output_kernels.h`` and ``remapper.cc``: the operations in
``fused_ops``, and how many of the arguments each takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import BoundValue

__all__ = ["appended", "fused_refusal"]

_ACTIVATIONS = ("Elu", "Relu", "Relu6", "Selu", "Sigmoid", "Softplus", "Softsign", "Tanh")
_ARGUMENTS = {"Add": 1, "BiasAdd": 1, "FusedBatchNorm": 4, "Prelu": 1}
_BY_CHANNEL = ("BiasAdd", "FusedBatchNorm")
"""What takes vectors alone; fused and of no elements, it is not checked by TensorFlow."""
_NONE = ("GeluApproximate", "GeluExact", "LeakyRelu", "_FusedHardSwish", *_ACTIVATIONS)


def fused_refusal(fused: tuple[str, ...], arguments: tuple[BoundValue, ...]) -> str | None:
    """Why this list cannot be taken apart, ``None`` when it can."""
    if not fused:
        return "it fuses nothing"
    for name in fused:
        if name not in _ARGUMENTS and name not in _NONE:
            return f"it fuses {', '.join(fused)}"
    wanted = sum(_ARGUMENTS.get(name, 0) for name in fused)
    if wanted != len(arguments):
        return f"it fuses {', '.join(fused)} with {len(arguments)} arguments, not {wanted}"
    left = list(arguments)
    for name in fused:
        taken = [left.pop(0) for _ in range(_ARGUMENTS.get(name, 0))]
        ranks = [value.rank for value in taken if name in _BY_CHANNEL]
        if any(rank not in (None, 1) for rank in ranks):
            return f"it fuses {name} with arguments of {ranks} axes"
    return None


def appended(
    edit: GraphEditor,
    value: Value,
    fused: tuple[str, ...],
    arguments: tuple[BoundValue, ...],
    attrs: Mapping[str, Any],
) -> Value:
    """The value with the operations behind it."""
    left = list(arguments)
    for name in fused:
        taken = [left.pop(0) for _ in range(_ARGUMENTS.get(name, 0))]
        maker = _MAKERS.get(name)
        value = edit.add(name, [value]) if maker is None else maker(edit, value, taken, attrs)
    return value


def _layout(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {"data_format": attrs["data_format"]} if "data_format" in attrs else {}


def _bias(
    edit: GraphEditor, value: Value, taken: list[BoundValue], attrs: Mapping[str, Any]
) -> Value:
    return edit.add("BiasAdd", [value, *taken], _layout(attrs))


def _norm(
    edit: GraphEditor, value: Value, taken: list[BoundValue], attrs: Mapping[str, Any]
) -> Value:
    given = {"epsilon": attrs.get("epsilon", 1e-4), "is_training": False, **_layout(attrs)}
    return edit.add("FusedBatchNorm", [value, *taken], given)


def _sum(
    edit: GraphEditor, value: Value, taken: list[BoundValue], _attrs: Mapping[str, Any]
) -> Value:
    return edit.add("Add", [value, *taken])


def _leaky(
    edit: GraphEditor, value: Value, _taken: list[BoundValue], attrs: Mapping[str, Any]
) -> Value:
    return edit.add("LeakyRelu", [value], {"alpha": attrs.get("leakyrelu_alpha", 0.2)})


def _prelu(
    edit: GraphEditor, value: Value, taken: list[BoundValue], _attrs: Mapping[str, Any]
) -> Value:
    """The positive part, and the negative part times a slope for each channel."""
    negative = edit.add("Relu", [edit.add("Neg", [value])])
    return edit.add("Sub", [edit.add("Relu", [value]), edit.add("Mul", [negative, *taken])])


def _hard_swish(
    edit: GraphEditor, value: Value, _taken: list[BoundValue], _attrs: Mapping[str, Any]
) -> Value:
    dtype = str(edit.context.inference.dtype(value))
    gate = edit.add("Relu6", [edit.add("Add", [value, edit.const(3.0, dtype, name="three")])])
    sixth = edit.const(1.0 / 6.0, dtype, name="sixth")
    return edit.add("Mul", [edit.add("Mul", [value, gate]), sixth])


def _gelu(
    edit: GraphEditor, value: Value, _taken: list[BoundValue], _attrs: Mapping[str, Any]
) -> Value:
    dtype = str(edit.context.inference.dtype(value))
    root = edit.const(math.sqrt(0.5), dtype, name="root")
    return _half_gated(edit, value, edit.add("Erf", [edit.add("Mul", [value, root])]))


def _gelu_by_tanh(
    edit: GraphEditor, value: Value, _taken: list[BoundValue], _attrs: Mapping[str, Any]
) -> Value:
    dtype = str(edit.context.inference.dtype(value))
    square = edit.add("Mul", [value, value])
    factor = edit.const(0.044715, dtype, name="factor")
    cubic = edit.add("Mul", [value, edit.add("Mul", [square, factor])])
    root = edit.const(math.sqrt(2.0 / math.pi), dtype, name="root")
    inner = edit.add("Mul", [edit.add("Add", [value, cubic]), root])
    return _half_gated(edit, value, edit.add("Tanh", [inner]))


def _half_gated(edit: GraphEditor, value: Value, gate: Value) -> Value:
    """Half the value, times one more than the gate."""
    dtype = str(edit.context.inference.dtype(value))
    more = edit.add("Add", [gate, edit.const(1.0, dtype, name="one")])
    half = edit.add("Mul", [value, edit.const(0.5, dtype, name="half")])
    return edit.add("Mul", [half, more])


_Maker = Callable[["GraphEditor", "Value", "list[BoundValue]", Mapping[str, Any]], "Value"]
_MAKERS: dict[str, _Maker] = {
    "Add": _sum,
    "BiasAdd": _bias,
    "FusedBatchNorm": _norm,
    "GeluApproximate": _gelu_by_tanh,
    "GeluExact": _gelu,
    "LeakyRelu": _leaky,
    "Prelu": _prelu,
    "_FusedHardSwish": _hard_swish,
}
