"""Rules as SARIF declares them: what each finds, how much it weighs, and its page as help."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from linter.report.rules import document
from linter.report.style import PLAIN
from linter.results.finding import Finding, Severity
from linter.results.rules import RuleInfo

__all__ = ["LEVELS", "descriptors"]

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
"""What a finding weighs there."""

_PROBLEMS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}
_TITLE = 1_000
"""Characters of a description; GitHub takes 1,024."""


def descriptors(rules: Sequence[RuleInfo], findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """All lint rules, and a short entry for a code that is of none of them."""
    known = [_described(rule, rule.severity) for rule in rules if rule.severity is not None]
    ids = {rule.id for rule in rules}
    strange = {item.code: item for item in findings if item.code not in ids}
    return known + [_unknown(item) for _, item in sorted(strange.items())]


def _described(rule: RuleInfo, severity: Severity) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": _camel(rule.name),
        "shortDescription": {"text": rule.title[:_TITLE]},
        "fullDescription": {"text": _first_paragraphs(rule)[:_TITLE]},
        "help": {"text": document(rule, PLAIN), "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {
            "tags": ["ascend", rule.id[:3]],
            "problem.severity": _PROBLEMS[severity],
        },
    }


def _unknown(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.code,
        "name": _camel(finding.name),
        "shortDescription": {"text": finding.name},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
    }


def _camel(name: str) -> str:
    """``unknown-op`` as ``UnknownOp``, which SARIF recommends."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def _first_paragraphs(rule: RuleInfo) -> str:
    return " ".join(rule.documentation.replace("``", "").split())


def _markdown(rule: RuleInfo) -> str:
    """The documentation of the rule and its first example that is flagged."""
    text = rule.documentation.replace("``", "`")
    text = re.sub(r"^(\w+):[ \n]+", r"\n**\1.** ", text, flags=re.MULTILINE)
    lines = [f"# {rule.id} {rule.name}", "", text.strip()]
    flagged = next((one for one in rule.examples if one.kind == "flagged"), None)
    if flagged is not None:
        lines += ["", "Flagged:", "", "```", flagged.text, "```"]
    return "\n".join(lines) + "\n"
