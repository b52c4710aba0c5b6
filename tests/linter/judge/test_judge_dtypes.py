"""Whether a kernel takes the tensors of a node: columns, casts, twins, run-time sizes."""

from __future__ import annotations

import pytest
from own_facts import OwnFacts, about, kernel, prototype

from linter.judge import Placement, Stage, Status
from linter.results.finding import Certainty
from opdb.record import Engine

ONE = "x = Placeholder : {0}[2]\ny = Relu(x)"


def binary(left, right="float16"):
    """Two inputs of an op that TensorFlow does not know, so that its dtypes may differ."""
    return f"x = Placeholder : {left}[2]\nz = Placeholder : {right}[2]\ny = Sub2(x, z)"


def cpu(ge_op, *tensors, engine=Engine.AICPU, **more):
    (made,) = kernel(ge_op, *tensors, engine=engine, **more).values()
    return made


def test_each_tensor_finds_a_dtype_in_any_column(ask_own):
    facts = OwnFacts(aicore=kernel("Sub2", "a: float16 int32", "b: int32 float16"))
    for left, right in (("float16", "float16"), ("int32", "int32"), ("int32", "float16")):
        assert about(ask_own(binary(left, right), facts), "y").placement is Placement.AICORE
    refused = about(ask_own(binary("int32", "bool"), facts), "y")
    assert (refused.status, refused.stage, refused.port) == (Status.UNSUPPORTED, Stage.DTYPE, 1)
    detail = dict(refused.detail)
    assert (detail["seen"], detail["accepted"]) == ("bool", "float16, int32")
    assert refused.certainty is Certainty.DOCUMENTED


def test_outputs_are_compared_too_and_have_no_port(ask_own):
    facts = OwnFacts(aicore=kernel("Relu", "x: int32", "->", "y: bool"))
    refused = about(ask_own(ONE.format("int32"), facts), "y")
    assert (refused.status, refused.port) == (Status.UNSUPPORTED, None)
    assert dict(refused.detail)["tensor"] == "activations"


def cast(source, target):
    return f"x = Placeholder : {source}[2]\ny = Cast(x) {{DstT={target}}}"


def test_a_cast_needs_one_whole_column(ask_own):
    facts = OwnFacts(aicore=kernel("Cast", "x: float16 int32", "->", "y: int32 float16"))
    taken = about(ask_own(cast("float16", "int32"), facts), "y")
    assert (taken.placement, taken.certainty) == (Placement.AICORE, Certainty.DOCUMENTED)
    refused = about(ask_own(cast("float16", "float16"), facts), "y")
    assert (refused.status, refused.stage, refused.port) == (Status.UNSUPPORTED, Stage.DTYPE, 0)
    assert dict(refused.detail)["seen"] == "float16 to float16"
    assert dict(refused.detail)["accepted"] == "float16 to int32"
    lost = about(ask_own(cast("bool", "int32"), facts), "y")
    assert dict(lost.detail)["accepted"] == "nothing from bool"
    unlisted = OwnFacts(aicore=kernel("Cast", "x", "->", "y: int32"))
    open_ = about(ask_own(cast("bool", "bool"), unlisted), "y")
    assert (open_.placement, open_.certainty) == (Placement.AICORE, Certainty.INFERRED)


def test_a_dtype_that_is_not_known_refuses_nothing_and_settles_nothing(ask_own):
    facts = OwnFacts(aicore=kernel("Relu", "x: float16", "->", "y: float16"))
    text = "x = Unheard()\ny = Relu(x) {-T}"
    answer = about(ask_own(text, facts), "y")
    assert (answer.placement, answer.certainty) == (Placement.AICORE, Certainty.INFERRED)
    known = about(ask_own(ONE.format("float16"), facts), "y")
    assert known.certainty is Certainty.DOCUMENTED


def twin(*tensors, base=()):
    """An op without an entry of its own whose twin is listed."""
    names = prototype("Sub2", *base) if base else {}
    return OwnFacts(aicore=kernel("Sub2D", *tensors), twins={"Sub2": ("Sub2D",)}, prototypes=names)


CONSTANT = binary("float16", "int32").replace("z = Placeholder : int32[2]", "z = Const : int32 = 1")


def test_what_a_twin_lacks_must_be_a_constant(ask_own):
    facts = twin("x: float16", base=("x", "k"))
    assert about(ask_own(CONSTANT, facts), "y").placement is Placement.AICORE
    refused = about(ask_own(binary("float16", "int32"), facts), "y")
    assert (refused.status, refused.stage) == (Status.UNSUPPORTED, Stage.CONSTRAINT)
    assert (refused.reason, refused.port) == ("const_input", 1)
    assert refused.certainty is Certainty.INFERRED


