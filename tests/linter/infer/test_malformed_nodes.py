"""No attribute and no input makes inference raise, hang or claim what no tensor can be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linter.graph import DType, FuncRef, Graph, Node, Placeholder, Shape, Value
from linter.infer.calls import CALL_OPS
from linter.infer.dims import MAX_DIM, MAX_RANK
from linter.infer.inference import Inference
from linter.infer.ops.registry import OPS as REGISTRY
from linter.io.tensor.values import make_tensor
from opdb.tf_ops import load_op_table

OPS = sorted({*REGISTRY, *CALL_OPS, "Merge", "NoSuchOp", "f"})
TABLE = load_op_table()

numbers = st.one_of(
    st.integers(-3, 5), st.sampled_from([0, -1, 1 << 31, 1 << 62, -(1 << 63), 1 << 70, 1 << 200])
)
sizes = st.one_of(st.none(), st.integers(0, 6), st.sampled_from([-1, -7, 1 << 40, 1 << 80]))
dims = st.one_of(st.none(), st.lists(sizes, max_size=5).map(tuple))
dtypes = st.sampled_from(["float32", "int32", "int64", "bool", "string", "uint8", "dtype#99"])
scalars = st.one_of(
    numbers,
    st.booleans(),
    st.floats(),
    st.sampled_from(["SAME", "VALID", "EXPLICIT", "NHWC", "NCHW", "ab,bc->ac", "...a->a...", "x"]),
    dtypes.map(DType),
    dims.map(Shape),
    st.sampled_from([b"\xff", FuncRef("f"), FuncRef("g"), FuncRef("none"), Placeholder("T")]),
)
attr_values = st.one_of(
    scalars, st.none(), st.lists(numbers, max_size=10).map(tuple), st.lists(scalars).map(tuple)
)


@st.composite
def constants(draw: st.DrawFn, name: str) -> Node:
    dtype = draw(st.sampled_from(["int32", "int64", "float32", "bool"]))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
    size = 1
    for extent in shape:
        size *= extent
    element: st.SearchStrategy[Any] = st.integers(-9, 9)
    if dtype == "float32":
        element = st.sampled_from([0.0, -1.5, 2.0, float("inf"), float("nan"), 1e30])
    elif dtype == "bool":
        element = st.booleans()
    values = draw(st.lists(element, min_size=size, max_size=size))
    return Node(
        name, "Const", attrs={"value": make_tensor(dtype, shape, values), "dtype": DType(dtype)}
    )


@st.composite
def sources(draw: st.DrawFn, name: str) -> Node:
    if draw(st.booleans()):
        return draw(constants(name))
    attrs = {"dtype": DType(draw(dtypes)), "shape": Shape(draw(dims))}
    return Node(name, "Placeholder", attrs=attrs)


@st.composite
def operations(draw: st.DrawFn, name: str, names: tuple[str, ...]) -> Node:
    op = draw(st.sampled_from(OPS))
    opdef = TABLE.get(op)
    known = sorted(opdef.attrs) if opdef is not None else ["T", "N"]
    attrs = draw(st.dictionaries(st.sampled_from(known), attr_values)) if known else {}
    values = st.builds(Value, st.sampled_from(names), st.sampled_from([0, 0, 0, 1, 7, -1]))
    inputs = tuple(draw(st.lists(values, max_size=6)))
    return Node(name, op, inputs, attrs=attrs)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    inner = ("a", "b", "c", "d")
    names = (*inner, "n0", "n1", "n2", "n3", "missing")
    nodes = [draw(sources(name)) for name in inner]
    nodes += [draw(operations(name, names)) for name in names[4:8]]
    return Graph(nodes)


def library() -> dict[str, Graph]:
    """Functions that call each other without end."""
    argument = Node("x", "_Arg", attrs={"T": DType("int32")}, virtual=True)
    found = {}
    for name, other in (("f", "g"), ("g", "f")):
        calls = [
            Node(f"call{i}", "PartitionedCall", (Value("x"),), attrs={"f": FuncRef(other)})
            for i in range(2)
        ]
        returns = {"y": Value("call0"), "z": Value("call1")}
        found[name] = Graph([argument, *calls], function=name, returns=returns)
    return found


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=graphs(), pin=st.booleans())
def test_whatever_a_node_says_is_answered(graph: Graph, pin: bool) -> None:
    inference = Inference(graph, TABLE, functions=library(), pin_defaults=pin)
    for node in graph:
        inference.output_count(node)
        inference.input_dtypes(node)
        inference.call_arguments(node)
        for port in (-1, 0, 1, 5):
            check(inference, Value(node.key, port))
    inference.forget(["a", "n2", "missing"])
    for node in graph:
        check(inference, Value(node.key))


def check(inference: Inference, value: Value) -> None:
    dtype = inference.dtype(value)
    assert dtype is None or isinstance(dtype, str)
    shape = inference.shape(value)
    assert shape is None or len(shape) <= MAX_RANK
    assert all(size is None or 0 <= size <= MAX_DIM for size in shape or ())
    known = inference.constant(value)
    if known is not None:
        assert shape == known.shape
        assert None not in known.values
        size = 1
        for extent in known.shape:
            size *= extent
        assert len(known.values) == size <= 1024
    inference.partial(value)


@pytest.mark.parametrize("op", OPS)
def test_a_bare_node_is_answered(op: str) -> None:
    for count in (0, 1, 2, 5):
        graph = Graph([Node("n", op, (Value("missing"),) * count)])
        inference = Inference(graph, TABLE)
        check(inference, Value("n"))


def test_a_cycle_without_a_loop_is_unknown() -> None:
    graph = Graph([Node("a", "Relu", (Value("b"),)), Node("b", "Neg", (Value("a"),))])
    inference = Inference(graph, TABLE)
    assert inference.shape(Value("a")) is None
    assert inference.constant(Value("b")) is None
    assert inference.dtype(Value("b")) is None


def test_a_long_chain_needs_no_stack() -> None:
    nodes = [Node("n0", "Placeholder", attrs={"dtype": DType("float32"), "shape": Shape((2, 3))})]
    nodes += [Node(f"n{i}", "Relu", (Value(f"n{i - 1}"),)) for i in range(1, 20_000)]
    inference = Inference(Graph(nodes), TABLE)
    assert inference.shape(Value("n19999")) == (2, 3)
    assert inference.dtype(Value("n19999")) == "float32"


def test_a_library_without_end_is_cut_off() -> None:
    node = Node("n", "PartitionedCall", (), attrs={"f": FuncRef("f")})
    inference = Inference(Graph([node]), TABLE, functions=library())
    assert inference.shape(Value("n")) is None
