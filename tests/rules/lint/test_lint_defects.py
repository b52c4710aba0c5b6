"""Broken graphs get findings of their own, all of them in one run; sound graphs get none."""

from __future__ import annotations

import pytest

from linter.graph import Value
from linter.io import graphtext
from linter.io.reader import from_bytes
from linter.io.writer import serialize
from linter.judge import JudgeOptions, make_judge
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Severity
from linter.rules.run_lint import run_lint
from opdb.query import open_database
from opdb.target import default_target
from rules.registry import lint_rules

X = "x = Placeholder : float32[1,4]\n"

BROKEN = {
    "cycle": (X + "a = Add(x, b) {T=float32}\nb = Relu(a) {T=float32}", "GRF003"),
    "self loop": (X + "a = Add(x, a) {T=float32}", "GRF003"),
    "missing producer": (X + "a = Add(x, nowhere) {T=float32}", "GRF002"),
    "missing control": (X + "a = Relu(x, ^nowhere)", "GRF002"),
    "duplicate name": (X + "a = Relu(x)\na = Tanh(x)", "GRF001"),
    "port": (X + "a = Relu(x:3)", "GRF005"),
    "attribute of another kind": (X + 'a = Softmax(x) {T="float"}', "GRF008"),
    "constant without value": (X + "c = Const {dtype=float32, -value}\na = Add(x, c)", "GRF009"),
    "too few inputs": (X + "a = Mul(x) {T=float32}", "GRF010"),
    "too many inputs": (X + "a = Relu(x, x) {T=float32}", "GRF010"),
    "names": ('"in put/é" = Placeholder : float32[2]\n"a>b c" = Relu("in put/é")', "GRF011"),
    "controlled only": (
        X + "c = Const : float32[4] = 1.0\nn = NoOp(^x, ^c)\na = Identity(c, ^n)",
        "IOX008",
    ),
    "two parts": (X + "a = Relu(x)\ny = Placeholder : float32[2]\nb = Tanh(y)", "IOX002"),
    "unread input": (X + "y = Placeholder : float32[2]\na = Relu(x)", "IOX009"),
    "no input": ("c = Const : float32[2] = 1.0\na = Relu(c)", "IOX001"),
    "no op at the end": (X + "a = Relu(x)\nn = NoOp(^a)", "IOX004"),
}

MANY = """
def again(a: float32[2]) -> (out: y:0):
    y = PartitionedCall(a) {Tin=[float32], Tout=[float32], f=@again}

x = Placeholder : float32[?,4]
s = Placeholder : string[1]
e = Placeholder : float32[0,3]
v = VarHandleOp {dtype=float32, shape=shape(2), container="", shared_name="v"}
r = ReadVariableOp(v) {dtype=float32}
twice = Relu(r)
twice = Tanh(r)
lost = Add(x, nowhere) {T=float32}
round_1 = Add(x, round_2) {T=float32}
round_2 = Relu(round_1) {T=float32}
port = Relu(x:3)
kind = Softmax(x) {T="float"}
void = Const {dtype=float32, -value}
void_read = Relu(void)
few = Mul(x) {T=float32}
fancy = FancyPlugin(x)
number = StringToNumber(s)
table = Placeholder : float64[2,3]
wide = MatMul(table, table, ^e) {transpose_b=true}
left = Placeholder : float32[2,4]
right = Placeholder : float32[3,2]
product = MatMul(left, right)
call = PartitionedCall(twice) {Tin=[float32], Tout=[float32], f=@again}
gone = PartitionedCall(twice) {Tin=[float32], Tout=[float32], f=@absent}
mask = Const : float32[] = -1e30
masked = Add(left, mask)
shape_ = Const : int32[1] = [2]
dice = RandomStandardNormal(shape_) {dtype=float32}
noisy = Add(twice, dice)
picture = Placeholder : float32[1,4,4,3]
scale = Const : float32[3] = 1.0
none_ = Const : float32[0] = []
norm = FusedBatchNormV3(picture, scale, scale, none_, none_) {is_training=true}
bias = Const : float32[8] = 0.0
biased = BiasAdd(picture, bias)
where = Where(left) {T=float32}
odd = Relu(left) {alpha=0.5}
frame = Enter(left) {frame_name="f"}
"odd name" = Relu(left)
done = NoOp(^left)
"""

