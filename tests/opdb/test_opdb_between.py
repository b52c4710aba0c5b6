"""Releases without whole lists of their own: which databases answer, and what they say together."""

from __future__ import annotations

import pytest

from linter.io.graphtext import parse
from linter.judge import JudgeOptions, Status, make_judge
from opdb.query import CombinedDatabase, open_database
from opdb.target import parse_target


def judged(target, line, dtype="float32"):
    """The answer about node ``y`` of a two-node graph."""
    model = parse(f"x = Placeholder : {dtype}[2, 4]\ny = {line}")
    judge = make_judge(model, open_database(parse_target(target)), JudgeOptions())
    return judge.node(model.main, model.main["y"])


# Target -> databases that answer.
ANSWERED = [
    ("atc@8.1.RC1/Ascend310", ["atc@8.1.RC1"]),
    ("atc@20.1.rc1/Ascend310", ["atc@20.1"]),
    ("atc@5.1.RC1.alpha005/Ascend310", ["atc@5.1.RC1"]),
    ("atc@8.1.RC1.beta1/Ascend310", ["atc@8.1.RC1"]),
    ("atc@6.0.0/Ascend310", ["atc@5.1.RC2", "atc@8.1.RC1"]),
    ("atc@7.0.0/Ascend310P3", ["atc@5.1.RC2", "atc@8.1.RC1"]),
    ("atc@8.0.RC1.alpha003/Ascend310", ["atc@5.1.RC2", "atc@8.1.RC1"]),
    ("atc@8.0.0/Ascend610Lite", ["atc@8.1.RC1"]),
    ("atc@6.0.0/Ascend615", ["atc@5.1.RC2"]),
    ("atc@8.2.RC1/Ascend310", ["atc@8.1.RC1"]),
    ("atc@8.2.RC1/Ascend310P3", ["atc@8.1.RC1", "atc@9.1.0", "atc@9.2.0-beta.2"]),
    ("atc@9.1.0/Ascend310P3", ["atc@8.1.RC1", "atc@9.1.0", "atc@9.2.0-beta.2"]),
    ("atc@9.1.0/Ascend310", ["atc@8.1.RC1"]),
    ("atc@9.2.0-beta.2/Ascend950", ["atc@9.1.0", "atc@9.2.0-beta.2"]),
    ("omg@hilens-2021-09/Ascend310", ["omg@hilens-2021-09"]),
    ("omg@atlas500/Ascend310", ["omg@atlas500"]),
    ("omg@cann-kit-6.0.1/KirinX90", ["omg@cann-kit-6.0.1"]),
]


@pytest.mark.parametrize(("target", "names"), ANSWERED)
def test_who_answers(target, names):
    database = open_database(parse_target(target))
    assert list(database.answered_from) == names
    assert str(database.target) == target
    assert len(database.digest) == 64
    assert database.ops()


# Target, node, dtype of its input -> status, certainty.
CASES = [
    # the same answer on both sides
    ("atc@6.0.0/Ascend310", "Relu(x)", "float32", "supported", "inferred"),
    ("atc@7.0.0/Ascend310", 'Einsum(x, x) {equation="ij,ij->ij"}', "float32", "supported", None),
    (
        "atc@6.0.0/Ascend310",
        "LSTMBlockCell(x, x, x, x, x, x, x, x)",
        "float32",
        "unsupported",
        None,
    ),
    # Lgamma came between 5.1.RC2 and 8.1.RC1
    ("atc@5.1.RC2/Ascend310", "Lgamma(x)", "float32", "unsupported", "documented"),
    ("atc@8.1.RC1/Ascend310", "Lgamma(x)", "float32", "supported", None),
    ("atc@6.0.0/Ascend310", "Lgamma(x)", "float32", "unknown", "inferred"),
    ("atc@8.0.0/Ascend310", "Lgamma(x)", "float32", "unknown", "inferred"),
    # a chip that one side only knows
    ("atc@8.0.0/Ascend610Lite", "Lgamma(x)", "float32", "supported", "inferred"),
    ("atc@6.0.0/Ascend615", "Lgamma(x)", "float32", "unsupported", "inferred"),
    # pre-releases and other names
    ("atc@5.1.RC1.alpha005/Ascend310", "Relu(x)", "float32", "supported", "inferred"),
    ("atc@20.1.rc1/Ascend310", "Relu(x)", "float32", "supported", "documented"),
    # after the last full release
    ("atc@8.2.RC1/Ascend310", "Relu(x)", "float32", "supported", "inferred"),
    ("atc@9.1.0/Ascend310", "NoSuchOp(x)", "float32", "unsupported", "inferred"),
    # a chip that only partial releases list: absent is open
    ("atc@9.2.0-beta.2/Ascend950", "Relu(x)", "float32", "supported", "inferred"),
    ("atc@9.2.0-beta.2/Ascend950", "NoSuchOp(x)", "float32", "unknown", "inferred"),
    # tables that are not whole
    ("omg@atlas500/Ascend310", "NoSuchOp(x)", "float32", "unknown", "inferred"),
    ("omg@hilens-2021-09/Ascend310", "NoSuchOp(x)", "float32", "unsupported", "documented"),
    ("omg@cann-kit-6.0.1/Kirin9020", "NoSuchOp(x)", "float32", "unknown", "inferred"),
    ("omg@cann-kit-6.0.1/Kirin9020", "Acos(x)", "float32", "supported", "inferred"),
    ("omg@atlas500/Ascend310", "Exp(x)", "float32", "supported", "documented"),
    ("omg@atlas500/Ascend310", "Relu(x)", "float32", "supported", "inferred"),
]


