"""Reports with several models and targets, and with names that formats trip over."""

from __future__ import annotations

from linter.results.finding import Certainty, Finding, Fix, Safety, Severity
from linter.results.gate import GateLine, GateOutcome
from linter.results.report import InputError, ModelReport, Report, Summary, TargetReport, Verdict
from linter.results.rules import RuleExample, RuleInfo

ODD_NAMES = (
    "a&b<c>\"d\"'e'",
    "\x1b[31mred\x1b[0m",
    "two\nlines\r\nand\ttab",
    "卷积/层",
    "[x](1){0}|`t`*_",
    "=1+1",
    "%0A::error::y",
    "\udcff\x00￿",
    ",;:@user",
)
"""Node names; a file can hold any of them."""

TARGETS = ("atc@8.1.RC1/Ascend310", "atc@5.1.RC1/Ascend310", "omg@hilens-2021-09/Ascend310")

RULES = (
    RuleInfo(
        "OPS001",
        "unknown-op",
        Severity.ERROR,
        None,
        "stable",
        "0.1",
        "Flag an ``op`` that is unknown.\n\nWhy: it stops\n    the compiler.\n",
        (RuleExample("flagged", "y = Odd()", lacking=("Odd",), at=("y",)),),
    ),
    RuleInfo("SHP001", "open", Severity.WARNING, None, "stable", "0.1", "Flag open sizes."),
    RuleInfo("PRF001", "slow", Severity.INFO, None, "stable", "0.1", "Tell what is slow."),
    RuleInfo("RWD001", "dead", None, Safety.EXACT, "stable", "0.1", "Delete what is dead."),
)


def finding(node: str | None, **changes: object) -> Finding:
    values: dict[str, object] = {
        "code": "OPS001",
        "name": "unknown-op",
        "severity": Severity.ERROR,
        "certainty": Certainty.DOCUMENTED,
        "message": f"op {node!s} is unknown",
        "node": node,
        "op": "Odd",
        "position": 1,
    }
    return Finding(**{**values, **changes})


def findings() -> tuple[Finding, ...]:
    odd = [finding(name, position=number) for number, name in enumerate(ODD_NAMES)]
    return (
        *odd,
        finding("body/x", function="while_body", fix=Fix("RWD001", Safety.EXACT)),
        finding("w", code="SHP001", name="open", severity=Severity.WARNING, op="Placeholder"),
        finding(None, code="PRF001", name="slow", severity=Severity.INFO, op=None),
    )


def target(name: str, found: tuple[Finding, ...], known: tuple[Finding, ...] = ()) -> TargetReport:
    verdict = Verdict.BLOCKED if found else Verdict.CONVERTIBLE
    summary = Summary(20, 20, 20 - len(found), len(found), 0, {"aicore": 20 - len(found)})
    return TargetReport(name, (name,), "0" * 64, verdict, summary, (), found, known=known)


def model(path: str, *targets: TargetReport) -> ModelReport:
    return ModelReport(path, "ab" * 32, "graphdef", 20, (), ("y:0",), {}, targets, nbytes=10)


def report() -> Report:
    """Three models on three targets, a fourth one not read, and a gate that failed."""
    found = findings()
    models = (
        model("./models/a b&<>,c%.pb", *(target(name, found) for name in TARGETS)),
        model("models/clean.pb", *(target(name, ()) for name in TARGETS)),
        model("模型/\x1b[1m.pb", *(target(name, found[:2], found[2:3]) for name in TARGETS)),
    )
    errors = (InputError("gone <&>.pb", "missing", "no such file: 'gone <&>.pb'", None),)
    lines = (GateLine("max-warnings", "3 warnings, and 0 are let pass", True),)
    return Report(models, {}, errors, GateOutcome(False, known=3, lines=lines, demands=True))


def spread() -> Report:
    """A model whose path, and an error for each odd name whose op type too, is such a name."""
    found = tuple(finding(name, op=name) for name in ODD_NAMES)
    odd = model("a::b*c<i>,%.pb", target(TARGETS[0], found))
    return Report((odd,), {}, (InputError("\x1b", "missing", "a\x1bb", None),))


def large(nodes: int = 50_000, types: int = 3) -> Report:
    """One model with an error at each of many nodes."""
    found = tuple(
        finding(f"layer_{number}/op", op=f"Odd{number % types}", position=number)
        for number in range(nodes)
    )
    return Report((model("big.pb", target(TARGETS[0], found)),), {})
