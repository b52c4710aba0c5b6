"""One report by hand that has a bit of everything."""

from __future__ import annotations

from linter.results.finding import Certainty, Finding, Fix, Safety, Severity
from linter.results.report import (
    InputError,
    InputInfo,
    ModelReport,
    OpReport,
    Report,
    SourceInfo,
    Summary,
    TargetReport,
    Verdict,
)

TARGET = "atc@8.1.RC1/Ascend310"


def findings() -> tuple[Finding, ...]:
    unknown_ops = [
        Finding(
            "OPS001",
            "unknown-op",
            Severity.ERROR,
            Certainty.DOCUMENTED,
            f"op 'Odd' is unknown to the parser of {TARGET}",
            node=f"tower_{number}/layer/odd",
            op="Odd",
            evidence=("list",),
            fix=Fix("RWD003", Safety.EXACT),
            position=number,
            remedy="see `omlint explain Odd`",
        )
        for number in range(12)
    ]
    return (
        Finding(
            "IOX002",
            "guessed-output",
            Severity.INFO,
            Certainty.DOCUMENTED,
            "no outputs were named",
        ),
        *unknown_ops,
        Finding(
            "DTY001",
            "refused-dtype",
            Severity.ERROR,
            Certainty.INFERRED,
            f"'MatMul' has 'x1' as float64, which {TARGET} refuses; it takes float16, float32",
            node="head/MatMul",
            op="MatMul",
            port=0,
            function="body",
            evidence=("list", "source", "table"),
            position=50,
        ),
        Finding(
            "OPS003",
            "no-data",
            Severity.WARNING,
            Certainty.INFERRED,
            "no list settles it",
            node="evil\x1b[31mname",
            op="Rare",
            evidence=("list",),
            position=51,
        ),
    )


def report() -> Report:
    summary = Summary(2345, 1234, 1220, 13, 1, {"aicore": 800, "folded": 420, "none": 14})
    blocked = TargetReport(
        TARGET,
        ("atc@8.1.RC1",),
        "0" * 64,
        Verdict.BLOCKED,
        summary,
        (
            OpReport("MatMul", 1, "unsupported", "none", Certainty.INFERRED, ("list", "source")),
            OpReport("Relu", 1220, "supported", "aicore", Certainty.DOCUMENTED, ("list",)),
        ),
        findings(),
        by_default=True,
    )
    clean = TargetReport(
        "atc@7.0.0/Ascend310P3",
        ("atc@5.1.RC2", "atc@8.1.RC1"),
        "f" * 64,
        Verdict.CONVERTIBLE,
        Summary(2345, 1234, 1234, 0, 0, {"aicore": 1234}),
        (),
        (),
    )
    model = ModelReport(
        "models/my net.pb",
        "ab" * 32,
        "graphdef",
        2345,
        (InputInfo("ids", "int32", (1, 500)), InputInfo("mask", None, (None, 3))),
        ("loss/BiasAdd:0",),
        {"MatMul": 3, "Add": 1},
        (blocked, clean),
        outputs_guessed=True,
        nbytes=417_300_000,
    )
    sources = {
        "list": SourceInfo("Kernel list of 8.1.RC1", "opp/built-in/list.json"),
        "table": SourceInfo("A table", "table"),
        "source": SourceInfo("A source", "repository @ commit"),
    }
    return Report((model,), sources, (InputError("gone.pb", "missing", "no such file", None),))
