"""Replacements that are said in text: what they become, and what makes them impossible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from linter.graph import DType
from linter.io import graphtext
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Safety
from linter.rewrite.engine import RewriteOutcome, rewrite
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import Pattern, const, either, op, var
from linter.rules.replacement import ReplacementError, read_replacement

GRAPH = """
x = Placeholder : float32[2,3]
k = Const : float32[2] = [0.5, 0.25]
y = Mystery(x, k) {low=0.2, axis=1, T=float32}
"""


def _rule(replacement: str, pattern: Pattern | None = None, **members: Any) -> type[RewriteRule]:
    doc = "Replace.\n\nExact: yes.\nShapes: all.\nSource: none."
    declared = {
        "__doc__": doc,
        "__module__": __name__,
        "id": "RWU001",
        "name": "one",
        "safety": Safety.EXACT,
        "pattern": op("Mystery", var("x"), const("k")) if pattern is None else pattern,
        "replacement": replacement,
        "examples": (Rewritten("a = A", after="a = B"), Untouched("a = A")),
    }
    return type("One", (RewriteRule,), {**declared, **members})


def _done(replacement: str, text: str = GRAPH, **given: Any) -> RewriteOutcome:
    rule = _rule(replacement, **given)()
    model = graphtext.parse(text)
    return rewrite((rule,), model, lambda m: synthetic_judge(m, lacking=("Mystery",)))


def _nodes(outcome: RewriteOutcome) -> Mapping[str, str]:
    assert outcome.errors == ()
    assert outcome.refused == ()
    lines = graphtext.dump(outcome.model).splitlines()
    return {line.partition(" = ")[0]: line for line in lines}


def _reason(outcome: RewriteOutcome) -> str:
    [refused] = outcome.refused
    return refused.reason


def test_what_is_known_of_a_value_is_written_out() -> None:
    nodes = _nodes(
        _done(
            """
            low = Const : $x.dtype[] = $root.attr.low
            axes = Const : int32[$x.rank] = $x.axes
            copy = Const : float32$k.shape = $k.value
            sum = Sum($x, axes)
            pair = Mul(sum, copy)
            all = Add(pair, low)
            out = Mystery2(all) {rank=$x.rank}
            """
        )
    )
    assert nodes["y/low"] == "y/low = Const : float32[] = 0.2"
    assert nodes["y/axes"] == "y/axes = Const : int32[2] = [0, 1]"
    assert nodes["y/copy"] == "y/copy = Const : float32[2] = [0.5, 0.25]"
    assert nodes["y"] == "y = Mystery2(y/all) {rank=2}"


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("$x.rank", "the rank of x is not known"),
        ("$x.axes", "the axes of x is not known"),
        ("$x.value", "the value of x is not known"),
        ("$root.attr.high", "Mystery has no attribute 'high' here"),
    ],
)
def test_what_is_not_known_is_a_reason(part: str, reason: str) -> None:
    outcome = _done(f"y = Relu($x) {{a={part}}}", GRAPH.replace("[2,3]", ""))

    assert _reason(outcome) == reason


def test_attributes_are_taken_over_as_far_as_the_op_has_them() -> None:
    text = "m = Max($x, $k) {keep_dims=true, $root.attrs}\nr = Mine(m) {$root.attrs, low=0.5}"
    graph = GRAPH.replace("low=0.2, axis=1", "low=0.2, keep_dims=false, Tidx=int64")
    model = _done(text, graph).model.main

    assert model["y/m"].attrs == {"T": "float32", "Tidx": "int64", "keep_dims": True}
    assert model["y"].attrs.keys() == {"T", "Tidx", "keep_dims", "low"}
    assert model["y"].attrs["low"] == 0.5


def test_a_default_is_not_taken_over_but_can_be_asked_for() -> None:
    pattern = op("ShapeN", var("x"))
    text = "a = Shape($x) {$root.attrs}\nc = Cast(a) {DstT=$root.attr.out_type}"
    graph = """
