"""Ops that make tensors: constants, inputs, variables, fills, random numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from linter.infer.dims import Dims, Outputs, concat, refine
from linter.infer.view import Handle, Rule, View

__all__ = ["HANDLE_RULES", "RULES", "const_shape"]

_SHAPED_BY_FIRST = (
    "Empty", "Fill", "ImmutableConst", "ParameterizedTruncatedNormal", "RandomStandardNormal",
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
    "VarHandleOp", "VarIsInitializedOp", "L2Loss", "MergeSummary", "HistogramSummary",
    "ScalarSummary", "TensorSummary", "TensorSummaryV2", "ImageSummary", "AudioSummary",
    "AudioSummaryV2", "Timestamp", "ReadFile", "SummaryWriter", "MutexV2",
    "FIFOQueueV2", "PaddingFIFOQueueV2", "PriorityQueueV2", "RandomShuffleQueueV2",
    "QueueSizeV2", "QueueIsClosedV2", "OptionalHasValue", "DummySeedGenerator",

)  # fmt: skip

_REFERENCE_UPDATES = (
    "AssignAdd", "AssignSub", "ApplyAdaMax", "ApplyAdadelta", "ApplyAdagrad",
    "ApplyAdagradDA", "ApplyAdagradV2", "ApplyAdam", "ApplyAddSign", "ApplyCenteredRMSProp",
    "ApplyFtrl", "ApplyFtrlV2", "ApplyGradientDescent", "ApplyMomentum", "ApplyPowerSign",
    "ApplyProximalAdagrad", "ApplyProximalGradientDescent", "ApplyRMSProp", "CountUpTo",
    "ScatterAdd", "ScatterDiv", "ScatterMax", "ScatterMin", "ScatterMul", "ScatterNdAdd",
    "ScatterNdMax", "ScatterNdMin", "ScatterNdNonAliasingAdd", "ScatterNdSub", "ScatterNdUpdate",
    "ScatterSub", "ScatterUpdate", "SparseApplyAdagrad", "SparseApplyMomentum",
)  # fmt: skip


def const_shape(view: View) -> Dims:
    """Shape of the tensor attribute."""
    shape = getattr(view.node.attrs.get("value"), "shape", None)
    if not isinstance(shape, tuple) or not all(isinstance(size, int) for size in shape):
        return None
    return shape


def _const(view: View) -> Outputs:
    return (const_shape(view),)


def _placeholder(view: View) -> Outputs:
    return (view.dims("shape"),)


def _scalar(_: View) -> Outputs:
    return ((),)


def _no_outputs(_: View) -> Outputs:
    return ()


def _shaped_by_first(view: View) -> Outputs:
    return (view.dims_from(0),)


def _per_parameter(view: View) -> Outputs:
    """RandomGamma, RandomPoisson: the shape asked for, then that of the parameter."""
    return (concat(view.dims_from(0), view.shape(1)),)


def _multinomial(view: View) -> Outputs:
    return ((view.axis(0, 0), view.scalar(1)),)


def _range(view: View) -> Outputs:
    known = [view.value(slot) for slot in range(3)]
    if any(k is None or len(k.values) != 1 for k in known):
        return ((None,),)
    numbers = [k.values[0] for k in known if k is not None]
    return ((_range_size(*numbers),),)


def _range_size(start: object, limit: object, delta: object) -> int | None:
    for number in (start, limit, delta):
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return None
    assert isinstance(start, (int, float))
    assert isinstance(limit, (int, float))
    assert isinstance(delta, (int, float))
    if not all(math.isfinite(number) for number in (start, limit, delta)) or delta == 0:
        return None
    if isinstance(start, int) and isinstance(limit, int) and isinstance(delta, int):
        return max(0, -((start - limit) // delta))
    steps = (limit - start) / delta
    return max(0, math.ceil(steps)) if math.isfinite(steps) else None


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


def _reference_update(view: View) -> Outputs:
    return (view.shape(0),)


def _assign(view: View) -> Outputs:
    """Without validation the variable takes the shape of the value, whatever it had."""
    if not view.flag("validate_shape"):
        return (view.shape(1),)
    return (refine(view.shape(0), view.shape(1)),)


def _iterator_next(view: View) -> Outputs:
    return view.dims_list("output_shapes") or ()


def _variable_handle(view: View) -> Handle:
    return (view.type_attr("dtype"), view.dims("shape"))


def _passed_on(view: View) -> Handle | None:
    return view.handle(0)


def _merged(view: View) -> Handle | None:
    return view.handle(0)


HANDLE_RULES = {
    "VarHandleOp": _variable_handle,
    **dict.fromkeys(
        ("Identity", "Enter", "RefEnter", "Switch", "RefSwitch", "Exit", "NextIteration"),
        _passed_on,
    ),
}
"""Ops whose output stands for tensors whose dtype and shape are known."""

RULES: Mapping[str, Rule] = {
    **dict.fromkeys(_SHAPED_BY_FIRST, Rule(_shaped_by_first, values=(0,))),
    **dict.fromkeys(_SCALARS, Rule(_scalar)),
    **dict.fromkeys(_REFERENCE_UPDATES, Rule(_reference_update)),
    "Assign": Rule(_assign),
    "Const": Rule(_const),
    "DisableCopyOnRead": Rule(_no_outputs),
    "ImmutableConst": Rule(_placeholder),
    "IteratorGetNext": Rule(_iterator_next),
    "LinSpace": Rule(_linspace, values=(2,)),
    "Multinomial": Rule(_multinomial, values=(1,)),
    "NoOp": Rule(_no_outputs),
    "Placeholder": Rule(_placeholder),
    "PlaceholderV2": Rule(_placeholder),
    "RandomGamma": Rule(_per_parameter, values=(0,)),
    "RandomPoisson": Rule(_per_parameter, values=(0,)),
    "RandomPoissonV2": Rule(_per_parameter, values=(0,)),
    "Range": Rule(_range, values=(0, 1, 2)),
    "ReadVariableOp": Rule(_read_variable),
    "ResourceGather": Rule(_resource_gather),
    "StatelessMultinomial": Rule(_multinomial, values=(1,)),
    "TemporaryVariable": Rule(_variable),
    "Variable": Rule(_variable),
    "VariableShape": Rule(_variable_shape),
    "VariableV2": Rule(_placeholder),
}
