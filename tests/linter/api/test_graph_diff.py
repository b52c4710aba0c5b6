"""What counts as a difference between two graphs, and in which order the nodes are told."""

from __future__ import annotations

import pytest
from diff_graphs import AFTER, BEFORE

from linter.api.graph_diff import compare_models
from linter.graph import Model
from linter.io import graphtext
from linter.io.tensor.values import make_tensor


def compared(before: str, after: str):
    return compare_models(graphtext.parse(before), graphtext.parse(after))


def test_the_order_in_the_file_does_not_count():
    lines = ["x = Placeholder : float32[2]", "a = Neg(x)", "b = Abs(x)", "y = Add(a, b, ^x, ^a)"]
    moved = [lines[0], lines[2], lines[1], "y = Add(a, b, ^a, ^x)"]
    assert compared("\n".join(lines), "\n".join(moved)).equal
    assert not compared("\n".join(lines), "\n".join(lines).replace("Add(a, b", "Add(b, a")).equal


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("c = Const : float32[4] = 0.5", "c = Const : float32[4] = [0.5, 0.5, 0.5, 0.25]", "value"),
        ("c = Const : float32[4] = 0.5", "c = Const : float32[2,2] = 0.5", "value"),
        ("c = Const : float32[] = nan", "c = Const : float32[] = 0.0", "value"),
        ("c = Const : float32[] = 0.0", "c = Const : float32[] = -0.0", "value"),
        ('c = Const : string[2] = ["a", "b"]', 'c = Const : string[2] = ["a", "c"]', "value"),
        ('c = Const : string[2] = ["ab", ""]', 'c = Const : string[2] = ["a", "b"]', "value"),
    ],
)
def test_constants_are_compared_by_their_elements(before, after, field):
    assert compared(before, before).equal
    (body,) = compared(before, after).bodies
    assert [change.field for change in body.changed[0].changes] == [f"attr {field}"]


def test_how_a_constant_is_written_does_not_count(tmp_path):
    """All elements in ``tensor_content``, listed one by one, or one that stands for all."""
    from linter.io.messages import TensorProto
    from linter.io.tensor.values import StoredTensor

    def model(tensor: StoredTensor) -> Model:
        found = graphtext.parse("c = Const : float32[3] = 0.5")
        node = found.main["c"]
        found.main.patch([node.replace(attrs={**node.attrs, "value": tensor})])
        return found

    whole = TensorProto(dtype=1)
    whole.tensor_shape.dim.add(size=3)
    listed, short = TensorProto(), TensorProto()
    listed.CopyFrom(whole)
    short.CopyFrom(whole)
    whole.tensor_content = b"\0\0\0\x3f" * 3
    listed.float_val.extend([0.5] * 3)
    short.float_val.append(0.5)
    models = [model(StoredTensor(message)) for message in (whole, listed, short)]
    assert all(compare_models(one, other).equal for one in models for other in models)
    assert not compare_models(models[0], model(make_tensor("float32", (3,), [0.5, 0.5, 1.0]))).equal


def test_a_change_of_a_signature_is_one_of_the_function():
    before = (
        "x = Placeholder : float32[2]\ny = f(x)\ndef f(a: float32) -> (b: r:0):\n    r = Neg(a)"
    )
    after = before.replace("(b: r:0)", "(b: a)")
    (body,) = compared(before, after).bodies
    assert body.function == "f"
    assert [(c.field, c.before, c.after) for c in body.signature] == [
        ("returns", "b: r:0", "b: a:0")
    ]


def test_versions_and_interface():
    one, other = graphtext.parse(BEFORE), graphtext.parse(AFTER)
    other.source.producer = 1987
    found = compare_models(one, other)
    assert [change.field for change in found.versions] == ["producer"]
    assert found.added_outputs == ("z:0",)
    assert [(a and a.shape, b and b.shape) for a, b in found.inputs] == [((2, 3), (None, 3))]
    assert found.op_types["Relu6"] == (0, 1)
    assert "Neg" not in found.op_types  # one in a function before, one in the main graph after


def test_nodes_are_told_in_the_order_of_the_first_file():
    """New nodes stand before the next node that both have; the lists keep the files' orders."""
    main = next(body for body in compared(BEFORE, AFTER).bodies if body.function is None)
    lines = [
        (change.before and change.before.name, change.after and change.after.name)
        for change in main.in_order
    ]
    assert lines == [
        ("x", "x"),
        ("checked", None),
        ("half", "half"),
        ("product", "product"),
        ("sum", None),
        (None, "bias"),
        ("y", "y"),
        (None, "z"),
    ]
    assert [change.node.name for change in main.changed] == ["half", "x", "product", "y"]
    assert [change.node.op for change in main.removed] == ["CheckNumerics", "AddV2"]
    assert [change.node.text.split(" = ")[0] for change in main.added] == ["bias", "z"]


def test_functions_come_with_the_number_of_their_nodes():
    found = compared(BEFORE, AFTER)
    assert (dict(found.removed_functions), dict(found.added_functions)) == ({"unused": 1}, {})
    assert found.nodes == (9, 8)
