"""What is gone or a constant before engines are asked."""

from __future__ import annotations

import pytest
from own_facts import OwnFacts, about, kernel

from linter.graph import Value
from linter.judge import Placement, Stage, Status
from opdb.facts import DtypeChange
from opdb.record import Engine, ParserRecord

FOLDS = OwnFacts(groups={"folding_ops": "Add Neg Own AsString TensorListFromTensor RandomUniform"})
CONSTS = "c = Const : float32[2] = 1.0\nx = Placeholder : float32[2]\n"


def placement(judge, name="y"):
    return about(judge, name).placement


def test_constants_alone_are_computed_at_conversion_time(ask_own):
    text = CONSTS + "a = Add(c, c)\nb = Neg(a)\ny = Add(b, x)"
    judge = ask_own(text, FOLDS)
    folded = about(judge, "b")
    assert (folded.placement, folded.stage) == (Placement.FOLDED, Stage.FOLDING)
    assert (folded.status, folded.reason) == (Status.SUPPORTED, "folded")
    assert folded.evidence == ("parser/Neg", "group/folding_ops")
    assert placement(judge, "a") is Placement.FOLDED
    assert placement(judge) is not Placement.FOLDED
    assert placement(judge, "c") is not Placement.FOLDED


def test_one_input_that_is_data_keeps_a_node(ask_own):
    for inputs in ("c, x", "x, c"):
        judge = ask_own(CONSTS + f"a = Add({inputs})\ny = Neg(a)", FOLDS)
        assert placement(judge, "a") is not Placement.FOLDED
        assert placement(judge) is not Placement.FOLDED


@pytest.mark.parametrize(
    ("line", "folds"),
    [
        ("y = AsString(c)", False),
        (
            "n = Const : int32[0] = []\ny = TensorListFromTensor(c, n) {element_dtype=float32}",
            False,
        ),
        ("y = Neg(c) {T=resource}", False),
        ("y = Neg(c) {T=float32}", True),
    ],
    ids=["string", "variant", "resource", "numbers"],
)
def test_handles_and_strings_are_never_folded(ask_own, line, folds):
    judge = ask_own(CONSTS + line, FOLDS)
    assert (placement(judge) is Placement.FOLDED) is folds


def test_what_has_a_state_or_no_definition_is_never_folded(ask_own):
    text = "s = Const : int32[1] = [2]\ny = RandomUniform(s) {dtype=float32}"
    assert placement(ask_own(text, FOLDS)) is not Placement.FOLDED
    assert placement(ask_own(CONSTS + "y = Own(c)", FOLDS)) is not Placement.FOLDED


@pytest.mark.parametrize(
    ("engine", "file", "flag", "folds"),
    [
        (Engine.AICPU, "aicpu_kernel", "", True),
        (Engine.AICPU, "aicpu_kernel", "OPS_FLAG_OPEN", True),
        (Engine.AICPU, "aicpu_kernel", "OPS_FLAG_CLOSE", False),
        (Engine.AICPU, "other", "", False),
        (Engine.TF_KERNEL, "aicpu_kernel", "", False),
        (Engine.HOST_CPU, "aicpu_kernel", "", False),
    ],
)
def test_the_kernels_that_fold(ask_own, engine, file, flag, folds):
    (made,) = kernel("Neg", engine=engine, file=file, ops_flag=flag).values()
    judge = ask_own(CONSTS + "y = Neg(c)", OwnFacts(cpu=(made,)))
    assert (placement(judge) is Placement.FOLDED) is folds


def test_the_kernel_is_that_of_the_type_that_the_parser_makes(ask_own):
    record = ParserRecord("Neg", "Minus", "plugin")
    text = CONSTS + "y = Neg(c)"
    for group, folds in (("Minus", True), ("Neg", False)):
        facts = OwnFacts(parser={"Neg": record}, groups={"folding_ops": group})
        assert (placement(ask_own(text, facts)) is Placement.FOLDED) is folds


@pytest.mark.parametrize(
    ("line", "shape", "folds"),
    [
        ("y = Shape(x)", "[2,3]", True),
        ("y = Shape(x)", "[?,3]", False),
        ("y = Shape(x)", "[...]", False),
        ("y = Size(x)", "[2,3]", True),
        ("y = Size(x)", "[?,3]", False),
        ("y = ShapeN(x, z)", "[2,3]", True),
        ("y = ShapeN(z, x)", "[?,3]", False),
        ("y = Rank(x)", "[?,3]", True),
        ("y = Rank(x)", "[...]", False),
    ],
)
def test_sizes_that_are_known_need_no_constant(ask_own, line, shape, folds):
    text = f"x = Placeholder : float32{shape}\nz = Placeholder : float32[1]\n{line}"
    assert (placement(ask_own(text, OwnFacts())) is Placement.FOLDED) is folds


