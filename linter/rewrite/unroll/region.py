"""Puts what a loop or call gives in its place; resolves the TensorArrays and lists around it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from linter.graph import Node, Value
from linter.graph.op_families import ENTERS
from linter.infer.single import has_values
from linter.rewrite.unroll.fold import EXACT
from linter.rewrite.unroll.frames import Frame, find_frame
from linter.rewrite.unroll.interpreter import PASSING, Interpreter, resolves, tells_size
from linter.rewrite.unroll.outcome import Outcome, Place
from linter.rewrite.unroll.rounds import Rounds
from linter.rewrite.unroll.values import Known, Symbol, Symbols, Unresolved, is_tensor

if TYPE_CHECKING:
    from linter.rewrite.unroll.writer import Writer
    from linter.rules.edit import GraphEditor
    from linter.rules.match import MatchContext

__all__ = ["Region"]

_DEPTH = 48


class Region:
    """The part of a graph that one change carries out.

    It starts with one loop or call. Whoever reads a TensorArray or list that this gives belongs to
    it as well, be it another loop, until nothing but tensors comes out.

    Args:
        context: the graph and what is known about it.
        edit: the editor with the change open.
        writer: adds nodes to that change.
        interpreter: carries out single nodes.
    """

    def __init__(
        self, context: MatchContext, edit: GraphEditor, writer: Writer, interpreter: Interpreter
    ) -> None:
        self.graph = context.graph
        self.rounds = Rounds(context.graph, interpreter, context.fetched_ports)
        self._context = context
        self._edit = edit
        self._writer = writer
        self._interpreter = interpreter
        self._symbols: dict[str, Symbols] = {}
        self._taken: list[str] = []
        self._going: dict[str, None] = {}
        self._counted: dict[str, None] = {}

    # -- what is around ------------------------------------------------------------------------

    def outcome(self, node: Node) -> Outcome:
        """Carry out a node of the graph around loops."""
        inputs = tuple(self.symbol(value) for value in node.inputs)
        return self._interpreter.carry_out(node, inputs, self._before(node), _place(node))

    def symbol(self, value: Value) -> Symbol:
        """What a value of the graph stands for."""
        return self._symbol(value, 0)

    def _symbol(self, value: Value, depth: int) -> Symbol:
        known = self._symbols.get(value.node)
        if known is not None:
            return known[value.port]
        self._resolve(value)
        known = self._symbols.get(value.node)
        if known is not None:
            return known[value.port]
        symbol = self._writer.symbol(value)
        dtype = self._context.inference.dtype(value)
        if isinstance(symbol, Known) or dtype not in EXACT or depth > _DEPTH:
            return symbol
        return self._computed(value, symbol, depth)

    def _computed(self, value: Value, symbol: Symbol, depth: int) -> Symbol:
        """An integer that follows from what has been found out about TensorArrays and lists."""
        node = self.graph.get(value.node)
        if node is None or node.controls or not has_values(node.op) or tells_size(node.op):
            return symbol
        inputs = tuple(self._symbol(entry, depth + 1) for entry in node.inputs)
        if not inputs or not all(isinstance(entry, Known) for entry in inputs):
            return symbol
        self._counted[value.node] = None
        outcome = self._interpreter.carry_out(node, inputs, (), _place(node))
        return outcome.port(value.port)

    def _resolve(self, value: Value) -> None:
        """Find out about a TensorArray or list by what has been done to it so far."""
        stack = [value.node]
        opened: set[str] = set()
        while stack:
            key = stack[-1]
            node = self.graph.get(key)
            if node is None or key in self._symbols or not self._leads_to_array(node):
                stack.pop()
                continue
            missing = [
                v.node
                for v in node.inputs
                if v.node not in self._symbols and self._leads_to_array(self.graph.get(v.node))
            ]
            if not missing:
                self._symbols[key] = self.outcome(node).symbols
                stack.pop()
            elif key in opened:
                raise Unresolved(f"{node.name} depends on itself", node.name)
            else:
                opened.add(key)
                stack.extend(missing)

    def _leads_to_array(self, node: Node | None) -> bool:
        """Whether the node deals with TensorArrays or lists, if only by passing one on."""
        while node is not None and node.op == "Identity" and len(node.inputs) == 1:
            source = node.inputs[0]
            known = self._symbols.get(source.node)
            if known is not None:
                return not is_tensor(known[source.port])
            node = self.graph.get(source.node)
        return node is not None and resolves(node.op)

    def _before(self, node: Node) -> list[Outcome]:
        """What a node waits for besides its inputs, as far as that does anything."""
        ops = self._context.ops
        keys = []
        for key in node.controls:
            source = self.graph.get(key)
            definition = None if source is None else ops.get(source.op)
            if source is not None and source.op not in PASSING:
                speaks = definition is None or definition.stateful or source.op == "NoOp"
                keys += [key] if speaks and source.op != "Placeholder" else []
        return [Outcome((), tuple(keys))] if keys else []

    # -- what is carried out -------------------------------------------------------------------

    def run(self, frame: Frame) -> None:
        """Carry out a frame and take its exits over."""
        plan = self.rounds.plan(frame)
        entered = {key: self.outcome(self.graph.nodes[key]) for key in plan.enters}
        left = self.rounds.carry_out(frame, entered, Place(""))
        self._going.update(dict.fromkeys(frame.nodes))
        for key, outcome in left.items():
            self.take(key, outcome.symbols)

    def count(self, frame: Frame, most: int) -> int | None:
        """How many rounds a frame has, up to ``most`` or one more, if what it needs tells."""
        outcomes = {key: self.outcome(self.graph.nodes[key]) for key in frame.enters}
        return self.rounds.count(frame, outcomes, Place(""), most)

    def take(self, key: str, symbols: Symbols) -> None:
        """Let a node go; its outputs are known."""
        self._going[key] = None
        self._symbols[key] = symbols
        self._taken.append(key)

    def settle(self) -> None:
        """Resolve whoever reads a TensorArray or list, and hand the tensors to the editor."""
        for key in self._taken:  # grows on the way
            for reader in self._readers_of_arrays(key):
                if reader.key not in self._going:
                    self._absorb(reader)
        for key in reversed(self._counted):
            fetched = key in self._context.fetched_ports
            if not fetched and all(use.node in self._going for use in self.graph.uses(key)):
                self._going[key] = None
        for key in self._taken:
            self._replace(key)
        self._edit.drop(self._going)

    def _readers_of_arrays(self, key: str) -> Iterable[Node]:
        symbols = self._symbols[key]
        for use in self.graph.uses(key):
            if use.slot >= 0 and not is_tensor(symbols[use.port]):
                yield self.graph.nodes[use.node]

    def _absorb(self, reader: Node) -> None:
        if reader.op in ENTERS:
            self.run(find_frame(self.graph, reader.key))
        elif resolves(reader.op) or reader.op in PASSING or self._interpreter.calls(reader):
            self.take(reader.key, self.outcome(reader).symbols)
        else:
            reason = f"{reader.op} {reader.name} reads its TensorArray or list"
            raise Unresolved(reason, reader.name)

    def _replace(self, key: str) -> None:
        """Offer the outputs that are read by nodes that stay."""
        uses = self.graph.uses(key)
        read = {use.port for use in uses if use.slot >= 0 and use.node not in self._going}
        read |= self._context.fetched_ports.get(key, frozenset())
        if not read:
            return
        symbols = self._symbols[key]
        values: dict[int, Value] = {}
        for port in sorted(read):
            if not is_tensor(symbols[port]):
                name = self.graph.nodes[key].name
                raise Unresolved(f"output {port} of {name} is a TensorArray or list", name)
            values[port] = self._writer.value(symbols[port])
        first = next(iter(values.values()))
        self._edit.also(key, [values.get(port, first) for port in range(max(read) + 1)])


def _place(node: Node) -> Place:
    scope = node.name.rpartition("/")[0]
    return Place(scope, scope)
