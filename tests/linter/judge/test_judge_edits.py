"""A judge that was told of edits answers as one that sees the graph for the first time."""

from __future__ import annotations

import pytest

from linter.graph import DType, Node, Value
from linter.io.graphtext import parse
from linter.judge import JudgeOptions, make_judge
from opdb.query import open_database
from opdb.target import parse_target

TARGETS = (
    "atc@8.1.RC1/Ascend310P3",
    "atc@7.0.0/Ascend310P3",
    "atc@8.2.RC1/Ascend310P3",
    "atc@8.1.RC1.beta1/Ascend310P3",
    "omg@hilens-2021-09/Ascend310",
    "omg@hilens-2021-09.beta1/Ascend310",
)
GRAPH = """
x = Placeholder : float32[2, 4]
i = Placeholder : int64[2, 4]
d = Placeholder : float64[2, 4]
y = Relu(x)
""".strip()
TRIED = [
    (op, dtype)
    for op in ("Relu", "Neg", "Lgamma", "NoSuchOp", "Cumsum", "MatMul", "Softmax", "Abs")
    for dtype in ("float32", "int64", "float64")
]


def judge_of(model, target):
    return make_judge(model, open_database(parse_target(target)), JudgeOptions())


def tried(op, dtype):
    """A node under the key ``t`` that reads a placeholder of the dtype."""
    source = Value({"float32": "x", "int64": "i", "float64": "d"}[dtype])
    inputs = (source, source) if op in ("MatMul", "Cumsum") else (source,)
    return Node("t", op, inputs, attrs={"T": DType(dtype)}, position=9)


@pytest.mark.parametrize("target", TARGETS)
def test_what_was_tried_and_taken_back_is_forgotten(target):
    model = parse(GRAPH)
    main = model.main
    judge = judge_of(model, target)
    judge.summary()
    for op, dtype in TRIED * 2:
        main.patch([tried(op, dtype)])
        found = judge.node(main, main["t"])
        assert found == judge_of(model, target).node(main, main["t"]), (op, dtype)
        del found  # what was answered is gone when the next answer is made
        main.patch(drop=["t"])
        judge.inference(main).discard(["t"])
        judge.discard(["t"])


CHAIN = """
flat = Placeholder : float32[8, 8]
open = Placeholder : float32[?, 8, 8, 3]
full = Placeholder : float32[1, 8, 8, 3]
p = Const : int32[4, 2] = 1
c = Identity(flat)
r = Relu(c)
q = Relu6(r)
s = Shape(q)
y = Pad(q, p)
""".strip()


@pytest.mark.parametrize("target", TARGETS)
def test_an_edit_is_seen_by_all_that_follows_from_what_it_made(target):
    model = parse(CHAIN)
    main = model.main
    judge = judge_of(model, target)
    judge.summary()
    seen = set()
    for source in ("open", "flat", "full", "flat"):
        main.replace_nodes(
            node.replace(inputs=(Value(source),)) if node.key == "c" else node
            for node in tuple(main)
        )
        judge.refresh(["c"])
        fresh = judge_of(model, target)
        answers = [(node.key, answer) for _, node, answer in judge.judgements()]
        assert answers == [(node.key, answer) for _, node, answer in fresh.judgements()]
        assert judge.tally() == fresh.tally()
        seen.add(str([(a.status, a.placement) for key, a in answers if key in "sy"]))
    assert len(seen) > 1  # the edits matter to the target
