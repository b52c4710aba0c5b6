"""A release that others answer for: no answer is that of one of them alone."""

from __future__ import annotations

import inspect
from dataclasses import fields, replace

import pytest

from linter.api.commands.db import diff_targets
from linter.api.commands.ops import describe_ops
from linter.io.graphtext import parse
from linter.judge import JudgeOptions, make_judge
from linter.rules.run_lint import run_lint
from opdb.database import Database
from opdb.query import CombinedDatabase, ReleaseDatabase, open_database
from opdb.record import Constraint, Prototype
from opdb.target import parse_target
from rules.registry import lint_rules

BETWEEN = "atc@7.0.0/Ascend310P3"
TARGETS = (BETWEEN, "atc@8.2.RC1/Ascend310P3", "atc@9.2.0-beta.2/Ascend950")
BY_NAME = (
    *("parser", "prototype", "aicore", "cpu", "later_cpu", "twins", "pass_rewrites"),
    *("select_format", "constraints", "known_issue", "omg", "omg_pattern", "onnx"),
)
OF_ALL = ("facts", "scope_passes", "omg_restrictions", "omg_undecided")
NAMES = (
    *("ops", "aicore_ops", "onnx_ops", "takes"),
    *("digest", "list_evidence", "kernel_evidence", "source", "parts"),
)


def database(text):
    return open_database(parse_target(text))


def public(cls):
    """What a class defines itself, apart from what it inherits."""
    return {name for name in vars(cls) if not name.startswith("_")}


def bare(answer):
    """An answer without what it says of the release, or the document, that it is from."""
    if isinstance(answer, tuple):
        return tuple(bare(one) for one in answer)
    for name, blank in (
        ("evidence", ()),
        ("version", ""),
        ("inferred", True),
        ("confidence", None),
    ):
        if hasattr(answer, name):
            answer = replace(answer, **{name: blank})
    return answer


def agrees(answer, found):
    """Whether a release says what was found; what is unknown of a tensor agrees with all."""
    if isinstance(found, Prototype):
        tensors = zip(found.inputs + found.outputs, answer.inputs + answer.outputs, strict=True)
        return answer.attrs == found.attrs and all(
            (ours.name, ours.param) == (theirs.name, theirs.param)
            and ours.dtypes in (None, theirs.dtypes)
            and ours.formats in (None, theirs.formats)
            for ours, theirs in tensors
        )
    if found and isinstance(found[0] if isinstance(found, tuple) else None, Constraint):
        return set(found) <= set(answer)
    return bare(answer) == bare(found)


def test_every_question_has_an_answer_of_its_own():
    questions = public(Database)
    assert questions == {*BY_NAME, *OF_ALL, *NAMES}
    assert public(CombinedDatabase) == questions
    assert public(ReleaseDatabase) == questions
    assert not issubclass(CombinedDatabase, ReleaseDatabase)
    assert not inspect.isabstract(CombinedDatabase)


@pytest.mark.parametrize("target", [*TARGETS, "atc@8.1.RC1/Ascend310"])
def test_every_attribute_is_there(target):
    opened = database(target)
    assert not [name for name in Database.__annotations__ if not hasattr(opened, name)]


def test_an_absent_op_is_nowhere_called_unsupported():
    combined = database(BETWEEN)
    flags = (combined.complete, combined.parser_complete, combined.cpu_complete, combined.omg_whole)
    assert flags == (False, False, False, False)
    assert combined.parser_inferred


@pytest.mark.parametrize("question", BY_NAME)
@pytest.mark.parametrize("target", TARGETS)
def test_an_answer_is_that_of_all_who_have_one(target, question):
    combined = database(target)
    assert isinstance(combined, CombinedDatabase)
    names = {name for part in combined.parts for name in (*part.ops(), *part.aicore_ops())}
    names.update(combined.onnx_ops() if question == "onnx" else ())
    answered = 0
    for name in sorted(names):
        found = getattr(combined, question)(name)
        own = [getattr(part, question)(name) for part in combined.agree]
        others = [getattr(part, question)(name) for part in (*combined.adds, *combined.softens)]
        said = [*own, *(answer for answer in others if answer)]
        if found:
            answered += 1
            assert None not in own, name
            assert all(agrees(answer, found) for answer in said), name
    seldom = {"constraints", "known_issue", "omg", "omg_pattern", "later_cpu"}
    assert answered or question in seldom or target != BETWEEN


