"""A model in parts: what each computes, what flows between them, what the host keeps and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linter.report.commands import convert_command
from linter.report.fix import rewriting
from linter.report.json import input_value, summary_value
from linter.report.layout import NESTED, field, label_line, paragraph
from linter.report.style import Style, clean, percent, plural
from linter.report.text import render_findings, shape_text
from linter.report.verify import compared
from linter.results.finding import Severity
from linter.results.report import InputInfo
from linter.rewrite.cutting.choose import Side
from linter.rewrite.cutting.manifest import MODEL, PARTS

if TYPE_CHECKING:
    from linter.api.commands.cut import CutOutcome
    from linter.results.verify import Tolerance
    from linter.rewrite.cutting.parts import Part, PartInput
    from linter.rewrite.cutting.plan import Division

__all__ = ["SCHEMA_VERSION", "manifest_value", "render"]

SCHEMA_VERSION = "1.0"

_TENSORS = 6


def render(outcome: CutOutcome, style: Style) -> str:
    """The rewriting, then the parts."""
    fixed = outcome.fix
    target = fixed.output_report.targets[0].target
    if style.quiet:
        verdict = fixed.output_report.targets[0].verdict if outcome.body is None else None
        verdict = outcome.body.verdict if outcome.body is not None else verdict
        return f"{clean(fixed.path)}: {target}: {verdict}\n"
    lines = [*rewriting(fixed, style), ""]
    if outcome.division is None:
        lines += _nothing(outcome, style)
    else:
        lines += _parts(outcome, outcome.division, style)
    return "\n".join(lines) + "\n"


def manifest_value(outcome: CutOutcome, tolerance: Tolerance) -> dict[str, Any]:
    """The manifest: keys and their order are a contract."""
    division, body, fixed = outcome.division, outcome.body, outcome.fix
    assert division is not None
    assert body is not None
    parts = {part.name: part for part in division.parts}
    before = fixed.input_report
    return {
        "schema_version": SCHEMA_VERSION,
        "model": {"name": Path(before.path).name, "sha256": before.sha256},
        "target": body.target,
        "inputs": [input_value(info) for info in _fed(division)],
        "outputs": [
            {"name": name, "part": owner.name}
            for name in before.outputs
            for owner in (_owner(division, name),)
            if owner is not None
        ],
        "parts": {
            name: _part_value(parts[name], outcome) if name in parts else None for name in PARTS
        },
        "body": {
            "verdict": body.verdict.value,
            "summary": summary_value(body.summary),
            "share_of_work": round(division.share, 4),
        },
        "kept_on_host": dict(outcome.host),
        "rewrites": len(fixed.rewrites),
        "tolerance": {"rtol": tolerance.rtol, "atol": tolerance.atol},
        "verified": fixed.proof.status,
        "seeds": list(fixed.proof.seeds),
        "verified_inputs": [
            input_value(InputInfo(info.name, info.dtype, info.shape))
            for info in (() if fixed.proof.result is None else fixed.proof.result.inputs)
        ],
    }


def _fed(division: Division) -> list[InputInfo]:
    """The inputs of the whole, each once."""
    found: dict[str, InputInfo] = {}
    for part in division.parts:
        for one in part.inputs:
            if one.source == MODEL:
                found.setdefault(one.tensor, InputInfo(one.tensor, one.dtype, one.shape))
    return list(found.values())


def _owner(division: Division, name: str) -> Part | None:
    """The last part that gives a tensor: an output of the whole leaves where it is computed."""
    owners = [part for part in division.parts if any(out.name == name for out in part.outputs)]
    return owners[-1] if owners else None


def _part_value(part: Part, outcome: CutOutcome) -> dict[str, Any]:
    return {
        "file": f"{part.name}.pb",
        "sha256": outcome.digests.get(part.name),
        "nodes": len(part.model.main),
        "inputs": [
            {**input_value(_info(one)), "from": one.source, "tensor": one.tensor}
            for one in part.inputs
        ],
        "outputs": [input_value(InputInfo(out.name, out.dtype, out.shape)) for out in part.outputs],
    }


def _info(one: PartInput) -> InputInfo:
    return InputInfo(one.name, one.dtype, one.shape)


# -- text ------------------------------------------------------------------------------------------


def _nothing(outcome: CutOutcome, style: Style) -> Iterator[str]:
    yield style.paint("No cut", "bold")
    if outcome.fix.proof.failed:
        yield from paragraph("the rewritten graph is not what it was", None, style)
        return
    target = outcome.fix.output_report.targets[0].target
    text = (
        f"{target} takes no part of the model that is worth it: the body would do less than a "
        "hundredth of the work"
    )
    yield from paragraph(text, None, style)


def _parts(outcome: CutOutcome, division: Division, style: Style) -> Iterator[str]:
    planned = "" if outcome.folder or outcome.fix.proof.failed else " (planned)"
    heading = f"Cut{planned}" if outcome.needed else f"No cut is needed: the body is all{planned}"
    yield style.paint(heading, "bold")
    for part in division.parts:
        share = percent(division.work[part.side], max(sum(division.work.values()), 1))
        work = "" if len(division.parts) == 1 else f", {share} of the work"
        verdict = _verdict(outcome, style) if part.side is Side.BODY else ""
        text = f"{plural(len(part.own), 'node')}{work}{verdict}"
        yield label_line(part.name, text, style)
        yield from _flow("reads", [_read(one) for one in part.inputs], style)
        yield from _flow(
            "gives", [_given(part, number) for number in range(len(part.outputs))], style
        )
    if outcome.host:
        kept = [f"{clean(op)} {style.times}{count:,}" for op, count in outcome.host.items()]
        yield from field("refused", kept, style)
    yield from _left(outcome, style)
    yield ""
    yield from _proof(outcome, style)
    yield from _written(outcome, division, style)


def _verdict(outcome: CutOutcome, style: Style) -> str:
    body = outcome.body
    if body is None:
        return ""
    unknown = f", {body.summary.unknown:,} unknown" if body.summary.unknown else ""
    return f": {style.paint(body.verdict.value, 'bold')}{unknown}"


def _flow(label: str, texts: list[str], style: Style) -> Iterator[str]:
    shown = texts if style.verbose or len(texts) <= _TENSORS + 1 else texts[:_TENSORS]
    more = [f"and {len(texts) - len(shown):,} more"] if len(shown) < len(texts) else []
    yield from field(label, [*shown, *more] or ["nothing"], style, indent=NESTED)


def _read(one: PartInput) -> str:
    text = f"{clean(one.name)} {shape_text(_info(one))}"
    return text if one.source == MODEL else f"{text} from {one.source}"


def _given(part: Part, number: int) -> str:
    out = part.outputs[number]
    return f"{clean(out.name)} {shape_text(InputInfo(out.name, out.dtype, out.shape))}"


def _left(outcome: CutOutcome, style: Style) -> Iterator[str]:
    """Errors of the body that no cut takes away."""
    errors = (
        [item for item in outcome.body.findings if item.severity is Severity.ERROR]
        if (outcome.body is not None)
        else []
    )
    if errors:
        yield ""
        yield style.paint("Left in the body", "bold")
        yield from render_findings(errors, outcome.fix.after.sources, style)


def _proof(outcome: CutOutcome, style: Style) -> Iterator[str]:
    proof = outcome.fix.proof
    if proof.result is not None:
        text = f"{proof.status}: {compared(proof.result)}, whole against parts"
    elif proof.fault:
        text = f"not possible: {proof.fault}"
    elif proof.note:
        text = f"not done: {proof.note}"
    else:
        return
    yield from paragraph(clean(text), "verified", style)


def _written(outcome: CutOutcome, division: Division, style: Style) -> Iterator[str]:
    if outcome.folder is None or outcome.body is None:
        return
    folder = clean(outcome.folder).rstrip("/")
    names = [*(f"{part.name}.pb" for part in division.parts), "manifest.json", "rewrites.json"]
    saved = [] if outcome.fix.proof.saved is None else [clean(outcome.fix.proof.saved)]
    parts = [f"{folder}/{name}" for name in (*names, "check.py")]
    yield from field("wrote", [*parts, *saved], style)
    body = replace(
        outcome.fix.output_report,
        path=f"{folder}/body.pb",
        inputs=tuple(_info(one) for one in division.body.inputs),
        named_inputs=frozenset(),
        named_outputs=tuple(out.name for out in division.body.outputs),
        cut_inputs=(),
    )
    yield label_line("next", convert_command(body, outcome.body), style)
