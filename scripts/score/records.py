"""One answer of omlint per record, and whether it is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linter import api
from linter.cli.parsing import parse_input_shapes, parse_outputs
from linter.results.errors import LinterError
from linter.results.finding import Finding, Severity
from linter.results.report import Verdict
from score.exceptions import HARNESS_OPS, WARNED, harness_refusal

__all__ = ["Answer", "ask_all", "has_records"]

_NODE_CODES = frozenset({"E10501", "E13014", "E10001"})
_CHIP = "Ascend310P3"


@dataclass(frozen=True, slots=True)
class Answer:
    """What omlint said to one record.

    Attributes:
        tool: ``atc`` or ``omg``.
        kind: of record: parser, inference, converted, failed, op taken, op refused.
        graph: the record's graph.
        target: the target that was asked about.
        outcome: ``right``, ``uncertain`` or ``wrong``.
        recorded: what the compiler did.
        said: what omlint says.
    """

    tool: str
    kind: str
    graph: str
    target: str
    outcome: str
    recorded: str
    said: str


def has_records(facts: Path) -> bool:
    """Whether a folder holds the records."""
    return all((facts / name / "outcomes.jsonl").is_file() for name in ("parser-run", "outcomes"))


def ask_all(facts: Path) -> tuple[Answer, ...]:
    """Every answer, in the order of the records."""
    folder = facts / "parser-run"
    runs = tuple(_lines(folder))
    parsed = {(run["graph"], run["prototypes"]) for run in runs if run["stage"] == "parser"}
    answers = [_run(folder, run) for run in runs if _says_something(run, parsed)]
    conversions = (_converted(facts / "outcomes", line) for line in _lines(facts / "outcomes"))
    return (*answers, *conversions)


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "outcomes.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _says_something(run: dict[str, Any], parsed: set[tuple[str, str]]) -> bool:
    """Whether atc was asked: not where the program that was run ended, nor twice for its parser."""
    if run["result"] == "crashed":
        return False
    known = (run["graph"], run["prototypes"]) in parsed
    return run["stage"] == "parser" or run["result"] == "ok" or not known


def _run(folder: Path, record: dict[str, Any]) -> Answer:
    """A graph that atc's own parser and, in stage ``infer``, its shape inference were run on."""
    graph = record["graph"]
    path = folder / graph if graph.startswith(("graphs/", "../")) else folder.parent / graph
    target = f"atc@{record['prototypes']}/{_CHIP}"
    refused = record["result"] == "failed"
    inferred = record["stage"] == "infer" and not refused
    stage = "inference" if inferred else "parser"
    about = ("atc", stage, graph.removeprefix("../"), target)
    try:
        report = api.check([str(path)], targets=[target])
    except LinterError as err:
        return Answer(*about, "wrong", record["result"], str(err))
    if report.errors:
        outcome = "right" if refused else "wrong"
        return Answer(*about, outcome, record["result"], report.errors[0].message)
    staged = [found for found in report.results[0].targets[0].findings if found.stage == stage]
    compare = _at_inference if inferred else _at_parser
    return Answer(*about, *compare(record, staged))


def _at_parser(record: dict[str, Any], staged: list[Finding]) -> tuple[str, str, str]:
    findings = [finding for finding in staged if finding.severity is Severity.ERROR]
    said = _named(findings)
    if record["result"] == "ok":
        return ("wrong" if findings else "right"), "parsed", said
    code, detail = record["errors"][0] if record["errors"] else ("", "")
    recorded = f"{code} {detail}".strip() or "refused"
    if code in WARNED:
        named = any(finding.compiler_code == code for finding in staged)
        return ("right" if named or findings else "wrong"), recorded, said
    if not findings:
        return "wrong", recorded, said
    if code not in _NODE_CODES:
        return "right", recorded, said
    node = dict(
        part.split("=", 1) for part in detail.replace(", ", ",").split(",") if "=" in part
    ).get("opname", "")
    same = any(f.node == node and f.compiler_code == code for f in findings)
    return ("right" if same or not node else "wrong"), recorded, said


def _at_inference(record: dict[str, Any], staged: list[Finding]) -> tuple[str, str, str]:
    findings = [finding for finding in staged if finding.severity is Severity.ERROR]
    refused = {
        entry[0]: entry[1]
        for entry in record["infer_failed"]
        if entry[1] not in HARNESS_OPS and not harness_refusal(record["graph"], entry)
    }
    named = {finding.node for finding in findings}
    left_out = {entry[0] for entry in record["infer_failed"]} - refused.keys()
    recorded = ", ".join(f"{node} ({op})" for node, op in sorted(refused.items())) or "inferred"
    agree = refused.keys() <= named and named <= refused.keys() | left_out
    return ("right" if agree else "wrong"), recorded, _named(findings)


def _converted(folder: Path, record: dict[str, Any]) -> Answer:
    """A documented conversion, or a documented answer about one op."""
    target = record["target"]
    tool = target.partition("@")[0]
    good = record["outcome"] in ("success", "supported")
    kind = {
        ("model", True): "converted",
        ("model", False): "failed",
        ("op", True): "op taken",
        ("op", False): "op refused",
    }[record["kind"], good]
    name = f"{record['record']} {record['graph'].removeprefix('graphs/')}"
    try:
        report = api.check(
            [str(folder / record["graph"])],
            targets=[target],
            input_shapes=parse_input_shapes(_given(record["input_shape"])),
            outputs=parse_outputs(_given(record["outputs"])),
        )
    except LinterError as err:
        return Answer(tool, kind, name, target, "wrong", record["outcome"], str(err))
    if report.errors:
        return Answer(
            tool, kind, name, target, "wrong", record["outcome"], report.errors[0].message
        )
    found = report.results[0].targets[0]
    if found.verdict is Verdict.UNCERTAIN:
        outcome = "uncertain"
    else:
        outcome = "right" if (found.verdict is Verdict.CONVERTIBLE) is good else "wrong"
    errors = [finding for finding in found.findings if finding.severity is Severity.ERROR]
    return Answer(
        tool, kind, name, target, outcome, record["outcome"], _named(errors) or found.verdict.value
    )


def _given(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)


def _named(findings: list[Finding]) -> str:
    """The first findings in short."""
    shown = [f"{f.compiler_code or f.code} at {f.node or 'the model'}" for f in findings[:3]]
    more = f" and {len(findings) - 3} more" if len(findings) > 3 else ""
    return ", ".join(shown) + more
