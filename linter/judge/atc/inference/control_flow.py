"""Control flow of TensorFlow 1.

Source: canndev, ops/built-in/op_proto/control_flow_ops.cc.
"""

from __future__ import annotations

from linter.judge.atc.inference.demands import GRAPH, ranked, same_dtypes
from linter.judge.atc.inference.operator import Aspect, GeInput, GeOperator, Refused

__all__ = ["loop_cond", "merge", "switch"]


def switch(op: GeOperator) -> Refused | None:
    """Switch and RefSwitch: SwitchInferImpl."""
    return _predicate(op.inputs[1]) if len(op.inputs) > 1 else None


def loop_cond(op: GeOperator) -> Refused | None:
    """LoopCond: LoopCondInferImpl."""
    return _predicate(op.inputs[0])


def merge(op: GeOperator) -> Refused | None:
    """Merge and RefMerge: MergeInferImpl."""
    return same_dtypes(op.group("x"), GRAPH)


def _predicate(tensor: GeInput) -> Refused | None:
    dtype = tensor.dtype
    if dtype is not None and dtype != "bool":
        seen = f"input {tensor.name!r} is {dtype}"
        return Refused(Aspect.DTYPE, GRAPH, seen, "it must be bool", tensor.port)
    return ranked((tensor,), (0,), GRAPH)
