"""Elementwise operators: equal dtypes, and shapes that broadcast.

Most of them take any two static shapes: ``InferBroadcastshapeForStatic`` compares nothing. Those
that name their tensors go through the older function, which does.

Source: canndev, ops/built-in/op_proto/elewise_calculation_ops.cc and util/util.cc.
"""

from __future__ import annotations

from linter.infer.dims import broadcast
from linter.judge.atc.inference.demands import VECTOR, misshapen, same_dtypes, shown
from linter.judge.atc.inference.operator import Check, GeOperator, Refused

__all__ = ["BROADCASTING", "EQUAL", "EQUAL_AND_BROADCASTING", "equal", "equal_group", "spreads"]

EQUAL = {
    "Add": (0, 1),
    "AddV2": (0, 1),
    "AssignAdd": (0, 1),
    "AssignSub": (0, 1),
    "Atan2": (0, 1),
    "BatchNorm": (1, 2),
    "BatchNorm3D": (1, 2),
    "ClipByValue": (0, 1, 2),
    "Dilation2D": (0, 1),
    "Div": (0, 1),
    "DivNoNan": (0, 1),
    "EluGrad": (0, 1),
    "Equal": (0, 1),
    "FloorDiv": (0, 1),
    "FloorMod": (0, 1),
    "Greater": (0, 1),
    "GreaterEqual": (0, 1),
    "InvGrad": (0, 1),
    "LeakyReluGrad": (0, 1),
    "LeftShift": (0, 1),
    "LogicalOr": (0, 1),
    "Maximum": (0, 1),
    "Minimum": (0, 1),
    "Mul": (0, 1),
    "Pow": (0, 1),
    "RealDiv": (0, 1),
    "ReciprocalGrad": (0, 1),
    "Relu6Grad": (0, 1),
    "ReluGrad": (0, 1),
    "RsqrtGrad": (0, 1),
    "ScatterAdd": (0, 2),
    "ScatterDiv": (0, 2),
    "ScatterMax": (0, 2),
    "ScatterMin": (0, 2),
    "ScatterMul": (0, 2),
    "ScatterNdAdd": (0, 2),
    "ScatterNdSub": (0, 2),
    "ScatterNdUpdate": (0, 2),
    "ScatterNonAliasingAdd": (0, 2),
    "ScatterSub": (0, 2),
    "ScatterUpdate": (0, 2),
    "Select": (1, 2),
    "SelectV2": (1, 2),
    "SeluGrad": (0, 1),
    "SigmoidGrad": (0, 1),
    "SoftplusGrad": (0, 1),
    "SoftsignGrad": (0, 1),
    "SqrtGrad": (0, 1),
    "TensorScatterAdd": (0, 2),
    "TensorScatterMax": (0, 2),
    "TensorScatterMin": (0, 2),
    "TensorScatterSub": (0, 2),
    "TensorScatterUpdate": (0, 2),
    "Xlog1py": (0, 1),
}
"""Inputs whose dtypes Verify compares (CheckTwoInputDtypeSame), by position."""

BROADCASTING = (
    "BitwiseAnd",
    "BitwiseOr",
    "BitwiseXor",
    "LogicalAnd",
    "MulNoNan",
    "TruncateDiv",
    "TruncateMod",
)
"""Operators whose InferShape names its tensors, and whose Verify compares no dtypes."""

EQUAL_AND_BROADCASTING = (
    "ApproximateEqual",
    "Less",
    "LessEqual",
    "Mod",
    "NotEqual",
    "Xdivy",
    "Xlogy",
)
"""Operators that are checked for both."""


def equal(*places: int) -> Check:
    """CheckTwoInputDtypeSame of the inputs at these positions."""

    def check(op: GeOperator) -> Refused | None:
        return same_dtypes(op.at(*places), VECTOR)

    return check


def equal_group(op: GeOperator) -> Refused | None:
    """AccumulateNV2: CheckDynamicInputDtype."""
    return same_dtypes(op.group("x"), VECTOR)


def spreads(op: GeOperator) -> Refused | None:
    """InferShapeAndTypeTwoInOneOutBroadcast with the names of the tensors."""
    if len(op.inputs) < 2:
        return None
    first, second = op.inputs[:2]
    left = first.dims
    right = None if left is None else second.dims
    if left is None or right is None or broadcast(left, right) is not None:
        return None
    seen = f"inputs {first.name!r} and {second.name!r} are {shown(left)} and {shown(right)}"
    return misshapen(second, "they must broadcast", VECTOR, seen=seen, contradiction=True)
