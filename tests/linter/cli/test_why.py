"""``omlint fix --why NODE``: what becomes of a node, and what every rewrite says of it."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from sample_graphs import write_graph

from linter import api
from linter.cli.main import main
from linter.graph import Value
from linter.judge import JudgeOptions
from linter.results.why import Kind

OMG = "omg@hilens-2021-09/Ascend310"
NET = """
x = Placeholder : float32[2,3]
shape = Placeholder : int32[2]
checked = CheckNumerics(x) {message="x"}
half = Const : float32[] = 0.5
sum = AddV2(checked, half)
size = Const : int32[2] = [2, 3]
draw = RandomUniform(size) {dtype=float32}
keep = Const : float32[] = 0.5
above = GreaterEqual(draw, keep)
mask = Cast(above) {SrcT=bool, DstT=float32}
scaled = Mul(sum, keep)
dropped = Mul(scaled, mask)
found = Where(dropped)
y = Cast(found) {SrcT=int64, DstT=float32}
dead = Neg(x)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "net.pb", NET)
    return tmp_path


def explanation(name, **options):
    judging = JudgeOptions(outputs=(Value("y"),))
    found = api.why(
        "net.pb", [name], target=OMG, judge_options=judging, options=api.FixOptions(**options)
    )
    return found.explanations[0]


def answers(name, **options):
    return {
        entry.rule: (entry.kind, entry.reason, entry.root)
        for entry in explanation(name, **options).answers
    }


def test_a_node_that_is_replaced(folder):
    found = explanation("sum")
    assert [(step.number, step.record.rule) for step in found.steps][-1][1] == "RWS010"
    assert found.before[0] == "AddV2"
    assert (found.after[0], found.after[1].status) == ("Add", "supported")
    assert not found.stays_unsupported


def test_a_node_that_is_removed(folder):
    found = explanation("checked")
    assert found.after is None
    assert [step.record.rule for step in found.steps] == ["RWD008"]


def test_a_dead_node_is_removed_because_nothing_reads_it(folder, capsys):
    found = explanation("dead")
    assert (found.after, found.is_needed) == (None, False)
    assert found.steps[0].record.rule == "RWD001"
    assert main(["fix", "net.pb", "--why", "dead", "--outputs", "y", "--target", OMG]) == 0
    assert "removed: no output needs it" in capsys.readouterr().out


def test_what_only_a_manual_rewrite_takes_is_withheld(folder):
    kind, reason, root = answers("draw")["RWD007"]
    assert (kind, root) == (Kind.WITHHELD, "dropped")
    assert "--unsafe-fixes" in reason
    assert answers("dropped")["RWD007"][0] is Kind.WITHHELD
    kind, reason, _ = answers("dropped")["RWD006"]
    assert kind is Kind.REFUSED
    assert "not a constant" in reason or "share of 0.5" in reason
    assert explanation("draw", unsafe=True).after is None


def test_what_is_left_out_says_so(folder):
    assert answers("sum", ignore=("RWS010",))["RWS010"][0] is Kind.NOT_SELECTED


def test_what_the_target_takes_needs_no_rewrite(folder):
    write_graph(
        folder / "net.pb", "x = Placeholder : float32[2]\nz = Cast(x) {DstT=bool}\ny = Add(x, x)"
    )
    found = explanation("y")
    assert found.before[1].status == "supported"
    assert not found.stays_unsupported


def test_the_nearest_miss_is_told(folder):
    write_graph(
        folder / "net.pb",
        "x = Placeholder : float32[2,3]\nw = Placeholder : float32[2,3]\n"
        "s = SparseTensorDenseMatMul(i, v, d, x) {T=float32}\ni = Placeholder : int64[1,2]\n"
        "v = Placeholder : float32[1]\nd = Placeholder : int64[2]\ny = FusedBatchNormV3(f, k, w)\n"
        "f = Placeholder : float32[1,2,2,3]\nk = Placeholder : float32[3]",
    )
    for entry in explanation("y").answers:
        if entry.kind is Kind.UNMATCHED:
            assert "y" in entry.reason
            assert "asked for" in entry.reason


