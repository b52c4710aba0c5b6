"""docs/scorecard.md and the README say what omlint answers to the records beside the repository."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts"))

from score.page import totals  # noqa: E402 - the scripts are no package
from score.records import ask_all, has_records  # noqa: E402
from scorecard import outdated  # noqa: E402

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def answers(shared_dir):
    if not has_records(shared_dir):
        pytest.skip("no records beside the repository")
    return ask_all(shared_dir)


def test_what_is_written_is_what_is_answered(answers):
    assert [path.name for path in outdated(answers)] == []


def test_no_conversion_that_succeeded_is_refused(answers):
    assert [a for a in answers if (a.kind, a.outcome) == ("converted", "wrong")] == []


@pytest.mark.parametrize(("kind", "share"), [("parser", 0.99), ("inference", 0.99)])
def test_answers_are_those_of_the_code_of_atc(answers, kind, share):
    counts = totals(answers)
    right, wrong = (counts["atc", kind, outcome] for outcome in ("right", "wrong"))
    assert right >= share * (right + wrong)
