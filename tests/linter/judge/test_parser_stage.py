"""What atc's parser stops at, needed or not, and what leaves a verdict open."""

from __future__ import annotations

import pytest

from linter import api
from linter.graph import Value
from linter.io.graphtext import parse
from linter.io.writer import write
from linter.judge.atc.frames import closed_frames
from linter.results.judgement import Placement, Status

OLD, NEW = "atc@5.0.2/Ascend310", "atc@8.1.RC1/Ascend310P3"
OMG = "omg@hilens-2021-09/Ascend310"
PARTIAL = "atc@9.1.0/Ascend310B1"
X = "x = Placeholder : float32[2]\ny = Relu(x)\n"
LOOP = """
x = Placeholder : float32[2]
zero = Const : int32[] = 0
two = Const : int32[] = 2
i = Enter(zero) {frame_name="f", is_constant=false}
v = Enter(x) {frame_name="f", is_constant=false}
n = Enter(two) {frame_name="f", is_constant=true}
one = Enter(two) {frame_name="f", is_constant=true}
mi = Merge(i, ni)
mv = Merge(v, nv)
less = Less(mi, n)
cond = LoopCond(less)
si = Switch(mi, cond)
sv = Switch(mv, cond)
ii = Add(si:1, one)
vv = Neg(sv:1)
ni = NextIteration(ii)
nv = NextIteration(vv)
e = Exit(sv)
y = Relu(e)
"""


@pytest.fixture
def check(tmp_path):
    """``check(text, target)`` gives the report on a target."""

    def _check(text, target=NEW, **settings):
        path = tmp_path / "model.pb"
        write(parse(text), path)
        return api.check([str(path)], targets=[target], **settings).results[0].targets[0]

    return _check


def _errors(report):
    return {
        (found.code, found.node, found.compiler_code)
        for found in report.findings
        if found.severity.value == "error"
    }


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("u = MyOwnOp", ("OPS001", "u", "E10501")),
        ("u = MyOwnOp(x) {T=float32}\nn = NoOp(^u)", ("OPS001", "u", "E10501")),
        (
            "u = MyOwnOp(x) {T=float32}\nc = Const : bool[] = true\na = Assert(c, u) {T=[float32]}",
            ("OPS001", "u", "E10501"),
        ),
        ("MyOwnOp = MyOwnOp", ("OPS001", "MyOwnOp", "E19999")),
        ("u = Identity {T=float32}", ("GRF010", "u", "E13014")),
        ("u = IdentityN(x) {-T}", ("GRF010", "u", "E13014")),
        ("u = MatMul {T=float32, -transpose_a}", ("ATR007", "u", "E19999")),
        ('u = Enter(x) {frame_name="f"}', ("CTL005", "u", "E19999")),
    ],
)
def test_the_parser_stops_at_what_no_output_needs(check, rest, found):
    assert found in _errors(check(X + rest))


@pytest.mark.parametrize(
    "rest",
    [
        "u = MyOwnOp",
        "u = MyOwnOp(x) {T=float32}\nn = NoOp(^u)",
        "u = MyOwnOp(x) {T=float32}\nc = Const : bool[] = true\na = Assert(c, u) {T=[float32]}",
        "u = Identity {T=float32}",
    ],
)
def test_fix_removes_it(tmp_path, check, rest):
    assert _errors(check(X + rest))
    done = api.fix(
        str(tmp_path / "model.pb"),
        str(tmp_path / "out.pb"),
        target=NEW,
        options=api.FixOptions(verify=False),
    )
    assert done.exit_code == 0
    report = api.check([str(tmp_path / "out.pb")], targets=[NEW]).results[0]
    assert report.targets[0].verdict.value == "convertible"
    assert report.outputs == ("y:0",)


