"""The report that a person reads: verdict first, then findings grouped by code and op type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from linter.report.commands import convert_command, explain_command, fix_command
from linter.report.grouping import RANK, Group, grouped
from linter.report.layout import NESTED, field, label_line, paragraph
from linter.report.style import PLAIN, Style, clean, percent, size_text
from linter.results.finding import Finding, Safety, Severity
from linter.results.report import (
    InputInfo,
    ModelReport,
    Report,
    SourceInfo,
    Summary,
    TargetReport,
    Verdict,
)
from linter.results.wording import missing_sizes

__all__ = ["changed_inputs", "render", "render_findings", "shape_text"]

_NO_OP = frozenset({("OPS001", "custom"), ("OPS001", "lost"), ("OPS001", "call")})
"""Messages about an op type that TensorFlow does not have: nothing explains it."""

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_VERDICTS = {Verdict.BLOCKED: "red", Verdict.UNCERTAIN: "yellow", Verdict.CONVERTIBLE: "green"}
_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_MESSAGES = 3
_NODES = 4
_SOURCES = 2


def render(report: Report, style: Style = PLAIN) -> str:
    """The whole report; models that could not be read are only counted here."""
    if style.quiet:
        lines = [line for model in report.results for line in _quiet(model, style)]
    else:
        blocks = [_model(model, report, style) for model in report.results]
        lines = [line for block in blocks for line in (*block, "")]
        lines += _totals(report, style)
    while lines and not lines[-1]:
        lines.pop()
    return "".join(f"{line}\n" for line in lines)


def render_findings(
    findings: Iterable[Finding], sources: dict[str, SourceInfo], style: Style
) -> Iterator[str]:
    """Findings grouped by code and op type, the weightiest first, a blank line between groups."""
    for number, group in enumerate(grouped(findings)):
        if number:
            yield ""
        yield from _group(group, sources, style)


def shape_text(info: InputInfo) -> str:
    """``float32[1,?,3]``; unknown rank ``[...]``, unknown dtype ``?``."""
    if info.shape is None:
        dims = "..."
    else:
        dims = ",".join("?" if dim is None else str(dim) for dim in info.shape)
    return f"{info.dtype or '?'}[{dims}]"


def _quiet(model: ModelReport, style: Style) -> Iterator[str]:
    for target in model.targets:
        verdict = style.paint(style.say(target.verdict.value), _VERDICTS[target.verdict])
        yield f"{clean(model.path)}: {target.target}: {verdict}"


def _model(model: ModelReport, report: Report, style: Style) -> list[str]:
    facts = [model.format, style.counted(model.nodes, "node")]
    if model.nbytes:
        facts.append(size_text(model.nbytes))
    facts.append(f"sha256 {model.sha256[:12]}")
    lines = [style.paint(clean(model.path), "bold"), f"  {style.dot.join(facts)}"]
    inputs = [f"{clean(info.name)} {shape_text(info)}" for info in model.inputs]
    lines += field(style.say("inputs"), inputs or [style.say("none")], style)
    outputs = [clean(name) for name in model.outputs]
    lines += field(style.say("outputs"), outputs or [style.say("none")], style)
    if model.outputs_guessed:
        guessed = style.say("(guessed: what no other node reads; --outputs names them)")
        lines += paragraph(guessed, "", style)
    lines += changed_inputs(model, style)
    for target in model.targets:
        lines += ["", *_target(model, target, report.sources, style)]
    return lines


def changed_inputs(model: ModelReport, style: Style) -> list[str]:
    """How the inputs that the report is about differ from those of the file."""
    lines: list[str] = []
    if model.cut_inputs:
        cut = style.say("(cut at {names})", names=clean(", ".join(model.cut_inputs)))
        lines += paragraph(cut, "", style)
    if model.set_inputs:
        chosen = style.say("(set: {values})", values=clean(", ".join(model.set_inputs)))
        lines += paragraph(chosen, "", style)
    return lines


def _target(
    model: ModelReport, target: TargetReport, sources: dict[str, SourceInfo], style: Style
) -> Iterator[str]:
    default = style.say(" (the default target)") if target.by_default else ""
    verdict = style.paint(
        style.say(target.verdict.value.upper()), "bold", _VERDICTS[target.verdict]
    )
    yield f"{style.paint(target.target, 'bold')}{default}: {verdict}{_flag(model, target, style)}"
    yield from _counts(target, style)
    if target.findings:
        yield ""
        yield from render_findings(target.findings, sources, style)
    yield ""
    yield from _advice(model, target, style)


def _flag(model: ModelReport, target: TargetReport, style: Style) -> str:
    """What the verdict waits for, where that is a flag: the sizes of inputs."""
    sizes = missing_sizes(model.inputs) if target.verdict is Verdict.UNCERTAIN else ""
    return style.say(' (--input-shape "{sizes}" is missing)', sizes=clean(sizes)) if sizes else ""


def _counts(target: TargetReport, style: Style) -> Iterator[str]:
    summary = target.summary
    yield from paragraph(_answers(summary, style), style.say("nodes"), style)
    if summary.placements:
        placed = sorted(summary.placements.items(), key=lambda item: (-item[1], item[0]))
        parts = [f"{name} {percent(n, summary.reachable)} ({n:,})" for name, n in placed]
        yield from field(style.say("placed"), parts, style)
    release = target.target.rpartition("/")[0]
    answered = [name for name in target.answered_from if name not in (release, target.target)]
    if answered:
        yield from field(style.say("facts of"), answered, style)
    tally = _tally(target.findings, style)
    if tally:
        yield from field(style.say("findings"), tally, style)
    if target.known:
        tally = _tally(target.known, style)
        yield from field(style.say("known"), [*tally, style.say("not counted")], style)


def _answers(summary: Summary, style: Style) -> str:
    """How many nodes are supported, what share that is, and what is not needed."""
    some = f" ({percent(summary.supported, summary.reachable)})"
    share = some if summary.supported < summary.reachable else ""
    answers = style.dot.join(
        f"{count:,} {style.say(name)}{note}"
        for name, count, note in (
            ("supported", summary.supported, share),
            ("unsupported", summary.unsupported, ""),
            ("unknown", summary.unknown, ""),
        )
        if count or name == "supported"
    )
    unused = summary.nodes - summary.reachable
    rest = ""
    if unused:
        all_ = f"{summary.nodes:,}"
        rest = style.say(
            " ({unused} of {all} are not needed by the outputs)", unused=f"{unused:,}", all=all_
        )
    return f"{answers}{rest}"


def _tally(findings: Sequence[Finding], style: Style) -> list[str]:
    counts = dict.fromkeys(RANK, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return [style.counted(count, _NOUNS[severity]) for severity, count in counts.items() if count]


def _group(group: Group, sources: dict[str, SourceInfo], style: Style) -> Iterator[str]:
    first = group.first
    noun = style.say(_NOUNS[first.severity])
    label = style.paint(f"{noun} {first.code}", _COLORS[first.severity], "bold")
    nodes = len({(item.function, item.node) for item in group.findings if item.node is not None})
    subject = f"{style.dot}{clean(first.op)}" if first.op else ""
    subject += f" {style.times}{nodes:,}" if nodes > 1 else ""
    yield f"  {label} {first.name}{style.paint(subject, 'bold')}"
    messages = _messages(group, style)
    shown = len(messages) if style.verbose else _MESSAGES
    for message, findings in list(messages.items())[:shown]:
        yield from paragraph(clean(message), None, style, indent=NESTED)
        yield from _nodes(findings, style)
    if len(messages) > shown:
        more = sum(len(findings) for findings in list(messages.values())[shown:])
        text = style.say("and {count} more like these (-v shows all)", count=f"{more:,}")
        yield from paragraph(text, None, style, indent=NESTED)
    yield from _why(group, sources, style)
    yield from _fix(group, style)


def _messages(group: Group, style: Style) -> dict[str, list[Finding]]:
    result: dict[str, list[Finding]] = {}
    for finding in group.findings:
        result.setdefault(style.finding(finding)[0], []).append(finding)
    return result


def _nodes(findings: Sequence[Finding], style: Style) -> Iterator[str]:
    names = list(dict.fromkeys(_place(item, style) for item in findings if item.node is not None))
    if not names:
        return
    shown = names if style.verbose or len(names) <= _NODES + 1 else names[:_NODES]
    more = len(names) - len(shown)
    rest = [style.say("and {count} more", count=f"{more:,}")] if more else []
    at = style.say("at")
    yield from field(at, [*shown, *rest], style, separator=", ", indent=NESTED)


def _place(finding: Finding, style: Style) -> str:
    name = clean(finding.node or "")
    if finding.function is None:
        return name
    return style.say("{name} in function {function}", name=name, function=clean(finding.function))


def _why(group: Group, sources: dict[str, SourceInfo], style: Style) -> Iterator[str]:
    ids = list(dict.fromkeys(id_ for item in group.findings for id_ in item.evidence))
    if not ids:
        return
    titles = list(dict.fromkeys(sources[id_].title if id_ in sources else id_ for id_ in ids))
    shown = titles if style.verbose else titles[:_SOURCES]
    text = "; ".join(clean(title) for title in shown)
    if len(titles) > len(shown):
        more = style.counted(len(titles) - len(shown), "more source")
        text += style.say("; and {more}", more=more)
    inferred = any(item.certainty == "inferred" for item in group.findings)
    text += style.say(" (inferred)") if inferred else ""
    yield from paragraph(text, style.say("why"), style, indent=NESTED)


def _fix(group: Group, style: Style) -> Iterator[str]:
    unfixed = [item for item in group.findings if item.fix is None]
    for remedy in dict.fromkeys(style.finding(item)[1] for item in unfixed if item.remedy):
        yield from paragraph(clean(remedy), style.say("remedy"), style, indent=NESTED)
    fixes = Counter(item.fix for item in group.findings if item.fix is not None)
    if not fixes:
        return
    manual = any(fix.safety is Safety.MANUAL for fix in fixes)
    command = "omlint fix --unsafe-fixes" if manual else "omlint fix"
    if unfixed:
        command = style.say(
            "{command} removes {some} of {all}",
            command=command,
            some=f"{fixes.total():,}",
            all=f"{len(group.findings):,}",
        )
    rules = ", ".join(
        f"{fix.rule} ({fix.safety})" for fix in sorted(fixes, key=lambda fix: fix.rule)
    )
    yield from paragraph(f"{command}: {rules}", style.say("fix"), style, indent=NESTED)


def _advice(model: ModelReport, target: TargetReport, style: Style) -> Iterator[str]:
    errors = [item for item in target.findings if item.severity is Severity.ERROR]
    fixable = [item for item in errors if item.fix and item.fix.safety is not Safety.MANUAL]
    told = (item for item in errors if (item.code, item.message_id) not in _NO_OP)
    op = next((item.op for item in told if item.op), None)
    if fixable:
        yield from _next(fix_command(model, target), style)
        if len(fixable) < len(errors):
            text = style.say(
                "(no safe rewrite is known for {rest} of {all})",
                rest=f"{len(errors) - len(fixable):,}",
                all=style.counted(len(errors), "error"),
            )
            yield from paragraph(text, "", style)
            yield from _cut(errors, style)
    elif any(item.fix for item in errors):
        yield from _next(f"{fix_command(model, target)} --unsafe-fixes", style)
        yield from paragraph(style.say("(only rewrites that change the numbers help)"), "", style)
        yield from _cut(errors, style)
    elif op is not None:
        yield from _next(explain_command(op, target), style)
        yield from _cut(errors, style)
    elif errors:
        yield from _cut(errors, style)
    else:
        yield from _next(convert_command(model, target), style)


def _cut(errors: Sequence[Finding], style: Style) -> Iterator[str]:
    """Another way where no rewrite is known: what the target refuses need not run on it."""
    if any(item.fix is None and item.node is not None for item in errors):
        yield from paragraph(
            style.say("(fix --cut auto -o DIR leaves them to the host)"), "", style
        )


def _next(command: str, style: Style) -> Iterator[str]:
    """A command stays on one line: it is there to be copied."""
    yield label_line(style.say("next"), command, style)


def _totals(report: Report, style: Style) -> list[str]:
    verdicts = [target.verdict for model in report.results for target in model.targets]
    if len(verdicts) + len(report.errors) < 2:
        return []
    counts = {verdict.value: verdicts.count(verdict) for verdict in Verdict}
    parts = [f"{count:,} {style.say(name)}" for name, count in counts.items() if count]
    if report.errors:
        count = f"{len(report.errors):,}"
        parts.append(style.say("{count} not read (see stderr)", count=count))
    return [f"{style.paint(style.say('In all'), 'bold')}: {style.dot.join(parts)}"]
