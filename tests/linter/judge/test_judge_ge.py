"""The node that the engines see in place of the TensorFlow node."""

from __future__ import annotations

import pytest
from own_facts import OwnFacts, about, kernel, prototype

from linter.judge import Placement, Status
from opdb.facts import DtypeChange
from opdb.record import ParserRecord

NORM = (
    "x = Placeholder : float32[1,2,2,4]\ns = Placeholder : float32[4]\n"
    "m = Placeholder : float32[4]\n"
    "y = FusedBatchNormV3(x, s, s, m, m) {is_training=TRAINS}"
)
WITHOUT = ParserRecord(
    "FusedBatchNormV3",
    "BatchNorm",
    "plugin",
    deleted_inputs=(
        {"input": 3, "kind": "attr", "when": ["is_training", "true"]},
        {"input": 4, "kind": "attr", "when": ["is_training", "true"]},
    ),
)


def norm(count, ask_own, trains, record=WITHOUT):
    """What a kernel of so many inputs says that does not take the dtypes beyond the third."""
    names = tuple(f"i{index}" for index in range(count))
    wanted = tuple(f"{name}: float32" if n < 3 else f"{name}: bool" for n, name in enumerate(names))
    facts = OwnFacts(
        parser={"FusedBatchNormV3": record},
        aicore=kernel("BatchNorm", *wanted),
        prototypes=prototype("BatchNorm", *names),
    )
    return about(ask_own(NORM.replace("TRAINS", trains), facts), "y").status


def test_inputs_that_the_plugin_drops_by_an_attribute(ask_own):
    """The last two inputs are not compared where they are dropped."""
    assert norm(5, ask_own, "true") is Status.SUPPORTED
    assert norm(5, ask_own, "false") is Status.UNSUPPORTED
    text = NORM.replace(" {is_training=TRAINS}", "")
    facts = OwnFacts(
        parser={"FusedBatchNormV3": WITHOUT},
        aicore=kernel("BatchNorm", "a: float32", "b: float32", "c: float32", "d: bool"),
    )
    assert about(ask_own(text, facts), "y").status is Status.SUPPORTED


def test_inputs_that_the_plugin_always_drops_move_the_rest_up(ask_own):
    text = "x = Placeholder : float32[2]\nz = Placeholder : int32[2]\ny = Two(x, z)"
    record = ParserRecord(
        "Two", "Two", "plugin", deleted_inputs=({"input": 0, "kind": "always", "when": []},)
    )
    facts = OwnFacts(
        parser={"Two": record}, aicore=kernel("Two", "z: int32"), prototypes=prototype("Two", "z")
    )
    assert about(ask_own(text, facts), "y").status is Status.SUPPORTED
    other = OwnFacts(
        parser={"Two": record}, aicore=kernel("Two", "z: bool"), prototypes=prototype("Two", "z")
    )
    assert about(ask_own(text, other), "y").port == 1


def changed(ask_own, *changes, text=None, tensors=("x: float16", "->", "y: float16")):
    text = text or "x = Placeholder : float64[2]\ny = Relu(x)"
    facts = OwnFacts(groups={"dtype_changes": changes}, aicore=kernel("Relu", *tensors))
    return about(ask_own(text, facts), "y")


def test_dtypes_that_the_parser_changes(ask_own):
    """A float64 is refused unless the parser makes a float16 of it, on both sides."""
    assert changed(ask_own).status is Status.UNSUPPORTED
    source = DtypeChange("Relu", "input:0", "float16", evidence=("in",))
    result = DtypeChange("Relu", "output:0", "float16", evidence=("out",))
    half = changed(ask_own, source)
    assert (half.status, half.port) == (Status.UNSUPPORTED, None)
    assert changed(ask_own, result).port == 0
    both = changed(ask_own, source, result)
    assert both.placement is Placement.AICORE
    assert both.evidence[-2:] == ("in", "out")


@pytest.mark.parametrize("tensor", ["input features", "input:features", "input 0"])
def test_a_change_names_its_tensor_by_argument_or_place(ask_own, tensor):
    result = DtypeChange("Relu", "output:activations", "float16, or as it is")
    taken = changed(ask_own, DtypeChange("Relu", tensor, "float16"), result)
    assert taken.placement is Placement.AICORE
    assert changed(ask_own, DtypeChange("Relu", "input:1", "float16"), result).port == 0
    assert changed(ask_own, DtypeChange("Neg", tensor, "float16"), result).port == 0


def test_that_a_node_goes_is_no_change_of_its_dtypes(ask_own):
    gone = DtypeChange("Relu", "input:0", "removed")
    assert changed(ask_own, gone).port == 0


