"""The tree of name scopes."""

from __future__ import annotations

import pytest

from linter.graph import Node
from linter.judge.atc.name_scopes import scope_tree


def tree(*names, op="Relu"):
    return scope_tree([Node(name, op) for name in names])


def test_every_part_of_a_name_but_the_last_is_a_scope():
    root = tree("a/b/x", "a/y", "z")
    assert [node.name for node in root.nodes] == ["z"]
    assert list(root.children) == ["a"]
    outer = root.children["a"]
    assert [node.name for node in outer.nodes] == ["a/y"]
    assert [node.name for node in outer.children["b"].nodes] == ["a/b/x"]


def test_a_scope_counts_what_is_in_it_and_below():
    root = scope_tree([Node("a/x", "Relu"), Node("a/b/y", "Relu"), Node("a/b/z", "Neg")])
    assert root.children["a"].counts == {"Relu": 2, "Neg": 1}
    assert root.children["a"].children["b"].counts == {"Relu": 1, "Neg": 1}
    assert root.counts == {}


def test_members_are_the_nodes_in_it_and_below():
    outer = tree("a/x", "a/b/y", "a/b/c/z", "d/w").children["a"]
    assert {node.name for node in outer.members()} == {"a/x", "a/b/y", "a/b/c/z"}
    assert {scope.last for scope in outer.below()} == {"b", "c"}


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("while_1", "while"),
        ("while_12", "while"),
        ("while", "while"),
        ("while_x", "while_x"),
        ("while_1_2", "while_1"),
        ("while1", "while1"),
        ("_1", ""),
        ("_", "_"),
    ],
)
def test_a_number_at_the_end_is_no_part_of_the_name_of_a_scope(name, last):
    assert tree(f"{name}/x").children[name].last == last


def test_scopes_that_differ_in_their_number_are_two():
    assert list(tree("a/x", "a_1/x", "a/y").children) == ["a", "a_1"]


def test_a_name_may_have_any_number_of_parts():
    deep = "/".join(f"s{index}" for index in range(5000))
    root = tree(f"{deep}/x", f"{deep}/y")
    assert len(list(root.below())) < 100
    assert {node.name for node in root.members()} == {f"{deep}/x", f"{deep}/y"}
    assert sum(scope.counts["Relu"] == 2 for scope in root.below()) == len(list(root.below()))
