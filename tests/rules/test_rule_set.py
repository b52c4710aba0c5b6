"""The rules of one run, and findings that do not count."""

from __future__ import annotations

from typing import ClassVar

import pytest

from linter.graph import Value
from linter.results.finding import Certainty, Finding, Safety, Severity
from linter.rules import LintRule, RewriteRule
from linter.rules.edit import GraphEditor
from linter.rules.examples import Clean, Flagged, Rewritten, Untouched
from linter.rules.match import Match, either, op, var
from rules.registry import lint_rules, rewrite_rules
from rules.rule_set import BUILT_IN, Ignore, RuleSet


def finding(code: str, node: str | None, function: str | None = None) -> Finding:
    return Finding(
        code, "name", Severity.ERROR, Certainty.DOCUMENTED, "text", node=node, function=function
    )


@pytest.mark.parametrize(
    ("rule", "glob", "found", "covered"),
    [
        ("OPS001", "*", finding("OPS001", "a"), True),
        ("OPS", "*", finding("OPS001", "a"), True),
        ("", "*", finding("OPS001", "a"), True),
        ("OPS002", "*", finding("OPS001", "a"), False),
        ("PS001", "*", finding("OPS001", "a"), False),
        ("OPS001", "a", finding("OPS001", "a"), True),
        ("OPS001", "b", finding("OPS001", "a"), False),
        ("OPS001", "scope/*", finding("OPS001", "scope/a/b"), True),
        ("OPS001", "A", finding("OPS001", "a"), False),
        ("OPS001", "*", finding("OPS001", None), True),
        ("OPS001", "?*", finding("OPS001", None), False),
    ],
)
def test_a_finding_is_covered_by_its_code_and_node(
    rule: str, glob: str, found: Finding, covered: bool
) -> None:
    assert Ignore(rule, glob).covers(found) is covered


@pytest.mark.parametrize(
    ("glob", "inside", "outside"),
    [("n", False, True), ("f::n", True, False), ("f::*", True, False), ("*", True, True)],
)
def test_a_node_of_a_function_is_named_with_it(glob: str, inside: bool, outside: bool) -> None:
    """A glob for a node of the main graph says nothing of a like-named one in a function."""
    entry = Ignore("OPS001", glob)
    assert entry.covers(finding("OPS001", "n", "f")) is inside
    assert entry.covers(finding("OPS001", "n")) is outside
    assert not Ignore("OPS001", "g::n").covers(finding("OPS001", "n", "f"))


def test_every_entry_takes_note_of_what_it_covers() -> None:
    one, other, idle = Ignore("OPS", "a*"), Ignore("OPS001"), Ignore("SHP")
    rules = RuleSet(ignores=(one, other, idle))
    left = [finding("SHP001", "x"), finding("OPS002", "b", "f")]
    found = [finding("OPS001", "ab"), *left[1:], finding("OPS001", "a", "f")]
    assert rules.counted(found) == (left[1],)
    assert (one.hits, other.hits, idle.hits) == (["ab"], ["ab", "f::a"], [])


def test_without_entries_all_findings_count() -> None:
    found = [finding("OPS001", "a"), finding("OPS001", "a")]
    assert BUILT_IN.counted(iter(found)) == tuple(found)


class Own(LintRule):
    """Say nothing.

    Why: a test.
    Remedy: none.
    Source: none.
    """

    id, name, severity = "USR901", "own", Severity.INFO
    messages: ClassVar = {"never": "never"}
    examples = (Clean(""), Flagged("", at=()))


class ReluToAbs(RewriteRule):
    """Replace Relu by Abs.

    Exact: no.
    Shapes: any.
    Source: none.
    """

    id, name, safety = "RWU901", "relu-to-abs", Safety.EXACT
    pattern = either(op("Relu", var("x")), op("Relu6", var("x")))
    examples = (Rewritten("", after=""), Untouched(""))

    def build(self, m: Match, edit: GraphEditor) -> Value:
        return edit.add("Abs", [m["x"]])


def test_rewrites_of_the_user_are_tried_first_and_lint_rules_last() -> None:
    lint, rewrite = Own(), ReluToAbs()
    rules = RuleSet((lint,), (rewrite,), ("file.py",))
    assert rules.rewrites == (rewrite, *rewrite_rules())
    assert rules.lint == (*lint_rules(), lint)
    assert rules.user == (lint, rewrite)
    assert rules.rewrites_of("Relu6")[0] is rewrite
    assert rewrite not in rules.rewrites_of("Abs")
    assert BUILT_IN.user == ()


def test_a_rule_is_found_by_its_id_in_any_case_and_by_its_name() -> None:
    lint, rewrite = Own(), ReluToAbs()
    rules = RuleSet((lint,), (rewrite,))
    assert rules.find("usr901") is rules.find("USR901") is rules.find("own") is lint
    assert rules.find("relu-to-abs") is rules.find("rwu901") is rewrite
    assert rules.find("OWN") is rules.find("USR9") is None
    first = lint_rules()[0]
    assert BUILT_IN.find(first.id) is BUILT_IN.find(first.name) is first
