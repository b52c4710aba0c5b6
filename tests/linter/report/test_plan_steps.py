"""Steps of a plan: changes in a row, and what is left after each."""

from __future__ import annotations

import pytest

from linter.report.plan import plan_lines, steps_of
from linter.report.style import Style
from linter.results.finding import Safety
from linter.results.rewrite import Checkpoint, RewriteRecord


def made(rule, root, resolved=(), introduced=(), removed_ops=("Neg",)):
    removed = tuple(f"{root}{number}" for number in range(len(removed_ops)))
    return RewriteRecord(
        rule, root, removed, (), Safety.EXACT, removed_ops, (), tuple(resolved), tuple(introduced)
    )


def test_changes_in_a_row_are_one_step_and_a_moved_answer_is_a_line_of_its_own():
    rewrites = (
        made("RWS010", "a", resolved=("AddV2",)),
        made("RWS010", "b", resolved=("AddV2",), introduced=("Neg",)),
        made("RWS005", "c", resolved=("Neg",)),
        made("RWS005", "d"),
        made("RWS010", "e", resolved=("AddV2",)),
    )
    points = (
        Checkpoint(0, {"AddV2": 3, "Fill": 2}),
        Checkpoint(3, {"AddV2": 1, "Fill": 2}),
        Checkpoint(4, {"AddV2": 1, "Fill": 2}),
        Checkpoint(5, {"Fill": 1, "Range": 1}),
    )
    steps = steps_of(rewrites, points)
    assert [tuple(r.root for r in step.records) for step in steps] == [
        ("a", "b"),
        ("c", "d"),
        ("e",),
        (),
    ]
    assert [dict(step.left) for step in steps] == [
        {"AddV2": 1, "Fill": 2, "Neg": 1},
        {"AddV2": 1, "Fill": 2},
        {"Fill": 2},
        {"Fill": 1, "Range": 1},
    ]
    assert steps[-1].moved == {"Fill": -1, "Range": 1}
    text = "\n".join(plan_lines(steps, {"RWS010": "add-v2"}, Style()))
    assert "  3. RWS010 add-v2 (exact)\n" in text
    assert "asked again: Fill -1, Range +1\n      left     2 unsupported: Fill, Range" in text


@pytest.mark.parametrize(("verbose", "shown"), [(False, 4), (True, 9)])
def test_many_roots_are_cut_short(verbose, shown):
    rewrites = tuple(made("RWS010", f"node_{number}", ("AddV2",)) for number in range(9))
    steps = steps_of(rewrites, (Checkpoint(0, {"AddV2": 9}), Checkpoint(9, {})))
    text = "\n".join(plan_lines(steps, {}, Style(verbose=verbose, width=400)))
    at = next(line for line in text.splitlines() if " at " in line)
    assert at.count("node_") == shown
    assert text.endswith("left     nothing unsupported")
