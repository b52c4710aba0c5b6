"""Optional scope fusion: what is fused by its scopes' names and counts, and what is left alone."""

from __future__ import annotations

import logging

import pytest

from linter.graph import Value
from linter.io.graphtext import parse
from linter.judge import JudgeOptions, Placement, Stage, Status, make_judge
from linter.judge.atc.fusion import optional_passes, warn_of_passes
from linter.judge.atc.name_scopes import scope_tree
from linter.judge.atc.scope_patterns import decidable, matched_scopes
from opdb.facts import ScopePass
from opdb.query import open_database
from opdb.target import parse_target

CELL = """
x = Placeholder : float32[1,4]
w = Const : float32[4,8] = 0.5
d = Const : int32 = 1
cell/mm = MatMul(x, w)
cell/split = Split(d, cell/mm) {num_split=4}
cell/i = Sigmoid(cell/split)
cell/f = Sigmoid(cell/split:1)
cell/o = Sigmoid(cell/split:2)
cell/j = Tanh(cell/split:3)
cell/m = Mul(cell/i, cell/j)
cell/m_1 = Mul(cell/f, cell/m)
cell/t = Tanh(cell/m_1)
cell/m_2 = Mul(cell/o, cell/t)
y = Relu(cell/m_2)
"""
PASS = ("ScopeBasicLSTMCellPass",)


def about(judge, name):
    main = judge.model.main
    return judge.node(main, main[name])


def counts(**ops):
    return tuple({"op": op, "count": c, "multiple_of": m} for op, (c, m) in ops.items())


def scope(**given):
    return {"count": 1, "name_contains": "", "sub_type": "", "suffix": "", **given}


def one_pass(*patterns, name="P", results=("R",)):
    return ScopePass(name, False, results, "", patterns, ("e",))


def names(one, text):
    return [
        sorted(n.name for n in at.members())
        for at in matched_scopes(one, scope_tree(parse(text).main))
    ]


def test_a_cell_is_fused_when_its_pass_is_on_and_only_then(ask):
    assert about(ask(CELL), "cell/mm").placement is Placement.AICORE
    fused = about(ask(CELL, passes=PASS), "cell/mm")
    assert (fused.placement, fused.stage, fused.ge_op) == (
        Placement.FUSED, Stage.FUSION, "BasicLSTMCell",
    )  # fmt: skip
    assert fused.certainty == "inferred"
    assert fused.evidence == ("atc-5.1.RC2/scope-fusion",)
    assert about(ask(CELL, passes=PASS), "y").placement is not Placement.FUSED
    assert about(ask(CELL, passes=PASS), "w").placement is not Placement.FUSED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cell/split", "other/split"),
        ("num_split=4", "num_split=2"),
        ("cell/m_1 = Mul(cell/f, cell/m)", "cell/m_1 = Add(cell/f, cell/m)"),
    ],
    ids=["split elsewhere", "two parts", "another count"],
)
def test_a_cell_that_differs_is_judged_node_by_node(ask, old, new):
    text = CELL.replace(old, new)
    if "=2" in new:
        text = text.replace("cell/split:2", "cell/split:1").replace("cell/split:3", "cell/split:1")
    assert about(ask(text, passes=PASS), "cell/mm").placement is Placement.AICORE


def test_a_scope_with_a_fetched_interior_node_is_left_alone(ask):
    judge = ask(CELL, outputs=("y", "cell/m_1"), passes=PASS)
    assert about(judge, "cell/mm").placement is Placement.AICORE
    judge = ask(CELL, outputs=("cell/m_2",), passes=PASS)
    assert about(judge, "cell/mm").placement is Placement.FUSED


def test_numbers_at_the_end_of_a_scope_do_not_count_as_its_name():
    text = "a = Placeholder : float32[2]\np/fw_12/b = Relu(a)\np/fw_x/b = Relu(a)"
    one = one_pass(
        {"sub_type": "k", "op_counts": counts(Relu=(1, 0)), "scopes": (scope(suffix="fw"),)}
    )
    assert names(one, text) == [["p/fw_12/b"]]


def test_kinds_build_on_kinds_and_counts_reach_down():
    text = (
        "a = Placeholder : float32[2]\nr/while/cell/t = Tanh(a)\nr/while/u = Relu(r/while/cell/t)\n"
        "r/v = Neg(r/while/u)\ns/while/t = Relu(a)\ns/v = Neg(s/while/t)"
    )
    one = one_pass(
        {"sub_type": "cell", "op_counts": counts(Tanh=(1, 0), Relu=(-1, 0))},
        {"sub_type": "while", "scopes": (scope(sub_type="cell", suffix="while"),)},
        {
            "sub_type": "top",
            "op_counts": counts(Neg=(0, 1)),
            "scopes": (scope(sub_type="while", suffix="r"),),
        },
    )
    assert names(one, text) == [["r/v", "r/while/cell/t", "r/while/u"]]


