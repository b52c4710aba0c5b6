"""Where copies stand and what carrying out a node gave."""

from __future__ import annotations

import pytest

from linter.graph import DType, Node, Placeholder, Value
from linter.rewrite.unroll.outcome import NEVER, Outcome, Place
from linter.rewrite.unroll.values import DEAD, Made


@pytest.mark.parametrize(
    ("prefix", "strip", "name", "copy"),
    [
        ("loop", "", "a/b", "loop/a/b"),
        ("", "", "a/b", "a/b"),
        ("x/step_0", "a", "a/b", "x/step_0/b"),
        ("x", "a", "ab/c", "x/ab/c"),
        ("x", "a", "b/a/c", "x/b/a/c"),
        ("", "a", "a/b", "b"),
    ],
)
def test_the_name_of_a_copy(prefix, strip, name, copy):
    assert Place(prefix, strip).name(Node(name, "Neg")) == copy


def test_attributes_of_the_function_fill_those_of_its_nodes():
    node = Node("a", "Neg", attrs={"T": Placeholder("T"), "S": Placeholder("S"), "n": 3})
    found = Place("", bindings={"T": DType("float32")}).attrs(node)
    assert found == {"T": DType("float32"), "S": Placeholder("S"), "n": 3}
    plain = Node("a", "Neg", attrs={"n": 3})
    assert Place("", bindings={"n": 4}).attrs(plain) == {"n": 3}


def test_what_is_never_computed_gives_nothing_anywhere():
    outcome = Outcome((Made(Value("a")), Made(Value("b"))), ("e",))
    assert (outcome.port(0), outcome.port(1)) == (Made(Value("a")), Made(Value("b")))
    assert [NEVER.port(port) for port in (0, 7)] == [DEAD, DEAD]
    assert NEVER.dead
    assert not outcome.dead
