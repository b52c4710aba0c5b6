"""Rules as a person reads them: the list, and one rule with its documentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from linter.report.json import SCHEMA_VERSION, as_json
from linter.report.layout import columns, paragraph
from linter.report.style import Style
from linter.results.rules import RuleExample, RuleInfo

__all__ = ["as_json_text", "document", "listing"]

_HEADINGS = {
    "flagged": "Flagged",
    "clean": "Clean",
    "rewritten": "Rewritten",
    "untouched": "Left alone",
}


def listing(rules: Sequence[RuleInfo], style: Style) -> str:
    """All rules in two tables."""
    lint = [rule for rule in rules if rule.kind == "lint"]
    rewrites = [rule for rule in rules if rule.kind == "rewrite"]
    lines = [style.paint("Lint rules", "bold"), *_table(lint, style)]
    lines += ["", style.paint("Rewrites", "bold"), *_table(rewrites, style)]
    lines += ["", "omlint explain CODE prints the whole of one."]
    return "\n".join(lines) + "\n"


def as_json_text(rules: Sequence[RuleInfo]) -> str:
    """All rules as one documented object."""
    return as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "rules": [
                {
                    "id": rule.id,
                    "name": rule.name,
                    "kind": rule.kind,
                    "severity": None if rule.severity is None else rule.severity.value,
                    "safety": None if rule.safety is None else rule.safety.value,
                    "status": rule.status,
                    "since": rule.since,
                    "title": rule.title,
                    "built_in": rule.built_in,
                }
                for rule in rules
            ],
        }
    )


def document(rule: RuleInfo, style: Style) -> str:
    """One rule: what it says, why, and its examples."""
    heading = style.paint(f"{rule.id} {rule.name}", "bold")
    lines = [f"{heading} ({rule.weight}, {rule.status}, since {rule.since})", ""]
    for block in rule.documentation.split("\n\n"):
        lines += [*_block(block, style), ""]
    for kind, label in _HEADINGS.items():
        example = next((one for one in rule.examples if one.kind == kind), None)
        if example is not None:
            lines += [f"  {style.paint(_heading(label, example), 'dim')}"]
            lines += [*_graph(example.text)]
            if example.kind == "rewritten":
                lines += [f"  {style.paint('becomes', 'dim')}", *_graph(example.after)]
            lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def _table(rules: Sequence[RuleInfo], style: Style) -> Iterable[str]:
    rows = ((rule.id, rule.weight, rule.name, rule.title) for rule in rules)
    return columns(rows, width=style.width)


def _block(block: str, style: Style) -> Iterable[str]:
    """A paragraph, or sections whose continuation lines are indented."""
    entries: list[str] = []
    for line in block.replace("``", "").splitlines():
        if entries and (line.startswith(" ") or not _is_section(line)):
            entries[-1] += " " + line.strip()
        else:
            entries.append(line.strip())
    for entry in entries:
        yield from paragraph(entry, None, style)


def _is_section(line: str) -> bool:
    word, colon, _ = line.partition(":")
    return bool(colon) and word.isalpha() and word.istitle()


def _heading(label: str, example: RuleExample) -> str:
    facts = []
    if example.lacking:
        facts.append(f"on a target without {', '.join(example.lacking)}")
    if any(example.at):
        facts.append(f"at {', '.join(place for place in example.at if place)}")
    if example.reason:
        facts.append(f"because {example.reason}")
    return label + (f" {'; '.join(facts)}" if facts else "")


def _graph(text: str) -> Iterable[str]:
    return (f"    {line}" for line in text.splitlines())
