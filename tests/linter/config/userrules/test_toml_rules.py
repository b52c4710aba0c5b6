"""TOML rule files: every action and condition, one sentence per fault, no traceback ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linter.config.userrules import load_rules
from linter.graph import Value
from linter.io import graphtext
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.results.errors import UsageError
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rewrite.example_runner import failure
from linter.rules.run_lint import run_lint

HEAD = """
[[rewrite]]
id = "RWU001"
name = "no-exp"
summary = "Replace Exp."
why = "it is so"
shapes = "T[...]"
source = "none"
safety = "exact"
"""
EXAMPLES = '''
[[rewrite.example]]
before = """
x = Placeholder : float32[2]
y = Exp(x)
"""
after = "x = Placeholder : float32[2]"
[[rewrite.example]]
before = "x = Placeholder : float32[2]"
untouched = ""
'''
LINT = """
[[lint]]
id = "USR001"
name = "wide-exp"
summary = "Flag Exp."
why = "it grows"
remedy = "scale {x} before {op}"
source = "none"
severity = "error"
message = "{node} of {x_dtype}{x_shape} on {target}, {{sic}}"
match = { op = "Exp", inputs = ["x"] }
[[lint.example]]
graph = "x = Placeholder : float32[2]\\ny = Exp(x)"
flagged = ["y"]
[[lint.example]]
graph = "x = Placeholder : float32[2]"
clean = true
"""
X = "x = Placeholder : float32[2,3]\n"


def _rules(folder: Path, text: str) -> Any:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return load_rules([str(path)])


def _rewritten(
    folder: Path,
    text: str,
    graph: str,
    *,
    lacking: str = "Exp",
    outputs: str = "",
    unsafe: bool = False,
) -> RewriteOutcome:
    rules = _rules(folder, HEAD + text + EXAMPLES)
    options = JudgeOptions({}, tuple(Value(name) for name in outputs.split()))
    return rewrite(
        rules.user_rewrites,
        graphtext.parse(graph),
        lambda m: synthetic_judge(m, options, lacking=tuple(lacking.split())),
        RewriteOptions(unsafe=unsafe),
    )


def _same(outcome: RewriteOutcome, wanted: str) -> None:
    assert graphtext.dump(outcome.model) == graphtext.dump(graphtext.parse(wanted))


# -- actions ---------------------------------------------------------------------------------------

NESTED = """
bypass = "x"
where = [{ value = "k", equals = 1 }, { attr = "squeeze_dims", one_of = [[1]] }]
[rewrite.match]
op = "Squeeze"
inputs = [{ op = "ExpandDims", inputs = ["x", { const = "k" }], as = "e" }]
"""


def test_bypass_of_a_nested_match(tmp_path: Path) -> None:
    graph = (
        X
        + "k = Const : int32[] = 1\ne = ExpandDims(x, k)\n"
        + "y = Squeeze(e) {squeeze_dims=[1]}\nz = Relu(y)"
    )
    outcome = _rewritten(tmp_path, NESTED, graph, lacking="Squeeze", outputs="z")
    _same(outcome, X + "z = Relu(x)")
    outcome = _rewritten(tmp_path, NESTED, graph.replace("= 1\n", "= 2\n"), lacking="Squeeze")
    assert [entry.reason for entry in outcome.refused] == ["k is 2, not 1"]


def test_retype_keeps_what_the_other_op_has(tmp_path: Path) -> None:
    text = 'match = { op = "BatchMatMulV2" }\nretype = "BatchMatMul"\n'
    graph = X + "z = Placeholder : float32[3,2]\ny = BatchMatMulV2(x, z) {adj_x=true}\nr = Relu(y)"
    outcome = _rewritten(tmp_path, text, graph, lacking="BatchMatMulV2", outputs="r")
    assert [made.root for made in outcome.rewrites] == ["y"]
    node = outcome.model.main["y"]
    assert (node.op, node.attrs["adj_x"]) == ("BatchMatMul", True)


def test_a_change_of_attributes_makes_a_node_of_the_same_name(tmp_path: Path) -> None:
    text = 'match = { op = "LeakyRelu" }\ndrop_attrs = ["_mark"]\nset_attrs = { alpha = 0.5 }\n'
    text += "always = true\n"
    graph = X + "y = LeakyRelu(x) {alpha=0.25, _mark=1}\nr = Relu(y)"
    outcome = _rewritten(tmp_path, text, graph, lacking="", outputs="r")
    _same(outcome, X + "y = LeakyRelu(x) {alpha=0.5}\nr = Relu(y)")
    assert len(outcome.rewrites) == 1
    assert not outcome.refused


def test_delete_takes_what_only_it_needs(tmp_path: Path) -> None:
    text = 'match = { op = "Print" }\ndelete = true\n'
    graph = X + "a = Abs(x)\np = Print(a, a)\ny = Relu(x, ^p)"
    outcome = _rewritten(tmp_path, text, graph, lacking="Print", outputs="y")
    _same(outcome, X + "y = Relu(x)")
    idle = _rewritten(tmp_path, text, graph, lacking="", outputs="y")
    assert (idle.rewrites, idle.refused) == ((), ())
    read = _rewritten(tmp_path, text, graph.replace("x, ^p", "p"), lacking="Print", outputs="y")
    assert ["depends on it" in entry.reason for entry in read.refused] == [True]


def test_delete_honours_conditions_and_safety(tmp_path: Path) -> None:
    graph = X + "p = Print(x, x)\ny = Relu(x, ^p)"
    text = 'match = { op = "Print", inputs = ["a", "b"] }\ndelete = true\n'
    where = 'where = [{ value = "a", rank = 4 }]\n'
    outcome = _rewritten(tmp_path, text + where, graph, lacking="Print", outputs="y")
    assert [entry.reason for entry in outcome.refused] == ["the rank of a is 2, not 4"]
    manual = HEAD.replace("exact", "manual") + text + EXAMPLES
    rules = _rules(tmp_path, manual).user_rewrites
    for unsafe in (False, True):
        outcome = rewrite(
            rules,
            graphtext.parse(graph),
            lambda m: synthetic_judge(m, JudgeOptions({}, (Value("y"),)), lacking=("Print",)),
            RewriteOptions(unsafe=unsafe),
        )
        assert bool(outcome.rewrites) is unsafe


TEMPLATE = """
match = { op = "FancyClip", inputs = ["x", { const = "k" }] }
replace = '''
low = Const : $x.dtype[] = $root.attr.low
shape = Const : int32 = $x.shape
high = Fill(shape, $k)
most = Minimum($x, high)   # "$x" in quotes stays
least = Maximum(most, low)
-> least, high
'''
"""


def test_replace_fills_in_what_is_known(tmp_path: Path) -> None:
    graph = (
        X
        + "k = Const : float32[] = 6.5\ny = FancyClip(x, k) {low=-1.5}\n"
        + "r = Relu(y) {T=float32}\ns = Abs(y:1) {T=float32}"
    )
    outcome = _rewritten(tmp_path, TEMPLATE, graph, lacking="FancyClip", outputs="r s")
    wanted = (
        X
        + "k = Const : float32[] = 6.5\n"
        + "y/low = Const : float32[] = -1.5\n"
        + "y/shape = Const : int32[2] = [2, 3]\n"
        + "y/high = Fill(y/shape, k)\n"
        + "y/most = Minimum(x, y/high)\n"
        + "y = Maximum(y/most, y/low)\n"
        + "r = Relu(y)\n"
        + "s = Abs(y/high)"
    )
    _same(outcome, wanted)


def test_replace_refuses_what_is_not_known(tmp_path: Path) -> None:
    graph = "x = Placeholder : float32[?,3]\nk = Const : float32[] = 6.5\n"
    graph += "y = FancyClip(x, k) {low=-1.5}\nr = Relu(y)"
    outcome = _rewritten(tmp_path, TEMPLATE, graph, lacking="FancyClip", outputs="r")
    assert [entry.reason for entry in outcome.refused] == ["the shape of x is not known"]
    graph = graph.replace("?", "2").replace(" {low=-1.5}", "")
    outcome = _rewritten(tmp_path, TEMPLATE, graph, lacking="FancyClip", outputs="r")
    assert [entry.reason for entry in outcome.refused] == ["FancyClip has no attribute 'low' here"]


def test_a_result_may_be_a_value_of_the_match(tmp_path: Path) -> None:
    text = """