def test_fix_resolves_a_branch_that_the_parser_stops_at(tmp_path, check):
    text = """
    x = Placeholder : float32[2]
    p = Const : bool[] = false
    s = Switch(x, p)
    u = MyOwnOp(s:1) {T=float32}
    r = Relu(s)
    m = Merge(r, u) {T=float32, N=2}
    y = Neg(m)
    """
    assert ("OPS001", "u", "E10501") in _errors(check(text))
    options = api.FixOptions(verify=False)
    done = api.fix(str(tmp_path / "model.pb"), None, target=NEW, options=options)
    assert done.after.results[0].targets[0].verdict.value == "convertible"


def test_outputs_leave_out_what_they_do_not_need(check):
    from linter.graph import Value

    assert not _errors(check(X + "u = MyOwnOp(x) {T=float32}", outputs=(Value("y"),)))


def test_open_sizes_leave_the_verdict_open(check):
    text = "x = Placeholder : float32[?,2]\ny = Relu(x)"
    for target in (NEW, OMG):
        assert check(text, target).verdict.value == "uncertain"
        given = check(text, target, input_shapes={"x": (1, 2)})
        assert given.verdict.value == "convertible"


def test_an_unused_input_of_open_size_stays_an_input(check):
    report = check(X + "z = Placeholder : float32[?]")
    assert report.verdict.value == "uncertain"
    assert ("SHP001", "z") in {(found.code, found.node) for found in report.findings}


def test_nothing_reachable_is_judged_as_a_whole(check):
    report = check("c = Const : float32[2] = 1.0\nn = NoOp")
    assert report.verdict.value == "uncertain"
    assert report.summary.reachable == 2


def test_a_model_without_placeholder_on_releases_that_refuse_it(check):
    text = "c = Const : float32[2] = 1.0\ny = Relu(c)"
    assert ("IOX001", None, "E12010") in _errors(check(text, OLD))
    assert not _errors(check(text, NEW))


def test_a_later_definition_counts_and_parses(check):
    report = check(X + "y = Tanh(x)")
    assert not _errors(report)
    assert "GRF001" in {found.code for found in report.findings}


def test_a_closed_frame_is_supported(ask):
    judge = ask(LOOP)
    flow = [one for _, node, one in judge.judgements() if node.op in ("LoopCond", "Merge", "Exit")]
    assert {(one.status, one.placement) for one in flow} == {(Status.SUPPORTED, Placement.LOCAL)}


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("less = Less(mi, n)", "less = Add(mi, n)"),
        ('v = Enter(x) {frame_name="f", is_constant=false}', 'v = Enter(x) {frame_name="g"}'),
        ("sv = Switch(mv, cond)", "sv = Switch(mv, less)"),
        ("mv = Merge(v, nv)", "mv = Merge(v, vv)"),
    ],
)
def test_a_frame_that_is_not_closed_is_not(ask, good, bad):
    assert good in LOOP
    judge = ask(LOOP.replace(good, bad))
    main = judge.model.main
    assert "mv" not in closed_frames(main, judge.inference(main))


def test_a_branch_on_data_stays_unknown(ask):
    text = (
        "p = Placeholder : bool[]\nx = Placeholder : float32[2]\ns = Switch(x, p)\n"
        "a = Relu(s)\nb = Neg(s:1)\nm = Merge(a, b)\ny = Tanh(m)"
    )
    judge = ask(text)
    assert judge.node(judge.model.main, judge.model.main["s"]).status is Status.UNKNOWN


BRANCH = LOOP.replace(
    "vv = Neg(sv:1)",
    "half = Less(si:1, one)\nb = Switch(sv:1, half)\nleft = Neg(b)\nright = Relu(b:1)\n"
    "vv = Merge(left, right)",
)


@pytest.mark.parametrize("op", ["b", "vv"])
def test_a_branch_inside_a_closed_frame_is_part_of_it(ask, op):
    judge = ask(BRANCH)
    assert judge.node(judge.model.main, judge.model.main[op]).status is Status.SUPPORTED
    open_frame = ask(BRANCH.replace("cond = LoopCond(less)", "cond = Identity(less)"))
    assert open_frame.node(open_frame.model.main, open_frame.model.main[op]).status is (
        Status.UNKNOWN
    )


