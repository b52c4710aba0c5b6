"""SARIF 2.1.0 as code scanning takes it: one run, all rules, results grouped by op type.

Limits of GitHub that are kept: 5,000 results are shown of a run, 100 locations of a result; and an
upload may have 10 MB when compressed, for which the locations are bounded over all results as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from linter import __version__
from linter.report.formats.context import Context
from linter.report.formats.fingerprint import Entry, entries, relative
from linter.report.formats.sarif_rules import LEVELS, descriptors
from linter.report.grouping import RANK, place
from linter.report.style import clean
from linter.results.finding import Finding
from linter.results.report import InputError, ModelReport, Report
from linter.results.wording import plural

__all__ = ["render"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RESULTS = 5_000
_LOCATIONS = 100
_ALL_LOCATIONS = 50_000
_NODES = 4


def render(report: Report, context: Context) -> str:
    """One log with one run."""
    found = sorted(entries(report), key=lambda entry: RANK[entry.group.first.severity])
    shown = found[:_RESULTS]
    rules = descriptors(context.rules(), [entry.group.first for entry in shown])
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    most = max(1, min(_LOCATIONS, _ALL_LOCATIONS // max(len(shown), 1)))
    run = {
        "tool": {"driver": {"name": "omlint", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, len(found) - len(shown))],
        "artifacts": [_artifact(model) for model in report.results],
        "results": [_result(entry, index, most) for entry in shown],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _result(entry: Entry, index: dict[str, int], most: int) -> dict[str, Any]:
    model, target, group = entry.model, entry.target, entry.group
    first, located = group.first, group.located
    names = ", ".join(place(finding) for finding in located[:_NODES])
    more = f" and {len(located) - _NODES:,} more" if len(located) > _NODES else ""
    at = f" at {names}{more}" if located else ""
    result: dict[str, Any] = {
        "ruleId": first.code,
        "ruleIndex": index[first.code],
        "level": LEVELS[first.severity],
        "message": {"text": _message(f"{first.message}{at} ({target.target})")},
        "locations": [_location(model, first)],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{entry.fingerprint}:1",
            "omlintGroup/v1": entry.fingerprint,
        },
        "properties": {
            "target": target.target,
            "verdict": target.verdict.value,
            "op": None if first.op is None else clean(first.op),
            "nodes": len(located),
            "certainty": first.certainty.value,
            "fix": None if first.fix is None else first.fix.rule,
        },
    }
    if len(located) > 1:
        result["relatedLocations"] = _related(model, located[:most])
    return result


def _related(model: ModelReport, located: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            **_location(model, finding),
            "message": {"text": _message(place(finding))},
        }
        for number, finding in enumerate(located, 1)
    ]


def _location(model: ModelReport, finding: Finding) -> dict[str, Any]:
    """Line 1 of the model, and the node in it."""
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(model.path)},
            "region": {"startLine": 1},
        }
    }
    if finding.node is not None:
        name = clean(finding.node)
        location["logicalLocations"] = [
            {
                "name": name.rpartition("/")[2] or name,
                "fullyQualifiedName": clean(place(finding)),
                "kind": "node",
            }
        ]
    return location


def _artifact(model: ModelReport) -> dict[str, Any]:
    return {
        "location": {"uri": _uri(model.path)},
        "roles": ["analysisTarget"],
        "length": model.nbytes,
        "hashes": {"sha-256": model.sha256},
    }


def _invocation(report: Report, left_out: int) -> dict[str, Any]:
    """What is about the run: models that were not read, and what the gate says."""
    faults = [_fault(error) for error in report.errors]
    if left_out:
        text = f"{plural(left_out, 'group')} of findings left out: the weightiest are here"
        faults.append({"level": "warning", "message": {"text": text}})
    invocation: dict[str, Any] = {"executionSuccessful": not report.errors}
    if faults:
        invocation["toolExecutionNotifications"] = faults
    lines = list(_gate(report))
    if lines:
        invocation["toolConfigurationNotifications"] = lines
    return invocation


def _fault(error: InputError) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": _message(f"{error.path} was not read: {error.message}")},
        "descriptor": {"id": error.kind},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(error.path)}}}],
    }


def _gate(report: Report) -> Iterator[dict[str, Any]]:
    for line in report.gate.lines if report.gate is not None else ():
        yield {
            "level": "error" if line.fails else "warning",
            "message": {"text": _message(line.message)},
            "descriptor": {"id": f"GATE {line.id}"},
        }


def _message(text: str) -> str:
    """Plain text as SARIF wants it: braces doubled, and no link where none is meant."""
    shown = clean(text).replace("{", "{{").replace("}", "}}")
    return shown.replace("[", "\\[").replace("]", "\\]") if "](" in shown else shown


def _uri(path: str) -> str:
    """A reference that is relative to the root of the sources, unless the path was not."""
    escaped = quote(relative(path).encode("utf-8", "surrogateescape"))
    return f"file://{escaped}" if escaped.startswith("/") else escaped
