"""A view as one JSON value for the script of the page: columns instead of objects per node."""

from __future__ import annotations

from typing import Any

from linter import __version__
from linter.results.diff import BodyDiff, GraphDiff
from linter.results.finding import Finding
from linter.results.json_values import finding_value, input_value, summary_value
from linter.results.judgement import Judgement
from linter.results.matrix import Cell, Matrix
from linter.results.picture import BodyPicture, OutputPicture
from linter.results.report import ModelReport, TargetReport
from linter.results.rewrite import RewriteRecord
from linter.results.view import View

__all__ = ["page_value"]


class _Table:
    """Values that are told once and named by their rank."""

    def __init__(self) -> None:
        self.ranks: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        return self.ranks.setdefault(value, len(self.ranks))

    @property
    def values(self) -> list[Any]:
        return list(self.ranks)


def page_value(view: View) -> dict[str, Any]:
    """All that the script is given."""
    report, gate = view.report, view.report.gate
    return {
        "version": __version__,
        "models": [_model(model) for model in report.results],
        "sources": {key: [item.title, item.where] for key, item in sorted(report.sources.items())},
        "errors": [{"path": error.path, "message": error.message} for error in report.errors],
        "gate": None
        if gate is None
        else {"passed": gate.passed, "lines": [line.message for line in gate.lines]},
        "matrix": None if view.matrix is None else _matrix(view.matrix),
        "diff": None if view.diff is None else _diff(view.diff),
        "rewrites": [_rewrite(made) for made in view.rewrites],
        "verified": view.verified,
        "rules": dict(view.rule_names),
    }


def _model(model: ModelReport) -> dict[str, Any]:
    return {
        "path": model.path,
        "sha256": model.sha256,
        "format": model.format,
        "nbytes": model.nbytes,
        "nodes": model.nodes,
        "inputs": [input_value(info) for info in model.inputs],
        "outputs": list(model.outputs),
        "guessed": model.outputs_guessed,
        "bodies": [_body(body) for body in model.bodies],
        "targets": [_target(target) for target in model.targets],
    }


def _body(body: BodyPicture) -> dict[str, Any]:
    ops, attrs, outputs = _Table(), _Table(), _Table()
    nodes = body.nodes
    return {
        "function": body.function,
        "names": [node.name for node in nodes],
        "ops": [ops(node.op) for node in nodes],
        "inputs": [[rank for pair in node.inputs for rank in pair] for node in nodes],
        "controls": [list(node.controls) for node in nodes],
        "attrs": [[attrs(attr) for attr in node.attrs] for node in nodes],
        "outputs": [[outputs(_tensor(output)) for output in node.outputs] for node in nodes],
        "opTable": ops.values,
        "attrTable": [list(attr) for attr in attrs.values],
        "outputTable": outputs.values,
    }


def _tensor(output: OutputPicture) -> str:
    """``float32[1,?,4]``; ``?`` stands for what is unknown."""
    dims = "..." if output.shape is None else ",".join(_size(size) for size in output.shape)
    return f"{output.dtype or '?'}[{dims}]"


def _size(size: int | None) -> str:
    return "?" if size is None or size < 0 else str(size)


def _target(target: TargetReport) -> dict[str, Any]:
    judgements = _Table()
    answers = [
        [-1 if answer is None else judgements(answer) for answer in body] for body in target.answers
    ]
    return {
        "target": target.target,
        "byDefault": target.by_default,
        "answeredFrom": list(target.answered_from),
        "verdict": target.verdict.value,
        "summary": summary_value(target.summary),
        "ops": [
            [op.op, op.count, op.status, op.placement, op.certainty.value, list(op.evidence)]
            for op in target.ops
        ],
        "findings": [_finding(finding) for finding in target.findings],
        "known": len(target.known),
        "judgements": [_judgement(judgement) for judgement in judgements.values],
        "answers": answers,
    }


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "status": judgement.status.value,
        "placement": judgement.placement.value,
        "certainty": judgement.certainty.value,
        "stage": judgement.stage.value,
        "reason": judgement.reason.value.replace("_", " "),
        "detail": [list(pair) for pair in judgement.detail],
        "geOp": judgement.ge_op,
        "evidence": list(judgement.evidence),
        "code": judgement.code,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    fix = finding.fix
    short = None if fix is None else [fix.rule, fix.safety.value]
    return {**finding_value(finding), "remedy": finding.remedy, "fix": short}


def _matrix(matrix: Matrix) -> dict[str, Any]:
    return {
        "path": matrix.path,
        "cells": [_cell(cell) for cell in matrix.cells],
        "errors": [f"{item.code} {item.name}: {item.message}" for item in matrix.errors],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    place = cell.place
    return {
        "release": f"{place.tool}@{place.version}",
        "partial": place.partial,
        "family": place.family,
        "target": place.target,
        "socs": list(place.socs),
        "verdict": cell.verdict.value,
        "unsupported": dict(cell.unsupported),
        "unknown": dict(cell.unknown),
        "nodes": cell.nodes,
        "refusals": list(cell.refusals),
    }


def _diff(diff: GraphDiff) -> dict[str, Any]:
    return {
        "bodies": [_body_diff(body) for body in diff.bodies],
        "removedFunctions": list(diff.removed_functions),
        "addedFunctions": list(diff.added_functions),
        "nodes": list(diff.nodes),
    }


def _body_diff(body: BodyDiff) -> dict[str, Any]:
    return {
        "function": body.function,
        "removed": [change.node.name for change in body.removed],
        "added": [change.node.name for change in body.added],
        "changed": [
            [entry.node.name, [[item.field, item.before, item.after] for item in entry.changes]]
            for entry in body.changed
        ],
    }


def _rewrite(made: RewriteRecord) -> dict[str, Any]:
    return {
        "rule": made.rule,
        "root": made.root,
        "removed": list(made.removed),
        "added": list(made.added),
        "safety": made.safety.value,
    }
