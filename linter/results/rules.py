"""Rules as their documentation has them, and what came of their examples."""

from __future__ import annotations

from dataclasses import dataclass

from linter.results.finding import Safety, Severity

__all__ = ["ExampleResult", "RuleExample", "RuleInfo"]


@dataclass(frozen=True, slots=True)
class RuleExample:
    """One example that a rule carries.

    Attributes:
        kind: ``flagged``, ``clean``, ``rewritten`` or ``untouched``.
        text: the graph.
        after: the graph that a rewrite makes of it; empty where none does.
        lacking: ops that the target of the example does not support.
        at: names of the nodes that are flagged; empty for one about the model.
        reason: part of the reason that a rewrite gives for leaving the graph alone.
        label: tells several examples of one rule apart.
    """

    kind: str
    text: str
    after: str = ""
    lacking: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    reason: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One rule.

    Attributes:
        severity: of a lint rule, ``None`` for a rewrite.
        safety: of a rewrite, ``None`` for a lint rule.
        status: how settled it is.
        since: the version of omlint that brought it.
        documentation: what it says, why, and with which limits.
        built_in: it is one of omlint's own.
    """

    id: str
    name: str
    severity: Severity | None
    safety: Safety | None
    status: str
    since: str
    documentation: str
    examples: tuple[RuleExample, ...] = ()
    built_in: bool = True

    @property
    def kind(self) -> str:
        """``lint`` or ``rewrite``."""
        return "rewrite" if self.severity is None else "lint"

    @property
    def weight(self) -> str:
        """Severity or safety, whichever it has."""
        found = self.safety if self.severity is None else self.severity
        return "" if found is None else found.value

    @property
    def title(self) -> str:
        """First sentence of the documentation."""
        first = self.documentation.split("\n\n")[0]
        return " ".join(first.split()).replace("``", "")


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of one example.

    Attributes:
        rule: the rule that carries it.
        number: its place among the examples, from 1.
        example: the example.
        fault: what is wrong, ``None`` when it holds.
        numbers: what the comparison of the numbers says, empty when there is nothing to compare.
    """

    rule: RuleInfo
    number: int
    example: RuleExample
    fault: str | None
    numbers: str = ""
