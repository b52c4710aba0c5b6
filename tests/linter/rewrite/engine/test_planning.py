"""A check plans once: what the plan knows, passes over and names is what a rewriting would find."""

from __future__ import annotations

import random
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from linter.api import plan as api_plan
from linter.graph import DType, Graph, Model, Node, Value
from linter.graph.queries import default_outputs, topological_keys
from linter.io.graphtext import parse
from linter.judge import Judge, JudgeOptions, judge_of_copy, make_judge
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Safety, Severity
from linter.rewrite.engine import RewriteOptions, rewrite
from linter.rewrite.engine.bodies import Roots, copied
from linter.rewrite.engine.passes import Log
from linter.rewrite.engine.rewriting import Rewriting
from linter.rewrite.engine.run import Run
from linter.rewrite.example_runner import example_model
from linter.rules import RewriteRule
from linter.rules.match import MatchContext, find
from linter.rules.run_lint import run_lint
from opdb.query import open_database
from opdb.target import parse_target
from rules.registry import lint_rules, rewrite_rules
from rules.rule_set import BUILT_IN

OMG = "omg@hilens-2021-09/Ascend310"
DROPOUT = """
x = Placeholder : float32[2, 4]
size = Const : int32[2] = [2, 4]
rate = Const : float32[] = 0.75
{keep} = {shared}(rate)
r{i} = RandomUniform(size) {{dtype=float32}}
s{i} = AddV2({keep}, r{i})
f{i} = Floor(s{i})
d{i} = RealDiv({source}, {keep})
m{i} = Mul(d{i}, f{i})
"""


def two_dropouts() -> Model:
    """Two dropouts that share a node which only they read, and which the target refuses."""
    first = DROPOUT.format(keep="keep", shared="Snapshot", i=0, source="x")
    second = "\n".join(
        line
        for line in DROPOUT.format(keep="keep", shared="Snapshot", i=1, source="m0").split("\n")
        if "1" in line.partition("=")[0]
    )
    return parse(f"{first}{second}\ny = Relu(m1)\n")


def judge_of(model: Model, target: str = OMG, **options: object) -> Judge:
    given = JudgeOptions(**options)  # type: ignore[arg-type]
    return make_judge(model, open_database(parse_target(target)), given)


def named(model: Model, target: str = OMG) -> dict[str, tuple[str, Safety] | None]:
    """The fixes of the errors of a model by node."""
    judge = judge_of(model, target)
    findings = run_lint(lint_rules(), judge).findings
    return {
        found.node or "": None if found.fix is None else (found.fix.rule, found.fix.safety)
        for found in api_plan.with_fixes(findings, judge, BUILT_IN)[0]
        if found.severity is Severity.ERROR
    }


