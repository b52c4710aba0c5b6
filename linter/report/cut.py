"""A model in parts: what each computes, what flows between them, what the host keeps and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from linter.report.commands import convert_command
from linter.report.fix import rewriting
from linter.report.layout import NESTED, field, label_line, paragraph
from linter.report.style import Style, clean, percent
from linter.report.text import render_findings, shape_text
from linter.report.verify import compared
from linter.results.cut import BODY, MODEL, CutOutcome, PartInput
from linter.results.finding import Severity
from linter.results.report import InputInfo
from linter.results.wording import plural

__all__ = ["render"]

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
    lines += _parts(outcome, style) if outcome.parts else _nothing(outcome, style)
    return "\n".join(lines) + "\n"


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


def _parts(outcome: CutOutcome, style: Style) -> Iterator[str]:
    planned = "" if outcome.folder or outcome.fix.proof.failed else " (planned)"
    heading = f"Cut{planned}" if outcome.needed else f"No cut is needed: the body is all{planned}"
    yield style.paint(heading, "bold")
    for part in outcome.parts:
        share = percent(part.work, max(outcome.work, 1))
        work = "" if len(outcome.parts) == 1 else f", {share} of the work"
        verdict = _verdict(outcome, style) if part.name == BODY else ""
        text = f"{plural(part.own, 'node')}{work}{verdict}"
        yield label_line(part.name, text, style)
        yield from _flow("reads", [_read(one) for one in part.inputs], style)
        yield from _flow("gives", [_tensor(info) for info in part.outputs], style)
    if outcome.host:
        kept = [f"{clean(op)} {style.times}{count:,}" for op, count in outcome.host.items()]
        yield from field("refused", kept, style)
    yield from _left(outcome, style)
    yield ""
    yield from _proof(outcome, style)
    yield from _written(outcome, style)


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
    text = _tensor(one.info)
    return text if one.source == MODEL else f"{text} from {one.source}"


def _tensor(info: InputInfo) -> str:
    return f"{clean(info.name)} {shape_text(info)}"


def _left(outcome: CutOutcome, style: Style) -> Iterator[str]:
    """Errors of the body that no cut takes away."""
    findings = () if outcome.body is None else outcome.body.findings
    errors = [item for item in findings if item.severity is Severity.ERROR]
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


def _written(outcome: CutOutcome, style: Style) -> Iterator[str]:
    part, body = outcome.body_part, outcome.body
    if outcome.folder is None or body is None or part is None:
        return
    folder = clean(outcome.folder).rstrip("/")
    names = [*(f"{one.name}.pb" for one in outcome.parts), "manifest.json", "rewrites.json"]
    saved = [] if outcome.fix.proof.saved is None else [clean(outcome.fix.proof.saved)]
    parts = [f"{folder}/{name}" for name in (*names, "check.py")]
    yield from field("wrote", [*parts, *saved], style)
    model = replace(
        outcome.fix.output_report,
        path=f"{folder}/body.pb",
        inputs=tuple(one.info for one in part.inputs),
        named_inputs=frozenset(),
        named_outputs=tuple(info.name for info in part.outputs),
        cut_inputs=(),
    )
    yield label_line("next", convert_command(model, body), style)
