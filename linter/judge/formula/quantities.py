"""The named quantities that boundary formulas of omg and constraints of atc speak of.

Source: the expression vocabulary printed with the operator tables. A quantity that the graph does
not settle is ``UNKNOWN``; unknown dims inside a list are ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from linter.graph import DType, Graph, Node, Shape, Value
from linter.graph.queries import const_tensor, is_const
from linter.infer.axes import axis_in
from linter.infer.inference import Dims, Inference
from linter.infer.windows import channel_axis
from linter.judge.formula.table import MAKERS
from linter.judge.formula.windows import Window, window_of
from opdb.formula import UNKNOWN
from opdb.tf_ops import OpTable

__all__ = ["Quantities"]

_DATA_SLOT: Mapping[str, int] = {
    "Conv2DBackpropInput": 2,
    "Conv3DBackpropInputV2": 2,
    "Split": 1,
    "Concat": 1,
}
_AXES_SLOT = 1
_ALIASES: Mapping[str, str] = {
    "crops_dtype": "Tcrops",
    "block_dtype": "Tblock_shape",
    "keepdims": "keep_dims",
}
_VALUE_INPUTS: Mapping[str, tuple[str, ...]] = {
    "k_value": ("k",),
    "min_v": ("min",),
    "max_v": ("max",),
    "clip_min": ("clip_value_min",),
    "clip_max": ("clip_value_max",),
    "power": ("y",),
}


class Quantities:
    """Quantities of one node; an instance is the ``lookup`` of the formula evaluator.

    Args:
        graph: the body that the node is in.
        node: the node.
        inference: dtypes and shapes of the body.
        ops: TensorFlow op definitions.
        facts: quantities that the caller knows (``soc``, ``dynamic_shape``).
    """

    def __init__(
        self,
        graph: Graph,
        node: Node,
        inference: Inference,
        ops: OpTable,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        self._graph = graph
        self._node = node
        self._inference = inference
        self._definition = ops.get(node.op)
        self._facts = facts or {}
        self._slot = _DATA_SLOT.get(node.op, 0)
        self._window: Window | None = None
        self._window_known = False

    @property
    def functions(self) -> dict[str, Callable[..., object]]:
        """``is_const(input)`` and ``has_attr(name)``."""
        return {"is_const": self._is_const, "has_attr": self._has_attr}

    def __call__(self, name: str) -> object:
        """The value of a quantity, ``UNKNOWN`` when the graph does not settle it."""
        if name in self._facts:
            return self._facts[name]
        maker = MAKERS.get(name)
        value = maker(self) if maker is not None else self._by_own_name(name)
        return UNKNOWN if value is None else value

    # -- building blocks ----------------------------------------------------------------------

    def shape(self, slot: int) -> Dims:
        """Dims of input ``slot``, ``None`` when the rank is unknown or there is none."""
        if not 0 <= slot < len(self._node.inputs):
            return None
        return self._inference.shape(self._node.inputs[slot])

    @property
    def in_shape(self) -> Dims:
        """Dims of the data input."""
        return self.shape(self._slot)

    @property
    def out_shape(self) -> Dims:
        """Dims of output 0."""
        return self._inference.shape(Value(self._node.key, 0))

    @property
    def data_format(self) -> str:
        """Layout of the node, NHWC when it has no such attribute."""
        value = self.attr("data_format")
        return value if isinstance(value, str) else "NHWC"

    def attr(self, name: str) -> Any:
        """An attribute, its default when it is absent, else ``None``."""
        value = self._node.attrs.get(name)
        if value is None and self._definition is not None:
            definition = self._definition.attrs.get(name)
            value = definition.default if definition is not None else None
        return tuple(value) if isinstance(value, list) else value

    def const_input(self, slot: int) -> tuple[Any, ...] | None:
        """Elements of an input that is the same on every run."""
        if not 0 <= slot < len(self._node.inputs):
            return None
        value = self._node.inputs[slot]
        tensor = const_tensor(self._graph, value)
        if tensor is not None:
            return tensor.values()
        known = self._inference.constant(value)
        return None if known is None else known.values

    def input_slot(self, name: str) -> int | None:
        """Slot of the argument of that name."""
        for arg, first, _ in self._inference.arg_ports(self._node) or ():
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

    @property
    def window(self) -> Window | None:
        """Kernel, strides, dilations and computed pads of a convolution or pooling."""
        if not self._window_known:
            self._window = window_of(self)
            self._window_known = True
        return self._window

    @property
    def node(self) -> Node:
        """The node that the quantities belong to."""
        return self._node

    @property
    def inference(self) -> Inference:
        """Dtypes and shapes of the body."""
        return self._inference

    def axes(self) -> list[int] | None:
        """Constant reduction axes, counted from the front; ``squeeze_dims`` of a Squeeze."""
        if self._node.op == "Squeeze":
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
        found = [axis for axis in axes if axis is not None]
        return found if len(found) == len(axes) else None

    def nested(self, name: str) -> list[list[int]] | None:
        """A constant matrix of pairs (``paddings``, ``crops``)."""
        slot = self.input_slot(name)
        values = None if slot is None else self.const_input(slot)
        if values is None:
            return None
        return [list(values[index : index + 2]) for index in range(0, len(values), 2)]

    # -- by own name --------------------------------------------------------------------------

    def _by_own_name(self, name: str) -> object:
        value = self.attr(_ALIASES.get(name, name))
        if isinstance(value, DType):
            return str(value)
        if isinstance(value, Shape):
            return None if value.dims is None else list(value.dims)
        if isinstance(value, tuple):
            return list(value)
        if isinstance(value, bool | int | float | str):
            return value
        for argument in (*_VALUE_INPUTS.get(name, ()), name):
            slot = self.input_slot(argument)
            if slot is not None:
                return self._const_value(slot)
        return None

    def _const_value(self, slot: int) -> object:
        values = self.const_input(slot)
        if values is None:
            return None
        dims = self.shape(slot)
        return values[0] if dims == () and values else list(values)

    def _is_const(self, name: object) -> bool | None:
        slot = self.input_slot(str(name))
        if slot is None or slot >= len(self._node.inputs):
            return None
        return is_const(self._graph, self._node.inputs[slot])

    def _has_attr(self, name: object) -> bool:
        return str(name) in self._node.attrs
