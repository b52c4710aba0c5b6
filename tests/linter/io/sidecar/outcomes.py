"""Outcomes by hand, as the records beside models are made from."""

from __future__ import annotations

from linter.results.cut import CutOutcome, CutPart, PartInput
from linter.results.finding import Safety
from linter.results.fix import FixOutcome, Proof
from linter.results.objection import Objection, ObjectionKind
from linter.results.report import (
    InputInfo,
    ModelReport,
    Report,
    Summary,
    TargetReport,
    Verdict,
)
from linter.results.rewrite import Refused, RewriteRecord
from linter.results.verify import FedInput, VerifyResult, VerifyStatus

TARGET = "atc@8.1.RC1/Ascend310"
NO_SHAPE = Objection("it has no static shape", kind=ObjectionKind.GUARD)


def target(unsupported: int) -> TargetReport:
    verdict = Verdict.BLOCKED if unsupported else Verdict.CONVERTIBLE
    summary = Summary(9, 8, 8 - unsupported, unsupported, 0, {"none": unsupported, "aicore": 3})
    return TargetReport(TARGET, ("atc@8.1.RC1",), "d" * 64, verdict, summary, (), ())


def report(unsupported: int, sha256: str) -> Report:
    model = ModelReport(
        "nets/net.pb",
        sha256,
        "graphdef",
        9,
        (InputInfo("ids", "string", (4,)), InputInfo("scale", "float32", None)),
        ("y:0", "number:0"),
        {"Relu": 9},
        (target(unsupported),),
    )
    return Report((model,), {})


def fix_outcome() -> FixOutcome:
    fed = (FedInput("ids", "string", (4,), "texts"),)
    result = VerifyResult(True, VerifyStatus.EQUAL, (), (0, 1), fed)
    made = RewriteRecord("RWS010", "sum", ("sum",), ("sum", "sum/c"), Safety.EXACT)
    return FixOutcome(
        "nets/net.pb",
        report(2, "ab" * 32),
        report(0, "cd" * 32),
        (made,),
        (Refused("RWS005", "odd", NO_SHAPE),),
        Proof("equal", (0, 1), result),
        output="out.pb",
        output_sha256="cd" * 32,
    )


def cut_outcome(digests: dict[str, str]) -> CutOutcome:
    ids = PartInput("ids", "string", (4,), "model", "ids")
    number = PartInput("number", "float32", (4, None), "head", "number:0")
    scale = PartInput("scale", "float32", None, "model", "scale")
    gives = InputInfo("number:0", "float32", (4, None))
    given = (InputInfo("y:0", "float32", (4,)), gives)
    parts = (
        CutPart("head", 2, 1, 10, (ids,), (gives,), digests["head"]),
        CutPart("body", 5, 4, 90, (number, scale), given, digests["body"]),
    )
    return CutOutcome(fix_outcome(), parts, True, target(0), {"StringToNumber": 1})
