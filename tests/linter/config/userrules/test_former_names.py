"""Rule files in the spelling of earlier releases: the modules that they import from have moved."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from linter.config.userrules import load_rules
from linter.config.userrules.former_names import FORMER
from linter.config.userrules.trial import try_rules
from linter.io import graphtext
from linter.judge.synthetic import synthetic_judge
from linter.results.errors import UsageError
from linter.rewrite.engine import rewrite
from linter.rules.run_lint import run_lint

OLD = '''
import linter.graphtext
import linter.shapes.inference as inference
from linter import finding as f
from linter.edit import GraphEditor
from linter.examples import Clean, Flagged, Rewritten, Untouched
from linter.finding import Safety, Severity
from linter.graph import Node, Value
from linter.judge import Status
from linter.pattern import BoundValue, Match, Refusal, const, op, var
from linter.queries import is_const
from linter.rule import LintContext, LintRule, RewriteRule

assert f.Severity is Severity
assert inference.Inference
assert linter.graphtext.parse("x = Placeholder : float32[2]").main["x"].op == "Placeholder"
TEXT = "x = Placeholder : float32[2]\\ny = Exp(x)"


class NoExp(RewriteRule):
    """Replace ``Exp(x)`` by ``Sqrt(x)``.

    Manual: not at all the same.
    Shapes: T[...]
    Source: none.
    """

    id, name, safety = "RWU001", "no-exp", Safety.MANUAL
    pattern = op("Exp", var("x"))
    examples = (
        Rewritten(TEXT, after=TEXT.replace("Exp", "Sqrt"), lacking=("Exp",), unsafe=True),
        Untouched(TEXT),
    )

    def build(self, m: Match, edit: GraphEditor) -> Value:
        import linter.pattern

        from linter.pattern import BoundValue as Later

        assert Later is BoundValue is linter.pattern.BoundValue
        return edit.add("Sqrt", [m["x"]])


class ExpHere(LintRule):
    """Flag Exp.

    Why: it grows.
    Remedy: none.
    Source: none.
    """

    id, name, severity = "USR001", "exp-here", Severity.WARNING
    messages = {"seen": "{op} on {target}"}
    examples = (Clean("x = Placeholder : float32[2]"), Flagged(TEXT, at=("y",)))
    visits = ("Exp",)

    def check(self, node: Node, ctx: LintContext):
        yield self.finding(node, "seen", op=node.op)
'''


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "old.py"
    path.write_text(OLD, "utf-8")
    return str(path)


def test_a_file_in_the_old_spelling_works(file: str) -> None:
    rules = load_rules([file])
    assert [result.fault for result in try_rules(rules.user)] == [None] * 4
    model = graphtext.parse("x = Placeholder : float32[2]\na = Exp(x)\ny = Relu(a)")

    found = run_lint(rules.user_lint, synthetic_judge(model))
    changed = rewrite(rules.user_rewrites, model, lambda m: synthetic_judge(m, lacking=("Exp",)))

    assert [finding.code for finding in found.findings] == ["USR001"]
    assert [refused.rule for refused in changed.refused] == ["RWU001"]
    assert found.errors == changed.errors == ()


def test_nobody_else_sees_the_names(file: str) -> None:
    load_rules([file])
    for name in FORMER:
        assert name not in sys.modules
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(name)


@pytest.mark.parametrize("name", FORMER.values())
def test_what_they_stand_for_is_there(name: str) -> None:
    importlib.import_module(name)


def test_other_names_are_missing_as_before(tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    for line, said in (
        ("import linter.nothing", "No module named 'linter.nothing'"),
        ("from linter.rule import Nothing", "cannot import name 'Nothing'"),
        ("from linter import nothing", "cannot import name 'nothing' from 'linter'"),
        ("import nothing_at_all", "No module named 'nothing_at_all'"),
    ):
        path.write_text(line, "utf-8")
        with pytest.raises(UsageError, match=said):
            load_rules([str(path)])
