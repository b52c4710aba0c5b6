"""Every rewrite is needed: some target refuses a graph, and the rule helps it along.

The graphs are ``needed/ID.graph``: graphtext under a head of comments, which name the target and,
where there are any, the outputs, the sizes of inputs and ``unsafe``. All rules run; the one that
the file is named for must make a change, and fewer nodes may be unsupported afterwards. A rule that
always applies need not help, as long as nothing gets worse.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest

from linter.graph import Model, Value
from linter.io import graphtext
from linter.judge import Judge, JudgeOptions, make_judge
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rules import RewriteRule
from linter.rules.evaluation import Evaluator
from opdb.query import Database, open_database
from opdb.target import parse_target
from rules.registry import rewrite_rules

FOLDER = Path(__file__).parent / "needed"
NEEDED_BY_NONE = {
    "RWS049": "every database that may refuse an op lists LeakyRelu, or a row that stands for it",
}
"""Rules that no known target needs, and why they stay."""


@pytest.mark.parametrize("rule", rewrite_rules(), ids=lambda rule: str(rule.id))
def test_some_target_needs_the_rule(rule: RewriteRule, request: pytest.FixtureRequest) -> None:
    path = FOLDER / f"{rule.id}.graph"
    if rule.id in NEEDED_BY_NONE:
        assert not path.exists()
        return
    text = path.read_text(encoding="utf-8")
    assert text.partition("\n")[2].strip() not in {
        example.text.strip() for example in rule.examples
    }
    outcome = _fixed(text, request.getfixturevalue("evaluator") if rule.evaluates else None)
    assert rule.id in {record.rule for record in outcome.rewrites}, outcome.refused
    if rule.always:
        assert outcome.after.unsupported <= outcome.before.unsupported
    else:
        assert outcome.after.unsupported < outcome.before.unsupported


def test_every_graph_is_that_of_a_rule() -> None:
    known = {rule.id for rule in rewrite_rules()}
    assert {path.stem for path in FOLDER.iterdir()} <= known
    assert NEEDED_BY_NONE.keys() <= known


def _fixed(text: str, evaluator: Evaluator | None) -> RewriteOutcome:
    outputs = tuple(Value(name, int(port or 0)) for name, port in _entries(text, "outputs"))
    shapes = {
        name: tuple(int(size) for size in sizes.split(",") if size)
        for name, sizes in _entries(text, "input-shape")
    }
    target, options = _head(text, "target"), JudgeOptions(shapes, outputs)
    assert target is not None

    def judge_of(model: Model) -> Judge:
        return make_judge(model, _database(target or ""), options)

    wanted = RewriteOptions(unsafe=_head(text, "unsafe") is not None, evaluator=evaluator)
    outcome = rewrite(rewrite_rules(), graphtext.parse(text), judge_of, wanted)
    assert outcome.errors == ()
    return outcome


def _head(text: str, key: str) -> str | None:
    found = re.search(rf"^# {key}\b:? ?(.*)$", text, re.MULTILINE)
    return None if found is None else found[1]


def _entries(text: str, key: str) -> list[tuple[str, str]]:
    """``name:rest`` entries, one after the other with semicolons between."""
    parts = (entry.partition(":") for entry in (_head(text, key) or "").split(";") if entry)
    return [(name, rest) for name, _, rest in parts]


@lru_cache
def _database(target: str) -> Database:
    return open_database(parse_target(target))
