"""What a value of a loop or function body stands for while the body is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from linter.graph import Value
from linter.infer.inference import Constant, Dims
from linter.results.objection import ObjectionKind

__all__ = [
    "DEAD",
    "Array",
    "Dead",
    "Flow",
    "Known",
    "Made",
    "OpenCount",
    "Row",
    "Symbol",
    "Symbols",
    "TensorList",
    "TooLarge",
    "Unresolved",
    "is_tensor",
]


@dataclass(frozen=True, slots=True)
class Made:
    """A tensor that a node of the graph gives."""

    value: Value


@dataclass(frozen=True, slots=True)
class Known:
    """A small tensor of integers or booleans; it becomes a node only where one is read.

    Attributes:
        constant: its elements.
        value: a node that already gives it.
    """

    constant: Constant
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a tensor, cut out where it is read."""

    source: Value
    index: int


@dataclass(frozen=True, slots=True)
class Array:
    """A TensorArray: what its handle stands for.

    Attributes:
        name: the node that made it.
        dtype: element type.
        dims: what is known of the shape of every element.
        grows: whether writing past the end makes it larger.
    """

    name: str
    dtype: str
    dims: Dims
    grows: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """A TensorArray and what has been written to it so far; ``None`` is nothing yet."""

    array: Array
    elements: tuple[Symbol | None, ...]


@dataclass(frozen=True, slots=True)
class TensorList:
    """A list of tensors; ``None`` is an element that was not set.

    Attributes:
        dtype: element type.
        dims: what is known of the shape of every element.
        elements: the tensors.
    """

    dtype: str
    dims: Dims
    elements: tuple[Symbol | None, ...]


@dataclass(frozen=True, slots=True)
class Dead:
    """Never computed: it lies in the branch that is not taken."""


DEAD = Dead()

Symbol: TypeAlias = Made | Known | Row | Array | Flow | TensorList | Dead
Symbols: TypeAlias = tuple[Symbol, ...]


class Unresolved(Exception):  # noqa: N818 - an answer, not an error
    """Something needs a value that is not known before the model runs.

    Attributes:
        reason: which, in one clause.
        node: the node that the reason is about.
        kind: of what kind the objection is.
    """

    def __init__(
        self, reason: str, node: str, *, kind: ObjectionKind = ObjectionKind.GUARD
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.node = node
        self.kind = kind


class OpenCount(Unresolved):
    """The number of rounds of a loop is not known.

    Attributes:
        value: the condition.
    """

    def __init__(self, reason: str, node: str, value: Value) -> None:
        super().__init__(reason, node)
        self.value = value


class TooLarge(Unresolved):
    """What would remain is more than a model should have."""


def is_tensor(symbol: Symbol) -> bool:
    """Whether the symbol is a plain tensor."""
    return isinstance(symbol, Made | Known | Row)