def test_one_plan_names_manual_rewrites_too(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    plain = Rewriting.run

    def run(self: Rewriting, options: RewriteOptions) -> None:
        begun.append(options)
        plain(self, options)

    monkeypatch.setattr(Rewriting, "run", run)
    fixes = named(two_dropouts())
    assert len(begun) == 1
    assert not begun[0].unsafe
    manual = ("RWD007", Safety.MANUAL)
    assert fixes["r0"] == fixes["r1"] == manual


def test_what_only_withheld_changes_read_goes_with_them() -> None:
    model = two_dropouts()
    outcome = rewrite(
        rewrite_rules(), model, lambda copy: judge_of(copy), RewriteOptions(unsafe=True)
    )
    gone = {
        name for made in outcome.rewrites if made.rule == "RWD007" for name in made.removed
    } & model.main.nodes.keys()
    assert "keep" in gone  # neither of the dropouts alone lets it go
    judge = judge_of(model)
    plan = Rewriting(rewrite_rules(), model, lambda copy: judge_of_copy(copy, judge))
    plan.run(RewriteOptions(weighs_withheld=True))
    assert gone <= {place for place, rule in plan.withheld.removed(judge) if rule == "RWD007"}


def examples() -> Iterator[tuple[RewriteRule, object]]:
    for rule in rewrite_rules():
        for example in rule.examples:
            yield rule, example


def judge_of_example(example: object, model: Model) -> Judge:
    apart = ("format", "path")
    given = {name: v for name, v in example.given.items() if name not in apart}  # type: ignore[attr-defined]
    outputs = tuple(Value(*_split(text)) for text in example.outputs)  # type: ignore[attr-defined]
    options = JudgeOptions(dict(example.input_shapes), outputs)  # type: ignore[attr-defined]
    return synthetic_judge(model, options, lacking=example.lacking, **given)  # type: ignore[attr-defined]


def _split(text: str) -> tuple[str, int]:
    name, _, port = text.partition(":")
    return name, int(port or 0)


def test_weighing_what_is_withheld_changes_nothing_else() -> None:
    for rule, example in examples():
        model = example_model(example)  # type: ignore[arg-type]
        plain, weighed = (
            rewrite(
                (rule,),
                model,
                lambda copy, example=example: judge_of_example(example, copy),  # type: ignore[misc]
                RewriteOptions(weighs_withheld=weighs),
            )
            for weighs in (False, True)
        )
        assert plain.rewrites == weighed.rewrites, rule.id
        assert plain.refused == weighed.refused, rule.id
        assert [str(e) for e in plain.errors] == [str(e) for e in weighed.errors]


def contexts() -> Iterator[tuple[Graph, MatchContext]]:
    """All bodies of all examples, as a pass sees them."""
    seen: set[str] = set()
    for _, example in examples():
        if example.text not in seen:  # type: ignore[attr-defined]
            seen.add(example.text)  # type: ignore[attr-defined]
            judge = judge_of_example(example, example_model(example))  # type: ignore[arg-type]
            for graph in (judge.model.main, *judge.called_functions()):
                run = Run(judge, graph, (), RewriteOptions(), Log(judge))
                yield graph, run.begin(1).context


def test_what_a_rule_passes_over_it_would_refuse_without_a_word() -> None:
    hasty = [r for r in rewrite_rules() if type(r).concerns is not RewriteRule.concerns]
    passed: set[str] = set()
    looked: set[str] = set()
    for graph, context in contexts():
        for node in graph:
            for rule in hasty:
                match = find(rule.pattern, node, context)
                if rule.concerns(node, context):
                    looked.add(rule.id)
                elif match is not None:
                    refusal = rule.guard(match)
                    assert refusal is not None, (rule.id, node)
                    assert refusal.reason == "", (rule.id, node)
                    passed.add(rule.id)
    assert {rule.id for rule in hasty} == looked
    assert len(passed) > len(hasty) / 2


MODELS = """
x = Placeholder : float32[2, 3]
s = Shape(x)
c = PartitionedCall(x) {f=@outer, Tout=[float32]}
p = Const : int32[2, 2] = [[0, 0], [1, 1]]
e = Pad(c, p)
z = Const : int32[] = 0
n = Const : int32[] = 3
one = Const : int32[] = 1
i = Enter(z) {frame_name="f"}
end = Enter(n) {frame_name="f", is_constant=true}
m = Merge(i, next)
less = Less(m, end)
cond = LoopCond(less)
w = Switch(m, cond)
add = Add(w:1, one)
next = NextIteration(add)
left = Exit(w)
y = Relu(e)
def outer(a: float32[2, 3]) -> (r: b:0):
  b = PartitionedCall(a) {f=@inner, Tout=[float32]}
def inner(a: float32[2, 3]) -> (r: b:0):
  b = Digamma(a)
"""


def everything(judge: Judge) -> list[object]:
    bodies = (judge.model.main, *judge.called_functions())
    return [
        [(body.function, node.key, answer) for body, node, answer in judge.judgements()],
        judge.summary(),
        judge.tally(),
        judge.outputs,
        [
            (
                judge.inference(body).shape(Value(node.key)),
                judge.inference(body).dtype(Value(node.key)),
            )
            for body in bodies
            for node in body
        ],
        [[node.key for node in judge.refused(body)] for body in bodies],
    ]


@pytest.mark.parametrize(
    "target",
    [
        OMG,
        "omg@hilens-2021-09.beta1/Ascend310",
        "atc@8.1.RC1/Ascend310P3",
        "atc@7.0.0/Ascend310P3",
        "atc@9.1.0/Ascend310P3",
    ],
)
def test_a_judge_of_a_copy_knows_the_same_and_goes_its_own_way(target: str) -> None:
    model = parse(MODELS)
    judge = judge_of(model, target)
    known = everything(judge)
    copy = copied(model)
    other = judge_of_copy(copy, judge)
    assert everything(other) == known
    for one, op in ((other, "Exp"), (judge, "NoSuchOp")):
        main = one.model.main
        main.patch([Node("tried", op, (Value("x"),), attrs={"T": DType("float32")})])
        fresh = judge_of(one.model, target)
        assert one.node(main, main["tried"]) == fresh.node(main, main["tried"])
    for one in (other, judge):
        one.model.main.patch(drop=["tried"])
        one.inference(one.model.main).discard(["tried"])
        one.discard(["tried"])
    copy.main.replace_nodes(
        node.replace(op="Neg", inputs=node.inputs[:1]) if node.key == "e" else node
        for node in tuple(copy.main)
        if node.key != "p"
    )
    other.refresh(["e", "p", "y"])
    body = copy.functions["inner"]
    body.replace_nodes(node.replace(op="Exp") if node.key == "b" else node for node in tuple(body))
    other.refresh(["b"], "inner")
    assert everything(other) == everything(judge_of(copy, target))
    assert everything(judge) == known == everything(judge_of(model, target))


def test_roots_come_in_the_order_of_the_file() -> None:
    graph = parse(
        "x = Placeholder : float32[2]\na = Neg(x)\nb = Exp(a)\nc = Neg(b)\nd = Abs(c)"
    ).main
    roots = Roots(graph, frozenset({"b", "d"}))
    any_op = next(rule for rule in rewrite_rules() if not rule.anchors)
    assert list(roots.of(any_op, only_refused=True)) == ["b", "d"]
    assert list(roots.of(any_op, only_refused=False)) == ["x", "a", "b", "c", "d"]
    two = SimpleNamespace(anchors=("Exp", "Neg"))
    assert list(roots.of(two, only_refused=False)) == ["a", "b", "c"]  # type: ignore[arg-type]


def leaves_in_order(graph: Graph) -> list[str]:
    """The outputs as they are defined: node by node in topological order."""
    order = topological_keys(graph)
    dropped: set[str] = set()

    def has_input(node: Node) -> bool:
        sources = (*(value.node for value in node.inputs), *node.controls)
        return any(source not in dropped for source in sources)

    for key in order:
        node = graph.nodes[key]
        read = any(use.slot >= 0 for use in graph.uses(key))
        if node.op != "Placeholder" and not has_input(node) and not read:
            dropped.add(key)
    return [
        key
        for key in order
        if key not in dropped and not graph.uses(key) and has_input(graph.nodes[key])
    ]


def test_outputs_are_the_leaves_in_topological_order() -> None:
    several = 0
    for seed in range(300):
        chance = random.Random(seed)
        names = [f"n{i}" for i in range(chance.randint(1, 12))]
        nodes = []
        for name in chance.sample(names, len(names)):
            others = [other for other in names if other < name or chance.random() < 0.05]
            inputs = chance.sample(others, min(len(others), chance.choice((0, 0, 1, 1, 2))))
            waits = chance.sample(others, min(len(others), chance.choice((0, 0, 0, 1))))
            op = chance.choice(("Neg", "Neg", "Neg", "Placeholder", "NextIteration", "Const"))
            nodes.append(Node(name, op, tuple(map(Value, inputs)), tuple(waits)))
        graph = Graph(nodes)
        found = list(dict.fromkeys(value.node for value in default_outputs(graph)))
        assert found == leaves_in_order(graph), seed
        several += len(found) > 1
    assert several > 50
