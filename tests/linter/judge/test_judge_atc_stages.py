"""The stages of atc in their order, and which answers nodes and chips share."""

from __future__ import annotations

from collections import Counter

import pytest
from own_facts import OwnFacts, about, kernel, limit

from linter.graph import Value
from linter.io.graphtext import parse
from linter.judge import JudgeOptions, Placement, Stage, Status, make_judge
from linter.results.finding import Certainty
from opdb.facts import DtypeChange
from opdb.record import KnownIssue, ParserRecord
from opdb.target import Target

ONE = "x = Placeholder : float32[2]\ny = Relu(x)"
CORE = kernel("Relu", "features: float32", "->", "activations: float32")


def test_an_input_is_one_whatever_its_op(ask_own):
    for options, name in (({}, "x"), ({"input_shapes": {"y": (2,)}}, "y")):
        text = ONE.replace("Relu", "NotAnOp")
        facts = OwnFacts(parser={"NotAnOp": None}, aicore=kernel("Placeholder"))
        answer = about(ask_own(text, facts, **options), name)
        assert answer.status is Status.SUPPORTED
    assert (answer.placement, answer.stage, answer.reason) == (
        Placement.LOCAL, Stage.PARSER, "input",
    )  # fmt: skip
    assert (answer.ge_op, answer.certainty) == ("Data", Certainty.DOCUMENTED)
    assert answer.evidence == ("group/local_ops",)


def test_the_arguments_of_a_function_are_inputs(ask_own):
    text = "x = Placeholder : float32[2]\ny = f(x)\ndef f(a: float32) -> (r: s:0):\n  s = Relu(a)\n"
    assert about(ask_own(text, OwnFacts(parser={"_Arg": None})), "a", "f").reason == "input"


def test_names_of_inputs_are_those_of_the_main_graph(ask_own):
    text = "x = Placeholder : float32[2]\ny = f(x)\ndef f(a: float32) -> (r: s:0):\n  s = Relu(a)\n"
    judge = ask_own(text, OwnFacts(aicore=CORE), input_shapes={"s": (2,)})
    assert about(judge, "s", "f").reason == "listed"


@pytest.mark.parametrize(
    "record",
    [
        None,
        ParserRecord("Relu", "Relu", "refused", evidence=("parser/Relu",)),
        ParserRecord(
            "Relu", "Relu", "builtin", scope_fusion_result=True, evidence=("parser/Relu",)
        ),
    ],
    ids=["unknown", "refused", "a product of fusion"],
)
def test_what_the_parser_does_not_take(ask_own, record):
    def asked(**rest):
        return about(ask_own(ONE, OwnFacts(aicore=CORE, parser={"Relu": record}, **rest)), "y")

    answer = asked()
    assert (answer.status, answer.stage, answer.reason) == (
        Status.UNSUPPORTED, Stage.PARSER, "no_parser",
    )  # fmt: skip
    documented = Certainty.DOCUMENTED if record is None else Certainty.INFERRED
    assert (answer.certainty, answer.placement) == (documented, Placement.NONE)
    assert answer.evidence == (("the parser's list",) if record is None else ("parser/Relu",))
    assert asked(parser_inferred=True).certainty is Certainty.INFERRED
    assert asked(parser_complete=False).status is Status.UNKNOWN


def test_what_is_gone_needs_a_parser_first(ask_own):
    text = ONE.replace("Relu", "Identity")
    assert about(ask_own(text, OwnFacts(parser={"Identity": None})), "y").reason == "no_parser"
    inferred = ParserRecord("Identity", "Identity", "same-name", inferred=True)
    answer = about(ask_own(text, OwnFacts(parser={"Identity": inferred})), "y")
    assert (answer.placement, answer.certainty) == (Placement.REMOVED, Certainty.INFERRED)
    plain = about(ask_own(text, OwnFacts()), "y")
    assert plain.certainty is Certainty.DOCUMENTED


FLOW = {"v1_control_flow": "Relu"}


def test_control_flow_that_is_left_is_open(ask_own):
    answer = about(ask_own(ONE, OwnFacts(aicore=CORE, groups=FLOW)), "y")
    assert (answer.status, answer.stage) == (Status.UNKNOWN, Stage.CONTROL_FLOW)
    assert (answer.reason, answer.certainty) == ("v1_control_flow", Certainty.INFERRED)
    assert answer.evidence == ("parser/Relu", "group/v1_control_flow")
    folds = {**FLOW, "folding_ops": "Relu"}
    text = "x = Const : float32[2] = 1.0\ny = Relu(x)"
    assert about(ask_own(text, OwnFacts(groups=folds)), "y").placement is Placement.FOLDED


