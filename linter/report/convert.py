"""How far a conversion came."""

from __future__ import annotations

from collections.abc import Iterator

from linter.report import fix
from linter.report.layout import field, paragraph
from linter.report.style import Style, clean, size_text
from linter.report.text import render_findings
from linter.results.convert import ConvertOutcome

__all__ = ["render"]


def render(outcome: ConvertOutcome, style: Style) -> str:
    """The fix, then the compiler."""
    text = fix.render(outcome.fix, style)
    lines = [] if style.quiet else ["", *_compiler(outcome, style)]
    return text + "".join(f"{line}\n" for line in lines)


def _compiler(outcome: ConvertOutcome, style: Style) -> Iterator[str]:
    if outcome.fix.output is None:
        return
    if outcome.library is not None:
        yield from field("library", [clean(str(outcome.library))], style)
    yield f"  {style.paint('command', 'dim')}  {outcome.command}"
    if outcome.not_modelled:
        names = ", ".join(f"--{clean(name)}" for name in outcome.not_modelled)
        text = f"not modelled  {names}: the verdict does not take them into account"
        yield from paragraph(text, None, style)
    run = outcome.run
    if run is None:
        yield from paragraph(_not_started(outcome), "compiler", style)
        return
    verdict = "converted" if run.succeeded else f"failed: {run.reason}"
    color = "green" if run.succeeded else "red"
    yield from paragraph(f"{verdict} ({run.seconds:.1f} s)", "compiler", style)
    if run.om is not None:
        size = size_text(run.nbytes)
        yield from field("wrote", [style.paint(f"{clean(str(run.om))} ({size})", color)], style)
    if outcome.diagnoses:
        yield ""
        yield from render_findings([one.finding for one in outcome.diagnoses], {}, style)
        yield from _predicted(outcome, style)


def _predicted(outcome: ConvertOutcome, style: Style) -> Iterator[str]:
    """Which findings of the check had said so."""
    codes = {finding.code for one in outcome.diagnoses for finding in one.predicted}
    if codes:
        text = f"the check had said so: {', '.join(sorted(codes))}"
        yield from paragraph(text, "", style)


def _not_started(outcome: ConvertOutcome) -> str:
    if outcome.dry_run:
        return "not started: --dry-run"
    if outcome.fault:
        return "not started here; run the command above on a host that has the compiler"
    return "not started: errors are left; --force starts it all the same"