def test_text(folder, capsys):
    arguments = [
        "fix",
        "net.pb",
        "--why",
        "sum",
        "--why",
        "found",
        "--why",
        "draw",
        "--outputs",
        "y",
    ]
    assert main([*arguments, "--target", OMG]) == 1
    out = capsys.readouterr().out
    assert "sum (AddV2)\n  judged   unsupported · decided at the stage parser · documented" in out
    assert "op 'AddV2' is not in the operator table of omg@hilens-2021-09/Ascend310" in out
    assert "becomes  replaced by Add, supported" in out
    assert "RWS010 add-v2 (exact): fired, change " in out
    assert "becomes  stays, unsupported" in out
    assert "--unsafe-fixes makes the withheld rewrite" in out
    assert sorted(path.name for path in folder.iterdir()) == ["net.pb"]


def test_quiet_is_one_line_a_node(folder, capsys):
    main(["fix", "net.pb", "--why", "sum", "--why", "checked", "-q", "--target", OMG])
    assert capsys.readouterr().out == "sum: replaced by Add, supported\nchecked: removed\n"


def test_exit_code_is_0_when_the_node_becomes_supported(folder, capsys):
    assert main(["fix", "net.pb", "--why", "sum", "--target", OMG]) == 0
    assert main(["fix", "net.pb", "--why", "x", "--target", OMG]) == 0
    assert main(["fix", "net.pb", "--why", "found", "--target", OMG]) == 1


def test_an_unknown_name_is_a_usage_error_with_near_matches(folder, capsys):
    assert main(["fix", "net.pb", "--why", "summ", "--target", OMG]) == 2
    err = capsys.readouterr().err
    assert "net.pb has no node 'summ'; near it: sum" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("other", [["--plan"], ["--diff"], ["-o", "out.pb"], ["--in-place"]])
def test_it_is_a_way_of_its_own(other, folder, capsys):
    assert main(["fix", "net.pb", "--why", "sum", *other]) == 2
    assert "--why" in capsys.readouterr().err


def test_a_node_of_a_function(folder, capsys):
    write_graph(
        folder / "net.pb",
        "x = Placeholder : float32[2]\ny = f(x)\n"
        'def f(a: float32[2]) -> (b: r:0):\n    n = CheckNumerics(a) {message=""}\n'
        "    r = Where(n)",
    )
    assert main(["fix", "net.pb", "--why", "f::r", "--target", OMG]) in (0, 1)
    assert "f::r (Where)" in capsys.readouterr().out
    assert main(["fix", "net.pb", "--why", "r", "--target", OMG]) == 2
    assert "near it: f::r" in capsys.readouterr().err


def test_what_is_left_is_asked_about_with_why_and_not_with_fix(folder, capsys):
    arguments = ["--outputs", "y:0", "--target", OMG, "--precision-mode", "force_fp32"]
    assert main(["fix", "net.pb", "--plan", *arguments]) == 1
    out = capsys.readouterr().out
    left = out[out.index("\nLeft\n") :]
    assert "`omlint fix`" not in left
    (line,) = (line for line in left.splitlines() if line.startswith("  next"))
    command = shlex.split(line.removeprefix("  next").partition("    (")[0])
    assert command[:3] == ["omlint", "fix", "net.pb"]
    assert "--unsafe-fixes makes what was withheld: RWD007" in left
    assert main(command[1:]) == 1
    assert "becomes  stays, unsupported" in capsys.readouterr().out


REFUSING = '''
from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op


class Located(RewriteRule):
    """Replace ``Where``.

    Exact: no.
    Shapes: any.
    Source: none.
    """

    id, name, safety = "RWU001", "located", Safety.EXACT
    pattern = op("Where", ...)
    examples = (Rewritten("", after=""), Untouched(""))

    def guard(self, m):
        return m.refuse("WORDS")

    def build(self, m, edit):
        return m.root
'''


@pytest.mark.parametrize(
    "words", ["manual work is needed", "its rounds are more than are tried out here"]
)
def test_what_follows_from_a_refusal_does_not_follow_from_its_words(folder, capsys, words):
    write_graph(folder / "net.pb", "x = Placeholder : bool[2]\nfound = Where(x)")
    Path("mine.py").write_text(REFUSING.replace("WORDS", words), "utf-8")
    arguments = ["net.pb", "--target", OMG, "--rules", "mine.py"]
    assert main(["fix", "--plan", *arguments]) == 1
    out = capsys.readouterr().out
    assert words in out
    assert "--unsafe-fixes" not in out
    assert main(["check", *arguments]) == 1
    assert "RWU001" not in capsys.readouterr().out