def test_what_must_not_lie_below():
    one = one_pass(
        {"sub_type": "weights", "op_counts": counts(Identity=(2, 0))},
        {
            "sub_type": "k",
            "op_counts": counts(Tanh=(1, 0)),
            "scopes": (scope(suffix="r"), scope(sub_type="weights", count=0)),
        },
    )
    text = "a = Placeholder : float32[2]\nr/t = Tanh(a)\nr/w/i = Identity(a)\nr/w/j = Identity(a)"
    text += "\nr/i = Identity(a)"
    assert names(one, text) == []
    assert names(one, text.replace("r/w", "w")) == [["r/i", "r/t"]]


def test_of_scopes_around_each_other_the_innermost_is_taken():
    one = one_pass({"sub_type": "k", "op_counts": counts(Tanh=(1, 0), Relu=(1, 0))})
    text = "a = Placeholder : float32[2]\nm/s/t = Tanh(a)\nm/s/u = Relu(m/s/t)\nm/v = Neg(m/s/u)"
    assert names(one, text) == [["m/s/t", "m/s/u"]]


def test_merged_features_are_parted_where_the_first_comes_again():
    two = counts(Tanh=(1, 0), Relu=(1, 0)) + counts(Tanh=(2, 0), Relu=(2, 0))
    one = one_pass({"sub_type": "k", "op_counts": two})
    text = "a = Placeholder : float32[2]\ns/t = Tanh(a)\ns/u = Relu(a)"
    assert names(one, text) == [["s/t", "s/u"]]
    mixed = counts(Tanh=(1, 0), Relu=(1, 0)) + counts(Relu=(2, 0), Tanh=(2, 0))
    assert not decidable(one_pass({"sub_type": "k", "op_counts": mixed}), ())


@pytest.mark.parametrize(
    "pattern",
    [
        {"sub_type": "k"},
        {"sub_type": "k", "op_counts": counts(Tanh=(1, 0))},
        {"sub_type": "k", "op_counts": counts(Tanh=(1, 0)), "attrs": ({"op": "A", "attr": "b"},)},
    ],
    ids=["words only", "one thing only", "attribute without a value"],
)
def test_a_pattern_without_all_its_pieces_fuses_nothing(pattern):
    assert not decidable(one_pass(pattern), ())


def test_passes_that_look_for_the_same_cannot_be_told_apart():
    pattern = {"sub_type": "k", "op_counts": counts(Tanh=(1, 0), Relu=(1, 0))}
    one, other = one_pass(pattern), one_pass(pattern, name="Q", results=("S",))
    assert decidable(one, (one,))
    assert not decidable(one, (one, other))


def test_a_pass_that_does_not_speak_of_loops_takes_none(ask):
    text = CELL.replace(
        "y = Relu(cell/m_2)",
        'cell/e = Enter(cell/m_2) {frame_name="f"}\ncell/n = NextIteration(cell/e)\n'
        "y = Relu(cell/n)",
    )
    assert about(ask(text, passes=PASS), "cell/mm").placement is Placement.AICORE


def test_what_is_asserted_counts_too(ask):
    checks = "cell/n = Mul(cell/m_2, cell/m_2)\nc = Less(cell/n, cell/n)\nas = Assert(c, c)\n"
    text = CELL + checks + "z = Relu(cell/m_2, ^as)"
    assert about(ask(text, outputs=("y",), passes=PASS), "cell/mm").placement is Placement.FUSED
    judge = ask(text, outputs=("y", "z"), passes=PASS)
    assert about(judge, "cell/mm").placement is Placement.AICORE


