"""Ops that make tensors: constants, inputs, variables, fills, random numbers."""

from __future__ import annotations

from collections.abc import Mapping

from linter.infer.dims import Outputs, concat, refine
from linter.infer.ops.elementwise import same
from linter.infer.slices import range_size
from linter.infer.view import Found, Handle, Semantics, View

__all__ = ["OPS"]

_SHAPED_BY_FIRST = (
    "Empty", "ParameterizedTruncatedNormal", "RandomStandardNormal",
    "RandomUniform", "RandomUniformInt", "StatelessParameterizedTruncatedNormal",
    "StatelessRandomBinomial", "StatelessRandomGammaV2", "StatelessRandomGammaV3",
    "StatelessRandomNormal", "StatelessRandomNormalV2", "StatelessRandomPoisson",
    "StatelessRandomUniform", "StatelessRandomUniformFullInt", "StatelessRandomUniformFullIntV2",
    "StatelessRandomUniformInt", "StatelessRandomUniformIntV2", "StatelessRandomUniformV2",
    "StatelessTruncatedNormal", "StatelessTruncatedNormalV2", "TruncatedNormal",
)  # fmt: skip

_SCALARS = (
    "AnonymousIterator", "AnonymousIteratorV2", "AnonymousIteratorV3",
    "HashTableV2", "IsVariableInitialized", "IteratorV2", "IteratorFromStringHandleV2",
    "LookupTableSizeV2", "MutableDenseHashTableV2", "MutableHashTableOfTensorsV2",
    "MutableHashTableV2", "OneShotIterator", "ShardedFilename", "ShardedFilespec",
    "VarIsInitializedOp", "L2Loss", "MergeSummary", "HistogramSummary",
    "ScalarSummary", "TensorSummary", "TensorSummaryV2", "ImageSummary", "AudioSummary",
    "AudioSummaryV2", "Timestamp", "ReadFile", "SummaryWriter", "MutexV2",
    "PriorityQueueV2",
    "QueueSizeV2", "QueueIsClosedV2", "OptionalHasValue", "DummySeedGenerator",

)  # fmt: skip

_QUEUES = ("FIFOQueue", "PaddingFIFOQueue", "RandomShuffleQueue")

_REFERENCE_UPDATES = (
    "AssignAdd", "AssignSub", "ApplyAdaMax", "ApplyAdadelta", "ApplyAdagrad",
    "ApplyAdagradDA", "ApplyAdagradV2", "ApplyAdam", "ApplyAddSign", "ApplyCenteredRMSProp",
    "ApplyFtrl", "ApplyFtrlV2", "ApplyGradientDescent", "ApplyMomentum", "ApplyPowerSign",
    "ApplyProximalAdagrad", "ApplyProximalGradientDescent", "ApplyRMSProp", "CountUpTo",
    "ScatterAdd", "ScatterDiv", "ScatterMax", "ScatterMin", "ScatterMul", "ScatterNdAdd",
    "ScatterNdMax", "ScatterNdMin", "ScatterNdNonAliasingAdd", "ScatterNdSub", "ScatterNdUpdate",
    "ScatterSub", "ScatterUpdate", "SparseApplyAdagrad", "SparseApplyMomentum",
)  # fmt: skip


def _const(view: View) -> Outputs:
    shape = getattr(view.node.attrs.get("value"), "shape", None)
    if not isinstance(shape, tuple) or not all(isinstance(size, int) for size in shape):
        return ()
    return (shape,)


def _decoded(view: View) -> Found:
    read = getattr(view.node.attrs.get("value"), "values", None)
    values = read() if callable(read) else None
    return (values,) if isinstance(values, tuple) else ()


def _placeholder(view: View) -> Outputs:
    return (view.dims("shape"),)


def _scalar(_: View) -> Outputs:
    return ((),)


def _no_outputs(_: View) -> Outputs:
    return ()


def _shaped_by_first(view: View) -> Outputs:
    return (view.dims_from(0),)


def _filled(view: View) -> Found:
    known, shape = view.value(1), view.static_shape()
    if known is None or shape is None or known.count != 1:
        return ()
    return (known.reshaped(()).spread(shape),)


def _per_parameter(view: View) -> Outputs:
    """RandomGamma, RandomPoisson: the shape asked for, then that of the parameter."""
    return (concat(view.dims_from(0), view.shape(1)),)


def _multinomial(view: View) -> Outputs:
    return ((view.axis(0, 0), view.scalar(1)),)


def _fills(view: View) -> bool:
    return view.rank(1) == 0


