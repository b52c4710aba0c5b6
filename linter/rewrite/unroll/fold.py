"""Computes a node whose small integer inputs are known, by what inference knows of its op."""

from __future__ import annotations

from collections.abc import Sequence

from linter.graph import Node
from linter.graph.ports import output_count
from linter.infer.single import constants
from linter.infer.tensors import Constant
from linter.infer.view import Fact
from opdb.tf_ops import OpTable

__all__ = ["EXACT", "fold"]

EXACT = frozenset(
    {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
)
"""Dtypes of which computing ahead gives the very same elements."""


def fold(node: Node, facts: Sequence[Fact], ops: OpTable) -> tuple[Constant | None, ...]:
    """The outputs of a node as far as they follow; only integers and booleans.

    Args:
        node: what to compute; its own inputs are not looked at.
        facts: its data inputs.
        ops: op definitions.
    """
    opdef = ops.get(node.op)
    if opdef is None:
        return ()
    found = [
        constant if constant is not None and constant.dtype in EXACT else None
        for constant in constants(node, opdef, facts)
    ]
    count = output_count(node, opdef) or 0
    return tuple((found + [None] * count)[:count])