def test_a_fused_op_that_the_chip_lacks_leaves_its_nodes_unknown(ask):
    text = """
x = Placeholder : float32[2,4]
d = Const : int32 = 1
s = Const : int32[2] = [4, 2]
c/r = Reshape(x, s)
c/r1 = Reshape(x, s)
c/r3 = Reshape(c/r1, s)
c/split = Split(d, c/r) {num_split=2}
c/split1 = Split(d, c/r3) {num_split=2}
c/min = Minimum(c/split, c/split1)
c/a = Add(c/min, c/min)
c/a1 = Add(c/a, c/a)
c/a2 = Add(c/a1, c/a)
c/s = Sub(c/a2, c/a)
c/s1 = Sub(c/s, c/a)
c/cat = ConcatV2(c/s, c/s1, d)
y = Relu(c/cat)
"""
    one = ("ScopeDecodeBboxPass",)
    found = about(ask(text, passes=one), "c/min")
    assert (found.status, found.placement) == (Status.SUPPORTED, Placement.FUSED)
    lacking = "atc@8.1.RC1/Ascend910B1"
    found = about(ask(text, lacking, passes=one), "c/min")
    assert (found.status, found.stage) == (Status.UNKNOWN, Stage.FUSION)
    assert about(ask(text, lacking), "c/min").status is Status.SUPPORTED


def test_instance_normalisation_needs_its_name_and_its_pass(ask):
    text = """
x = Placeholder : float32[2,4]
ax = Const : int32[1] = [1]
s/moments/mean = Mean(x, ax) {keep_dims=true}
s/moments/sd = SquaredDifference(x, s/moments/mean)
s/moments/var = Mean(s/moments/sd, ax) {keep_dims=true}
s/instancenorm/r = Rsqrt(s/moments/var)
s/instancenorm/m = Mul(s/instancenorm/r, x)
s/instancenorm/m1 = Mul(s/instancenorm/m, x)
s/instancenorm/m2 = Mul(s/instancenorm/m1, x)
y = Sub(s/instancenorm/m2, x)
""".replace("y = Sub(", "s/instancenorm/sub = Sub(")
    text += "y = Relu(s/instancenorm/sub)\n"
    one = ("ScopeInstanceNormPass",)
    assert about(ask(text, passes=one), "s/moments/sd").ge_op == "InstanceNorm"
    assert about(ask(text), "s/moments/sd").placement is Placement.AICORE
    other = text.replace("instancenorm", "norm")
    assert about(ask(other, passes=one), "s/moments/sd").placement is Placement.AICORE


def test_a_loop_in_a_bidirectional_layer_needs_the_name_fw(shared_dir):
    path = shared_dir / "models/gh-tfnet/att_rnn_untrained.frozen.pb"
    if not path.is_file():
        pytest.skip("the model is not there")
    from linter.io.reader import load

    model = load(path)
    database = open_database(parse_target("atc@8.1.RC1/Ascend310P3"))
    flow = database.facts.v1_control_flow
    for passes, placements in (
        ((), {Placement.LOCAL}),
        (("ScopeDynamicRNNPass",), {Placement.FUSED}),
    ):
        judge = make_judge(model, database, JudgeOptions(scope_passes=passes))
        found = {j.placement for _, node, j in judge.judgements() if node.op in flow}
        assert found - {Placement.REMOVED} == placements


def test_every_full_release_tells_most_of_its_passes():
    database = open_database(parse_target("atc@5.1.RC2/Ascend310"))
    named = [one.name for one in database.scope_passes() if not one.default]
    found = {one.name for one in optional_passes(database, named)}
    assert set(named) - found == {"ScopeNormalizeBBoxPass", "ScopeToAbsoluteBBoxPass"}


def test_unknown_passes_are_warned_of(caplog):
    names = ("ScopeDynamicRnnPass", "ScopeInstanceNormPass", "ScopeNormalizeBBoxPass", *PASS)
    databases = [open_database(parse_target(f"atc@{v}/Ascend310")) for v in ("20.1", "8.1.RC1")]
    with caplog.at_level(logging.WARNING):
        warn_of_passes(databases, names)
    text = caplog.text
    assert "atc@20.1/Ascend310 has no scope fusion pass ScopeDynamicRnnPass; near: Scope" in text
    assert "atc@20.1/Ascend310 has no scope fusion pass ScopeInstanceNormPass" in text
    assert "atc@8.1.RC1/Ascend310 has no scope fusion pass ScopeInstanceNormPass" not in text
    assert "what ScopeNormalizeBBoxPass looks for is not known well enough" in text
    assert "ScopeBasicLSTMCellPass looks" not in text


def test_a_lacking_pass_changes_nothing(ask):
    one, other = ask(CELL), ask(CELL, passes=("NoSuchPass",))
    assert one.summary() == other.summary()
    assert Value("y") in other.outputs


