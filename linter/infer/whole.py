"""Arrays of any size as tensors that ops can move and compute.

Only what moves elements, and the arithmetic that IEEE 754 rounds correctly: NumPy and TensorFlow
then agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linter.infer.numbers import Function
from linter.infer.tensors import Elements, Tensor

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.generic]

__all__ = ["Whole"]


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """An array; a ``Tensor`` all of whose elements are known.

    Attributes:
        array: the elements; not to be written to.
    """

    array: Array

    @property
    def dtype(self) -> str:
        """Element type."""
        return str(self.array.dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """Static shape."""
        return self.array.shape

    @property
    def values(self) -> Elements:
        """Elements, row-major, as Python numbers."""
        return tuple(self.array.reshape(-1).tolist())

    @property
    def complete(self) -> bool:
        """Whether every element is known."""
        return True

    @property
    def count(self) -> int:
        """Number of elements."""
        return self.array.size

    def reshaped(self, shape: tuple[int, ...]) -> Whole:
        """The same elements in a shape that holds as many."""
        return Whole(self.array.reshape(shape))

    def picked(self, places: Sequence[Sequence[int]]) -> Whole | None:
        """The elements at the product of the places along each axis, counted from the front."""
        import numpy as np

        array = self.array
        for axis, (extent, chosen) in enumerate(zip(self.shape, places, strict=True)):
            if len(chosen) and not (min(chosen) >= 0 and max(chosen) < extent):
                return None
            if isinstance(chosen, range):
                index = (*(slice(None),) * axis, _slice(chosen))
                array = array[index]
            else:
                array = np.take(array, np.asarray(chosen, np.int64), axis)
        return Whole(array)

    def repeated(self, times: Sequence[int]) -> Whole | None:
        """The elements so many times behind each other along each axis."""
        import numpy as np

        return Whole(np.tile(self.array, times))

    def taken(self, places: Tensor, axis: int) -> Whole | None:
        """The slices along one axis that ``places`` names, in place of that axis."""
        import numpy as np

        indices = _array(places).astype(np.int64)
        if ((indices < 0) | (indices >= self.shape[axis])).any():
            return None
        return Whole(np.take(self.array, indices, axis))

    def permuted(self, order: Sequence[int]) -> Whole:
        """The axes in another order."""
        return Whole(self.array.transpose(order))

    def spread(self, shape: tuple[int, ...]) -> Whole | None:
        """The elements broadcast to a shape."""
        import numpy as np

        own = (1,) * (len(shape) - self.array.ndim) + self.shape
        if len(own) != len(shape) or any(a not in (1, b) for a, b in zip(own, shape, strict=True)):
            return None
        return Whole(np.broadcast_to(self.array, shape).copy())

    def beside(self, others: Sequence[Tensor]) -> Whole:
        """A matrix with others of as many rows at its right."""
        import numpy as np

        return Whole(np.concatenate([self.array, *map(_array, others)], axis=1))

    def mapped(
        self, function: Function, others: Sequence[Tensor], dtype: str, shape: tuple[int, ...]
    ) -> Whole | None:
        """What NumPy's function gives; it broadcasts the operands itself."""
        import numpy as np

        if not function.ufunc:
            return None
        apply: Callable[..., Any] = getattr(np, function.ufunc)
        with np.errstate(all="ignore"):
            found = np.asarray(apply(self.array, *map(_array, others)), dtype=np.dtype(dtype))
        return Whole(found) if found.shape == shape else None

    def cast(self, dtype: str) -> Whole | None:
        """The elements in another dtype; NumPy rounds and wraps around as TensorFlow does."""
        import numpy as np

        return Whole(self.array.astype(np.dtype(dtype)))


def _array(tensor: Tensor) -> Array:
    assert isinstance(tensor, Whole)  # small constants and arrays do not meet
    return tensor.array


def _slice(places: range) -> slice:
    """The same as a slice; one that runs down to the first element has no end."""
    if not places:
        return slice(0, 0)
    return slice(places.start, places.stop if places.stop >= 0 else None, places.step)
