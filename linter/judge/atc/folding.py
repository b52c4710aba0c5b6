"""Stage 3: nodes that are gone, or constants, before engines are asked.

Source: hicann/ge, graph_prepare.cc PrepareOptimize (what is removed) and
compiler/host_kernels with the host-CPU operator registry (what is folded).
"""

from __future__ import annotations

from collections.abc import Iterable

from linter.graph import Graph, Node, Value
from linter.infer.inference import Inference
from linter.judge.scope import Scope
from opdb.query import Database
from opdb.record import Engine
from opdb.tf_ops import OpTable

__all__ = ["Folding"]

_REMOVED = frozenset(
    {
        "Assert",
        "GuaranteeConst",
        "Identity",
        "IdentityN",
        "PlaceholderWithDefault",
        "PreventGradient",
        "Print",
        "Snapshot",
        "StopGradient",
    }
)
_SHAPE_OPS = frozenset({"Shape", "ShapeN", "Size"})
_OF_SHAPES = _SHAPE_OPS | {"Rank"}
_NEVER_FOLDED = frozenset({"resource", "variant", "string"})
_PENDING = object()


class Folding:
    """Which nodes of one body vanish, and which values are constants.

    Args:
        graph: one body.
        scope: the nodes that take part.
        database: facts of the target.
        inference: dtypes and shapes of the body.
        ops: TensorFlow op definitions.
        named: names that ``--input-shape`` turns into inputs.
    """

    def __init__(
        self,
        graph: Graph,
        scope: Scope,
        database: Database,
        inference: Inference,
        ops: OpTable,
        *,
        named: frozenset[str] = frozenset(),
    ) -> None:
        self._graph = graph
        self._scope = scope
        self._database = database
        self._inference = inference
        self._ops = ops
        self._named = named
        self._constant: dict[str, object] = {}
        self._kernels: dict[str, bool] = {}

    def discard(self, keys: Iterable[str]) -> None:
        """Forget nodes that were tried and taken back."""
        for key in keys:
            self._constant.pop(key, None)

    def removed(self, node: Node) -> bool:
        """Whether a graph pass takes the node out."""
        if node.key in self._scope.resolved:
            return True
        if node.op == "Cast":
            return self._cast_to_itself(node)
        return node.op in _REMOVED and node.name not in self._named

    def folded(self, node: Node) -> bool:
        """Whether the node is computed at conversion time."""
        return node.op != "Const" and not self.removed(node) and self.constant(node.key)

    def constant_inputs(self, node: Node) -> bool:
        """Whether the node has inputs and all of them are constants."""
        return bool(node.inputs) and all(self.constant(value.node) for value in node.inputs)

    def is_constant(self, graph: Graph, value: Value) -> bool:
        """Whether a value is a constant when engines are asked."""
        return self.constant(value.node)

    def is_data(self, key: str) -> bool:
        """Whether the node is no constant, whatever sizes the inputs are given.

        What follows from the shape of something is left open, it is a constant once the shape is
        known; and so is what follows from constants, whether or not it can be folded.
        """
        pending, seen = [key], {key}
        while pending:
            node = self._graph.get(pending.pop())
            if node is None or self.constant(node.key) or node.op in _OF_SHAPES:
                continue
            if node.name in self._named or not node.inputs:
                return True
            producers = {value.node for value in node.inputs} - seen
            seen |= producers
            pending.extend(sorted(producers))
        return False

    def constant(self, key: str) -> bool:
        """Whether every output of the node is a constant when engines are asked."""
        known = self._constant
        answer = known.get(key)
        if answer is True or answer is False:
            return answer
        pending = [key]
        while pending:
            current = pending[-1]
            state = known.get(current)
            if isinstance(state, bool):
                pending.pop()
                continue
            node = self._graph.get(current)
            decided = False if node is None else self._at_once(node)
            if decided is not None or node is None:
                known[current] = bool(decided)
                pending.pop()
                continue
            producers = [value.node for value in node.inputs]
            if state is None:
                known[current] = _PENDING
                pending.extend(p for p in producers if p not in known)
                continue
            known[current] = all(known.get(producer) is True for producer in producers)
            pending.pop()
        return known[key] is True

    def _at_once(self, node: Node) -> bool | None:
        """The answer when it does not depend on the producers' constness."""
        if node.op == "Const":
            return True
        if node.name in self._named or node.virtual or not node.inputs:
            return False
        if node.op in _SHAPE_OPS and self._static_inputs(node):
            return True
        if node.op == "Rank" and self._inference.shape(node.inputs[0]) is not None:
            return True
        if node.op in _REMOVED or (node.op == "Cast" and self._cast_to_itself(node)):
            return None
        return None if self._can_fold(node) else False

    def _can_fold(self, node: Node) -> bool:
        definition = self._ops.get(node.op)
        if definition is None or definition.stateful:
            return False
        record = self._database.parser(node.op)
        if record is None or not self._has_host_kernel(record.ge_op):
            return False
        dtypes = self._inference.output_dtypes(node)
        return not any(dtype in _NEVER_FOLDED for dtype in dtypes)

    def _has_host_kernel(self, ge_op: str) -> bool:
        known = self._kernels.get(ge_op)
        if known is None:
            known = ge_op in self._database.facts.folding_ops or any(
                kernel.engine is Engine.AICPU
                and kernel.file == "aicpu_kernel"
                and kernel.ops_flag != "OPS_FLAG_CLOSE"
                for kernel in self._database.cpu(ge_op)
            )
            self._kernels[ge_op] = known
        return known

    def _static_inputs(self, node: Node) -> bool:
        return all(_is_static(self._inference.shape(value)) for value in node.inputs)

    def _cast_to_itself(self, node: Node) -> bool:
        changes = self._database.facts.dtype_changes
        if not any(change.tf_op == "Cast" and change.to == "removed" for change in changes):
            return False
        source = self._inference.input_dtypes(node)
        target = self._inference.output_dtypes(node)
        return bool(source) and source[0] is not None and source[:1] == target[:1]


def _is_static(shape: tuple[int | None, ...] | None) -> bool:
    return shape is not None and None not in shape
