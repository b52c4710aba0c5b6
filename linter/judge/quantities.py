"""The named quantities that boundary formulas of omg and constraints of atc speak of.

Source: the expression vocabulary printed with the operator tables. A quantity that the graph does
not settle is ``UNKNOWN``; unknown dims inside a list are ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from linter.graph import DType, Graph, Node, Shape, Value
from linter.judge.windows import Window, window_of
from linter.queries import const_tensor, is_const
from linter.shapes.inference import Inference
from opdb.formula import UNKNOWN
from opdb.tf_ops import OpTable

__all__ = ["Quantities"]

Dims = tuple[int | None, ...] | None

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
        maker = _MAKERS.get(name)
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
            return 1 if self.data_format.startswith("NC") and rank > 2 else rank - 1
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
        dims = self.in_shape
        if values is None or (dims is None and any(axis < 0 for axis in values)):
            return None
        rank = 0 if dims is None else len(dims)
        return [int(axis) + rank if axis < 0 else int(axis) for axis in values]

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


def _as_list(dims: Dims) -> list[int | None] | None:
    return None if dims is None else list(dims)


def _rank(dims: Dims) -> int | None:
    return None if dims is None else len(dims)


def _length(dims: Dims) -> int | None:
    return dims[0] if dims is not None and len(dims) == 1 else None


def _product(dims: Dims) -> int | None:
    total = 1
    for dim in dims if dims is not None else (None,):
        if dim is None:
            return None
        total *= dim
    return total


def _group_shapes(q: Quantities) -> list[list[int | None]] | None:
    """Shapes of all tensors of the group that a Concat or Pack joins."""
    for arg, first, count in q.inference.arg_ports(q.node) or ():
        if arg.number_attr is not None:
            shapes = [q.shape(slot) for slot in range(first, first + count)]
            if any(shape is None for shape in shapes):
                return None
            return [list(shape or ()) for shape in shapes]
    return None


def _num_inputs(q: Quantities) -> int | None:
    for arg, _, count in q.inference.arg_ports(q.node) or ():
        if arg.number_attr is not None:
            return count
    return None


def _axis(q: Quantities) -> int | None:
    op = q.node.op
    if op in ("Softmax", "LogSoftmax"):
        return -1
    slot = {"Concat": 0, "ConcatV2": len(q.node.inputs) - 1, "GatherV2": 2}.get(op)
    if op == "Gather":
        return 0
    if slot is None:
        value = q.attr("axis")
        return value if isinstance(value, int) else None
    values = q.const_input(slot)
    return int(values[0]) if values else None


def _group_rank(q: Quantities) -> int | None:
    if q.node.op in ("Concat", "ConcatV2"):
        shapes = _group_shapes(q)
        return None if shapes is None else len(shapes[0])
    return _rank(q.in_shape)


def _axis_nchw(q: Quantities) -> int | None:
    axis, rank = _axis(q), _rank(q.in_shape)
    if axis is None or rank is None:
        return None
    axis %= max(rank, 1)
    if rank != 4 or q.data_format.startswith("NC"):
        return axis
    return (0, 2, 3, 1)[axis]


def _spatial_axes(q: Quantities) -> list[int]:
    return [2, 3] if q.data_format.startswith("NC") else [1, 2]


def _mode(q: Quantities) -> str | None:
    value = q.attr("mode")
    if q.node.op in ("Pad", "PadV2"):
        return "CONSTANT"
    return value if isinstance(value, str) else None


def _max_length(q: Quantities) -> int | None:
    values = q.const_input(1)
    return max(values) if values else None


def _channel_multiplier(q: Quantities) -> int | None:
    dims = q.shape(1)
    return dims[3] if dims is not None and len(dims) == 4 else None


def _strides(q: Quantities) -> list[int] | None:
    values = q.const_input(3) if q.node.op == "StridedSlice" else q.attr("strides")
    return None if values is None else list(values)


def _k_const(q: Quantities) -> bool:
    slot = 1 if q.node.op == "TopKV2" else None
    return slot is None or q.const_input(slot) is not None


def _outputs(q: Quantities) -> int | None:
    return q.inference.output_count(q.node)


def _window(name: str) -> Callable[[Quantities], object]:
    def read(q: Quantities) -> object:
        return None if q.window is None else q.window.get(name)

    return read


def _extent(letter: str, *, output: bool = False) -> Callable[[Quantities], object]:
    return lambda q: q.size(q.out_shape if output else q.in_shape, letter)


def _side(name: str, index: int) -> Callable[[Quantities], object]:
    """One pad of the H or W axis from the computed window or from a ``paddings`` constant."""

    def read(q: Quantities) -> object:
        if q.window is not None:
            return q.window.get(name)
        pairs = q.nested("paddings")
        axis = 0 if name in ("pad_t", "pad_b") else 1
        if pairs is None or len(pairs) <= axis:
            return None
        return pairs[axis][index]

    return read


_MAKERS: dict[str, Callable[[Quantities], object]] = {
    **{f"in_{letter}": _extent(letter) for letter in "nhwcd"},
    **{letter: _extent(letter) for letter in "nhwc"},
    **{f"out_{letter}": _extent(letter, output=True) for letter in "nhwcd"},
    "rank": _group_rank,
    "in_shape": lambda q: _as_list(q.in_shape),
    "input_shapes": _group_shapes,
    "all_input_shapes": lambda q: [
        list(shape) if (shape := q.shape(slot)) is not None else [None]
        for slot in range(len(q.node.inputs))
    ],
    "num_inputs": _num_inputs,
    "num_elements": lambda q: _product(q.in_shape),
    "x_shape": lambda q: _as_list(q.shape(0)),
    "y_shape": lambda q: _as_list(q.shape(1)),
    "x_rank": lambda q: _rank(q.shape(0)),
    "y_rank": lambda q: _rank(q.shape(1)),
    "indices_shape": lambda q: _as_list(q.shape(1)),
    "params_rank": lambda q: _rank(q.shape(0)),
    "data_format": lambda q: q.data_format,
    "axis": _axis,
    "axis_nchw": _axis_nchw,
    "axes": Quantities.axes,
    "spatial_axes": _spatial_axes,
    "mode": _mode,
    "paddings": lambda q: q.nested("paddings"),
    "crops": lambda q: q.nested("crops"),
    "strides": _strides,
    "group": lambda q: 1,
    "channel_multiplier": _channel_multiplier,
    "len_scale": lambda q: _length(q.shape(1)),
    "len_offset": lambda q: _length(q.shape(2)),
    "len_mean": lambda q: _length(q.shape(3)),
    "len_variance": lambda q: _length(q.shape(4)),
    "len_bias": lambda q: _length(q.shape(1)),
    "len_seq_lengths": lambda q: _length(q.shape(1)),
    "max_seq_length": _max_length,
    "size_const": lambda q: q.const_input(1) is not None,
    "k_const": _k_const,
    "last_dim": lambda q: q.in_shape[-1] if q.in_shape else None,
    "elements": lambda q: _product(q.in_shape),
    "outputs": _outputs,
    "pad_t": _side("pad_t", 0),
    "pad_b": _side("pad_b", 1),
    "pad_l": _side("pad_l", 0),
    "pad_r": _side("pad_r", 1),
}
_WINDOW_NAMES = [
    "k_h",
    "k_w",
    "k_d",
    "s_h",
    "s_w",
    "s_d",
    "dil_h",
    "dil_w",
    "dil_d",
    "dil_n",
    "dil_c",
    "rate_h",
    "rate_w",
    "kernel_h",
    "kernel_w",
    "kernel_d",
    "stride_h",
    "stride_w",
    "stride_d",
    "dilation_h",
    "dilation_w",
    "dilation_d",
    "ksize_h",
    "ksize_w",
    "ksize_n",
    "ksize_c",
    "stride_n",
    "stride_c",
    "pad_top",
    "pad_bottom",
    "pad_left",
    "pad_right",
    "max_pad",
    "max_dilation",
    "filter_num",
    "filter_c",
    "dy_h",
    "dy_w",
]
_MAKERS.update({name: _window(name) for name in _WINDOW_NAMES})
