"""Pairs of graphs with the same op types and different answers, and every stage of the judge."""

from __future__ import annotations

import pytest

from linter.graph import Value
from linter.judge import Placement, Reason, Stage, Status
from linter.judge.precision import bridged, mode_of_flags
from linter.results.finding import Certainty

FULL = ("atc@5.1.RC1/Ascend310", "atc@8.1.RC1/Ascend310P3", "atc@8.1.RC1/Ascend310")


def about(judge, name):
    return judge.node(judge.model.main, judge.model.main[name])


def matmul(dtype):
    return (
        f"x = Placeholder : {dtype}[2,3]\n"
        f"w = Const : {dtype}[3,2] = 0.5\n"
        "y = MatMul(x, w) {transpose_a=false, transpose_b=false}"
    )


@pytest.mark.parametrize("target", FULL)
def test_matmul_is_taken_as_float32_and_refused_as_float64(ask, target):
    single = about(ask(matmul("float32"), target), "y")
    assert (single.status, single.placement) == (Status.SUPPORTED, Placement.AICORE)
    double = about(ask(matmul("float64"), target), "y")
    assert (double.status, double.refused_by) == (Status.UNSUPPORTED, Stage.DTYPE)
    assert double.certainty is Certainty.INFERRED
    detail = dict(double.detail)
    assert detail["seen"] == "float64"
    assert "float16" in detail["accepted"]
    assert double.evidence


@pytest.mark.parametrize("target", FULL)
def test_an_op_of_no_release_is_refused_by_the_parser(ask, target):
    text = "x = Placeholder : float32[2]\ny = NotAnOp(x) {T=float32}"
    answer = about(ask(text, target), "y")
    assert (answer.status, answer.refused_by) == (Status.UNSUPPORTED, Stage.PARSER)
    assert answer.reason is Reason.NO_PARSER
    assert answer.evidence


def test_a_node_that_no_output_needs_is_not_judged(ask):
    text = "x = Placeholder : float32[2]\nz = NotAnOp(x) {T=float32}\ny = Relu(x)"
    judge = ask(text)
    assert {node.name for _, node, _ in judge.judgements()} == {"x", "y"}
    assert judge.summary().unsupported == 0


def test_an_op_with_constant_inputs_is_folded_and_with_data_is_placed(ask):
    text = (
        "x = Placeholder : float32[2]\nc = Const : float32[2] = 1.0\n"
        "k = Add(c, c)\nd = Add(x, k)\ny = Relu(d)"
    )
    judge = ask(text)
    assert about(judge, "k").placement is Placement.FOLDED
    assert about(judge, "d").placement is Placement.AICORE


def test_shape_arithmetic_is_folded_only_when_the_tensor_is_static(ask):
    text = "x = Placeholder : float32[?,3]\ns = Shape(x) {out_type=int32}\ny = Reshape(x, s)"
    assert about(ask(text, shapes={"x": (2, 3)}), "s").placement is Placement.FOLDED
    assert about(ask(text), "s").placement is not Placement.FOLDED


def test_assert_and_what_only_it_needs_are_not_judged(ask):
    text = (
        "x = Placeholder : float32[2]\nbad = NotAnOp(x) {T=float32, Tout=bool}\n"
        "a = Assert(bad, x) {T=[float32]}\ny = Identity(x, ^a)"
    )
    judge = ask(text)
    answers = {node.name: answer for _, node, answer in judge.judgements()}
    assert answers["a"].placement is Placement.REMOVED
    assert "bad" not in answers
    assert judge.summary().unsupported == 0


def test_a_constant_predicate_takes_the_dead_branch_out(ask):
    text = """
        x = Placeholder : float32[2]
        p = Const : bool[] = false
        s = Switch(x, p)
        dead = NotAnOp(s:1) {T=float32}
        live = Relu(s)
        y = Merge(live, dead) {N=2}
    """.replace("        ", "")
    judge = ask(text)
    answers = {node.name: answer for _, node, answer in judge.judgements()}
    assert "dead" not in answers
    assert answers["s"].placement is Placement.REMOVED
    assert answers["y"].placement is Placement.REMOVED


def test_control_flow_with_a_fed_predicate_stays_unknown(ask):
    text = """
        x = Placeholder : float32[2]
        p = Placeholder : bool[]
        s = Switch(x, p)
        a = Relu(s:1)
        b = Relu(s)
        y = Merge(a, b) {N=2}
    """.replace("        ", "")
    judge = ask(text)
    for name in ("s", "y"):
        answer = about(judge, name)
        assert (answer.status, answer.stage) == (Status.UNKNOWN, Stage.CONTROL_FLOW)
    assert about(judge, "a").status is Status.SUPPORTED