def test_a_report_overrides_the_lists_but_not_control_flow(ask_own):
    issues = {"Relu": KnownIssue("Relu", "unsupported", "it crashes", ("report",))}
    answer = about(ask_own(ONE, OwnFacts(aicore=CORE, issues=issues)), "y")
    assert (answer.status, answer.reason) == (Status.UNSUPPORTED, "known_issue")
    assert (answer.certainty, dict(answer.detail)) == (Certainty.INFERRED, {"why": "it crashes"})
    assert answer.evidence == ("parser/Relu", "report")
    flow = about(ask_own(ONE, OwnFacts(issues=issues, groups=FLOW)), "y")
    assert flow.reason == "v1_control_flow"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "x = Placeholder : float32[2]\nz = Placeholder : bool[2]\ny = Relu(x)\nw = Relu(z)",
            OwnFacts(aicore=CORE),
        ),
        (
            (
                "x = Placeholder : float32[2]\nk = Const : float32[2] = 1.0\ny = MatMul(x, k)\n"
                "w = MatMul(x, x)"
            ),
            OwnFacts(aicore=kernel("MatMul", "a: float32", "b!: float32")),
        ),
        (
            (
                "c = Placeholder : bool[4]\nx = Where(c) {T=bool}\nz = Placeholder : int64[4]\n"
                "y = Relu(z)\nw = Relu(x)"
            ),
            OwnFacts(
                aicore=kernel("Relu", "a: int64", "->", "b: int64"),
                groups={"data_dependent_ops": "Where", "local_ops": "Where"},
            ),
        ),
        (
            (
                "x = Placeholder : float32[2]\nk = Const : int32[] = 0\nz = Placeholder : bool[2]\n"
                "y = ConcatV2(x, x, k) {N=2}\nw = ConcatV2(z, z, k) {N=2}"
            ),
            OwnFacts(aicore=kernel("ConcatV2", "values*: float32", "axis: int32")),
        ),
        (
            "x = Placeholder : float32[2]\ny = Cast(x) {DstT=int32}\nw = Cast(x) {DstT=bool}",
            OwnFacts(aicore=kernel("Cast", "x: float32", "->", "y: int32")),
        ),
    ],
    ids=["dtypes of inputs", "constants", "sizes", "groups", "dtypes of outputs"],
)
@pytest.mark.parametrize("order", ["yw", "wy"])
def test_nodes_of_one_op_are_told_apart_by_all_that_decides(ask_own, text, facts, order):
    judge = ask_own(text, facts, outputs=("y", "w"))
    answers = {name: about(judge, name).status for name in order}
    assert answers == {"y": Status.SUPPORTED, "w": Status.UNSUPPORTED}
    counts = Counter((node.op, answer.status) for _, node, answer in judge.judgements())
    assert judge.tally() == counts


def chips(text, other, **options):
    """Two chips of one release, the second of which takes over what the first knows."""
    model = parse(text)
    asked = JudgeOptions(outputs=(Value("y"),), **options)
    first = make_judge(model, OwnFacts(aicore=CORE), asked)
    about(first, "y")
    return first, make_judge(model, other, asked, like=first)


def test_chips_of_one_release_share_all_but_the_engines():
    first, second = chips(ONE, OwnFacts(Target("atc", "1", "Other")))
    assert about(first, "y").status is Status.SUPPORTED
    assert about(second, "y").reason == "no_kernel"
    assert first.tally()["Relu", Status.SUPPORTED] == 1
    assert second.tally()["Relu", Status.UNSUPPORTED] == 1


def test_another_release_shares_no_stage():
    gone = OwnFacts(Target("atc", "2", "Own310"), parser={"Relu": None})
    first, second = chips(ONE, gone)
    assert about(first, "y").status is Status.SUPPORTED
    assert about(second, "y").reason == "no_parser"


@pytest.mark.parametrize("forget", ["refresh", "discard"])
def test_no_stage_remembers_a_node_that_became_another(ask_own, forget):
    judge = ask_own(ONE, OwnFacts(aicore=CORE, parser={"NotAnOp": None}))
    assert about(judge, "y").status is Status.SUPPORTED
    assert judge.tally()["Relu", Status.SUPPORTED] == 1
    main = judge.model.main
    main.patch([main["y"].replace(op="NotAnOp")])
    getattr(judge, forget)(["y"])
    assert about(judge, "y").reason == "no_parser"
    if forget == "refresh":
        assert judge.tally()["NotAnOp", Status.UNSUPPORTED] == 1


