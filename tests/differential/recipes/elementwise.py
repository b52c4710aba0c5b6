"""Ops that work element by element."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from harness.draft import Draft

__all__ = ["RECIPES", "split_in_two"]

Recipe = Callable[[Draft], None]


def unary(d: Draft) -> None:
    """One tensor of any shape."""
    arg = d.definition(d.op).inputs[0]
    dtype = arg.type or d.dtype(arg.type_attr or "T")
    d.node(d.op, d.data(d.dims(), dtype))


def unary_with(low: int, high: int = 4, **attrs: object) -> Recipe:
    """One tensor of a rank between both, and some attributes."""

    def recipe(d: Draft) -> None:
        arg = d.definition(d.op).inputs[0]
        dtype = arg.type or d.dtype(arg.type_attr or "T")
        chosen = {name: d.pick(v) if isinstance(v, list) else v for name, v in attrs.items()}
        d.node(d.op, d.data(d.dims(low, high), dtype), **chosen)

    return recipe


def squares(d: Draft) -> None:
    """Square matrices that have an inverse."""
    side = d.integer(0, 3)
    batch = d.dims(0, 2)
    dtype = d.dtype()
    array = np.broadcast_to(np.eye(side) * 2, (*batch, side, side))
    d.node(d.op, d.tensor(array.astype(dtype), dtype))


def colours(d: Draft) -> None:
    """Images with three channels."""
    attr = d.definition(d.op).inputs[0].type_attr
    shape = (*d.dims(0, 3), 3)
    d.node(d.op, d.data(shape, d.dtype(attr or "T"), 0, 1))


def permutation(d: Draft) -> None:
    dtype = d.dtype()
    order = d.rng.permutation(d.integer(0, 5)).astype(dtype)
    d.node(d.op, d.argument(order, dtype))


def temporary(d: Draft) -> None:
    dtype = d.pick(("float32", "int32"))
    ref = d.node("TemporaryVariable", shape=d.dims(), dtype=dtype, var_name="v")
    assigned = d.node("Assign", ref, d.data(d.dims(), dtype), validate_shape=False)
    d.node(d.op, assigned, var_name="v")


def of_variable(d: Draft) -> None:
    d.node(d.op, d.variable(d.dims(), d.pick(("float32", "int64", "bool"))))


def entered(d: Draft) -> None:
    dtype = d.pick(("float32", "int32"))
    source = d.variable(d.dims(), dtype) if d.op == "RefEnter" else d.data(d.dims(), dtype)
    inside = d.node(d.op, source, frame_name="frame", is_constant=d.chance(50))
    d.node("RefExit" if d.op == "RefEnter" else "Exit", inside)


def left(d: Draft) -> None:
    """Exit and NextIteration where they may stand: behind an Enter."""
    dtype = d.pick(("float32", "int32"))
    is_ref = d.op.startswith("Ref")
    source = d.variable(d.dims(), dtype) if is_ref else d.data(d.dims(), dtype)
    inside = d.node("RefEnter" if is_ref else "Enter", source, frame_name="frame")
    d.runs = d.op.endswith("Exit")
    d.node(d.op, inside)


def switched(d: Draft) -> None:
    dtype = d.pick(("float32", "int32", "bool"))
    is_ref = d.op == "RefSwitch"
    source = d.variable(d.dims(), dtype) if is_ref else d.data(d.dims(), dtype)
    d.node(d.op, source, d.data((), "bool"))


def switched_to_many(d: Draft) -> None:
    count = d.integer(1, 3)
    index = d.argument(d.integer(0, count - 1))
    d.node(d.op, d.data(d.dims(), d.pick(("float32", "int32"))), index, num_outs=count)


def composed(d: Draft) -> None:
    d.node(d.op, d.data(d.dims(), "float32"), op_names=("Relu", "Square"))


def bucketed(d: Draft) -> None:
    d.node(d.op, d.data(d.dims(), d.dtype()), boundaries=(0.0, 1.5, 3.0))


def summed_over_replicas(d: Draft) -> None:
    d.node(d.op, d.data(d.dims(), d.dtype()), d.const([[0]], "int32"))


def split_variable(d: Draft) -> None:
    handle = d.node("VarHandleOp", dtype="float32", shape=(4, 2), shared_name="split")
    d.runs = False
    d.node(d.op, handle, T="float32", N=2, num_splits=(2, 1))


def split_in_two(shape: Sequence[int], d: Draft) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes that broadcast to one: some axes are 1 or missing on one side."""
    sides: list[list[int]] = [[], []]
    for size in shape:
        how = d.integer(0, 4)
        sides[0].append(1 if how == 3 else size)
        sides[1].append(1 if how == 4 else size)
    cut = d.integer(0, len(shape)) if d.chance(40) else 0
    short = d.integer(0, 1)
    sides[short] = sides[short][cut:]
    return tuple(sides[0]), tuple(sides[1])


