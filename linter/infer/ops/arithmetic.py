"""Arithmetic, comparisons and choices, element by element.

Of small tensors with the wrap-around and rounding of their dtype, of which something may be
unknown; of arrays where NumPy gives the same to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from linter.infer.dims import Outputs, broadcast, refine
from linter.infer.numbers import FLOATS, INTEGERS, Function, in_dtype, places
from linter.infer.ops.elementwise import alike, broadcasting, same
from linter.infer.tensors import Elements, Tensor
from linter.infer.view import Found, Semantics, View

__all__ = ["OPS"]

Binary: TypeAlias = Callable[[Any, Any], Any]
Unary: TypeAlias = Callable[[Any], Any]


# Two operands.


def _floor_div(x: Any, y: Any, dtype: str) -> Any:
    """Of floats the quotient is rounded first, as TensorFlow does: 1 / 0.1 is 10 then."""
    if y == 0:
        return None
    if isinstance(x, int):
        return x // y
    quotient = in_dtype(x / y, dtype)
    return None if quotient is None or not math.isfinite(quotient) else _floored(quotient)


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


# Of zeros of different signs TensorFlow gives one or the other, from lane to lane.


def _largest(x: Any, y: Any) -> Any:
    return None if x != x or y != y else max(x, y)


def _smallest(x: Any, y: Any) -> Any:
    return None if x != x or y != y else min(x, y)


def _power(x: Any, y: Any) -> Any:
    # Modulo the widest integer, so that the exponent cannot make the number large.
    return pow(x, y, 1 << 64) if isinstance(x, int) and isinstance(y, int) and y >= 0 else None


def _shift_left(x: Any, y: Any, dtype: str) -> Any:
    return x << y if 0 <= y < places(dtype) else None


def _shift_right(x: Any, y: Any, dtype: str) -> Any:
    return x >> y if 0 <= y < places(dtype) else None


def _integers_only(function: Binary) -> Binary:
    return lambda x, y: function(x, y) if isinstance(x, int) and isinstance(y, int) else None


_BINARY: Mapping[str, Function] = {
    "Add": Function(lambda x, y: x + y, "add"),
    "AddV2": Function(lambda x, y: x + y, "add"),
    "BitwiseAnd": Function(_integers_only(lambda x, y: x & y)),
    "BitwiseOr": Function(_integers_only(lambda x, y: x | y)),
    "BitwiseXor": Function(_integers_only(lambda x, y: x ^ y)),
    "Div": Function(_div),
    "DivNoNan": Function(lambda x, y: 0.0 if y == 0 else x / y),
    "Equal": Function(lambda x, y: x == y),
    "FloorMod": Function(_floor_mod),
    "Greater": Function(lambda x, y: x > y),
    "GreaterEqual": Function(lambda x, y: x >= y),
    "Less": Function(lambda x, y: x < y),
    "LessEqual": Function(lambda x, y: x <= y),
    "LogicalAnd": Function(lambda x, y: x and y),
    "LogicalOr": Function(lambda x, y: x or y),
    "Maximum": Function(_largest, "maximum"),
    "Minimum": Function(_smallest, "minimum"),
    "Mod": Function(_truncated_mod),
    "Mul": Function(lambda x, y: x * y, "multiply"),
    "NotEqual": Function(lambda x, y: x != y),
    "Pow": Function(_power),
    "RealDiv": Function(_real_div, "true_divide"),
    "SquaredDifference": Function(_integers_only(lambda x, y: (x - y) * (x - y))),
    "Sub": Function(lambda x, y: x - y, "subtract"),
    "TruncateDiv": Function(_truncated_div),
    "TruncateMod": Function(_truncated_mod),
}

_BY_DTYPE: Mapping[str, Callable[[Any, Any, str], Any]] = {
    "FloorDiv": _floor_div,
    "LeftShift": _shift_left,
    "RightShift": _shift_right,
}
"""What depends on the dtype of the operands."""


def _of_dtype(function: Callable[[Any, Any, str], Any]) -> Callable[[View], Found]:
    def values(view: View) -> Found:
        dtype = view.out_dtype()
        if dtype is None:
            return ()
        return _binary(Function(lambda x, y: function(x, y, dtype)))(view)

    return values


def _binary(function: Function) -> Callable[[View], Found]:
    def values(view: View) -> Found:
        left, right, shape = view.value(0), view.value(1), view.static_shape()
        dtype = view.out_dtype()
        if left is None or right is None or shape is None or dtype is None:
            return ()
        if left.dtype != right.dtype or left.dtype == "string":
            return ()
        return (left.mapped(function, [right], dtype, shape),)

    return values


# One operand.


def _to_whole(function: Callable[[float], int]) -> Unary:
    """To a whole number; one between -1 and 0 becomes the zero of its sign."""

    def apply(x: Any) -> Any:
        if isinstance(x, int):
            return None
        return math.copysign(float(function(x)), x) if math.isfinite(x) else x

    return apply


def _sign(x: Any) -> Any:
    return None if x != x else type(x)((x > 0) - (x < 0))


def _square_root(x: Any) -> Any:
    return math.sqrt(x) if isinstance(x, float) and x >= 0 else None


_floored = _to_whole(math.floor)

_UNARY: Mapping[str, Function] = {
    "Abs": Function(abs),
    "Ceil": Function(_to_whole(math.ceil)),
    "Floor": Function(_floored),
    "Invert": Function(lambda x: ~x if isinstance(x, int) else None),
    "LogicalNot": Function(lambda x: not x),
    "Neg": Function(lambda x: -x, "negative"),
    "Rint": Function(_to_whole(round)),
    "Round": Function(_to_whole(round)),
    "Sign": Function(_sign),
    "Sqrt": Function(_square_root, "sqrt"),
    "Square": Function(lambda x: x * x, "square"),
}


def _unary(function: Function) -> Callable[[View], Found]:
    def values(view: View) -> Found:
        operand, dtype = view.value(0), view.out_dtype()
        if operand is None or dtype is None or operand.dtype == "string":
            return ()
        return (operand.mapped(function, [], dtype, operand.shape),)

    return values


def _whole(op: str, function: Function) -> Callable[[View], bool] | None:
    if not function.ufunc:
        return None
    return _of_floats if op in ("RealDiv", "Sqrt") else _of_numbers


def _of_floats(view: View) -> bool:
    """What IEEE 754 rounds correctly; integers are divided and rooted in another way."""
    return view.out_dtype() in FLOATS


def _of_numbers(view: View) -> bool:
    return view.out_dtype() != "bool"


def _cast(view: View) -> Found:
    operand, dtype = view.value(0), view.out_dtype()
    if operand is None or dtype is None or "string" in (operand.dtype, dtype):
        return ()
    if view.flag("Truncate"):
        return ()
    step = operand.cast("float32") if (operand.dtype, dtype) == _ROUNDED_TWICE else operand
    return () if step is None else (step.cast(dtype),)


_ROUNDED_TWICE = ("float64", "float16")
"""TensorFlow converts to float32 on the way."""


_COUNTED = INTEGERS | {"bool"}


def _cast_is_exact(view: View) -> bool:
    """A float that does not fit an integer has no defined result."""
    is_defined = view.dtype(0) in _COUNTED or view.out_dtype() in FLOATS
    return is_defined and not view.flag("Truncate")


def _add_n(view: View) -> Found:
    operands = [view.value(slot) for slot in range(len(view))]
    known = [operand for operand in operands if operand is not None]
    dtype = view.out_dtype()
    if dtype not in INTEGERS or len(known) != len(operands) or not known:
        return ()
    if len({operand.count for operand in known}) != 1:
        return ()
    return (known[0].mapped(_SUM, known[1:], dtype, known[0].shape),)


_SUM = Function(lambda *numbers: sum(numbers))


def _equality(view: View) -> Outputs:
    """Equal and NotEqual may compare shapes that do not broadcast; the answer is then a scalar."""
    dims = broadcast(view.shape(0), view.shape(1))
    if view.attr("incompatible_shape_error") is False and not _surely_broadcast(view):
        return ()
    return (dims,)


def _surely_broadcast(view: View) -> bool:
    left, right = view.shape(0), view.shape(1)
    if left is None or right is None:
        return False
    pairs = zip(reversed(left), reversed(right), strict=False)
    return all(1 in pair or (pair[0] == pair[1] and pair[0] is not None) for pair in pairs)


def _select(view: View) -> Outputs:
    """Both operands are alike; nothing is known when they are not."""
    dims = refine(view.shape(1), view.shape(2))
    return (dims,) if dims == refine(view.shape(2), view.shape(1)) else ()


def _select_broadcast(view: View) -> Outputs:
    return (broadcast(broadcast(view.shape(0), view.shape(1)), view.shape(2)),)


def _selected(view: View) -> Found:
    """The choices; where a condition is not known, what both choices agree on."""
    parts = [view.value(slot) for slot in range(3)]
    shape = view.static_shape()
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


def _column(part: Tensor | None, shape: tuple[int, ...]) -> Elements:
    found = part.spread(shape) if part is not None else None
    return (None,) * math.prod(shape) if found is None else found.values


def _binary_op(op: str, function: Function) -> Semantics:
    shapes = _equality if op in ("Equal", "NotEqual") else broadcasting
    return Semantics(shapes, values=_binary(function), whole=_whole(op, function))


OPS: Mapping[str, Semantics] = {
    **{op: _binary_op(op, function) for op, function in _BINARY.items()},
    **{op: Semantics(broadcasting, values=_of_dtype(found)) for op, found in _BY_DTYPE.items()},
    **{
        op: Semantics(same, values=_unary(function), whole=_whole(op, function))
        for op, function in _UNARY.items()
    },
    "AddN": Semantics(alike, values=_add_n),
    "Cast": Semantics(same, values=_cast, whole=_cast_is_exact),
    "Select": Semantics(_select, values=_selected),
    "SelectV2": Semantics(_select_broadcast, values=_selected),
}
