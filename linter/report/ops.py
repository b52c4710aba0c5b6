"""Answers about op types, as a table or as JSON."""

from __future__ import annotations

from linter.report.json import SCHEMA_VERSION, as_json
from linter.report.layout import table
from linter.report.style import Style, clean
from linter.results.ops import OpAnswer, OpAnswers

__all__ = ["STATUS_COLORS", "as_json_text", "as_table", "where"]

STATUS_COLORS = {"supported": "green", "unsupported": "red", "unknown": "yellow"}


def as_json_text(answers: OpAnswers) -> str:
    """The documented object; ``dtypes`` ``null`` when the lists do not say."""
    return as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "ops": [
                {
                    "op": answer.op,
                    "target": answer.target,
                    "status": answer.judgement.status.value,
                    "certainty": answer.judgement.certainty.value,
                    "ge_op": answer.judgement.ge_op,
                    "placement": _placement(answer),
                    "dtypes": None if answer.dtypes is None else list(answer.dtypes),
                    "evidence": list(answer.judgement.evidence),
                }
                for answer in answers.answers
            ],
        }
    )


def as_table(answers: OpAnswers, style: Style) -> str:
    """One line per op and target, under a heading per target when there are few ops."""
    targets = list(dict.fromkeys(answer.target for answer in answers.answers))
    lines: list[str] = []
    for target in targets:
        default = " (the default target)" if answers.by_default else ""
        lines += [f"{style.paint(target, 'bold')}{default}"]
        mine = [answer for answer in answers.answers if answer.target == target]
        rows = [_row(answer) for answer in mine]
        for answer, (first, *rest) in zip(mine, table(rows, width=style.width), strict=True):
            status = answer.judgement.status.value
            lines.append(first.replace(status, style.paint(status, STATUS_COLORS[status]), 1))
            lines += rest
        lines.append("")
    return "\n".join(lines[:-1]) + "\n" if lines else "no ops\n"


def where(answer: OpAnswer) -> str:
    """Engine, GE type, and inputs that must be constants, when there are any."""
    judgement = answer.judgement
    placement = _placement(answer)
    renamed = judgement.ge_op not in (None, answer.op)
    parts = (
        placement or "",
        f"as {judgement.ge_op}" if renamed else "",
        f"with constant {', '.join(answer.constants)}" if answer.constants else "",
    )
    return " ".join(part for part in parts if part)


def _placement(answer: OpAnswer) -> str | None:
    placement = answer.judgement.placement.value
    return None if placement == "none" else placement


def _row(answer: OpAnswer) -> tuple[str, ...]:
    judgement = answer.judgement
    inferred = "inferred" if judgement.certainty.value == "inferred" else ""
    facts = (where(answer), " ".join(answer.dtypes or ()))
    return (clean(answer.op), judgement.status.value, inferred, ": ".join(filter(None, facts)))
