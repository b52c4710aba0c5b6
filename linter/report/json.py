"""The JSON report: keys and their order are a contract, ``schema/report.schema.json`` states it."""

from __future__ import annotations

import json
from typing import Any

from linter import __version__
from linter.results.gate import GateOutcome
from linter.results.json_values import finding_value, input_value, summary_value
from linter.results.report import (
    InputError,
    ModelReport,
    OpReport,
    Report,
    TargetReport,
)

__all__ = ["SCHEMA_VERSION", "as_json", "render"]

SCHEMA_VERSION = "1.0"


def render(report: Report) -> str:
    """The report as JSON text, ASCII only: names that are not UTF-8 stay escaped."""
    gate = report.gate
    return as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "omlint", "version": __version__},
            "results": [_result(model) for model in report.results],
            "sources": {
                id_: {"title": source.title, "where": source.where}
                for id_, source in sorted(report.sources.items())
            },
            "errors": [_error(error) for error in report.errors],
            **({"gate": _gate(gate)} if gate is not None and gate.is_worth_telling else {}),
        }
    )


def as_json(value: dict[str, Any]) -> str:
    """One document, indented by two, with a final newline."""
    return json.dumps(value, indent=2) + "\n"


def _result(model: ModelReport) -> dict[str, Any]:
    return {
        "model": {
            "path": model.path,
            "sha256": model.sha256,
            "format": model.format,
            "nodes": model.nodes,
            "inputs": [input_value(info) for info in model.inputs],
            "outputs": list(model.outputs),
            "op_types": dict(sorted(model.op_types.items())),
        },
        "targets": [_target(target) for target in model.targets],
    }


def _target(target: TargetReport) -> dict[str, Any]:
    return {
        "target": target.target,
        "answered_from": list(target.answered_from),
        "database": target.database,
        "verdict": target.verdict.value,
        "summary": summary_value(target.summary),
        "ops": [_op(op) for op in target.ops],
        "findings": [finding_value(finding) for finding in target.findings],
        **({"known": [finding_value(item) for item in target.known]} if target.known else {}),
    }


def _op(op: OpReport) -> dict[str, Any]:
    return {
        "op": op.op,
        "count": op.count,
        "status": op.status,
        "placement": op.placement,
        "certainty": op.certainty.value,
        "evidence": list(op.evidence),
    }


def _gate(gate: GateOutcome) -> dict[str, Any]:
    """What the gate says; only where it says more than the findings."""
    return {
        "passed": gate.passed,
        "known": gate.known,
        "lines": [
            {"id": line.id, "fails": line.fails, "message": line.message} for line in gate.lines
        ],
    }


def _error(error: InputError) -> dict[str, Any]:
    return {
        "path": error.path,
        "kind": error.kind,
        "message": error.message,
        "offset": error.offset,
    }
