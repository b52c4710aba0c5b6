"""The two kinds of rule: lint rules report, rewrite rules change the graph.

A rule is a class with declarations and at most two methods; ``rules.registry`` names all of them.
Declarations are checked when the class is defined, so a faulty rule cannot be imported. Rules
keep no state between calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from linter.results.finding import Certainty, Finding, Fix, Safety, Severity
from linter.results.judgement import Placement, Status
from linter.rules.examples import Clean, Example, Flagged, Rewritten, Untouched

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

    from linter.graph import Graph, Model, Node, Value
    from linter.infer.inference import Inference
    from linter.judge import Judge, JudgeOptions
    from linter.results.judgement import Judgement
    from linter.rules.edit import GraphEditor
    from linter.rules.match import BoundValue, Match, MatchContext, Pattern, Refusal
    from linter.rules.replacement import Template

    _Answered: TypeAlias = tuple[Graph, Node, Judgement]

__all__ = [
    "DeletionRule",
    "LintContext",
    "LintRule",
    "RewriteRule",
    "Sweep",
]

_LINT_ID = re.compile(r"(GRF|OPS|DTY|SHP|ATR|CTL|IOX|PRF|ATC|USR)\d{3}")
_REWRITE_ID = re.compile(r"(RWD|RWS|RWU)\d{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FIELDS = re.compile(r"(?<!\{)\{([a-z_]+)")
_ELIMINATED = frozenset({Placement.FUSED, Placement.REMOVED, Placement.FOLDED})
_LISTED = 5


@dataclass(frozen=True, slots=True)
class LintContext:
    """What a lint rule may ask about the node that it visits.

    Attributes:
        source: the judge of this model and target.
        graph: the body the node is in; the main graph when the rule looks at the model.
    """

    source: Judge
    graph: Graph
    _live: list[_Answered] = field(default_factory=list, repr=False, compare=False)
    _parsed: list[tuple[Graph, Node]] = field(default_factory=list, repr=False, compare=False)

    @property
    def model(self) -> Model:
        """The whole file."""
        return self.source.model

    @property
    def target(self) -> str:
        """``TOOL@VERSION/SOC``."""
        return str(self.source.database.target)

    @property
    def options(self) -> JudgeOptions:
        """Input shapes and outputs as the user gave them."""
        return self.source.options

    @property
    def inference(self) -> Inference:
        """Dtypes, shapes and small constants of the body."""
        return self.source.inference(self.graph)

    @property
    def bodies(self) -> tuple[Graph, ...]:
        """The main graph and the functions that live nodes call; other functions are harmless."""
        return (self.model.main, *self.source.called_functions())

    def judge(self, node: Node) -> Judgement:
        """What the target does with the node."""
        return self.source.node(self.graph, node)

    def is_live(self, node: Node) -> bool:
        """Whether the outputs need the node."""
        return node.key in self.source.reachable(self.graph)

    def is_fed(self, graph: Graph, node: Node) -> bool:
        """Whether ``--input-shape`` names the node, which makes a placeholder of it."""
        return graph.function is None and node.name in self.options.input_shapes

    @property
    def live(self) -> Sequence[_Answered]:
        """All live nodes of all bodies in use, with the answers of the judge."""
        if not self._live:
            self._live.extend(self.source.judgements())
        return self._live

    def parsed(self) -> Sequence[tuple[Graph, Node]]:
        """The nodes that the tool's parser reads, needed or not, inputs by flag left out."""
        if not self._parsed:
            for graph in self.bodies:
                keys = self.source.parsed(graph)
                self._parsed.extend(
                    [
                        (graph, node)
                        for node in graph
                        if node.key in keys and not node.virtual and not self.is_fed(graph, node)
                    ]
                )
        return self._parsed

    def running(self, ops: Container[str] | None = None) -> Iterator[_Answered]:
        """Live nodes that are still there at run time: not removed, folded, fused or constant.

        Args:
            ops: only nodes of these types; ``None`` for all.
        """
        for entry in self.live:
            op = entry[1].op
            if (
                (ops is None or op in ops)
                and op != "Const"
                and entry[2].placement not in _ELIMINATED
            ):
                yield entry


