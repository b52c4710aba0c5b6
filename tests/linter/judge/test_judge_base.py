"""What all judges share: outputs, inputs, bodies, counts, and what an edit makes them forget."""

from __future__ import annotations

import pytest
from own_facts import OwnFacts, about, kernel, limit

from linter.graph import DType, Node, Value
from linter.io.graphtext import parse
from linter.judge import JudgeOptions, Placement, Status, make_judge
from linter.judge.base import LAST_WITHOUT_SCALARS
from linter.judge.synthetic import synthetic_judge

CHAIN = "x = Placeholder : float32[2]\na = Neg(x)\nb = Relu(a)\ny = Exp(b)"


def own(text, facts=None, **options):
    return make_judge(parse(text), facts or OwnFacts(), JudgeOptions(**options))


def test_outputs_are_the_given_ones_or_the_leaves():
    text = CHAIN + "\nz = NotAnOp(x)\nd = NoOp(^y)\nu = Unpack(x) {num=2}"
    judge = synthetic_judge(parse(text))
    assert judge.outputs_guessed
    assert judge.outputs == (Value("z"), Value("u", 0), Value("u", 1))
    given = synthetic_judge(parse(text), JudgeOptions(outputs=(Value("a"),)))
    assert not given.outputs_guessed
    assert given.outputs == (Value("a"),)


def test_inputs_are_needed_placeholders_and_named_nodes():
    text = CHAIN + "\nw = Placeholder : float32[2]\nk = Const : float32[] = 1.0\n"
    text += "d = PlaceholderWithDefault(k) : float32[]\nz = Add(y, d)"
    judge = synthetic_judge(parse(text), JudgeOptions(outputs=(Value("z"),)))
    assert [node.name for node in judge.inputs] == ["x"]
    named = JudgeOptions({"b": (2,), "d": (), "gone": ()}, (Value("z"),))
    assert [node.name for node in synthetic_judge(parse(text), named).inputs] == ["b", "d"]


CALLS = """
x = Placeholder : float32[2]
y = f(x)
u = PartitionedCall(x) {f=@unused, Tin=[float32], Tout=[float32]}
def g(a: float32) -> (r: s:0):
  s = Neg(a)
def f(a: float32) -> (r: s:0):
  c = Placeholder : int32[]
  s = Case(c, a) {branches=[@g, @h], Tout=[float32]}
  dead = unused(a)
def h(a: float32) -> (r: s:0):
  s = Exp(a)
def unused(a: float32) -> (r: s:0):
  s = NotAnOp(a)
"""


def test_bodies_that_reachable_nodes_call_in_file_order():
    judge = synthetic_judge(parse(CALLS), JudgeOptions(outputs=(Value("y"),)))
    assert [body.function for body in judge.called_functions()] == ["g", "f", "h"]
    names = [(graph.function, node.name) for graph, node, _ in judge.judgements()]
    assert names == [(None, "x"), (None, "y"), ("g", "s"), ("f", "c"), ("f", "s"), ("h", "s")]


def test_the_summary_counts_reachable_nodes_and_all_nodes():
    judge = synthetic_judge(
        parse(CALLS),
        JudgeOptions(outputs=(Value("y"),)),
        lacking=("Neg",),
        placements={"Exp": Placement.AICPU},
    )
    summary = judge.summary()
    assert (summary.nodes, summary.reachable) == (9, 6)
    assert (summary.supported, summary.unsupported, summary.unknown) == (5, 1, 0)
    assert summary.placements == {"aicore": 4, "aicpu": 1, "none": 1}
    assert judge.tally()["Neg", Status.UNSUPPORTED] == 1
    assert sum(judge.tally().values()) == 6