def two_that_broadcast(d: Draft) -> None:
    """Two tensors whose shapes broadcast."""
    args = d.definition(d.op).inputs
    dtype = args[0].type or d.dtype(args[0].type_attr or "T")
    shapes = split_in_two(d.dims(), d)
    shifts = d.op in ("LeftShift", "RightShift")
    whole = d.op == "Pow" and "int" in dtype
    limits = (-1, 70) if shifts else (0, 7) if whole else (None, None)
    d.node(d.op, d.data(shapes[0], dtype), d.data(shapes[1], dtype, *limits))


def compared(d: Draft) -> None:
    """Equal and NotEqual, whose shapes need not broadcast."""
    dtype = d.dtype()
    shapes = split_in_two(d.dims(), d)
    if d.chance(15):
        shapes = shapes[0], d.dims()
    strict = d.chance(70)
    inputs = [d.data(shape, dtype) for shape in shapes]
    d.node(d.op, *inputs, incompatible_shape_error=strict)


def alike(d: Draft) -> None:
    """Every input has the same shape; they may be known in different parts."""
    arg = d.definition(d.op).inputs[0]
    shape, dtype = d.dims(4, 4) if d.op == "LRNGrad" else d.dims(), arg.type or d.dtype()
    count = len(d.definition(d.op).inputs)
    if arg.number_attr:
        group = [d.data(shape, dtype) for _ in range(d.integer(1, 3))]
        attrs = {"shape": shape} if d.op == "AccumulateNV2" else {}
        d.node(d.op, group, **attrs)
        return
    d.node(d.op, *(d.data(shape, dtype) for _ in range(count)))


def clipped(d: Draft) -> None:
    shape, dtype = d.dims(), d.dtype()
    limit = shape if d.chance(30) else ()
    d.node(d.op, d.data(shape, dtype), d.data(limit, dtype, 0, 0), d.data(limit, dtype, 1, 2))


def three_way(d: Draft) -> None:
    shape, dtype = d.dims(), d.dtype()
    shapes = [shape if d.chance(70) else () for _ in range(3)]
    d.node(d.op, *(d.data(each, dtype, 0, 1) for each in shapes))


def ensured(d: Draft) -> None:
    shape = d.dims()
    stated: list[int | None] | None = [size if d.chance(60) else None for size in shape]
    if d.chance(10):
        stated = None
    if stated and d.chance(5):
        stated[0] = 9
    d.node(d.op, d.data(shape, d.dtype()), shape=stated)


def passed(d: Draft) -> None:
    inputs = [d.data(d.dims(), d.dtype("T", "Identity")) for _ in range(d.integer(1, 3))]
    d.node(d.op, inputs)


def with_default(d: Draft) -> None:
    shape, dtype = d.dims(), d.dtype("dtype")
    stated = [size if d.chance(50) else None for size in shape] if d.chance(90) else None
    d.node(d.op, d.data(shape, dtype), shape=stated)


def selected(d: Draft) -> None:
    """Select: the condition is a scalar, a vector of rows, or of the shape."""
    shape, dtype = d.dims(), d.dtype("T", "Identity")
    how = d.integer(0, 2)
    condition = shape if how == 0 else () if how == 1 else shape[:1]
    d.node(d.op, d.data(condition, "bool"), d.data(shape, dtype), d.data(shape, dtype))


def selected_broadcast(d: Draft) -> None:
    dtype = d.dtype("T", "Identity")
    first, second = split_in_two(d.dims(), d)
    third = split_in_two(second, d)[0]
    shapes: list[tuple[int, ...]] = [first, second, third]
    order = d.rng.permutation(3).tolist()
    inputs = [d.data(shapes[k], "bool" if k == order[0] else dtype) for k in order]
    d.node(d.op, *inputs)


def labelled(**attrs: object) -> Recipe:
    """A tensor, and attributes without a default."""

    def recipe(d: Draft) -> None:
        arg = d.definition(d.op).inputs[0]
        d.node(d.op, d.data(d.dims(), arg.type or d.dtype()), **attrs)

    return recipe


