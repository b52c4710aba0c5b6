"""What producers deliver against what consumers declare."""

from __future__ import annotations

import pytest

from linter.infer.edges import accepts, declared_dtype, mismatches
from linter.infer.inference import Inference
from linter.io import graphtext
from opdb.tf_ops import load_op_table

OPS = load_op_table()


def found(text: str) -> list[tuple[str, int, str, str]]:
    model = graphtext.parse(text)
    inference = Inference(model.main, OPS, functions=model.functions)
    edges = mismatches(model.main, OPS, inference.dtype)
    return [(edge.node.name, edge.slot, edge.wanted, edge.found) for edge in edges]


@pytest.mark.parametrize(
    ("wanted", "given", "taken"),
    [
        ("float32", "float32", True),
        ("float32", "float32_ref", True),
        ("float32_ref", "float32_ref", True),
        ("float32_ref", "float32", False),
        ("float32", "float64_ref", False),
        ("resource", "float32", False),
    ],
)
def test_a_reference_is_read_as_its_value_and_not_the_other_way_round(
    wanted: str, given: str, taken: bool
) -> None:
    assert accepts(wanted, given) is taken


def test_each_kind_of_argument_is_compared() -> None:
    head = "x = Placeholder : float32[2]\np = Placeholder : bool[]\n"
    assert found(head + "y = Switch(x, x)") == [("y", 1, "bool", "float32")]
    assert found(head + "y = Neg(x) {T=int32}") == [("y", 0, "int32", "float32")]
    assert found(head + "y = Merge(x, p) {T=float32, N=2}") == [("y", 1, "float32", "bool")]
    assert found(head + "y = IdentityN(x, p) {T=[float32, int32]}") == [("y", 1, "int32", "bool")]


def test_nothing_is_said_of_what_is_not_known() -> None:
    head = "x = Placeholder : float32[2]\n"
    assert found(head + "y = Unheard(x)\nz = Neg(y) {T=int32}") == []
    assert found(head + "y = AddN(x, x) {N=3, T=int32}") == []
    assert found("x = Placeholder {}\nz = Neg(x) {T=int32}") == []


def test_what_a_node_declares_of_one_input() -> None:
    model = graphtext.parse("x = Placeholder : float32[2]\ny = Switch(x, x)")
    node, switch = model.main["y"], OPS.get("Switch")
    assert switch is not None
    assert [declared_dtype(node, switch, slot) for slot in range(3)] == ["float32", "bool", None]