def test_a_branch_behind_a_loop_is_none_of_it(ask):
    behind = LOOP + "p = Placeholder : bool[]\nb = Switch(e, p)\nz = Relu(b:1)\n"
    judge = ask(behind)
    assert judge.node(judge.model.main, judge.model.main["b"]).status is Status.UNKNOWN


def test_fix_applies_a_rewrite_that_is_not_needed(tmp_path, check):
    check(LOOP)
    plain, asked = (
        api.fix(
            str(tmp_path / "model.pb"),
            None,
            target=NEW,
            options=api.FixOptions(verify=False, apply=codes),
        )
        for codes in ((), ("RWS101",))
    )
    ops = asked.after.results[0].op_types
    assert "LoopCond" not in ops
    assert "LoopCond" in plain.after.results[0].op_types


@pytest.mark.parametrize(
    ("axis", "rank", "status"),
    [(3, 4, Status.SUPPORTED), (-1, 4, Status.UNSUPPORTED), (1, 2, Status.UNSUPPORTED)],
)
def test_omg_takes_a_normalisation_as_one(ask, axis, rank, status):
    dims = "1,4,4,8" if rank == 4 else "1,8"
    text = f"""
    x = Placeholder : float32[{dims}]
    q = Square(x)
    k = Const : int32[] = {axis}
    s = Sum(q, k) {{keep_dims=true}}
    e = Const : float32[] = 0.0001
    m = Maximum(s, e)
    r = Rsqrt(m)
    y = Mul(x, r)
    """
    judge = ask(text, OMG)
    assert judge.node(judge.model.main, judge.model.main["y"]).status is status


def test_omg_counts_computed_sizes_as_constants(ask):
    text = """
    x = Placeholder : float32[1,4,4,8]
    s = Shape(x)
    b = Const : int32[1] = [1]
    e = Const : int32[1] = [3]
    o = Const : int32[1] = [1]
    hw = StridedSlice(s, b, e, o)
    two = Const : int32[] = 2
    size = Mul(hw, two)
    y = ResizeNearestNeighbor(x, size)
    """
    judge = ask(text, OMG)
    found = {node.name: one.status for _, node, one in judge.judgements()}
    assert set(found.values()) == {Status.SUPPORTED}


def test_omg_counts_negative_axes_from_the_front(ask):
    text = """
    x = Placeholder : float32[1,4,4,8]
    z = Placeholder : float32[1,4,4,2]
    a = Const : int32[] = -1
    y = ConcatV2(x, z, a)
    """
    judge = ask(text, OMG)
    assert judge.node(judge.model.main, judge.model.main["y"]).status is Status.SUPPORTED


def test_omg_reports_stand_beside_the_table(ask):
    text = """
    x = Placeholder : float32[1,4,4,2,4]
    p = Const : int32[5] = [0, 1, 2, 4, 3]
    t = Transpose(x, p)
    y = LeakyRelu(t)
    """
    judge = ask(text, OMG)
    main = judge.model.main
    assert judge.node(main, main["t"]).status is Status.UNSUPPORTED
    assert judge.node(main, main["y"]).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x:abc", "E10014"),
        ("x:", "E10014"),
        ("^x:abc", "E10014"),
        ("x:99999999999999", "E10013"),
        ("x:-1", "E18888"),
        ("x:5", "E18888"),
        ("gone:-1", ""),
        ("gone", ""),
    ],
)
def test_a_port_that_is_no_output_stops_the_parser(tmp_path, text, code):
    path = tmp_path / "model.pbtxt"
    dtype = "value { type: DT_FLOAT }"
    path.write_text(
        f'node {{ name: "x" op: "Placeholder" attr {{ key: "dtype" {dtype} }} '
        'attr { key: "shape" value { shape { dim { size: 2 } } } } }\n'
        f'node {{ name: "y" op: "Relu" input: "{text}" attr {{ key: "T" {dtype} }} }}\n'
    )
    for target, expected in ((NEW, code), (OMG, "")):
        report = api.check([str(path)], targets=[target]).results[0].targets[0]
        (found,) = (f for f in report.findings if f.code in ("GRF002", "GRF005"))
        assert (found.node, found.compiler_code) == ("y", expected)
        assert found.stage == ("parser" if expected else "")