@pytest.mark.parametrize(("target", "line", "dtype", "status", "certainty"), CASES)
def test_what_they_say(target, line, dtype, status, certainty):
    answer = judged(target, line, dtype)
    assert answer.status == status, answer
    if certainty is not None:
        assert answer.certainty == certainty
    assert answer.evidence


def test_a_difference_names_both_releases():
    answer = judged("atc@6.0.0/Ascend310", "Lgamma(x)")
    assert answer.reason == "releases_differ"
    assert dict(answer.detail) == {
        "before": "5.1.RC2",
        "first": "unsupported",
        "after": "8.1.RC1",
        "second": "supported",
    }


def test_what_a_partial_release_adds_is_supported_from_then_on():
    before, after = "atc@8.1.RC1/Ascend910B1", "atc@9.2.0-beta.2/Ascend910B1"
    database = open_database(parse_target(after))
    assert isinstance(database, CombinedDatabase)
    listed = (op for op in database.adds[-1].ops() if database.adds[-1].aicore(op))
    lacking = (op for op in listed if judged(before, f"{op}(x)").status is Status.UNSUPPORTED)
    op, answer = next(
        (op, answer)
        for op in lacking
        if (answer := judged(after, f"{op}(x)")).status is Status.SUPPORTED
    )
    assert answer.certainty == "inferred"
    assert any(id_.startswith("atc-9.") for id_ in answer.evidence)
    earlier = judged("atc@8.2.RC1/Ascend910B1", f"{op}(x)")
    assert (earlier.status, earlier.reason) == (Status.UNKNOWN, "releases_differ")


def test_partial_releases_never_vouch_against():
    # MatMul of floats: their lists lack or refuse much of what 8.1.RC1 takes
    for line in ("Relu(x)", "MatMul(x, x) {transpose_b=true}", "Softmax(x)", "Cumsum(x, x)"):
        base = judged("atc@8.1.RC1/Ascend310P3", line)
        for version in ("8.2.RC1", "9.0.0", "9.1.0", "9.2.0-beta.2"):
            answer = judged(f"atc@{version}/Ascend310P3", line)
            if base.status is Status.SUPPORTED:
                assert answer.status is Status.SUPPORTED
                assert answer.placement == base.placement


def test_sharing_shapes_between_targets_changes_no_answer():
    text = "x = Placeholder : float32[2, 4]\nw = Const : float32[4, 3] = 1\ny = MatMul(x, w)"
    model = parse(text)
    first = None
    for target in ("atc@20.1/Ascend310", "atc@6.0.0/Ascend310P3", "omg@hilens-2021-09/Ascend310"):
        database = open_database(parse_target(target))
        shared = make_judge(model, database, JudgeOptions(), like=first)
        alone = make_judge(model, database, JudgeOptions())
        assert [j for _, _, j in shared.judgements()] == [j for _, _, j in alone.judgements()]
        assert shared.summary() == alone.summary()
        first = first or shared


def test_onnx_maps_come_with_their_release_and_are_carried_over():
    own = open_database(parse_target("atc@5.1.RC2/Ascend310")).onnx("ai.onnx::ArgMax")
    assert own is not None
    assert (own.ge_ops, own.subgraph, own.inferred) == (("PartitionedCall",), True, False)
    assert own.opsets == (8, 9, 10, 11, 12, 13, 14, 15)
    later = open_database(parse_target("atc@8.1.RC1/Ascend310")).onnx("ai.onnx::ArgMax")
    assert later is not None
    assert later.inferred
    assert later.evidence == ("atc-5.1.RC2/onnx",)
    database = open_database(parse_target("atc@20.1/Ascend310"))
    assert database.onnx("ai.onnx::NoSuchOp") is None
    assert "ai.onnx::Relu" in database.onnx_ops()
