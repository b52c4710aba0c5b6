"""Ops that make tensors: constants, inputs, variables, fills, random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from harness.draft import Draft
from linter.graph import FuncRef, Value

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]


def constant(d: Draft) -> None:
    dtype = d.dtype("dtype")
    value = d.data(d.dims(), dtype)
    d.node("Identity", value)
    d.node(
        "Identity", d.const(d.rng.integers(0, 2, d.dims()), d.pick(("int32", "float32", "bool")))
    )


def placeholder(d: Draft) -> None:
    dtype = d.dtype("dtype")
    if d.op == "PlaceholderV2":
        d.producer, d.runs = 22, False
        d.node(d.op, dtype=dtype, shape=d.dims())
        return
    if d.chance(20):
        d.producer = 21  # until then a scalar said nothing
    d.node("Identity", d.fed(np.zeros(d.dims(), "float32"), "float32"))


def _wanted(d: Draft, attr: str) -> tuple[tuple[int, ...], Value]:
    """A shape and the input that spells it out."""
    shape = d.dims()
    arg = d.definition(d.op).inputs[0]
    index = arg.type or d.dtype(attr, among=("int32", "int64"))
    return shape, d.argument(np.array(shape, index), index)


def filled(d: Draft) -> None:
    _, shape = _wanted(d, "index_type")
    d.node(d.op, shape, d.data((), d.dtype("T", "Identity")))


def of_shape(d: Draft) -> None:
    """A shape, and for some ops a few scalars more."""
    definition = d.definition(d.op)
    attr = definition.inputs[0].type_attr or ""
    _, shape = _wanted(d, attr)
    dtypes: dict[str, str] = {}
    rest: list[Value] = []
    for arg in definition.inputs[1:]:
        dtype = arg.type or dtypes.setdefault(arg.type_attr or "", d.dtype(arg.type_attr or ""))
        size, low, high = _EXTRA.get(arg.name, ((), 1, 1))
        if arg.name == "key" or arg.name == "seed":
            rest.append(d.const(np.ones(size, dtype), dtype))
        else:
            rest.append(d.data(size, dtype, low, high))
    d.node(d.op, shape, *rest)


_EXTRA: Mapping[str, tuple[tuple[int, ...], int, int]] = {
    "seed": ((2,), 1, 1),
    "key": ((1,), 1, 1),
    "counter": ((2,), 1, 1),
    "alg": ((), 1, 1),
    "minval": ((), 0, 0),
    "maxval": ((), 5, 5),
    "minvals": ((), -2, -2),
    "maxvals": ((), 2, 2),
    "means": ((), 0, 0),
}


def per_parameter(d: Draft) -> None:
    definition = d.definition(d.op)
    _, shape = _wanted(d, "S")
    dtype = d.dtype(definition.inputs[1].type_attr or "")
    d.node(d.op, shape, d.data(d.dims(0, 2), dtype, 1, 2))


def drawn_classes(d: Draft) -> None:
    logits = d.data((d.integer(0, 3), d.integer(1, 4)), "float32", -1, 1)
    count = d.argument(d.integer(0, 4))
    seed = [d.const([1, 2], "int64")] if d.op.startswith("Stateless") else []
    d.node(d.op, logits, count, *seed)


def counted(d: Draft) -> None:
    """Range, upwards or downwards."""
    dtype = d.dtype("Tidx")
    if "int" in dtype:
        start, delta = d.integer(-4 * (dtype[0] != "u"), 5), d.pick((1, 2, 3))
        limit = start + d.integer(0, 9)
        if dtype[0] != "u" and d.chance(30):
            delta, limit = -delta, start - d.integer(0, 9)
        numbers: Sequence[float] = (start, limit, delta)
        if d.chance(5):
            numbers = (start, start - 1, 1)
    else:
        step = d.pick((0.1, 0.5, 1.0, 0.25, 0.3, 0.7))
        start = d.pick((0.0, 1.0, -0.5, 0.3))
        numbers = (start, start + step * d.integer(0, 9), step)
        if d.chance(50):
            numbers = (start, start + d.pick((0.9, 1.0, 2.1)), step)
    inputs = [
        d.argument(number, dtype) if "int" in dtype else _number(d, number, dtype)
        for number in numbers
    ]
    d.node(d.op, *inputs)


def _number(d: Draft, number: float, dtype: str) -> Value:
    return d.const(number, dtype) if d.chance(80) else d.fed(number, dtype)


def spaced(d: Draft) -> None:
    dtype, index = d.dtype("T", among=("float32", "float64")), d.dtype("Tidx")
    d.node(
        d.op, d.data((), dtype, 0, 1), d.data((), dtype, 2, 3), d.argument(d.integer(1, 6), index)
    )


def variable(d: Draft) -> None:
    shape = d.dims()
    attrs = {"var_name": "v"} if d.op == "TemporaryVariable" else {}
    d.runs = d.op != "Variable"
    made = d.node(d.op, shape=shape, dtype=d.pick(("float32", "int32")), **attrs)
    dtype = d.dtype_of(made).removesuffix("_ref")
    assigned = d.node("Assign", made, d.data(shape, dtype), validate_shape=True)
    if attrs:
        d.node("DestroyTemporaryVariable", assigned, **attrs)


def assigned(d: Draft) -> None:
    shape, dtype = d.dims(), d.pick(("float32", "int32"))
    target = d.variable(shape, dtype) if d.chance(70) else d.variable(d.dims(), dtype)
    if d.op == "Assign":
        d.node(d.op, target, d.data(shape, dtype), validate_shape=d.chance(60))
    else:
        d.node(d.op, target, d.data(shape, dtype))


def updated(d: Draft) -> None:
    """An optimiser's step: slots and gradient are alike, the rest are scalars."""
    shape = d.dims(1 if d.op.startswith("Sparse") else 0, 3)
    inputs: list[Value] = []
    for arg in d.definition(d.op).inputs:
        if arg.is_ref:
            inputs.append(d.variable(shape, "float32"))
        elif arg.name in ("grad", "delta"):
            inputs.append(d.data(shape, "float32", -1, 1))
        elif arg.name == "indices":
            inputs.append(d.tensor(np.arange(shape[0], dtype="int32"), "int32"))
        elif arg.type:
            inputs.append(d.const(1, arg.type))
        else:
            inputs.append(d.const(0.5, "float32"))
    d.node(d.op, *inputs)