_SQUARE = ("Cholesky", "MatrixExponential", "MatrixInverse", "MatrixLogarithm", "MatrixSquareRoot")
_UNARY = (
    "Abs", "Acos", "Acosh", "Angle", "AsString", "Asin", "Asinh", "Atan", "Atanh", "BesselI0",
    "BesselI0e", "BesselI1", "BesselI1e", "Cast", "Ceil", "ComplexAbs", "Conj", "Copy", "CopyHost",
    "Cos", "Cosh", "DebugIdentity", "DecodeBase64", "DeepCopy", "Digamma", "Elu", "EncodeBase64",
    "Erf", "Erfc", "Erfinv", "Exp", "Expm1", "FakeQuantWithMinMaxArgs", "Floor", "GuaranteeConst",
    "Identity", "Imag", "Inv", "Invert", "IsFinite", "IsInf", "IsNan", "LeakyRelu", "Lgamma",
    "Log", "Log1p", "LogicalNot", "Ndtri", "Neg", "OnesLike", "PreventGradient",
    "RandomShuffle", "Real", "Reciprocal", "Relu", "Relu6", "Rint", "Round", "Rsqrt",
    "Selu", "Sigmoid", "Sign", "Sin", "Sinh", "Snapshot", "Softplus", "Softsign", "Sqrt", "Square",
    "StopGradient", "StringLength", "StringLower", "StringStrip", "StringToNumber", "StringUpper",
    "Tan", "Tanh", "UnicodeScript", "XlaSharding", "ZerosLike",
)  # fmt: skip
_BROADCAST = (
    "Add", "AddV2", "Atan2", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Complex", "Div", "DivNoNan",
    "FloorDiv", "FloorMod", "Greater", "GreaterEqual", "Igamma", "IgammaGradA", "Igammac",
    "LeftShift", "Less", "LessEqual", "LogicalAnd", "LogicalOr", "Maximum", "Minimum", "Mod", "Mul",
    "MulNoNan", "NextAfter", "Polygamma", "Pow", "RealDiv", "RightShift", "SquaredDifference",
    "Sub", "TruncateDiv", "TruncateMod", "Xdivy", "Xlog1py", "Xlogy", "Zeta",
)  # fmt: skip
_ALIKE = (
    "AccumulateNV2", "AddN", "ApproximateEqual", "EluGrad", "FakeQuantWithMinMaxArgsGradient",
    "InvGrad", "LRNGrad", "LeakyReluGrad", "ReciprocalGrad", "Relu6Grad", "ReluGrad", "RsqrtGrad",
    "SeluGrad", "SigmoidGrad", "SoftplusGrad", "SoftsignGrad", "SqrtGrad", "TanhGrad",
)  # fmt: skip

RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(_UNARY, unary),
    **dict.fromkeys(_BROADCAST, two_that_broadcast),
    **dict.fromkeys(_ALIKE, alike),
    **dict.fromkeys(_SQUARE, squares),
    **dict.fromkeys(("Equal", "NotEqual"), compared),
    **dict.fromkeys(("HSVToRGB", "RGBToHSV"), colours),
    **dict.fromkeys(("FFT", "IFFT"), unary_with(1)),
    **dict.fromkeys(("FFT2D", "IFFT2D"), unary_with(2)),
    **dict.fromkeys(("FFT3D", "IFFT3D"), unary_with(3)),
    **dict.fromkeys(("LogSoftmax", "Softmax"), unary_with(1)),
    **dict.fromkeys(("CheckNumerics", "CheckNumericsV2"), labelled(message="text")),
    **dict.fromkeys(("StringToHashBucket", "StringToHashBucketFast"), labelled(num_buckets=9)),
    **dict.fromkeys(("Enter", "RefEnter"), entered),
    **dict.fromkeys(("Exit", "RefExit", "NextIteration", "RefNextIteration"), left),
    **dict.fromkeys(("Switch", "RefSwitch"), switched),
    "Betainc": three_way,
    "Bucketize": bucketed,
    "ClipByValue": clipped,
    "CrossReplicaSum": summed_over_replicas,
    "DestroyTemporaryVariable": temporary,
    "EnsureShape": ensured,
    "IdentityN": passed,
    "InvertPermutation": permutation,
    "LRN": unary_with(4),
    "LoopCond": unary_with(0, 0),
    "PlaceholderWithDefault": with_default,
    "ReadVariableXlaSplitND": split_variable,
    "RefIdentity": of_variable,
    "Select": selected,
    "SelectV2": selected_broadcast,
    "StaticRegexFullMatch": labelled(pattern="a"),
    "StaticRegexReplace": labelled(pattern="a", rewrite="b"),
    "StringToHashBucketStrong": labelled(num_buckets=9, key=(1, 2)),
    "_Retval": labelled(index=0),
    "_SwitchN": switched_to_many,
    "_UnaryOpsComposition": composed,
}
