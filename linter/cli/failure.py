"""Why a run fails, for a reader who does not see the findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from linter.cli.streams import complain
from linter.report.grouping import place
from linter.results.finding import Severity
from linter.results.report import Report
from linter.results.wording import plural

__all__ = ["say_failure"]

_CODES = 4


def say_failure(report: Report, fails: Callable[[Severity], bool]) -> None:
    """Say on stderr, in a line for each model and target, which findings fail the run.

    Args:
        report: what was found.
        fails: whether a finding of a severity is at or above the threshold.
    """
    for model in report.results:
        for target in model.targets:
            failing = [item for item in target.findings if fails(item.severity)]
            if not failing:
                continue
            counts = Counter(item.code for item in failing).most_common()
            codes = ", ".join(f"{code} x{count:,}" for code, count in counts[:_CODES])
            more = f" and {plural(len(counts) - _CODES, 'more code')}"
            codes += more if len(counts) > _CODES else ""
            first = failing[0]
            at = f" at {place(first)}" if first.node is not None else ""
            found = f"{plural(len(failing), 'finding')} at or above the threshold ({codes})"
            complain(f"{model.path} on {target.target}: {found}; the first{at}: {first.message}")
