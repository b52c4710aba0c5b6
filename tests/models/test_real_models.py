"""Real models beside the repository: every one is judged, and answers stay what the facts say."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from linter.api import check
from linter.io.reader import load
from linter.judge import JudgeOptions, Stage, Status, make_judge
from linter.results.errors import GraphError
from opdb.query import open_database
from opdb.target import parse_target

pytestmark = pytest.mark.models

NETWORK_TARGET = "atc@8.1.RC1/Ascend310P3"
OMG = "omg@hilens-2021-09/Ascend310"
BERT = "gh-bert/bert_base_cls56_b1_s500.slim.pb"


@pytest.fixture(scope="session")
def manifest(shared_dir):
    return json.loads((shared_dir / "models" / "manifest.json").read_text())


def pinned(entry):
    """Sizes for the inputs whose size the model leaves open."""
    feeds = entry.get("run_feeds") or {}
    shapes = {}
    for info in entry["inputs"]:
        dims, fed = info["shape"], feeds.get(info["name"] + ":0")
        if fed is not None:
            shapes[info["name"]] = tuple(fed)
        elif dims and min(dims) < 0:
            shapes[info["name"]] = tuple(1 if dim < 0 else dim for dim in dims)
    return shapes


def judges(shared_dir, manifest, target, tier):
    database = open_database(parse_target(target))
    for entry in manifest:
        if entry["tier"] == tier and entry["kind"].startswith("graphdef"):
            model = load(shared_dir / "models" / entry["file"])
            shapes = {k: v for k, v in pinned(entry).items() if k in model.main}
            yield entry, make_judge(model, database, JudgeOptions(input_shapes=shapes))


def test_bert_converts_under_atc_and_is_blocked_under_omg(shared_dir):
    path = str(shared_dir / "models" / BERT)
    report = check([path], targets=["atc@5.1.RC1/Ascend310", OMG]).results[0]
    under_atc, under_omg = report.targets
    assert (under_atc.verdict, under_omg.verdict) == ("convertible", "blocked")
    table = open_database(parse_target(OMG))
    absent = {op for op in report.op_types if table.omg(op) is None}
    flagged = {f.op for f in under_omg.findings if f.code == "OPS001"}
    reachable = {entry.op for entry in under_omg.ops}
    assert flagged == absent & reachable
    assert any(f.op == "MatMul" or f.op == "BatchMatMulV2" for f in under_omg.findings)


def test_every_frozen_graph_is_judged_on_both_tools(shared_dir, manifest):
    for target in (NETWORK_TARGET, OMG):
        for tier in ("network", "case"):
            for entry, judge in judges(shared_dir, manifest, target, tier):
                summary = judge.summary()
                counts = summary.supported + summary.unsupported + summary.unknown
                assert counts == summary.reachable, entry["file"]


def test_everything_else_is_refused_with_its_cause(shared_dir, manifest):
    causes = Counter()
    for entry in manifest:
        if not entry["kind"].startswith("graphdef"):
            with pytest.raises(GraphError) as caught:
                load(shared_dir / "models" / entry["file"])
            causes[caught.value.cause] += 1
            assert "Traceback" not in str(caught.value)
    assert set(causes) <= {"meta-graph", "saved-model", "saved-model-incomplete"}


def test_hardly_a_node_of_a_network_stays_unknown(shared_dir, manifest):
    unknown, nodes = Counter(), 0
    for _, judge in judges(shared_dir, manifest, NETWORK_TARGET, "network"):
        for _, node, answer in judge.judgements():
            nodes += 1
            if answer.status is Status.UNKNOWN and answer.stage is not Stage.CONTROL_FLOW:
                unknown[node.op] += 1
    assert sum(unknown.values()) <= 0.01 * nodes, unknown


def test_what_blocks_a_network_is_what_the_facts_lack(shared_dir, manifest):
    blocked = {
        (node.op, answer.refused_by)
        for _, judge in judges(shared_dir, manifest, NETWORK_TARGET, "network")
        for _, node, answer in judge.judgements()
        if answer.status is Status.UNSUPPORTED
    }
    assert blocked == {
        ("_FusedConv2D", Stage.PARSER),
        ("FusedDepthwiseConv2dNative", Stage.PARSER),
        ("GRUBlockCell", Stage.PARSER),
        ("LSTMBlockCell", Stage.PARSER),
        ("MatMul", Stage.DTYPE),
        # g_09.pb was exported with tensors of a fixed batch that a batch of 1 does not fit.
        ("SoftmaxCrossEntropyWithLogits", Stage.INFERENCE),
        ("VariableV2", Stage.PARSER),
    }
