"""What keeps a loop, branch or call from being written out, and what is left of those that are."""

from __future__ import annotations

import pytest

from linter import api
from linter.graph import Value
from linter.io import graphtext
from linter.io.writer import write
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.results.objection import ObjectionKind
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from rules.registry import rewrite_rules

RULES = tuple(r for r in rewrite_rules() if r.id in {"RWS101", "RWS102", "RWS103", "RWS104"})

LOOP = """
x = Placeholder : float32[2]
zero = Const : int32[] = 0
end = Const : int32[] = 2
one = Const : int32[] = 1
i = Enter(zero) {frame_name="f"}
v = Enter(x) {frame_name="f"}
n = Enter(end) {frame_name="f", is_constant=true}
o = Enter(one) {frame_name="f", is_constant=true}
mi = Merge(i, ni)
mv = Merge(v, nv)
less = Less(mi, n)
cond = LoopCond(less)
si = Switch(mi, cond)
sv = Switch(mv, cond)
ii = Add(si:1, o)
BODY
ni = NextIteration(ii)
nv = NextIteration(vv)
e = Exit(sv)
y = Neg(e)
"""

ARRAY = LOOP.replace(
    "i = Enter(zero)",
    """size = Const : int32[] = 3
array = TensorArrayV3(size) {dtype=float32, element_shape=shape(2)}
h = Enter(array) {frame_name="f", is_constant=true}
a = Enter(array:1) {frame_name="f"}
ma = Merge(a, na)
sa = Switch(ma, cond)
ea = Exit(sa)
all = Const : int32[3] = [0, 1, 2]
out = TensorArrayGatherV3(array, all, ea) {dtype=float32}
z = Neg(out)
na = NextIteration(w)
i = Enter(zero)""",
    1,
)


def _outcome(
    text: str, *outputs: str, lacking: tuple[str, ...] = ("LoopCond",), deep: bool = False
) -> RewriteOutcome:
    fetched = tuple(Value(name) for name in outputs or ("y",))
    outcome = rewrite(
        RULES,
        graphtext.parse(text),
        lambda model: synthetic_judge(model, JudgeOptions({}, fetched), lacking=lacking),
        RewriteOptions(),
    )
    assert outcome.errors == ()
    return outcome


def _reasons(text: str, *outputs: str, lacking: tuple[str, ...] = ("LoopCond",)) -> set[str]:
    outcome = _outcome(text, *outputs, lacking=lacking)
    assert outcome.rewrites == ()
    return {refused.reason for refused in outcome.refused}


def _nodes(outcome: RewriteOutcome) -> list[str]:
    lines = graphtext.dump(outcome.model).splitlines()
    return [line for line in lines if "Placeholder" not in line and "Const" not in line]


def test_what_does_not_change_is_written_once() -> None:
    text = LOOP.replace("BODY", 'w = Exp(q)\nq = Enter(x) {frame_name="f"}\nvv = Mul(sv:1, w)')
    assert _nodes(_outcome(text)) == [
        "loop/step_0/w = Exp(x)",
        "loop/step_0/vv = Mul(x, loop/step_0/w)",
        "loop/step_1/vv = Mul(loop/step_0/vv, loop/step_0/w)",
        "y = Neg(loop/step_1/vv)",
    ]


def test_a_counter_becomes_a_constant_where_it_is_read() -> None:
    text = LOOP.replace("BODY", "c = Cast(si:1) {SrcT=int32, DstT=float32}\nvv = Add(sv:1, c)")
    outcome = _outcome(text)
    consts = {node.name for node in outcome.model.main if node.op == "Const"}
    assert consts == {"zero", "loop/const_1"}


def test_fetched_exits_keep_their_names() -> None:
    text = LOOP.replace("BODY", "vv = Exp(sv:1)").replace("y = Neg(e)", "ei = Exit(si)")
    outcome = _outcome(text, "e", "ei")
    assert outcome.model.main["e"].op == "Exp"
    assert outcome.model.main["ei"].op in ("Const", "Identity")
    assert outcome.after.unsupported == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("vv = RandomUniform(o) {dtype=float32}", "RandomUniform has a state"),
        ("vv = Unheard(sv:1)", "Unheard has no definition"),
        (
            "p = Less(sv:1, sv:1)\nr = All(p, si:1)\ns = Switch(sv:1, r)\nvv = Merge(s, s:1)",
            "the condition of s is not known",
        ),
    ],
)
def test_bodies_that_stay(body: str, reason: str) -> None:
    assert any(reason in found for found in _reasons(LOOP.replace("BODY", body)))


def test_growth_is_bounded() -> None:
    body = "\n".join(f"v{n} = Neg(v{n - 1})" for n in range(1, 30)) + "\nvv = Neg(v29)"
    text = LOOP.replace("BODY", "v0 = Neg(sv:1)\n" + body).replace(
        "end = Const : int32[] = 2", "end = Const : int32[] = 1000"
    )
    assert _reasons(text) == {
        "1000 rounds of about 32 nodes are more than the 20000 nodes that unrolling may add"
    }


