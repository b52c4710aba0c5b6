"""``omlint fix --cut auto``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from linter import api
from linter.cli.streams import complain, complain_about, say, stdout_style, write_stdout
from linter.cli.verification import failure
from linter.results.cut import CutOutcome
from linter.results.errors import UsageError

__all__ = ["run"]


def run(model: str, arguments: dict[str, Any], flags: dict[str, Any]) -> int:
    """Cut ``model`` as the flags of ``fix`` say.

    Args:
        model: as the user typed it.
        arguments: what ``fix`` and ``cut`` of the library have in common.
        flags: of the command.
    """
    from linter.report import cut as report

    folder = _folder(model, flags)
    outcome = api.cut(model, folder, **arguments)
    style = stdout_style(quiet=flags["quiet"], verbose=flags["verbose"])
    write_stdout(report.render(outcome, style))
    _conclude(outcome, planned=folder is None)
    if folder is None and outcome.would_change:
        return max(1, outcome.exit_code)
    return outcome.exit_code


def _conclude(outcome: CutOutcome, *, planned: bool) -> None:
    """The faults, and as the last line what the reader of stderr has to know."""
    for error in (*outcome.fix.before.errors, *outcome.fix.after.errors):
        complain_about(error)
    proof = outcome.fix.proof
    if proof.failed:
        complain(failure(proof))
    elif not outcome.parts and not outcome.fix.after.errors:
        target = outcome.fix.output_report.targets[0].target
        rest = "" if planned else ", nothing written"
        complain(f"{target} takes no part of the model that is worth it{rest}")
    elif outcome.exit_code == 1 and not planned:
        say("written, the body is still blocked")


def _folder(model: str, flags: dict[str, Any]) -> str | None:
    """Where the parts go; ``None`` for a plan.

    Raises:
        UsageError: not exactly one of the two ways, or a folder that cannot be written.
    """
    output: str | None = flags["output"]
    for name in ("in_place", "diff", "why"):
        if flags[name]:
            raise UsageError(f"--{name.replace('_', '-')} does not go with --cut auto")
    if (output is None) != flags["plan"]:
        raise UsageError("fix --cut auto needs one of -o DIR and --plan")
    if output is None:
        return None
    if not output:
        raise UsageError("the name of the folder to write is empty")
    path = Path(os.path.realpath(output))
    if path.suffix in (".pb", ".om") or (path.exists() and not path.is_dir()):
        raise UsageError(f"fix --cut auto writes a folder of parts; -o {output} is a file")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {output}: there is no folder {path.parent}")
    if not all(os.access(place, os.W_OK) for place in (path.parent, path) if place.exists()):
        raise UsageError(f"cannot write {output}: permission denied")
    source = Path(os.path.realpath(model))
    if path in (source, source.parent):
        raise UsageError(f"{output} holds {model}; write the parts to another folder")
    return output
