"""Tensor arrays, tensor lists, stacks, recurrent blocks, parsed examples, sparse tensors."""

from __future__ import annotations

from collections.abc import Mapping

from linter.infer.dims import Dims, Outputs, concat, refine, refine_axis
from linter.infer.view import Handle, Semantics, View

__all__ = ["OPS"]

_SCALAR_OPS = (
    "EmptyTensorList", "TensorArrayScatterV3", "TensorArraySizeV2", "TensorArraySizeV3",
    "TensorArraySplitV3", "TensorArrayUnpack", "TensorArrayWriteV2", "TensorArrayWriteV3",
    "TensorListFromTensor", "TensorListPushBack", "TensorListReserve", "TensorListResize",
    "TensorListScatter", "TensorListScatterIntoExistingList", "TensorListScatterV2",
    "TensorListSetItem", "TensorListSplit", "TensorArrayScatterV2", "TensorArraySplitV2",
)  # fmt: skip


def _scalar(_: View) -> Outputs:
    return ((),)


def _array(_: View) -> Outputs:
    return ((2,), ())


def _stack(_: View) -> Outputs:
    return ((2,),)


def _stack_push(view: View) -> Outputs:
    return (view.shape(1),)


def _array_read(view: View) -> Outputs:
    return (_element(view),)


def _element(view: View) -> Dims:
    handle = view.handle(0)
    return handle[1] if handle is not None else None


def _array_gather(view: View) -> Outputs:
    element = refine(view.dims("element_shape"), _element(view))
    return (concat((view.axis(1, 0),), element),)


def _array_concat(view: View) -> Outputs:
    rest = view.dims("element_shape_except0")
    return (concat((None,), rest), (None,))


def _list_stack(view: View) -> Outputs:
    count = view.integer("num_elements")
    return (concat((count if count is not None and count >= 0 else None,), _listed(view, 1)),)


def _list_get(view: View) -> Outputs:
    return (_listed(view, 2),)


def _list_pop(view: View) -> Outputs:
    """The element as it was put in; the shape that is stated only serves one that was not."""
    return ((), _element(view))


def _list_gather(view: View) -> Outputs:
    count = (view.axis(1, 0),) if view.rank(1) == 1 else None
    return (concat(count, _listed(view, 2)),)


def _listed(view: View, slot: int) -> Dims:
    """Element shape of a tensor list, as an input states it."""
    return refine(view.dims_from(slot), _element(view))


def _array_handle(view: View) -> Handle | None:
    """Every element has the shape of the attribute only when they are said to be alike."""
    dims = view.dims("element_shape") if view.flag("identical_element_shapes") else None
    return Handle(view.type_attr("dtype"), dims)


def _lstm_cell(view: View) -> Outputs:
    return (_cell_state(view),) * 7


def _gru_cell(view: View) -> Outputs:
    return (_cell_state(view),) * 4


def _cell_state(view: View) -> Dims:
    batch = refine_axis(view.axis(0, 0), view.axis(1, 0))
    return (batch, view.axis(1, 1))