def test_only_inputs_of_the_main_graph_have_the_given_shapes():
    text = "x = Placeholder : float32[?]\ny = f(x)\n"
    text += "def f(a: float32) -> (r: s:0):\n  x = Neg(a)\n  s = Exp(x)\n"
    judge = synthetic_judge(parse(text), JudgeOptions({"x": (7,)}))
    assert judge.inference(judge.model.main).shape(Value("x")) == (7,)
    body = judge.model.functions["f"]
    assert judge.inference(body).shape(Value("x")) == (7,)  # of its argument
    loose = synthetic_judge(parse(text.replace("Neg(a)", "Placeholder : float32[?]")),
                            JudgeOptions({"x": (7,)}))  # fmt: skip
    assert loose.inference(loose.model.functions["f"]).shape(Value("x")) == (None,)


@pytest.mark.parametrize(
    ("producer", "shape"), [(LAST_WITHOUT_SCALARS, None), (LAST_WITHOUT_SCALARS + 1, ())]
)
def test_a_scalar_in_an_old_file_says_nothing(producer, shape):
    model = parse("x = Placeholder : float32[]\ny = Neg(x)")
    model.source.producer = producer
    assert synthetic_judge(model).inference(model.main).shape(Value("x")) == shape


def test_the_target_is_told_as_the_user_spells_it():
    assert synthetic_judge(parse(CHAIN)).target == "synthetic@1/none"
    assert own(CHAIN).target == "atc@1/Own310"


LISTS = {
    **kernel("Placeholder"),
    **kernel("Neg", "x: float32", "->", "y: float32"),
    **kernel("Relu", "x: float32", "->", "y: float32"),
    **kernel("Exp", "x: float32", "->", "y: float32"),
}


RUN_TIME = {"data_dependent_ops": "Where", "local_ops": "Where"}


def statuses(judge, graph=None):
    graph = graph or judge.model.main
    return {node.name: judge.node(graph, node).status for node in graph}


def fresh(judge):
    """The answers of a judge that has seen nothing before."""
    return statuses(make_judge(judge.model, judge.database, judge.options))


def test_an_edit_is_answered_for_after_a_refresh_everywhere_downstream():
    judge = own(CHAIN, OwnFacts(aicore=LISTS, groups=RUN_TIME), outputs=(Value("y"),))
    assert set(statuses(judge).values()) == {Status.SUPPORTED}
    main = judge.model.main
    main.patch([Node("a", "Where", (Value("x"),), attrs={"T": DType("float32")})])
    judge.refresh(["a"])
    assert statuses(judge) == fresh(judge)
    assert statuses(judge)["y"] is Status.UNSUPPORTED  # of a size that is known at run time only


def test_a_refresh_sees_other_leaves_and_other_calls():
    judge = own(CHAIN + "\nz = f(x)\ndef f(a: float32) -> (r: s:0):\n  s = Neg(a)\n")
    assert judge.outputs == (Value("y"), Value("z"))
    assert [body.function for body in judge.called_functions()] == ["f"]
    judge.model.main.patch(drop=["y", "z"])
    judge.refresh(["y", "z"])
    assert judge.outputs == (Value("b"),)
    assert judge.called_functions() == ()
    assert judge.reachable(judge.model.main) == {"x", "a", "b"}


def test_a_refresh_of_one_body_leaves_the_outputs_of_the_model():
    judge = own(CALLS, outputs=(Value("y"),))
    before = judge.outputs
    body = judge.model.functions["g"]
    about(judge, "s", "g")
    body.patch([body["s"].replace(op="Abs")])
    judge.refresh(["s"], "g")
    assert judge.outputs == before
    assert about(judge, "s", "g").ge_op == "Abs"
    assert about(judge, "s", "h").ge_op == "Exp"


def test_given_outputs_stay_when_their_node_goes():
    judge = own(CHAIN, outputs=(Value("y"),))
    judge.model.main.patch(drop=["y"])
    judge.refresh(["y"])
    assert judge.outputs == (Value("y"),)


LIBRARY = """
x = Placeholder : float32[2]
w = Placeholder : float32[3]
y = outer(x)
z = Neg(y)
def outer(a: float32) -> (r: s:0):
  s = inner(a)
def inner(a: float32) -> (r: s:0):
  s = Neg(a)
"""


def known(judge, name, function=None):
    body = judge.model.main if function is None else judge.model.functions[function]
    return judge.inference(body).shape(Value(name))