MANY_CODES = {
    "ATR003",
    "CTL002",
    "CTL003",
    "CTL004",
    "CTL005",
    "DTY003",
    "GRF001",
    "GRF002",
    "GRF003",
    "GRF004",
    "GRF005",
    "GRF008",
    "GRF009",
    "GRF010",
    "GRF011",
    "IOX002",
    "IOX004",
    "IOX005",
    "IOX006",
    "IOX007",
    "OPS001",
    "SHP001",
    "SHP002",
    "SHP003",
    "SHP004",
}


def read_back(text):
    """The graph as a file has it: nothing that only the text format knows survives."""
    return from_bytes(serialize(graphtext.parse(text)))


def findings(text, **options):
    judge = synthetic_judge(read_back(text), JudgeOptions(**options))
    outcome = run_lint(lint_rules(), judge)
    assert outcome.errors == ()
    return outcome.findings


@pytest.mark.parametrize(("text", "code"), BROKEN.values(), ids=BROKEN)
def test_a_broken_graph_gets_its_finding(text, code):
    assert code in {finding.code for finding in findings(text)}


def test_all_defects_of_one_graph_are_found_in_one_run():
    judge = make_judge(read_back(MANY), open_database(default_target()), JudgeOptions())
    outcome = run_lint(lint_rules(), judge)
    assert outcome.errors == ()
    assert {finding.code for finding in outcome.findings} >= MANY_CODES
    places = {(f.code, f.function, f.node, f.port) for f in outcome.findings}
    assert len(places) == len(outcome.findings)
    assert all(finding.message and finding.remedy for finding in outcome.findings)


def test_defects_that_no_output_needs_are_not_reported():
    text = X + 'y = Relu(x)\nd = Softmax(x) {T="float"}\ne = Mul(x) {T=float32}'
    found = findings(text, outputs=(Value("y"),))
    assert {finding.code for finding in found} == {"GRF006"}


def test_functions_that_nobody_calls_are_harmless():
    text = "def f(a: float32[2]) -> (out: y:0):\n    y = Mul(a) {T=float32}\n\n" + X + "y = Relu(x)"
    assert findings(text) == ()


def test_findings_in_functions_name_the_function():
    text = (
        "def f(a: float32[2]) -> (out: y:0):\n    y = Mul(a) {T=float32}\n\n"
        "x = Placeholder : float32[2]\nc = PartitionedCall(x) {Tin=[float32], Tout=[float32], f=@f}"
    )
    places = {(f.code, f.function, f.node) for f in findings(text)}
    assert ("GRF010", "f", "y") in places


@pytest.mark.parametrize("count", [2_000])
def test_a_sound_chain_is_clean(count):
    lines = [X, *(f"n{i} = Relu({f'n{i - 1}' if i else 'x'})\n" for i in range(count))]
    assert findings("".join(lines)) == ()


def test_a_cut_is_proposed_before_the_network():
    text = """
b = Placeholder : string[]
i = DecodePng(b) {channels=3}
f = Cast(i) {DstT=float32, SrcT=uint8}
e = ExpandDims(f, k)
k = Const : int32[] = 0
w = Const : float32[3,3,3,4] = 0.5
y = Conv2D(e, w) {strides=[1, 1, 1, 1], padding="SAME"}
"""
    (head,) = (f for f in findings(text) if f.code == "IOX007")
    assert head.message_id == "head"
    assert head.args["cuts"] == "i:0"
    wanted = '--cut-inputs "i:0" --input-shape "i:1,N,3"'  # its dtype is a default
    assert head.remedy == f"feed the network there: {wanted}"


def test_severities_are_what_the_catalogue_says():
    allowed = {"DTY003", "DTY004", "GRF007", "SHP001", "ATR005"}
    for text, _ in BROKEN.values():
        for finding in findings(text):
            rule = next(rule for rule in lint_rules() if rule.id == finding.code)
            assert finding.severity is rule.severity or finding.code in allowed
            assert finding.severity in Severity
