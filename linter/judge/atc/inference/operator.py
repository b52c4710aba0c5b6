"""An operator as the graph engine sees it when it infers shapes, and what a check answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from linter.infer.dims import Dims

__all__ = ["Aspect", "Check", "Facts", "GeInput", "GeOperator", "Refused"]


class Aspect(StrEnum):
    """What a refusal is about."""

    SHAPE = "shape"
    DTYPE = "dtype"
    ATTRIBUTE = "attribute"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class Refused:
    """What Verify or InferShape refuses.

    Attributes:
        aspect: what it is about.
        code: atc's error code.
        seen: what the operator has, a clause with the values.
        accepted: what the operator takes, a clause.
        port: input slot of the front end's node; ``None`` for the whole operator.
        contradiction: the operands contradict each other, or the node the definition of its op,
            which needs no compiler to be seen: other rules tell it.
    """

    aspect: Aspect
    code: str
    seen: str
    accepted: str
    port: int | None = None
    contradiction: bool = False


class Facts(Protocol):
    """What a front end knows about one of its nodes; ``None`` is what is not known."""

    def dtype(self, port: int) -> str | None:
        """Dtype of an input."""

    def dims(self, port: int) -> Dims:
        """Shape of an input."""

    def constant(self, port: int) -> bool | None:
        """Whether an input is a constant once constants are folded and open sizes are given."""

    def elements(self, port: int) -> tuple[Any, ...] | None:
        """Elements of an input that is a small constant, row-major."""

    def layout(self, name: str) -> str:
        """Order of the axes of the input ``name``, e.g. NHWC; empty when there is none."""

    def attr(self, name: str) -> object:
        """An attribute by its GE name, or its default; ``None`` when there is neither."""

    def stated(self, name: str) -> bool:
        """Whether the node itself has the attribute."""


class GeInput:
    """One input; of a dynamic input one of its tensors.

    Attributes:
        name: GE name, with its number behind it for a tensor of a dynamic input.
        port: input slot of the front end's node.
        group: GE name of the dynamic input that the tensor belongs to, else empty.
    """

    __slots__ = ("_dims", "_facts", "_layout", "group", "name", "port")

    def __init__(self, name: str, port: int, facts: Facts, group: str = "") -> None:
        self.name = name
        self.port = port
        self.group = group
        self._facts = facts
        self._dims: Dims | bool = False  # not asked for yet
        self._layout: str | None = None

    @property
    def dtype(self) -> str | None:
        """Dtype; ``None`` unknown."""
        return self._facts.dtype(self.port)

    @property
    def dims(self) -> Dims:
        """Shape; ``None`` for an unknown rank, ``None`` entries for unknown sizes."""
        if isinstance(self._dims, bool):
            self._dims = self._facts.dims(self.port)
        return self._dims

    @property
    def rank(self) -> int | None:
        """Number of axes."""
        dims = self.dims
        return None if dims is None else len(dims)

    @property
    def constant(self) -> bool | None:
        """Whether it is a constant by then; ``None`` when that is open."""
        return self._facts.constant(self.port)

    @property
    def elements(self) -> tuple[Any, ...] | None:
        """Elements of a small constant, row-major."""
        return self._facts.elements(self.port)

    @property
    def integers(self) -> tuple[int, ...] | None:
        """The same when all are integers."""
        found = self.elements
        if found is None or not all(type(element) is int for element in found):
            return None
        return found

    @property
    def layout(self) -> str:
        """Order of its axes, e.g. NHWC; empty when there is none."""
        if self._layout is None:
            self._layout = self._facts.layout(self.name)
        return self._layout

    def size(self, axis: int) -> int | None:
        """Size of one axis."""
        dims = self.dims
        return dims[axis] if dims is not None and -len(dims) <= axis < len(dims) else None

    def size_of(self, letter: str) -> int | None:
        """Size of the axis that the layout gives a letter."""
        layout = self.layout
        return self.size(layout.index(letter)) if letter in layout else None


class GeOperator:
    """One operator.

    Attributes:
        type: GE type.
        inputs: its inputs in GE order, those of dynamic inputs one by one.
        facts: what the front end knows.
    """

    __slots__ = ("facts", "inputs", "type")

    def __init__(self, type_: str, inputs: Sequence[GeInput], facts: Facts) -> None:
        self.type = type_
        self.inputs = inputs
        self.facts = facts

    def at(self, *places: int) -> tuple[GeInput, ...]:
        """The inputs at these positions, as far as there are such."""
        return tuple([self.inputs[place] for place in places if place < len(self.inputs)])

    def group(self, name: str) -> tuple[GeInput, ...]:
        """The tensors of a dynamic input."""
        return tuple([tensor for tensor in self.inputs if tensor.group == name])

    def integer(self, name: str) -> int | None:
        """An integer attribute."""
        value = self.facts.attr(name)
        return value if type(value) is int else None

    def integers(self, name: str) -> tuple[int, ...] | None:
        """An attribute that is a list of integers."""
        value = self.facts.attr(name)
        if not isinstance(value, (tuple, list)) or not all(type(item) is int for item in value):
            return None
        return tuple(value)

    def text(self, name: str) -> str | None:
        """A string attribute."""
        value = self.facts.attr(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        """A boolean attribute; false when it is missing."""
        return self.facts.attr(name) is True


Check: TypeAlias = Callable[[GeOperator], Refused | None]
"""``None`` when it refuses nothing, or what it would refuse is not known."""
