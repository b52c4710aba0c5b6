"""As many findings are new as came in, whatever scopes are renamed and in whatever order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from linter import api
from linter.results.finding import Certainty, Finding, Severity
from linter.results.report import ModelReport, Report, Summary, TargetReport, Verdict

SCOPES = ("a", "b", "c/d", "e")
LEAVES = ("Add", "Add_1", "Mul", "Sub_12")
PLACES = st.sets(
    st.tuples(st.sampled_from(SCOPES), st.sampled_from(LEAVES), st.sampled_from([None, 0, 1])),
    max_size=10,
)


def _finding(scope: str, leaf: str, port: int | None) -> Finding:
    name = f"{scope}/{leaf}"
    op = leaf.partition("_")[0]
    weight = (Severity.ERROR, Certainty.DOCUMENTED)
    return Finding("OPS001", "unknown-op", *weight, "message", node=name, op=op, port=port)


def _report(findings: list[Finding], present: frozenset[str] = frozenset()) -> Report:
    placed = tuple(replace(item, position=index) for index, item in enumerate(findings))
    summary = Summary(1, 1, 0, 1, 0, {})
    target = TargetReport("atc@1/X", (), "", Verdict.BLOCKED, summary, (), placed)
    model = ModelReport("m.pb", "", "graphdef", 1, (), (), {}, (target,), present=present)
    return Report((model,), {})


def _split(report: Report, before: Report) -> tuple[int, int]:
    """How many findings are new, and how many are known."""
    baselines = [api.baseline_of(before)]
    (target,) = api.gated(report, api.Policy(), baselines=baselines).results[0].targets
    return len(target.findings), len(target.known)


@settings(max_examples=300, deadline=None)
@given(PLACES, st.sets(st.sampled_from(SCOPES)), PLACES, st.randoms(use_true_random=False))
def test_as_many_are_new_as_came_in(places, renamed, more, random) -> None:
    old = [_finding(*place) for place in sorted(places, key=str)]
    random.shuffle(old)
    now = [
        replace(item, node=f"new/{item.node}")
        if any(f"{item.node}".startswith(f"{scope}/") for scope in renamed)
        else item
        for item in old
    ]
    came = [_finding(f"more/{scope}", leaf, port) for scope, leaf, port in sorted(more, key=str)]
    for item in came:
        now.insert(random.randint(0, len(now)), item)
    present = frozenset(item.node or "" for item in now)
    assert _split(_report(now, present), _report(old)) == (len(came), len(old))


@settings(max_examples=200, deadline=None)
@given(PLACES, PLACES)
def test_entries_whose_nodes_are_there_hide_nothing(places, more) -> None:
    old = [_finding(*place) for place in sorted(places, key=str)]
    came = [_finding(f"more/{scope}", leaf, port) for scope, leaf, port in sorted(more, key=str)]
    mended = frozenset(item.node or "" for item in old)
    assert _split(_report(came, mended), _report(old)) == (len(came), 0)