@pytest.mark.parametrize(
    "line",
    [
        "y = GuaranteeConst(x)",
        "y = Identity(x)",
        "y = IdentityN(x)",
        "y = PlaceholderWithDefault(x)",
        "y = PreventGradient(x)",
        "y = Print(x)",
        "y = Snapshot(x)",
        "y = StopGradient(x)",
        "y = Assert(c, x)",
    ],
)
def test_ops_that_a_pass_takes_out(ask_own, line):
    judge = ask_own("x = Placeholder : float32[2]\nc = Placeholder : bool[]\n" + line, OwnFacts())
    gone = about(judge, "y")
    assert (gone.placement, gone.stage, gone.status) == (
        Placement.REMOVED,
        Stage.REMOVED,
        Status.SUPPORTED,
    )
    assert gone.evidence[-1] == "group/removed_ops"


def test_what_is_taken_out_passes_a_constant_on(ask_own):
    text = CONSTS + "i = Identity(c)\nj = StopGradient(i)\ny = Neg(j)"
    judge = ask_own(text, FOLDS)
    assert placement(judge) is Placement.FOLDED
    assert placement(judge, "j") is Placement.REMOVED
    data = ask_own(text.replace("Identity(c)", "Identity(x)"), FOLDS)
    assert placement(data) is not Placement.FOLDED


CAST = (DtypeChange("Cast", "", "removed"),)


@pytest.mark.parametrize(
    ("changes", "target", "gone"),
    [(CAST, "float32", True), (CAST, "int32", False), ((), "float32", False)],
    ids=["to itself", "to another", "a release that keeps it"],
)
def test_a_cast_to_its_own_dtype_goes_where_the_release_drops_it(ask_own, changes, target, gone):
    text = f"x = Placeholder : float32[2]\ny = Cast(x) {{DstT={target}}}"
    judge = ask_own(text, OwnFacts(groups={"dtype_changes": changes}))
    assert (placement(judge) is Placement.REMOVED) is gone


def test_a_cast_of_an_unknown_dtype_stays(ask_own):
    text = "x = Unheard()\ny = Cast(x) {DstT=float32, -SrcT}"
    judge = ask_own(text, OwnFacts(groups={"dtype_changes": CAST}))
    assert placement(judge) is not Placement.REMOVED


def test_only_a_cast_to_itself_passes_a_constant_on(ask_own):
    facts = OwnFacts(groups={"dtype_changes": CAST, "folding_ops": "Neg"})
    for target, folds in (("float32", True), ("int32", False)):
        text = CONSTS + f"k = Cast(c) {{DstT={target}}}\ny = Neg(k)"
        assert (placement(ask_own(text, facts)) is Placement.FOLDED) is folds


def test_a_node_of_constants_that_is_named_is_an_input(ask_own):
    text = "k = Const : float32[2] = 1.0\nc = Neg(k)\ny = Neg(c)"
    assert placement(ask_own(text, FOLDS)) is Placement.FOLDED
    fed = ask_own(text, FOLDS, input_shapes={"c": (2,)})
    assert placement(fed) is not Placement.FOLDED
    assert placement(fed, "c") is Placement.LOCAL


def test_a_default_that_is_named_is_an_input(ask_own):
    text = CONSTS + "d = PlaceholderWithDefault(c) : float32[2]\ny = Neg(d)"
    pinned = ask_own(text, FOLDS)
    assert (placement(pinned, "d"), placement(pinned)) == (Placement.REMOVED, Placement.FOLDED)
    named = ask_own(text, FOLDS, input_shapes={"d": (2,)})
    assert placement(named, "d") is Placement.LOCAL
    assert placement(named) is not Placement.FOLDED


def test_a_node_without_inputs_is_not_folded(ask_own):
    facts = OwnFacts(groups={"folding_ops": "NoOp"})
    assert placement(ask_own(CONSTS + "y = NoOp()", facts)) is not Placement.FOLDED


def test_an_argument_of_a_function_is_no_constant(ask_own):
    text = CONSTS + "y = f(c)\ndef f(a: float32[2]) -> (r: b:0):\n  b = Neg(a)\n"
    assert about(ask_own(text, FOLDS), "b", "f").placement is not Placement.FOLDED


def test_nodes_in_a_circle_are_no_constants(ask_own):
    text = CONSTS + "a = Add(b, c)\nb = Neg(a)\ny = Neg(b)"
    judge = ask_own(text, FOLDS)
    assert [placement(judge, name) is Placement.FOLDED for name in "aby"] == [False] * 3


def test_a_node_that_was_tried_and_taken_back_is_looked_at_anew(ask_own):
    judge = ask_own(CONSTS + "n = Neg(c)\ny = Neg(n)", FOLDS)
    main = judge.model.main
    node = main["n"]
    assert placement(judge, "n") is Placement.FOLDED
    main.patch([node.replace(inputs=(Value("x"),))])
    judge.discard(["n"])
    assert placement(judge, "n") is not Placement.FOLDED