def test_a_plugin_that_makes_a_subgraph_tells_no_tensors(ask_own):
    record = ParserRecord("Relu", "Relu", "plugin", expanded=True)
    facts = OwnFacts(parser={"Relu": record}, aicore=kernel("Relu", "x: bool", "->", "y: bool"))
    text = "x = Placeholder : float64[2]\ny = Relu(x)"
    assert about(ask_own(text, facts), "y").placement is Placement.AICORE


def test_an_argument_of_many_tensors_is_one_input(ask_own):
    text = (
        "a = Placeholder : float16[2]\nb = Placeholder : float16[2]\nk = Placeholder : int32[]\n"
        "y = ConcatV2(a, b, k) {N=2}"
    )
    wanted = ("values*: float16", "axis: int32")
    facts = OwnFacts(aicore=kernel("ConcatV2", *wanted), prototypes=prototype("ConcatV2", *wanted))
    assert about(ask_own(text, facts), "y").status is Status.SUPPORTED
    moved = text.replace("k = Placeholder : int32", "k = Placeholder : int64")
    assert about(ask_own(moved, facts), "y").port == 2


def test_every_tensor_of_a_group_is_looked_at(ask_own):
    text = (
        "a = Placeholder : float16[2]\nb = Placeholder : bool[2]\n"
        "y = IdentityN2(a, b) {T=[float16, bool]}"
    )
    facts = OwnFacts(aicore=kernel("IdentityN2", "a: float16", "b: float16"))
    assert about(ask_own(text, facts), "y").port == 1
    group = (
        "a = Placeholder : float16[2]\nc = Placeholder : bool[2]\nk = Placeholder : int32[]\n"
        "y = ConcatV2(a, c, k) {N=2, T=float16}"
    )
    wanted = ("values*: float16", "axis: int32")
    facts = OwnFacts(aicore=kernel("ConcatV2", *wanted), prototypes=prototype("ConcatV2", *wanted))
    assert about(ask_own(group, facts), "y").port == 0


def test_a_group_counts_as_constant_only_when_all_of_it_is(ask_own):
    text = (
        "a = Const : float16[2] = 1.0\nb = Placeholder : float16[2]\nk = Placeholder : int32[]\n"
        "y = ConcatV2(VALUES, k) {N=2}"
    )
    wanted = ("values!: float16", "axis: int32")
    facts = OwnFacts(aicore=kernel("ConcatV2", *wanted), prototypes=prototype("ConcatV2", *wanted))
    for values, fits in (("a, a", True), ("a, b", False), ("b, a", False)):
        answer = about(ask_own(text.replace("VALUES", values), facts), "y")
        assert (answer.status is Status.SUPPORTED) is fits


def test_a_reference_has_the_dtype_of_what_it_refers_to(ask_own):
    text = "v = VariableV2() {dtype=float32, shape=shape(2)}\ny = Relu(v)"
    wanted = ("features: float32", "->", "activations: float32")
    facts = OwnFacts(aicore=kernel("Relu", *wanted))
    answer = about(ask_own(text, facts, precision="must_keep_origin_dtype"), "y")
    assert answer.status is Status.SUPPORTED


def test_a_type_without_definition_has_one_input_a_slot(ask_own):
    text = "a = Placeholder : int32[2]\nb = Placeholder : bool[2]\ny = NotAnOp(a, b)"
    taken = OwnFacts(aicore=kernel("NotAnOp", "p: int32", "q: bool"))
    assert about(ask_own(text, taken), "y").status is Status.SUPPORTED
    refused = about(ask_own(text, OwnFacts(aicore=kernel("NotAnOp", "p: int32", "q: int32"))), "y")
    assert (refused.port, dict(refused.detail)["tensor"]) == (1, "input_1")


def test_nodes_that_look_alike_but_for_a_deciding_attribute_are_told_apart(ask_own):
    """Like nodes share their answers; the attribute by which inputs go is part of the look."""
    text = NORM.replace("TRAINS", "true") + "\n"
    text += "z = FusedBatchNormV3(x, s, s, m, m) {is_training=false}"
    facts = OwnFacts(
        parser={"FusedBatchNormV3": WITHOUT},
        aicore=kernel("BatchNorm", "a: float32", "b: float32", "c: float32", "d: bool", "e: bool"),
    )
    judge = ask_own(text, facts, outputs=("y", "z"))
    assert about(judge, "y").status is Status.SUPPORTED
    assert about(judge, "z").status is Status.UNSUPPORTED