class _Rule:
    """Declarations that both kinds share."""

    id: ClassVar[str]
    name: ClassVar[str]
    examples: ClassVar[tuple[Example, ...]] = ()
    since: ClassVar[str] = "0.1"
    status: ClassVar[str] = "stable"  # of every rule so far; the reports name it

    @classmethod
    def _check_declarations(cls, pattern: re.Pattern[str], sections: Sequence[str]) -> None:
        if not pattern.fullmatch(getattr(cls, "id", "")):
            raise TypeError(f"{cls.__name__}: id {getattr(cls, 'id', '')!r} is of no known family")
        if not _NAME.fullmatch(getattr(cls, "name", "")):
            raise TypeError(f"{cls.__name__}: name is not in kebab case")
        if cls.name.replace("-", "") != cls.__name__.lower():
            raise TypeError(f"{cls.__name__}: name {cls.name!r} is not the name of the class")
        module = cls.__module__
        if module.startswith("rules.") and not module.endswith("." + cls.name.replace("-", "_")):
            raise TypeError(f"{cls.__name__}: module {module} is not named {cls.name!r}")
        doc = cls.__doc__ or ""
        for section in sections:
            if not any(re.search(rf"^\s*{word}:", doc, re.MULTILINE) for word in section.split()):
                raise TypeError(f"{cls.__name__}: docstring has no section {section}")

    @classmethod
    def _check_examples(cls, *needed: type[Example]) -> None:
        for kind in needed:
            if not any(isinstance(example, kind) for example in cls.examples):
                raise TypeError(f"{cls.__name__}: no {kind.__name__} example")


class LintRule(_Rule):
    """Reports what it finds at a node or in the model; never changes anything.

    Attributes:
        severity: default severity of the findings.
        messages: message id to text; ``{target}`` is filled by the engine.
        remedies: message id to one sentence of advice; may be empty.
        visits: op types the rule looks at; empty means every node.
        judged: answers of the judge that the rule looks at; it then visits live nodes with such
            an answer only. Empty means every node.
        per_release: the rule has errors that one release gives and another does not, whatever the
            chip, although none of the nodes that the outputs need is refused.
    """

    severity: ClassVar[Severity]
    messages: ClassVar[Mapping[str, str]]
    remedies: ClassVar[Mapping[str, str]] = {}
    visits: ClassVar[Collection[str]] = ()
    judged: ClassVar[tuple[Status, ...]] = ()
    per_release: ClassVar[bool] = False

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: object) -> None:
        """Check the declarations; ``abstract=True`` marks a base of several rules."""
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        cls._check_declarations(_LINT_ID, ("Why", "Remedy", "Source"))
        if not isinstance(getattr(cls, "severity", None), Severity):
            raise TypeError(f"{cls.__name__}: no severity")
        if not getattr(cls, "messages", None):
            raise TypeError(f"{cls.__name__}: no messages")
        if unknown := set(cls.remedies) - set(cls.messages):
            raise TypeError(f"{cls.__name__}: remedies without a message: {sorted(unknown)}")
        cls._check_examples(Clean, Flagged)

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Findings about one node."""
        return iter(())

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Findings about the model as a whole; called once, with the main graph."""
        return iter(())

    @staticmethod
    def listed(names: Iterable[str]) -> str:
        """The first few names, as a message shows them."""
        names = tuple(names)
        return ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")

    def finding(
        self,
        node: Node | None,
        message_id: str,
        *,
        severity: Severity | None = None,
        certainty: Certainty = Certainty.DOCUMENTED,
        evidence: tuple[str, ...] = (),
        port: int | None = None,
        function: str | None = None,
        fix: Fix | None = None,
        stage: str = "",
        compiler_code: str | None = None,
        **args: Any,
    ) -> Finding:
        """A finding of this rule; ``args`` fill the message.

        The engine sets the function of findings about the node that is being visited; a
        ``check_model`` names it itself.
        """
        if message_id not in self.messages:
            raise KeyError(f"{self.id} has no message {message_id!r}")
        if compiler_code is not None:
            args["compiler_code"] = compiler_code
        return Finding(
            code=self.id,
            name=self.name,
            severity=self.severity if severity is None else severity,
            certainty=certainty,
            message=_fill(self.messages[message_id], args),
            node=None if node is None else node.name,
            op=None if node is None else node.op,
            port=port,
            function=function,
            evidence=evidence,
            fix=fix,
            position=-1 if node is None else node.position,
            message_id=message_id,
            args=dict(args),
            remedy=_fill(self.remedies.get(message_id, ""), args),
            stage=stage,
            compiler_code=compiler_code or "",
        )

    def refused(self, node: Node, message_id: str, judgement: Judgement, **args: Any) -> Finding:
        """A finding about a node that the judge refuses; what it saw fills the message."""
        given = {"op": node.op, "compiler_code": judgement.code, **dict(judgement.detail), **args}
        found = self.finding(
            node,
            message_id,
            certainty=judgement.certainty,
            evidence=judgement.evidence,
            port=judgement.port,
            **given,
        )
        return self.staged(found, judgement)

    @staticmethod
    def staged(finding: Finding, judgement: Judgement) -> Finding:
        """The finding with the stage and the code at which the compiler stops, if it does."""
        if judgement.refused_by is None:
            return finding
        return replace(finding, stage=judgement.stage.value, compiler_code=judgement.code)

    def completed(self, finding: Finding, ctx: LintContext, *, visited: bool) -> Finding:
        """The finding with what only the engine knows: target and function."""
        args = {"target": ctx.target, **finding.args}
        return replace(
            finding,
            message=_fill(self.messages[finding.message_id], args),
            remedy=_fill(self.remedies.get(finding.message_id, ""), args),
            function=ctx.graph.function if visited else finding.function,
            args=args,
        )


