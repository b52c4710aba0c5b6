"""How much a node computes and how large a tensor is: estimates for choosing where to cut.

The unit is one multiply-add of a convolution or matrix product, or one element of the result of
any other op. A first axis that is open counts as 1, any other open size as 32, an open rank as
1,024 elements. Nodes that only pass a tensor on or ask for its shape compute nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from linter.graph import Graph, Node, Value
from linter.graph.op_families import (
    BATCH_MATMULS,
    CONTROL_FLOW,
    PLACEHOLDERS,
    SHAPE_QUERIES,
    TRANSPOSED_CONVOLUTIONS,
)
from linter.infer.inference import Dims, Inference

__all__ = ["Weights", "elements"]

_OPEN, _OPEN_RANK = 32, 1024
_WHOLE_FILTER = frozenset({"Conv2D", "Conv3D", "QuantizedConv2D", "_FusedConv2D"})
_DEPTHWISE = frozenset({"DepthwiseConv2dNative", "FusedDepthwiseConv2dNative"})
_PRODUCTS = BATCH_MATMULS | {"MatMul", "_FusedMatMul"}
_FREE = (
    CONTROL_FLOW
    | PLACEHOLDERS
    | SHAPE_QUERIES
    | {
        "Const",
        "ExpandDims",
        "Identity",
        "IdentityN",
        "LoopCond",
        "NoOp",
        "PreventGradient",
        "Reshape",
        "Snapshot",
        "Squeeze",
        "StopGradient",
    }
)


def elements(dims: Dims) -> int:
    """Elements of a tensor, with a guess for what is not known."""
    if dims is None:
        return _OPEN_RANK
    return prod(_size(size, axis) for axis, size in enumerate(dims))


def _size(size: int | None, axis: int) -> int:
    if size is not None:
        return size
    return 1 if axis == 0 else _OPEN


class Weights:
    """Estimates for one model.

    Args:
        inference: inference of a body.
        called: bodies that a node calls.
    """

    def __init__(
        self,
        inference: Callable[[Graph], Inference],
        called: Callable[[Node], tuple[Graph, ...]],
    ) -> None:
        self._inference, self._called = inference, called
        self._bodies: dict[str | None, int] = {}

    def work(self, graph: Graph, node: Node) -> int:
        """What a node computes; a call computes what the bodies do, once."""
        if node.op in _FREE or node.virtual:
            return 0
        bodies = self._called(node)
        if bodies:
            return sum(self._body(body) for body in bodies)
        inference = self._inference(graph)
        count = inference.output_count(node)
        result = sum(elements(inference.shape(Value(node.key, p))) for p in range(count or 1))
        return self._factor(inference, node, result)

    def _body(self, body: Graph) -> int:
        if body.function not in self._bodies:
            self._bodies[body.function] = 0  # a body that calls itself counts once
            self._bodies[body.function] = sum(self.work(body, node) for node in body)
        return self._bodies[body.function]

    def _factor(self, inference: Inference, node: Node, result: int) -> int:
        """The result's size, times what each element takes."""
        if len(node.inputs) < 2:
            return result
        first, second = (inference.shape(value) for value in node.inputs[:2])
        if node.op in _PRODUCTS:
            return result * _inner(node, first)
        if second is None or len(second) < 3:
            return result
        if node.op in _WHOLE_FILTER:
            return result * elements((1, *second[:-1]))
        if node.op in _DEPTHWISE:
            return result * elements((1, *second[:2]))
        if node.op in TRANSPOSED_CONVOLUTIONS and len(node.inputs) > 2:
            return elements(inference.shape(node.inputs[2])) * elements((1, *second[:-1]))
        return result


def _inner(node: Node, first: Dims) -> int:
    """Length of the sums of a matrix product."""
    if first is None or len(first) < 2:
        return _OPEN
    transposed = node.attrs.get("transpose_a") or node.attrs.get("adj_x")
    size = first[-2] if transposed else first[-1]
    return _OPEN if size is None else size
