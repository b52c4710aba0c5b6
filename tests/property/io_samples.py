"""Strategies for graphs as messages, shared by the property tests of reading and writing."""

from __future__ import annotations

from hypothesis import strategies as st

from linter.io.dtypes import DTYPES
from linter.io.messages import GraphDef

__all__ = ["attr_fields", "graph_messages", "library_messages"]

NAMES = st.sampled_from(["a", "b", "c/d", "x:1", "", "a#2", "é", "0", "_x", 'q"', "..."])
OPS = st.sampled_from(["Relu", "Add", "Const", "Split", "ConcatV2", "NoSuchOp", "Placeholder"])
INPUTS = st.sampled_from(
    ["a", "b:1", "c/d", "^a", "^b", "gone", "a:0", "x:1", "^", ":", "b:9999999999"]
)
INT64 = st.integers(-(1 << 63), (1 << 63) - 1)
FLOATS = st.floats(width=32, allow_nan=False)
DTYPE = st.sampled_from([info.number for info in DTYPES] + [101, 77])
TEXTS = st.one_of(st.binary(max_size=6), st.sampled_from([b"SAME", b"\xff", "é\n".encode()]))


def fill_shape(draw, shape):
    if draw(st.booleans()):
        shape.unknown_rank = True
    else:
        for size in draw(st.lists(st.integers(-1, 4), max_size=3)):
            shape.dim.add(size=size)


def fill_tensor(draw, tensor):
    tensor.dtype = draw(DTYPE)
    fill_shape(draw, tensor.tensor_shape)
    which = draw(st.integers(0, 6))
    if which == 0:
        tensor.tensor_content = draw(st.binary(max_size=20))
    elif which == 1:
        tensor.float_val.extend(draw(st.lists(FLOATS, max_size=3)))
    elif which == 2:
        tensor.int_val.extend(draw(st.lists(st.integers(-300, 300), max_size=3)))
    elif which == 3:
        tensor.string_val.extend(draw(st.lists(TEXTS, max_size=3)))
    elif which == 4:
        tensor.half_val.extend(draw(st.lists(st.integers(0, 65535), max_size=3)))
    elif which == 5:
        tensor.scomplex_val.extend(draw(st.lists(FLOATS, max_size=5)))


def fill_attr(draw, value, depth=0):
    kind = draw(
        st.sampled_from(
            ["s", "i", "f", "b", "type", "shape", "tensor", "list", "func", "placeholder", None]
        )
    )
    if kind is None:
        value.SetInParent()
    elif kind == "list":
        fill_list(draw, value.list)
    elif kind == "func":
        value.func.name = draw(NAMES)
        if depth < 2 and draw(st.booleans()):
            fill_attr(draw, value.func.attr["T"], depth + 1)
    elif kind == "shape":
        value.shape.SetInParent()
        fill_shape(draw, value.shape)
    elif kind == "tensor":
        value.tensor.SetInParent()
        fill_tensor(draw, value.tensor)
    else:
        plain = {
            "s": TEXTS,
            "i": INT64,
            "f": FLOATS,
            "b": st.booleans(),
            "type": DTYPE,
            "placeholder": NAMES,
        }
        setattr(value, kind, draw(plain[kind]))


def fill_list(draw, values):
    values.SetInParent()
    kind = draw(st.sampled_from(["s", "i", "f", "b", "type", "shape", None]))
    if kind == "shape":
        for _ in range(draw(st.integers(1, 3))):
            fill_shape(draw, values.shape.add())
    elif kind is not None:
        plain = {"s": TEXTS, "i": INT64, "f": FLOATS, "b": st.booleans(), "type": DTYPE}
        getattr(values, kind).extend(draw(st.lists(plain[kind], min_size=1, max_size=3)))


def fill_node(draw, node):
    node.name, node.op = draw(NAMES), draw(OPS)
    node.input.extend(draw(st.lists(INPUTS, max_size=4)))
    node.device = draw(st.sampled_from(["", "/cpu:0"]))
    for key in draw(
        st.lists(st.sampled_from(["T", "dtype", "value", "shape", "N", "odd key"]), max_size=3)
    ):
        fill_attr(draw, node.attr[key])


@st.composite
def attr_fields(draw):
    """A GraphDef of one node with one attribute."""
    message = GraphDef()
    node = message.node.add(name="n", op="Op")
    fill_attr(draw, node.attr["k"])
    return message


@st.composite
def graph_messages(draw):
    """A GraphDef, mostly malformed as a graph, always well-formed as a message."""
    message = GraphDef()
    message.node.add(name="first", op="Placeholder")
    for _ in range(draw(st.integers(0, 5))):
        fill_node(draw, message.node.add())
    message.versions.producer = draw(st.integers(0, 2000))
    return message


@st.composite
def library_messages(draw):
    """A GraphDef with functions."""
    message = draw(graph_messages())
    for _ in range(draw(st.integers(1, 3))):
        function = message.library.function.add()
        function.signature.name = draw(st.sampled_from(["f", "g", "h"]))
        for name in draw(st.lists(st.sampled_from(["a", "b", "z"]), unique=True, max_size=2)):
            function.signature.input_arg.add(name=name, type=draw(DTYPE))
        for name in draw(st.lists(st.sampled_from(["o", "p"]), unique=True, max_size=2)):
            function.signature.output_arg.add(name=name, type=1)
            function.ret[name] = draw(INPUTS)
        for _ in range(draw(st.integers(0, 3))):
            fill_node(draw, function.node_def.add())
        if draw(st.booleans()):
            fill_attr(draw, function.attr["_x"])
    if draw(st.booleans()):
        message.library.gradient.add(function_name="f", gradient_func="g")
    return message
