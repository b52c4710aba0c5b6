"""From arguments to ports: groups, lists, and what the inputs tell of missing attributes."""

from __future__ import annotations

import pytest

from linter.graph import Node, Value
from linter.graph.ports import MAX_PORTS, input_ports, output_count, output_ports
from opdb.record import ArgDef, AttrDef, OpDef
from opdb.tf_ops import load_op_table


def node(count: int, **attrs: object) -> Node:
    return Node("n", "Own", tuple(Value("x", port) for port in range(count)), attrs=attrs)


def one(name: str) -> ArgDef:
    return ArgDef(name, type="float32")


def many(name: str, attr: str = "N") -> ArgDef:
    return ArgDef(name, type="float32", number_attr=attr)


def listed(name: str, attr: str = "T") -> ArgDef:
    return ArgDef(name, type_list_attr=attr)


def spans(ports: object) -> object:
    if ports is None:
        return None
    return [(arg.name, first, count) for arg, first, count in ports]  # type: ignore[attr-defined]


def definition(*inputs: ArgDef, outputs: tuple[ArgDef, ...] = (), **attrs: AttrDef) -> OpDef:
    return OpDef("Own", inputs, outputs, attrs)


def test_single_arguments_take_one_slot_each() -> None:
    own = definition(one("a"), one("b"), outputs=(one("y"),))
    assert spans(input_ports(node(2), own)) == [("a", 0, 1), ("b", 1, 1)]
    assert spans(output_ports(node(2), own)) == [("y", 0, 1)]
    assert output_count(node(2), own) == 1
    assert input_ports(node(1), own) is input_ports(node(3), own) is None


def test_an_op_without_arguments() -> None:
    assert input_ports(node(0), definition()) == ()
    assert input_ports(node(1), definition()) is None
    assert output_count(node(0), definition()) == 0


def test_groups_take_as_many_as_their_attribute_says() -> None:
    own = definition(one("a"), many("b"), one("c"), outputs=(many("y"), one("z")))
    assert spans(input_ports(node(5, N=3), own)) == [("a", 0, 1), ("b", 1, 3), ("c", 4, 1)]
    assert spans(output_ports(node(5, N=3), own)) == [("y", 0, 3), ("z", 3, 1)]
    assert output_count(node(5, N=3), own) == 4
    assert input_ports(node(4, N=3), own) is None
    assert spans(input_ports(node(2, N=0), own)) == [("a", 0, 1), ("b", 1, 0), ("c", 1, 1)]


def test_lists_of_types_take_one_slot_a_type() -> None:
    own = definition(listed("a"), one("b"), outputs=(listed("y", "U"),))
    found = node(3, T=("float32", "int32"), U=["int32", "bool"])
    assert spans(input_ports(found, own)) == [("a", 0, 2), ("b", 2, 1)]
    assert output_count(found, own) == 2
    assert output_count(node(3, T=("float32", "int32")), own) is None
    assert output_count(node(3, U="int32"), own) is None


@pytest.mark.parametrize("value", [-1, True, 2.0, "2"])
def test_a_number_that_is_none_is_told_by_the_inputs(value: object) -> None:
    own = definition(one("a"), many("b"), outputs=(many("y"),))
    assert output_count(node(3, N=value), own) == 2


def test_one_missing_number_follows_from_the_inputs() -> None:
    own = definition(one("a"), many("b"), many("c"), outputs=(many("y"),))
    assert output_count(node(5), own) == 2
    assert output_count(node(4), own) is None  # three inputs do not part into two groups
    assert output_count(node(1), own) == 0
    assert output_count(node(0), own) is None
    mixed = definition(many("a", "M"), many("b", "N"), outputs=(many("y", "N"),))
    assert output_count(node(5, M=3), mixed) == 2
    assert output_count(node(5), mixed) is None
    assert output_count(node(2, M=3), mixed) is None


def test_a_default_stands_for_what_is_missing() -> None:
    number = AttrDef("N", "int", default=2, has_default=True)
    own = definition(many("a"), outputs=(many("y"),), N=number)
    assert output_count(node(7), own) == 2
    assert input_ports(node(7), own) is None
    bare = AttrDef("N", "int", default=2)
    assert output_count(node(7), definition(many("a"), outputs=(many("y"),), N=bare)) == 7
    types = AttrDef("T", "list(type)", default=("int32",), has_default=True)
    assert output_count(node(0), definition(outputs=(listed("y"),), T=types)) == 1


def test_what_has_more_ports_than_any_op_is_malformed() -> None:
    own = definition(outputs=(many("y"),))
    assert output_count(node(0, N=MAX_PORTS), own) == MAX_PORTS
    assert output_count(node(0, N=MAX_PORTS + 1), own) is None


def test_ports_of_real_ops() -> None:
    table = load_op_table()
    split = Node("s", "Split", (Value("k"), Value("x")), attrs={"num_split": 3})
    opdef = table.get("Split")
    assert opdef is not None
    assert output_count(split, opdef) == 3
    concat = Node("c", "ConcatV2", tuple(Value(name) for name in "abk"))
    opdef = table.get("ConcatV2")
    assert opdef is not None
    assert spans(input_ports(concat, opdef)) == [("values", 0, 2), ("axis", 2, 1)]
