"""Kinds of scopes by counts and names: which are found, and which patterns say too little."""

from __future__ import annotations

import pytest

from linter.io.graphtext import parse
from linter.judge.atc.name_scopes import scope_tree
from linter.judge.atc.scope_patterns import decidable, matched_scopes, takes_loops
from opdb.facts import ScopePass

A = "a = Placeholder : float32[2]\n"


def count(op, number, multiple=0):
    return {"op": op, "count": number, "multiple_of": multiple}


def scope(**given):
    return {"count": 1, "name_contains": "", "sub_type": "", "suffix": "", **given}


def kind(name, *counts, scopes=(), attrs=()):
    return {"sub_type": name, "op_counts": counts, "scopes": scopes, "attrs": attrs}


def one_pass(*patterns, name="P", results=("R",)):
    return ScopePass(name, False, results, "", patterns, ("e",))


def found(one, text):
    return [
        sorted(node.name for node in at.members())
        for at in matched_scopes(one, scope_tree(parse(A + text).main))
    ]


PAIR = one_pass(kind("k", count("Tanh", 1), count("Relu", 2)))


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("s/t = Tanh(a)\ns/u = Relu(a)\ns/v = Relu(a)", True),
        ("s/t = Tanh(a)\ns/u = Relu(a)", False),
        ("s/t = Tanh(a)\ns/u = Relu(a)\ns/v = Relu(a)\ns/w = Relu(a)", False),
        ("s/u = Relu(a)\ns/v = Relu(a)", False),
        ("s/t = Tanh(a)\ns/u = Relu(a)\ns/v = Relu(a)\ns/w = Abs(a)", True),
    ],
    ids=["as many", "fewer", "more", "one kind missing", "others too"],
)
def test_ops_are_counted_exactly(text, fits):
    assert bool(found(PAIR, text)) is fits


@pytest.mark.parametrize(
    ("number", "fits"), [(0, False), (1, False), (2, False), (3, True), (6, True)]
)
def test_ops_are_counted_by_a_step(number, fits):
    one = one_pass(kind("k", count("Tanh", 1), count("Relu", 0, 3)))
    text = "s/t = Tanh(a)\n" + "".join(f"s/u{index} = Relu(a)\n" for index in range(number))
    assert bool(found(one, text)) is fits


def test_ops_are_counted_by_a_step_and_a_rest():
    one = one_pass(kind("k", count("Tanh", 1), count("Relu", 1, 2)))
    for number, fits in ((1, True), (2, False), (3, True)):
        text = "s/t = Tanh(a)\n" + "".join(f"s/u{index} = Relu(a)\n" for index in range(number))
        assert bool(found(one, text)) is fits


def test_a_negative_count_asks_for_none():
    one = one_pass(kind("k", count("Tanh", 1), count("Abs", 1), count("Relu", -1)))
    text = "s/t = Tanh(a)\ns/n = Abs(a)"
    assert found(one, text) == [["s/n", "s/t"]]
    assert found(one, text + "\ns/u = Relu(a)") == []


def test_a_scope_is_told_by_its_own_name_or_one_below():
    own = one_pass(kind("k", count("Tanh", 1), scopes=(scope(suffix="cell"),)))
    assert found(own, "cell_3/t = Tanh(a)\nother/t = Tanh(a)") == [["cell_3/t"]]
    below = one_pass(kind("k", count("Tanh", 1), scopes=(scope(name_contains="while"),)))
    assert found(below, "r/my_while_x/t = Tanh(a)\ns/t = Tanh(a)") == [["r/my_while_x/t"]]


CELL = kind("cell", count("Tanh", 1), count("Abs", 1))


def layer(number, name="r"):
    cells = "".join(f"{name}/c{i}/t = Tanh(a)\n{name}/c{i}/n = Abs(a)\n" for i in range(number))
    return cells + f"{name}/v = Neg(a)\n"


def test_a_kind_is_told_by_how_many_of_another_lie_below():
    top = kind("top", count("Neg", 1), scopes=(scope(sub_type="cell", count=2, suffix="r"),))
    one = one_pass(CELL, top)
    for number, fits in ((1, False), (2, True), (3, False)):
        assert bool(found(one, layer(number))) is fits
    assert found(one, layer(2, "other")) == []
    assert found(one_pass(top, CELL), layer(2)) == found(one, layer(2))


def test_what_other_kinds_build_on_is_not_fused_for_itself():
    top = kind("top", count("Neg", 1), scopes=(scope(sub_type="cell", suffix="r"),))
    assert found(one_pass(CELL, top), "q/t = Tanh(a)\nq/n = Abs(a)") == []
    assert found(one_pass(CELL), "q/t = Tanh(a)\nq/n = Abs(a)") == [["q/n", "q/t"]]


def test_kinds_that_build_on_each_other_are_not_found():
    one = one_pass(
        kind("x", count("Neg", 1), scopes=(scope(sub_type="y", suffix="r"),)),
        kind("y", count("Neg", 1), scopes=(scope(sub_type="x", suffix="r"),)),
    )
    assert found(one, layer(1)) == []


