"""Values that TensorFlow computes for a rewrite: what is asked and what is answered.

A rule describes what it needs as a graph of constants and the nodes above them; whoever runs the
engine hands it the evaluator, or none where TensorFlow is not to be had.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from linter.graph import Graph, Value

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["MAX_EVALUATED_BYTES", "MAX_SOURCE_BYTES", "Evaluated", "Evaluator"]

MAX_EVALUATED_BYTES = 64 << 20
"""No value that is larger than this is handed back."""
MAX_SOURCE_BYTES = 64 << 20
"""Nothing is computed from constants of more than this: handing them over takes its time."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One value that was asked for.

    Attributes:
        array: its elements; ``None`` when it could not be computed.
        fault: why not; empty otherwise.
    """

    array: npt.NDArray[np.generic] | None
    fault: str = ""


Evaluator: TypeAlias = Callable[[Graph, tuple[Value, ...]], Mapping[Value, Evaluated]]
"""Computes values of a graph that has no inputs; answers for each of them."""
