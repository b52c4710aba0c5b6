"""What carrying out one op on TensorArrays or lists may ask and do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linter.graph import DType, Node, Shape, Value
from linter.infer.dims import cleaned
from linter.infer.inference import Constant, Dims
from linter.rewrite.unroll.limits import ELEMENT_LIMIT
from linter.rewrite.unroll.values import (
    Flow,
    Known,
    Made,
    Row,
    Symbol,
    Symbols,
    TensorList,
    Unresolved,
    is_tensor,
)

if TYPE_CHECKING:
    from linter.rewrite.unroll.writer import Writer

__all__ = ["Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One node with its inputs.

    Attributes:
        node: the node.
        inputs: symbols of its data inputs.
        attrs: its attributes with defaults.
        writer: adds nodes.
        label: their full name.
    """

    node: Node
    inputs: Symbols
    attrs: Mapping[str, Any]
    writer: Writer
    label: str

    # -- inputs --------------------------------------------------------------------------------

    def constant(self, slot: int) -> Constant:
        """The elements of an integer input."""
        symbol = self.inputs[slot]
        if isinstance(symbol, Known):
            return symbol.constant
        raise Unresolved(f"input {slot} of {self.node.op} is not known", self.node.name)

    def integer(self, slot: int) -> int:
        """An integer input of one element."""
        values = self.constant(slot).values
        if len(values) != 1:
            raise Unresolved(f"input {slot} of {self.node.op} is no scalar", self.node.name)
        return int(values[0])

    def count(self, slot: int) -> int:
        """A number of elements."""
        count = self.integer(slot)
        if not 0 <= count <= ELEMENT_LIMIT:
            reason = f"{count} elements are more than the {ELEMENT_LIMIT} that are followed"
            raise Unresolved(reason, self.node.name)
        return count

    def dims(self, slot: int) -> Dims:
        """The shape that an input spells out; -1 is an unknown size or, alone, an unknown rank."""
        symbol = self.inputs[slot]
        if not isinstance(symbol, Known):
            return None
        return cleaned(symbol.constant.values) if symbol.constant.shape else None

    def tensor(self, slot: int) -> Symbol:
        """An input that must be a plain tensor."""
        symbol = self.inputs[slot]
        if not is_tensor(symbol):
            raise Unresolved(f"input {slot} of {self.node.op} is no tensor", self.node.name)
        return symbol

    def flow(self, slot: int) -> Flow:
        """A TensorArray with what was written to it."""
        symbol = self.inputs[slot]
        if not isinstance(symbol, Flow):
            reason = f"what was written to the TensorArray of {self.node.name} is not known"
            raise Unresolved(reason, self.node.name)
        return symbol

    def listed(self, slot: int = 0) -> TensorList:
        """A list of tensors."""
        symbol = self.inputs[slot]
        if not isinstance(symbol, TensorList):
            raise Unresolved(f"the list of {self.node.name} is not known", self.node.name)
        return symbol

    def attr_dims(self, name: str) -> Dims:
        """A shape attribute."""
        shape = self.attrs.get(name)
        return shape.dims if isinstance(shape, Shape) else None

    def rows(self, slot: int) -> list[Symbol]:
        """The rows of a tensor."""
        symbol = self.tensor(slot)
        dims = self.writer.fact(symbol).dims
        if not dims or dims[0] is None:
            reason = f"the number of rows that {self.node.name} takes apart is not known"
            raise Unresolved(reason, self.node.name)
        if dims[0] > ELEMENT_LIMIT:
            raise Unresolved(f"{dims[0]} rows are too many to take apart", self.node.name)
        source = self.writer.value(symbol)
        return [Row(source, index) for index in range(dims[0])]

    # -- outputs -------------------------------------------------------------------------------

    def stacked(self, elements: Sequence[Symbol], dtype: str, dims: Dims) -> Symbol:
        """The tensor whose rows the elements are."""
        if not elements:
            return self.writer.zeros(dtype, None if dims is None else (0, *dims), self.node)
        if (whole := self._whole(elements)) is not None:
            return Made(whole)
        values = [self.writer.value(element) for element in elements]
        attrs = {"N": len(values), "T": DType(dtype), "axis": 0}
        return Made(self.writer.place("Pack", values, attrs, self.label))

    def joined(self, elements: Sequence[Symbol], dtype: str) -> Symbols:
        """The elements one after the other along their first axis, and their lengths."""
        lengths: list[int] = []
        for element in elements:
            dims = self.writer.fact(element).dims
            if not dims or dims[0] is None:
                raise Unresolved(f"a length in {self.node.name} is not known", self.node.name)
            lengths.append(dims[0])
        if not elements:
            raise Unresolved(f"{self.node.name} joins no elements", self.node.name)
        values = [self.writer.value(element) for element in elements]
        found: Symbol = Made(values[0])
        if len(values) > 1:
            axis = self.writer.value(Known(Constant("int32", (), (0,))))
            name = self.label
            attrs = {"N": len(values), "T": DType(dtype), "Tidx": DType("int32")}
            found = Made(self.writer.place("ConcatV2", [*values, axis], attrs, name))
        return found, Known(Constant("int64", (len(lengths),), tuple(lengths)))

    def _whole(self, elements: Sequence[Symbol]) -> Value | None:
        """The tensor of which the elements are all rows in their order."""
        first = elements[0]
        if not isinstance(first, Row):
            return None
        source = first.source
        if any(element != Row(source, index) for index, element in enumerate(elements)):
            return None
        dims = self.writer.context.inference.shape(source)
        return source if dims and dims[0] == len(elements) else None