x = Placeholder : float32[2,3]
y = ShapeN(x) {N=1}
"""
    outcome = rewrite(
        (_rule(text, pattern)(),),
        graphtext.parse(graph),
        lambda m: synthetic_judge(m, lacking=("ShapeN",)),
    )

    assert "out_type" not in outcome.model.main["y/a"].attrs
    assert outcome.model.main["y"].attrs["DstT"] == DType("int32")


def test_a_numbered_line_takes_the_next_free_number() -> None:
    text = (
        "Neg = Neg($x)\nNeg_1 = Neg(Neg)\nNeg_2 = Neg(Neg_1)\nlow_1 = Abs(Neg_2)\nout = Abs(low_1)"
    )
    free = _nodes(_done(text))
    taken = _nodes(_done(text, f"{GRAPH}y/Neg = Relu(x)\n"))

    assert list(free)[1:] == ["y/Neg", "y/Neg_1", "y/Neg_2", "y/low_1", "y"]
    assert [name for name in taken if "Neg" in name] == ["y/Neg_1", "y/Neg_2", "y/Neg_3", "y/Neg"]
    assert taken["y/Neg_2"] == "y/Neg_2 = Neg(y/Neg_1)"


def test_results_without_nodes() -> None:
    outcome = _done("-> $x, $k", GRAPH + "a = Mine(y)\nb = Mine(y:1)\n")

    assert _nodes(outcome)["a"] == "a = Mine(x)"
    assert _nodes(outcome)["b"] == "b = Mine(k)"


def test_several_results_and_ports() -> None:
    text = """
    axis = Const : int32[] = 1
    Split = Split(axis, $x) {num_split=3}
    -> Split:2, axis, Split
    """
    outcome = _done(text, GRAPH + "a = Mine(y)\nb = Mine(y:1)\nc = Mine(y:2)\n")

    nodes = _nodes(outcome)
    assert nodes["a"] == "a = Mine(y/Split:2)"
    assert nodes["b"] == "b = Mine(y/axis)"
    assert nodes["c"] == "c = Mine(y/Split)"


def test_an_open_bracket_goes_on_in_the_next_line() -> None:
    text = 'y = Mine(\n  $x,  # ( no bracket\n  $k) {text="{",\n  n=2}\nz = Mine(y)'
    assert _nodes(_done(text))["y/y"] == 'y/y = Mine(x, k) {n=2, text="{"}'
    with pytest.raises(ReplacementError, match="line 4, column 1"):
        read_replacement("a = Mine(\n$x,\n$x)\n= b", ("x",))


def test_a_double_constant_has_all_digits_of_an_attribute() -> None:
    graph = GRAPH.replace("float32[2,3]", "float64[2,3]").replace("T=float32", "T=float64")
    text = "low = Const : $x.dtype[] = $root.attr.low\nout = Mul(low, $x)"
    outcome = _done(text, graph)

    # An attribute is a float32: 0.2 is kept as the nearest one, and kernels compute with that.
    assert outcome.model.main["y/low"].attrs["value"].values() == (0.20000000298023224,)


@pytest.mark.parametrize(
    ("replacement", "said"),
    [
        ("y = Relu($q)", "replacement: the match binds no 'q'; it binds k, root, x"),
        ("y = ", "replacement: line 1"),
        ("y = Relu($x.size)", "what can be asked is dtype, shape, rank, axes, value, attrs"),
        ("y = Relu($x.attrs)", "replacement: line 1"),
        ("-> y", "'y' names no node"),
        ("-> $root", "'$root' names no node"),
        ("   \n  ", "there is no node in it"),
        ("", "it needs either a replacement or the method build"),
    ],
)
def test_a_rule_with_a_faulty_text_cannot_be_declared(replacement: str, said: str) -> None:
    with pytest.raises(TypeError) as caught:
        _rule(replacement)
    assert str(caught.value).startswith("One: ")
    assert said in str(caught.value)


def test_a_rule_has_one_way_to_build() -> None:
    def build(self: RewriteRule, m: object, edit: object) -> tuple[()]:
        return ()

    _rule("", build=build)
    with pytest.raises(TypeError, match="either a replacement or the method build"):
        _rule("y = Relu($x)", build=build)


def test_a_name_of_one_choice_only_cannot_be_used() -> None:
    pattern = either(op("A", var("x"), var("z")), op("B", var("x")))
    _rule("y = Relu($x)", pattern)
    with pytest.raises(TypeError, match="binds no 'z'"):
        _rule("y = Relu($z)", pattern)
