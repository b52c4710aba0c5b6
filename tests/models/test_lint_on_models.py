"""Real models: no check crashes, and errors are only those that the facts bear out."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from linter.io.reader import load
from linter.judge import JudgeOptions, make_judge
from linter.results.errors import GraphError
from linter.results.finding import Severity
from linter.rules.run_lint import run_lint
from opdb.query import open_database
from opdb.target import parse_target
from rules.registry import lint_rules

pytestmark = pytest.mark.models

REFUSED_BY_THE_JUDGE = {"DTY001", "OPS001", "OPS002", "OPS004"}
OTHERS = {
    "GRF004": {"max_lstm.pb"},
    # Both were exported with tensors of a fixed batch that a batch of 1 does not fit.
    "SHP004": {"g_09.pb", "tensor_dot_misc.pb"},
}
ATC_ONLY = {
    "SHP006": {"g_09.pb"},  # the same batch, where atc infers shapes
    # No TArgs, which a TF.js model never has: the parser counts no inputs.
    "GRF010": {"mobilefacenet.tfjsraw.slim.pb", "handtrack.tfjsraw.slim.pb"},
}


@pytest.fixture(scope="module")
def networks(shared_dir):
    found = []
    for entry in json.loads((shared_dir / "models" / "manifest.json").read_text()):
        if entry["tier"] != "network":
            continue
        try:
            model = load(shared_dir / "models" / entry["file"])
        except GraphError:
            continue
        feeds = entry.get("run_feeds") or {}
        shapes = {}
        for info in entry["inputs"]:
            dims, fed = info["shape"], feeds.get(f"{info['name']}:0")
            if info["name"] not in model.main:
                continue
            if fed is not None:
                shapes[info["name"]] = tuple(fed)
            elif dims and min(dims) < 0:
                shapes[info["name"]] = tuple(1 if dim < 0 else dim for dim in dims)
        found.append((entry["file"].rpartition("/")[2], model, shapes))
    return found


@pytest.mark.parametrize("target", ["atc@8.1.RC1/Ascend310", "omg@hilens-2021-09/Ascend310"])
def test_errors_on_networks_are_true(networks, target):
    database = open_database(parse_target(target))
    errors = defaultdict(set)
    for name, model, shapes in networks:
        outcome = run_lint(lint_rules(), make_judge(model, database, JudgeOptions(shapes)))
        assert outcome.errors == (), name
        for finding in outcome.findings:
            assert "{" not in finding.remedy, finding
            if finding.severity is Severity.ERROR and finding.code not in REFUSED_BY_THE_JUDGE:
                errors[finding.code].add(name)
    assert dict(errors) == OTHERS | (ATC_ONLY if target.startswith("atc") else {})
