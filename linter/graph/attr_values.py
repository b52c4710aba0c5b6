"""What an attribute of a node can hold, beside plain Python values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["Attrs", "DType", "FuncRef", "Placeholder", "Shape", "TensorValue"]


class DType(str):
    """A dtype by its lower-case NumPy name (``float32``, ``string``, ``resource``, ``bfloat16``).

    Reference types end in ``_ref``; a number that the schema does not name is ``dtype#N``.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape attribute: ``dims`` is ``None`` for unknown rank, a ``None`` entry is unknown.

    Attributes:
        dims: the sizes.
        invalid: sizes below -1, which mean nothing; they are unknown in ``dims``.
    """

    dims: tuple[int | None, ...] | None
    invalid: tuple[int, ...] = ()

    @property
    def rank(self) -> int | None:
        """Number of axes, ``None`` when unknown."""
        return None if self.dims is None else len(self.dims)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """An attribute of a function body that the caller fills (``AttrValue.placeholder``)."""

    name: str


@dataclass(frozen=True, slots=True)
class FuncRef:
    """An attribute that names a function of the library, with the attributes bound to it."""

    name: str
    attrs: Mapping[str, Any] = field(default_factory=dict, compare=False)


class TensorValue(Protocol):
    """A constant tensor; large payloads stay on disk until they are asked for."""

    @property
    def dtype(self) -> DType:
        """Element type."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Static shape."""

    @property
    def size(self) -> int:
        """Number of elements."""

    @property
    def nbytes(self) -> int:
        """Bytes of the payload in the file."""

    def values(self) -> tuple[Any, ...] | None:
        """All elements as Python numbers, row-major, without importing numpy.

        A short ``*_val`` list is expanded to the whole tensor. ``None`` when the tensor has more
        than 65,536 elements (ask ``array``) or is malformed.
        """

    def array(self) -> npt.NDArray[np.generic]:
        """The whole tensor; reads the payload from the file when it was left there."""


Attrs = Mapping[str, Any]
"""Decoded attributes: str, bytes (not UTF-8), int, float, bool, DType, Shape, TensorValue, FuncRef,
Placeholder, or a tuple of those; ``None`` for an attribute without a value."""
