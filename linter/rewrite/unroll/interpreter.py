"""Carries out one node on symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from linter.graph import Graph, Node, TensorValue, Value
from linter.graph.op_families import (
    ENTERS,
    EXITS,
    MERGES,
    NEXT_ITERATIONS,
    PRINTS_AND_ASSERTIONS,
    SHAPE_QUERIES,
    SWITCHES,
)
from linter.graph.ports import output_count
from linter.infer.inference import Constant
from linter.infer.single import has_values
from linter.infer.tensors import MAX_ELEMENTS
from linter.rewrite.unroll import arrays, lists
from linter.rewrite.unroll.calls import Bodies, Carrying
from linter.rewrite.unroll.fold import EXACT, fold
from linter.rewrite.unroll.outcome import NEVER, Outcome, Place
from linter.rewrite.unroll.step import Step
from linter.rewrite.unroll.values import (
    DEAD,
    Dead,
    Known,
    Made,
    Row,
    Symbol,
    Symbols,
    Unresolved,
    is_tensor,
)

if TYPE_CHECKING:
    from linter.rewrite.unroll.writer import Writer
    from opdb.record import OpDef
    from opdb.tf_ops import OpTable

__all__ = [
    "PASSING",
    "Interpreter",
    "Outcome",
    "Place",
    "resolves",
    "tells_size",
]

PASSING = ENTERS | EXITS | NEXT_ITERATIONS | {"Identity", "IdentityN", "LoopCond", "RefIdentity"}
"""Ops whose outputs are their inputs."""

_HANDLERS: Mapping[str, Callable[[Step], Symbols]] = {**arrays.HANDLERS, **lists.HANDLERS}

_Memo: TypeAlias = dict[tuple[Any, ...], tuple[Constant | None, ...]]


def tells_size(op: str) -> bool:
    """Whether the op looks at the shape of its input only."""
    return op in SHAPE_QUERIES


def resolves(op: str) -> bool:
    """Whether the op deals with TensorArrays or lists, of which nothing remains."""
    return op in _HANDLERS


class Interpreter:
    """Carries out nodes and writes down what remains to be computed when the model runs.

    Args:
        writer: adds the nodes.
        ops: op definitions.
        functions: bodies of the function library.
        orders: in which order their nodes come, as far as it is known.
    """

    def __init__(
        self,
        writer: Writer,
        ops: OpTable,
        functions: Mapping[str, Graph] | None = None,
        orders: dict[Value, tuple[Node, ...]] | None = None,
    ) -> None:
        self.writer = writer
        self.ops = ops
        known = {} if orders is None else orders
        self._bodies = Bodies(functions or {}, self._carried, lambda: writer.unshared, known)
        self._folded: _Memo = {}

    def calls(self, node: Node) -> bool:
        """Whether the node calls a function."""
        return self._bodies.handles(node)

    def carry_out(
        self, node: Node, inputs: Symbols, before: Sequence[Outcome], place: Place
    ) -> Outcome:
        """Carry out one node.

        Args:
            node: the node.
            inputs: its data inputs.
            before: outcomes of its control inputs.
            place: where it stands.

        Raises:
            Unresolved: it takes a value that is not known.
        """
        found = self._carried(node, inputs, before, place)
        return found if isinstance(found, Outcome) else self._bodies.run(found)

    def _carried(
        self, node: Node, inputs: Symbols, before: Sequence[Outcome], place: Place
    ) -> Outcome | Carrying:
        """What carrying out the node gives; a call is only begun."""
        if node.op in MERGES:
            return _merged(node, inputs)
        if any(outcome.dead for outcome in before):
            return NEVER
        if any(isinstance(symbol, Dead) for symbol in inputs):
            return NEVER
        waits = tuple(dict.fromkeys(key for outcome in before for key in outcome.effects))
        if node.op == "NoOp":
            return Outcome((), waits)
        if node.op in SWITCHES:
            return Outcome(_switched(node, inputs), waits)
        if node.op in PASSING:
            return self._passed(node, inputs, waits, place)
        if self._bodies.handles(node):
            return self._bodies.begin(node, inputs, waits, place)
        handler = _HANDLERS.get(node.op)
        if handler is not None:
            attrs = self._with_defaults(node, place.attrs(node))
            return Outcome(handler(Step(node, inputs, attrs, self.writer, place.name(node))), waits)
        return self._computed(node, inputs, waits, place)

    def _with_defaults(self, node: Node, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        definition = self.ops.get(node.op)
        specs = {} if definition is None else definition.attrs
        return {**{n: spec.default for n, spec in specs.items() if spec.has_default}, **attrs}

    def _passed(self, node: Node, inputs: Symbols, waits: tuple[str, ...], place: Place) -> Outcome:
        if not waits or not all(isinstance(symbol, Made | Row) for symbol in inputs):
            return Outcome(inputs, waits)
        made: list[Symbol] = []
        for symbol in inputs:
            wait = Node(node.name, "Identity", controls=waits, device=node.device)
            values = [self.writer.value(symbol)]
            made.append(Made(self.writer.wait(wait, values, place.name(node))))
        keys = tuple(symbol.value.node for symbol in made if isinstance(symbol, Made))
        return Outcome(tuple(made), keys)

    def _computed(
        self, node: Node, inputs: Symbols, waits: tuple[str, ...], place: Place
    ) -> Outcome:
        definition = self.ops.get(node.op)
        if definition is None:
            raise Unresolved(f"{node.op} has no definition", node.name)
        if definition.stateful and node.op not in PRINTS_AND_ASSERTIONS:
            reason = f"{node.op} has a state: copies of it would give other values"
            raise Unresolved(reason, node.name)
        if not all(map(is_tensor, inputs)):
            raise Unresolved(f"{node.op} reads a TensorArray or list", node.name)
        attrs = place.attrs(node)
        if node.op == "Const" and (constant := _small(attrs.get("value"))) is not None:
            return Outcome((Known(constant),), waits)
        own = node if attrs is node.attrs else node.replace(attrs=attrs)
        folded = self._fold(own, inputs, place)
        if folded and None not in folded:
            known = tuple(Known(constant) for constant in folded if constant is not None)
            return Outcome(known, waits)
        values = [self.writer.value(symbol) for symbol in inputs]
        copied = own if waits == own.controls else own.replace(controls=waits)
        once = not definition.stateful
        made = self.writer.copy(copied, values, place.name(node), body=place.body, once=once)
        count = _outputs(copied, definition)
        symbols = tuple(self.writer.symbol(Value(made.node, port)) for port in range(count))
        return Outcome(symbols, (made.node,) if waits or definition.stateful else ())

    def _fold(self, node: Node, inputs: Symbols, place: Place) -> tuple[Constant | None, ...]:
        if not has_values(node.op):
            return ()
        facts = [self.writer.fact(symbol) for symbol in inputs]
        if not tells_size(node.op) and any(fact.constant is None for fact in facts):
            return ()
        key = (place.body, node.key, tuple(facts))
        if key not in self._folded:
            self._folded[key] = fold(node, facts, self.ops)
        return self._folded[key]


def _merged(node: Node, inputs: Symbols) -> Outcome:
    living = [(slot, s) for slot, s in enumerate(inputs) if not isinstance(s, Dead)]
    if not living:
        return NEVER
    if len(living) > 1:
        raise Unresolved(f"{node.name} joins branches of an open condition", node.name)
    slot, symbol = living[0]
    return Outcome((symbol, Known(Constant("int32", (), (slot,)))))


def _switched(node: Node, inputs: Symbols) -> Symbols:
    data, predicate = inputs
    if not isinstance(predicate, Known):
        raise Unresolved(f"the condition of {node.name} is not known", node.name)
    return (DEAD, data) if predicate.constant.values[0] else (data, DEAD)


def _small(tensor: TensorValue | None) -> Constant | None:
    """The elements of a constant that is worth following."""
    if tensor is None or tensor.dtype not in EXACT or tensor.size > MAX_ELEMENTS:
        return None
    values = tensor.values()
    return None if values is None else Constant(str(tensor.dtype), tensor.shape, values)


def _outputs(node: Node, definition: OpDef) -> int:
    count = output_count(node, definition)
    if count is None:
        raise Unresolved(f"the number of outputs of {node.op} is not known", node.name)
    return count
