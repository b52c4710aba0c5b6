"""What a format may want to know besides the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linter.report.style import PLAIN, Style
from linter.results.finding import Severity

if TYPE_CHECKING:
    from linter.results.rules import RuleInfo

__all__ = ["Context"]


def _no_rules() -> Sequence[RuleInfo]:
    return ()


def _errors_fail(severity: Severity) -> bool:
    return severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Context:
    """What a format may want to know besides the report.

    Attributes:
        style: how text for people looks.
        rules: gives the rules that were run; called by formats that describe them.
        fails: whether a finding of a severity is at or above the threshold.
    """

    style: Style = PLAIN
    rules: Callable[[], Sequence[RuleInfo]] = _no_rules
    fails: Callable[[Severity], bool] = _errors_fail
