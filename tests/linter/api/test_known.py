"""Which findings answer to which entries of a baseline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from linter import api
from linter.api.gate.known import match_baseline
from linter.io.graphtext import parse
from linter.io.writer import write
from linter.results.baseline import Baseline, KnownFinding
from linter.results.report import Report

OMG = "omg@hilens-2021-09/Ascend310"
FUNCTION = """
x = Placeholder : float32[2,3]
y = PartitionedCall(x) {{f=@body_{0}, Tin=[float32], Tout=[float32]}}
def body_{0}(a: float32[2,3]) -> (r: check):
    check = CheckNumerics(a) {{message="m"}}
"""


def _report(path: Path, text: str, *watched: str) -> Report:
    write(parse(text), path)
    return api.check([str(path)], targets=[OMG], watched=watched)


@pytest.fixture
def one(tmp_path: Path) -> Report:
    """A finding at ``new/AddV2``."""
    text = 'x = Placeholder : float32[2]\n"new/AddV2" = AddV2(x, x)\n'
    return _report(tmp_path / "m.pb", text)


def _entry(report: Report, node: str, rank: int) -> KnownFinding:
    (entry,) = api.baseline_of(report, Path(report.results[0].path).parent.as_posix()).entries
    return replace(entry, node=node, rank=rank)


def test_one_entry_for_what_two_releases_say(one: Report) -> None:
    (model,) = one.results
    (target,) = model.targets
    twice = (replace(target, target="omg@x/Ascend310", findings=target.findings * 2), target)
    report = replace(one, results=(replace(model, targets=twice),))
    (entry,) = api.baseline_of(report).entries
    assert (entry.rank, entry.target) == (0, "omg/Ascend310")


def test_pairs_are_made_in_the_order_of_the_ranks(one: Report) -> None:
    folder = Path(one.results[0].path).parent.as_posix()
    first, second = _entry(one, "z/AddV2", 0), _entry(one, "a/AddV2_1", 1)
    for entries in ((second, first), (first, second)):
        matches = match_baseline(one, Baseline("b", folder, entries))
        assert matches.stale == (second,)
        assert [found.node for found in matches.names.values()] == ["new/AddV2"]
        assert matches.renamed == 1


@pytest.mark.parametrize(
    "change",
    [{"code": "OPS002"}, {"op": "Add"}, {"port": 1}, {"node": "z/other"}, {"function": "f"}],
)
def test_another_kind_answers_to_nothing(one: Report, change: dict[str, object]) -> None:
    folder = Path(one.results[0].path).parent.as_posix()
    entry = replace(_entry(one, "z/AddV2", 0), **change)
    assert match_baseline(one, Baseline("b", folder, (entry,))).stale == (entry,)


def test_a_finding_about_the_model_is_never_renamed(one: Report) -> None:
    folder = Path(one.results[0].path).parent.as_posix()
    entry = replace(_entry(one, "z/AddV2", 0), node=None, op=None)
    assert match_baseline(one, Baseline("b", folder, (entry,))).stale == (entry,)


def test_positions_and_order_of_entries_do_not_matter(one: Report) -> None:
    folder = Path(one.results[0].path).parent.as_posix()
    entries = tuple(_entry(one, name, rank) for rank, name in enumerate(("q/AddV2", "new/AddV2")))
    for given in (entries, entries[::-1], entries * 2):
        matches = match_baseline(one, Baseline("b", folder, given))
        assert [entry.node for entry in matches.stale] == ["q/AddV2"]
        assert matches.renamed == 0


def test_numbers_of_functions_change_with_every_export(tmp_path: Path) -> None:
    before = _report(tmp_path / "m.pb", FUNCTION.format(17))
    baseline = api.baseline_of(before, tmp_path.as_posix())
    (entry,) = (item for item in baseline.entries if item.node == "check")
    assert entry.place == "body_17::check"
    watched = sorted(api.watched_nodes([baseline]))
    assert _report(tmp_path / "m.pb", FUNCTION.format(17), *watched).results[0].present == {
        *watched
    }
    after = _report(tmp_path / "m.pb", FUNCTION.format(23), *watched)
    assert entry.place not in after.results[0].present
    assert match_baseline(after, baseline).stale == ()
    (known,) = api.gated(after, api.Policy(), baselines=[baseline]).results[0].targets
    assert not known.findings