def test_a_cast_to_its_own_type_is_removed(ask):
    text = "x = Placeholder : float32[2]\nc = Cast(x) {DstT=float32}\ny = Relu(c)"
    assert about(ask(text), "c").placement is Placement.REMOVED


LAYER_NORM = """
x = Placeholder : float32[2,8]
ax = Const : int32[1] = [1]
g = Const : float32[8] = 1.0
b = Const : float32[8] = 0.5
e = Const : float32[] = 0.00001
LN/moments/mean = Mean(x, ax) {keep_dims=true}
LN/moments/StopGradient = StopGradient(LN/moments/mean)
LN/moments/SquaredDifference = SquaredDifference(x, LN/moments/StopGradient)
LN/moments/variance = Mean(LN/moments/SquaredDifference, ax) {keep_dims=true}
LN/batchnorm/add = AddV2(LN/moments/variance, e)
LN/batchnorm/Rsqrt = Rsqrt(LN/batchnorm/add)
LN/batchnorm/mul = Mul(LN/batchnorm/Rsqrt, g)
LN/batchnorm/mul_1 = Mul(x, LN/batchnorm/mul)
LN/batchnorm/mul_2 = Mul(LN/moments/mean, LN/batchnorm/mul)
LN/batchnorm/sub = Sub(b, LN/batchnorm/mul_2)
LN/batchnorm/add_1 = AddV2(LN/batchnorm/mul_1, LN/batchnorm/sub)
y = Relu(LN/batchnorm/add_1)
"""


def test_layer_normalisation_is_fused_by_its_scopes_and_not_without_them(ask):
    fused = ask(LAYER_NORM)
    assert about(fused, "LN/moments/SquaredDifference").placement is Placement.FUSED
    assert about(fused, "LN/batchnorm/Rsqrt").placement is Placement.FUSED
    other = ask(LAYER_NORM.replace("LN/moments", "LN/m").replace("LN/batchnorm", "LN/n"))
    assert about(other, "LN/m/SquaredDifference").placement is Placement.AICORE
    fetched = ask(LAYER_NORM, outputs=("y", "LN/batchnorm/mul"))
    assert about(fetched, "LN/batchnorm/Rsqrt").placement is not Placement.FUSED


def test_a_named_node_becomes_an_input_and_its_producers_are_trimmed(ask):
    text = "s = Placeholder : string[]\nr = NotAnOp(s) {T=float32}\ny = Relu(r) {T=float32}"
    judge = ask(text, shapes={"r": (2,)})
    assert {node.name for _, node, _ in judge.judgements()} == {"r", "y"}
    assert [node.name for node in judge.inputs] == ["r"]


def test_counts_add_up(ask):
    summary = ask(matmul("float64")).summary()
    assert summary.supported + summary.unsupported + summary.unknown == summary.reachable == 3
    assert sum(summary.placements.values()) == 3


CALL = """
def body(a: float32, b: float32) -> (out: s:0):
  s = MatMul(a, b) {transpose_a=false, transpose_b=false}
x = Placeholder : float32[2,3]
w = Const : float32[3,2] = 0.5
y = PartitionedCall(x, w) {f=@body, Tin=[float32, float32], Tout=[float32]}
"""


def test_a_called_body_is_judged_with_the_shapes_of_its_call(ask):
    judge = ask(CALL)
    body = judge.model.functions["body"]
    names = {node.name for graph, node, _ in judge.judgements() if graph is body}
    assert names == {"s"}
    assert judge.inference(body).shape(Value("s", 0)) == (2, 2)
    assert judge.node(body, body["s"]).status is Status.SUPPORTED


def test_a_default_is_pinned_unless_it_is_named(ask):
    text = (
        "k = Const : int32[2] = [3, 2]\np = PlaceholderWithDefault(k) : int32[2]\n"
        "x = Placeholder : float32[2,3]\ny = Reshape(x, p)"
    )
    pinned = ask(text)
    assert pinned.inference(pinned.model.main).shape(Value("y", 0)) == (3, 2)
    assert about(pinned, "p").placement is Placement.REMOVED
    fed = ask(text, shapes={"p": (2,)})
    assert about(fed, "p").placement is Placement.LOCAL
    assert fed.inference(fed.model.main).shape(Value("y", 0)) != (3, 2)


def test_a_mode_that_keeps_dtypes_refuses_what_only_a_cast_makes_fit(ask):
    text = (
        "x = Placeholder : float32[1,8,8,16]\n"
        'y = AvgPool(x) {ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID", '
        'data_format="NHWC"}'
    )
    assert about(ask(text), "y").placement is Placement.AICORE
    kept = about(ask(text, precision="must_keep_origin_dtype"), "y")
    assert kept.placement is not Placement.AICORE


