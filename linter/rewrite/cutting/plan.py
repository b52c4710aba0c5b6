"""From the answers of a judge to head, body and tail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from linter.graph import Graph, Value
from linter.judge import Judge, Status
from linter.results.finding import Finding, Severity
from linter.rewrite.cutting.choose import Problem, Side, Tensor, largest_body, trimmed
from linter.rewrite.cutting.parts import Part, Plan, build_parts, called_bodies
from linter.rewrite.cutting.units import Units, split_into_units
from linter.rewrite.cutting.weights import Weights, elements

__all__ = ["Divider", "Division", "refused_nodes", "unknown_nodes"]

_WORTH_CUTTING = 0.01
"""Least share of the work that a body must do."""

_WORTH_KEEPING = 0.95
"""Share of the work that a body without unknown nodes must keep to be preferred."""


@dataclass(frozen=True, slots=True)
class Division:
    """A model in parts.

    Attributes:
        parts: in the order in which they run; head and tail only where they compute anything.
        work: estimated work of each side.
        avoided: keys of unknown nodes that were kept out of the body because it cost little.
    """

    parts: tuple[Part, ...]
    work: Mapping[Side, int]
    avoided: frozenset[str] = frozenset()

    @property
    def body(self) -> Part:
        """The part for the device."""
        return next(part for part in self.parts if part.side is Side.BODY)

    @property
    def share(self) -> float:
        """How much of the work the body does."""
        return self.work[Side.BODY] / max(sum(self.work.values()), 1)


class Divider:
    """Divides one model as often as new refusals come up.

    Args:
        judge: judge of the whole.
        outputs: what the whole computes.
        tables: the graph that says how tables are filled.
    """

    def __init__(self, judge: Judge, outputs: tuple[Value, ...], tables: Graph) -> None:
        self._judge, self._graph = judge, judge.model.main
        self._inference = judge.inference(self._graph)
        self._outputs, self._tables = outputs, tables
        functions = judge.model.functions
        weights = Weights(judge.inference, lambda node: called_bodies(node, functions))
        self._work = {
            key: weights.work(self._graph, node) for key, node in self._graph.nodes.items()
        }

    def divide(
        self, refused: frozenset[str], unknown: frozenset[str] = frozenset()
    ) -> Division | None:
        """The best division, ``None`` when no body is worth it.

        Args:
            refused: keys of nodes that must not be in the body.
            unknown: keys of nodes that had better not be.
        """
        found = self._divided(refused)
        if found is None or not unknown:
            return self._built(found)
        sure = self._divided(refused | unknown)
        if sure is not None and self._done(sure) >= _WORTH_KEEPING * self._done(found):
            return self._built(sure, unknown - refused)
        return self._built(found)

    def whole(self) -> Division | None:
        """All of the model as the body, ``None`` when it computes nothing."""
        units = self._units(frozenset())
        sides = (Side.BODY,) * len(units.members)
        return self._built((units, sides)) if units.members else None

    def _divided(self, refused: frozenset[str]) -> tuple[Units, tuple[Side, ...]] | None:
        units = self._units(refused)
        problem = self._problem(units, refused)
        sides = trimmed(problem, largest_body(problem))
        work = self._shares(units, sides)
        worth = work[Side.BODY] > 0 and work[Side.BODY] >= _WORTH_CUTTING * sum(work.values())
        return (units, sides) if worth else None

    def _units(self, pinned: frozenset[str]) -> Units:
        return split_into_units(
            self._graph,
            self._inference,
            self._outputs,
            judged=self._judge.reachable(self._graph),
            pinned=pinned,
        )

    def _done(self, divided: tuple[Units, tuple[Side, ...]]) -> int:
        return self._shares(*divided)[Side.BODY]

    def _shares(self, units: Units, sides: tuple[Side, ...]) -> dict[Side, int]:
        work = dict.fromkeys(Side, 0)
        for key, unit in units.unit_of.items():
            work[sides[unit]] += self._work[key]
        return work

    def _problem(self, units: Units, refused: frozenset[str]) -> Problem:
        graph, unit_of = self._graph, units.unit_of
        barred = {unit_of[key] for key in refused if key in unit_of} | units.off_device
        for key in refused & units.copied:
            barred |= {unit_of[use.node] for use in graph.uses(key) if use.node in unit_of}
        return Problem(
            tuple(sum(self._work[key] for key in keys) for keys in units.members),
            units.follows,
            frozenset(barred),
            tuple(self._tensors(units)),
        )

    def _tensors(self, units: Units) -> Iterator[Tensor]:
        """What units hand over; small values that are known are constants wherever they go."""
        readers: dict[Value, set[int]] = {}
        for key, unit in units.unit_of.items():
            for value in self._graph[key].inputs:
                if units.unit_of.get(value.node, unit) != unit:
                    readers.setdefault(value, set()).add(unit)
        for value in dict.fromkeys((*readers, *self._outputs)):
            if value.node in units.unit_of and self._inference.constant(value) is None:
                yield Tensor(
                    units.unit_of[value.node],
                    tuple(sorted(readers.get(value, ()))),
                    elements(self._inference.shape(value)),
                    value in self._outputs,
                )

    def _built(
        self,
        divided: tuple[Units, tuple[Side, ...]] | None,
        avoided: frozenset[str] = frozenset(),
    ) -> Division | None:
        if divided is None:
            return None
        units, sides = divided
        plan = Plan(
            self._judge.model,
            self._inference,
            self._outputs,
            {key: sides[unit] for key, unit in units.unit_of.items()},
            units.copied,
            self._tables,
        )
        parts = build_parts(plan)
        if not any(part.side is Side.BODY for part in parts):
            return None  # all that it computes is known beforehand, or only waited for
        return Division(parts, self._shares(units, sides), avoided & units.live)


def refused_nodes(judge: Judge, findings: Iterable[Finding]) -> frozenset[str]:
    """Keys of nodes of the main graph that the target refuses, or that call what it refuses."""
    errors = [item for item in findings if item.severity is Severity.ERROR]
    names = {item.node for item in errors if item.function is None}
    bodies: set[str | None] = {i.function for i in errors if i.function is not None}
    keys = {node.key for node in judge.model.main if node.name in names}
    for graph, node, judgement in judge.judgements():
        if judgement.status is Status.UNSUPPORTED:
            if graph.function is None:
                keys.add(node.key)
            else:
                bodies.add(graph.function)
    return frozenset(keys | _callers(judge, bodies))


def unknown_nodes(judge: Judge) -> frozenset[str]:
    """Keys of nodes of the main graph that the facts do not settle, callers included."""
    keys: set[str] = set()
    bodies: set[str | None] = set()
    for graph, node, judgement in judge.judgements():
        if judgement.status is Status.UNKNOWN:
            if graph.function is None:
                keys.add(node.key)
            else:
                bodies.add(graph.function)
    return frozenset(keys | _callers(judge, bodies))


def _callers(judge: Judge, bodies: set[str | None]) -> set[str]:
    if not bodies:
        return set()
    functions = judge.model.functions
    live = judge.reachable(judge.model.main)
    return {
        node.key
        for node in judge.model.main
        if node.key in live
        and any(body.function in bodies for body in called_bodies(node, functions, deep=True))
    }