def library(text=LIBRARY, **given):
    """A judge that has been asked about every node already."""
    judge = own(text, OwnFacts(aicore=LISTS, limits=given), outputs=(Value("z"),))
    for graph in judge.model.graphs:
        statuses(judge, graph)
    return judge


TWO_ROWS = limit("Neg", "n == 2", engine="ge", consequence="error")


def test_bodies_learn_of_a_call_that_changed_also_behind_other_bodies():
    judge = library(**TWO_ROWS)
    assert about(judge, "s", "inner").status is Status.SUPPORTED
    main = judge.model.main
    main.patch([main["y"].replace(inputs=(Value("w"),))])
    judge.refresh(["y"])
    assert [known(judge, "s", "outer"), known(judge, "s", "inner")] == [(3,), (3,)]
    assert about(judge, "s", "inner").status is Status.UNSUPPORTED
    assert about(judge, "z").status is Status.UNSUPPORTED


def test_callers_learn_of_a_body_that_gives_something_else():
    judge = library(**TWO_ROWS)
    body = judge.model.functions["inner"]
    body.patch([Node("s", "Shape", (Value("a"),), attrs={"T": DType("float32")})])
    judge.refresh(["s"], "inner")
    assert [known(judge, "s", "outer"), known(judge, "z")] == [(1,), (1,)]
    assert judge.inference(judge.model.main).dtype(Value("y")) == "int32"
    assert about(judge, "z").status is Status.UNSUPPORTED


def test_a_call_that_comes_or_goes_changes_what_is_known_of_arguments():
    judge = library()
    main = judge.model.main
    new = Node("new", "inner", (Value("w"),))
    main.patch([new, Node("z", "Concat2", (Value("y"), Value("new")))])
    judge.refresh(["new", "z"])
    assert known(judge, "s", "inner") == (None,)
    main.patch([Node("z", "Neg", (Value("y"),), attrs={"T": DType("float32")})], drop=["new"])
    judge.refresh(["new", "z"])
    assert known(judge, "s", "inner") == (2,)


def test_functions_that_call_each_other_do_not_keep_a_refresh_from_ending():
    text = LIBRARY.replace("s = Neg(a)", "b = outer(a)\n  k = Const : int32[] = 0\n"
                           "  s = ConcatV2(b, a, k) {N=2}")  # fmt: skip
    judge = library(text)
    main = judge.model.main
    main.patch([main["y"].replace(inputs=(Value("w"),))])
    judge.refresh(["y"])
    assert known(judge, "w") == (3,)


def test_an_edit_that_changes_nothing_elsewhere_keeps_the_answers_there():
    judge = library()
    before = about(judge, "s", "inner"), about(judge, "z")
    body = judge.model.functions["outer"]
    body.patch([body["s"].replace(attrs={"_note": 1})])
    judge.refresh(["s"], "outer")
    assert about(judge, "s", "inner") is before[0]
    assert about(judge, "z") is before[1]


def test_only_answers_about_what_was_taken_back_are_forgotten():
    judge = own(CHAIN, OwnFacts(aicore=LISTS), outputs=(Value("y"),))
    before = {name: about(judge, name) for name in "xaby"}
    main = judge.model.main
    main.patch([main["a"].replace(op="NotAnOp"), main["b"].replace(op="NotAnOp")])
    judge.discard(["a"])
    assert about(judge, "a").status is Status.UNSUPPORTED
    assert about(judge, "b") is before["b"]


def test_judges_of_one_tool_share_what_they_know_and_others_the_outputs_alone():
    model = parse(CHAIN)
    atc = make_judge(model, OwnFacts(), JudgeOptions())
    known = atc.inference(model.main), atc.scope(model.main), atc.outputs
    again = make_judge(model, OwnFacts(), JudgeOptions(), like=atc)
    assert (again.inference(model.main), again.scope(model.main), again.outputs) == known
    other = synthetic_judge(model)
    other.share(atc)
    assert other.outputs is atc.outputs
    assert other.inference(model.main) is not known[0]