def test_check_names_the_fix_of_a_long_loop_without_writing_it_out(tmp_path) -> None:
    body = "w = TensorArrayWriteV3(h, mi, sv:1, sa:1)\nvv = Exp(sv:1)"
    long = ARRAY.replace("BODY", body).replace("int32[] = 2", "int32[] = 1900")
    model = graphtext.parse(long)
    judge = synthetic_judge(model, JudgeOptions(), lacking=("LoopCond",))
    made = rewrite(RULES, model, lambda _: judge, RewriteOptions(copy_limit=1000))
    assert made.rewrites == ()
    (refused,) = made.refused
    assert refused.kind is ObjectionKind.UNTRIED
    path = tmp_path / "long.pb"
    write(model, path)
    report = api.check([str(path)], targets=["omg@hilens-2021-09/Ascend310"])
    named = {
        str(finding.node): finding.fix.rule
        for finding in report.results[0].targets[0].findings
        if finding.fix is not None
    }
    assert {named.get(name) for name in ("cond", "e", "array", "out", "w")} == {"RWS101"}


def test_a_loop_in_an_open_branch_stays() -> None:
    text = LOOP.replace("BODY", "vv = Exp(sv:1)").replace("Enter(x)", "Enter(branch)")
    text = text.replace("zero =", "p = Placeholder : bool[]\nbranch = Switch(x, p)\nzero =", 1)
    text = text.replace("y = Neg(e)", "k = Neg(branch:1)\ny = Merge(e, k)")
    assert _reasons(text) == {"it lies in a branch of a condition that is not known"}


def test_elements_that_nobody_wrote_are_zeros() -> None:
    body = "vv = Exp(sv:1)\nw = TensorArrayWriteV3(h, si:1, vv, sa:1)"
    outcome = _outcome(ARRAY.replace("BODY", body), "z")
    pack = outcome.model.main["out"]
    assert pack.op == "Pack"
    last = outcome.model.main[pack.inputs[2].node]
    assert (last.op, last.attrs["value"].values()) == ("Const", (0.0, 0.0))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("w = TensorArrayWriteV3(h, o, sv:1, sa:1)", "it writes element 1 a second time"),
        (
            "t = Add(si:1, ii)\nu = Add(t, ii)\nw = TensorArrayWriteV3(h, u, sv:1, sa:1)",
            "it writes element 5 of 3",
        ),
        ("w = Abs(sa:1)", "Abs reads a TensorArray or list"),
    ],
)
def test_arrays_that_stay(body: str, reason: str) -> None:
    assert _reasons(ARRAY.replace("BODY", "vv = Exp(sv:1)\n" + body), "z") == {reason}


def test_an_array_that_is_an_output_stays() -> None:
    text = ARRAY.replace("BODY", "vv = Exp(sv:1)\nw = TensorArrayWriteV3(h, si:1, vv, sa:1)")
    assert _reasons(text, "ea") == {"output 0 of ea is a TensorArray or list"}


def test_an_inner_loop_goes_with_the_outer_one() -> None:
    inner = """
b = Enter(sv:1) {frame_name="g"}
k = Enter(o) {frame_name="g", is_constant=true}
j = Enter(si:1) {frame_name="g"}
mb = Merge(b, nb)
mj = Merge(j, nj)
l = Less(mj, kk)
kk = Add(k, k)
c = LoopCond(l)
sb = Switch(mb, c)
sj = Switch(mj, c)
jj = Add(sj:1, k)
bb = Exp(sb:1)
nb = NextIteration(bb)
nj = NextIteration(jj)
vv = Exit(sb)"""
    assert _nodes(_outcome(LOOP.replace("BODY", inner.strip()))) == [
        "loop/step_0/step_0/bb = Exp(x)",
        "loop/step_0/step_1/bb = Exp(loop/step_0/step_0/bb)",
        "loop/step_1/step_0/bb = Exp(loop/step_0/step_1/bb)",
        "y = Neg(loop/step_1/step_0/bb)",
    ]


CALL = """
x = Placeholder : float32[2]
y = StatefulPartitionedCall(x) {f=@f, Tin=[float32], Tout=[float32]}
def f(v: float32[2]) -> (r: a:0):
  a = Exp(v)
"""


def test_a_call_is_inlined_when_only_its_body_needs_it() -> None:
    outcome = _outcome(CALL, lacking=("Exp",))
    assert [record.rule for record in outcome.rewrites] == ["RWS104"]
    assert outcome.model.main["y"].op == "Exp"
    assert outcome.before.unsupported == outcome.after.unsupported == 1
    assert _outcome(CALL, lacking=("Abs",)).rewrites == ()


def test_functions_that_call_each_other_stay() -> None:
    text = CALL + "  b = PartitionedCall(a) {f=@g, Tin=[float32], Tout=[float32]}\n"
    text = text.replace("r: a:0", "r: b:0")
    text += "def g(v: float32[2]) -> (r: a:0):\n  a = f(v)\n"
    assert "function 'f' calls itself" in _reasons(text, lacking=("StatefulPartitionedCall",))