@pytest.mark.parametrize(
    ("dtype", "listed", "mode", "reduce", "taken"),
    [
        ("float32", ("float16",), "force_fp16", None, True),
        ("float32", ("float16",), "must_keep_origin_dtype", None, False),
        ("float32", ("float16",), "allow_fp32_to_bf16", None, False),
        ("float32", ("float16",), "force_fp32", False, False),
        ("float32", ("float16",), "force_fp32", True, True),
        ("float32", ("bfloat16",), "allow_fp32_to_fp16", None, False),
        ("float32", ("bfloat16",), "allow_fp32_to_bf16", None, True),
        ("float16", ("float32",), "must_keep_origin_dtype", None, True),
        ("float64", ("float32",), "force_fp16", None, False),
        ("int64", ("int32",), "force_fp16", None, False),
        ("bool", ("float32",), "force_fp16", None, False),
    ],
)
def test_casts_by_precision_mode(dtype, listed, mode, reduce, taken):
    assert bridged(dtype, listed, mode, precision_reduce=reduce) is taken


def test_flags_of_both_generations_name_a_mode():
    assert mode_of_flags({}) == "force_fp16"
    assert mode_of_flags({"precision_mode": "force_fp32"}) == "force_fp32"
    assert mode_of_flags({"precision_mode_v2": "origin"}) == "must_keep_origin_dtype"
    assert mode_of_flags({"precision_mode": "fp8"}) is None


TALL_KERNEL = (
    "x = Placeholder : float32[?,300,8,4]\n"
    "w = Const : float32[300,1,4,2] = 0.5\n"
    'y = Conv2D(x, w) {strides=[1,1,1,1], padding="VALID", data_format="NHWC"}'
)


def test_a_size_that_waits_for_the_flag_is_not_known_at_run_time_only(ask):
    target = "atc@5.1.RC1/Ascend310"
    for shapes in (None, {"x": (1, 300, 8, 4)}):
        answer = about(ask(TALL_KERNEL, target, shapes=shapes), "y")
        assert answer.status is Status.SUPPORTED


def test_a_kernel_above_the_limit_is_refused_where_the_size_is_known_at_run_time(ask):
    text = (
        "p = Placeholder : float32[4,300,8,4]\ni = Placeholder : bool[4]\n"
        "at = Where(i) {T=bool}\nrows = Squeeze(at) {T=int64, squeeze_dims=[1]}\n"
        "axis = Const : int32[] = 0\nx = GatherV2(p, rows, axis) {batch_dims=0}\n"
        + TALL_KERNEL.partition("\n")[2]
    )
    answer = about(ask(text, "atc@5.1.RC1/Ascend310"), "y")
    assert (answer.status, answer.reason) == (Status.UNSUPPORTED, Reason.LIMIT)


@pytest.mark.parametrize("target", FULL)
def test_tensors_of_an_op_that_becomes_a_subgraph_are_not_those_of_its_main_node(ask, target):
    """DynamicRNN begins with x in float16, BlockLSTM with the number of steps in int64."""
    text = (
        "n = Const : int64[] = 4\nx = Placeholder : float32[4,1,8]\n"
        "s = Const : float32[1,2] = 0.0\nw = Const : float32[10,8] = 0.5\n"
        "p = Const : float32[2] = 0.0\nb = Const : float32[8] = 0.0\n"
        "y = BlockLSTM(n, x, s, s, w, p, p, p, b)"
    )
    answer = about(ask(text, target), "y")
    assert (answer.status, answer.placement) == (Status.SUPPORTED, Placement.AICORE)
    assert answer.certainty is Certainty.INFERRED


BATCH_TO_SPACE = """
x = Placeholder : complex64[4,3]
n = Placeholder : int32[1]
c = Placeholder : int32[1,2]
y = BatchToSpaceND(x, n, c)
"""


def unary(op, dtype, *, to=""):
    attrs = f" {{DstT={to}}}" if to else ""
    return f"x = Placeholder : {dtype}[2,3]\ny = {op}(x){attrs}"


@pytest.mark.parametrize(
    ("text", "target", "reason", "stage"),
    [
        (unary("Cast", "string", to="float32"), "atc@5.0.2/Ascend310", "dtype_column", "dtype"),
        (unary("NoSuchOp", "float32"), "atc@8.1.RC1/Ascend310P3", "no_parser", "parser"),
        (
            BATCH_TO_SPACE,
            "atc@8.1.RC1/Ascend310P3",
            "undecided",
            "dtype",
        ),
    ],
)
def test_the_stage_is_that_of_the_reason_or_of_what_it_qualifies(ask, text, target, reason, stage):
    answer = about(ask(text, target), "y")
    assert (answer.reason, answer.stage) == (Reason(reason), Stage(stage))