NORM = """
x = Placeholder : float32[2,8]
ax = Const : int32[1] = [1]
g = Const : float32[8] = 1.0
b = Const : float32[8] = 0.5
e = Const : float32[] = 0.00001
LN/moments/mean = Mean(x, ax) {keep_dims=true}
LN/moments/sd = SquaredDifference(x, LN/moments/mean)
LN/moments/variance = Mean(LN/moments/sd, ax) {keep_dims=true}
LN/batchnorm/add = AddV2(LN/moments/variance, e)
LN/batchnorm/Rsqrt = Rsqrt(LN/batchnorm/add)
LN/batchnorm/mul = Mul(LN/batchnorm/Rsqrt, g)
LN/batchnorm/mul_1 = Mul(x, LN/batchnorm/mul)
LN/batchnorm/mul_2 = Mul(LN/moments/mean, LN/batchnorm/mul)
LN/batchnorm/sub = Sub(b, LN/batchnorm/mul_2)
LN/batchnorm/add_1 = AddV2(LN/batchnorm/mul_1, LN/batchnorm/sub)
y = Relu(LN/batchnorm/add_1)
"""


def is_fused(ask, text, outputs=("y",)):
    judge = ask(text, outputs=outputs)
    ends = ("/sd", "/Rsqrt")
    names = [node.name for node in judge.model.main if f"/{node.name}".endswith(ends)]
    found = {about(judge, name).placement for name in names}
    assert len(found) == 1
    return found == {Placement.FUSED}


@pytest.mark.parametrize(
    ("old", "new", "fits"),
    [
        ("", "", True),
        ("AddV2(", "Add(", True),
        ("LN/batchnorm", "LN/batchnorm_7", True),
        ("LN/moments", "LN/moments_2", True),
        ("LN/", "", False),
        ("LN/moments", "LM/moments", False),
        ("LN/batchnorm", "LN/norm", False),
        ("LN/moments", "LN/mean", False),
    ],
)
def test_a_layer_normalisation_is_told_by_its_two_names(ask, old, new, fits):
    assert is_fused(ask, NORM.replace(old, new) if old else NORM) is fits


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("LN/moments/more = Squeeze(x)", False),
        ("LN/moments/more = Mean(x, ax)", False),
        ("LN/moments/more = SquaredDifference(x, x)", False),
        ("LN/moments/more = Neg(x)", True),
        ("LN/batchnorm/more = Identity(x)", False),
        ("LN/batchnorm/more = Mul(x, x)", False),
        ("LN/batchnorm/more = Sub(x, x)", False),
        ("LN/batchnorm/more = Add(x, x)", False),
        ("LN/batchnorm/more = AddV2(x, x)", False),
        ("LN/batchnorm/more = Rsqrt(x)", False),
        ("LN/batchnorm/more = Neg(x)", True),
    ],
)
def test_a_layer_normalisation_is_told_by_its_counts(ask, line, fits):
    """The further node takes part by a control edge, which gives nothing out."""
    name = line.partition(" ")[0]
    live = f"{line}\ny = Relu(LN/batchnorm/add_1, ^{name})"
    assert is_fused(ask, NORM.replace("y = Relu(LN/batchnorm/add_1)", live)) is fits
    assert is_fused(ask, NORM + line)


@pytest.mark.parametrize(
    ("read", "fits"),
    [
        ("LN/batchnorm/mul", False),
        ("LN/moments/mean", False),
        ("LN/moments/variance", False),
        ("LN/batchnorm/add_1", True),
    ],
)
def test_a_layer_normalisation_gives_one_value_out(ask, read, fits):
    assert is_fused(ask, NORM + f"z = Relu({read})", ("y", "z")) is fits
    assert is_fused(ask, NORM + f"z = Relu(x, ^{read})", ("y", "z"))
    assert is_fused(ask, NORM, ("y", read)) is fits


def test_the_result_of_a_layer_normalisation_may_be_an_output(ask):
    assert is_fused(ask, NORM, ("LN/batchnorm/add_1",))
    assert not is_fused(ask, NORM, ("LN/batchnorm/add_1", "LN/batchnorm/mul_2"))
    apart = NORM + "LN/batchnorm/more = Neg(LN/batchnorm/mul)"
    assert not is_fused(ask, apart, ("y", "LN/batchnorm/more"))


def test_constants_in_the_scopes_are_not_fused(ask):
    text = NORM.replace("e = Const", "LN/batchnorm/e = Const").replace(", e)", ", LN/batchnorm/e)")
    assert is_fused(ask, text)
    assert about(ask(text), "LN/batchnorm/e").placement is not Placement.FUSED


def test_other_moments_beside_it_do_no_harm(ask):
    live = "LN/moments_1/n = Neg(x)\ny = Relu(LN/batchnorm/add_1, ^LN/moments_1/n)"
    assert is_fused(ask, NORM.replace("y = Relu(LN/batchnorm/add_1)", live))
