"""Tensor arrays, tensor lists, stacks, recurrent blocks, parsed examples, sparse tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.draft import Draft
from linter.graph import Value

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]
_KINDS = ("float32", "int32")


def _stated(d: Draft, shape: tuple[int, ...]) -> list[int | None] | None:
    return None if d.chance(25) else [size if d.chance(70) else None for size in shape]


def tensor_array(d: Draft) -> None:
    """Rows are written, then the op under test."""
    shape, dtype, count = d.dims(1, 3), d.pick(_KINDS), d.integer(1, 3)
    handle, flow = d.outputs(
        "TensorArrayV3", d.argument(count), dtype=dtype, element_shape=_stated(d, shape),
        dynamic_size=False, clear_after_read=False,
    )  # fmt: skip
    if d.chance(30):
        handle = d.node("Identity", handle)
    places = d.const(np.arange(count), "int32")
    rows = d.data((count, *shape), dtype)
    if d.op == "TensorArraySplitV3":
        lengths = d.const([shape[0]] * count, "int64")
        joined = d.data((count * shape[0], *shape[1:]), dtype)
        flow = d.node(d.op, handle, joined, lengths, flow)
    elif d.op == "TensorArrayWriteV3":
        flow = d.node(d.op, handle, d.argument(0), d.data(shape, dtype), flow)
    else:
        flow = d.node("TensorArrayScatterV3", handle, places, rows, flow)
    _read(d, (handle, flow), dtype, shape, places)


def _read(
    d: Draft, array: tuple[Value, Value], dtype: str, shape: tuple[int, ...], places: Value
) -> None:
    handle, flow = array
    if d.op == "TensorArrayReadV3":
        d.node(d.op, handle, d.argument(0), flow, dtype=dtype)
    elif d.op == "TensorArrayGatherV3":
        d.node(d.op, handle, places, flow, dtype=dtype, element_shape=_stated(d, shape))
    elif d.op == "TensorArrayConcatV3":
        stated = _stated(d, shape[1:])
        d.outputs(d.op, handle, flow, dtype=dtype, element_shape_except0=stated)
    elif d.op == "TensorArraySizeV3":
        d.node(d.op, handle, flow)
    elif d.op == "TensorArrayGradV3":
        d.outputs(d.op, handle, flow, source="gradients")


def old_tensor_array(d: Draft) -> None:
    """Of the second version, whose handles are strings; there are no kernels."""
    d.runs = False
    dtype = d.pick(_KINDS)
    inputs: list[Value] = []
    for arg in d.definition(d.op).inputs:
        if arg.is_ref:
            inputs.append(d.variable((2,), "string"))
        elif arg.name == "handle":
            inputs.append(d.data((2,), "string"))
        elif arg.name == "flow_in":
            inputs.append(d.const(0, "float32"))
        elif arg.name == "value":
            inputs.append(d.data(d.dims(1, 2), dtype))
        else:
            shape = (2,) if arg.name in ("indices", "lengths") else ()
            inputs.append(d.argument(np.zeros(shape), arg.type or "int32"))
    d.node(d.op, *inputs)


def _element_shape(d: Draft, shape: tuple[int, ...], dtype: str = "int32") -> Value:
    sizes = [size if d.chance(70) else -1 for size in shape]
    return d.argument(np.array(sizes, dtype), dtype) if d.chance(85) else d.const(-1, dtype)


def tensor_list(d: Draft) -> None:
    """A list is made, changed, read."""
    shape, dtype, count = d.dims(1, 3), d.pick(_KINDS), d.integer(1, 3)
    kind = d.pick(("int32", "int64"))
    rows = d.data((count, *shape), dtype)
    handle = _list(d, rows, (count, shape), (dtype, kind))
    stated = {"element_dtype": dtype}
    item, index = d.data(shape, dtype), d.argument(0)
    places = d.argument(np.arange(count))
    wanted = _element_shape(d, shape)
    if d.op == "TensorListPushBack":
        handle = d.node(d.op, handle, item)
    elif d.op == "TensorListSetItem":
        handle = d.node(d.op, handle, index, item)
    elif d.op == "TensorListResize":
        handle = d.node(d.op, handle, d.argument(count))
    elif d.op == "TensorListScatterIntoExistingList":
        handle = d.node(d.op, handle, rows, places)
    elif d.op == "TensorListGather":
        d.node(d.op, handle, places, wanted, **stated)
    elif d.op == "TensorListGetItem":
        d.node(d.op, handle, index, _element_shape(d, shape, kind), **stated)
    elif d.op == "TensorListPopBack":
        d.outputs(d.op, handle, wanted, **stated)
    elif d.op == "TensorListLength":
        d.node(d.op, handle)
    d.node("TensorListLength", handle)
    number = count if d.chance(30) else -1
    d.node("TensorListStack", handle, wanted, num_elements=number, **stated)


def _list(
    d: Draft, rows: Value, sizes: tuple[int, tuple[int, ...]], kinds: tuple[str, str]
) -> Value:
    """A list of rows, made by the op under test if that makes lists."""
    count, shape = sizes
    dtype, kind = kinds
    wanted = _element_shape(d, shape, kind)
    places = d.argument(np.arange(count))
    if d.op in ("EmptyTensorList", "TensorListReserve"):
        return d.node(d.op, wanted, d.argument(count), element_dtype=dtype)
    if d.op == "TensorListScatter":
        return d.node(d.op, rows, places, wanted)
    if d.op == "TensorListScatterV2":
        return d.node(d.op, rows, places, wanted, d.argument(count))
    if d.op == "TensorListSplit":
        lengths = d.const([1] * count, "int64")
        return d.node(d.op, rows, d.const(-1, kind), lengths)
    return d.node("TensorListFromTensor", rows, wanted)


def stacked(d: Draft) -> None:
    dtype = d.pick(_KINDS)
    if d.op == "StackPush":
        d.runs = False
        d.node(d.op, d.variable((2,), "string"), d.data(d.dims(), dtype))
        return
    handle = d.node("StackV2", d.argument(3), elem_type=dtype)
    if d.op == "StackPushV2":
        d.node(d.op, handle, d.data(d.dims(), dtype))


def cell(d: Draft) -> None:
    """One step, or several, of a recurrent block."""
    d.without_faults()
    batch, size, units, steps = (d.integer(1, 3) for _ in range(4))
    gates, inner = units * 4, size + units
    named: dict[str, tuple[int, ...]] = {
        "x": (batch, size), "cs_prev": (batch, units), "h_prev": (batch, units),
        "w": (inner, gates), "wci": (units,), "wcf": (units,), "wco": (units,), "b": (gates,),
        "w_ru": (inner, 2 * units), "w_c": (inner, units), "b_ru": (2 * units,), "b_c": (units,),
    }  # fmt: skip
    inputs: list[Value] = []
    for arg in d.definition(d.op).inputs:
        if arg.name == "seq_len_max":
            inputs.append(d.const(steps, "int64"))
        else:
            lead = (steps,) if arg.name == "x" and d.op.startswith("Block") else ()
            inputs.append(d.data((*lead, *named[arg.name]), "float32", -1, 1))
    d.outputs(d.op, *inputs)


def cudnn(d: Draft) -> None:
    steps, batch, size, units = (d.integer(1, 3) for _ in range(4))
    d.runs = False
    direction = d.pick(("unidirectional", "bidirectional"))
    layers = d.integer(1, 2) * (2 if direction == "bidirectional" else 1)
    mode = d.pick(("lstm", "gru", "rnn_relu"))
    state = (layers, batch, units)
    memory = d.data(state if mode == "lstm" else (), "float32")
    x, h = d.data((steps, batch, size), "float32"), d.data(state, "float32")
    params = d.data((9,), "float32")
    d.outputs(d.op, x, h, memory, params, rnn_mode=mode, direction=direction)


def parsed(d: Draft) -> None:
    """Empty examples: every dense feature has its default."""
    batch, dense, sparse = d.integer(0, 3), d.integer(0, 2), d.integer(0, 2)
    shapes = [d.dims(0, 2, least=1) for _ in range(dense)]
    texts = np.full(batch, b"", object)
    keys = [[d.const(f"{kind}{k}".encode(), "string") for k in range(count)]
            for kind, count in (("s", sparse), ("d", dense))]  # fmt: skip
    defaults = [d.const(np.zeros(shape), "float32") for shape in shapes]
    d.outputs(
        d.op, d.tensor(texts, "string"), d.const(np.zeros(0, object), "string"), *keys, defaults,
        sparse_types=("int64",) * sparse, dense_shapes=tuple(shapes),
    )  # fmt: skip


def parsed_with_ragged(d: Draft) -> None:
    """The same of one example or a batch, with ragged features and names in vectors."""
    d.without_faults()
    batch, counts = d.dims(0, 1), [d.integer(0, 2) for _ in range(3)]
    shapes = [d.dims(0, 2, least=1) for _ in range(counts[1])]
    keys = [
        d.const(np.array([f"{kind}{k}".encode() for k in range(count)], object), "string")
        for kind, count in zip("sdr", counts, strict=True)
    ]
    defaults = [d.const(np.zeros(shape), "float32") for shape in shapes]
    d.outputs(
        d.op, d.tensor(np.full(batch, b"", object), "string"),
        d.const(np.zeros(0, object), "string"), *keys, defaults,
        num_sparse=counts[0], sparse_types=("int64",) * counts[0], dense_shapes=tuple(shapes),
        ragged_value_types=("int64",) * counts[2], ragged_split_types=("int32",) * counts[2],
    )  # fmt: skip


def to_dense(d: Draft) -> None:
    shape, index = d.dims(1, 3, least=1), d.dtype("Tindices", among=("int32", "int64"))
    dtype = d.pick(_KINDS)
    places = d.tensor(np.zeros((1, len(shape)), index), index)
    wanted = d.argument(np.array(shape, index), index)
    d.node(d.op, places, wanted, d.data((1,), dtype), d.data((), dtype))


def sparse_product(d: Draft) -> None:
    rows, inner, columns = (d.integer(1, 4) for _ in range(3))
    turned = d.chance(50), d.chance(50)
    left = (inner, rows) if turned[0] else (rows, inner)
    right = (columns, inner) if turned[1] else (inner, columns)
    places = d.tensor(np.zeros((1, 2), "int64"), "int64")
    shape = d.argument(np.array(left, "int64"), "int64")
    d.node(d.op, places, d.data((1,), "float32"), shape, d.data(right, "float32"),
           adjoint_a=turned[0], adjoint_b=turned[1])  # fmt: skip


def sparse_sum(d: Draft) -> None:
    shape = d.dims(1, 3, least=1)
    places = d.tensor(np.zeros((1, len(shape)), "int64"), "int64")
    wanted = d.argument(np.array(shape, "int64"), "int64")
    d.node(d.op, places, d.data((1,), "float32"), wanted, d.data(shape, "float32"))


def split_text(d: Draft) -> None:
    d.outputs(d.op, d.data(d.dims(1, 1), "string"), d.const(b" ", "string"))


def joined_text(d: Draft) -> None:
    shape = d.dims()
    parts = [d.data(shape if d.chance(70) else (), "string") for _ in range(d.integer(1, 3))]
    d.node(d.op, parts)


def candidates(d: Draft) -> None:
    batch, true = d.integer(1, 3), d.integer(1, 2)
    classes = d.tensor(np.zeros((batch, true), "int64"), "int64")
    d.outputs(d.op, classes, num_true=true, num_sampled=d.integer(1, 4), unique=True, range_max=9)


def raw(d: Draft) -> None:
    texts = np.full(d.dims(0, 2), b"12345678", object)
    d.node(d.op, d.tensor(texts, "string"), out_type=d.dtype("out_type"))


def nearest(d: Draft) -> None:
    columns, count = d.integer(1, 3), d.integer(1, 4)
    points, centers = (
        d.data((d.integer(0, 3), columns), "float32"),
        d.data((count, columns), "float32"),
    )
    d.outputs(d.op, points, centers, d.argument(d.integer(1, count), "int64"))


def set_operation(d: Draft) -> None:
    lead, dtype = d.dims(1, 3), d.dtype("T", among=("int32", "int64"))
    inputs = [d.data((*lead, d.integer(0, 3)), dtype) for _ in range(2)]
    d.outputs(d.op, *inputs, set_operation=d.pick(("a-b", "intersection", "union")))


_OLD_ARRAYS = (
    "TensorArrayScatterV2", "TensorArraySizeV2", "TensorArraySplitV2", "TensorArrayUnpack",
    "TensorArrayWriteV2",
)  # fmt: skip
_ARRAYS = (
    "TensorArrayConcatV3", "TensorArrayGatherV3", "TensorArrayGradV3", "TensorArrayReadV3",
    "TensorArrayScatterV3", "TensorArraySizeV3", "TensorArraySplitV3", "TensorArrayV3",
    "TensorArrayWriteV3",
)  # fmt: skip
_LISTS = (
    "EmptyTensorList", "TensorListFromTensor", "TensorListGather", "TensorListGetItem",
    "TensorListLength", "TensorListPopBack", "TensorListPushBack", "TensorListReserve",
    "TensorListResize", "TensorListScatter", "TensorListScatterIntoExistingList",
    "TensorListScatterV2", "TensorListSetItem", "TensorListSplit", "TensorListStack",
)  # fmt: skip

RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(_ARRAYS, tensor_array),
    **dict.fromkeys(_LISTS, tensor_list),
    **dict.fromkeys(_OLD_ARRAYS, old_tensor_array),
    **dict.fromkeys(("BlockLSTM", "BlockLSTMV2", "GRUBlockCell", "LSTMBlockCell"), cell),
    **dict.fromkeys(("LogUniformCandidateSampler", "UniformCandidateSampler"), candidates),
    **dict.fromkeys(("StackPush", "StackPushV2", "StackV2"), stacked),
    **dict.fromkeys(("StringSplit", "StringSplitV2"), split_text),
    "CudnnRNN": cudnn,
    "DecodeRaw": raw,
    "DenseToDenseSetOperation": set_operation,
    "NearestNeighbors": nearest,
    "ParseExample": parsed,
    "ParseExampleV2": parsed_with_ragged,
    "SparseTensorDenseAdd": sparse_sum,
    "SparseTensorDenseMatMul": sparse_product,
    "SparseToDense": to_dense,
    "StringJoin": joined_text,
}