def scattered(d: Draft) -> None:
    shape, dtype = d.dims(1, 3, least=1), d.pick(("float32", "int32"))
    index = d.pick(("int32", "int64"))
    count = d.dims(0, 2)
    if d.op.startswith("ScatterNd"):
        depth = d.integer(1, len(shape))
        columns = [d.rng.integers(0, size, count) for size in shape[:depth]]
        places = np.stack(columns, axis=-1)
        updates = (*count, *shape[depth:])
    else:
        places, updates = d.rng.integers(0, shape[0], count), (*count, *shape[1:])
    is_ref = d.definition(d.op).inputs[0].is_ref
    target = d.variable(shape, dtype) if is_ref else d.data(shape, dtype)
    where = d.tensor(np.asarray(places).astype(index), index)
    d.node(d.op, target, where, d.data(updates, dtype, 1, 3))


def counted_up(d: Draft) -> None:
    made = d.node("VariableV2", shape=(), dtype="int32")
    counter = d.node("Assign", made, d.const(0, "int32"), validate_shape=True)
    d.node(d.op, counter, limit=9)


def initialized(d: Draft) -> None:
    d.node(d.op, d.variable(d.dims(), "float32"))


def _handle(d: Draft, shape: Sequence[int | None] | None, dtype: str) -> Value:
    return d.node("VarHandleOp", dtype=dtype, shape=shape, shared_name=f"v{len(d.values)}")


def of_handle(d: Draft) -> None:
    """Reads a resource variable that was assigned before."""
    shape, dtype = d.dims(1 if d.op == "ResourceGather" else 0, 3), d.pick(("float32", "int32"))
    stated = [size if d.chance(60) else None for size in shape] if d.chance(90) else None
    handle = _handle(d, stated, dtype)
    stored = d.node("AssignVariableOp", handle, d.data(shape, dtype), validate_shape=False)
    source = d.node("Identity", handle) if d.chance(30) else handle
    inputs = []
    attrs: dict[str, object] = (
        {"dtype": dtype} if d.op in ("ReadVariableOp", "ResourceGather") else {}
    )
    if d.op == "ResourceGather":
        places = d.rng.integers(0, max(1, shape[0]), d.dims(0, 2))
        inputs.append(d.tensor(places.astype("int32"), "int32"))
    if d.op == "VarHandleOp":
        d.node("ReadVariableOp", handle, dtype=dtype, controls=[stored])
        return
    d.node(d.op, source, *inputs, controls=[stored], **attrs)


