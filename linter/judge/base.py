"""What every judge has in common: scope, inference, memory of answers, counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from linter.graph import Graph, Model, Node, Value
from linter.graph.queries import default_outputs
from linter.infer.edges import Mismatch, mismatches
from linter.infer.inference import Dims, Inference
from linter.judge.calls import Callees, CallSite, arguments_of, callees_of
from linter.judge.options import JudgeOptions
from linter.judge.scope import Scope, parsed_keys, scope_of
from linter.results.judgement import Judgement, Stage, Status
from linter.results.report import Summary
from opdb.query import Database
from opdb.tf_ops import OpTable, load_op_table

__all__ = ["LAST_WITHOUT_SCALARS", "Judge"]

LAST_WITHOUT_SCALARS = 21
"""Last GraphDef producer that wrote a scalar shape for a placeholder without one."""


class Judge(ABC):
    """Answers for one model on one target.

    Attributes:
        model: the model; after an edit of one of its bodies call ``refresh``.
        database: the facts.
        options: what the user said.
        ops: TensorFlow op definitions.
    """

    skips_removed = False
    """Whether the tool drops Assert, Print and dead branches before it looks at ops."""

    parses_all = False
    """Whether the tool's parser reads nodes that the outputs do not need, and may refuse them."""

    def __init__(self, model: Model, database: Database, options: JudgeOptions) -> None:
        self.model = model
        self.database = database
        self.options = options
        self.ops: OpTable = load_op_table()
        self._inferences: dict[str | None, Inference] = {}
        self._judgements: dict[str | None, dict[str, Judgement]] = {}
        self._scopes: dict[str | None, Scope] = {}
        self._unneeded: dict[str | None, frozenset[str]] = {}
        self._outputs: tuple[Value, ...] | None = None
        self._inputs: tuple[Scope, tuple[Node, ...]] | None = None
        self._callees: dict[str | None, Callees] = {}
        self._called: tuple[Graph, ...] | None = None
        self._callers: dict[str, list[Graph]] | None = None
        self._not_supported: dict[str | None, tuple[tuple[Node, Judgement], ...]] = {}
        self._known: dict[str | None, tuple[Inference, int]] = {}
        self._mistyped: dict[str | None, tuple[Inference, int, tuple[Mismatch, ...]]] = {}

    # -- questions about the model -------------------------------------------------------------

    @property
    def target(self) -> str:
        """The target as the user spells it."""
        return str(self.database.target)

    @property
    def outputs_guessed(self) -> bool:
        """Whether the outputs are the graph's leaves because the user named none."""
        return not self.options.outputs

    @property
    def outputs(self) -> tuple[Value, ...]:
        """The fetches: given ones, else the leaves that become outputs."""
        if self._outputs is None:
            self._outputs = self.options.outputs or self._leaves()
        return self._outputs

    @property
    def inputs(self) -> tuple[Node, ...]:
        """Reachable placeholders and the nodes that ``input_shapes`` turns into placeholders."""
        scope = self.scope(self.model.main)
        if self._inputs is None or self._inputs[0] is not scope:
            named, needed = self.options.input_shapes, scope.reachable
            found = [
                node
                for node in self.model.main
                if (node.op == "Placeholder" or node.name in named) and node.key in needed
            ]
            self._inputs = scope, tuple(found)
        return self._inputs[1]

    @property
    def judges_all(self) -> bool:
        """Whether no output leads to any node, so that all nodes are judged instead."""
        return not any(value.node in self.model.main for value in self.outputs)

    def inference(self, graph: Graph) -> Inference:
        """Dtypes and shapes of one body."""
        cached = self._inferences.get(graph.function)
        if cached is None:
            for body in self._callers_first(graph):
                self._inferences[body.function] = self._infer(body, self._arguments(body))
            cached = self._inferences[graph.function]
        if graph.function not in self._known:
            self._known[graph.function] = (cached, cached.version)
        return cached

    def mistyped(self, graph: Graph) -> tuple[Mismatch, ...]:
        """The edges of a body whose consumer declares another dtype than it is handed.

        A node that becomes an input has no edges into it.
        """
        inference = self.inference(graph)
        known = self._mistyped.get(graph.function)
        if known is None or known[0] is not inference or known[1] != inference.version:
            fed = self.options.input_shapes if graph.function is None else {}
            found = mismatches(graph, self.ops, inference.dtype)
            edges = tuple([edge for edge in found if edge.node.name not in fed])
            known = self._mistyped[graph.function] = (inference, inference.version, edges)
        return known[2]

    def scope(self, graph: Graph) -> Scope:
        """Which nodes of a body take part, and which branches are dead."""
        cached = self._scopes.get(graph.function)
        if cached is None:
            cached = self._scope(graph)
            self._scopes[graph.function] = cached
        return cached

    def reachable(self, graph: Graph) -> frozenset[str]:
        """Keys of the nodes that the outputs need."""
        return self.scope(graph).reachable

    def parsed(self, graph: Graph) -> frozenset[str]:
        """Keys of the nodes that the tool's parser reads: it stops at what it refuses of them."""
        if not self.parses_all:
            return self.reachable(graph)
        if graph.function is not None:
            return frozenset(graph.nodes)
        return parsed_keys(graph, self.options.outputs, frozenset(self.options.input_shapes))

    def called_functions(self) -> tuple[Graph, ...]:
        """Function bodies that reachable nodes call, directly or not, in file order."""
        if self._called is None:
            functions = self.model.functions
            called: set[str] = set()
            pending: list[Graph] = [self.model.main]
            while pending and functions:
                new = [name for name in self.callees(pending.pop()).live if name not in called]
                called.update(new)
                pending += [functions[name] for name in new]
            self._called = tuple(graph for name, graph in functions.items() if name in called)
        return self._called

    def callees(self, graph: Graph) -> Callees:
        """The functions of the library that the nodes of a body call themselves."""
        functions = self.model.functions
        found = self._callees.get(graph.function) if functions else Callees((), {})
        if found is None:
            found = callees_of(graph, self.reachable(graph), functions)
            self._callees[graph.function] = found
        return found

    # -- questions about nodes -----------------------------------------------------------------

    def node(self, graph: Graph, node: Node) -> Judgement:
        """What the target does with one node."""
        known = self._judgements.setdefault(graph.function, {})
        judgement = known.get(node.key)
        if judgement is None:
            judgement = self._judge(graph, node)
            known[node.key] = judgement
        return judgement

    def not_supported(self, graph: Graph) -> tuple[tuple[Node, Judgement], ...]:
        """The nodes of a body that the outputs need and that are not supported, in file order."""
        found = self._not_supported.get(graph.function)
        if found is None:
            live, known = self.reachable(graph), self._judgements.get(graph.function, {})
            answers = (
                (node, known.get(key) or self.node(graph, node))
                for key, node in graph.nodes.items()
                if key in live
            )
            found = tuple([pair for pair in answers if pair[1].status is not Status.SUPPORTED])
            self._not_supported[graph.function] = found
        return found

    def refused(self, graph: Graph) -> Iterator[Node]:
        """Those that are unsupported."""
        for node, judgement in self.not_supported(graph):
            if judgement.status is Status.UNSUPPORTED:
                yield node

    def judgements(self) -> Iterator[tuple[Graph, Node, Judgement]]:
        """Every reachable node of the main graph and of the called functions, in file order."""
        for graph in (self.model.main, *self.called_functions()):
            reachable = self.reachable(graph)
            for node in graph:
                if node.key in reachable and not node.virtual:
                    yield graph, node, self.node(graph, node)

    def unparsed(self, graph: Graph, node: Node) -> bool:
        """Whether the tool's parser does not know the op of a node, which it may read unneeded."""
        return self.node(graph, node).refused_by is Stage.PARSER

    def unneeded_refusals(self, graph: Graph) -> frozenset[str]:
        """Keys of the nodes that the parser reads, does not know, and no output needs."""
        found = self._unneeded.get(graph.function)
        if found is None:
            nodes = [graph.nodes[key] for key in self.parsed(graph) - self.reachable(graph)]
            found = self._unneeded[graph.function] = frozenset(
                node.key for node in nodes if not node.virtual and self.unparsed(graph, node)
            )
        return found

    def summary(self) -> Summary:
        """Counts over all reachable nodes."""
        counts = dict.fromkeys(Status, 0)
        placements: dict[str, int] = {}
        for _, _, judgement in self.judgements():
            counts[judgement.status] += 1
            name = judgement.placement.value
            placements[name] = placements.get(name, 0) + 1
        nodes = sum(1 for graph in self.model.graphs for node in graph if not node.virtual)
        return Summary(
            nodes=nodes,
            reachable=sum(counts.values()),
            supported=counts[Status.SUPPORTED],
            unsupported=counts[Status.UNSUPPORTED],
            unknown=counts[Status.UNKNOWN],
            placements=dict(sorted(placements.items())),
        )

    def tally(self) -> Mapping[tuple[str, Status], int]:
        """How many reachable nodes of each op type have each status."""
        return Counter((node.op, judgement.status) for _, node, judgement in self.judgements())

    def share(self, other: Judge) -> None:
        """Take over what another judge of the same model and options knows about the model.

        Neither may be told of edits afterwards: both would have to forget.
        """
        if self.skips_removed == other.skips_removed:
            self._inferences = other._inferences
            self._scopes = other._scopes
            self._mistyped = other._mistyped
        self._outputs = other._outputs

    def start_from(self, other: Judge) -> None:
        """Know what a judge of the same kind knows about an equal model; either may be edited."""
        self._outputs = other._outputs
        functions = self.model.functions
        for name, inference in other._inferences.items():
            graph = self.model.main if name is None else functions[name]
            self._inferences[name] = inference.copied(graph, functions)
            self._known[name] = (self._inferences[name], 0)
        self._scopes.update(other._scopes)
        self._answer_as(other)

    def _answer_as(self, other: Judge) -> None:
        """Take over the answers of a judge of the same kind."""
        self._callees.update(other._callees)
        self._unneeded.update(other._unneeded)
        self._not_supported.update(other._not_supported)
        for name, known in other._judgements.items():
            self._judgements[name] = dict(known)

    def refresh(self, keys: Iterable[str], function: str | None = None) -> None:
        """Forget what an edit at ``keys`` may have changed.

        Args:
            keys: nodes that went, came, or read something new.
            function: the body that was edited; ``None`` for the main graph.
        """
        keys = frozenset(keys)
        inference = self._inferences.get(function)
        self._edited(None if inference is None else keys | inference.forget(keys), function)

    def _edited(self, keys: frozenset[str] | None, function: str | None) -> None:
        """Drop what was derived of an edited body; ``keys`` are the nodes with other facts."""
        self._forget_answers(keys, function)
        self._scopes.pop(function, None)
        self._not_supported.pop(function, None)
        self._known.pop(function, None)
        self._unneeded.pop(function, None)
        self._mistyped.pop(function, None)
        self._forget(function)
        if function is None and not self.options.outputs:
            self._outputs = None
        if self.model.functions:
            called = self._forget_calls(keys, function)
            self._follow_calls(function, called)

    def _forget_calls(self, keys: frozenset[str] | None, function: str | None) -> set[str]:
        """Look again at what an edited body calls; those that may be handed other things."""
        before = self._callees.pop(function, None)
        graph = self._body_of(function)
        now = None if graph is None else self.callees(graph)
        if (
            before is None
            or now is None
            or (now.live, now.sites.keys()) != (before.live, before.sites.keys())
        ):
            self._called = self._callers = None
        return {
            name
            for callees in (before, now)
            if callees is not None
            for name in callees.called_at(keys)
        }

    def _follow_calls(self, function: str | None, called: set[str]) -> None:
        """Forget what an edit of one body has changed in others: what calls it, what it calls."""
        pending: dict[str | None, set[str]] = {function: called}
        for caller, keys in self._callers_of(function).items():
            inference = self._inferences.get(caller.function)
            if inference is not None:
                changed = frozenset(inference.forget_calls(keys))
                if changed:
                    handed = self.callees(caller).called_at(changed)
                    pending.setdefault(caller.function, set()).update(handed)
        rounds = 4 * len(self.model.functions)  # enough unless functions call each other
        while pending and rounds > 0:
            for name in pending.pop(next(iter(pending))):
                inference = self._inferences.get(name)
                arguments = {} if inference is None else self._arguments(inference.graph)
                if inference is not None and inference.arguments != arguments:
                    self._inferences[name] = self._infer(inference.graph, arguments)
                    pending[name] = set(self.callees(inference.graph).sites)
                    rounds -= 1
        for around, (inference, version) in tuple(self._known.items()):
            if self._inferences.get(around) is not inference or inference.version != version:
                self._known.pop(around)
                self._forget_answers(None, around)
                self._not_supported.pop(around, None)
                self._forget(around)

    def _callers_of(self, function: str | None) -> dict[Graph, set[str]]:
        """The nodes that call a function, directly or not, by their body."""
        callers: dict[Graph, set[str]] = {}
        pending = [] if function is None else [self._body_of(function)]
        while pending:
            graph = pending.pop()
            for site in () if graph is None else self._calls_of(graph):
                if site.body not in callers and site.body.function is not None:
                    pending.append(site.body)
                callers.setdefault(site.body, set()).add(site.node.key)
        return callers

    def _body_of(self, function: str | None) -> Graph | None:
        return self.model.main if function is None else self.model.functions.get(function)

    def _forget_answers(self, keys: frozenset[str] | None, function: str | None) -> None:
        """Drop answers; ``keys`` are the nodes of which other things may be known than before."""
        self._judgements.pop(function, None)

    def discard(self, keys: Iterable[str], function: str | None = None) -> None:
        """Forget the answers about nodes of one body that were tried and taken back."""
        known = self._judgements.get(function, {})
        for key in keys:
            known.pop(key, None)

    # -- for the tools -------------------------------------------------------------------------

    @abstractmethod
    def _judge(self, graph: Graph, node: Node) -> Judgement:
        """The answer for one node, not remembered."""

    def _forget(  # noqa: B027 - a hook that most subclasses do not need
        self, function: str | None
    ) -> None:
        """Drop what a subclass derived from one body."""

    def _infer(self, graph: Graph, arguments: Mapping[str, tuple[str | None, Dims]]) -> Inference:
        return Inference(
            graph,
            self.ops,
            functions=self.model.functions,
            input_shapes=self.options.input_shapes if graph.function is None else {},
            arguments=arguments,
            legacy_scalars=self.model.source.producer <= LAST_WITHOUT_SCALARS,
            pin_defaults=self.skips_removed,
        )

    def _arguments(self, graph: Graph) -> Mapping[str, tuple[str | None, Dims]]:
        """Dtypes and shapes that all call sites of a body agree on; its callers come first."""

        def known(body: Graph) -> Inference:
            # bodies that call each other: what one hands over is told without what it is handed
            return self._inferences.get(body.function) or self._infer(body, {})

        return arguments_of(graph, self._calls_of(graph), known)

    def _calls_of(self, graph: Graph) -> Iterator[CallSite]:
        """The calls of a function, also from where nothing is needed, in file order."""
        name = graph.function
        if self._callers is None:
            self._callers = {}
            for body in self.model.graphs:
                for called in self.callees(body).sites:
                    self._callers.setdefault(called, []).append(body)
        for body in self._callers.get(name, ()) if name is not None else ():
            yield from (CallSite(body, node) for node in self.callees(body).sites[str(name)])

    def _callers_first(self, graph: Graph) -> list[Graph]:
        """A body and all that call it, directly or not, as far as nothing is inferred of them."""
        order: dict[str | None, Graph] = {}
        opened: set[str | None] = set()
        pending = [graph]
        while pending:
            body = pending[-1]
            if body.function in opened:
                order.setdefault(body.function, pending.pop())
                continue
            opened.add(body.function)
            callers = {site.body.function: site.body for site in self._calls_of(body)}
            new = callers.keys() - opened - self._inferences.keys()
            pending += [callers[name] for name in callers if name in new]
        return list(order.values())

    def _leaves(self) -> tuple[Value, ...]:
        main = self.model.main
        return tuple(
            value
            for value in default_outputs(main, self.ops)
            if (definition := self.ops.get(main.nodes[value.node].op)) is None or definition.outputs
        )

    def _scope(self, graph: Graph) -> Scope:
        if graph.function is None and self.judges_all:
            return Scope(frozenset(graph.nodes))
        roots = self.outputs if graph.function is None else tuple(graph.returns.values())
        return scope_of(
            graph,
            roots,
            stops=frozenset(self.options.input_shapes) if graph.function is None else frozenset(),
            skips_removed=self.skips_removed,
        )