def _range(view: View) -> Outputs:
    known = [view.value(slot) for slot in range(3)]
    numbers = [part.values[0] for part in known if part is not None and part.count == 1]
    are_numbers = all(type(number) in (int, float) for number in numbers)
    if len(numbers) != 3 or not are_numbers:
        return ((None,),)
    start, limit, delta = numbers
    return ((range_size(start, limit, delta, view.out_dtype()),),)


def _counted(view: View) -> Found:
    start, delta, dims = view.scalar(0), view.scalar(2), view.out_shape()
    if start is None or delta is None or not dims or dims[0] is None:
        return ()
    return (tuple(start + delta * index for index in range(dims[0])),)


def _linspace(view: View) -> Outputs:
    return ((view.scalar(2),),)


def _variable(view: View) -> Outputs:
    """A shape attribute of rank 0 is also what old files write for an unknown rank."""
    return (view.dims("shape") or None,)


def _read_variable(view: View) -> Outputs:
    handle = view.handle(0)
    return (handle[1],) if handle is not None else ()


def _variable_shape(view: View) -> Outputs:
    handle = view.handle(0)
    dims = handle[1] if handle is not None else None
    return ((None if dims is None else len(dims),),)


def _resource_gather(view: View) -> Outputs:
    handle = view.handle(0)
    dims = handle[1] if handle is not None else None
    if dims is None or not dims or view.integer("batch_dims") != 0:
        return ()
    return (concat(view.shape(1), dims[1:]),)


def _assign(view: View) -> Outputs:
    """Without validation the variable takes the shape of the value, whatever it had."""
    if not view.flag("validate_shape"):
        return (view.shape(1),)
    return (refine(view.shape(0), view.shape(1)),)


def _iterator_next(view: View) -> Outputs:
    return view.dims_list("output_shapes") or ()


def _variable_handle(view: View) -> Handle:
    return Handle(view.type_attr("dtype"), view.dims("shape"))


def _queue(_: View) -> Outputs:
    """A queue by name, as before there were resources."""
    return ((2,),)


def _queue_handle(view: View) -> Handle:
    return Handle(components=view.dims_list("shapes") or ())


def _dequeued(view: View) -> Outputs:
    handle = view.handle(0)
    return () if handle is None else handle.components


def _dequeued_many(view: View) -> Outputs:
    return tuple(concat((view.scalar(1),), dims) for dims in _dequeued(view))


def _dequeued_up_to(view: View) -> Outputs:
    return tuple(concat((None,), dims) for dims in _dequeued(view))


OPS: Mapping[str, Semantics] = {
    **dict.fromkeys(_SHAPED_BY_FIRST, Semantics(_shaped_by_first, (0,))),
    **dict.fromkeys(_SCALARS, Semantics(_scalar)),
    **dict.fromkeys(_REFERENCE_UPDATES, Semantics(same)),
    **dict.fromkeys(_QUEUES, Semantics(_queue, handle=_queue_handle)),
    **dict.fromkeys([f"{op}V2" for op in _QUEUES], Semantics(_scalar, handle=_queue_handle)),
    **dict.fromkeys(("QueueDequeue", "QueueDequeueV2"), Semantics(_dequeued)),
    **dict.fromkeys(("QueueDequeueMany", "QueueDequeueManyV2"), Semantics(_dequeued_many, (1,))),
    **dict.fromkeys(("QueueDequeueUpTo", "QueueDequeueUpToV2"), Semantics(_dequeued_up_to)),
    "Assign": Semantics(_assign),
    "Const": Semantics(_const, values=_decoded),
    "DisableCopyOnRead": Semantics(_no_outputs),
    "Fill": Semantics(_shaped_by_first, (0,), values=_filled, made_of=(1,), whole=_fills),
    "ImmutableConst": Semantics(_placeholder),
    "IteratorGetNext": Semantics(_iterator_next),
    "LinSpace": Semantics(_linspace, (2,)),
    "Multinomial": Semantics(_multinomial, (1,)),
    "NoOp": Semantics(_no_outputs),
    "Placeholder": Semantics(_placeholder),
    "PlaceholderV2": Semantics(_placeholder),
    "RandomGamma": Semantics(_per_parameter, (0,)),
    "RandomPoisson": Semantics(_per_parameter, (0,)),
    "RandomPoissonV2": Semantics(_per_parameter, (0,)),
    "Range": Semantics(_range, (0, 1, 2), values=_counted),
    "ReadVariableOp": Semantics(_read_variable),
    "ResourceGather": Semantics(_resource_gather),
    "StatelessMultinomial": Semantics(_multinomial, (1,)),
    "TemporaryVariable": Semantics(_variable),
    "VarHandleOp": Semantics(_scalar, handle=_variable_handle),
    "Variable": Semantics(_variable),
    "VariableShape": Semantics(_variable_shape),
    "VariableV2": Semantics(_placeholder),
}
