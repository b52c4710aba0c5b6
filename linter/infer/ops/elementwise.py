"""Ops that work element by element, or pass a shape on unchanged."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from linter.infer.dims import Dims, Outputs, broadcast, product, refine
from linter.infer.numbers import in_dtype
from linter.infer.view import Found, Handle, Semantics, View

__all__ = ["OPS", "alike", "always", "broadcasting", "first", "same"]

_SAME_OPS = (
    "_Retval", "_UnaryOpsComposition", "Acos", "Acosh", "AdjustContrast", "AdjustContrastv2",
    "AdjustHue", "AdjustSaturation", "Angle", "Asin", "Asinh", "AsString", "Atan", "Atanh",
    "BatchNormWithGlobalNormalization", "BesselI0", "BesselI0e", "BesselI1", "BesselI1e",
    "Bucketize", "CheckNumericsV2", "Cholesky", "ComplexAbs", "Conj", "Copy", "CopyHost", "Cos",
    "Cosh", "CrossReplicaSum", "Cumprod", "CumulativeLogsumexp", "DebugIdentity", "DecodeBase64",
    "DeepCopy", "DestroyTemporaryVariable", "Digamma", "Elu", "EncodeBase64", "Erf", "Erfc",
    "Erfinv", "Exp", "Expm1", "FakeQuantWithMinMaxArgs", "FakeQuantWithMinMaxVars",
    "FakeQuantWithMinMaxVarsPerChannel", "FFT", "FFT2D", "FFT3D", "HSVToRGB", "IFFT", "IFFT2D",
    "IFFT3D", "Imag", "Inv", "IsFinite", "IsInf", "IsNan", "LeakyRelu", "Lgamma", "Log", "Log1p",
    "LogSoftmax", "LoopCond", "LRN", "MatrixBandPart", "MatrixExponential", "MatrixInverse",
    "MatrixLogarithm", "MatrixSetDiag", "MatrixSetDiagV2", "MatrixSetDiagV3", "MatrixSquareRoot",
    "Ndtri", "QuantizeAndDequantize", "QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3",
    "QuantizeAndDequantizeV4", "RandomShuffle", "ReadVariableXlaSplitND", "Real", "Reciprocal",
    "RefNextIteration", "RegexFullMatch", "RegexReplace", "Relu", "Relu6", "Reverse",
    "ReverseSequence", "RGBToHSV", "Roll", "Rsqrt", "Selu", "Sigmoid", "Sin", "Sinh", "Softmax",
    "Softplus", "Softsign", "StaticRegexFullMatch", "StaticRegexReplace", "StringLength",
    "StringLower", "StringStrip", "StringToHashBucket", "StringToHashBucketFast",
    "StringToHashBucketStrong", "StringToNumber", "StringUpper", "Tan", "Tanh",
    "TensorScatterAdd", "TensorScatterMax", "TensorScatterMin", "TensorScatterSub",
    "TensorScatterUpdate", "TensorStridedSliceUpdate", "UnicodeScript", "XlaSharding",
)  # fmt: skip
"""The output has the shape of the first input."""

_BROADCAST_OPS = (
    "Atan2", "Complex", "Igamma", "IgammaGradA", "Igammac", "MulNoNan",
    "NextAfter", "Polygamma", "Xdivy", "Xlog1py", "Xlogy", "Zeta",
)  # fmt: skip
"""The output has the shape that the two inputs broadcast to."""

_ALIKE_OPS = (
    "ApproximateEqual", "EluGrad", "FakeQuantWithMinMaxArgsGradient", "InvGrad", "LeakyReluGrad",
    "LRNGrad", "ReciprocalGrad", "Relu6Grad", "ReluGrad", "RsqrtGrad", "SeluGrad", "SigmoidGrad",
    "SoftplusGrad", "SoftsignGrad", "SqrtGrad", "TanhGrad",
)  # fmt: skip
"""All inputs and the output have one shape."""


_PASSING_OPS = (
    "GuaranteeConst", "PreventGradient", "Print", "RefExit", "RefIdentity",
    "Snapshot", "StopGradient",
)  # fmt: skip
"""The output is the first input, which is no resource."""


def always(_: View) -> bool:
    """Whatever the dtypes and attributes are."""
    return True


def same(view: View) -> Outputs:
    """The shape of the first input."""
    return (view.shape(0),)


def first(view: View) -> Found:
    """The elements of the first input in their order, whatever the shape."""
    return (view.value(0),)


def broadcasting(view: View) -> Outputs:
    """The shape that the two inputs broadcast to."""
    return (broadcast(view.shape(0), view.shape(1)),)


def alike(view: View) -> Outputs:
    """The shape that all inputs have."""
    dims: Dims = None
    for shape in view.shapes():
        dims = refine(dims, shape)
    return (dims,)


def _accumulate(view: View) -> Outputs:
    """The attribute states the shape; nothing is known when the inputs contradict it."""
    stated, found = view.dims("shape"), alike(view)[0]
    return (refine(stated, found),) if refine(found, stated) == refine(stated, found) else ()


def _each_shape(view: View) -> Outputs:
    return tuple(view.shapes())


def _each(view: View) -> Found:
    return tuple(view.value(slot) for slot in range(len(view)))


def _substring(view: View) -> Outputs:
    """Positions and lengths are alike; the text broadcasts with them."""
    return (broadcast(view.shape(0), refine(view.shape(1), view.shape(2))),)


def _checked(view: View) -> Found:
    """CheckNumerics ends the run at an element that is no finite number."""
    known = view.value(0)
    if known is None:
        return ()
    return (tuple(x if isinstance(x, float) and math.isfinite(x) else None for x in known.values),)


def _three_way(view: View) -> Outputs:
    """Betainc: scalars broadcast, the rest are alike."""
    dims: Dims = ()
    for shape in view.shapes(0, 3):
        dims = broadcast(dims, shape)
    return (dims,)


def _switch(view: View) -> Outputs:
    return (view.shape(0), view.shape(0))


def _switched(view: View) -> Found:
    return (view.value(0), view.value(0))


def _switch_n(view: View) -> Outputs:
    count = view.integer("num_outs")
    return (view.shape(0),) * count if count is not None and 0 <= count <= len(view) + 64 else ()


def _ensure_shape(view: View) -> Outputs:
    return (refine(view.shape(0), view.dims("shape")),)


def _placeholder_with_default(view: View) -> Outputs:
    """Whatever is fed must fit the attribute; the default's own shape binds nobody."""
    return (view.dims("shape"),)