def _block_lstm(view: View) -> Outputs:
    dims = view.shape(1) or (None, None, None)
    if len(dims) != 3:
        return ()
    gates = view.axis(8, 0)
    units = refine_axis(view.axis(2, 1), None if gates is None else gates // 4)
    return ((dims[0], refine_axis(dims[1], view.axis(2, 0)), units),) * 7


def _cudnn_rnn(view: View) -> Outputs:
    dims, state = view.shape(0), view.shape(1)
    if dims is None or len(dims) != 3 or state is None or len(state) != 3:
        return ()
    directions = 2 if view.text("direction") == "bidirectional" else 1
    units = state[2]
    output = (dims[0], dims[1], None if units is None else units * directions)
    memory = state if view.text("rnn_mode") == "lstm" else None
    return (output, state, memory, (None,))


def _parse_example(view: View) -> Outputs:
    """Sparse indices, values and shapes, then the dense features with their batch."""
    sparse, dense = view.integer("Nsparse"), view.integer("Ndense")
    shapes = view.dims_list("dense_shapes") or ()
    if sparse is None or dense is None or not 0 <= sparse <= 4096 or len(shapes) != dense:
        return ()
    batch = (view.axis(0, 0),)
    features = tuple(concat(batch, dims) for dims in shapes)
    return ((None, 2),) * sparse + ((None,),) * sparse + ((2,),) * sparse + features


def _parse_example_v2(view: View) -> Outputs:
    """As before; serialized examples may be one or a batch, and ragged features come last."""
    sparse, shapes = view.integer("num_sparse"), view.dims_list("dense_shapes") or ()
    batch = view.shape(0)
    if sparse is None or not 0 <= sparse <= 4096 or batch is None:
        return ()
    rank = len(batch) + 1
    features = tuple(concat(batch, dims) for dims in shapes)
    return ((None, rank),) * sparse + ((None,),) * sparse + ((rank,),) * sparse + features


def _sparse_to_dense(view: View) -> Outputs:
    return (view.dims_from(1),)


def _sparse_dense_matmul(view: View) -> Outputs:
    left, right = view.dims_from(2), view.shape(3)
    if left is None or right is None or len(left) != 2 or len(right) != 2:
        return ((None, None),)
    rows = left[1 if view.flag("adjoint_a") else 0]
    return ((rows, right[0 if view.flag("adjoint_b") else 1]),)


def _second_last(view: View) -> Outputs:
    return (view.shape(3),)


def _string_split(_: View) -> Outputs:
    return ((None, 2), (None,), (2,))


def _string_join(view: View) -> Outputs:
    dims: Dims = ()
    for shape in view.shapes():
        if shape is None:
            return ()
        if shape:
            dims = refine(shape, dims) if dims else shape
    return (dims,)


def _candidates(view: View) -> Outputs:
    count, true = view.integer("num_sampled"), view.integer("num_true")
    return ((count,), (view.axis(0, 0), true), (count,))


def _decode_raw(view: View) -> Outputs:
    return (concat(view.shape(0), (None,)),)


def _nearest(view: View) -> Outputs:
    found = (view.axis(0, 0), view.scalar(2))
    return (found, found)


def _sparse_result(_: View) -> Outputs:
    return ((None, None), (None,), (None,))


OPS: Mapping[str, Semantics] = {
    **dict.fromkeys(_SCALAR_OPS, Semantics(_scalar)),
    "BlockLSTM": Semantics(_block_lstm),
    "BlockLSTMV2": Semantics(_block_lstm),
    "CudnnRNN": Semantics(_cudnn_rnn),
    "DecodeRaw": Semantics(_decode_raw),
    "DenseToDenseSetOperation": Semantics(_sparse_result),
    "GRUBlockCell": Semantics(_gru_cell),
    "LSTMBlockCell": Semantics(_lstm_cell),
    "LogUniformCandidateSampler": Semantics(_candidates),
    "NearestNeighbors": Semantics(_nearest, (2,)),
    "ParseExample": Semantics(_parse_example),
    "ParseExampleV2": Semantics(_parse_example_v2),
    "SparseTensorDenseAdd": Semantics(_second_last),
    "SparseTensorDenseMatMul": Semantics(_sparse_dense_matmul, (2,)),
    "SparseToDense": Semantics(_sparse_to_dense, (1,)),
    "StackPush": Semantics(_stack_push),
    "StackPushV2": Semantics(_stack_push),
    "StackV2": Semantics(_stack),
    "StringJoin": Semantics(_string_join),
    "StringSplit": Semantics(_string_split),
    "StringSplitV2": Semantics(_string_split),
    "TensorArrayConcatV3": Semantics(_array_concat),
    "TensorArrayGatherV3": Semantics(_array_gather),
    "TensorArrayGradV3": Semantics(_array),
    "TensorArrayReadV3": Semantics(_array_read),
    "TensorArrayV3": Semantics(_array, handle=_array_handle),
    "TensorListGather": Semantics(_list_gather, (2,)),
    "TensorListGetItem": Semantics(_list_get, (2,)),
    "TensorListLength": Semantics(_scalar),
    "TensorListPopBack": Semantics(_list_pop),
    "TensorListStack": Semantics(_list_stack, (1,)),
    "UniformCandidateSampler": Semantics(_candidates),
}
