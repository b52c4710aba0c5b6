"""Tensors whose elements are known, and how ops move and compute them.

``Tensor`` is what the value functions of ops are written for. ``Constant`` keeps a few elements as
Python numbers, some of which may be unknown: shapes follow from those. ``whole.Whole`` keeps arrays
of any size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from linter.infer.dims import product
from linter.infer.numbers import Function, converted, in_dtype

__all__ = ["MAX_ELEMENTS", "Constant", "Elements", "Tensor"]

MAX_ELEMENTS = 1024
"""Constants with more elements are not followed: they are data, not dimensions."""

Elements: TypeAlias = tuple[Any, ...]
"""Elements of one tensor, row-major; ``None`` for one that is not known."""


class Tensor(Protocol):
    """A tensor that ops can move and compute; ``None`` where something cannot be done."""

    @property
    def dtype(self) -> str:
        """Element type."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Static shape."""

    @property
    def values(self) -> Elements:
        """Elements, row-major."""

    @property
    def complete(self) -> bool:
        """Whether every element is known."""

    @property
    def count(self) -> int:
        """Number of elements."""

    def reshaped(self, shape: tuple[int, ...]) -> Tensor:
        """The same elements in a shape that holds as many."""

    def picked(self, places: Sequence[Sequence[int]]) -> Tensor | None:
        """The elements at the product of the places along each axis, counted from the front."""

    def repeated(self, times: Sequence[int]) -> Tensor | None:
        """The elements so many times behind each other along each axis."""

    def taken(self, places: Tensor, axis: int) -> Tensor | None:
        """The slices along one axis that ``places`` names, in place of that axis."""

    def permuted(self, order: Sequence[int]) -> Tensor:
        """The axes in another order."""

    def spread(self, shape: tuple[int, ...]) -> Tensor | None:
        """The elements broadcast to a shape."""

    def beside(self, others: Sequence[Tensor]) -> Tensor:
        """A matrix with others of as many rows at its right."""

    def mapped(
        self, function: Function, others: Sequence[Tensor], dtype: str, shape: tuple[int, ...]
    ) -> Tensor | None:
        """What a function gives, element by element.

        Args:
            function: takes an element of each operand.
            others: the operands behind the first.
            dtype: what the results are held in.
            shape: what the operands broadcast to.
        """

    def cast(self, dtype: str) -> Tensor | None:
        """The elements in another dtype."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A small tensor whose elements are known; a ``Tensor``.

    Attributes:
        dtype: element type.
        shape: static shape.
        values: elements, row-major; ``None`` marks one that is not known, which only
            ``Inference.partial`` and the functions of ops ever see.
    """

    dtype: str
    shape: tuple[int, ...]
    values: Elements

    @property
    def complete(self) -> bool:
        """Whether every element is known."""
        return None not in self.values

    @property
    def count(self) -> int:
        """Number of elements."""
        return len(self.values)

    def reshaped(self, shape: tuple[int, ...]) -> Constant:
        """The same elements in a shape that holds as many."""
        return self if shape == self.shape else Constant(self.dtype, shape, self.values)

    def picked(self, places: Sequence[Sequence[int]]) -> Constant | None:
        """The elements at the product of the places along each axis, if they are few."""
        offsets = [0]
        stride = len(self.values)
        for extent, chosen in zip(self.shape, places, strict=True):
            stride = stride // extent if extent else 0
            if len(offsets) * len(chosen) > MAX_ELEMENTS:
                return None
            if any(not 0 <= place < extent for place in chosen):
                return None
            offsets = [offset + stride * place for offset in offsets for place in chosen]
        return self._at(offsets, tuple([len(chosen) for chosen in places]))

    def repeated(self, times: Sequence[int]) -> Constant | None:
        """The elements so many times behind each other along each axis, if they are few."""
        shape = [extent * count for extent, count in zip(self.shape, times, strict=True)]
        total = product(shape) or 0
        if total > MAX_ELEMENTS:
            return None
        if not total:
            return Constant(self.dtype, tuple(shape), ())
        pairs = zip(self.shape, times, strict=True)
        return self.picked([[*range(extent)] * count for extent, count in pairs])

    def taken(self, places: Tensor, axis: int) -> Constant | None:
        """The slices along one axis that ``places`` names; all of them must be known."""
        chosen: list[Sequence[int]] = [range(extent) for extent in self.shape]
        chosen[axis] = places.values
        if not all(isinstance(place, int) for place in chosen[axis]):
            return None
        found = self.picked(chosen)
        shape = (*self.shape[:axis], *places.shape, *self.shape[axis + 1 :])
        return None if found is None else found.reshaped(shape)

    def permuted(self, order: Sequence[int]) -> Constant:
        """The axes in another order."""
        strides = [product(self.shape[axis + 1 :]) or 0 for axis in range(len(order))]
        offsets = [0]
        for axis in order:
            places = range(self.shape[axis])
            offsets = [offset + strides[axis] * place for offset in offsets for place in places]
        return self._at(offsets, tuple([self.shape[axis] for axis in order]))

    def spread(self, shape: tuple[int, ...]) -> Constant | None:
        """The elements broadcast to a shape."""
        if self.shape == shape:
            return self
        lead = len(shape) - len(self.shape)
        if lead < 0:
            return None
        if len(self.values) == 1:
            return Constant(self.dtype, shape, self.values * (product(shape) or 0))
        offsets, step = [0], 1
        steps: list[int] = []
        for size in reversed(self.shape):
            steps.append(0 if size == 1 else step)
            step *= size
        for axis, extent in enumerate(shape):
            stride = steps[len(shape) - 1 - axis] if axis >= lead else 0
            if stride and self.shape[axis - lead] != extent:
                return None
            offsets = [offset + stride * place for offset in offsets for place in range(extent)]
        return self._at(offsets, shape)

    def beside(self, others: Sequence[Tensor]) -> Constant:
        """A matrix with others of as many rows at its right."""
        rows = self.shape[0]
        parts = [(part.values, part.shape[1]) for part in (self, *others)]
        found = [part[row * width :][:width] for row in range(rows) for part, width in parts]
        shape = (rows, sum(width for _, width in parts))
        return Constant(self.dtype, shape, tuple([element for run in found for element in run]))

    def mapped(
        self, function: Function, others: Sequence[Tensor], dtype: str, shape: tuple[int, ...]
    ) -> Constant | None:
        """What a function gives, element by element; of an unknown element nothing follows."""
        operands = [operand.spread(shape) for operand in (self, *others)]
        columns = [operand.values for operand in operands if operand is not None]
        if len(columns) != len(operands):
            return None
        apply = function.numbers
        found = [
            None if None in row else in_dtype(apply(*row), dtype)
            for row in zip(*columns, strict=True)
        ]
        return Constant(dtype, shape, tuple(found))

    def cast(self, dtype: str) -> Constant:
        """The elements in another dtype; unknown where the conversion is not defined."""
        return Constant(dtype, self.shape, tuple([converted(x, dtype) for x in self.values]))

    def _at(self, offsets: Sequence[int], shape: tuple[int, ...]) -> Constant:
        values = self.values
        return Constant(self.dtype, shape, tuple([values[offset] for offset in offsets]))
