"""What is configured, for a person and as JSON."""

from __future__ import annotations

from linter.report.json import as_json
from linter.report.layout import columns
from linter.report.style import PLAIN, Style, clean
from linter.results.config import ConfigListing, SettingValue

__all__ = ["as_json_text", "render"]


def render(listing: ConfigListing, style: Style = PLAIN) -> str:
    """One line per setting, then the entries."""
    rows = [
        (item.key, clean(_text(item.value)), clean(item.where or item.origin.value))
        for item in listing.settings
    ]
    lines = [
        f"file: {clean(listing.file or 'none')}",
        "",
        *columns(rows, indent=0, width=style.width),
    ]
    for table in dict.fromkeys(entry.table for entry in listing.entries):
        entries = [entry for entry in listing.entries if entry.table == table]
        lines += ["", style.paint(table, "bold")]
        for entry in entries:
            said = style.dot.join(f"{name} {text}" for name, text in entry.fields.items())
            lines.append(f"  {clean(said)} ({clean(entry.where)})")
    return "".join(f"{line}\n" for line in lines)


def as_json_text(listing: ConfigListing) -> str:
    """Settings and entries as JSON."""
    return as_json(
        {
            "schema_version": "1.0",
            "file": listing.file,
            "settings": [
                {
                    "key": item.key,
                    "value": list(item.value) if isinstance(item.value, tuple) else item.value,
                    "origin": item.origin.value,
                    "where": item.where or None,
                    "help": item.help,
                }
                for item in listing.settings
            ],
            "entries": [
                {"table": entry.table, "where": entry.where, "fields": entry.fields}
                for entry in listing.entries
            ],
        }
    )


def _text(value: SettingValue) -> str:
    if value is None or value == ():
        return "-"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
