"""``--rules`` on every command that runs rules, and ``omlint rules --test``."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from sample_graphs import write_graph

from linter.cli.main import main
from linter.io.reader import load

OMG = ["--target", "omg@hilens-2021-09/Ascend310"]
GRAPH = """
x = Placeholder : float32[2,3]
clip = FancyClip(x) {T=float32, low=-0.5}
relu = Relu(clip) {T=float32}
"""
RULES = '''
[[lint]]
id = "USR001"
name = "fancy-clip-here"
summary = "Flag a FancyClip."
why = "it is ours"
remedy = "train without {op}"
source = "our notes"
severity = "warning"
message = "{node} clips {x}"
match = { op = "FancyClip", inputs = ["x"] }
[[lint.example]]
graph = "x = Placeholder : float32[2]\\ny = FancyClip(x)"
flagged = ["y"]
[[lint.example]]
graph = "x = Placeholder : float32[2]"
clean = true

[[rewrite]]
id = "RWU001"
name = "fancy-clip"
summary = "Replace ``FancyClip(x)`` by ``Maximum``."
why = "the kernel computes just that"
shapes = "T[...] in and out"
source = "our notes"
safety = "exact"
match = { op = "FancyClip", inputs = ["x"] }
replace = """
low = Const : $x.dtype[] = $root.attr.low
least = Maximum($x, low)
"""
[[rewrite.example]]
before = """
x = Placeholder : float32[2]
y = FancyClip(x) {low=1.5}
"""
after = """
x = Placeholder : float32[2]
y/low = Const : float32[] = 1.5
y = Maximum(x, y/low)
"""
lacking = ["FancyClip"]
[[rewrite.example]]
before = "x = Placeholder : float32[2]\\ny = FancyClip(x)"
untouched = "no attribute 'low' here"
lacking = ["FancyClip"]
'''
EQUAL = '''
[[rewrite]]
id = "RWU002"
name = "leaky-mul"
summary = "Replace ``LeakyRelu(x)``."
why = "same numbers"
shapes = "T[...]"
source = "none"
safety = "exact"
match = { op = "LeakyRelu", inputs = ["x"] }
replace = """
share = Const : $x.dtype[] = $root.attr.alpha
part = Mul($x, share)
most = Maximum($x, part)
"""
[[rewrite.example]]
before = "x = Placeholder : float32[2,?]\\ny = LeakyRelu(x) {alpha=0.25}"
after = """
x = Placeholder : float32[2,?]
y/share = Const : float32[] = 0.25
y/part = Mul(x, y/share)
y = Maximum(x, y/part)
"""
lacking = ["LeakyRelu"]
[[rewrite.example]]
before = "x = Placeholder : float32[2]\\ny = LeakyRelu(x)"
untouched = ""
'''
ROOT = Path(__file__).resolve().parents[3]
ENDLESS = '''
from linter.rules.examples import Rewritten, Untouched
from linter.results.finding import Safety
from linter.rules.match import op, var
from linter.rules import RewriteRule


class EndlessClip(RewriteRule):
    """Replace FancyClip, some day.

    Exact: never.
    Shapes: T[...]
    Source: none.
    """

    id, name, safety = "RWU009", "endless-clip", Safety.EXACT
    pattern = op("FancyClip", var("x"))
    examples = (Rewritten("", after=""), Untouched(""))

    def build(self, m, edit):
        while True:
            pass
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "fancy.pb", GRAPH)
    (tmp_path / "mine.toml").write_text(RULES, "utf-8")
    return tmp_path


def test_check_runs_the_lint_rules_and_plans_the_rewrites(folder: Path, capsys) -> None:
    code = main(["check", "fancy.pb", *OMG, "--rules", "mine.toml", "--format", "json"])
    assert code == 1
    (target,) = json.loads(capsys.readouterr().out)["results"][0]["targets"]
    found = {entry["code"]: entry for entry in target["findings"]}
    assert found["USR001"]["message"] == "clip clips x"
    assert found["USR001"]["severity"] == "warning"
    assert found["OPS001"]["fix"] == {"rule": "RWU001", "safety": "exact"}


def test_the_library_takes_them_too(folder: Path) -> None:
    from linter import api

    rules = api.load_rules(["mine.toml"])
    report = api.check(["fancy.pb"], targets=OMG[1:], rules=rules)
    codes = {finding.code for finding in report.results[0].targets[0].findings}
    assert "USR001" in codes
    plan = api.fix("fancy.pb", None, target=OMG[1], options=api.FixOptions(rules=rules))
    assert [made.rule for made in plan.rewrites] == ["RWU001"]


def test_the_next_step_repeats_the_rules(folder: Path, capsys) -> None:
    main(["check", "fancy.pb", *OMG, "--rules", "mine.toml"])
    step = f"omlint fix fancy.pb -o fancy.fixed.pb {' '.join(OMG)} --rules mine.toml"
    assert step in capsys.readouterr().out
    Path("omlint.toml").write_text('rules = ["mine.toml"]', "utf-8")
    main(["check", "fancy.pb", *OMG])
    assert step.removesuffix(" --rules mine.toml") + "\n" in capsys.readouterr().out


def test_texts_of_a_user_rule_stay_as_they_are_in_another_language(folder: Path, capsys) -> None:
    main(["check", "fancy.pb", *OMG, "--rules", "mine.toml", "--lang", "zh"])
    out = capsys.readouterr().out
    assert "clip clips x" in out
    assert "train without FancyClip" in out


def test_fix_makes_the_rewrites_and_names_them(folder: Path, capsys) -> None:
    arguments = ["fix", "fancy.pb", "-o", "out.pb", *OMG, "--no-verify"]
    assert main([*arguments, "--rules", "mine.toml"]) == 0
    assert "RWU001 fancy-clip (exact)" in capsys.readouterr().out
    assert [node.op for node in load("out.pb").main] == ["Placeholder", "Const", "Maximum", "Relu"]
    record = json.loads(Path("out.pb.rewrites.json").read_text("utf-8"))
    assert [made["rule"] for made in record["rewrites"]] == ["RWU001"]
    assert main([*arguments]) == 1
    assert main([*arguments, "--rules", "mine.toml", "--ignore", "RWU"]) == 1
    assert main([*arguments, "--ignore", "RWU"]) == 2


def test_plan_names_the_rule(folder: Path, capsys) -> None:
    assert main(["fix", "fancy.pb", "--plan", *OMG, "--rules", "mine.toml"]) == 1
    assert "RWU001 fancy-clip (exact)" in capsys.readouterr().out


def test_convert_takes_rules(folder: Path, capsys) -> None:
    code = main(
        ["convert", "fancy.pb", "-o", "om", *OMG, "--rules", ".", "--dry-run", "--no-verify"]
    )
    assert code == 0
    assert "RWU001 fancy-clip" in capsys.readouterr().out


def test_rules_lists_and_explains_them(folder: Path, capsys) -> None:
    assert main(["rules", "--rules", "mine.toml"]) == 0
    assert "RWU001  exact" in capsys.readouterr().out
    assert main(["rules", "--rules", "mine.toml", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)["rules"]
    own = [entry for entry in listed if not entry["built_in"]]
    assert [(entry["id"], entry["kind"]) for entry in own] == [
        ("USR001", "lint"),
        ("RWU001", "rewrite"),
    ]
    assert own[1]["title"] == "Replace FancyClip(x) by Maximum."
    assert main(["explain", "fancy-clip", "--rules", "mine.toml"]) == 0
    assert "the kernel computes just that" in capsys.readouterr().out
    assert main(["explain", "LeakyRelu", "--rules", "mine.toml"]) == 0


def test_examples_are_run(folder: Path, capsys) -> None:
    assert main(["rules", "--test", "mine.toml"]) == 0
    out = capsys.readouterr().out
    assert "example 1, rewritten: numbers not compared: FancyClip is no op of TensorFlow" in out
    assert "2 rules, 4 examples: all hold" in out


def test_an_example_that_fails_shows_the_difference(folder: Path, capsys) -> None:
    text = RULES.replace("y = Maximum(x, y/low)", "y = Minimum(x, y/low)")
    Path("mine.toml").write_text(text.replace("no attribute 'low'", "no attribute 'high'"), "utf-8")
    assert main(["rules", "--test", "mine.toml"]) == 1
    out = capsys.readouterr().out
    assert "-y = Minimum(x, y/low)\n      +y = Maximum(x, y/low)" in out
    assert 'not for "no attribute' in out
    assert "2 failed" in out
    assert main(["rules", "--test", "mine.toml", "--format", "json"]) == 1
    (_, rewrite) = json.loads(capsys.readouterr().out)["rules"]
    assert [entry["ok"] for entry in rewrite["examples"]] == [False, False]


@pytest.mark.tf
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="needs tensorflow")
def test_numbers_are_compared(folder: Path, capsys) -> None:
    wrong = EQUAL.replace("RWU002", "RWU003").replace("leaky-mul", "leaky-min")
    wrong = wrong.replace("Maximum", "Minimum")
    Path("numbers.toml").write_text(EQUAL + wrong, "utf-8")
    assert main(["rules", "--test", "numbers.toml"]) == 1
    out = capsys.readouterr().out
    assert "ok     example 1, rewritten: numbers equal, largest difference 0" in out
    assert "the numbers differ: y:0 by" in out
    assert "1 failed" in out


def test_without_tensorflow_the_examples_still_run(folder: Path, capsys, monkeypatch) -> None:
    from linter.config.userrules import trial
    from linter.results.errors import MissingExtraError

    def missing() -> None:
        raise MissingExtraError("TensorFlow is not installed")

    monkeypatch.setattr(trial, "require_tensorflow", missing)
    Path("numbers.toml").write_text(EQUAL, "utf-8")
    assert main(["rules", "--test", "numbers.toml"]) == 0
    assert "numbers not compared: TensorFlow is not installed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["check", "fancy.pb", "--rules", "gone.toml"],
            "there is no rule file or folder gone.toml",
        ),
        (["rules", "mine.toml"], "FILE goes with --test"),
        (["rules", "--test"], "--test needs a FILE"),
        (["rules", "--test", "bad.toml"], "bad.toml: rewrite[1]: safety is missing"),
        (["fix", "fancy.pb", "--plan", "--rules", "bad.py"], "bad.py:1: invalid syntax"),
        (["explain", "RWU001", "--rules", "bad.toml"], "bad.toml: rewrite[1]: safety is missing"),
    ],
)
def test_faults_are_one_sentence_and_exit_2(folder: Path, capsys, arguments, said) -> None:
    Path("bad.toml").write_text("[[rewrite]]", "utf-8")
    Path("bad.py").write_text("def f(:", "utf-8")
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("omlint: error: ")
    assert said in err
    assert err.count("\n") == 1


def test_a_rule_that_does_not_come_back_ends_with_3_and_writes_nothing(
    folder: Path, capsys
) -> None:
    Path("endless.py").write_text(ENDLESS, "utf-8")
    arguments = ["fix", "fancy.pb", "-o", "out.pb", *OMG, "--rules", "endless.py"]
    assert main([*arguments, "--rule-timeout", "1", "--no-verify"]) == 3
    err = capsys.readouterr().err
    assert "rule RWU009 at node 'clip' did not come back within 1 s (--rule-timeout)" in err
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith("out")) == []


def test_a_rule_that_ends_the_process_is_a_crash(folder: Path, capsys) -> None:
    text = ENDLESS.replace("        while True:\n            pass", "        raise SystemExit(0)")
    Path("leaver.py").write_text(text, "utf-8")
    arguments = ["fix", "fancy.pb", "-o", "out.pb", *OMG, "--rules", "leaver.py", "--no-verify"]
    assert main(arguments) == 3
    assert "rule RWU009 crashed at node 'clip': " in capsys.readouterr().err
    assert not Path("out.pb").exists()


CALLS = {
    "a loop": ("while True:\n            pass", "did not come back within 1 s (--rule-timeout)"),
    "a fault in C": ("import ctypes; ctypes.string_at(0)", "ended its process by SIGSEGV"),
    "an exit": ("import os; os._exit(0)", "ended its process with status 0"),
}
ENDING = '''
from linter.rules.examples import Clean, Flagged
from linter.results.finding import Severity
from linter.rules import LintRule


class {name}(LintRule):
    """Flag FancyClip.

    Why: none.
    Remedy: none.
    Source: none.
    """

    id, name, severity = "{code}", "{lower}", Severity.WARNING
    messages = {{"seen": "seen"}}
    visits = ("FancyClip",)
    examples = (
        Clean("x = Placeholder : float32[2]"),
        Flagged("x = Placeholder : float32[2]\\ny = FancyClip(x)", at=("y",)),
    )

    def check(self, node, ctx):
        {body}
        yield self.finding(node, "seen")
'''


def _both_rules(body: str) -> None:
    bad = ENDING.format(name="Bad", lower="bad", code="USR008", body=body)
    good = ENDING.format(name="Good", lower="good", code="USR009", body="pass")
    rewrite = ENDLESS.replace("while True:\n            pass", body)
    Path("ending.py").write_text(bad + good + rewrite, "utf-8")


@pytest.mark.parametrize("kind", CALLS)
def test_check_reports_what_it_had_to_stop_and_all_else(kind: str, folder: Path, capfd) -> None:
    body, said = CALLS[kind]
    _both_rules(body)
    arguments = ["check", "fancy.pb", *OMG, "--rules", "ending.py", "--format", "json"]
    assert main([*arguments, "--rule-timeout", "1"]) == 3
    report = json.loads(capfd.readouterr().out)
    assert [(error["kind"], error["message"]) for error in report["errors"]] == [
        ("rule-crash", f"rule USR008 at node 'clip' {said}"),
        ("rule-crash", f"rule RWU009 at node 'clip' {said}"),
    ]
    codes = {found["code"] for found in report["results"][0]["targets"][0]["findings"]}
    assert {"USR009", "OPS001"} <= codes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["fix", "fancy.pb", "-o", "out.pb", "--no-verify"], 3),
        (["fix", "fancy.pb", "-o", "out", "--cut", "auto", "--no-verify"], 3),
        (["fix", "fancy.pb", "--plan"], 3),
        (["convert", "fancy.pb", "-o", "out", "--no-verify", "--dry-run"], 3),
        (["fix", "fancy.pb", "--why", "clip"], 3),
        (["rules", "--test", "ending.py"], 1),
    ],
)
def test_every_command_goes_on_to_its_end(
    arguments: list[str], code: int, folder: Path, capfd, monkeypatch
) -> None:
    from linter.config.userrules import trial
    from linter.results.errors import MissingExtraError

    def missing() -> None:
        raise MissingExtraError("TensorFlow is not installed")

    monkeypatch.setattr(trial, "require_tensorflow", missing)
    body, said = CALLS["a loop"]
    _both_rules(body)
    before = sorted(path.name for path in folder.iterdir())
    target = [] if arguments[0] == "rules" else [*OMG, "--rules", "ending.py"]
    assert main([*arguments, *target, "--rule-timeout", "1"]) == code
    out, err = capfd.readouterr()
    assert said in " ".join((out + err).split())
    assert sorted(path.name for path in folder.iterdir()) == before