def _fill(text: str, args: Mapping[str, Any]) -> str:
    """Format ``text``; it stays as it is while a field is missing."""
    if any(name not in args for name in _FIELDS.findall(text)):
        return text
    return text.format(**args)


class RewriteRule(_Rule):
    """Replaces what its pattern matches by what ``replacement`` says or ``build`` makes.

    The engine decides whether the target needs the change, keeps fetched names and control
    inputs, removes what is dead afterwards, and rejects a result of another dtype or shape.

    Attributes:
        safety: what the rule promises about the numbers.
        rtol, atol: bounds of a ``tolerance`` rule.
        pattern: what is matched; its root is the node that is replaced.
        replacement: what comes in its place, as ``linter.rules.replacement`` reads it, where that
            is the same nodes for every match; a rule has either this or ``build``.
        always: the change does not wait for the target to need it.
        variants: numbers that ``build`` is tried with, as ``m.variant``, until the target takes
            the result.
        early: rules that come after this one wait until it has nothing more to do: it removes
            nodes, or makes constants of what they look at.
        retypes: the dtype that the root states is a fault, which the rule mends; only such a rule
            may put in a value of another dtype.
        evaluates: the rule asks TensorFlow for values, where there is one to ask.
    """

    safety: ClassVar[Safety]
    rtol: ClassVar[float] = 0.0
    atol: ClassVar[float] = 0.0
    pattern: ClassVar[Pattern]
    replacement: ClassVar[str] = ""
    always: ClassVar[bool] = False
    variants: ClassVar[tuple[int, ...]] = (0,)
    evaluates: ClassVar[bool] = False
    retypes: ClassVar[bool] = False
    early: ClassVar[bool] = False
    anchors: ClassVar[tuple[str, ...]] = ()
    _template: ClassVar[Template | None] = None

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: object) -> None:
        """Check the declarations; ``abstract=True`` marks a base of several rules."""
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        cls._check_declarations(_REWRITE_ID, ("Exact Tolerance Manual", "Shapes", "Source"))
        if not isinstance(getattr(cls, "safety", None), Safety):
            raise TypeError(f"{cls.__name__}: no safety")
        if (cls.safety is Safety.TOLERANCE) != bool(cls.rtol or cls.atol):
            raise TypeError(f"{cls.__name__}: rtol or atol go with safety tolerance, and only so")
        if hasattr(cls, "pattern"):
            cls.anchors = cls.pattern.anchors
        elif not issubclass(cls, DeletionRule):
            raise TypeError(f"{cls.__name__}: no pattern")
        cls._take_replacement()
        cls._check_examples(Rewritten, Untouched)

    def concerns(self, node: Node, context: MatchContext) -> bool:
        """Whether a node may be a root at all: a quick look before the pattern is matched.

        What ``pattern`` takes may be passed over if ``guard`` would refuse it without a reason.
        """
        return True

    @classmethod
    def _take_replacement(cls) -> None:
        builds = cls.build is not RewriteRule.build or issubclass(cls, DeletionRule)
        if builds == bool(cls.replacement):
            raise TypeError(f"{cls.__name__}: it needs either a replacement or the method build")
        if cls.replacement:
            # Here, so that lint rules do without what reads and makes graphs.
            from linter.rules.match import names_of
            from linter.rules.replacement import ReplacementError, read_replacement

            try:
                cls._template = read_replacement(cls.replacement, tuple(names_of(cls.pattern)))
            except ReplacementError as err:
                raise TypeError(f"{cls.__name__}: replacement: {err}") from err

    def guard(self, m: Match) -> Refusal | None:
        """Why the match must be left alone; ``None`` when the rule applies."""
        return None

    def build(
        self, m: Match, edit: GraphEditor
    ) -> Value | BoundValue | Sequence[Value | BoundValue] | Refusal:
        """Make the replacement; one value per output of the root, or one for output 0.

        A refusal takes the change back, as one of ``guard`` would have prevented it.
        """
        if self._template is None:
            raise NotImplementedError
        return self._template.build(m, edit)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Nodes that go without a replacement.

    Attributes:
        root: the node that the change is recorded under.
        nodes: keys of all nodes that go; survivors may read them as control inputs only.
        refusal: why they stay all the same; ``None`` when they go.
    """

    root: str
    nodes: frozenset[str]
    refusal: str | None = None


class DeletionRule(RewriteRule, abstract=True):
    """Removes nodes that nothing kept reads as data; has ``sweeps`` in place of a pattern."""

    always = True

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """What can go from the main graph as it is now."""
        raise NotImplementedError
