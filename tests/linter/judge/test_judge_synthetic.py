"""The target of examples: it takes every op but the ones that it is told to lack."""

from __future__ import annotations

from own_facts import about

from linter.io.graphtext import parse
from linter.judge import Placement, Stage, Status
from linter.judge.synthetic import SYNTHETIC, synthetic_judge
from opdb.facts import ScopePass

TEXT = "x = Placeholder : float32[2,4]\na = Neg(x)\nb = Exp(a)\ny = Relu(b)"


def judge(**given):
    return synthetic_judge(parse(TEXT), **given)


def test_every_op_is_taken():
    answer = about(judge(), "a")
    assert (answer.status, answer.placement) == (Status.SUPPORTED, Placement.AICORE)
    assert (answer.ge_op, answer.evidence) == ("Neg", ("synthetic",))
    assert judge().summary().supported == 4


def test_what_it_lacks_its_parser_refuses():
    asked = judge(lacking=("Neg", "Exp"))
    answer = about(asked, "a")
    assert (answer.status, answer.stage, answer.reason) == (
        Status.UNSUPPORTED, Stage.PARSER, "no_parser",
    )  # fmt: skip
    assert answer.placement is Placement.NONE
    assert about(asked, "b").status is Status.UNSUPPORTED
    assert about(asked, "y").status is Status.SUPPORTED


def test_other_answers_and_places_by_op():
    asked = judge(
        answers={
            "Neg": (Status.UNKNOWN, Stage.ENGINE, "no_list", {}),
            "Exp": (Status.UNSUPPORTED, Stage.DTYPE, "dtype", {"tensor": "x"}),
        },
        placements={"Relu": Placement.TF_KERNEL},
    )
    assert (about(asked, "a").status, about(asked, "a").port) == (Status.UNKNOWN, None)
    refused = about(asked, "b")
    assert (refused.stage, refused.port, refused.detail) == (Stage.DTYPE, 0, (("tensor", "x"),))
    assert about(asked, "y").placement is Placement.TF_KERNEL


def test_formulas_by_op():
    asked = judge(limits={"Neg": "c == 4", "Exp": "c == 3", "Relu": "nobody == 1"})
    assert [about(asked, name).status for name in "aby"] == [
        Status.SUPPORTED, Status.UNSUPPORTED, Status.UNKNOWN,
    ]  # fmt: skip
    refused = about(asked, "b")
    assert (refused.stage, refused.reason) == (Stage.CONSTRAINT, "limit")
    assert dict(refused.detail) == {"limit": "c == 3", "expr": "c == 3"}


def test_what_rules_may_ask_of_its_database():
    one = ScopePass("P", False, ("R",), "", ())
    asked = judge(
        tool="omg", data_dependent=("Where",), attributes={"Relu": ("alpha",)}, passes=(one,)
    )
    database = asked.database
    assert str(database.target) == "omg@1/none"
    assert database.facts.data_dependent_ops == {"Where"}
    assert [attr.name for attr in database.prototype("Relu").attrs] == ["alpha"]
    assert database.prototype("Neg") is None
    assert database.aicore("Relu") is None
    assert database.scope_passes() == (one,)
    assert str(SYNTHETIC) == "synthetic@1/none"
