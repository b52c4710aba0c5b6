"""Results whose elements are elements of the source at places that are known, or one fixed value.

An operation of this kind is worked out once, on the numbers of the elements; a gather with those
numbers then does the same to the elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import BoundValue

    Numbers = npt.NDArray[np.int32]

__all__ = ["NOWHERE", "NUMBER_LIMIT", "gathered", "numbered", "reshaped", "zero_of"]

NOWHERE = -1
"""The number of an element that is not taken from the source."""

NUMBER_LIMIT = 1 << 22
"""Most elements whose places are written out in a constant."""


def numbered(shape: tuple[int, ...]) -> Numbers:
    """The elements of a tensor of ``shape``, numbered in row-major order."""
    import numpy as np

    return np.arange(int(np.prod(shape, dtype=np.int64)), dtype=np.int32).reshape(shape)


def gathered(
    edit: GraphEditor, source: BoundValue, numbers: Numbers, fill: Any = 0
) -> Value | BoundValue:
    """The tensor that holds the elements of ``source`` with these numbers.

    Args:
        edit: makes the nodes.
        source: tensor of known shape and dtype.
        numbers: numbers of its elements, ``NOWHERE`` for the fixed value; has the result's shape.
        fill: the fixed value.
    """
    import numpy as np

    shape = source.static_shape or ()
    size = int(np.prod(shape, dtype=np.int64))
    flat = reshaped(edit, source, shape, (size,))
    if bool((numbers == NOWHERE).any()):
        rest = edit.const((fill,), str(source.dtype), name="fill")
        zero = edit.const(0, "int32", name="axis")
        flat = edit.add("ConcatV2", [flat, rest, zero])
        numbers = np.where(numbers == NOWHERE, np.int32(size), numbers).astype(np.int32)
    places = edit.const(np.ascontiguousarray(numbers.reshape(-1)), name="places")
    taken = edit.add("GatherV2", [flat, places, edit.const(0, "int32", name="axis")])
    return reshaped(edit, taken, (numbers.size,), numbers.shape)


def zero_of(dtype: str) -> Any:
    """What TensorFlow puts where an op of that dtype has nothing to put."""
    if dtype in ("bool", "string"):
        return False if dtype == "bool" else ""
    return 0.0 if "float" in dtype else 0


def reshaped(
    edit: GraphEditor, value: Value | BoundValue, had: tuple[int, ...], shape: tuple[int, ...]
) -> Value | BoundValue:
    """The value in another shape; itself when it has it already."""
    if had == shape:
        return value
    return edit.add("Reshape", [value, edit.const(shape, "int32", name="shape")])