MISTYPED = "x = Placeholder : int32[2]\ny = Relu(x) {T=float32}\nz = Relu(x) {T=int32}\n"


@pytest.mark.parametrize("target", [NEW, OMG])
def test_an_edge_that_tensorflow_alone_refuses_leaves_the_verdict_open(check, target):
    report = check(MISTYPED, target, outputs=[Value("y", 0)])
    assert [f.severity.value for f in report.findings if f.code == "GRF013"] == ["warning"]
    assert (report.verdict.value, _errors(report)) == ("uncertain", set())
    assert check(MISTYPED, target, outputs=[Value("z", 0)]).verdict.value != "uncertain"


def test_an_edge_that_inference_refuses_is_an_error(check):
    report = check("x = Placeholder : float32[2]\nk = Const : int32[] = 1\ny = Add(x, k)\n")
    assert ("DTY005", "y", "E89999") in _errors(report)
    assert report.verdict.value == "blocked"


def test_strings_as_an_input_leave_the_verdict_open_and_handles_do_not(check):
    text = "x = Placeholder : string[2]\ny = StringToHashBucketFast(x) {num_buckets=4}\n"
    assert check(text).verdict.value == "uncertain"
    handle = "v = Placeholder : resource[]\ny = ReadVariableOp(v) {dtype=float32}\n"
    assert ("IOX010", "v", "") in _errors(check(handle))


def test_a_cycle_stops_the_parser_where_it_is_read(check):
    cycle = X + "a = Add(x, b) {T=float32}\nb = Relu(a) {T=float32}\n"
    report = check(cycle)
    assert ("GRF003", "a", "E18888") in _errors(report)
    assert ("GRF003", "a", "") in _errors(check(cycle, outputs=[Value("y", 0)]))


SAVE = X + 'n = Const : string[] = "f"\ns = Save(n, n, x) {T=[float32]}\n'
ITERATOR = """
i = OneShotIterator {dataset_factory=@f, output_types=[float32], output_shapes=[shape(2)]}
g = IteratorGetNext(i) {output_types=[float32], output_shapes=[shape(2)]}
y = Relu(g)
"""


@pytest.mark.parametrize(("text", "node"), [(SAVE, "s"), (ITERATOR, "g")])
def test_a_prototype_without_a_plugin_has_no_place_for_a_list(check, text, node):
    found = ("GRF010", node, "E18888")
    assert found in _errors(check(text))
    assert found not in _errors(check(text, OMG))
    assert found not in _errors(check(text, PARTIAL))


def test_an_op_that_its_prototype_alone_stands_for_is_not_counted(check):
    digamma = "x = Placeholder : float32[2]\ny = Digamma {T=float32}\nz = Relu(x)\n"
    assert ("GRF010", "y", "E13014") not in _errors(check(digamma))
    assert ("GRF010", "y", "E13014") in _errors(check(digamma.replace("Digamma", "Relu")))


@pytest.mark.parametrize(
    ("sizes", "code"), [((-7, 3), "E19999"), ((-2, 3), ""), ((2**62, 4), "E18888")]
)
def test_sizes_that_are_none_stop_the_parser(tmp_path, sizes, code):
    path = tmp_path / "model.pbtxt"
    dims = " ".join(f"dim {{ size: {size} }}" for size in sizes)
    dtype = "value { type: DT_FLOAT }"
    path.write_text(
        f'node {{ name: "x" op: "Placeholder" attr {{ key: "dtype" {dtype} }} '
        f'attr {{ key: "shape" value {{ shape {{ {dims} }} }} }} }}\n'
        f'node {{ name: "y" op: "Relu" input: "x" attr {{ key: "T" {dtype} }} }}\n'
    )
    report = api.check([str(path)], targets=[NEW]).results[0].targets[0]
    assert ("GRF008", "x", code) in _errors(report)
    fed = api.check([str(path)], targets=[NEW], input_shapes={"x": (2, 3)}).results[0].targets[0]
    assert not _errors(fed)