def test_a_refresh_of_one_body_keeps_the_other(ask_own):
    text = ONE + "\nz = f(y)\ndef f(a: float32) -> (r: s:0):\n  s = Relu(a)\n"
    judge = ask_own(text, OwnFacts(aicore=CORE, parser={"NotAnOp": None}), outputs=("z",))
    assert about(judge, "s", "f").status is Status.SUPPORTED
    body = judge.model.functions["f"]
    body.patch([body["s"].replace(op="NotAnOp")])
    judge.refresh(["s"], "f")
    assert about(judge, "s", "f").reason == "no_parser"
    assert about(judge, "y").status is Status.SUPPORTED


def test_the_table_of_kinds_minds_limits_and_passes(ask_own):
    text = ONE + "\nv = Placeholder : float32[3]\nz = Relu(v)"
    limits = limit("Relu", "n == 2", engine="ge", consequence="error")
    judge = ask_own(text, OwnFacts(aicore=CORE, limits=limits), outputs=("y", "z"))
    assert judge.tally()["Relu", Status.SUPPORTED] == 1
    assert judge.tally()["Relu", Status.UNSUPPORTED] == 1


def test_dead_nodes_and_arguments_are_in_no_table(ask_own):
    text = ONE + "\ndead = Relu(x)\nz = f(y)\ndef f(a: float32) -> (r: s:0):\n  s = Relu(a)\n"
    judge = ask_own(text, OwnFacts(aicore=CORE), outputs=("z",))
    counts = Counter((node.op, answer.status) for _, node, answer in judge.judgements())
    assert judge.tally() == counts
    assert counts["Relu", Status.SUPPORTED] == 2


def test_a_removed_cast_is_no_change_of_dtype(ask_own):
    """The float32 of the release that drops the Cast reaches the next node."""
    text = "x = Placeholder : float32[2]\nk = Cast(x) {DstT=float32}\ny = Relu(k)"
    changes = (DtypeChange("Cast", "", "removed"),)
    facts = OwnFacts(aicore=CORE, groups={"dtype_changes": changes})
    judge = ask_own(text, facts)
    assert about(judge, "k").placement is Placement.REMOVED
    assert about(judge, "y").certainty is Certainty.DOCUMENTED


LAYER_NORM = """
x = Placeholder : float32[2,8]
ax = Const : int32[1] = [1]
g = Const : float32[8] = 1.0
e = Const : float32[] = 0.00001
LN/moments/mean = Mean(x, ax) {keep_dims=true}
LN/moments/sd = SquaredDifference(x, LN/moments/mean)
LN/moments/variance = Mean(LN/moments/sd, ax) {keep_dims=true}
LN/batchnorm/add = AddV2(LN/moments/variance, e)
LN/batchnorm/Rsqrt = Rsqrt(LN/batchnorm/add)
LN/batchnorm/mul = Mul(LN/batchnorm/Rsqrt, g)
LN/batchnorm/mul_1 = Mul(x, LN/batchnorm/mul)
LN/batchnorm/mul_2 = Mul(LN/moments/mean, LN/batchnorm/mul)
LN/batchnorm/sub = Sub(g, LN/batchnorm/mul_2)
LN/batchnorm/add_1 = AddV2(LN/batchnorm/mul_1, LN/batchnorm/sub)
y = Relu(LN/batchnorm/add_1)
"""


def test_fusion_comes_before_the_parser(ask_own):
    facts = OwnFacts(parser={"Rsqrt": None})
    answer = about(ask_own(LAYER_NORM, facts), "LN/batchnorm/Rsqrt")
    assert (answer.status, answer.placement, answer.stage) == (
        Status.SUPPORTED, Placement.FUSED, Stage.FUSION,
    )  # fmt: skip
    assert (answer.reason, answer.ge_op) == ("fused", "LayerNorm")
    assert dict(answer.detail) == {"pass": "ScopeLayerNormPass", "results": "LayerNorm"}
    assert (answer.certainty, answer.evidence) == (Certainty.INFERRED, ("group/scope_fusion",))


def test_functions_are_not_fused(ask_own):
    body = LAYER_NORM.replace("x = Placeholder : float32[2,8]\n", "").strip()
    text = "p = Placeholder : float32[2,8]\ny = f(p)\ndef f(x: float32[2,8]) -> (r: y:0):\n  "
    judge = ask_own(text + body.replace("\n", "\n  "), OwnFacts())
    assert about(judge, "LN/batchnorm/Rsqrt", "f").placement is not Placement.FUSED
