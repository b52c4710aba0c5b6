"""Elementwise arithmetic on small known tensors, with the wrap-around and rounding of the dtype."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from linter.infer.dims import Constant, product
from linter.infer.dtypes import base_dtype
from linter.infer.view import INTEGERS, Elements, ValueRule, View

__all__ = ["RULES", "expanded", "in_dtype"]

Binary: TypeAlias = Callable[[Any, Any], Any]
Unary: TypeAlias = Callable[[Any], Any]

_FLOAT_FORMATS = {"float16": "<e", "float32": "<f", "float64": "<d"}
_EXACT = 1 << 53


def in_dtype(number: Any, dtype: str | None) -> Any:
    """``number`` as the dtype holds it; ``None`` when that is not defined."""
    if number is None or dtype is None:
        return None
    if dtype in INTEGERS:
        return _wrapped(number, dtype) if isinstance(number, int) else None
    if dtype == "bool":
        return bool(number) if isinstance(number, (bool, int, float)) else None
    if dtype in _FLOAT_FORMATS and isinstance(number, (int, float)):
        return _rounded(number, _FLOAT_FORMATS[dtype])
    return number if dtype == "string" and isinstance(number, (str, bytes)) else None


def _wrapped(number: int, dtype: str) -> int:
    bits = int(dtype.removeprefix("u").removeprefix("int"))
    number = int(number) & ((1 << bits) - 1)
    if dtype[0] != "u" and number >> (bits - 1):
        number -= 1 << bits
    return number


def _rounded(number: float, code: str) -> float | None:
    if isinstance(number, int) and abs(number) > _EXACT:
        return None
    try:
        return float(struct.unpack(code, struct.pack(code, number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def expanded(constant: Constant, shape: tuple[int | None, ...]) -> Elements | None:
    """The elements of ``constant`` broadcast to ``shape``."""
    if constant.shape == shape:
        return constant.values
    total = product(shape)
    if total is None or len(constant.shape) > len(shape):
        return None
    if len(constant.values) == 1:
        return constant.values * total
    lead = len(shape) - len(constant.shape)
    offsets, step = [0], 1
    steps: list[int] = []
    for size in reversed(constant.shape):
        steps.append(0 if size == 1 else step)
        step *= size
    for axis, extent in enumerate(shape):
        stride = steps[len(shape) - 1 - axis] if axis >= lead else 0
        if extent is None or (stride and constant.shape[axis - lead] != extent):
            return None
        offsets = [offset + stride * index for offset in offsets for index in range(extent)]
    return tuple(constant.values[offset] for offset in offsets)


# Two operands.


def _floor_div(x: Any, y: Any) -> Any:
    if y == 0:
        return None
    return x // y if isinstance(x, int) else math.floor(x / y) if math.isfinite(x / y) else None


def _truncated_div(x: Any, y: Any) -> Any:
    if y == 0 or not isinstance(x, int):
        return None
    quotient = abs(x) // abs(y)
    return quotient if (x < 0) == (y < 0) else -quotient


def _div(x: Any, y: Any) -> Any:
    return _truncated_div(x, y) if isinstance(x, int) else _real_div(x, y)


def _real_div(x: Any, y: Any) -> Any:
    return x / y if isinstance(x, float) and y != 0 else None


def _floor_mod(x: Any, y: Any) -> Any:
    return x % y if isinstance(x, int) and y != 0 else None


def _truncated_mod(x: Any, y: Any) -> Any:
    return int(math.copysign(1, x)) * (abs(x) % abs(y)) if isinstance(x, int) and y != 0 else None


def _largest(x: Any, y: Any) -> Any:
    return None if x != x or y != y else max(x, y)


def _smallest(x: Any, y: Any) -> Any:
    return None if x != x or y != y else min(x, y)


def _power(x: Any, y: Any) -> Any:
    # Modulo the widest integer, so that the exponent cannot make the number large.
    return pow(x, y, 1 << 64) if isinstance(x, int) and isinstance(y, int) and y >= 0 else None


def _shift_left(x: Any, y: Any) -> Any:
    return x << y if isinstance(x, int) and 0 <= y < 64 else None


def _shift_right(x: Any, y: Any) -> Any:
    return x >> y if isinstance(x, int) and 0 <= y < 64 else None


def _integers_only(function: Binary) -> Binary:
    return lambda x, y: function(x, y) if isinstance(x, int) and isinstance(y, int) else None


_BINARY: Mapping[str, Binary] = {
    "Add": lambda x, y: x + y,
    "AddV2": lambda x, y: x + y,
    "BitwiseAnd": _integers_only(lambda x, y: x & y),
    "BitwiseOr": _integers_only(lambda x, y: x | y),
    "BitwiseXor": _integers_only(lambda x, y: x ^ y),
    "Div": _div,
    "DivNoNan": lambda x, y: 0.0 if y == 0 else x / y,
    "Equal": lambda x, y: x == y,
    "FloorDiv": _floor_div,
    "FloorMod": _floor_mod,
    "Greater": lambda x, y: x > y,
    "GreaterEqual": lambda x, y: x >= y,
    "LeftShift": _shift_left,
    "Less": lambda x, y: x < y,
    "LessEqual": lambda x, y: x <= y,
    "LogicalAnd": lambda x, y: x and y,
    "LogicalOr": lambda x, y: x or y,
    "Maximum": _largest,
    "Minimum": _smallest,
    "Mod": _truncated_mod,
    "Mul": lambda x, y: x * y,
    "NotEqual": lambda x, y: x != y,
    "Pow": _power,
    "RealDiv": _real_div,
    "RightShift": _shift_right,
    "SquaredDifference": _integers_only(lambda x, y: (x - y) * (x - y)),
    "Sub": lambda x, y: x - y,
    "TruncateDiv": _truncated_div,
    "TruncateMod": _truncated_mod,
}


def _binary(function: Binary) -> ValueRule:
    def infer(view: View) -> tuple[Elements | None, ...]:
        left, right, shape = view.value(0), view.value(1), view.out_shape()
        if left is None or right is None or shape is None or left.dtype != right.dtype:
            return ()
        if left.dtype == "string":
            return ()
        xs, ys = expanded(left, shape), expanded(right, shape)
        if xs is None or ys is None or len(xs) != len(ys):
            return ()
        dtype = base_dtype(view.out_dtype())
        found = (
            None if x is None or y is None else in_dtype(function(x, y), dtype)
            for x, y in zip(xs, ys, strict=True)
        )
        return (tuple(found),)

    return ValueRule(infer)


# One operand.


def _to_whole(function: Callable[[float], int]) -> Unary:
    def apply(x: Any) -> Any:
        if isinstance(x, int):
            return None
        return float(function(x)) if math.isfinite(x) else x

    return apply


def _sign(x: Any) -> Any:
    return None if x != x else type(x)((x > 0) - (x < 0))


def _square_root(x: Any) -> Any:
    return math.sqrt(x) if isinstance(x, float) and x >= 0 else None


_UNARY: Mapping[str, Unary] = {
    "Abs": abs,
    "Ceil": _to_whole(math.ceil),
    "Floor": _to_whole(math.floor),
    "Invert": lambda x: ~x if isinstance(x, int) else None,
    "LogicalNot": lambda x: not x,
    "Neg": lambda x: -x,
    "Rint": _to_whole(round),
    "Round": _to_whole(round),
    "Sign": _sign,
    "Sqrt": _square_root,
    "Square": lambda x: x * x,
}


def _unary(function: Unary) -> ValueRule:
    def infer(view: View) -> tuple[Elements | None, ...]:
        operand = view.value(0)
        if operand is None or operand.dtype == "string":
            return ()
        dtype = base_dtype(view.out_dtype())
        return (tuple(None if x is None else in_dtype(function(x), dtype) for x in operand.values),)

    return ValueRule(infer)


def _cast(view: View) -> tuple[Elements | None, ...]:
    operand, dtype = view.value(0), base_dtype(view.out_dtype())
    if operand is None or operand.dtype == "string" or dtype == "string" or view.flag("Truncate"):
        return ()
    return (tuple(_converted(x, dtype) for x in operand.values),)


def _converted(number: Any, dtype: str | None) -> Any:
    """A float becomes an integer by cutting off, where that fits; the rest is undefined."""
    if isinstance(number, float) and dtype in INTEGERS:
        if not math.isfinite(number):
            return None
        whole = math.trunc(number)
        return whole if in_dtype(whole, dtype) == whole else None
    return in_dtype(int(number) if isinstance(number, bool) else number, dtype)


def _add_n(view: View) -> tuple[Elements | None, ...]:
    operands = [view.value(slot) for slot in range(len(view))]
    known = [operand.values for operand in operands if operand is not None]
    dtype = base_dtype(view.out_dtype())
    if len(known) != len(operands) or dtype not in INTEGERS or len({len(k) for k in known}) != 1:
        return ()
    columns = zip(*known, strict=True)
    return (tuple(None if None in xs else in_dtype(sum(xs), dtype) for xs in columns),)


def _select(view: View) -> tuple[Elements | None, ...]:
    parts = [view.value(slot) for slot in range(3)]
    shape = view.out_shape()
    if shape is None or parts[0] is None:
        return ()
    if view.node.op == "Select" and parts[0].shape not in ((), shape):
        return ()
    columns = [_column(part, shape) for part in parts]
    chosen: list[Any] = []
    for condition, yes, no in zip(*columns, strict=True):
        if condition is None:
            chosen.append(yes if yes == no else None)
        else:
            chosen.append(yes if condition else no)
    return (tuple(chosen),)


def _column(part: Constant | None, shape: tuple[int | None, ...]) -> Elements:
    found = expanded(part, shape) if part is not None else None
    return (None,) * (product(shape) or 0) if found is None else found


RULES: Mapping[str, ValueRule] = {
    **{op: _binary(function) for op, function in _BINARY.items()},
    **{op: _unary(function) for op, function in _UNARY.items()},
    "AddN": ValueRule(_add_n),
    "Cast": ValueRule(_cast),
    "Select": ValueRule(_select),
    "SelectV2": ValueRule(_select),
}
