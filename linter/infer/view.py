"""What the functions of an op see of a node: facts about its inputs, checked attributes.

Every accessor answers ``None`` (or its default) for whatever is missing, unknown or malformed, so
that they hold no defensive code and never raise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias, cast

from linter.graph import DType, Node, Shape, Value
from linter.infer.dims import MAX_RANK, Dims, Outputs, cleaned, unknown_of_rank
from linter.infer.dtypes import base_dtype
from linter.infer.numbers import INTEGERS
from linter.infer.tensors import Elements, Tensor
from opdb.record import OpDef

__all__ = ["ALL", "Fact", "Found", "Handle", "Semantics", "State", "Tensors", "View"]

ALL: tuple[int, ...] = (1 << 31,)
"""In place of slots: the elements of every input are needed."""

Tensors: TypeAlias = tuple[Tensor | None, ...]
"""Known outputs of a node; what lies beyond the end is unknown."""

Found: TypeAlias = tuple[Tensor | Elements | None, ...]
"""What a value function finds for each output: a tensor of whatever shape, or elements."""


class Handle(NamedTuple):
    """What a resource stands for.

    Attributes:
        dtype, dims: element dtype and shape of a variable or an array.
        components: of a queue, the shapes of an element's tensors.
    """

    dtype: str | None = None
    dims: Dims = None
    components: tuple[Dims, ...] = ()


class Fact(NamedTuple):
    """What is known about one value: its dtype, shape, elements, and what it stands for."""

    dtype: str | None = None
    dims: Dims = None
    constant: Tensor | None = None
    handle: Handle | None = None


class State:
    """What has been found out about the nodes of one graph so far."""

    __slots__ = ("dtype", "handles", "shapes", "values")

    def __init__(self, dtype: Callable[[Value], str | None]) -> None:
        self.dtype = dtype
        self.shapes: dict[str, Outputs] = {}
        self.values: dict[str, Tensors] = {}
        self.handles: dict[str, Handle] = {}

    def take_over(self, other: State) -> None:
        """Start with what is known of an equal graph."""
        self.shapes.update(other.shapes)
        self.values.update(other.values)
        self.handles.update(other.handles)


class View:
    """One node, as the functions of its op see it."""

    __slots__ = ("node", "opdef", "state")

    def __init__(self, node: Node, opdef: OpDef | None, state: State) -> None:
        self.node = node
        self.opdef = opdef
        self.state = state

    def __len__(self) -> int:
        return len(self.node.inputs)

    # Inputs; a negative slot counts from the end.

    def shape(self, slot: int) -> Dims:
        """Shape of an input."""
        inputs = self.node.inputs
        if not -len(inputs) <= slot < len(inputs):
            return None
        source, port = inputs[slot]
        found = self.state.shapes.get(source)
        return found[port] if found is not None and 0 <= port < len(found) else None

    def shapes(self, first: int = 0, last: int | None = None) -> list[Dims]:
        """Shapes of a range of inputs."""
        return [self.shape(slot) for slot in range(len(self.node.inputs))[first:last]]

    def rank(self, slot: int) -> int | None:
        """Rank of an input."""
        dims = self.shape(slot)
        return None if dims is None else len(dims)

    def axis(self, slot: int, axis: int) -> int | None:
        """Size of one axis of an input."""
        dims = self.shape(slot)
        return dims[axis] if dims is not None and -len(dims) <= axis < len(dims) else None

    def dtype(self, slot: int) -> str | None:
        """Dtype of an input."""
        inputs = self.node.inputs
        return self.state.dtype(inputs[slot]) if -len(inputs) <= slot < len(inputs) else None

    def value(self, slot: int) -> Tensor | None:
        """Elements of an input that the op asked for, some of which may be unknown."""
        inputs = self.node.inputs
        if not -len(inputs) <= slot < len(inputs):
            return None
        source, port = inputs[slot]
        found = self.state.values.get(source)
        return found[port] if found is not None and 0 <= port < len(found) else None

    def integers(self, slot: int) -> tuple[int | None, ...] | None:
        """Elements of an integer input of rank 0 or 1."""
        known = self.value(slot)
        if known is None or len(known.shape) > 1 or known.dtype not in INTEGERS:
            return None
        return known.values

    def scalar(self, slot: int) -> int | None:
        """The element of an integer input that has one."""
        found = self.integers(slot)
        return found[0] if found is not None and len(found) == 1 else None

    def dims_from(self, slot: int) -> Dims:
        """The shape that an input spells out; of its length alone when the sizes are unknown."""
        known = self.value(slot)
        if known is not None and known.dtype in INTEGERS and len(known.shape) == 1:
            return cleaned(known.values)
        dims = self.shape(slot)
        return unknown_of_rank(dims[0]) if dims is not None and len(dims) == 1 else None

    def handle(self, slot: int) -> Handle | None:
        """What is known about the elements behind a resource input."""
        inputs = self.node.inputs
        if not -len(inputs) <= slot < len(inputs):
            return None
        return self.state.handles.get(inputs[slot].node)

    # Outputs.

    def out_shape(self, port: int = 0) -> Dims:
        """Shape of an output; known to value functions only."""
        found = self.state.shapes.get(self.node.key, ())
        return found[port] if 0 <= port < len(found) else None

    def static_shape(self, port: int = 0) -> tuple[int, ...] | None:
        """The same when every size is known."""
        dims = self.out_shape(port)
        return None if dims is None or None in dims else cast("tuple[int, ...]", dims)

    def out_dtype(self, port: int = 0) -> str | None:
        """Dtype of an output, without its reference mark."""
        return base_dtype(self.state.dtype(Value(self.node.key, port)))

    # Attributes; the default of the op definition stands in for one that is missing.

    def attr(self, name: str) -> object:
        """The attribute as it is."""
        value: object = self.node.attrs.get(name)
        if value is None and self.opdef is not None:
            spec = self.opdef.attrs.get(name)
            value = spec.default if spec is not None else None
        return value

    def integer(self, name: str) -> int | None:
        """An integer attribute."""
        value = self.attr(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def integer_list(self, name: str) -> tuple[int, ...] | None:
        """A list of integers."""
        value = self.attr(name)
        if not isinstance(value, (tuple, list)):
            return None
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in value):
            return None
        return tuple(value)

    def flag(self, name: str) -> bool:
        """A boolean attribute; false when it is missing."""
        return self.attr(name) is True

    def text(self, name: str) -> str:
        """A string attribute; empty when it is missing."""
        value = self.attr(name)
        return value if isinstance(value, str) and not isinstance(value, DType) else ""

    def dims(self, name: str) -> Dims:
        """A shape attribute."""
        return _as_dims(self.attr(name))

    def dims_list(self, name: str) -> tuple[Dims, ...] | None:
        """A list of shapes."""
        value = self.attr(name)
        if not isinstance(value, (tuple, list)) or len(value) > MAX_RANK * MAX_RANK:
            return None
        return tuple(_as_dims(item) for item in value)

    def type_attr(self, name: str) -> str | None:
        """A dtype attribute."""
        value = self.attr(name)
        return str(value) if isinstance(value, str) and value else None


class Semantics:
    """What an op gives, as far as that follows from its inputs.

    Args:
        shapes: the shapes of the outputs; may give fewer than there are outputs.
        sized_by: slots whose elements the shapes need, or ``ALL``; negative ones count from the
            end.
        values: the elements of the outputs, row-major; asked only when a shape is known.
        made_of: slots whose elements those need, or ``ALL``.
        whole: whether arrays of any size can be computed, to the last bit as TensorFlow computes
            them; ``None`` when they cannot.
        whole_by: slots whose elements that depends on.
        handle: what an output that is a resource stands for.
    """

    __slots__ = ("handle", "made_of", "shapes", "sized_by", "values", "whole", "whole_by")

    def __init__(
        self,
        shapes: Callable[[View], Outputs],
        sized_by: tuple[int, ...] = (),
        *,
        values: Callable[[View], Found] | None = None,
        made_of: tuple[int, ...] = ALL,
        whole: Callable[[View], bool] | None = None,
        whole_by: tuple[int, ...] = (),
        handle: Callable[[View], Handle | None] | None = None,
    ) -> None:
        self.shapes = shapes
        self.sized_by = sized_by
        self.values = values
        self.made_of = made_of
        self.whole = whole
        self.whole_by = whole_by
        self.handle = handle


def _as_dims(value: object) -> Dims:
    if isinstance(value, Shape):
        return cleaned(value.dims)
    if isinstance(value, (tuple, list)) and all(
        item is None or (isinstance(item, int) and not isinstance(item, bool)) for item in value
    ):
        return cleaned(tuple(value))
    return None
