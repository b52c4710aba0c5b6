"""Rows of an OMG table: absence, dtypes, boundary formulas, and what an edit makes them forget."""

from __future__ import annotations

import pytest
from own_facts import OwnFacts, about, row

from linter.graph import DType, Value
from linter.judge import Placement, Stage, Status
from linter.results.finding import Certainty
from opdb.record import OmgConstraint
from opdb.target import Target

ONE = "x = Placeholder : float32[2,4]\ny = Relu(x)"


def table(*rows, **rest):
    found = {entry.op: entry for entry in (row("Placeholder"), *rows)}
    return OwnFacts(Target("omg", "1", "Own310"), rows=found, **rest)


def test_a_row_takes_a_node(ask_own):
    answer = about(ask_own(ONE, table(row("Relu"))), "y")
    assert (answer.status, answer.placement) == (Status.SUPPORTED, Placement.OMG)
    assert (answer.stage, answer.reason) == (Stage.CONSTRAINT, "listed")
    assert (answer.certainty, answer.evidence) == (Certainty.DOCUMENTED, ("row/Relu",))


@pytest.mark.parametrize("mapping", ["inferred", "ambiguous"])
def test_a_name_that_the_table_does_not_print_makes_it_inferred(ask_own, mapping):
    answer = about(ask_own(ONE, table(row("Relu", mapping=mapping))), "y")
    assert (answer.status, answer.certainty) == (Status.SUPPORTED, Certainty.INFERRED)


def test_inputs_need_no_row(ask_own):
    judge = ask_own(ONE.replace("Relu", "NotAnOp"), table(), input_shapes={"y": (2,)})
    answer = about(judge, "y")
    assert (answer.placement, answer.reason) == (Placement.OMG, "input")
    body = "x = Placeholder : float32[2]\ny = f(x)\ndef f(a: float32) -> (r: y:0):\n  y = Relu(a)\n"
    judge = ask_own(body, table(), input_shapes={"y": (2,)})
    assert about(judge, "a", "f").reason == "input"
    assert about(judge, "y", "f").reason == "no_row"


@pytest.mark.parametrize(
    ("rest", "status", "reason", "certainty"),
    [
        ({}, Status.UNSUPPORTED, "no_row", Certainty.DOCUMENTED),
        ({"omg_whole": False}, Status.UNKNOWN, "no_data", Certainty.INFERRED),
        ({"omg_undecided": {"Relu"}}, Status.UNKNOWN, "no_data", Certainty.INFERRED),
        ({"omg_undecided": {"Neg"}}, Status.UNSUPPORTED, "no_row", Certainty.DOCUMENTED),
    ],
    ids=["whole", "part", "undecided", "another undecided"],
)
def test_what_no_row_prints(ask_own, rest, status, reason, certainty):
    answer = about(ask_own(ONE, table(**rest)), "y")
    assert (answer.status, answer.reason, answer.certainty) == (status, reason, certainty)
    assert (answer.stage, answer.placement) == (Stage.PARSER, Placement.NONE)
    assert answer.evidence == ("the parser's list",)


def test_a_dtype_that_the_row_does_not_print(ask_own):
    answer = about(ask_own(ONE, table(row("Relu", dtypes="float16 int8"))), "y")
    assert (answer.status, answer.stage, answer.port) == (Status.UNSUPPORTED, Stage.DTYPE, 0)
    assert answer.certainty is Certainty.DOCUMENTED
    assert dict(answer.detail) == {
        "tensor": "features", "seen": "float32", "accepted": "float16, int8", "engines": "omg",
    }  # fmt: skip
    taken = about(ask_own(ONE, table(row("Relu", dtypes="float32"))), "y")
    assert taken.status is Status.SUPPORTED
    reference = "v = VariableV2() {dtype=float32, shape=shape(2)}\ny = Relu(v)"
    assert about(ask_own(reference, table(row("Relu", dtypes="float32"))), "y").status is (
        Status.SUPPORTED
    )