def test_a_twin_with_a_like_named_input_is_not_paired_by_order(ask_own):
    """The second input of the twin is made by the pass; the constant of the base is not it."""
    facts = twin("x: float16", "made: float16", base=("x", "k"))
    assert about(ask_own(CONSTANT, facts), "y").placement is Placement.AICORE


def test_a_twin_without_a_like_named_input_is_paired_by_order(ask_own):
    facts = twin("a: float16", "b: float16", base=("x", "k"))
    refused = about(ask_own(CONSTANT, facts), "y")
    assert (refused.status, refused.port) == (Status.UNSUPPORTED, 1)
    assert dict(refused.detail)["seen"] == "int32"


def test_the_op_itself_is_paired_by_order_for_what_no_name_pairs(ask_own):
    facts = OwnFacts(
        aicore=kernel("Sub2", "x: float16", "other: float16"),
        prototypes=prototype("Sub2", "x", "k"),
    )
    refused = about(ask_own(CONSTANT, facts), "y")
    assert (refused.status, refused.port) == (Status.UNSUPPORTED, 1)


def test_names_pair_before_order(ask_own):
    facts = OwnFacts(
        aicore=kernel("Sub2", "k: int32", "x: float16"), prototypes=prototype("Sub2", "x", "k")
    )
    assert about(ask_own(binary("float16", "int32"), facts), "y").placement is Placement.AICORE
    assert about(ask_own(binary("int32", "int32"), facts), "y").port == 0


CONCAT = "x = Placeholder : float16[2,3]\nk = Const : int32 = 1\ny = ConcatV2(x, x, k) {N=2}\n"


def test_a_group_of_a_twin_pairs_with_its_group(ask_own):
    facts = OwnFacts(
        aicore=kernel("ConcatV2D", "input_values*: float16"),
        twins={"ConcatV2": ("ConcatV2D",)},
        prototypes=prototype("ConcatV2", "values*", "concat_dim"),
    )
    assert about(ask_own(CONCAT, facts), "y").placement is Placement.AICORE
    other = ask_own(CONCAT.replace("float16", "bool"), facts)
    assert (about(other, "y").status, about(other, "y").port) == (Status.UNSUPPORTED, 0)
    fed = ask_own(CONCAT.replace("Const : int32 = 1", "Placeholder : int32[]"), facts)
    assert about(fed, "y").reason == "const_input"


def test_an_input_that_a_kernel_wants_constant_must_be(ask_own):
    facts = OwnFacts(aicore=kernel("Sub2", "x: float16", "k!: int32"))
    assert about(ask_own(CONSTANT, facts), "y").placement is Placement.AICORE
    refused = about(ask_own(binary("float16", "int32"), facts), "y")
    assert (refused.reason, refused.stage, refused.port) == ("const_input", Stage.CONSTRAINT, 1)


WHERE = "c = Placeholder : bool[4]\nat = Where(c) {T=bool}\ny = Relu6(at) {T=int64}"


@pytest.mark.parametrize("listed", [None, False])
def test_a_size_that_is_known_at_run_time_only_needs_a_kernel_for_it(ask_own, listed):
    groups = {"data_dependent_ops": "Where", "local_ops": "Where"}
    tensors = ("x: int64", "->", "y: int64")
    fixed = OwnFacts(aicore=kernel("Relu6", *tensors, dynamic_shape=listed), groups=groups)
    refused = about(ask_own(WHERE, fixed), "y")
    assert (refused.status, refused.reason) == (Status.UNSUPPORTED, "dynamic_shape")
    assert refused.certainty is Certainty.INFERRED
    dynamic = OwnFacts(aicore=kernel("Relu6", *tensors, dynamic_shape=True), groups=groups)
    assert about(ask_own(WHERE, dynamic), "y").placement is Placement.AICORE
    other = OwnFacts(aicore=kernel("Relu6", *tensors, dynamic_shape=listed))
    assert about(ask_own(WHERE, other), "y").placement is Placement.AICORE


def test_an_unknown_rank_behind_such_an_op_leaves_it_open(ask_own):
    groups = {"data_dependent_ops": "Where", "local_ops": "Where Own"}
    facts = OwnFacts(aicore=kernel("Relu6", "x: int64", "->", "y: int64"), groups=groups)
    text = WHERE.replace("y =", "z = Own(at)\ny =").replace("Relu6(at)", "Relu6(z)")
    answer = about(ask_own(text, facts), "y")
    assert (answer.status, answer.reason) == (Status.UNKNOWN, "undecided")
    assert dict(answer.detail)["why"] == "dynamic_shape"


def chosen(offered=None, index=(), declared=None, **rest):
    """An AI Core entry whose dtypes are chosen in code."""
    tensors = ("x", "->", "y")
    return OwnFacts(
        aicore=kernel("Relu", *tensors),
        selected={} if offered is None else {"Relu": (tuple(offered.split()), frozenset(index))},
        prototypes={} if declared is None else prototype("Relu", f"x: {declared}", "->", "y"),
        **rest,
    )


