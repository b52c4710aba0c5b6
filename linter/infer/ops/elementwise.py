"""Ops that work element by element, or pass a shape on unchanged."""

from __future__ import annotations

from collections.abc import Mapping

from linter.infer.dims import Dims, Outputs, broadcast, refine
from linter.infer.view import Rule, View

__all__ = ["BROADCAST_OPS", "RULES", "SAME_OPS"]

SAME_OPS = (
    "Abs", "Acos", "Acosh", "AdjustContrast", "AdjustContrastv2", "AdjustHue", "AdjustSaturation",
    "Angle", "AsString", "Asin", "Asinh", "Atan", "Atanh", "BesselI0", "BesselI0e", "BesselI1",
    "BesselI1e", "Cast", "Ceil", "CheckNumerics", "CheckNumericsV2", "ComplexAbs", "Conj", "Copy",
    "CopyHost", "Cos", "Cosh", "Cumprod", "Cumsum", "CumulativeLogsumexp", "DebugIdentity",
    "DecodeBase64", "DeepCopy", "DestroyTemporaryVariable", "Digamma", "Elu", "EncodeBase64",
    "Enter", "Erf", "Erfc", "Erfinv", "Exit", "Exp", "Expm1", "FFT", "FFT2D", "FFT3D",
    "FakeQuantWithMinMaxArgs", "FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxVarsPerChannel",
    "Floor", "GuaranteeConst", "HSVToRGB", "IFFT", "IFFT2D", "IFFT3D", "Identity", "Imag", "Inv",
    "Invert", "InvertPermutation", "IsFinite", "IsInf", "IsNan", "LRN", "LeakyRelu", "Lgamma",
    "Log", "Log1p", "LogSoftmax", "LogicalNot", "LoopCond",
    "MatrixBandPart", "MatrixInverse", "MatrixLogarithm", "MatrixSquareRoot", "Ndtri", "Neg",
    "NextIteration", "OnesLike", "PreventGradient", "Print",
    "QuantizeAndDequantize", "QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3",
    "QuantizeAndDequantizeV4", "RGBToHSV", "RandomShuffle", "Real", "Reciprocal", "RefEnter",
    "RefExit", "RefIdentity", "RefNextIteration", "Relu", "Relu6", "Reverse", "ReverseSequence",
    "ReverseV2", "Rint", "Roll", "Round", "Rsqrt", "Selu", "Sigmoid", "Sign", "Sin", "Sinh",
    "Snapshot", "Softmax", "Softplus", "Softsign", "Sqrt", "Square",
    "StaticRegexFullMatch", "StaticRegexReplace", "StopGradient", "StringLength", "StringLower",
    "StringStrip", "StringToHashBucket", "StringToHashBucketFast", "StringToHashBucketStrong",
    "StringToNumber", "StringUpper", "Substr", "Tan", "Tanh", "TensorScatterAdd",
    "TensorScatterMax", "TensorScatterMin", "TensorScatterSub", "TensorScatterUpdate",
    "TensorStridedSliceUpdate", "ZerosLike",  "_UnaryOpsComposition",
    "BatchNormWithGlobalNormalization", "CrossReplicaSum", "Cholesky",
    "MatrixExponential", "XlaSharding", "RegexFullMatch", "RegexReplace", "UnicodeScript",
    "ReadVariableXlaSplitND", "MatrixSetDiag", "MatrixSetDiagV2",
    "MatrixSetDiagV3", "_Retval", "Bucketize",
)  # fmt: skip
"""The output has the shape of the first input."""

BROADCAST_OPS = (
    "Add", "AddV2", "ApproximateEqual", "Atan2", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Complex",
    "Div", "DivNoNan", "Equal", "FloorDiv", "FloorMod", "Greater", "GreaterEqual", "Igamma",
    "IgammaGradA", "Igammac", "LeftShift", "Less", "LessEqual", "LogicalAnd", "LogicalOr",
    "Maximum", "Minimum", "Mod", "Mul", "MulNoNan", "NextAfter", "NotEqual", "Polygamma", "Pow",
    "RealDiv", "RightShift", "SquaredDifference", "Sub", "TruncateDiv", "TruncateMod", "Xdivy",
    "Xlog1py", "Xlogy", "Zeta",
)  # fmt: skip
"""The output has the shape that the two inputs broadcast to."""