@pytest.mark.parametrize(
    ("line", "port"),
    [
        ("y = GatherV2(x, i, k) {batch_dims=0}", 0),
        ("y = Reshape(x, k)", 0),
        ("y = ConcatV2(z, x, k) {N=2}", 1),
        ("y = Cast(k) {DstT=bool}", None),
        ("y = Cast(x) {DstT=int32}", 0),
        ("y = NonMaxSuppression(x, i, k)", 0),
    ],
    ids=["main type", "not the shape", "of a group", "result of a cast", "its input", "fixed"],
)
def test_dtypes_are_about_the_main_tensors(ask_own, line, port):
    text = (
        "x = Placeholder : bool[2]\nz = Placeholder : int32[2]\ni = Placeholder : int32[2]\n"
        f"k = Placeholder : int32[]\n{line}"
    )
    op = line.split("= ")[1].split("(")[0]
    answer = about(ask_own(text, table(row(op, dtypes="int32"))), "y")
    assert (answer.reason, answer.port) == ("dtype", port)


def test_an_index_of_another_dtype_is_not_what_the_row_speaks_of(ask_own):
    text = "x = Placeholder : float32[2]\nk = Const : int32[1] = [2]\ny = Reshape(x, k)"
    assert about(ask_own(text, table(row("Reshape", dtypes="float32"))), "y").status is (
        Status.SUPPORTED
    )


def test_unknown_dtypes_and_definitions_refuse_nothing(ask_own):
    text = "x = Unheard()\ny = Relu(x) {-T}"
    facts = table(row("Relu", dtypes="int8"), row("Unheard", dtypes="int8"))
    assert about(ask_own(text, facts), "y").status is Status.SUPPORTED
    assert about(ask_own(text, facts), "x").status is Status.SUPPORTED


def limits(*pairs, **more):
    return tuple(OmgConstraint(f"text of {expr}", expr, **more) for expr in pairs)


def judged(ask_own, *given, text=ONE):
    return about(ask_own(text, table(row("Relu", *given))), "y")


def test_a_formula_that_fails_refuses_and_one_that_is_open_leaves_open(ask_own):
    broken = judged(ask_own, *limits("n == 2", "c == 3"))
    assert (broken.status, broken.stage, broken.reason) == (
        Status.UNSUPPORTED, Stage.CONSTRAINT, "limit",
    )  # fmt: skip
    assert dict(broken.detail) == {"limit": "text of c == 3", "expr": "c == 3"}
    assert (broken.certainty, broken.evidence) == (Certainty.DOCUMENTED, ("row/Relu",))
    assert broken.placement is Placement.NONE
    open_ = judged(ask_own, *limits("nobody == 3", "nothing == 2", "n == 2"))
    assert (open_.status, open_.reason) == (Status.UNKNOWN, "limit_undecided")
    assert dict(open_.detail)["expr"] == "nobody == 3"
    both = judged(ask_own, *limits("nobody == 3", "c == 3"))
    assert (both.status, dict(both.detail)["expr"]) == (Status.UNSUPPORTED, "c == 3")
    assert judged(ask_own, *limits("n == 2", "c == 4")).certainty is Certainty.DOCUMENTED


def test_a_note_makes_a_limit_inferred(ask_own):
    broken = judged(ask_own, *limits("c == 3", note="read from a picture"))
    assert (broken.status, broken.certainty) == (Status.UNSUPPORTED, Certainty.INFERRED)


def test_advice_refuses_nothing(ask_own):
    assert judged(ask_own, *limits("c == 3", severity="advice")).status is Status.SUPPORTED
    wordy = judged(ask_own, OmgConstraint("words", None, severity="advice"))
    assert wordy.certainty is Certainty.DOCUMENTED


def test_a_limit_in_words_alone_makes_it_inferred(ask_own):
    answer = judged(ask_own, OmgConstraint("words", None), *limits("c == 4"))
    assert (answer.status, answer.certainty) == (Status.SUPPORTED, Certainty.INFERRED)
    broken = judged(ask_own, OmgConstraint("words", None), *limits("c == 3"))
    assert broken.status is Status.UNSUPPORTED


CONV = (
    "x = Placeholder : float32[1,8,8,{0}]\nw = Const : float32[3,3,{0},{1}] = 0.5\n"
    'y = Conv2D(x, w) {{strides=[1,1,1,1], padding="SAME"}}'
)