@pytest.mark.parametrize(
    ("facts", "status", "reason"),
    [
        (chosen(), Status.SUPPORTED, "listed"),
        (chosen("int32 bool"), Status.SUPPORTED, "listed"),
        (chosen("bool", declared="int32"), Status.UNKNOWN, "undecided"),
        (chosen("bool", declared="bool"), Status.UNSUPPORTED, "dtype"),
        (chosen("bool", declared="int32", cpu_complete=False), Status.UNSUPPORTED, "dtype"),
        (chosen("bool", index=("x", "y"), declared="int32"), Status.SUPPORTED, "listed"),
        (chosen("bool", index=("x", "y"), declared="bool"), Status.UNKNOWN, "undecided"),
        (chosen(declared="bool"), Status.UNKNOWN, "undecided"),
        (chosen(declared="int32"), Status.SUPPORTED, "listed"),
    ],
    ids=[
        "nothing known",
        "offered",
        "declared but not offered",
        "neither",
        "not offered, where the table comes from",
        "an index is not what is offered",
        "an index that is not declared",
        "a prototype alone does not refuse",
        "a prototype alone may accept",
    ],
)
def test_dtypes_that_are_chosen_in_code(ask_own, facts, status, reason):
    answer = about(ask_own(ONE.format("int32"), facts), "y")
    assert (answer.status, answer.reason) == (status, reason)
    assert answer.certainty is Certainty.INFERRED
    if reason == "dtype":
        assert (answer.port, dict(answer.detail)["seen"]) == (0, "int32")
        assert dict(answer.detail)["accepted"] == "bool"


def test_what_is_chosen_in_code_is_bridged_as_what_is_listed(ask_own):
    facts = chosen("float16", declared="float16")
    single = ONE.format("float32")
    assert about(ask_own(single, facts), "y").status is Status.SUPPORTED
    kept = ask_own(single, facts, precision="must_keep_origin_dtype")
    assert about(kept, "y").status is Status.UNSUPPORTED


def test_a_refusal_weighs_more_than_an_open_question(ask_own):
    facts = OwnFacts(
        aicore=kernel("Sub2", "x", "z: float16"), prototypes=prototype("Sub2", "x: bool", "z")
    )
    text = binary("int32", "bool")
    assert about(ask_own(text, facts), "y").status is Status.UNSUPPORTED
    assert about(ask_own(binary("int32", "float16"), facts), "y").status is Status.UNKNOWN


def test_cpu_lists_are_compared_by_name_and_without_casts(ask_own):
    facts = OwnFacts(
        cpu=(cpu("Relu", "features: float16", "->", "activations: float16"),),
        prototypes=prototype("Relu", "features", "->", "activations"),
    )
    half = about(ask_own(ONE.format("float16"), facts), "y")
    assert (half.placement, half.certainty) == (Placement.AICPU, Certainty.DOCUMENTED)
    single = about(ask_own(ONE.format("float32"), facts), "y")
    assert (single.status, single.port) == (Status.UNSUPPORTED, 0)
    result = OwnFacts(
        cpu=(cpu("Relu", "features: float32", "->", "activations: float16"),),
        prototypes=prototype("Relu", "features", "->", "activations"),
    )
    refused = about(ask_own(ONE.format("float32"), result), "y")
    assert (refused.status, refused.port) == (Status.UNSUPPORTED, None)


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ((), True),
        (("other: bool", "->", "activations"), True),
        (("features", "->", "other: bool"), True),
        (("features*: bool", "->", "activations"), True),
        (("features: bool", "->", "activations: bool"), False),
    ],
    ids=["no tensors", "no entry of the name", "no dtypes", "any number", "no prototype"],
)
def test_what_a_cpu_list_leaves_open_is_taken_but_not_for_certain(ask_own, entry, named):
    names = prototype("Relu", "features", "->", "activations") if named else {}
    facts = OwnFacts(cpu=(cpu("Relu", *entry),), prototypes=names)
    answer = about(ask_own(ONE.format("float16"), facts), "y")
    assert (answer.placement, answer.certainty) == (Placement.AICPU, Certainty.INFERRED)


def test_groups_are_not_compared_with_a_cpu_list(ask_own):
    facts = OwnFacts(
        cpu=(cpu("ConcatV2", "values: bool", "concat_dim: int32"),),
        prototypes=prototype("ConcatV2", "values", "concat_dim"),
    )
    answer = about(ask_own(CONCAT, facts), "y")
    assert (answer.placement, answer.certainty) == (Placement.AICPU, Certainty.DOCUMENTED)
