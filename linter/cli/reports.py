"""Reports to where ``--format`` says: each on its own, so that a fault takes no other along."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import click

from linter import api
from linter.cli.exit_codes import worse
from linter.cli.parsing import ReportRequest
from linter.cli.streams import complain, stdout_style, write_stdout
from linter.report.style import Style
from linter.results.errors import LinterError, UsageError

__all__ = ["append_summary", "formats_option", "write_reports"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_SUMMARY = "GITHUB_STEP_SUMMARY"
"""Set by GitHub Actions: the file that a step's summary is appended to."""


def formats_option(names: Sequence[str]) -> Callable[[_Command], _Command]:
    """``--format``, which may repeat."""

    def decorate(command: _Command) -> _Command:
        return click.option(
            "--format",
            "formats",
            multiple=True,
            metavar="F[:PATH]",
            shell_complete=lambda _ctx, _param, begun: [n for n in names if n.startswith(begun)],
            help=f"Report as {', '.join(names)}, to stdout or to PATH. May repeat.",
        )(command)

    return decorate


def write_reports(
    requests: Sequence[ReportRequest], render: Callable[[str, Style], str], style: Style
) -> int:
    """Write every report; a fault is one line on stderr and stops none of the others.

    Args:
        requests: what was asked for.
        render: gives the text of a format in a style.
        style: what the user wants to read; colour, width and symbols are those of the place.

    Returns:
        0, or the exit code of the worst fault.
    """
    code = 0
    for request in sorted(requests, key=lambda item: item.path is None):
        to_stdout = request.path is None
        terminal = stdout_style(width=style.width) if to_stdout else Style(width=style.width)
        shown = replace(terminal, quiet=style.quiet, verbose=style.verbose, language=style.language)
        try:
            if request.path is None:
                write_stdout(render(request.name, shown))
            else:
                api.write_text(request.path, render(request.name, shown))
        except LinterError as err:
            complain(str(err))
            code = worse(code, err.exit_code)
    return code


def append_summary(requests: Sequence[ReportRequest], render: Callable[[], str]) -> int:
    """Append a summary for the step of GitHub Actions when ``github`` is among the formats."""
    path = os.environ.get(_SUMMARY)
    if not path or not any(request.name == "github" for request in requests):
        return 0
    try:
        api.append_text(path, render())
    except UsageError as err:
        complain(str(err))
        return err.exit_code
    return 0
