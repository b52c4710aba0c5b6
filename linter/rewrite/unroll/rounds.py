"""Carries out v1 while frames, round after round."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from linter.graph import Graph, Node, Value
from linter.infer.inference import Constant
from linter.rewrite.unroll.frames import Frame, Plan, plan_of
from linter.rewrite.unroll.interpreter import Interpreter
from linter.rewrite.unroll.limits import ROUND_LIMIT
from linter.rewrite.unroll.outcome import Outcome, Place
from linter.rewrite.unroll.values import Dead, Known, OpenCount, Unresolved

__all__ = ["Rounds"]


class Rounds:
    """Carries out the frames of one graph.

    Args:
        graph: the body that the frames are in.
        interpreter: carries out single nodes.
        fetched: keys of nodes that are outputs of the model.
    """

    def __init__(
        self, graph: Graph, interpreter: Interpreter, fetched: Container[str] = ()
    ) -> None:
        self._graph = graph
        self._fetched = fetched
        self._interpreter = interpreter
        self._plans: dict[str, Plan] = {}

    def plan(self, frame: Frame) -> Plan:
        """What a round of the frame computes, for all of its exits that are read."""
        if frame.cond not in self._plans:
            graph, fetched = self._graph, self._fetched
            exits = [key for key in frame.exits if graph.uses(key) or key in fetched]
            self._plans[frame.cond] = plan_of(self._graph, frame, exits)
        return self._plans[frame.cond]

    def carry_out(
        self, frame: Frame, entered: Mapping[str, Outcome], place: Place
    ) -> dict[str, Outcome]:
        """The outcomes of the exits.

        Args:
            frame: the frame.
            entered: outcomes of its Enter nodes, at least of those that its plan names.
            place: where the copies stand.

        Raises:
            Unresolved: the number of rounds or something else is not known.
        """
        plan = self.plan(frame)
        if any(entered[key].dead for key in plan.enters):
            return {key: Outcome(dead=True) for key in plan.exits}
        heads = {key: _head(entered[enter], 0) for key, (enter, _) in plan.heads.items()}
        place = self._inside(frame, place)
        for number in range(ROUND_LIMIT + 1):
            table = {**entered, **heads}
            here = replace(place, prefix=f"{place.prefix}/step_{number}")
            self._steps(plan, plan.test, table, here)
            if not self._goes_on(frame, table):
                self._steps(plan, plan.leave, table, here)
                return {key: table[key] for key in plan.exits}
            self._steps(plan, plan.body, table, here)
            heads = {key: _head(table[back], 1) for key, (_, back) in plan.heads.items()}
        raise Unresolved(f"it runs for more than {ROUND_LIMIT} rounds", self._name(frame))

    def count(
        self, frame: Frame, entered: Mapping[str, Outcome], place: Place, most: int
    ) -> int | None:
        """How many rounds there are, from what the condition needs alone; ``None`` unknown.

        It is not looked further than one beyond ``most``.
        """
        plan = plan_of(self._graph, frame, ())
        heads = {key: _head(entered[enter], 0) for key, (enter, _) in plan.heads.items()}
        try:
            for number in range(most + 1):
                table = {**entered, **heads}
                self._steps(plan, plan.test, table, place)
                if not self._goes_on(frame, table):
                    return number
                self._steps(plan, plan.body, table, place)
                heads = {key: _head(table[back], 1) for key, (_, back) in plan.heads.items()}
        except Unresolved:
            return None
        return most + 1

    def _goes_on(self, frame: Frame, table: Mapping[str, Outcome]) -> bool:
        """Whether the condition holds."""
        holds = table[frame.cond].port(0)
        if not isinstance(holds, Known):
            raise OpenCount(
                "the number of its rounds is not known", self._name(frame), Value(frame.cond)
            )
        return bool(holds.constant.values[0])

    def _steps(
        self, plan: Plan, items: Iterable[str], table: dict[str, Outcome], place: Place
    ) -> None:
        for item in items:
            inner = plan.inner.get(item)
            if inner is None:
                table[item] = self._step(self._graph.nodes[item], table, place)
                continue
            needed = self.plan(inner).enters
            entered = {key: self._step(self._graph.nodes[key], table, place) for key in needed}
            table.update(self.carry_out(inner, entered, place))

    def _step(self, node: Node, table: Mapping[str, Outcome], place: Place) -> Outcome:
        inputs = tuple(table[value.node].port(value.port) for value in node.inputs)
        before = [table[key] for key in node.controls if key in table]
        return self._interpreter.carry_out(node, inputs, before, place)

    def _inside(self, frame: Frame, place: Place) -> Place:
        """The place of the nodes of a frame: its own name scope below that of what is around."""
        scope = self._name(frame).rpartition("/")[0]
        own = scope.removeprefix(place.strip + "/") if place.strip else scope
        prefix = "/".join(part for part in (place.prefix, own) if part)
        return replace(place, prefix=prefix or "loop", strip=scope)

    def _name(self, frame: Frame) -> str:
        return self._graph.nodes[frame.cond].name


def _head(outcome: Outcome, slot: int) -> Outcome:
    """What a Merge gives of the one input that arrives."""
    symbol = outcome.port(0)
    if isinstance(symbol, Dead):
        return outcome
    return Outcome((symbol, Known(Constant("int32", (), (slot,)))), outcome.effects)
