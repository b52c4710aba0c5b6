"""One answer of omlint per record, and whether it is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linter import api
from linter.cli.parsing import parse_input_shapes, parse_outputs
from linter.io.reader import load
from linter.judge import make_judge
from linter.results.errors import LinterError
from linter.results.finding import Finding, Severity
from linter.results.report import Verdict
from opdb.query import open_database
from opdb.target import parse_target
from score.limits import NO_PROTOTYPE, WARNED, left_out

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
        limits: why refusals of the record that omlint does not share are left out.
    """

    tool: str
    kind: str
    graph: str
    target: str
    outcome: str
    recorded: str
    said: str
    limits: tuple[str, ...] = ()


def has_records(facts: Path) -> bool:
    """Whether a folder holds the records."""
    return all((facts / name / "outcomes.jsonl").is_file() for name in ("parser-run", "outcomes"))


def ask_all(facts: Path) -> tuple[Answer, ...]:
    """Every answer, in the order of the records."""
    folder = facts / "parser-run"
    runs = tuple(_lines(folder))
    parsed = {(run["graph"], run["prototypes"]) for run in runs if run["stage"] == "parser"}
    answers = [_run(folder, run) for run in runs if _says_something(folder, run, parsed)]
    conversions = (_converted(facts / "outcomes", line) for line in _lines(facts / "outcomes"))
    return (*answers, *conversions)


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "outcomes.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _says_something(folder: Path, run: dict[str, Any], parsed: set[tuple[str, str]]) -> bool:
    """Whether atc was asked: not where the program that was run ended, nor twice for its parser."""
    if run["stage"] == "parser" or run["result"] == "ok":
        return run["result"] != "crashed"
    if run["result"] == "crashed" or (run["graph"], run["prototypes"]) in parsed:
        return False
    if "DefunToPartitionedCall" not in str(run["errors"]):
        return True
    return not any(node.op in NO_PROTOTYPE for node in load(_path(folder, run["graph"])).main)


def _path(folder: Path, graph: str) -> Path:
    inside = graph.startswith(("graphs/", "../"))
    return folder / graph if inside else folder.parent / graph


def _run(folder: Path, record: dict[str, Any]) -> Answer:
    """A graph that atc's own parser and, in stage ``infer``, its shape inference were run on."""
    graph = record["graph"]
    path = _path(folder, graph)
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
    findings = report.results[0].targets[0].findings
    if inferred:
        return Answer(*about, *_at_inference(record, path, target, list(findings)))
    return Answer(*about, *_at_parser(record, [f for f in findings if f.stage == stage]))


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


def _at_inference(
    record: dict[str, Any], path: Path, target: str, findings: list[Finding]
) -> tuple[str, str, str, tuple[str, ...]]:
    """Right where every refused node has an error, and none that passes one of this stage."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    named = {finding.node for finding in errors}
    staged = [finding for finding in errors if finding.stage == "inference"]
    refused = {entry[0]: entry[1] for entry in record["infer_failed"]}
    reasons: dict[str, str] = {}
    if not refused.keys() <= named:
        judge = make_judge(load(path), open_database(parse_target(target)))
        reasons = left_out(refused, named, judge)
    wanted = sorted(refused.keys() - reasons.keys())
    recorded = ", ".join(f"{node} ({refused[node]})" for node in wanted) or "inferred"
    agree = named.issuperset(wanted) and {found.node for found in staged} <= refused.keys()
    said = _named([found for found in errors if found.node in refused] or staged)
    excused = sorted(reasons.keys() - named)
    return "right" if agree else "wrong", recorded, said, tuple(reasons[node] for node in excused)


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
    wanted = Severity.ERROR if found.verdict is Verdict.BLOCKED else Severity.WARNING
    findings = [finding for finding in found.findings if finding.severity is wanted]
    said = f"{found.verdict.value}, {_named(findings)}".rstrip(", ")
    return Answer(tool, kind, name, target, outcome, record["outcome"], said)


def _given(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)


def _named(findings: list[Finding]) -> str:
    """The first findings in short."""
    shown = [f"{f.compiler_code or f.code} at {f.node or 'the model'}" for f in findings[:3]]
    more = f" and {len(findings) - 3} more" if len(findings) > 3 else ""
    return ", ".join(shown) + more
