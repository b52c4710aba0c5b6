"""Formulas of several operations in one dtype, for rules that write one operation out.

A target may take the operations of a formula for float32 only. Rules whose ``variants`` are
``(0, 1)`` then compute in float32 between two Casts, as ``DoubleArithmetic`` does with a single
node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from linter.graph import DType, Value
from linter.rules.match import BoundValue, Match, Refusal

if TYPE_CHECKING:
    from linter.rules.edit import GraphEditor

__all__ = ["FLOATS", "INTEGERS", "Terms", "computed", "other_dtype", "toward_zero"]

FLOATS = ("float32", "float64")
"""Dtypes in which a tolerance is kept; half precision has too few digits for most formulas."""

INTEGERS = ("int8", "int16", "int32", "int64")
"""Signed integers."""


class Terms:
    """Adds operations whose operands may be plain numbers; each number is one constant.

    Args:
        edit: where the operations go.
        dtype: dtype of the numbers.
    """

    def __init__(self, edit: GraphEditor, dtype: str) -> None:
        self._edit = edit
        self.dtype = dtype
        self._numbers: dict[float, Value] = {}

    def __call__(self, op: str, *operands: Value | BoundValue | float) -> Value:
        """Add ``op``."""
        return self._edit.add(op, [self._value(operand) for operand in operands])

    def mask(self, condition: Value | BoundValue) -> Value:
        """1 where the condition holds, else 0."""
        return self._edit.add("Cast", [condition], {"DstT": DType(self.dtype)})

    def polynomial(self, x: Value, coefficients: Sequence[float]) -> Value:
        """The polynomial of ``x``, highest power first."""
        value = self("Add", self("Mul", x, coefficients[0]), coefficients[1])
        for coefficient in coefficients[2:]:
            value = self("Add", self("Mul", value, x), coefficient)
        return value

    def _value(self, operand: Value | BoundValue | float) -> Value | BoundValue:
        if isinstance(operand, Value | BoundValue):
            return operand
        if operand not in self._numbers:
            number = operand if self.dtype.startswith("float") else int(operand)
            self._numbers[operand] = self._edit.const(number, self.dtype, name="number")
        return self._numbers[operand]


def other_dtype(m: Match, accepted: Sequence[str], at: str | None = None) -> Refusal | None:
    """A refusal unless the root, or the value bound to ``at``, has one of the dtypes."""
    dtype = m.root.dtype if at is None else m[at].dtype
    if dtype in accepted:
        return None
    return m.refuse(f"its dtype is {dtype or 'unknown'}, not {' or '.join(accepted)}", at=at)


def computed(
    m: Match, edit: GraphEditor, names: Sequence[str], formula: Callable[..., Value]
) -> Value:
    """``formula(terms, *operands)`` of the values bound to ``names``, in the dtype of the root.

    From the second variant on it is computed in float32 between Casts.
    """
    dtype = str(m[names[0]].dtype)
    single = DType("float32")
    if m.variant == 0 or dtype == single:
        return formula(Terms(edit, dtype), *(m[name] for name in names))
    operands = [edit.add("Cast", [m[name]], {"DstT": single}) for name in names]
    result = formula(Terms(edit, single), *operands)
    if m.root.dtype != dtype:
        return result
    return edit.add("Cast", [result], {"DstT": DType(dtype)})


def toward_zero(terms: Terms, x: BoundValue, z: BoundValue) -> Value:
    """The quotient of two integers without its fraction.

    FloorDiv is 1 less where the quotient is negative and not exact.
    """
    quotient = terms("FloorDiv", x, z)
    below = terms.mask(terms("Greater", 0, quotient))
    exact = terms.mask(terms("Equal", terms("Mul", quotient, z), x))
    return terms("Add", quotient, terms("Maximum", terms("Sub", below, exact), 0))
