"""What becomes of single nodes in a fix, and what every rewrite says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linter.report.layout import NESTED, field, paragraph
from linter.report.style import Style, clean
from linter.results.finding import Finding
from linter.results.judgement import Judgement, Status
from linter.results.why import Answer, Step, Story, WhyOutcome

__all__ = ["render"]

_SOURCES = 2
_COLORS = {Status.SUPPORTED: "green", Status.UNSUPPORTED: "red", Status.UNKNOWN: "yellow"}


def render(outcome: WhyOutcome, style: Style) -> str:
    """One block per node."""
    plan = outcome.plan
    target = plan.input_report.targets[0].target
    lines = []
    if not style.quiet:
        lines.append(f"{style.paint(clean(plan.path), 'bold')} on {style.paint(target, 'bold')}")
    for story in outcome.stories:
        if style.quiet:
            lines.append(f"{clean(story.place)}: {_fate(story, style)}")
        else:
            lines += ["", *_block(story, outcome, style)]
    return "\n".join(lines) + "\n"


def _block(story: Story, outcome: WhyOutcome, style: Style) -> Iterator[str]:
    yield f"{style.paint(clean(story.place), 'bold')} ({clean(story.op)})"
    if story.before is None:
        yield from paragraph("not in the model: a rewrite makes it", "judged", style)
    else:
        found = outcome.findings_before(story)
        yield from _judged("judged", story.before[1], found, outcome, style)
    yield from paragraph(_fate(story, style), "becomes", style)
    if story.after is not None and story.after != story.before:
        found = outcome.findings_after(story)
        yield from _judged("then", story.after[1], found, outcome, style)
    for step in story.steps:
        yield from _step(step, outcome, style)
    yield from _answers(story, outcome, style)
    yield from _next(story, style)


def _judged(
    label: str,
    judgement: Judgement,
    findings: Sequence[Finding],
    outcome: WhyOutcome,
    style: Style,
) -> Iterator[str]:
    """What the judge says: status, the stage that decided, the words of the report, sources."""
    status = style.paint(judgement.status.value, _COLORS[judgement.status])
    facts = [status, f"decided at the stage {judgement.stage.value}", judgement.certainty.value]
    if judgement.status is not Status.UNSUPPORTED:
        facts.insert(1, f"placed {judgement.placement.value}")
    yield from field(label, facts, style)
    for message in dict.fromkeys(style.finding(item)[0] for item in findings):
        yield from paragraph(clean(message), "", style)
    if not findings and judgement.detail:
        text = ", ".join(f"{name} {value}" for name, value in judgement.detail)
        yield from paragraph(clean(f"{judgement.reason}: {text}"), "", style)
    sources = {**outcome.plan.before.sources, **outcome.plan.after.sources}
    titles = [sources[key].title if key in sources else key for key in judgement.evidence]
    shown = titles if style.verbose else titles[:_SOURCES]
    if shown:
        yield from paragraph(clean("; ".join(dict.fromkeys(shown))), "", style)


def _fate(story: Story, style: Style) -> str:
    if story.after is None:
        return "removed" if story.is_needed else "removed: no output needs it"
    op, judgement = story.after
    status = style.paint(judgement.status.value, _COLORS[judgement.status])
    unneeded = "" if story.is_needed else "; no output needs it"
    if story.before is None:
        return f"new, {clean(op)}, {status}{unneeded}"
    if any(story.place in step.record.added for step in story.steps):
        return f"replaced by {clean(op)}, {status}{unneeded}"
    return f"stays, {status}{unneeded}"


def _step(step: Step, outcome: WhyOutcome, style: Style) -> Iterator[str]:
    made = step.record
    total = len(outcome.plan.rewrites)
    where = f"change {step.number:,} of {total:,}, at {clean(made.root)}"
    yield f"  {_named(made.rule, outcome, style)} ({made.safety.value}): fired, {where}"


def _answers(story: Story, outcome: WhyOutcome, style: Style) -> Iterator[str]:
    fired = {step.record.rule for step in story.steps if story.after is None}
    answers = [answer for answer in story.answers if answer.rule not in fired]
    spared = [answer for answer in answers if answer.kind == "not needed"]
    for answer in answers:
        if answer in spared and len(spared) > 1:
            continue
        place = "" if answer.root == story.place else f", at {clean(answer.root)}"
        yield f"  {_named(answer.rule, outcome, style)}: {_worded(answer)}{place}"
        if answer.reason:
            yield from paragraph(clean(answer.reason), None, style, indent=NESTED)
    if len(spared) > 1:
        names = [_named(answer.rule, outcome, style) for answer in spared]
        names[-1] += ": the target takes what they would replace"
        yield from field("unneeded", names, style, separator=", ")
    if not answers and not story.steps:
        yield f"  no rewrite is about {clean(story.op)}"


def _worded(answer: Answer) -> str:
    if answer.kind == "free":
        return "fits, but another rewrite came first"
    if answer.kind == "refused" and not answer.reason:
        return "has nothing to do here"
    return {
        "blocked": "fits, but would not help",
        "withheld": "fits, but is withheld",
    }.get(answer.kind.value, answer.kind.value)


def _next(story: Story, style: Style) -> Iterator[str]:
    if not story.stays_unsupported:
        return
    if any(answer.kind == "withheld" for answer in story.answers):
        text = "--unsafe-fixes makes the withheld rewrite; check that the result is what you want"
    else:
        text = (
            "--cut auto -o DIR gives the target the largest part that it takes; or change the model"
        )
    yield from paragraph(text, "next", style)


def _named(code: str, outcome: WhyOutcome, style: Style) -> str:
    name = outcome.plan.rule_names.get(code)
    return style.paint(code, "bold") + ("" if name is None else f" {name}")
