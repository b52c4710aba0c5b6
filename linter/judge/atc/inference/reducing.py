"""Reductions. An axis that the input lacks passes where the axes are an input.

Source: canndev, ops/built-in/op_proto/reduce_ops.cc and elewise_calculation_ops.cc.
"""

from __future__ import annotations

from linter.judge.atc.inference.demands import LOGGED, attribute, axis_inside
from linter.judge.atc.inference.operator import GeOperator, Refused

__all__ = ["arg_extreme", "reduce_by_attribute"]


def reduce_by_attribute(op: GeOperator) -> Refused | None:
    """ReduceSumD and its kin: InferReduceDShapeProcess with CheckReduceDInfo and ConvertAxis."""
    refused = attribute(op, "axes", LOGGED)
    for axis in op.integers("axes") or ():
        refused = refused or axis_inside(op.inputs[0], axis, LOGGED, "an entry of axes")
    return refused


def arg_extreme(op: GeOperator) -> Refused | None:
    """ArgMaxV2 and ArgMin: ArgMaxInferShape, ArgMinInferShape."""
    data, axis = op.inputs[:2]
    found = axis.integers
    return axis_inside(data, found[0] if found else None, LOGGED, "the axis")
