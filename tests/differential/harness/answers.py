"""What TensorFlow answers about a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "Dims", "Key", "Outcome", "Static"]

Array: TypeAlias = npt.NDArray[Any]
Dims: TypeAlias = tuple[int | None, ...] | None
Key: TypeAlias = tuple[str, int]
"""Node name and port."""


@dataclass(frozen=True)
class Static:
    """What the import of a graph tells.

    Attributes:
        outputs: dtype and shape of every output.
        counts: number of outputs by node name.
        refusal: why TensorFlow does not import the graph; empty when it does.
    """

    outputs: Mapping[Key, tuple[str, Dims]]
    counts: Mapping[str, int]
    refusal: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a run of a graph gives.

    Attributes:
        static: what TensorFlow infers when all that is fed has its shape.
        arrays: what was computed.
        faults: why something was not.
    """

    static: Static
    arrays: Mapping[Key, Array]
    faults: Mapping[Key, str]


def same(ours: Any, theirs: Any) -> bool:
    """Whether two elements are the same bit by bit, except that a NaN is a NaN."""
    if isinstance(ours, str):
        ours = ours.encode()
    if isinstance(ours, float) and isinstance(theirs, float):
        both_nan = ours != ours and theirs != theirs
        return both_nan or (ours == theirs and np.signbit(ours) == np.signbit(theirs))
    return type(ours) is type(theirs) and bool(ours == theirs)
