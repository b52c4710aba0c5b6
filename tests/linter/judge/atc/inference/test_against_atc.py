"""What Verify and InferShape of atc refused when they were run, node by node.

That run folded and removed nothing, knew no resource context and no sizes but those of the file,
and had the inference functions of 47 of 90 files; what was refused for those reasons alone is in
the tables below.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from linter.graph import Graph, Model
from linter.io.reader import load
from linter.judge import Judge, Stage, Status, make_judge
from linter.rules.run_lint import run_lint
from opdb.query import open_database
from opdb.target import parse_target
from rules.registry import lint_rules

pytestmark = pytest.mark.models

TARGET = "atc@8.1.RC1/Ascend310P3"
NO_FUNCTION = {
    **dict.fromkeys(
        (
            "LogMatrixDeterminant",
            "Lu",
            "MatrixDeterminant",
            "MatrixInverse",
            "MatrixSolve",
            "MatrixTriangularSolve",
            "Svd",
        ),
        "linalg_ops.cc was not among the files: all its ops were refused, square matrices too",
    ),
    "DynamicRNN": "rnn.cc was not among the files",
    "LogUniformCandidateSampler": "candidate_sampling_ops.cc was not among the files",
    "ParseExample": "parsing_ops.cc was not among the files",
    "RaggedRange": "ragged_math_ops.cc was not among the files",
    "TensorArrayScatter": "the resource context of the handle is missing",
    "TensorArrayWrite": "the resource context of the handle is missing",
}
"""GE types that the run could not infer."""

OPEN = {
    ("085_sepconv1d", ""): "its inputs and axes are placeholders without shapes",
    ("26-ssd-map", "map/while/"): "the back edges of loops had no dtype",
    ("gh-dl4j/random_gamma__rank3_half", ""): "the shape of RandomGamma is folded",
    ("gru.frozen", ""): "the shape of a tensor of open sizes",
    ("rnn__", "lstm_fused_cell/strided_slice"): "reads what the expansion of BlockLSTM gives",
}
"""Graphs (a part of their names) and nodes for which the run lacked sizes or dtypes."""

NOT_FOLDED = {"NthElement", "RandomPoisson"}
"""Types that were refused where an Identity of a Const comes in: atc removes it first."""

TOLD_BY_OTHERS = {
    "34-dangling-surgery": "a producer is missing",
    "var-251_model": "its variables are not frozen",
}


def _rows(shared: Path) -> Iterator[tuple[Path, dict]]:
    folder = shared / "parser-run"
    for line in (folder / "outcomes.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["stage"] == "infer" and row["result"] == "ok":
            name = row["graph"]
            inside = name.startswith(("graphs/", "../"))
            yield ((folder if inside else shared) / name).resolve(), row


def _judge(path: Path) -> Judge:
    model: Model = load(path)
    return make_judge(model, open_database(parse_target(TARGET)))


def _downstream(graph: Graph, heads: set[str]) -> set[str]:
    """Nodes that read what a refused node gives: they had no dtypes and shapes."""
    found: set[str] = set()
    pending = [graph[name].key for name in sorted(heads) if graph.get(name) is not None]
    while pending:
        for use in graph.uses(pending.pop()):
            if use.slot >= 0 and use.node not in found:
                found.add(use.node)
                pending.append(use.node)
    return found


def _excused(graph: Graph, path: str, node: str, ge_op: str, after: set[str]) -> str:
    """Why the run's refusal says nothing of atc; empty when it does."""
    if ge_op in NO_FUNCTION:
        return NO_FUNCTION[ge_op]
    for (part, where), why in OPEN.items():
        if part in path and where in node:
            return why
    for part, why in TOLD_BY_OTHERS.items():
        if part in path:
            return why
    if node in after:
        return "reads what a refused node gives"
    found = graph.get(node)
    if ge_op in NOT_FOLDED and found is not None:
        sources = [graph.get(value.node) for value in found.inputs]
        if any(source is not None and source.op == "Identity" for source in sources):
            behind = [graph.get(v.node) for s in sources if s is not None for v in s.inputs]
            if behind and all(source is not None and source.op == "Const" for source in behind):
                return "an Identity of a Const is removed"
    return ""


def test_what_atc_refused_is_an_error_there_and_nothing_else_is(shared_dir):
    missed, invented, checked = [], [], 0
    for path, row in _rows(shared_dir):
        judge = _judge(path)
        graph = judge.model.main
        refused = {name: ge_op for name, ge_op, *_ in row["infer_failed"]}
        answers = {node.name: found for _, node, found in judge.judgements()}
        stops = {
            name: found
            for name, found in answers.items()
            if found.refused_by is Stage.INFERENCE and name not in refused
        }
        invented += [(row["graph"], name, dict(found.detail)) for name, found in stops.items()]
        if not refused:
            continue
        errors = {f.node for f in run_lint(lint_rules(), judge).findings if f.severity == "error"}
        after = _downstream(graph, set(refused))
        for name, ge_op in refused.items():
            if _excused(graph, str(path), name, ge_op, after):
                continue
            checked += 1
            status = answers[name].status if name in answers else None
            if name not in errors or status is not Status.UNSUPPORTED:
                missed.append((row["graph"], name, ge_op))
    assert missed == []
    assert invented == []
    assert checked >= 30