_MADE: Mapping[str, Mapping[str, object]] = {
    "AnonymousIterator": {"output_types": ("float32",), "output_shapes": ((2, None),)},
    "AnonymousIteratorV2": {"output_types": ("float32",), "output_shapes": ((2, None),)},
    "AnonymousIteratorV3": {"output_types": ("float32",), "output_shapes": ((2, None),)},
    "DummySeedGenerator": {},
    "FIFOQueueV2": {"component_types": ("float32",)},
    "HashTableV2": {"key_dtype": "string", "value_dtype": "int64"},
    "IteratorV2": {
        "output_types": ("float32",), "output_shapes": ((2, None),), "shared_name": "i",
        "container": "",
    },
    "MutableHashTableOfTensorsV2": {"key_dtype": "string", "value_dtype": "int64"},
    "MutableHashTableV2": {"key_dtype": "string", "value_dtype": "int64"},
    "MutexV2": {},
    "NoOp": {},
    "PaddingFIFOQueueV2": {"component_types": ("float32",), "shapes": ((2, None),)},
    "PriorityQueueV2": {"component_types": ("float32",), "shapes": ((2,),)},
    "RandomShuffleQueueV2": {"component_types": ("float32",)},
    "SummaryWriter": {},
    "Timestamp": {},
}  # fmt: skip


def made(d: Draft) -> None:
    """An op without inputs."""
    d.outputs(d.op, **_MADE[d.op])


def of_queue(d: Draft) -> None:
    d.node(d.op, d.node("FIFOQueueV2", component_types=("float32",)))


def of_table(d: Draft) -> None:
    d.node(d.op, d.node("MutableHashTableV2", key_dtype="string", value_dtype="int64"))


def dense_table(d: Draft) -> None:
    keys = [d.const(number, "int64") for number in (-1, -2)]
    d.node(d.op, *keys, value_dtype="float32", value_shape=d.dims(0, 1))


def iterated(d: Draft) -> None:
    d.runs = False
    shapes = tuple(d.dims() for _ in range(d.integer(1, 3)))
    kinds = ("float32",) * len(shapes)
    handle = d.node(
        "IteratorV2", output_types=kinds, output_shapes=shapes, shared_name="i", container=""
    )
    d.outputs(d.op, handle, output_types=kinds, output_shapes=shapes)


def found_iterator(d: Draft) -> None:
    d.runs = False
    d.node(d.op, d.const(b"text", "string"))


def mapped(d: Draft) -> None:
    d.runs = False
    d.node(d.op, dtype="float32", shape=d.dims(), memory_region_name="region")


def one_shot(d: Draft) -> None:
    d.runs = False
    d.node(
        d.op, dataset_factory=FuncRef("factory"), output_types=("float32",), output_shapes=((2,),)
    )


def optional(d: Draft) -> None:
    d.node(d.op, d.node("OptionalNone"))


def loss(d: Draft) -> None:
    d.node(d.op, d.data(d.dims(), d.dtype("T", among=("float32", "float64"))))


def summary(d: Draft) -> None:
    """Summaries: a tag where there is one, then a tensor."""
    inputs: list[Value | list[Value]] = []
    shape = {"ImageSummary": (1, 2, 2, 3), "AudioSummary": (2, 4), "AudioSummaryV2": (2, 4)}
    for arg in d.definition(d.op).inputs:
        if arg.number_attr:
            inputs.append([d.const(b"", "string") for _ in range(d.integer(1, 3))])
        elif arg.name in ("tensor", "values"):
            dims = () if d.op == "ScalarSummary" else shape.get(d.op) or d.dims()
            inputs.append(d.data(dims, "float32", 0, 1))
        else:
            inputs.append(d.const(b"text" if arg.type == "string" else 8.0, arg.type or "string"))
    d.node(d.op, *inputs, **({"sample_rate": 8.0} if d.op == "AudioSummary" else {}))


