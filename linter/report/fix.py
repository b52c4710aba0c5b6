"""What rewriting did: by rule, then what it refused, then how the numbers compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from linter.report.commands import why_command
from linter.report.layout import NESTED, field, label_line, paragraph
from linter.report.plan import plan_lines, steps_of
from linter.report.style import Style, clean
from linter.report.text import changed_inputs, render_findings
from linter.report.verify import compared, remarks
from linter.results.finding import Finding, Severity
from linter.results.fix import FixOutcome
from linter.results.objection import ObjectionKind
from linter.results.report import TargetReport
from linter.results.rewrite import RewriteRecord
from linter.results.wording import plural

__all__ = ["plan", "render", "rewriting"]

_FIX = "`omlint fix`"
_NODES = 4


def render(outcome: FixOutcome, style: Style) -> str:
    """All that is said of one fix."""
    return _document(outcome, _made(outcome, style), style)


def plan(outcome: FixOutcome, style: Style) -> str:
    """What a fix would do, in the order in which it would be done."""
    steps = steps_of(outcome.rewrites, outcome.checkpoints)
    return _document(outcome, plan_lines(steps, outcome.rule_names, style), style)


def rewriting(outcome: FixOutcome, style: Style) -> list[str]:
    """What rewriting did, without what it left and how it was proved."""
    return _rewriting(outcome, _made(outcome, style), style)


def _document(outcome: FixOutcome, made: Iterable[str], style: Style) -> str:
    after = outcome.output_report.targets[0]
    if style.quiet:
        return f"{clean(outcome.path)}: {after.target}: {after.verdict.value}\n"
    lines = _rewriting(outcome, made, style)
    errors = [item for item in after.findings if item.severity is Severity.ERROR]
    if errors:
        lines += ["", style.paint("Left", "bold"), *_left(errors, outcome, style)]
    lines += ["", *_proof(outcome, style)]
    written = (outcome.output, outcome.record, outcome.proof.saved)
    names = [clean(path) for path in written if path is not None]
    lines += field("wrote", names, style) if names else []
    return "\n".join(lines) + "\n"


def _rewriting(outcome: FixOutcome, made: Iterable[str], style: Style) -> list[str]:
    before, after = outcome.input_report.targets[0], outcome.output_report.targets[0]
    default = " (the default target)" if before.by_default else ""
    model, target = style.paint(clean(outcome.path), "bold"), style.paint(after.target, "bold")
    lines = [
        f"{model} on {target}{default}",
        *changed_inputs(outcome.input_report, style),
        *field("before", _state(before), style),
        *field("after", _state(after), style),
    ]
    lines += ["", _heading(outcome, style), *made]
    if outcome.refused:
        lines += ["", style.paint("Not made", "bold"), *_refused(outcome, style)]
    return lines


def _left(errors: Sequence[Finding], outcome: FixOutcome, style: Style) -> Iterator[str]:
    """What is left, and what can be done about it: advice to run ``fix`` is no use here."""
    findings = (replace(item, remedy="") if _FIX in item.remedy else item for item in errors)
    yield from render_findings(findings, outcome.after.sources, style)
    yield ""
    node = next((item for item in errors if item.node is not None), None)
    if node is not None:
        place = node.node if node.function is None else f"{node.function}::{node.node}"
        model = outcome.input_report
        command = why_command(model, model.targets[0], place or "")
        yield label_line("next", f"{command}    (why no rewrite helps)", style)
    withheld = {entry.rule for entry in outcome.refused if entry.kind is ObjectionKind.MANUAL}
    if withheld:
        text = f"--unsafe-fixes makes what was withheld: {', '.join(sorted(withheld))}"
        yield from paragraph(text, "or", style)
    text = "--cut auto -o DIR gives the target the largest part that it takes and the host the rest"
    yield from paragraph(text, "or", style)


def _state(target: TargetReport) -> list[str]:
    summary = target.summary
    counts = [f"{summary.supported:,} supported", f"{summary.unsupported:,} unsupported"]
    return [target.verdict.value, *counts, f"{summary.unknown:,} unknown"]


def _heading(outcome: FixOutcome, style: Style) -> str:
    if not (outcome.rewrites or outcome.refused or outcome.still_blocked):
        return style.paint("Nothing to rewrite", "bold")
    count = plural(len(outcome.rewrites), "rewrite") if outcome.rewrites else "No rewrite"
    planned = "" if outcome.output or outcome.proof.failed else " (planned)"
    return style.paint(f"{count}{planned}", "bold")


def _made(outcome: FixOutcome, style: Style) -> Iterator[str]:
    groups: dict[tuple[str, str], list[RewriteRecord]] = {}
    for made in outcome.rewrites:
        groups.setdefault((made.rule, made.safety.value), []).append(made)
    for (rule, safety), members in groups.items():
        count = f" {style.times}{len(members):,}" if len(members) > 1 else ""
        nodes = sum(len(made.removed) for made in members), sum(len(m.added) for m in members)
        gone = f"{plural(nodes[0], 'node')} removed, {nodes[1]:,} added"
        yield f"  {style.paint(rule, 'bold')} {_name_of(outcome, rule)} ({safety}){count}: {gone}"
        yield from _names([made.root for made in members], style)


def _refused(outcome: FixOutcome, style: Style) -> Iterator[str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for refusal in outcome.refused:
        groups.setdefault((refusal.rule, refusal.reason), []).append(refusal.node)
    for (rule, reason), nodes in groups.items():
        count = f" {style.times}{len(nodes):,}" if len(nodes) > 1 else ""
        yield f"  {style.paint(rule, 'bold')} {_name_of(outcome, rule)}{count}"
        yield from paragraph(clean(reason), None, style, indent=NESTED)
        yield from _names(nodes, style)


def _names(names: Sequence[str], style: Style) -> Iterator[str]:
    shown = names if style.verbose or len(names) <= _NODES + 1 else names[:_NODES]
    more = [f"and {len(names) - len(shown):,} more"] if len(shown) < len(names) else []
    parts = [*(clean(name) for name in shown), *more]
    return field("at", parts, style, separator=", ", indent=NESTED)


def _proof(outcome: FixOutcome, style: Style) -> Iterator[str]:
    proof = outcome.proof
    if outcome.record is None:
        return
    if proof.result is not None:
        text = f"{proof.status}: {compared(proof.result)}"
    elif proof.fault:
        text = f"not possible: {proof.fault}"
    elif proof.note:
        text = f"not done: {proof.note}"
    else:
        model = outcome.input_report
        is_copy = not (model.cut_inputs or model.set_inputs)
        text = "equal: the graph was copied as it is" if is_copy else "equal: no node was rewritten"
    yield from paragraph(clean(text), "verified", style)
    if proof.result is not None and proof.status != "equal":
        yield from remarks(proof.result, style)
    if proof.culprit is not None:
        sentence = f"{proof.culprit.rule} at {clean(proof.culprit.root)} changes the numbers"
        yield from paragraph(sentence, "", style)


def _name_of(outcome: FixOutcome, code: str) -> str:
    return outcome.rule_names.get(code, "")
