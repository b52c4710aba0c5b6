"""What one node gives: whole arrays and small constants by the same functions, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from linter.graph import DType, Node
from linter.infer.ops.registry import OPS
from linter.infer.single import constants, is_whole, whole
from linter.infer.tensors import Constant, Tensor
from linter.infer.view import Fact
from linter.infer.whole import Whole
from opdb.record import OpDef
from opdb.tf_ops import load_op_table

TABLE = load_op_table()
WHOLE = sorted(op for op, semantics in OPS.items() if semantics.whole is not None)
LENGTHS = st.lists(st.integers(0, 3), max_size=3).map(tuple)


def definition(op: str) -> OpDef:
    found = TABLE.get(op)
    assert found is not None
    return found


@st.composite
def numbers(draw: st.DrawFn, dtype: str, shape: tuple[int, ...]) -> Constant:
    count = int(np.prod(shape, dtype=int))
    element: st.SearchStrategy[object] = st.integers(-9, 9)
    if dtype == "float32":
        element = st.sampled_from([0.0, 1.5, -2.5, 0.125, 2.0**99, -(2.0**-140)])
    elif dtype == "bool":
        element = st.booleans()
    values = tuple(draw(st.lists(element, min_size=count, max_size=count)))
    return Constant(dtype, shape, values)


def integers(values: Sequence[int], shape: tuple[int, ...] | None = None) -> Constant:
    return Constant("int32", (len(values),) if shape is None else shape, tuple(values))


@st.composite
def applied(draw: st.DrawFn) -> tuple[Node, tuple[Constant, ...]]:
    """An op that arrays go through, with operands that mostly fit it."""
    op = draw(st.sampled_from(WHOLE))
    dtype = draw(st.sampled_from(["float32", "int32", "bool"]))
    shape = draw(LENGTHS)
    x = draw(numbers(dtype, shape))
    rank = len(shape)
    axis = integers([draw(st.integers(-rank - 1, rank))], ())
    few = st.lists(st.integers(-3, 3), min_size=rank, max_size=rank)
    masks = st.sampled_from([0, 0, 1, 2, 3])
    attrs: dict[str, object] = {"T": DType(dtype)}
    match op:
        case "Cast":
            attrs["DstT"] = DType(draw(st.sampled_from(["float32", "int32", "bool", "uint8"])))
            return Node("y", op, attrs=attrs), (x,)
        case "ConcatV2" | "Pack":
            attrs |= {"N": 2, "axis": draw(st.integers(-rank - 1, rank))}
            other = draw(numbers(dtype, shape))
            return Node("y", op, attrs=attrs), (x, other, axis)[: 3 - (op == "Pack")]
        case "ExpandDims":
            return Node("y", op, attrs=attrs), (x, axis)
        case "Fill":
            scalar = draw(numbers(dtype, ()))
            return Node("y", op, attrs=attrs), (integers(shape), scalar)
        case "GatherV2":
            places = draw(st.lists(st.integers(-1, 2), max_size=3))
            return Node("y", op, attrs={"Tparams": DType(dtype)}), (x, integers(places), axis)
        case "Reshape":
            wanted = [*shape[::-1]]
            if wanted and draw(st.booleans()):
                wanted[0] = -1
            return Node("y", op, attrs=attrs), (x, integers(wanted))
        case "Slice":
            return Node("y", op, attrs=attrs), (x, integers(draw(few)), integers(draw(few)))
        case "StridedSlice":
            names = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
            attrs |= {name: draw(masks) for name in names}
            spans = [integers(draw(few)) for _ in range(3)]
            return Node("y", op, attrs=attrs), (x, *spans)
        case "Tile":
            return Node("y", op, attrs=attrs), (x, integers(draw(few)))
        case "Transpose":
            return Node("y", op, attrs=attrs), (x, integers(draw(st.permutations(range(rank)))))
        case "Identity" | "Neg" | "Sqrt" | "Square" | "Squeeze":
            return Node("y", op, attrs=attrs), (x,)
    other = draw(numbers(dtype, draw(st.sampled_from([shape, shape[1:], ()]))))
    return Node("y", op, attrs=attrs), (x, other)


def array(constant: Constant) -> Whole:
    return Whole(array_of(constant))


@settings(max_examples=600, deadline=None)
@given(case=applied())
def test_arrays_are_computed_as_constants_are(case: tuple[Node, tuple[Constant, ...]]) -> None:
    node, operands = case
    opdef = definition(node.op)
    facts = [Fact(operand.dtype, operand.shape, operand) for operand in operands]
    assume(is_whole(node, opdef, facts))
    small = next(iter(constants(node, opdef, facts)), None)
    found = whole(node, opdef, [array(operand) for operand in operands])
    if small is None:  # also where Python's numbers have no such result: NaN, infinity
        assume(found is None or np.issubdtype(found.dtype, np.floating))
        return
    assert isinstance(found, Whole)
    assert (found.dtype, found.shape) == (small.dtype, small.shape)
    assert found.array.tobytes() == array(small).array.tobytes()


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([range(1, -1, -1), range(2, -1, -2)], [[5, 3], [2, 0]]),
        ([range(1), [2, 0, 0]], [[2, 0, 0]]),
        ([range(0), range(3)], []),
        ([range(2), range(1, 4)], None),
        ([[-1], range(3)], None),
    ],
)
def test_elements_are_picked(places: list[Sequence[int]], expected: list[object] | None) -> None:
    x = integers(range(6), (2, 3))
    for tensor in (x, array(x)):
        found = tensor.picked(places)
        assert (None if found is None else array_of(found).tolist()) == expected


def array_of(tensor: Tensor) -> np.ndarray:
    return np.array(tensor.values, tensor.dtype).reshape(tensor.shape)


def test_nothing_is_made_of_what_is_partly_known() -> None:
    half = Constant("int32", (2,), (None, 3))
    facts = [Fact("int32", (2,), half), Fact("int32", (), integers([1], ()))]
    node = Node("y", "Add", attrs={"T": DType("int32")})
    assert constants(node, definition("Add"), facts) == (None,)


def test_large_results_are_no_constants() -> None:
    facts = [Fact("int32", (1,), integers([4096])), Fact("int32", (), integers([1], ()))]
    node = Node("y", "Fill", attrs={"T": DType("int32")})
    assert constants(node, definition("Fill"), facts) == ()


@pytest.mark.parametrize(
    ("op", "attrs", "dtypes"),
    [
        ("Exp", {"T": "float32"}, ["float32"]),
        ("RealDiv", {"T": "int32"}, ["int32", "int32"]),
        ("Cast", {"SrcT": "float32", "DstT": "int32"}, ["float32"]),
        ("Cast", {"SrcT": "float64", "DstT": "float32", "Truncate": True}, ["float64"]),
        ("GatherV2", {"Tparams": "float32", "batch_dims": 1}, ["float32", "int32", "int32"]),
    ],
)
def test_what_would_differ_in_a_bit_is_left_alone(
    op: str, attrs: dict[str, object], dtypes: list[str]
) -> None:
    typed = {k: DType(v) if isinstance(v, str) else v for k, v in attrs.items()}
    facts = [Fact(dtype, (2,)) for dtype in dtypes]
    assert not is_whole(Node("y", op, attrs=typed), definition(op), facts)
