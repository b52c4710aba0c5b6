"""Computes a node whose small integer inputs are known, by the rules of shape inference."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from linter.graph import DType, Graph, Node, Shape, Value
from linter.infer.inference import Constant, Dims, Inference
from linter.infer.numbers import in_dtype
from linter.infer.ops.registry import OPS
from linter.io.tensor.values import make_tensor
from opdb.tf_ops import OpTable

__all__ = ["EXACT", "Fact", "can_fold", "fold"]

EXACT = frozenset(
    {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
)
"""Dtypes of which computing ahead gives the very same elements."""


_ON_NUMBERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "AddV2": operator.add,
    "Mul": operator.mul,
    "Sub": operator.sub,
}
_ON_PAIRS: Mapping[str, Callable[[Any, Any], Any]] = {
    "Greater": operator.gt,
    "GreaterEqual": operator.ge,
    "Less": operator.lt,
    "LessEqual": operator.le,
    "LogicalAnd": lambda a, b: a and b,
    "LogicalOr": lambda a, b: a or b,
}


class Fact(NamedTuple):
    """What is known about one input."""

    dtype: str | None
    dims: Dims
    constant: Constant | None = None


def can_fold(op: str) -> bool:
    """Whether there is a rule that computes nodes of this type."""
    return op in OPS and OPS[op].values is not None


def fold(node: Node, facts: Sequence[Fact], ops: OpTable) -> tuple[Constant | None, ...]:
    """The outputs of a node as far as they follow; only integers and booleans.

    Args:
        node: what to compute; its own inputs are not looked at.
        facts: its data inputs.
        ops: op definitions.
    """
    if (scalar := _of_scalars(node.op, facts)) is not None:
        return (scalar,)
    inputs = [_input(f"input{slot}", fact) for slot, fact in enumerate(facts)]
    probe = node.replace(
        name="node", key="node", inputs=tuple(Value(entry.key) for entry in inputs), controls=()
    )
    inference = Inference(Graph([*inputs, probe]), ops)
    found: list[Constant | None] = []
    for port in range(inference.output_count(probe) or 0):
        constant = inference.constant(Value("node", port))
        exact = constant is not None and constant.dtype in EXACT
        found.append(constant if exact else None)
    return tuple(found)


def _of_scalars(op: str, facts: Sequence[Fact]) -> Constant | None:
    """What counters and conditions are made of, without the way round by inference."""
    known = [fact.constant for fact in facts if fact.constant is not None]
    if len(known) != 2 or len(facts) != 2 or any(constant.shape for constant in known):
        return None
    left, right = (constant.values[0] for constant in known)
    if op in _ON_PAIRS:
        return Constant("bool", (), (bool(_ON_PAIRS[op](left, right)),))
    dtype = known[0].dtype
    if op not in _ON_NUMBERS or dtype not in EXACT or dtype == "bool":
        return None
    result = in_dtype(_ON_NUMBERS[op](left, right), dtype)
    return None if result is None else Constant(dtype, (), (result,))


def _input(name: str, fact: Fact) -> Node:
    dtype = DType(fact.dtype or "float32")
    constant = fact.constant
    if constant is not None:
        tensor = make_tensor(DType(constant.dtype), constant.shape, constant.values)
        return Node(name, "Const", attrs={"dtype": DType(constant.dtype), "value": tensor})
    return Node(name, "Placeholder", attrs={"dtype": dtype, "shape": Shape(fact.dims)})