def test_a_kind_that_builds_on_one_that_cannot_be_told_is_not_found():
    part = kind("cell", attrs=({"op": "Nobody", "attr": "knows"},))
    top = kind("top", count("Neg", 1), scopes=(scope(sub_type="cell", suffix="r"),))
    over = kind("over", count("Neg", 1), scopes=(scope(sub_type="top", suffix="r"),))
    other = kind("other", count("Neg", 1), count("Abs", 1))
    one = one_pass(part, top, over, other)
    assert not decidable(one_pass(part, top, over), ())
    assert decidable(one, ())
    assert found(one, "q/t = Neg(a)\nq/n = Abs(a)") == [["q/n", "q/t"]]


def test_an_attribute_counts_in_the_scope_itself():
    one = one_pass(
        kind(
            "k", count("Split", 1), count("Tanh", 1), attrs=({"op": "Split", "attr": "num_split"},)
        )
    )
    text = "d = Const : int32[] = 0\ns/p = Split(d, a) {num_split=4}\ns/t = Tanh(a)"
    assert found(one, text) == [["s/p", "s/t"]]
    assert found(one, text.replace("=4", "=2")) == []
    deeper = text.replace("s/p", "s/q/p").replace("s/t", "s/q2/t")
    assert found(one, deeper) == []


def test_marks_of_a_former_search_are_dropped():
    root = scope_tree(parse(A + layer(1)).main)
    first = one_pass(kind("cell", count("Neg", 1), count("Tanh", 1)))
    assert matched_scopes(first, root)
    top = kind("top", count("Neg", 1), scopes=(scope(sub_type="cell", count=0, suffix="r"),))
    lone = one_pass(kind("cell", count("Exp", 1), count("Abs", 1)), top)
    assert [at.last for at in matched_scopes(lone, root)] == ["r"]


def test_a_kind_told_by_two_patterns_is_found_by_either():
    one = one_pass(
        kind("k", count("Tanh", 1), count("Abs", 1)), kind("k", count("Relu", 1), count("Abs", 1))
    )
    text = "s/t = Tanh(a)\ns/n = Abs(a)\nr/u = Relu(a)\nr/n = Abs(a)"
    assert sorted(found(one, text)) == [["r/n", "r/u"], ["s/n", "s/t"]]


def test_of_one_scope_that_fits_twice_there_is_one():
    one = one_pass(
        kind("k", count("Tanh", 1), count("Abs", 1)), kind("j", count("Abs", 1), count("Tanh", 1))
    )
    assert found(one, "s/t = Tanh(a)\ns/n = Abs(a)") == [["s/n", "s/t"]]


def test_passes_that_join_scopes_of_two_names_are_not_decided():
    def named(*names):
        return one_pass(*(kind(n, count("Tanh", 1), scopes=(scope(suffix=n),)) for n in names))

    assert not decidable(named("batchnorm", "moments"), ())
    assert decidable(named("cell"), ())
    mixed = one_pass(
        kind("cell", count("Tanh", 1), scopes=(scope(suffix="cell"),)),
        kind("k", count("Tanh", 1), count("Abs", 1)),
        kind("moments", count("Tanh", 1), scopes=(scope(suffix="moments"),)),
    )
    assert decidable(mixed, ())


def test_only_other_results_make_a_twin():
    pattern = kind("k", count("Tanh", 1), count("Abs", 1))
    one = one_pass(pattern, results=("R", "S"))
    assert decidable(one, (one, one_pass(pattern, name="Q", results=("S", "R"))))
    assert not decidable(one, (one, one_pass(pattern, name="Q", results=("R",))))


@pytest.mark.parametrize(
    ("pattern", "loops"),
    [
        (kind("k", count("Tanh", 1)), False),
        (kind("while_cell", count("Tanh", 1)), True),
        (kind("k", scopes=(scope(suffix="while"),)), True),
        (kind("k", scopes=(scope(name_contains="my_while"),)), True),
        (kind("k", scopes=(scope(sub_type="while"),)), True),
        (kind("k", count("LoopCond", 1)), True),
        (kind("k", count("Merge", 1)), True),
        (kind("k", count("Merge", -1)), False),
        (kind("k", count("Merge", 0)), False),
    ],
)
def test_passes_that_speak_of_loops(pattern, loops):
    assert takes_loops(one_pass(kind("other", count("Abs", 1)), pattern)) is loops


def test_features_that_were_merged_must_part_evenly():
    both = (count("Tanh", 1), count("Relu", 1), count("Tanh", 2), count("Relu", 2))
    assert decidable(one_pass(kind("k", *both)), ())
    uneven = kind("k", *both, scopes=(scope(suffix="s"),))
    assert not decidable(one_pass(uneven), ())
    even = kind("k", *both, scopes=(scope(suffix="s"), scope(suffix="s")))
    text = "s/t = Tanh(a)\ns/u = Relu(a)"
    assert found(one_pass(even), text) == [["s/t", "s/u"]]