def file_name(d: Draft) -> None:
    numbers = [d.const(number, "int32") for number in (1, 2)]
    rest = numbers if d.op == "ShardedFilename" else numbers[1:]
    d.node(d.op, d.const(b"name", "string"), *rest)


def read_file(d: Draft) -> None:
    d.node(d.op, d.const(b"/dev/null", "string"))


_SCATTERS = (
    "ScatterAdd", "ScatterDiv", "ScatterMax", "ScatterMin", "ScatterMul", "ScatterNdAdd",
    "ScatterNdMax", "ScatterNdMin", "ScatterNdNonAliasingAdd", "ScatterNdSub", "ScatterNdUpdate",
    "ScatterSub", "ScatterUpdate",
)  # fmt: skip
_STEPS = (
    "ApplyAdaMax", "ApplyAdadelta", "ApplyAdagrad", "ApplyAdagradDA", "ApplyAdagradV2",
    "ApplyAdam", "ApplyAddSign", "ApplyCenteredRMSProp", "ApplyFtrl", "ApplyFtrlV2",
    "ApplyGradientDescent", "ApplyMomentum", "ApplyPowerSign", "ApplyProximalAdagrad",
    "ApplyProximalGradientDescent", "ApplyRMSProp", "SparseApplyAdagrad", "SparseApplyMomentum",
)  # fmt: skip
_SHAPED = (
    "Empty", "ParameterizedTruncatedNormal", "RandomStandardNormal", "RandomUniform",
    "RandomUniformInt", "StatelessParameterizedTruncatedNormal", "StatelessRandomBinomial",
    "StatelessRandomGammaV2", "StatelessRandomGammaV3", "StatelessRandomNormal",
    "StatelessRandomNormalV2", "StatelessRandomPoisson", "StatelessRandomUniform",
    "StatelessRandomUniformFullInt", "StatelessRandomUniformFullIntV2", "StatelessRandomUniformInt",
    "StatelessRandomUniformIntV2", "StatelessRandomUniformV2", "StatelessTruncatedNormal",
    "StatelessTruncatedNormalV2", "TruncatedNormal",
)  # fmt: skip
_HANDLES = (
    "DisableCopyOnRead", "ReadVariableOp", "ResourceGather", "VarHandleOp", "VarIsInitializedOp",
    "VariableShape",
)  # fmt: skip
_SUMMARIES = (
    "AudioSummary", "AudioSummaryV2", "HistogramSummary", "ImageSummary", "MergeSummary",
    "ScalarSummary", "TensorSummary", "TensorSummaryV2",
)  # fmt: skip

RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(_HANDLES, of_handle),
    **dict.fromkeys(_MADE, made),
    **dict.fromkeys(_SCATTERS, scattered),
    **dict.fromkeys(_SHAPED, of_shape),
    **dict.fromkeys(_STEPS, updated),
    **dict.fromkeys(_SUMMARIES, summary),
    **dict.fromkeys(("Assign", "AssignAdd", "AssignSub"), assigned),
    **dict.fromkeys(("Multinomial", "StatelessMultinomial"), drawn_classes),
    **dict.fromkeys(("Placeholder", "PlaceholderV2"), placeholder),
    **dict.fromkeys(("QueueIsClosedV2", "QueueSizeV2"), of_queue),
    **dict.fromkeys(("RandomGamma", "RandomPoisson", "RandomPoissonV2"), per_parameter),
    **dict.fromkeys(("ShardedFilename", "ShardedFilespec"), file_name),
    **dict.fromkeys(("TemporaryVariable", "Variable", "VariableV2"), variable),
    "Const": constant,
    "CountUpTo": counted_up,
    "Fill": filled,
    "ImmutableConst": mapped,
    "IsVariableInitialized": initialized,
    "IteratorFromStringHandleV2": found_iterator,
    "IteratorGetNext": iterated,
    "L2Loss": loss,
    "LinSpace": spaced,
    "LookupTableSizeV2": of_table,
    "MutableDenseHashTableV2": dense_table,
    "OneShotIterator": one_shot,
    "OptionalHasValue": optional,
    "Range": counted,
    "ReadFile": read_file,
}
