"""What a graph says about one node, in the terms that formulas use: the base of all quantities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.graph import Graph, Node, Value
from linter.graph.queries import const_tensor
from linter.infer.axes import axis_in
from linter.infer.inference import Dims, Inference
from linter.infer.windows import channel_axis
from opdb.tf_ops import OpTable

__all__ = ["NodeView"]

_DATA_SLOT: Mapping[str, int] = {
    "Conv2DBackpropInput": 2,
    "Conv3DBackpropInputV2": 2,
    "Split": 1,
    "Concat": 1,
}
_AXES_SLOT = 1


class NodeView:
    """Shapes, attributes and constant inputs of one node.

    Attributes:
        graph: the body that the node is in.
        node: the node.
        inference: dtypes and shapes of the body.
    """

    def __init__(self, graph: Graph, node: Node, inference: Inference, ops: OpTable) -> None:
        self.graph = graph
        self.node = node
        self.inference = inference
        self._definition = ops.get(node.op)
        self._slot = _DATA_SLOT.get(node.op, 0)

    def shape(self, slot: int) -> Dims:
        """Dims of input ``slot``, ``None`` when the rank is unknown or there is none."""
        if not 0 <= slot < len(self.node.inputs):
            return None
        return self.inference.shape(self.node.inputs[slot])

    @property
    def in_shape(self) -> Dims:
        """Dims of the data input."""
        return self.shape(self._slot)

    @property
    def out_shape(self) -> Dims:
        """Dims of output 0."""
        return self.inference.shape(Value(self.node.key, 0))

    @property
    def data_format(self) -> str:
        """Layout of the node, NHWC when it has no such attribute."""
        value = self.attr("data_format")
        return value if isinstance(value, str) else "NHWC"

    def attr(self, name: str) -> Any:
        """An attribute, its default when it is absent, else ``None``."""
        value = self.node.attrs.get(name)
        if value is None and self._definition is not None:
            definition = self._definition.attrs.get(name)
            value = definition.default if definition is not None else None
        return tuple(value) if isinstance(value, list) else value

    def const_input(self, slot: int) -> tuple[Any, ...] | None:
        """Elements of an input that is the same on every run."""
        if not 0 <= slot < len(self.node.inputs):
            return None
        value = self.node.inputs[slot]
        tensor = const_tensor(self.graph, value)
        if tensor is not None:
            return tensor.values()
        known = self.inference.constant(value)
        return None if known is None else known.values

    def input_slot(self, name: str) -> int | None:
        """Slot of the argument of that name."""
        for arg, first, _ in self.inference.arg_ports(self.node) or ():
            if arg.name == name:
                return first
        return None

    def axis_of(self, letter: str, rank: int) -> int | None:
        """Position of N, H, W, C or D in a tensor of that rank."""
        if letter == "n":
            return 0
        if letter == "c":
            return channel_axis(self.data_format, rank)
        order = [c for c in self.data_format.lower() if c not in "nc"]
        if rank != len(order) + 2 or letter not in order:
            return None
        first = 2 if self.data_format.startswith("NC") else 1
        return first + order.index(letter)

    def size(self, dims: Dims, letter: str) -> int | None:
        """One named extent of a tensor; the missing H and W of a rank-2 tensor are 1."""
        if dims is None or not dims:
            return None
        if letter in "hw" and len(dims) == 2:
            return 1
        axis = self.axis_of(letter, len(dims))
        return None if axis is None else dims[axis]

    def axes(self) -> list[int] | None:
        """Constant reduction axes, counted from the front; ``squeeze_dims`` of a Squeeze."""
        if self.node.op == "Squeeze":
            given = self.attr("squeeze_dims")
            values: tuple[Any, ...] | None = given if isinstance(given, tuple) else ()
        else:
            values = self.const_input(_AXES_SLOT)
        if values is None:
            return None
        dims = self.in_shape
        if dims is None:
            return None if any(axis < 0 for axis in values) else [int(axis) for axis in values]
        axes = [axis_in(int(axis), len(dims)) for axis in values]
        known = [axis for axis in axes if axis is not None]
        return known if len(known) == len(axes) else None

    def nested(self, name: str) -> list[list[int]] | None:
        """A constant matrix of pairs (``paddings``, ``crops``)."""
        slot = self.input_slot(name)
        values = None if slot is None else self.const_input(slot)
        if values is None:
            return None
        return [list(values[index : index + 2]) for index in range(0, len(values), 2)]
