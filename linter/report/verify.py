"""How two graphs compare."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from linter.report.json import SCHEMA_VERSION, as_json
from linter.report.layout import columns, field, paragraph
from linter.report.style import Style, clean
from linter.results.wording import plural

if TYPE_CHECKING:
    from linter.results.verify import FedInput, OutputDiff, VerifyResult

__all__ = ["as_json_text", "compared", "remarks", "render"]

_COLORS = {"equal": "green", "different": "red", "insensitive": "yellow"}


def as_json_text(result: VerifyResult) -> str:
    """The documented object; a difference that is no finite number is null."""
    return as_json(
        {
            "equal": result.equal,
            "outputs": [_output_value(diff) for diff in result.outputs],
            "seeds": list(result.seeds),
            "schema_version": SCHEMA_VERSION,
            "status": result.status.value,
            "tolerance": {"rtol": result.tolerance.rtol, "atol": result.tolerance.atol},
            "inputs": [
                {
                    "name": info.name,
                    "dtype": info.dtype,
                    "shape": list(info.shape),
                    "role": info.role,
                }
                for info in result.inputs
            ],
            "feeds": list(result.feeds),
            "left_out": list(result.left_out),
            "notes": list(result.notes),
        }
    )


def render(result: VerifyResult, style: Style) -> str:
    """Verdict, then every output."""
    status = result.status.value
    lines = [f"{style.paint(status.upper(), 'bold', _COLORS[status])}: {compared(result)}"]
    if not style.quiet:
        lines += field("fed", [_fed(info) for info in result.inputs] or ["nothing"], style)
        lines += columns(_row(diff) for diff in result.outputs)
        lines += remarks(result, style)
    return "\n".join(lines) + "\n"


def remarks(result: VerifyResult, style: Style) -> Iterator[str]:
    """Where outputs differ, which do not react, what was assumed."""
    for diff in result.outputs:
        yield from _details(diff, style)
    yield from _notes(result, style)


def compared(result: VerifyResult) -> str:
    """One line: how many outputs, on which inputs, and how far apart."""
    known = [diff.max_abs for diff in result.outputs if diff.max_abs is not None]
    others = len(result.outputs) - len(known)
    parts = [plural(len(result.outputs), "output"), _inputs(result)]
    if known:
        parts.append(f"largest difference {_number(max(known))}")
    if others and not all(diff.ok for diff in result.outputs if diff.max_abs is None):
        parts.append(f"{plural(others, 'output')} that cannot be subtracted")
    return ", ".join(parts)


def _inputs(result: VerifyResult) -> str:
    """Which inputs the graphs ran on."""
    count = len(result.seeds)
    others = [name for name in result.feeds if not name.startswith("seed ")]
    seeds = f"{plural(count, 'seed')} ({', '.join(map(str, result.seeds))})" if count else ""
    named = ", ".join(clean(name) for name in others)
    return " and ".join(filter(None, (seeds, named))) or "no inputs"


def _fed(info: FedInput) -> str:
    dims = ",".join(map(str, info.shape))
    role = f" ({clean(info.role)})" if info.role else ""
    return f"{clean(info.name)} {info.dtype}[{dims}]{role}"


def _row(diff: OutputDiff) -> tuple[str, ...]:
    verdict = "ok" if diff.ok else "DIFFERENT"
    if diff.ok and diff.sensitive is False:
        verdict = "insensitive"
    figures = f"max abs {_number(diff.max_abs)}, max rel {_number(diff.max_rel)}"
    return (verdict, clean(diff.name), figures, clean(diff.reason))


def _details(diff: OutputDiff, style: Style) -> Iterator[str]:
    """Where an output differs."""
    worst = diff.worst
    if worst is not None:
        place = f"[{','.join(map(str, worst.index))}]"
        text = f"{diff.name}: {plural(diff.mismatched, 'element')} differ; the worst on"
        text += f" {worst.feed} at {place}: {worst.first} became {worst.second}"
        yield from paragraph(clean(text), "worst", style)
    if diff.stress:
        text = f"{diff.name}: {diff.stress}; such inputs do not count where rounding is allowed"
        yield from paragraph(clean(text), "note", style)


def _notes(result: VerifyResult, style: Style) -> Iterator[str]:
    if result.left_out:
        text = f"left out, because the first graph stops at them: {', '.join(result.left_out)}"
        yield from paragraph(text, "note", style)
    for note in result.notes:
        yield from paragraph(clean(note), "note", style)
    silent = [diff.name for diff in result.outputs if diff.ok and diff.sensitive is False]
    if silent:
        names = ", ".join(map(clean, silent))
        text = f"an output that does not react to the inputs proves nothing: {names}; see --feed"
        yield from paragraph(text, "note", style)


def _output_value(diff: OutputDiff) -> dict[str, Any]:
    worst = diff.worst
    return {
        "name": diff.name,
        "max_abs": _finite(diff.max_abs),
        "max_rel": _finite(diff.max_rel),
        "ok": diff.ok,
        "sensitive": diff.sensitive,
        "mismatched": diff.mismatched,
        "reason": diff.reason,
        "worst": worst
        and {
            "feed": worst.feed,
            "index": list(worst.index),
            "first": worst.first,
            "second": worst.second,
        },
        "stress": diff.stress,
    }


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.3g}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
