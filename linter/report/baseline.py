"""What a baseline holds, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from linter.report.json import as_json
from linter.report.style import PLAIN, Style, clean
from linter.results.baseline import Baseline, BaselineChange, KnownFinding
from linter.results.wording import plural

__all__ = ["as_json_text", "changed", "listing"]

_NODES = 4


def changed(change: BaselineChange, style: Style = PLAIN) -> str:
    """One line: how many findings the file holds, and what came and went."""
    entries = change.after.entries
    parts = [_total(entries)]
    for count, word in (
        (change.added, "added"),
        (change.removed, "removed"),
        (change.renamed, "renamed"),
        (change.untouched, "not looked at"),
    ):
        if count:
            parts.append(f"{count:,} {word}")
    return f"{clean(change.after.name)}: {style.dot.join(parts)}\n"


def listing(baseline: Baseline, style: Style = PLAIN) -> str:
    """The findings by model, target, code and op type."""
    lines = [f"{clean(baseline.name)}: {_total(baseline.entries)}"]
    if not style.quiet:
        entries = sorted(baseline.entries, key=lambda item: item.order)
        for (model, target), group in groupby(entries, lambda item: (item.model, item.target)):
            lines += ["", style.paint(f"{clean(model)} on {clean(target)}", "bold")]
            lines += _groups(tuple(group), style)
    return "".join(f"{line}\n" for line in lines)


def as_json_text(baseline: Baseline) -> str:
    """The findings with their fingerprints."""
    return as_json(
        {
            "schema_version": "1.0",
            "file": baseline.name,
            "findings": [
                {
                    "fingerprint": entry.fingerprint,
                    "model": entry.model,
                    "target": entry.target,
                    "code": entry.code,
                    "function": entry.function,
                    "node": entry.node,
                    "port": entry.port,
                    "op": entry.op,
                }
                for entry in sorted(baseline.entries, key=lambda item: item.order)
            ],
        }
    )


def _total(entries: tuple[KnownFinding, ...]) -> str:
    models = len({entry.model for entry in entries})
    return f"{plural(len(entries), 'finding')} in {plural(models, 'model')}"


def _groups(entries: tuple[KnownFinding, ...], style: Style) -> Iterator[str]:
    kinds = sorted({(entry.code, entry.op or "") for entry in entries})
    for code, op in kinds:
        places = [item.place for item in entries if (item.code, item.op or "") == (code, op)]
        places = list(dict.fromkeys(place for place in places if place))
        shown = places if style.verbose else places[:_NODES]
        rest = len(places) - len(shown)
        names = ", ".join(map(clean, shown)) + (f" and {rest:,} more" if rest else "")
        head = f"  {code} {clean(op)}".rstrip()
        yield f"{head} {style.times}{len(places):,}: {names}" if places else head
