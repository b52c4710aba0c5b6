"""What an Einsum of one or two operands says.

Source: TensorFlow op docs of Einsum; the summation convention.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linter.infer.contraction import read_equation

__all__ = ["Contraction", "read_contraction"]


@dataclass(frozen=True, slots=True)
class Contraction:
    """Labels of the axes; those that an ellipsis stands for have labels beyond ASCII.

    Attributes:
        operands: labels of each operand.
        result: labels of the result.
        sizes: size by label.
    """

    operands: tuple[str, ...]
    result: str
    sizes: Mapping[str, int]

    def extent(self, labels: str) -> int:
        """How many elements axes with these labels hold."""
        return math.prod(self.sizes[label] for label in labels)

    def shape(self, labels: str) -> tuple[int, ...]:
        """The sizes of the axes."""
        return tuple(self.sizes[label] for label in labels)

    def lone(self, place: int) -> str:
        """Labels that occur in this operand and nowhere else; they are summed over."""
        rest = self.result + "".join(o for at, o in enumerate(self.operands) if at != place)
        return "".join(label for label in self.operands[place] if label not in rest)


def read_contraction(equation: str, shapes: Sequence[tuple[int, ...]]) -> Contraction | str:
    """The contraction, or why it is not one of distinct labels and agreeing sizes."""
    found = read_equation(equation, [len(shape) for shape in shapes])
    if isinstance(found, str):
        return found
    operands = tuple(labels or "" for labels in found.operands)
    result = found.result or ""
    for labels in (*operands, result):
        if len(set(labels)) != len(labels):
            return f"a label of {equation!r} is repeated"
    sizes: dict[str, int] = {}
    for labels, shape in zip(operands, shapes, strict=True):
        for label, size in zip(labels, shape, strict=True):
            if sizes.setdefault(label, size) != size:
                return f"the sizes {sizes[label]} and {size} of one axis differ"
    if set(result) - sizes.keys():
        return f"the result of {equation!r} has a label of its own"
    return Contraction(operands, result, sizes)