@pytest.mark.parametrize(
    ("channels", "filters", "status"),
    [(4, 4, Status.SUPPORTED), (4, 16, Status.UNKNOWN), (16, 4, Status.UNKNOWN),
     (16, 16, Status.UNSUPPORTED)],
)  # fmt: skip
def test_two_names_that_the_page_ties_to_no_axis_must_agree(ask_own, channels, filters, status):
    """Which of the two channel extents of a filter is meant is not told: both must be small."""
    text = CONV.format(channels, filters)
    facts = table(row("Conv2D", *limits("filter_num < 10")), row("Const"))
    assert about(ask_own(text, facts), "y").status is status
    other = table(row("Conv2D", *limits("filter_c < 10")), row("Const"))
    assert about(ask_own(text, other), "y").status is status
    sum_ = table(row("Conv2D", *limits("filter_num + filter_c + k_h < 20")), row("Const"))
    total = channels + filters + 3
    assert (about(ask_own(text, sum_), "y").status is Status.SUPPORTED) is (total < 20)


def statuses(judge):
    main = judge.model.main
    return {node.name: judge.node(main, node).status for node in main}


WEIGHTS = OwnFacts(
    Target("omg", "1", "Own310"),
    rows={
        op: row(op, *given)
        for op, given in (
            ("Placeholder", ()), ("Const", ()), ("Identity", ()), ("Neg", ()),
            ("Relu", limits("c == 4")), ("MatMul", limits("is_const(b)")),
        )
    },
)  # fmt: skip


@pytest.mark.parametrize("op", ["Const", "Neg"])
def test_a_weight_that_changed_is_seen_through_identity_after_a_refresh(ask_own, op):
    weight = {"Const": "k = Neg(c)", "Neg": "k = Const : float32[4,4] = 0.5"}[op]
    text = (
        f"x = Placeholder : float32[2,4]\nc = Const : float32[4,4] = 0.5\n{weight}\n"
        "i = Identity(k)\nj = Identity(i)\ny = MatMul(x, j)\nz = Relu(y)"
    )
    judge = ask_own(text, WEIGHTS, outputs=("z",))
    before = statuses(judge)
    main = judge.model.main
    if op == "Const":
        main.patch([main["k"].replace(op="Const", inputs=(), attrs=main["c"].attrs)])
    else:
        main.patch(
            [main["k"].replace(op="Neg", inputs=(Value("c"),), attrs={"T": DType("float32")})]
        )
    judge.refresh(["k"])
    after = statuses(judge)
    assert before["y"] is not after["y"]
    assert after == statuses(ask_own_like(judge))


def ask_own_like(judge):
    """A judge of the same model that has seen nothing yet."""
    return type(judge)(judge.model, judge.database, judge.options)


def test_answers_of_one_body_do_not_touch_those_of_another(ask_own):
    text = "x = Placeholder : float32[2,4]\ny = Relu(x)\nz = f(y)\n"
    text += "def f(a: float32) -> (r: y:0):\n  x = Neg(a)\n  y = Relu(x)\n"
    judge = ask_own(text, WEIGHTS, outputs=("z",))
    kept = about(judge, "y")
    assert about(judge, "y", "f").status is Status.SUPPORTED
    body = judge.model.functions["f"]
    body.patch([body["y"].replace(op="NotAnOp")])
    judge.refresh(["y"], "f")
    assert about(judge, "y", "f").status is Status.UNSUPPORTED
    assert about(judge, "y") is kept


def test_sizes_are_computed_and_other_constants_are_not(ask_own):
    text = (
        "x = Placeholder : float32[2,4]\ns = Shape(x)\ntwo = Const : int32[] = 2\n"
        "sized = BitwiseXor(s, two)\nplain = BitwiseXor(two, two)\nz = Identity(x)"
    )
    judge = ask_own(text, WEIGHTS, outputs=("sized", "plain", "z"))
    found = statuses(judge)
    assert found["sized"] is Status.SUPPORTED
    assert found["plain"] is Status.UNSUPPORTED