def test_where_neighbours_differ_nothing_is_said():
    combined = database(BETWEEN)
    before, after = combined.agree
    # BatchNorm has got exponential_avg_factor in between
    assert [attr.name for attr in before.prototype("BatchNorm").attrs] != [
        attr.name for attr in after.prototype("BatchNorm").attrs
    ]
    assert combined.prototype("BatchNorm") is None
    # a dtype that came is not known, the rest of the record is
    changed, kept = combined.prototype("Conv2DBackpropInput"), combined.prototype("Conv2D")
    assert kept.attrs
    assert kept.inputs == before.prototype("Conv2D").inputs
    assert [spec.name for spec in changed.inputs if spec.dtypes is None]
    assert set(kept.evidence) >= set(before.prototype("Conv2D").evidence)
    assert set(kept.evidence) >= set(after.prototype("Conv2D").evidence)
    # kernels and parsers came in between
    came = sorted(set(after.aicore_ops()) - set(before.aicore_ops()))
    assert came
    assert [op for op in came if combined.aicore(op) or op in combined.aicore_ops()] == []
    assert (before.takes("DenseBincount"), after.takes("DenseBincount")) == (False, True)
    assert combined.takes("DenseBincount") is None
    assert combined.takes("Relu") is True
    assert combined.takes("NoSuchOp") is False


def test_facts_hold_in_all_releases():
    combined = database(BETWEEN)
    for part in combined.parts:
        for field in fields(part.facts):
            ours, theirs = (getattr(one.facts, field.name) for one in (combined, part))
            if isinstance(ours, frozenset):
                assert ours
                assert ours <= theirs
            elif isinstance(ours, tuple):
                assert set(ours) <= set(theirs)
            elif field.name == "ge_dtypes":
                assert ours.items() <= theirs.items()
    old = open_database(parse_target("atc@5.0.2/Ascend310P3"))
    made = CombinedDatabase(combined.target, (old, combined.agree[1]))
    gone = [change for change in made.agree[1].facts.dtype_changes if change.to == "removed"]
    assert gone
    assert not set(gone) & set(made.facts.dtype_changes)  # 5.0.3 was the first to remove a Cast


def test_scope_passes_are_those_of_all_releases():
    first, last = (database(f"atc@{version}/Ascend310P3") for version in ("20.1", "8.1.RC1"))
    made = CombinedDatabase(last.target, (first, last))
    names = [{one.name for one in part.scope_passes()} for part in (first, last, made)]
    assert names[2] <= names[0] & names[1]
    assert names[0] != names[1]
    for one in made.scope_passes():
        for part in made.parts:
            assert bare(one) in [bare(other) for other in part.scope_passes()]


def codes(target, text):
    model = parse(text)
    judge = make_judge(model, database(target), JudgeOptions())
    outcome = run_lint([rule for rule in lint_rules() if rule.id == "ATR001"], judge)
    assert not outcome.errors
    return [found.code for found in outcome.findings]


def test_no_attribute_is_called_missing_that_a_neighbour_has():
    norm = (
        "x = Placeholder : float32[1,4,4,3]\ns = Const : float32[3] = 1.0\n"
        "y = FusedBatchNormV3(x, s, s, s, s) {is_training=true, exponential_avg_factor=0.5}"
    )
    assert codes("atc@5.1.RC2/Ascend310P3", norm) == ["ATR001"]
    assert codes("atc@8.1.RC1/Ascend310P3", norm) == []
    assert codes(BETWEEN, norm) == []


def test_dtypes_of_an_op_are_those_of_both_neighbours():
    ops = ("Relu", "Conv2D", "MatMul", "Add", "Cast", "GatherV2", "Lgamma", "Abs", "TopKV2")
    targets = ("atc@5.1.RC2/Ascend310P3", BETWEEN, "atc@8.1.RC1/Ascend310P3")
    told = {(one.op, one.target): one.dtypes for one in describe_ops(ops, targets=targets).answers}
    known = 0
    for op in ops:
        before, between, after = (told[op, target] for target in targets)
        if between is not None:
            known += 1
            assert before == between == after, op
    assert 0 < known < len(ops)


def test_what_differs_on_both_sides_is_no_difference_to_the_release_between():
    first, last = "atc@5.1.RC2/Ascend310P3", "atc@8.1.RC1/Ascend310P3"
    whole, to, onwards = (
        diff_targets(*pair) for pair in ((first, last), (first, BETWEEN), (BETWEEN, last))
    )
    assert whole.kernels_added
    assert whole.added
    for part in (to, onwards):
        assert part.kernels_added == part.kernels_removed == part.dtypes == ()
        assert part.added == part.removed == ()