_ALIKE_OPS = (
    "AddN", "EluGrad", "FakeQuantWithMinMaxArgsGradient", "InvGrad",
    "LeakyReluGrad", "LRNGrad", "ReciprocalGrad", "Relu6Grad", "ReluGrad", "RsqrtGrad", "SeluGrad",
    "SigmoidGrad", "SoftplusGrad", "SoftsignGrad", "SqrtGrad", "TanhGrad",
)  # fmt: skip
"""All inputs and the output have one shape."""


def _same(view: View) -> Outputs:
    return (view.shape(0),)


def _broadcast(view: View) -> Outputs:
    return (broadcast(view.shape(0), view.shape(1)),)


def _equality(view: View) -> Outputs:
    """Equal and NotEqual may compare shapes that do not broadcast; the answer is then a scalar."""
    dims = broadcast(view.shape(0), view.shape(1))
    if view.attr("incompatible_shape_error") is False and not _surely_broadcast(view):
        return ()
    return (dims,)


def _surely_broadcast(view: View) -> bool:
    left, right = view.shape(0), view.shape(1)
    if left is None or right is None:
        return False
    pairs = zip(reversed(left), reversed(right), strict=False)
    return all(1 in pair or (pair[0] == pair[1] and pair[0] is not None) for pair in pairs)


def _alike(view: View) -> Outputs:
    dims: Dims = None
    for shape in view.shapes():
        dims = refine(dims, shape)
    return (dims,)


def _accumulate(view: View) -> Outputs:
    """The attribute states the shape; nothing is known when the inputs contradict it."""
    stated, found = view.dims("shape"), _alike(view)[0]
    return (refine(stated, found),) if refine(found, stated) == refine(stated, found) else ()


def _each_input(view: View) -> Outputs:
    return tuple(view.shapes())


def _select(view: View) -> Outputs:
    return (refine(view.shape(1), view.shape(2)),)


def _select_broadcast(view: View) -> Outputs:
    return (broadcast(broadcast(view.shape(0), view.shape(1)), view.shape(2)),)


def _three_way(view: View) -> Outputs:
    """Betainc and ClipByValue: scalars broadcast, the rest are alike."""
    dims: Dims = ()
    for shape in view.shapes(0, 3):
        dims = broadcast(dims, shape)
    return (dims,)


def _switch(view: View) -> Outputs:
    return (view.shape(0), view.shape(0))


def _switch_n(view: View) -> Outputs:
    count = view.integer("num_outs")
    return (view.shape(0),) * count if count is not None and 0 <= count <= len(view) + 64 else ()


def _ensure_shape(view: View) -> Outputs:
    return (refine(view.shape(0), view.dims("shape")),)


def _placeholder_with_default(view: View) -> Outputs:
    """Whatever is fed must fit the attribute; the default's own shape binds nobody."""
    return (view.dims("shape"),)


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(SAME_OPS, Rule(_same)),
    **dict.fromkeys(BROADCAST_OPS, Rule(_broadcast)),
    **dict.fromkeys(_ALIKE_OPS, Rule(_alike)),
    "AccumulateNV2": Rule(_accumulate),
    "Betainc": Rule(_three_way),
    "ClipByValue": Rule(_same),
    "EnsureShape": Rule(_ensure_shape),
    "Equal": Rule(_equality),
    "IdentityN": Rule(_each_input),
    "NotEqual": Rule(_equality),
    "PlaceholderWithDefault": Rule(_placeholder_with_default),
    "RefSwitch": Rule(_switch),
    "Select": Rule(_select),
    "SelectV2": Rule(_select_broadcast),
    "Switch": Rule(_switch),
    "_SwitchN": Rule(_switch_n),
}
