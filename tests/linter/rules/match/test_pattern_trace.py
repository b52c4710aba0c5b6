"""The nearest miss of a pattern, and that it agrees with the matcher everywhere."""

from __future__ import annotations

import pytest

from linter.infer.inference import Inference
from linter.io import graphtext
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import MatchContext, Pattern, const, either, find, op, var
from linter.rules.match.trace import Miss, explain
from opdb.tf_ops import load_op_table
from rules.registry import rewrite_rules

GRAPH = """
x = Placeholder : float32[2,3]
k = Const : int32[] = 1
e = ExpandDims(x, k)
m = Mean(x, k) {keep_dims=true}
s = Split(k, x) {num_split=3}
r = Relu(s:1)
c = ConcatV2(x, e, k)
a = Add(x, m)
y = Squeeze(e) {squeeze_dims=[1]}
d = Mul(a, y)
"""


def context_of(text: str) -> MatchContext:
    graph, ops = graphtext.parse(text).main, load_op_table()
    return MatchContext(graph, Inference(graph, ops), ops, frozenset(), {})


def missed(pattern: Pattern, key: str) -> Miss:
    context = context_of(GRAPH)
    assert find(pattern, context.graph[key], context) is None
    found = explain(pattern, context.graph[key], context)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("pattern", "key", "reason"),
    [
        (op("Neg"), "y", "'Squeeze' (y); Neg is asked for"),
        (op("Squeeze", op("Relu")), "y", "input 0 of 'y' is 'ExpandDims' (e); Relu is asked for"),
        (
            op("Squeeze", op("ExpandDims", const("v"), const("k"))),
            "y",
            "input 0 of 'e' is 'Placeholder' (x); a constant is asked for",
        ),
        (
            op("Squeeze", squeeze_dims=(2,)),
            "y",
            "attribute squeeze_dims of 'y' is (1,); (2,) is asked for",
        ),
        (op("Squeeze", axis=1), "y", "'y' has no attribute axis; 1 is asked for"),
        (
            op("Relu", op("Split")),
            "r",
            "input 0 of 'r' is output 1 of 's'; output 0 is asked for",
        ),
        (op("ConcatV2", var("p"), var("q")), "c", "'c' has an input more than is asked for"),
        (
            op("Squeeze", var("p"), var("q")),
            "y",
            "'y' has only 1 of the inputs asked for",
        ),
        (
            op("Add", var("p"), op("Mean", const("p"), ...)),
            "a",
            "input 0 of 'm' is 'Placeholder' (x); a constant is asked for",
        ),
        (
            op("Add", var("p"), var("p")),
            "a",
            "input 1 of 'a' is m:0; x:0, as before, is asked for",
        ),
        (
            op("Add", var("p"), either(op("Sum"), op("Max"), const("z"))),
            "a",
            "input 1 of 'a' is 'Mean' (m); Sum, Max or a constant is asked for",
        ),
    ],
)
def test_the_reason_names_what_is_there_and_what_is_asked_for(pattern, key, reason):
    assert missed(pattern, key).reason == reason


def test_the_way_that_fits_furthest_is_told():
    pattern = either(
        op("Mul", op("Sub"), var("q")),
        op("Mul", op("Add", var("p"), op("Max")), var("q")),
        op("Mul", var("p"), op("Neg")),
    )
    found = missed(pattern, "d")
    assert found.reason == "input 1 of 'a' is 'Mean' (m); Max is asked for"
    assert found.matched == ("d", "a")


def test_both_orders_of_a_pattern_that_swaps_are_tried():
    pattern = op("Mul", op("Squeeze", op("Neg")), op("Add"), swap=True)
    found = missed(pattern, "d")
    assert found.reason == "input 0 of 'y' is 'ExpandDims' (e); Neg is asked for"
    assert explain(op("Mul", op("Squeeze"), op("Add"), swap=True), *_at("d")) is None


def _at(key):
    context = context_of(GRAPH)
    return context.graph[key], context


def test_a_producer_that_is_missing():
    context = context_of("x = Placeholder : float32[2]\ny = Add(x, gone)")
    found = explain(op("Add", var("p"), var("q")), context.graph["y"], context)
    assert found is not None
    assert found.reason == "input 1 of 'y' is 'gone', which is not in the graph"


def test_it_misses_where_the_matcher_does_not_match():
    """Every pattern at every node of every example of every rule."""
    rules = [rule for rule in rewrite_rules() if hasattr(rule, "pattern")]
    texts = [
        text
        for rule in rules
        for example in rule.examples
        if isinstance(example, Rewritten | Untouched)
        for text in (example.text,)
    ]
    hits = 0
    for text in dict.fromkeys(texts):
        context = context_of(text)
        for node in context.graph:
            for rule in rules:
                if rule.anchors and node.op not in rule.anchors:
                    continue
                match = find(rule.pattern, node, context)
                miss = explain(rule.pattern, node, context)
                assert (match is None) == (miss is not None), (rule.id, node)
                hits += match is not None
                assert miss is None or " is " in miss.reason or " has " in miss.reason
    assert hits > 100
