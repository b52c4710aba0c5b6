"""Constants in place of what is computed: two shapes of rule, and the sources of their values.

A node becomes a constant, or its operands do. The values come from shape inference, from NumPy
where that rounds as TensorFlow does, or from TensorFlow itself. A rule declares its shape and its
source; the first source that has a value wins, so the cheaper ones come first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from linter.graph.op_families import CONTROL_FLOW
from linter.rules import RewriteRule
from linter.rules.edit.attrs import tensor_of
from linter.rules.match import BoundValue, Match, Refusal, op
from rules.rewrite.support import evaluation, folding
from rules.rewrite.support.dataflow import is_fixed, reads_fixed

if TYPE_CHECKING:
    from linter.graph import Node, TensorValue, Value
    from linter.results.objection import Objection
    from linter.rules.edit import GraphEditor
    from linter.rules.match import MatchContext

__all__ = ["EVALUATED", "FOLDED", "KNOWN", "ConstantNode", "ConstantOperands", "ConstantSource"]

_EXACT = frozenset({"bool", "int8", "uint8", "int16", "uint16", "int32", "int64"})
_KEPT_NODES = CONTROL_FLOW | {"Const", "LoopCond", "Placeholder"}
_KEPT_READERS = CONTROL_FLOW | {"Identity"}


@dataclass(frozen=True, slots=True)
class ConstantSource:
    """Where the elements of a constant come from.

    Attributes:
        knows: whether the value can be had from here; reads no payload.
        may_know: whether it could know an output of a node; a quick look.
        may_know_operand: whether it could know an operand of a node; a quick look.
        tensor: the value, ``None`` when it is not to be had.
        objection: why values that are known are left alone all the same, ``None`` when nothing
            is against them. It is asked about all outputs of a node at once, which it then calls
            "it", or about all operands.
    """

    knows: Callable[[BoundValue], bool]
    may_know: Callable[[Node, MatchContext], bool]
    may_know_operand: Callable[[Node, MatchContext], bool]
    tensor: Callable[[BoundValue], TensorValue | None]
    objection: Callable[[Sequence[BoundValue], str], Objection | None] = lambda values, called: None


def _is_known(value: BoundValue) -> bool:
    return value.dtype in _EXACT and value.constant is not None


def _gives_exact(node: Node, context: MatchContext) -> bool:
    return not _EXACT.isdisjoint(context.inference.output_dtypes(node))


def _reads_exact(node: Node, context: MatchContext) -> bool:
    return not _EXACT.isdisjoint(context.inference.input_dtypes(node))


def _known(value: BoundValue) -> TensorValue | None:
    known = value.constant
    return None if known is None else tensor_of(known.values, known.dtype, known.shape)


def _folded(value: BoundValue) -> TensorValue | None:
    return tensor_of(folding.folded(value), None, None) if folding.is_foldable(value) else None


def _evaluated(value: BoundValue) -> TensorValue | None:
    array = evaluation.answered(value)
    return None if array is None else tensor_of(array, None, None)


KNOWN = ConstantSource(_is_known, _gives_exact, _reads_exact, _known)
"""Integers and booleans that shape inference knows."""
FOLDED = ConstantSource(folding.is_foldable, is_fixed, reads_fixed, _folded)
"""What follows from constants by operations that NumPy computes to the last bit."""
EVALUATED = ConstantSource(
    evaluation.is_evaluable, is_fixed, reads_fixed, _evaluated, evaluation.objection
)
"""What follows from constants by any operation, computed by TensorFlow."""


class ConstantNode(RewriteRule, abstract=True):
    """A node whose outputs in use become constants.

    Attributes:
        source: where the values come from.
    """

    early = True
    pattern = op(())
    source: ClassVar[ConstantSource]

    def concerns(self, node: Node, context: MatchContext) -> bool:
        """Some output may be known."""
        return node.op not in _KEPT_NODES and self.source.may_know(node, context)

    def guard(self, m: Match) -> Refusal | None:
        """Every output in use must be known."""
        if m.root.node.op in _KEPT_NODES:
            return m.refuse("")
        values = [m.root.output(port) for port in m.used_outputs() or (0,)]
        if not all(map(self.source.knows, values)):
            return m.refuse("")
        found = self.source.objection(values, "it")
        return None if found is None else m.refuse(found.reason, kind=found.kind)

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """One constant for each output; the root itself where nobody reads it."""
        made = []
        for port in range(max(m.used_outputs(), default=0) + 1):
            tensor = self.source.tensor(m.root.output(port))
            made.append(m.root.value if tensor is None else edit.const(tensor))
        return tuple(made)


class ConstantOperands(RewriteRule, abstract=True):
    """A node that stays and reads constants.

    Attributes:
        source: where the values of operands come from.
    """

    early = True
    pattern = op(())
    source: ClassVar[ConstantSource]

    def concerns(self, node: Node, context: MatchContext) -> bool:
        """Some operand may be known."""
        return node.op not in _KEPT_READERS and self.source.may_know_operand(node, context)

    def guard(self, m: Match) -> Refusal | None:
        """At least one operand must be known that is no constant yet."""
        if m.root.node.op in _KEPT_READERS:
            return m.refuse("")
        operands = [value for value in m.root.inputs if self._takes(value)]
        if not operands:
            return m.refuse("")
        found = self.source.objection(operands, "")
        return None if found is None else m.refuse(found.reason, kind=found.kind)

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The same node; constants are called as the arguments of its op are."""
        ports = m.context.inference.arg_ports(m.root.node) or ()
        names = {first: arg.name for arg, first, count in ports if count == 1}
        inputs: list[Value | BoundValue] = []
        for slot, value in enumerate(m.root.inputs):
            tensor = self.source.tensor(value) if self._takes(value) else None
            name = names.get(slot, "operand")
            inputs.append(value if tensor is None else edit.const(tensor, name=name))
        made = edit.add(m.root.node.op, inputs, m.root.node.attrs)
        count = max(m.used_outputs(), default=0) + 1
        return tuple(made._replace(port=port) for port in range(count))

    def _takes(self, value: BoundValue) -> bool:
        """Whether it is no constant, nor Identity of one, and known."""
        return self.source.knows(value) and value.tensor is None
