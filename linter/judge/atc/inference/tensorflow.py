"""A TensorFlow node as an operator of the graph engine."""

from __future__ import annotations

from typing import Any

from linter.graph import Graph, Node, Value
from linter.infer.dims import Dims
from linter.infer.dtypes import base_dtype
from linter.infer.inference import Inference
from linter.judge.atc.folding import Folding
from linter.judge.atc.ge import GeNode
from linter.judge.atc.inference.operator import GeInput, GeOperator
from opdb.tf_ops import OpTable

__all__ = ["dtypes_hold", "tensorflow_operator"]

_RENAMED = {
    ("BatchMatMul", "adj_x1"): "adj_x",
    ("BatchMatMul", "adj_x2"): "adj_y",
    ("BatchMatMulV2", "adj_x1"): "adj_x",
    ("BatchMatMulV2", "adj_x2"): "adj_y",
    ("MatMul", "transpose_x1"): "transpose_a",
    ("MatMul", "transpose_x2"): "transpose_b",
    ("MatMulV2", "transpose_x1"): "transpose_a",
    ("MatMulV2", "transpose_x2"): "transpose_b",
    ("Squeeze", "axis"): "squeeze_dims",
}
"""GE type and attribute to TensorFlow's name, where they differ. Source: the plugins."""

_FILTERS = {
    "Conv2D": "HWCN",
    "Conv2DBackpropInput": "HWCN",
    "Conv3D": "DHWCN",
    "DepthwiseConv2D": "HWCN",
}
_PASSED_ON = frozenset(
    {"GuaranteeConst", "Identity", "PreventGradient", "Snapshot", "StopGradient"}
)
_LOSES_DTYPE = "RandomGamma"
"""Its output is never set where the shape is data, and then is a float32 (RandomGammaInfer)."""


def dtypes_hold(graph: Graph, inference: Inference) -> bool:
    """Whether every node gives the dtype that its attributes say, as far as GE keeps them apart.

    Constants are left out: that one contradicts itself is told of the constant.
    """
    for node in graph:
        if node.op == _LOSES_DTYPE:
            return False
        if node.op in _PASSED_ON and node.inputs:
            given, says = inference.dtype(node.inputs[0]), inference.dtype(Value(node.key))
            if given is not None and base_dtype(given) != base_dtype(says):
                return False
    return True


def tensorflow_operator(
    graph: Graph, node: Node, ge: GeNode, inference: Inference, folding: Folding, ops: OpTable
) -> GeOperator:
    """The operator that a node becomes.

    Args:
        graph: the body that the node is in.
        node: the node.
        ge: its GE type and tensors.
        inference: dtypes and shapes of the body.
        folding: what is constant there.
        ops: TensorFlow op definitions.
    """
    facts = _NodeFacts(graph, node, ge.type, inference, folding, ops)
    inputs: list[GeInput] = []
    for tensor in ge.inputs:
        if not tensor.group:
            inputs.append(GeInput(tensor.name or tensor.arg, tensor.first, facts))
            continue
        name = tensor.name or "x"
        count = range(len(tensor.dtypes))
        inputs += [GeInput(f"{name}{k}", tensor.first + k, facts, name) for k in count]
    return GeOperator(ge.type, tuple(inputs), facts)


class _NodeFacts:
    """What is known about a node; nothing is worked out before a check asks for it."""

    __slots__ = ("_folding", "_graph", "_inference", "_node", "_ops", "_type")

    def __init__(
        self,
        graph: Graph,
        node: Node,
        ge_op: str,
        inference: Inference,
        folding: Folding,
        ops: OpTable,
    ) -> None:
        self._graph = graph
        self._node = node
        self._type = ge_op
        self._inference = inference
        self._folding = folding
        self._ops = ops

    def dtype(self, port: int) -> str | None:
        """The dtype that comes from the node whose output it is, past removed nodes."""
        value = self._value(port)
        source = None if value is None else self._graph.get(value.node)
        seen = 0
        while source is not None and source.op in _PASSED_ON and seen < len(self._graph):
            if len(source.inputs) != 1 or not self._folding.removed(source):
                break
            value, seen = source.inputs[0], seen + 1
            source = self._graph.get(value.node)
        if value is None:
            return None
        return (None if source is None else self._of(source)) or self._inferred(value)

    def _of(self, source: Node) -> str | None:
        """The dtype of an output where GE does not take it from the node's own attributes."""
        if source.op == "Const":
            dtype = getattr(source.attrs.get("value"), "dtype", None)
            return str(dtype) if dtype else None
        if source.op != _LOSES_DTYPE or not source.inputs:
            return None
        return "float32" if self._constant(source.inputs[0]) is False else None

    def _inferred(self, value: Value) -> str | None:
        return base_dtype(self._inference.dtype(value))

    def dims(self, port: int) -> Dims:
        """Shape of an input."""
        value = self._value(port)
        return None if value is None else self._inference.shape(value)

    def constant(self, port: int) -> bool | None:
        """Whether an input is a constant once constants are folded and open sizes are given."""
        value = self._value(port)
        return None if value is None else self._constant(value)

    def elements(self, port: int) -> tuple[Any, ...] | None:
        """Elements of an input that is a small constant."""
        value = self._value(port)
        if value is None or not self._folding.constant(value.node):
            return None
        known = self._inference.constant(value)
        return None if known is None else known.values

    def layout(self, name: str) -> str:
        """TensorFlow's order of the axes."""
        if name == "filter" and self._type in _FILTERS:
            return _FILTERS[self._type]
        found = self.attr("data_format")
        return found if isinstance(found, str) else "NHWC"

    def attr(self, name: str) -> object:
        """The attribute, or TensorFlow's default."""
        name = _RENAMED.get((self._type, name), name)
        found: object = self._node.attrs.get(name)
        if found is None and (definition := self._ops.get(self._node.op)) is not None:
            spec = definition.attrs.get(name)
            return None if spec is None or not spec.has_default else spec.default
        return found

    def stated(self, name: str) -> bool:
        """Whether the node itself has the attribute."""
        return _RENAMED.get((self._type, name), name) in self._node.attrs

    def _value(self, port: int) -> Value | None:
        inputs = self._node.inputs
        return inputs[port] if port < len(inputs) else None

    def _constant(self, value: Value) -> bool | None:
        if self._folding.constant(value.node):
            return True
        return False if self._folding.is_data(value.node) else None
