"""Real networks are rewritten toward an OMG table, and nothing gets worse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from linter.graph import Graph, Model, Value
from linter.io.reader import load
from linter.judge import Judge, JudgeOptions, make_judge
from linter.rewrite.engine import RewriteOutcome, rewrite
from opdb.query import open_database
from opdb.target import parse_target
from rules.registry import rewrite_rules

pytestmark = pytest.mark.models
TARGET = "omg@hilens-2021-09/Ascend310"
_LARGE = 1000


def _networks(shared_dir: Path) -> list[dict[str, Any]]:
    manifest = json.loads((shared_dir / "models" / "manifest.json").read_text(encoding="utf-8"))
    kinds = ("graphdef", "graphdef_text")
    return [entry for entry in manifest if entry["tier"] == "network" and entry["kind"] in kinds]


def _options(entry: dict[str, Any]) -> JudgeOptions:
    """Every open size pinned: to what the model is known to run with, else to 1."""
    feeds = entry.get("run_feeds") or {}
    shapes: dict[str, tuple[int, ...]] = {}
    for given in entry.get("inputs", []):
        shape, fed = given["shape"], feeds.get(f"{given['name']}:0")
        if shape is not None and -1 not in shape:
            continue
        if fed is not None:
            shapes[given["name"]] = tuple(fed)
        elif shape is not None:
            shapes[given["name"]] = tuple(1 if size == -1 else size for size in shape)
    names = (name.partition(":") for name in entry["outputs"])
    return JudgeOptions(shapes, tuple(Value(name, int(port or 0)) for name, _, port in names))


def _rewritten(shared_dir: Path, entry: dict[str, Any]) -> RewriteOutcome:
    options, database = _options(entry), open_database(parse_target(TARGET))

    def judge_of(model: Model) -> Judge:
        return make_judge(model, database, options)

    model = load(shared_dir / "models" / entry["file"])
    outcome = rewrite(rewrite_rules(), model, judge_of)
    assert outcome.errors == ()
    assert outcome.after.unsupported <= outcome.before.unsupported
    assert outcome.after == judge_of(outcome.model).summary()  # nothing stale was believed
    _assert_kept(model, outcome)
    if len(model.main) < _LARGE:
        again = rewrite(rewrite_rules(), outcome.model, judge_of)
        assert again.rewrites == (), entry["file"]
    return outcome


def _assert_kept(before: Model, outcome: RewriteOutcome) -> None:
    """What no rewrite made is as it was: names, ops, attributes, control inputs, order."""
    model = outcome.model
    assert all(value.node in model.main for value in outcome.judge.outputs)
    fed = {node.name for node in before.main if node.op == "Placeholder"}
    cut = {node.name for node in before.main} - outcome.judge.reachable(before.main)
    assert fed - cut <= {node.name for node in model.main if node.op == "Placeholder"}
    assert len(model.main.dangling) <= len(before.main.dangling)
    for node in model.main:
        if node.rule is not None:
            continue
        old = before.main[node.key]
        assert (old.name, old.op, old.device) == (node.name, node.op, node.device)
        placed = {name for name in old.attrs if name != "_class"}
        assert placed == {name for name in node.attrs if name != "_class"}
        assert {key for key in old.controls if key in model.main} <= set(node.controls), node
        assert all(key in model.main for key in node.controls), node
    _assert_in_order(before.main, model.main)


def _assert_in_order(before: Graph, after: Graph) -> None:
    """Producers stand before readers wherever they did."""
    if _is_ordered(before):
        assert _is_ordered(after)


def _is_ordered(graph: Graph) -> bool:
    seen: set[str] = set()
    for node in graph:
        sources = set(graph.producers(node))
        if node.op != "Merge" and not sources <= seen:
            return False
        seen.add(node.key)
    return True


def test_networks_become_supported(shared_dir: Path) -> None:
    outcomes = [_rewritten(shared_dir, entry) for entry in _networks(shared_dir)]
    changed = [outcome for outcome in outcomes if outcome.rewrites]
    cleared = [
        outcome
        for outcome in outcomes
        if outcome.before.unsupported and not outcome.after.unsupported
    ]
    assert len(changed) >= 55
    assert len(cleared) >= 28
