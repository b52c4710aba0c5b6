"""What each quantity name means for a node: the table behind ``Quantities``.

Source: the expression vocabulary printed with the operator tables.
"""

from __future__ import annotations

from collections.abc import Callable

from linter.graph.op_families import PADS
from linter.infer.axes import axis_in
from linter.infer.dims import product
from linter.infer.inference import Dims
from linter.judge.formula.windows import WindowedNode

__all__ = ["MAKERS"]


def _as_list(dims: Dims) -> list[int | None] | None:
    return None if dims is None else list(dims)


def _rank(dims: Dims) -> int | None:
    return None if dims is None else len(dims)


def _length(dims: Dims) -> int | None:
    return dims[0] if dims is not None and len(dims) == 1 else None


def _size(dims: Dims) -> int | None:
    return None if dims is None else product(dims)


def _group_shapes(q: WindowedNode) -> list[list[int | None]] | None:
    """Shapes of all tensors of the group that a Concat or Pack joins."""
    for arg, first, count in q.inference.arg_ports(q.node) or ():
        if arg.number_attr is not None:
            shapes = [q.shape(slot) for slot in range(first, first + count)]
            if any(shape is None for shape in shapes):
                return None
            return [list(shape or ()) for shape in shapes]
    return None


def _num_inputs(q: WindowedNode) -> int | None:
    for arg, _, count in q.inference.arg_ports(q.node) or ():
        if arg.number_attr is not None:
            return count
    return None


def _axis(q: WindowedNode) -> int | None:
    op = q.node.op
    if op in ("Softmax", "LogSoftmax"):
        return -1
    slot = {"Concat": 0, "ConcatV2": len(q.node.inputs) - 1, "GatherV2": 2}.get(op)
    if op == "Gather":
        return 0
    if slot is None:
        value = q.attr("axis")
        joins = q.node.op == "Pack"  # its axis is one of the result
        rank = _rank(q.in_shape)
        given = value if isinstance(value, int) else None
        return None if given is None else _from_front(given, None if rank is None else rank + joins)
    values = q.const_input(slot)
    return _from_front(int(values[0]), _group_rank(q)) if values else None


def _from_front(axis: int, rank: int | None) -> int | None:
    """An axis as it is counted from the front; ``None`` when that depends on an unknown rank."""
    if axis >= 0 or (rank is not None and axis < -rank):
        return axis  # the second is out of range, and stays so
    return None if rank is None else axis + rank


def _group_rank(q: WindowedNode) -> int | None:
    if q.node.op in ("Concat", "ConcatV2"):
        shapes = _group_shapes(q)
        return None if shapes is None else len(shapes[0])
    return _rank(q.in_shape)


def _axis_nchw(q: WindowedNode) -> int | None:
    rank = _rank(q.in_shape)
    axis = axis_in(_axis(q), rank)
    if axis is None:
        return None
    if rank != 4 or q.data_format.startswith("NC"):
        return axis
    return (0, 2, 3, 1)[axis]


def _spatial_axes(q: WindowedNode) -> list[int]:
    return [2, 3] if q.data_format.startswith("NC") else [1, 2]


def _mode(q: WindowedNode) -> str | None:
    value = q.attr("mode")
    if q.node.op in PADS:
        return "CONSTANT"
    return value if isinstance(value, str) else None


def _max_length(q: WindowedNode) -> int | None:
    values = q.const_input(1)
    return max(values) if values else None


def _channel_multiplier(q: WindowedNode) -> int | None:
    dims = q.shape(1)
    return dims[3] if dims is not None and len(dims) == 4 else None


def _strides(q: WindowedNode) -> list[int] | None:
    values = q.const_input(3) if q.node.op == "StridedSlice" else q.attr("strides")
    return None if values is None else list(values)


def _k_const(q: WindowedNode) -> bool:
    slot = 1 if q.node.op == "TopKV2" else None
    return slot is None or q.const_input(slot) is not None


def _outputs(q: WindowedNode) -> int | None:
    return q.inference.output_count(q.node)


def _window(name: str) -> Callable[[WindowedNode], object]:
    def read(q: WindowedNode) -> object:
        return None if q.window is None else q.window.get(name)

    return read


def _extent(letter: str, *, output: bool = False) -> Callable[[WindowedNode], object]:
    return lambda q: q.size(q.out_shape if output else q.in_shape, letter)


def _side(name: str, index: int) -> Callable[[WindowedNode], object]:
    """One pad of the H or W axis from the computed window or from a ``paddings`` constant."""

    def read(q: WindowedNode) -> object:
        if q.window is not None:
            return q.window.get(name)
        pairs = q.nested("paddings")
        axis = 0 if name in ("pad_t", "pad_b") else 1
        if pairs is None or len(pairs) <= axis:
            return None
        return pairs[axis][index]

    return read


MAKERS: dict[str, Callable[[WindowedNode], object]] = {
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
    "num_elements": lambda q: _size(q.in_shape),
    "x_shape": lambda q: _as_list(q.shape(0)),
    "y_shape": lambda q: _as_list(q.shape(1)),
    "x_rank": lambda q: _rank(q.shape(0)),
    "y_rank": lambda q: _rank(q.shape(1)),
    "indices_shape": lambda q: _as_list(q.shape(1)),
    "params_rank": lambda q: _rank(q.shape(0)),
    "data_format": lambda q: q.data_format,
    "axis": _axis,
    "axis_nchw": _axis_nchw,
    "axes": lambda q: q.axes(),
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
    "elements": lambda q: _size(q.in_shape),
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
MAKERS.update({name: _window(name) for name in _WINDOW_NAMES})
