"""Rules as a person reads them: the list, and one rule with its documentation."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence

from linter.report.json import SCHEMA_VERSION, as_json
from linter.report.layout import columns, paragraph
from linter.report.style import Style
from linter.rules import LintRule, RewriteRule
from linter.rules.examples import Clean, Example, Flagged, Rewritten, Untouched
from rules.rule_set import RuleSet

__all__ = ["as_json_text", "document", "listing", "title"]

_HEADINGS = {
    Flagged: "Flagged",
    Clean: "Clean",
    Rewritten: "Rewritten",
    Untouched: "Left alone",
}


def listing(lint: Sequence[LintRule], rewrites: Sequence[RewriteRule], style: Style) -> str:
    """All rules in two tables."""
    lines = [style.paint("Lint rules", "bold")]
    lines += columns((rule.id, rule.severity.value, rule.name, title(rule)) for rule in lint)
    lines += ["", style.paint("Rewrites", "bold")]
    lines += columns((rule.id, rule.safety.value, rule.name, title(rule)) for rule in rewrites)
    lines += ["", "omlint explain CODE prints the whole of one."]
    return "\n".join(lines) + "\n"


def as_json_text(rules: RuleSet) -> str:
    """All rules as one documented object."""
    user = set(rules.user)
    every: tuple[LintRule | RewriteRule, ...] = (*rules.lint, *rules.rewrites)
    return as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "rules": [
                {
                    "id": rule.id,
                    "name": rule.name,
                    "kind": "lint" if isinstance(rule, LintRule) else "rewrite",
                    "severity": rule.severity.value if isinstance(rule, LintRule) else None,
                    "safety": None if isinstance(rule, LintRule) else rule.safety.value,
                    "status": str(rule.status),
                    "since": rule.since,
                    "title": title(rule),
                    "built_in": rule not in user,
                }
                for rule in every
            ],
        }
    )


def title(rule: LintRule | RewriteRule) -> str:
    """First sentence of a rule's documentation."""
    first = inspect.cleandoc(rule.__doc__ or "").split("\n\n")[0]
    return " ".join(first.split()).replace("``", "")


def document(rule: LintRule | RewriteRule, style: Style) -> str:
    """One rule: what it says, why, and its examples."""
    weight = rule.severity.value if isinstance(rule, LintRule) else rule.safety.value
    heading = f"{rule.id} {rule.name}"
    lines = [f"{style.paint(heading, 'bold')} ({weight}, {rule.status}, since {rule.since})", ""]
    for block in inspect.cleandoc(rule.__doc__ or "").split("\n\n"):
        lines += [*_block(block, style), ""]
    for kind, label in _HEADINGS.items():
        example = next((one for one in rule.examples if isinstance(one, kind)), None)
        if example is not None:
            lines += [f"  {style.paint(_heading(label, example), 'dim')}"]
            lines += [*_graph(example.text)]
            if isinstance(example, Rewritten):
                lines += [f"  {style.paint('becomes', 'dim')}", *_graph(example.after)]
            lines.append("")
    return "\n".join(lines[:-1]) + "\n"


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


def _heading(label: str, example: Example) -> str:
    facts = []
    if example.lacking:
        facts.append(f"on a target without {', '.join(example.lacking)}")
    if isinstance(example, Flagged) and any(example.at):
        facts.append(f"at {', '.join(place for place in example.at if place)}")
    if isinstance(example, Untouched) and example.reason:
        facts.append(f"because {example.reason}")
    return label + (f" {'; '.join(facts)}" if facts else "")


def _graph(text: str) -> Iterable[str]:
    return (f"    {line}" for line in inspect.cleandoc(text).splitlines())