match = { op = "Pass2", inputs = ["x", "z"] }
replace = '''
sum = Add($x, $z)
-> sum, $z
'''
"""
    graph = X + "z = Abs(x)\ny = Pass2(x, z)\nr = Relu(y) {T=float32}\ns = Neg(y:1) {T=float32}"
    outcome = _rewritten(tmp_path, text, graph, lacking="Pass2", outputs="r s")
    _same(outcome, X + "z = Abs(x)\ny = Add(x, z)\nr = Relu(y)\ns = Neg(z)")


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ('value = "x", dtype = "float32"', None),
        ('value = "x", dtype = ["int32", "int64"]', "x is float32, not int32 or int64"),
        ('value = "root", rank = [1, 3]', "the rank of the result is 2, not 1 or 3"),
        ('value = "x", shape = [2, "?"]', None),
        ('value = "x", shape = [2, 4]', "the shape of x is [2, 3], not [2, 4]"),
        ('value = "x", shape = [2]', "the shape of x is [2, 3], not [2]"),
        ('value = "x", static = true', None),
        ('value = "k", equals = 0.1', None),
        ('value = "k", equals = [0.1, 0.1]', None),
        ('value = "k", equals = [0.1]', "k is 0.10000000149011612, 0.10000000149011612, not 0.1"),
        ('value = "k", equals = "a"', "k is 0.10000000149011612, 0.10000000149011612, not a"),
        ('value = "x", equals = 1', "the value of x is not known"),
        ('value = "k", min = 0, max = 1', None),
        ('value = "k", min = 0.5', "k is 0.1, not 0.5 or more"),
        ('value = "k", max = 0', "k is 0.1, not at most 0"),
        ('value = "x", readers = 2', None),
        ('value = "x", readers = 1', "x has 2 readers, not 1"),
        ('value = "root", readers = 0', "the result is an output of the model"),
        ('attr = "alpha", min = 0.2, max = 0.3', None),
        ('attr = "alpha", max = 0.1', "alpha is 0.25, not at most 0.1"),
        ('attr = "alpha", one_of = [0.25, 0.5]', None),
        ('attr = "alpha", one_of = [1.5]', "alpha is 0.25, not 1.5"),
        ('attr = "data_format", of = "b", one_of = ["NCHW"]', "data_format is 'NHWC', not 'NCHW'"),
    ],
)
def test_conditions(tmp_path: Path, where: str, reason: str | None) -> None:
    if '"k"' in where:
        match = 'op = "Mul", inputs = ["x", { const = "k" }]'
        graph = "x = Placeholder : float32[2,2]\nk = Const : float32[2] = 0.1\ny = Mul(x, k)\n"
    else:
        bias = '{ op = "BiasAdd", as = "b", inputs = ["x", "_"] }'
        match = f'op = "LeakyRelu", inputs = [{bias}]'
        graph = X + "q = Const : float32[3] = 0.0\nb = BiasAdd(x, q)\n"
        graph += "y = LeakyRelu(b) {alpha=0.25}\n"
    text = f'match = {{ {match} }}\nbypass = "x"\nwhere = [{{ {where} }}]\n'
    outcome = _rewritten(
        tmp_path, text, graph + "z = Abs(x)", lacking="LeakyRelu Mul", outputs="y z"
    )
    if reason is None:
        assert len(outcome.rewrites) == 1
    else:
        assert [entry.reason for entry in outcome.refused] == [reason]


@pytest.mark.parametrize(
    ("attrs", "fits"),
    [
        ("alpha = 0.2", True),
        ("alpha = 0.3", False),
        ("T = 'float32'", True),
        ("T = 'float16'", False),
        ("alpha = 0.2, T = 'float32'", True),
    ],
)
def test_attributes_match_with_defaults(tmp_path: Path, attrs: str, fits: bool) -> None:
    text = (
        f'match = {{ op = "LeakyRelu", inputs = ["x"], attrs = {{ {attrs} }} }}\nretype = "Relu"\n'
    )
    outcome = _rewritten(tmp_path, text, X + "y = LeakyRelu(x)", lacking="LeakyRelu")
    assert bool(outcome.rewrites) is fits


def test_inputs_in_any_order_and_the_rest(tmp_path: Path) -> None:
    text = (
        'match = { op = "Mul", inputs = ["x", { const = "k" }], any_order = true }\nbypass = "x"\n'
    )
    graph = X + "k = Const : float32[] = 1.0\ny = Mul(k, x)\nz = Relu(y)"
    _same(_rewritten(tmp_path, text, graph, lacking="Mul", outputs="z"), X + "z = Relu(x)")
    text = 'match = { op = "AddN", inputs = ["a", "..."] }\nbypass = "a"\n'
    graph = X + "y = AddN(x, x, x)\nz = Relu(y)"
    _same(_rewritten(tmp_path, text, graph, lacking="AddN", outputs="z"), X + "z = Relu(x)")


def test_lint_rules_flag_live_nodes(tmp_path: Path) -> None:
    (rule,) = _rules(tmp_path, LINT).user_lint
    judge = synthetic_judge(
        graphtext.parse(X + "a = Exp(x)\ndead = Exp(x)\ny = Relu(a)"),
        JudgeOptions({}, (Value("y"),)),
    )
    (found,) = run_lint([rule], judge).findings
    assert (found.code, found.node, found.severity) == ("USR001", "a", "error")
    assert found.message == "a of float32[2,3] on synthetic@1/none, {sic}"
    assert found.remedy == "scale x before Exp"
    assert [failure(rule, example) for example in rule.examples] == [None, None]


def test_lint_rules_may_look_at_answers(tmp_path: Path) -> None:
    text = LINT.replace("message =", 'answers = "unsupported"\nmessage =')
    (rule,) = _rules(tmp_path, text).user_lint
    for lacking, count in (((), 0), (("Exp",), 1)):
        judge = synthetic_judge(graphtext.parse(X + "a = Exp(x)"), lacking=lacking)
        assert len(run_lint([rule], judge).findings) == count


# -- faults ----------------------------------------------------------------------------------------

GOOD = HEAD + 'match = { op = "Exp", inputs = ["x"] }\nbypass = "x"\n' + EXAMPLES


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[rewrite]]", "x = 1\n[[rewrite]]", "unknown key 'x'; known: lint, rewrite"),
        ("[[rewrite]]", "lnt = 1\n[[rewrite]]", "unknown key 'lnt'; did you mean 'lint'?"),
        ("[[rewrite]]", "[[rewrites]]", "rewrite: {"),
        ("[[rewrite]]", "[rewrite]", "is not a list of tables ([[rewrite]])"),
        ('name = "no-exp"', "", "rewrite[1]: name is missing"),
        ("name =", "nam =", "rewrite[1]: name is missing; is it meant by 'nam'?"),
        ("bypass =", "bypas =", "rewrite[1]: a rewrite has one action"),
        ('bypass = "x"', 'bypass = "x"\ndelete = true', "given: bypass, delete"),
        (
            'bypass = "x"',
            'bypass = "q"',
            "rewrite[1].bypass: the match does not bind 'q'; it binds x",
        ),
        ('bypass = "x"', "delete = false", "delete can only be true"),
        ('bypass = "x"', "bypass = 3", "rewrite[1].bypass: 3 is not a text"),
        (
            'bypass = "x"',
            'bypass = "x"\nalwys = true',
            "unknown key 'alwys'; did you mean 'always'?",
        ),
        ('"RWU001"', '"RWU1"', "rewrite[1].id: 'RWU1' is not three capital letters"),
        ('"RWU001"', '"RWS001"', "the id RWS001 of 'no-exp' is kept for built-in rules"),
        ('"RWU001"', '"USR001"', "id 'USR001' is of no known family"),
        ('"no-exp"', '"No Exp"', "'No Exp' is not small words joined by hyphens"),
        ('"no-exp"', '"add-v2"', "of a built-in rule"),
        ('"exact"', '"precise"', "'precise' is not one of exact, tolerance, manual"),
        ('"exact"', '"tolerance"', "RWU001: rtol or atol go with safety tolerance"),
        ('"exact"', '"exact"\nrtol = "a"', "rewrite[1].rtol: 'a' is not a number"),
        ('"exact"', '"exact"\nrtol = true', "rewrite[1].rtol: True is not a number"),
        ('op = "Exp"', 'opp = "Exp"', "rewrite[1].match: op is missing; is it meant by 'opp'?"),
        ('op = "Exp"', 'op = "Exp", input = ["x"]', "unknown key 'input'; did you mean 'inputs'?"),
        ('op = "Exp"', "op = 3", "rewrite[1].match.op: 3 is not a text or a list of texts"),
        ('op = "Exp"', "op = []", "no op type is named"),
        ('op = "Exp"', 'op = "E xp"', "'E xp' is not an op type"),
        ('["x"]', '"x"', "rewrite[1].match.inputs: 'x' is not a list"),
        ('["x"]', '["..", "x"]', "'..' cannot be the name of a value"),
        ('["x"]', '["...", "x"]', '"..." takes the rest'),
        ('["x"]', '["root"]', "'root' cannot be the name"),
        ('["x"]', "[3]", "rewrite[1].match.inputs[1]: 3 is neither a name nor a table"),
        ('["x"]', '[{ const = "k", op = "Exp" }]', "unknown key 'op'"),
        ('["x"]', '[{ op = "Exp", output = -1 }]', "-1 is not the number of an output"),
        ('["x"]', '["x"], any_order = true', "only two inputs"),
        ('["x"]', '["x"], attrs = { axis = 1 }', "Exp has no attribute 'axis'; it has T"),
        ('["x"]', '["x"], attrs = { T = "flaot" }', "match.attrs.T: 'flaot' is not a dtype"),
        ('["x"]', '["x"], attrs = { T = "string" }', "'string' is not one of"),
        ("bypass", 'retype = "Sqrt"\nset_attrs = { axis = 1 }\n#', "Sqrt has no attribute 'axis'"),
        ("bypass", 'drop_attrs = ["Tt"]\n#', "Exp has no attribute 'Tt'; did you mean 'T'?"),
        ("bypass", "where = [{}]\nbypass", "about either a value or an attr"),
        ("bypass", 'where = [{ value = "q" }]\nbypass', "binds no 'q'; it binds root, x"),
        ("bypass", 'where = [{ value = "x" }]\nbypass', "nothing is asked"),
        ("bypass", 'where = [{ value = "x", rnk = 1 }]\nbypass', "did you mean 'rank'?"),
        ("bypass", 'where = [{ value = "x", rank = "a" }]\nbypass', "'a' is not a rank"),
        ("bypass", 'where = [{ value = "x", shape = 1 }]\nbypass', "1 is not a list of sizes"),
        ("bypass", 'where = [{ value = "x", shape = [-1] }]\nbypass', "-1 is not a size"),
        ("bypass", 'where = [{ value = "x", dtype = 1 }]\nbypass', "1 is not a text"),
        ("bypass", 'where = [{ value = "x", dtype = "f" }]\nbypass', "'f' is not a dtype"),
        ("bypass", 'where = [{ value = "x", equals = {} }]\nbypass', "not a number, a text"),
        (
            "bypass",
            'where = [{ value = "x", readers = -1 }]\nbypass',
            "-1 is not a number of readers",
        ),
        ("bypass", 'where = [{ value = "x", static = false }]\nbypass', "only be asked to be true"),
        ("bypass", 'where = [{ attr = "axis", min = 1 }]\nbypass', "Exp has no attribute 'axis'"),
        ("bypass", 'where = [{ attr = "T", one_of = 1 }]\nbypass', "1 is not a list"),
        (
            "bypass",
            'where = [{ attr = "T", one_of = [1] }]\nbypass',
            "one_of[1].T: 1 is not a dtype",
        ),
        ("bypass", "where = 1\nbypass", "1 is not a list of tables"),
        ("bypass", 'replace = ""\n#', "there is no node in it"),
        ("bypass", 'replace = "y = "\n#', "rewrite[1].replace: line 1"),
        ("bypass", 'replace = "y = Relu(x)"\n#', "y reads 'x', which is no line above"),
        ("bypass", 'replace = "y = Relu($q)"\n#', "binds no 'q'; it binds root, x"),
        ("bypass", 'replace = "y = Relu($root)"\n#', "$root would read the node that goes"),
        ("bypass", 'replace = "y = Relu($x.size)"\n#', "what can be asked is dtype, shape, rank"),
        ("bypass", 'replace = "y = Relu($x:1)"\n#', "y reads $x:1: a name of the match is one"),
        ("bypass", 'replace = "y = Relu($x)\\n-> $x:1"\n#', "'$x:1' names no node"),
        ("bypass", 'replace = "y = Relu($x, ^$x)"\n#', "control inputs and devices"),
        ("bypass", 'replace = "y = Relu($x)\\ny = Abs($x)"\n#', "two nodes are called 'y'"),
        ("bypass", 'replace = "y = Relu($x)\\n-> z"\n#', "'z' names no node"),
        ("bypass", 'replace = "y = Const : float32"\n#', "a Const has a value"),
        ("after =", "aftr =", "rewrite[1].example[1]: an example has either after"),
        ("y = Exp(x)", "y = Exp(x", "rewrite[1].example[1].before: line"),
        ("untouched =", "lacking = 3\nuntouched =", "lacking: 3 is not a text or a list of texts"),
        ("untouched =", 'outputs = "a:b"\nuntouched =', "'a:b' is not NAME or NAME:INDEX"),
        ("untouched =", "input_shapes = { x = 3 }\nuntouched =", "input_shapes.x: 3 is not a list"),
        ("untouched =", 'input_shapes = { x = ["a"] }\nuntouched =', "a list of whole numbers"),
        ('untouched = ""', 'after = "x = Placeholder"', "RWU001: no Untouched example"),
    ],
)
def test_faults_name_the_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        _rules(tmp_path, GOOD.replace(old, new, 1))
    text = str(caught.value)
    assert said in text, text
    assert text.startswith(str(tmp_path / "mine.toml"))
    assert "\n" not in text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{node} of", "{nod} of", "lint[1].message: no field {nod}; there are node, op"),
        ("{node} of", "{node of", "lint[1].message"),
        ("{node} of", "node} of", "a brace stands alone"),
        ("{node} of", "{node!r} of", "no field {node!r}"),
        ("{node} of", "{x.__class__} of", "no field {x.__class__}"),
        ('"error"', '"bad"', "'bad' is not one of error, warning, info"),
        ("clean = true", "clean = false", "clean can only be true"),
        ("clean = true", "clear = true", "either flagged, a list of nodes, or clean"),
        ("message =", 'answers = "no"\nmessage =', "'no' is not one of supported"),
        ("message =", "bypass = 'x'\nmessage =", "unknown key 'bypass'"),
        ('why = "it grows"', 'why = " "', "lint[1].why: it is empty"),
        ('"USR001"', '"RWU001"', "id 'RWU001' is of no known family"),
    ],
)
def test_faults_of_lint_rules(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in LINT
    with pytest.raises(UsageError) as caught:
        _rules(tmp_path, LINT.replace(old, new, 1))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = [", "not TOML: "),
        (b"a = 1\na = 2\nb = 3\n", "line 2, column"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a = " + b"[" * 5000, "not TOML"),
        (b"", "declares no rule"),
        (b"# nothing", "declares no rule"),
        (b"rewrite = 3", "rewrite: 3 is not a list of tables"),
        (b"a = 99999-01-01", "not TOML"),
    ],
)
def test_files_that_are_no_rule_file(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        load_rules([str(path)])


_LINES = (
    GOOD + LINT + HEAD.replace("001", "002").replace("no-exp", "b") + TEMPLATE + EXAMPLES
).split("\n")
_VALUES = """
1
-1
1.5
nan
inf
true
""
"x"
"$"
"{"
[]
{}
[[]]
[1, 'a']
{ op = [] }
{ op = 'Exp', inputs = [{}] }
[{ value = 'x', equals = nan }]
[{ value = 'x', equals = 1, shape = [], rank = [] }]
[{ attr = 'T', one_of = [] }]
1979-05-27
9223372036854775808
"y = Exp($x.value)"
"y = Exp($x)"
{ a.b.c = 1 }
"\\u0000"
"def f():"
"""
_ODD = st.sampled_from(_VALUES.strip().split("\n"))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_file_makes_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    """A sound file with some values exchanged, lines moved, doubled or lost."""
    lines = list(_LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["value", "drop", "double", "move"]))
        if kind == "value" and " = " in lines[place]:
            key = lines[place].split(" = ")[0]
            lines[place] = f"{key} = {data.draw(_ODD)}"
        elif kind == "drop":
            del lines[place]
        elif kind == "double":
            lines.insert(place, lines[place])
        else:
            lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(place))
    folder = tmp_path_factory.getbasetemp()
    try:
        rules = _rules(folder, "\n".join(lines))
    except UsageError as err:
        assert "\n" not in str(err)  # noqa: PT017
        return
    for rule in rules.user:
        for example in rule.examples:
            failure(rule, example)
