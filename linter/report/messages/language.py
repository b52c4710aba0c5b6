"""One text in the language that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from linter.report.messages.entry import Texts
from linter.results.finding import Finding
from linter.results.wording import LANGUAGES

__all__ = ["ENGLISH", "LANGUAGES", "catalogue", "localized", "phrase", "phrases"]

ENGLISH = LANGUAGES[0]

_FAMILIES = ("atr", "ctl", "dty", "grf", "iox", "ops", "prf", "shp")


def localized(finding: Finding, language: str) -> tuple[str, str]:
    """Message and remedy of a finding; what no catalogue has, such as users' rules, in English."""
    if language == ENGLISH:
        return finding.message, finding.remedy
    texts = catalogue(language).get(finding.code, {}).get(finding.message_id)
    if texts is None:
        return finding.message, finding.remedy
    message, remedy = (_fill(text, finding.args) for text in texts)
    return message or finding.message, remedy or finding.remedy


def phrase(text: str, language: str) -> str:
    """A fixed text of the report; fields in it are filled by the caller."""
    return text if language == ENGLISH else phrases(language).get(text, text)


@cache
def catalogue(language: str) -> Texts:
    """All texts of the rules in another language than English."""
    texts: dict[str, Mapping[str, tuple[str, str]]] = {}
    for family in _FAMILIES:
        texts.update(import_module(f"linter.report.messages.{language}.{family}").TEXTS)
    return texts


@cache
def phrases(language: str) -> Mapping[str, str]:
    """The fixed texts of the report by their English wording."""
    result: Mapping[str, str] = import_module(f"linter.report.messages.{language}.phrases").PHRASES
    return result


def _fill(text: str, args: Mapping[str, Any]) -> str:
    try:
        return text.format(**args)
    except (KeyError, ValueError):
        return ""
