"""The engine walks every body once, contains crashes, and rewrites to a fixed point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from effort import counted, lines_of

from linter.graph import Node, Value
from linter.io import graphtext
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Finding, Safety, Severity
from linter.results.judgement import Stage, Status
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rules import DeletionRule, LintContext, LintRule, RewriteRule
from linter.rules.edit import GraphEditor
from linter.rules.examples import Clean, Flagged, Rewritten, Untouched
from linter.rules.match import Match, op, var
from linter.rules.run_lint import run_lint
from rules.registry import rewrite_rules

X = "x = Placeholder : float32[2]\n"


class EveryNode(LintRule):
    """Flag every node twice.

    Why: a test.
    Remedy: none.
    Source: none.
    """

    id, name, severity = "USR001", "every-node", Severity.INFO
    messages: ClassVar = {"seen": "{op} on {target}", "model": "a model"}
    remedies: ClassVar = {"seen": "ask {target}"}
    examples = (Clean(""), Flagged("", at=()))

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        yield self.finding(node, "seen", op=node.op)
        yield self.finding(node, "seen", op="again")

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        yield self.finding(None, "model")


class CrashAtRelu(LintRule):
    """Raise at Relu.

    Why: a test.
    Remedy: none.
    Source: none.
    """

    id, name, severity = "USR002", "crash-at-relu", Severity.ERROR
    messages: ClassVar = {"never": "never"}
    visits = ("Relu",)
    examples = (Clean(""), Flagged("", at=()))

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        raise ValueError(node.name)


class NegToAbs(RewriteRule):
    """Replace Neg by Abs.

    Exact: no.
    Shapes: any.
    Source: none.
    """

    id, name, safety = "RWU001", "neg-to-abs", Safety.EXACT
    pattern = op("Neg", var("x"))
    examples = (Rewritten("", after=""), Untouched(""))

    def build(self, m: Match, edit: GraphEditor) -> Value:
        return edit.add("Abs", [m["x"]])


class Crashing(NegToAbs):
    """Raise while building.

    Exact: no.
    Shapes: any.
    Source: none.
    """

    id, name = "RWU002", "crashing"

    def build(self, m: Match, edit: GraphEditor) -> Value:
        edit.add("Abs", [m["x"]])
        raise ValueError("no")


def _rewrite(
    text: str,
    *rules: RewriteRule,
    lacking: tuple[str, ...] = (),
    outputs: tuple[Value, ...] = (),
    options: RewriteOptions | None = None,
    **given: object,
) -> RewriteOutcome:
    return rewrite(
        rules or rewrite_rules(),
        graphtext.parse(text),
        lambda model: synthetic_judge(model, JudgeOptions({}, outputs), lacking=lacking, **given),  # type: ignore[arg-type]
        options,
    )


def _lint(text: str, *rules: LintRule) -> tuple[tuple[Finding, ...], int]:
    outcome = run_lint(rules, synthetic_judge(graphtext.parse(text)))
    return outcome.findings, len(outcome.errors)


def test_lint_visits_every_body_once_and_orders_the_findings() -> None:
    text = X + "y = f(x)\ndef f(a: float32[2]) -> (b: r:0):\n  r = Relu(a)\n"
    findings, errors = _lint(text, EveryNode())
    assert [(f.function, f.node) for f in findings] == [
        (None, None),
        (None, "x"),
        (None, "y"),
        ("f", "r"),
    ]
    assert findings[1].message == "Placeholder on synthetic@1/none"
    assert findings[1].remedy == "ask synthetic@1/none"
    assert errors == 0


class EveryInput(EveryNode):
    """Flag every input of a node, and the node.

    Why: a test.
    Remedy: none.
    Source: none.
    """

    id, name = "USR003", "every-input"

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        for port in reversed(range(len(node.inputs))):
            yield self.finding(node, "seen", port=port, op=node.op)
            yield self.finding(node, "seen", port=port, op="again")
        yield self.finding(node, "seen", op=node.op)

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        return iter(())


def test_findings_about_several_ports_of_a_node_are_several() -> None:
    findings, _ = _lint(X + "y = Add(x, x)", EveryInput())
    assert [(f.node, f.port) for f in findings] == [
        ("x", None),
        ("y", None),
        ("y", 0),
        ("y", 1),
    ]
    assert {f.message for f in findings if f.node == "y"} == {"Add on synthetic@1/none"}


def test_a_crash_hides_no_other_finding() -> None:
    findings, errors = _lint(X + "y = Relu(x)", CrashAtRelu(), EveryNode())
    assert [f.node for f in findings] == [None, "x", "y"]
    assert errors == 1


class Dropping(NegToAbs):
    """Let the input of a Neg go with it.

    Exact: no.
    Shapes: any.
    Source: none.
    """

    id, name = "RWU005", "dropping"
    pattern = op("Neg", op("Relu", op("Placeholder", name="p")), name="root")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        (relu,) = m["root"].inputs
        edit.drop([relu.value.node, m["p"].value.node])
        return Value("z")


def test_no_rule_takes_an_input_away() -> None:
    text = X + "z = Placeholder : float32[2]\na = Relu(x)\nb = Neg(a)\ny = Abs(b)"
    outcome = _rewrite(text, Dropping(), lacking=("Neg",), outputs=(Value("y"),))
    assert outcome.rewrites == ()
    assert set(outcome.model.main.nodes) == {"x", "z", "a", "b", "y"}
    assert [r.reason for r in outcome.refused] == ["it would leave the model worse off"]


def test_a_rewrite_fires_only_where_the_target_needs_it() -> None:
    text = X + "a = Neg(x)\ny = Relu(a)"
    assert _rewrite(text, NegToAbs()).rewrites == ()
    outcome = _rewrite(text, NegToAbs(), lacking=("Neg",))
    assert [record.root for record in outcome.rewrites] == ["a"]
    assert (outcome.before.unsupported, outcome.after.unsupported) == (1, 0)
    assert _rewrite(text, NegToAbs(), lacking=("Neg", "Abs")).rewrites == ()


def test_unknown_alone_never_fires() -> None:
    answers = {"Neg": (Status.UNKNOWN, Stage.ENGINE, "no_list", {})}
    assert _rewrite(X + "y = Neg(x)", NegToAbs(), answers=answers).rewrites == ()


def test_the_given_model_is_not_changed() -> None:
    model = graphtext.parse(X + "y = Neg(x)")
    before = graphtext.dump(model)
    outcome = rewrite((NegToAbs(),), model, lambda m: synthetic_judge(m, lacking=("Neg",)))
    assert outcome.rewrites
    assert graphtext.dump(model) == before


def test_rewriting_twice_changes_nothing_more() -> None:
    text = X + "a = AddV2(x, x)\nb = AddV2(a, x)\nc = AddV2(b, a)\ny = Relu(c)"
    first = _rewrite(text, lacking=("AddV2",))
    again = rewrite(rewrite_rules(), first.model, lambda m: synthetic_judge(m, lacking=("AddV2",)))
    assert len(first.rewrites) == 3
    assert again.rewrites == ()


def test_select_ignore_and_skip() -> None:
    text = X + "a = Neg(x)\ny = Neg(a)"

    def roots(options: RewriteOptions) -> list[str]:
        outcome = _rewrite(text, NegToAbs(), lacking=("Neg",), options=options)
        return sorted(record.root for record in outcome.rewrites)

    assert roots(RewriteOptions(select=("RWU",))) == ["a", "y"]
    assert roots(RewriteOptions(select=("RWS",))) == []
    assert roots(RewriteOptions(ignore=("RWU0",))) == []
    assert roots(RewriteOptions(skip=frozenset({("RWU001", "a")}))) == ["y"]
    assert len(roots(RewriteOptions(step_limit=1))) == 1


def test_tolerance_rewrites_wait_for_a_proof() -> None:
    text = X + "z = Placeholder : float32[2]\ny = AddN(x, z, x)"
    outcome = _rewrite(text, lacking=("AddN",), options=RewriteOptions(exact_only=True))
    assert outcome.rewrites == ()
    assert [(r.rule, r.reason) for r in outcome.refused] == [("RWS012", "unverified")]


def test_a_crash_of_a_rewrite_is_contained() -> None:
    outcome = _rewrite(X + "y = Neg(x)", Crashing(), NegToAbs(), lacking=("Neg",))
    assert [record.rule for record in outcome.rewrites] == ["RWU001"]
    assert len(outcome.errors) == 1
    assert "RWU002" in str(outcome.errors[0])
    assert set(outcome.model.main.nodes) == {"x", "y"}


def test_a_change_that_leaves_the_model_worse_off_is_taken_back() -> None:
    """Abs is taken where it is, but two readers of it are not."""
    limits = {"Relu": "in_c == 3", "Square": "in_c == 3"}
    text = "x = Placeholder : float32[2,?]\na = Neg(x)\nb = Relu(a)\nc = Square(a)"

    class Known(NegToAbs):
        """Replace Neg by something of known shape.

        Exact: no.
        Shapes: any.
        Source: none.
        """

        id, name = "RWU003", "known"

        def build(self, m: Match, edit: GraphEditor) -> Value:
            return edit.const([1.0, 2.0], "float32", shape=(2, 1))

    outcome = _rewrite(text, Known(), lacking=("Neg",), limits=limits)
    assert outcome.rewrites == ()
    assert graphtext.dump(outcome.model) == graphtext.dump(graphtext.parse(text))
    assert [r.reason for r in outcome.refused] == ["it would leave the model worse off"]


def test_outputs_keep_their_names() -> None:
    text = X + "s = StopGradient(x)\ny = StopGradient(s)"
    outcome = _rewrite(text, lacking=("StopGradient",), outputs=(Value("y"), Value("s")))
    assert {"s", "y"} <= set(outcome.model.main.nodes)
    assert outcome.after.unsupported == 0


def test_records_name_what_went_and_what_came() -> None:
    text = X + "z = Placeholder : float32[2]\ny = NotEqual(x, z)"
    (record,) = _rewrite(text, lacking=("NotEqual",)).rewrites
    assert (record.rule, record.root, record.removed) == ("RWS034", "y", ("y",))
    assert set(record.added) == {"y", "y/Equal"}
    assert record.safety is Safety.EXACT


def test_function_bodies_are_rewritten_and_named() -> None:
    text = X + "y = f(x)\ndef f(a: float32[2]) -> (b: r:0):\n  r = Neg(a)\n"
    outcome = _rewrite(text, NegToAbs(), lacking=("Neg",))
    assert [(made.root, made.removed, made.added) for made in outcome.rewrites] == [
        ("f::r", ("f::r",), ("f::r",))
    ]
    assert outcome.model.functions["f"]["r"].op == "Abs"
    assert outcome.after.unsupported == 0


def test_what_goes_is_not_replaced_first() -> None:
    """Select could be replaced at once; when its dropout is pinned, all of it goes."""
    text = (
        "x = Placeholder : float32[2,3]\none = Const : float32[] = 1.0\n"
        "zero = Const : float32[] = 0.0\nkeep = PlaceholderWithDefault(one) : float32[]\n"
        "div = RealDiv(x, keep)\nsize = Const : int32[2] = [2, 3]\n"
        "draw = RandomUniform(size) {dtype=float32}\nrate = Sub(one, keep)\n"
        "above = GreaterEqual(draw, rate)\ns = SelectV2(above, div, zero)\ny = Relu(s)"
    )
    lacking = ("PlaceholderWithDefault", "SelectV2", "RandomUniform")
    outcome = _rewrite(text, lacking=lacking)
    assert [made.rule for made in outcome.rewrites] == ["RWS003", "RWD006"]
    assert sorted(outcome.model.main.nodes) == ["x", "y"]


@pytest.mark.parametrize(("outputs", "op"), [((), "Identity"), ((Value("y"),), "Const")])
def test_an_output_that_becomes_a_constant_stays_an_output(
    outputs: tuple[Value, ...], op: str
) -> None:
    """A guessed output is a leaf with an input: a lone constant would be none."""
    text = "a = Const : float32[2] = [1.0, 2.0]\nb = Neg(a)\ny = Neg(b)"
    outcome = _rewrite(text, lacking=("Neg",), outputs=outputs)
    assert outcome.model.main["y"].op == op
    assert Value("y") in outcome.judge.outputs
    assert outcome.after.reachable == len(outcome.model.main)
    assert outcome.after.unsupported == 0


def test_order_stays_topological() -> None:
    text = X + "a = NotEqual(x, x)\nb = Cast(a) {DstT=float32}\nc = LogSoftmax(b)\ny = Sign(c)"
    graph = _rewrite(text, lacking=("NotEqual", "LogSoftmax", "Sign")).model.main
    seen: set[str] = set()
    for node in graph:
        assert set(graph.producers(node)) <= seen, node
        seen.add(node.key)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "XYZ001"}, "family"),
        ({"name": "Other Name"}, "kebab"),
        ({"name": "other"}, "name of the class"),
        ({"__doc__": "No sections."}, "section"),
        ({"examples": ()}, "example"),
        ({"rtol": 0.1}, "tolerance"),
    ],
)
def test_faulty_declarations_are_refused(changes: dict[str, object], message: str) -> None:
    good = {
        "__doc__": "Head.\n\nExact: x\nShapes: x\nSource: x\n",
        "id": "RWU009",
        "name": "born",
        "safety": Safety.EXACT,
        "pattern": op("Neg"),
        "examples": (Rewritten("", after=""), Untouched("")),
        "build": lambda self, m, edit: m.root.inputs[0],
    }
    assert type("Born", (RewriteRule,), dict(good)).anchors == ("Neg",)  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=message):
        type("Born", (RewriteRule,), {**good, **changes})


def test_a_sweep_that_is_still_read_is_refused() -> None:
    class Greedy(DeletionRule):
        """Remove all Neg.

        Exact: no.
        Shapes: any.
        Source: none.
        """

        id, name, safety = "RWU004", "greedy", Safety.EXACT
        examples = (Rewritten("", after=""), Untouched(""))

        def sweeps(self, graph, judge):  # type: ignore[no-untyped-def]
            from linter.rules import Sweep

            yield Sweep("a", frozenset({"a"}))

    outcome = _rewrite(X + "a = Neg(x)\ny = Relu(a)", Greedy())
    assert outcome.rewrites == ()
    assert [r.rule for r in outcome.refused] == ["RWU004"]


def test_many_deletions_are_work_in_proportion() -> None:
    def lines(count: int) -> int:
        text = X + "y = Relu(x)\n" + "".join(f"n{index} = NoOp\n" for index in range(count))
        model = graphtext.parse(text)
        with counted() as effort:
            outcome = rewrite(
                rewrite_rules(),
                model,
                lambda m: synthetic_judge(m, JudgeOptions({}, ()), lacking=()),
            )
        assert len(outcome.model.main.nodes) == 2
        return effort.lines

    assert lines(800) < 4.5 * lines(200)


def test_many_outputs_are_not_gone_through_at_every_place() -> None:
    def lines(count: int) -> int:
        nodes = (f"n{index} = OpOfNobody(x) {{T=float32}}\n" for index in range(count))
        model = graphtext.parse(X + "".join(nodes))
        outputs = tuple(Value(f"n{index}") for index in range(count))
        return lines_of(
            lambda: rewrite(
                rewrite_rules(),
                model,
                lambda m: synthetic_judge(m, JudgeOptions({}, outputs), lacking=("OpOfNobody",)),
            )
        )

    assert lines(800) < 4.5 * lines(200)
