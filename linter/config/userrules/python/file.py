"""The rules of a Python file as omlint has them: declarations, and methods that ask its process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from linter.config.userrules.python.declaration import Declared, Rule, proxy
from linter.config.userrules.python.edits import BuildResult, MatchSite, observed
from linter.config.userrules.python.process import RuleProcess
from linter.config.userrules.python.subject import JudgeSubject, MatchSubject

if TYPE_CHECKING:
    from linter.graph import Graph, Node
    from linter.judge import Judge
    from linter.results.finding import Finding
    from linter.rules import LintContext, Sweep
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match

__all__ = ["load_python"]


def load_python(path: str, seconds: float | None) -> tuple[Rule, ...]:
    """The rules of a file, in the order of their definition.

    Args:
        path: the file.
        seconds: bound of running the file, and of one call of a rule; ``None`` for no bound.

    Raises:
        UsageError: the file cannot be read or run, or a class is no sound rule; the line is
            named.
    """
    process = RuleProcess(path, seconds)
    found: tuple[Declared, ...] = process.declarations()
    return tuple(
        proxy(entry, path, _methods(process, number)) for number, entry in enumerate(found)
    )


def _methods(process: RuleProcess, number: int) -> Mapping[str, Callable[..., Any]]:
    """What the methods of a rule are here."""

    def check(_: Any, node: Node, ctx: LintContext) -> Iterator[Finding]:
        return looked(ctx, node.key)

    def check_model(_: Any, ctx: LintContext) -> Iterator[Finding]:
        return looked(ctx, None)

    def looked(ctx: LintContext, key: str | None) -> Iterator[Finding]:
        subject = JudgeSubject(ctx.source)
        if process.is_disabled(number, subject):
            return iter(())
        return iter(process.call(number, subject, "check", ctx.graph.function, key))

    def sweeps(_: Any, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        subject = JudgeSubject(judge)
        if process.is_disabled(number, subject):
            return iter(())
        return iter(process.call(number, subject, "sweeps", graph.function))

    def guard(_: Any, m: Match) -> Any:
        subject = MatchSubject(m.context)
        if process.is_disabled(number, subject):
            return m.refuse(_STOPPED)
        return process.call(number, subject, "guard", MatchSite.of(m))

    def build(_: Any, m: Match, edit: GraphEditor) -> Any:
        subject = MatchSubject(m.context, edit)
        if process.is_disabled(number, subject):
            return m.refuse(_STOPPED)
        built = process.call(number, subject, "build", MatchSite.of(m))
        if not isinstance(built, BuildResult):
            return built
        observed(edit, process.end_change)
        return built.replay(edit)

    return {
        "check": check,
        "check_model": check_model,
        "sweeps": sweeps,
        "guard": guard,
        "build": build,
    }


_STOPPED = "the rule was stopped at another node and is not run again"
