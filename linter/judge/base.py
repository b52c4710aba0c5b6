"""What every judge has in common: scope, inference, memory of answers, counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from linter.graph import FuncRef, Graph, Model, Node, Value
from linter.graph.queries import default_outputs
from linter.infer.inference import Dims, Inference
from linter.judge.calls import CallSite, arguments_of, call_sites
from linter.judge.precision import DEFAULT_MODE
from linter.judge.scope import Scope, scope_of
from linter.results.judgement import Judgement, Status
from linter.results.report import Summary
from opdb.query import Database
from opdb.tf_ops import OpTable, load_op_table

__all__ = ["LAST_WITHOUT_SCALARS", "Judge", "JudgeOptions"]

LAST_WITHOUT_SCALARS = 21
"""Last GraphDef producer that wrote a scalar shape for a placeholder without one."""


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """What the user said about the model.

    Attributes:
        input_shapes: dims by node name; a named node that is no placeholder becomes one.
        outputs: the fetches; empty means that they are guessed as atc does.
        precision: precision mode of the conversion, as atc spells it.
        scope_passes: names of the scope fusion passes that are switched on besides the default
            ones; names that the release lacks do nothing.
        cut_inputs: tensors that the user made inputs; the model is cut there before it is judged.
    """

    input_shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    outputs: tuple[Value, ...] = ()
    precision: str = DEFAULT_MODE
    scope_passes: tuple[str, ...] = ()
    cut_inputs: tuple[Value, ...] = ()


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

    def __init__(self, model: Model, database: Database, options: JudgeOptions) -> None:
        self.model = model
        self.database = database
        self.options = options
        self.ops: OpTable = load_op_table()
        self._inferences: dict[str | None, Inference] = {}
        self._judgements: dict[str | None, dict[str, Judgement]] = {}
        self._scopes: dict[str | None, Scope] = {}
        self._outputs: tuple[Value, ...] | None = None
        self._in_progress: set[str] = set()
        self._sites: dict[str, list[CallSite]] | None = None
        self._called: frozenset[str] | None = None
        self._given: dict[str, tuple[CallSite, ...]] = {}
        self._known: dict[str | None, tuple[Inference, int]] = {}

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
        named = self.options.input_shapes
        return tuple(
            node
            for node in self.model.main
            if node.key in scope.reachable and (node.op == "Placeholder" or node.name in named)
        )

    def inference(self, graph: Graph) -> Inference:
        """Dtypes and shapes of one body."""
        cached = self._inferences.get(graph.function)
        if cached is None:
            main = graph.function is None
            cached = Inference(
                graph,
                self.ops,
                functions=self.model.functions,
                input_shapes=self.options.input_shapes if main else {},
                arguments={} if main else self._arguments(graph),
                legacy_scalars=self.model.source.producer <= LAST_WITHOUT_SCALARS,
                pin_defaults=self.skips_removed,
            )
            self._inferences[graph.function] = cached
        if graph.function not in self._known:
            self._known[graph.function] = (cached, cached.version)
        return cached

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

    def called_functions(self) -> tuple[Graph, ...]:
        """Function bodies that reachable nodes call, directly or not, in file order."""
        functions = self.model.functions
        called: set[str] = set()
        pending: list[Graph] = [self.model.main]
        while pending and functions:
            graph = pending.pop()
            for key in self.reachable(graph):
                for name in called_by(graph.nodes[key], functions):
                    if name not in called:
                        called.add(name)
                        pending.append(functions[name])
        return tuple(graph for name, graph in functions.items() if name in called)

    # -- questions about nodes -----------------------------------------------------------------

    def node(self, graph: Graph, node: Node) -> Judgement:
        """What the target does with one node."""
        known = self._judgements.setdefault(graph.function, {})
        judgement = known.get(node.key)
        if judgement is None:
            judgement = self._judge(graph, node)
            known[node.key] = judgement
        return judgement

    def judgements(self) -> Iterator[tuple[Graph, Node, Judgement]]:
        """Every reachable node of the main graph and of the called functions, in file order."""
        for graph in (self.model.main, *self.called_functions()):
            reachable = self.reachable(graph)
            for node in graph:
                if node.key in reachable and not node.virtual:
                    yield graph, node, self.node(graph, node)

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
            self._given = other._given
            self._scopes = other._scopes
        self._outputs = other._outputs

    def refresh(self, keys: Iterable[str], function: str | None = None) -> None:
        """Forget what an edit at ``keys`` may have changed.

        Args:
            keys: nodes that went, came, or read something new.
            function: the body that was edited; ``None`` for the main graph.
        """
        keys = frozenset(keys)
        inference = self._inferences.get(function)
        others = None if inference is None else keys | inference.forget(keys)
        self._forget_answers(others, function)
        self._scopes.pop(function, None)
        self._sites = None
        self._known.pop(function, None)
        self._forget(function)
        if function is None and not self.options.outputs:
            self._outputs = None
        if self.model.functions:
            self._follow_calls(function)

    def _follow_calls(self, function: str | None) -> None:
        """Forget what an edit of one body has changed in others: what calls it, what it calls."""
        before, self._called = self._called, None
        pending = {function, *(before or frozenset()).symmetric_difference(self._called_names())}
        for caller, keys in self._callers_of(function).items():
            inference = self._inferences.get(caller)
            if inference is not None:
                known = inference.version
                inference.forget_calls(keys)
                pending.update([caller] if inference.version != known else [])
        rounds = 4 * len(self.model.functions)  # enough unless functions call each other
        while pending and rounds > 0:
            body = pending.pop()
            for name in self._handed_to(body):
                found = self._inferences.get(name)
                if found is not None and found.arguments != self._arguments(found.graph):
                    self._inferences.pop(name, None)
                    pending.add(name)
                    rounds -= 1
        for around in {*self._judgements, *self._known} - {function}:
            inference, version = self._known.get(around, (None, 0))
            now = self._inferences.get(around)
            if now is None or now is not inference or now.version != version:
                self._known.pop(around, None)
                self._forget_answers(None, around)
                self._forget(around)

    def _called_names(self) -> frozenset[str]:
        if self._called is None:
            self._called = frozenset(str(body.function) for body in self.called_functions())
        return self._called

    def _callers_of(self, function: str | None) -> dict[str | None, set[str]]:
        """The nodes that call a function, directly or not, by their body."""
        found: dict[str | None, set[str]] = {}
        pending = [] if function is None else [function]
        while pending:
            name = pending.pop()
            for site in self._given.get(name, ()):
                if site.body.function not in found and site.body.function is not None:
                    pending.append(site.body.function)
                found.setdefault(site.body.function, set()).add(site.node.key)
        return found

    def _handed_to(self, body: str | None) -> set[str]:
        """The functions that a body calls, or called when their arguments were worked out."""
        graph = self.model.main if body is None else self.model.functions.get(body)
        found = {name for name, sites in self._given.items() if any(s.body is graph for s in sites)}
        if graph is not None:
            for key in self.reachable(graph):
                found.update(called_by(graph.nodes[key], self.model.functions))
        return found

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

    def _arguments(self, graph: Graph) -> Mapping[str, tuple[str | None, Dims]]:
        """Dtypes and shapes that all calls of a body that take place agree on."""
        if graph.function is None or graph.function in self._in_progress:
            return {}
        if self._sites is None:
            self._sites = call_sites(self.model.graphs)
        sites = self._given[graph.function] = tuple(self._sites.get(graph.function, ()))
        self._in_progress.add(graph.function)
        arguments = arguments_of(graph, filter(self._is_live, sites), self.inference)
        self._in_progress.discard(graph.function)
        return arguments

    def _is_live(self, site: CallSite) -> bool:
        body = site.body
        called = body.function is None or body.function in self._called_names()
        return called and site.node.key in self.reachable(body)

    def _leaves(self) -> tuple[Value, ...]:
        main = self.model.main
        return tuple(
            value
            for value in default_outputs(main, self.ops)
            if (definition := self.ops.get(main.nodes[value.node].op)) is None or definition.outputs
        )

    def _scope(self, graph: Graph) -> Scope:
        roots = self.outputs if graph.function is None else tuple(graph.returns.values())
        return scope_of(
            graph,
            roots,
            stops=frozenset(self.options.input_shapes) if graph.function is None else frozenset(),
            skips_removed=self.skips_removed,
        )


def called_by(node: Node, functions: Mapping[str, Graph]) -> Iterator[str]:
    """Names of the functions of the library that a node calls."""
    if node.op in functions:
        yield node.op
    for value in node.attrs.values() if functions else ():
        entries = value if isinstance(value, tuple) else (value,)
        for entry in entries:
            if isinstance(entry, FuncRef) and entry.name in functions:
                yield entry.name
