"""One op type as a person reads it: what it is, what becomes of it where, what helps."""

from __future__ import annotations

from collections.abc import Iterator

from linter.report.layout import NESTED, columns, field, paragraph
from linter.report.ops import STATUS_COLORS, where
from linter.report.style import Style, clean
from linter.results.ops import OpAnswer, OpArgument, OpExplanation, OpSignature

__all__ = ["explanation"]


def explanation(explained: OpExplanation, style: Style) -> str:
    """The whole page about one op."""
    lines = [style.paint(clean(explained.op), "bold")]
    if explained.signature is None:
        lines += paragraph("not in the table of TensorFlow ops", None, style)
    else:
        lines += _signature(explained.signature, style)
    for answer in explained.answers.answers:
        lines += ["", *_target(answer, explained, style)]
    lines += ["", style.paint("Releases", "bold"), *_releases(explained, style)]
    lines += ["", style.paint("Rewrites", "bold")]
    rewrites = ((rule.id, rule.weight, rule.title) for rule in explained.rewrites)
    lines += columns(rewrites, width=style.width)
    if not explained.rewrites:
        lines.append("  none starts at this op")
    return "\n".join(lines) + "\n"


def _signature(signature: OpSignature, style: Style) -> Iterator[str]:
    inputs = [_argument(argument) for argument in signature.inputs]
    outputs = [_argument(argument) for argument in signature.outputs]
    yield from field("inputs", inputs or ["none"], style)
    yield from field("outputs", outputs or ["none"], style)
    for name, allowed in signature.types.items():
        yield from paragraph(f"{name}: {' '.join(allowed)}", "types", style)


def _argument(argument: OpArgument) -> str:
    many = "..." if argument.many else ""
    return f"{argument.name}{many} {argument.dtype or '?'}"


def _target(answer: OpAnswer, explained: OpExplanation, style: Style) -> Iterator[str]:
    judgement = answer.judgement
    default = " (the default target)" if explained.answers.by_default else ""
    status = style.paint(judgement.status.value, "bold", STATUS_COLORS[judgement.status.value])
    yield f"{style.paint(answer.target, 'bold')}{default}: {status}"
    place = where(answer)
    certainty = judgement.certainty.value
    yield from field("answer", [part for part in (place, certainty) if part], style)
    if answer.dtypes:
        yield from paragraph(" ".join(answer.dtypes), "dtypes", style)
    for limit in explained.limits[answer.target]:
        yield from paragraph(clean(limit), "limit", style)
    if answer.target in explained.issues:
        yield from paragraph(clean(explained.issues[answer.target]), "report", style)
    for id_ in judgement.evidence:
        source = explained.answers.sources[id_]
        text = f"{source.title} ({source.where})" if source.where else source.title
        yield from paragraph(clean(text), "source", style)


def _releases(explained: OpExplanation, style: Style) -> Iterator[str]:
    rows = []
    for answer in explained.releases:
        judgement = answer.judgement
        inferred = "inferred" if judgement.certainty.value == "inferred" else ""
        rows.append((answer.target, judgement.status.value, inferred, where(answer)))
    yield from columns(rows, width=style.width)
    text = "a node in a model may fare worse: its dtypes, sizes and constants count too"
    yield from paragraph(f"({text})", None, style, indent=NESTED - 4)
