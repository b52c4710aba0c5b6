"""GE types whose Verify and InferShape were read and refuse nothing that a graph can state.

Source: canndev, ops/built-in/op_proto; the file of each family is named beside its reason.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["REFUSES_NOTHING"]

_UNARY = "one output of the shape of one input (elewise_calculation_ops.cc, nonlinear_fuc_ops.cc)"
_SAME = "copies shape and dtype (array_ops.cc)"
_STATIC = "InferBroadcastshapeForStatic compares nothing, and no Verify does (util/util.cc)"
_REDUCES = "an axis outside the input passes (CommonReduceInferWithInputAxes, reduce_ops.cc)"
_ARRAYS = "a resource whose context the handle brings (data_flow_ops.cc, list_ops.cc)"
_LOOPS = "PassThroughInferImpl hands on what comes in (control_flow_ops.cc)"
_NO_FUNCTION = "no inference function is registered"
_SCAN = "the shape is that of the input (selection_ops.cc)"
_SIZED_OUT = "an open output where the input is no constant (selection_ops.cc)"

REFUSES_NOTHING: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "Abs",
            "Acos",
            "Asinh",
            "Atanh",
            "Cast",
            "Ceil",
            "Cos",
            "Elu",
            "Erf",
            "Exp",
            "Floor",
            "Invert",
            "IsFinite",
            "LeakyRelu",
            "Log",
            "Log1p",
            "LogicalNot",
            "Neg",
            "OnesLike",
            "Reciprocal",
            "Relu",
            "Relu6",
            "Round",
            "Rsqrt",
            "Selu",
            "Sigmoid",
            "Sign",
            "Sin",
            "Softplus",
            "Softsign",
            "Sqrt",
            "Square",
            "Tanh",
            "ZerosLike",
        ),
        _UNARY,
    ),
    **dict.fromkeys(
        (
            "Const",
            "Data",
            "GuaranteeConst",
            "Identity",
            "IdentityN",
            "PreventGradient",
            "Shape",
            "ShapeN",
            "Size",
            "Snapshot",
            "StopGradient",
        ),
        _SAME,
    ),
    **dict.fromkeys(("SquaredDifference", "Sub"), _STATIC),
    **dict.fromkeys(
        (
            "ReduceAll",
            "ReduceAny",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSum",
        ),
        _REDUCES,
    ),
    **dict.fromkeys(
        (
            "TensorArray",
            "TensorArrayGather",
            "TensorArrayRead",
            "TensorArrayScatter",
            "TensorArraySize",
            "TensorArrayWrite",
            "TensorListFromTensor",
            "TensorListGetItem",
            "TensorListReserve",
            "TensorListSetItem",
            "TensorListStack",
        ),
        _ARRAYS,
    ),
    **dict.fromkeys(("Enter", "Exit", "NextIteration"), _LOOPS),
    **dict.fromkeys(("Assert", "NoOp", "Print", "VariableV2"), _NO_FUNCTION),
    **dict.fromkeys(("Cumprod", "Cumsum", "ReverseV2", "Roll"), _SCAN),
    "Assign": "a variable, which a frozen graph does not have (AssignVerify)",
    "DynamicRNN": "made by the plugin, which gives it the shapes that it asks for (rnn.cc)",
    "ParseExample": "its attributes are those of the op definition (ParseExampleInfer)",
    **dict.fromkeys(("Range", "ScatterNd", "Slice", "UnsortedSegmentSum"), _SIZED_OUT),
    "AddN": "takes the shape of the longest input, whatever the others are (AddNInferShape)",
    "ArgMin": "an axis outside the input passes (ArgMinInferShape)",
    "AvgPool3D": "sizes and strides are counted by its plugin, which fills them in",
    "BiasAdd": "compares data_format alone, which the parser has checked (BiasAddVerify)",
    "Bitcast": "sizes are compared by the front ends already (BitcastVerify)",
    "LogSoftmaxV2": "the axes are not compared (nn_norm_ops.cc)",
    "MatrixDiag": "ranks are compared by the front ends already (MatrixDiagVerify)",
    "MatrixSetDiag": "ranks are compared by the front ends already (MatrixSetDiagVerify)",
    "RandomGamma": "leaves its output as float32 where the shape is data (RandomGammaInfer)",
    "RandomShuffle": "copies the shape (RandomShuffleInfer)",
    "SoftmaxV2": "the axes are not compared (nn_norm_ops.cc)",
    "SparseSoftmaxCrossEntropyWithLogits": "compares nothing (nn_norm_ops.cc)",
    "Unique": "needs out_idx, which has a default (UniqueInfer)",
}
