"""A rewritten graph computes what it computed: any op, with any attributes, on a target without it.

The examples of the rules show what they are for; here they meet shapes, paddings, masks and axes
that nobody thought of. Rules that ask TensorFlow for values are left out: they would ask the
oracle.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.answers import Array
from harness.draft import Case
from harness.examples import cases, few, many
from harness.oracle import CRASH, Oracle
from linter.graph import Model, Value
from linter.io.reader import from_bytes
from linter.io.writer import serialize
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Safety
from linter.rewrite.engine import rewrite
from linter.rewrite.engine.outcome import RewriteOptions, RewriteOutcome
from recipes.registry import ANCHORS, NOT_REWRITTEN
from rules.registry import rewrite_rules

RULES = {
    rule.id: rule
    for rule in rewrite_rules()
    if rule.safety is not Safety.MANUAL and not rule.evaluates
}
REPLACED = {op for rule in RULES.values() for op in rule.anchors}
OPS = sorted(REPLACED & set(ANCHORS))
_LOOSE = {"float16": 5e-3, "bfloat16": 5e-2}
"""Of short floats: what one more rounding may move."""
_NO_KERNEL = "No OpKernel was registered"
"""TensorFlow knows the op with this dtype, and has no code for it on a processor."""


def rewritten(case: Case, outputs: tuple[Value, ...], *, shaped: bool) -> RewriteOutcome:
    """The graph for a target that lacks the op of the case."""
    shapes = {name: array.shape for name, array in case.feeds.items()} if shaped else {}
    options = JudgeOptions(shapes, outputs)
    outcome = rewrite(
        RULES.values(),
        from_bytes(case.data),
        lambda model: synthetic_judge(model, options, lacking=(case.op,)),
        RewriteOptions(),
    )
    if outcome.errors:
        raise outcome.errors[0]
    return outcome


def check(case: Case, oracle: Oracle, *, shaped: bool, mild: bool) -> None:
    model = from_bytes(case.data)
    outputs = outputs_of(model, case.op)
    outcome = rewritten(case, outputs, shaped=shaped)
    if not outcome.rewrites or not outputs or not case.runs:
        return
    names = [str(value) for value in outputs]
    wanted = oracle.compute(case.data, names, case.feeds)
    if isinstance(wanted, str):
        return
    feeds = {name: array for name, array in case.feeds.items() if name in outcome.model.main}
    found = oracle.compute(serialize(outcome.model), names, feeds)
    if isinstance(found, str):
        assert found == CRASH or _NO_KERNEL in found, found
        return
    for name, before, after in zip(names, wanted, found, strict=False):
        unlike = unlike_results(before, after, outcome, mild=mild)
        assert not unlike, f"{name} by {[record.rule for record in outcome.rewrites]}: {unlike}"


def outputs_of(model: Model, op: str) -> tuple[Value, ...]:
    """The outputs of the op under test that a session can give."""
    from harness.comparing import infer

    inference = infer(model)
    return tuple(
        Value(node.name, port)
        for node in model.main
        if node.op == op
        for port, dtype in enumerate(inference.output_dtypes(node))
        if dtype is not None and dtype not in ("resource", "variant")
    )


def unlike_results(before: Array, after: Array, outcome: RewriteOutcome, *, mild: bool) -> str:
    """In what the result differs by more than the rules promise, of numbers of that kind."""
    if before.dtype != after.dtype or before.shape != after.shape:
        return f"{after.dtype}{after.shape} instead of {before.dtype}{before.shape}"
    applied = [RULES[record.rule] for record in outcome.rewrites]
    told = f"{after.tolist()} instead of {before.tolist()}"
    loose = _LOOSE.get(before.dtype.name, 0.0)
    if loose:
        before, after = before.astype("float32"), after.astype("float32")
    if before.dtype == object or all(rule.safety is Safety.EXACT for rule in applied):
        numbers = before.dtype.kind in "fc"
        return "" if np.array_equal(before, after, equal_nan=numbers) else told
    size = np.max(np.abs(before[np.isfinite(before)]), initial=1.0)
    relative = sum(rule.rtol for rule in applied) + loose
    absolute = (sum(rule.atol for rule in applied) + loose) * float(size)
    close = np.isclose(after, before, relative, absolute, equal_nan=True)
    return told if mild and not close.all() else ""


def test_every_op_that_is_replaced_is_tried() -> None:
    assert sorted(REPLACED - set(OPS)) == sorted(NOT_REWRITTEN)


@pytest.mark.tf
@pytest.mark.parametrize("op", OPS)
@few(3)
@given(data=st.data(), shaped=st.booleans(), mild=st.booleans())
def test_rewrites(op: str, data: st.DataObject, shaped: bool, mild: bool, oracle: Oracle) -> None:
    check(data.draw(cases(op, ANCHORS[op], mild=mild)), oracle, shaped=shaped, mild=mild)


@pytest.mark.tf
@pytest.mark.thorough
@pytest.mark.parametrize("op", OPS)
@many(40)
@given(data=st.data(), shaped=st.booleans(), mild=st.booleans())
def test_many_rewrites(
    op: str, data: st.DataObject, shaped: bool, mild: bool, oracle: Oracle
) -> None:
    check(data.draw(cases(op, ANCHORS[op], mild=mild)), oracle, shaped=shaped, mild=mild)
