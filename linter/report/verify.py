"""How two graphs compare."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from linter.report.json import as_json
from linter.report.layout import columns, field, paragraph
from linter.report.style import Style, clean, plural
from linter.report.text import shape_text

if TYPE_CHECKING:
    from linter.tf.results import OutputDiff, VerifyResult

__all__ = ["as_json_text", "compared", "render"]

_COLORS = {"equal": "green", "different": "red", "insensitive": "yellow"}


def as_json_text(result: VerifyResult) -> str:
    """The documented object; a difference that is no finite number is null."""
    return as_json(
        {
            "equal": result.equal,
            "outputs": [
                {
                    "name": diff.name,
                    "max_abs": _finite(diff.max_abs),
                    "max_rel": _finite(diff.max_rel),
                    "ok": diff.ok,
                }
                for diff in result.outputs
            ],
            "seeds": list(result.seeds),
        }
    )


def render(result: VerifyResult, style: Style) -> str:
    """Verdict, then every output."""
    status = result.status.value
    lines = [f"{style.paint(status.upper(), 'bold', _COLORS[status])}: {compared(result)}"]
    if not style.quiet:
        inputs = [f"{clean(info.name)} {shape_text(info)}" for info in result.inputs]
        lines += field("fed", inputs or ["nothing"], style)
        lines += columns(_row(diff) for diff in result.outputs)
        lines += _notes(result, style)
    return "\n".join(lines) + "\n"


def compared(result: VerifyResult) -> str:
    """One line: how many outputs, on which inputs, and how far apart."""
    seeds = ", ".join(map(str, result.seeds))
    worst = max((diff.max_abs or 0.0 for diff in result.outputs), default=0.0)
    return (
        f"{plural(len(result.outputs), 'output')}, random inputs of "
        f"{plural(len(result.seeds), 'seed')} ({seeds}) and zeros, "
        f"largest difference {_number(worst)}"
    )


def _notes(result: VerifyResult, style: Style) -> Iterator[str]:
    for note in result.notes:
        yield from paragraph(clean(note), "note", style)
    if result.status.value == "insensitive":
        text = "an output that does not react to the inputs proves nothing; see --feed"
        yield from paragraph(text, "note", style)


def _row(diff: OutputDiff) -> tuple[str, ...]:
    verdict = "ok" if diff.ok else "DIFFERENT"
    if diff.ok and diff.sensitive is False:
        verdict = "insensitive"
    figures = f"max abs {_number(diff.max_abs)}, max rel {_number(diff.max_rel)}"
    return (verdict, clean(diff.name), figures, clean(diff.reason))


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.3g}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
