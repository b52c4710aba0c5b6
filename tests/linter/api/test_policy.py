"""The gate as a function: a report in, a report with an outcome out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from linter import api
from linter.io.graphtext import parse
from linter.io.writer import write
from linter.results.finding import Severity
from linter.results.gate import Threshold
from linter.results.report import Report, Summary, Verdict

OMG = "omg@hilens-2021-09/Ascend310"
GRAPH = """
x = Placeholder : float32[2,3]
checked = CheckNumerics(x) {message="x"}
relu = Relu(checked)
"""


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """One error, OPS001."""
    path = tmp_path / "m.pb"
    write(parse(GRAPH), path)
    return api.check([str(path)], targets=[OMG])


def _with(report: Report, **changes: object) -> Report:
    (model,) = report.results
    (target,) = model.targets
    return replace(report, results=(replace(model, targets=(replace(target, **changes),)),))


def test_without_a_policy_errors_fail_and_nothing_is_told(report: Report) -> None:
    gated = api.gated(report, api.Policy())
    assert gated.gate is not None
    assert not gated.gate.passed
    assert not gated.gate.is_worth_telling
    assert gated.results == report.results
    assert api.exit_code(gated) == api.exit_code(report) == 1
    assert api.exit_code(gated, None) == 0


def test_the_longest_code_counts(report: Report) -> None:
    policy = api.Policy(severities={"OPS001": Severity.INFO, "OPS": None, "O": Severity.WARNING})
    (model,) = api.weigh(report, policy).results
    assert [item.severity for item in model.targets[0].findings if item.code == "OPS001"] == [
        Severity.INFO
    ]
    assert model.targets[0].verdict is Verdict.BLOCKED


def test_what_is_not_read_is_worse_than_a_gate_that_passes(report: Report) -> None:
    broken = api.check(["nowhere.pb"])
    both = replace(report, errors=broken.errors)
    assert api.exit_code(api.gated(both, api.Policy(fail_on=Threshold.NEVER))) == 3


@pytest.mark.parametrize(
    ("supported", "reachable", "least", "passes"),
    [
        (2, 3, 66.6, True),
        (2, 3, 66.7, False),
        (0, 0, 0.1, False),
        (0, 0, 0.0, True),
        (3, 3, 100, True),
    ],
)
def test_coverage(report: Report, supported, reachable, least, passes) -> None:
    summary = Summary(reachable, reachable, supported, reachable - supported, 0, {})
    policy = api.Policy(fail_on=Threshold.NEVER, min_coverage=least)
    gated = api.gated(_with(report, summary=summary), policy)
    assert gated.gate is not None
    assert gated.gate.passed is passes


def test_a_verdict_that_only_known_findings_explain_is_not_new(report: Report) -> None:
    policy = api.Policy(fail_on=Threshold.UNCERTAIN)
    found = report.results[0].targets[0].findings
    for findings, known, passes in (
        (found, (), False),
        ((), found, True),
        ((), (), False),
        (found, found, False),
    ):
        gated = api.gated(_with(report, findings=findings, known=known), policy)
        assert gated.gate is not None
        assert gated.gate.passed is passes