def _filled(number: int) -> Callable[[View], Found]:
    def values(view: View) -> Found:
        size = product(view.out_shape() or ())
        return ((in_dtype(number, view.out_dtype()),) * size,) if size is not None else ()

    return values


def _passed_on(view: View) -> Handle | None:
    return view.handle(0)


_FLOW = Semantics(same, values=first, made_of=(0,), handle=_passed_on)
_SWITCH = Semantics(_switch, values=_switched, made_of=(0,), handle=_passed_on)

OPS: Mapping[str, Semantics] = {
    **dict.fromkeys(_SAME_OPS, Semantics(same)),
    **dict.fromkeys(_BROADCAST_OPS, Semantics(broadcasting)),
    **dict.fromkeys(_ALIKE_OPS, Semantics(alike)),
    **dict.fromkeys(_PASSING_OPS, Semantics(same, values=first, made_of=(0,))),
    **dict.fromkeys(("Enter", "Exit", "NextIteration", "RefEnter"), _FLOW),
    "AccumulateNV2": Semantics(_accumulate),
    "Betainc": Semantics(_three_way),
    "CheckNumerics": Semantics(same, values=_checked, made_of=(0,)),
    "ClipByValue": Semantics(same),
    "EnsureShape": Semantics(_ensure_shape, values=first, made_of=(0,)),
    "Identity": Semantics(same, values=first, made_of=(0,), whole=always, handle=_passed_on),
    "IdentityN": Semantics(_each_shape, values=_each),
    "OnesLike": Semantics(same, values=_filled(1), made_of=()),
    "PlaceholderWithDefault": Semantics(_placeholder_with_default),
    "RefSwitch": _SWITCH,
    "Substr": Semantics(_substring),
    "Switch": _SWITCH,
    "ZerosLike": Semantics(same, values=_filled(0), made_of=()),
    "_SwitchN": Semantics(_switch_n),
}
