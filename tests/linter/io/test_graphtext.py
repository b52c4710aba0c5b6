"""Graph text: the grammar, what is filled in, faults, round trips."""

from __future__ import annotations

import math

import pytest

from linter.graph import DType, FuncRef, Graph, Node, Placeholder, Shape, Value
from linter.io.graphtext import dump, parse
from linter.io.reader import from_bytes
from linter.io.writer import serialize
from linter.results.errors import GraphError


def attrs(line, key=None):
    graph = parse(line).main
    return dict(next(iter(graph)).attrs if key is None else graph[key].attrs)


def test_inputs_ports_controls_device_and_comments():
    graph = parse(
        """
        # a comment
        a = Placeholder : float32[2]     # another
        b = Split(k, a) {num_split=2}
        c = Add(b, b:1, ^a, ^b) on "/gpu:0"
        k = Const : int32[] = 0
        "odd name:#" = Identity(c)
        """
    ).main
    assert list(graph.nodes) == ["a", "b", "c", "k", "odd name:#"]
    assert graph["c"].inputs == (Value("b"), Value("b", 1))
    assert graph["c"].controls == ("a", "b")
    assert graph["c"].device == "/gpu:0"
    assert graph["b"].position == 1
    assert not graph.dangling


def test_types_are_filled_in_from_inputs():
    graph = parse(
        """
        x = Placeholder : float32[2]
        i = Const : int64[] = 0
        c = ConcatV2(x, x, i)
        p = Pack(c, c, c)
        r = Relu(loop)
        loop = Merge(x, next)
        next = NextIteration(r)
        t = PartitionedCall(x, i) {Tout=[float32], f=@g}
        bare = Relu(x) {-T}
        given = Relu(x) {T=float64}
        d = Cast(x) {DstT=int32}
        after = Neg(d)
        nothing = NoSuchOp(x)
        """
    ).main
    assert dict(graph["c"].attrs) == {"T": "float32", "N": 2, "Tidx": "int64"}
    assert graph["p"].attrs["N"] == 3
    assert graph["r"].attrs["T"] == "float32"
    assert graph["t"].attrs["Tin"] == ("float32", "int64")
    assert "T" not in graph["bare"].attrs
    assert graph["given"].attrs["T"] == "float64"
    assert graph["after"].attrs["T"] == "int32"
    assert not graph["nothing"].attrs
    assert isinstance(graph["r"].attrs["T"], DType)


@pytest.mark.parametrize(
    ("suffix", "dtype", "shape"),
    [
        ("float32[2,?,3]", "float32", Shape((2, None, 3))),
        ("int32[...]", "int32", Shape(None)),
        ("string[]", "string", Shape(())),
        ("float32_ref[1]", "float32_ref", Shape((1,))),
        ("bool", "bool", None),
    ],
)
def test_type_of_a_placeholder(suffix, dtype, shape):
    found = attrs(f"x = Placeholder : {suffix}")
    assert found["dtype"] == dtype
    assert found.get("shape") == shape


def test_type_on_other_ops():
    assert attrs("x = NoOp\ny = Relu(x) : float64[3]", "y") == {"T": "float64"}
    found = attrs("v = VariableV2 : float32[3]")
    assert (found["dtype"], found["shape"]) == ("float32", Shape((3,)))
    found = attrs("i = Const : float32[] = 1\np = PlaceholderWithDefault(i) : float32[?]", "p")
    assert (found["dtype"], found["shape"]) == ("float32", Shape((None,)))


@pytest.mark.parametrize(
    ("line", "shape", "values"),
    [
        ("int32[2,2] = [[1,2],[3,4]]", (2, 2), (1, 2, 3, 4)),
        ("float32[2,2] = 7", (2, 2), (7.0,) * 4),
        ("float32[] = -1.5e-3", (), (pytest.approx(-0.0015),)),
        ("bool[2] = [true, false]", (2,), (True, False)),
        ('string[2] = ["a", "\\xff\\n\\""]', (2,), (b"a", b'\xff\n"')),
        ("complex64[] = 1.0-2.5j", (), (1 - 2.5j,)),
        ("float64[2] = [inf, -inf]", (2,), (math.inf, -math.inf)),
        ("int32[0,3] = []", (0, 3), ()),
        ("int64 = [[1],[2]]", (2, 1), (1, 2)),
        ("bfloat16[1] = [1.0]", (1,), (1.0,)),
        ("float8_e5m2[2] = [1.0, -2]", (2,), (1.0, -2.0)),
        ("uint64[] = 18446744073709551615", (), (18446744073709551615,)),
    ],
)
def test_constants(line, shape, values):
    found = attrs(f"c = Const : {line}")
    assert found["dtype"] == found["value"].dtype == line.split("[")[0].split(" ")[0]
    assert found["value"].shape == shape
    assert found["value"].values() == values


def test_literals_of_attributes():
    found = attrs(
        'n = SomeOp {i=-1, f=1.0, e=1e3, t=true, s="a b", ty=int32, sh=shape(1,?), u=shape(...), '
        'l=[1, 2], el=[], fn=@g, fb=@g{T=int32, n=@h}, p=$T, no=none, raw="\\xff", nan=nan, '
        'sc=shape(), ten=tensor(int32[2], [1, 2]), ls=[shape(1), shape(...)], "odd key"=1}'
    )
    assert found["i"] == -1
    assert (found["f"], found["e"]) == (1.0, 1000.0)
    assert type(found["f"]) is float
    assert found["t"] is True
    assert found["s"] == "a b"
    assert type(found["s"]) is str
    assert found["ty"] == "int32"
    assert type(found["ty"]) is DType
    assert (found["sh"], found["u"], found["sc"]) == (Shape((1, None)), Shape(None), Shape(()))
    assert (found["l"], found["el"]) == ((1, 2), ())
    assert found["fn"] == FuncRef("g")
    assert found["fb"].attrs == {"T": "int32", "n": FuncRef("h")}
    assert found["p"] == Placeholder("T")
    assert found["no"] is None
    assert found["raw"] == b"\xff"
    assert math.isnan(found["nan"])
    assert found["ten"].values() == (1, 2)
    assert found["ls"] == (Shape((1,)), Shape(None))
    assert found["odd key"] == 1


def test_numbers_are_read_as_the_op_types_them():
    found = attrs("x = NoOp\ny = LRN(x) {alpha=1, depth_radius=2}", "y")
    assert type(found["alpha"]) is float
    assert type(found["depth_radius"]) is int
    assert attrs("x = NoOp\ny = LRN(x) {beta=0.1}", "y")["beta"] == pytest.approx(0.1, abs=1e-7)


FUNCTIONS = """\
x = Placeholder : float32[2]
c = f(x, x)
r = Neg(c:1)
def f(a: float32[2], b: float32 {_name="b"}) -> (p: q, s: a, ^q) {_noinline=true}:
    q = Relu(b)
def g(a: $T) -> ():
    n = NoOp(^a)
"""


def test_functions():
    model = parse(FUNCTIONS)
    f = model.functions["f"]
    assert [(n.name, n.op, n.virtual, n.position) for n in f] == [
        ("a", "_Arg", True, -2),
        ("b", "_Arg", True, -1),
        ("q", "Relu", False, 0),
    ]
    assert f["a"].attrs == {"_output_shapes": (Shape((2,)),), "T": "float32", "index": 0}
    assert f["b"].attrs == {"_name": "b", "T": "float32", "index": 1}
    assert dict(f.returns) == {"p": Value("q"), "s": Value("a")}
    assert f.return_controls == ("q",)
    assert f.signature_attrs == {"_noinline": True}
    assert f["q"].attrs["T"] == "float32"
    assert model.main["r"].attrs["T"] == "float32"
    assert model.functions["g"]["a"].attrs["T"] == Placeholder("T")
    assert dump(model) == FUNCTIONS
    assert dump(f).startswith("def f(a: float32[2]")


def test_functions_survive_the_binary_form():
    again = from_bytes(serialize(parse(FUNCTIONS)))
    assert dump(again) == FUNCTIONS


def test_a_node_may_be_called_def():
    assert dump(parse("def = NoOp\nx = NoOp(^def)")) == "def = NoOp\nx = NoOp(^def)\n"


def test_duplicate_names():
    graph = parse("a = NoOp\na = NoOp").main
    assert list(graph.nodes) == ["a", "a#2"]
    assert graph.duplicates == ("a",)
    assert dump(graph) == "a = NoOp\na = NoOp\n"


def test_missing_producers_dangle():
    graph = parse("y = Relu(x:1, ^z)").main
    assert [(d.slot, d.text) for d in graph.dangling] == [(0, "x:1"), (-1, "^z")]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("x", "line 1, column 2"),
        ("x = ", "line 1, column 5"),
        ("\nx = Relu(", "line 2, column 10"),
        ("x = Relu(a b)", "column 12"),
        ("x = Relu {a}", "column 12"),
        ("x = Relu {a=b}", "text needs quotes"),
        ("x = Relu {a=1", "column 14"),
        ("x = Relu : float33", "expected a dtype"),
        ("x = Relu(a:b)", "expected a port"),
        ("x = Const : int32[2] = [1, 2, 3]", "shape [2]"),
        ("x = Const : int32[2,2] = [1, 2, 3, 4]", "shape [2, 2]"),
        ("x = Const : int32[2] = [[1], [1, 2]]", "one shape"),
        ("x = Const : int8[] = 300", "int8"),
        ("x = Const : int32[] = 1.5", "line 1"),
        ("x = Const : float32[9] = ...", "left out"),
        ("x = Const : int32[?] = 1", "shape"),
        ("x = NoOp extra", "end of the line"),
        ("x = NoOp ` ", "unexpected '`'"),
        ('x = NoOp {a="open}', "unexpected"),
        ("def f() -> ()", "expected ':'"),
        ("def f(a) -> ():", "expected ':'"),
        ("def f() -> ():\ndef f() -> ():", "defined twice"),
        ('"\\xff" = NoOp', "not UTF-8"),
        ("x = NoOp {a=" + "[" * 100, "nested less deeply"),
        ("x = Const : int32[] = " + "[" * 100, "nested less deeply"),
    ],
)
def test_faults_name_the_place(text, where):
    with pytest.raises(GraphError) as caught:
        parse(text)
    assert where in str(caught.value)
    assert caught.value.cause == "graph-text"


NORMAL = """\
x = Placeholder : float32[2,?]
u = Placeholder : int32[...]
w = Const : float32[2,2] = [[0.1, 1e-05], [3.0, -0.0]]
s = Const : float32[100,100] = 0.5
t = Const : string[2] = ["a\\"\\\\", "\\xff"]
n = Const {extra=1} : float64[2] = [nan, 0.1]
e = Const : int32[0] = []
"a b" = Add(x, w) on "/cpu:0"
c = ConcatV2(x, x, u) {Tidx=int64}
z = Relu(c) {-T}
q = Unheard(c:1, ^x) {k=tensor(int32[], 1), v=none}
odd = Const {dtype=int32, value=tensor(float32[], 1.0)}
"""


def test_normal_form_is_a_fixed_point():
    assert dump(parse(NORMAL)) == NORMAL
    assert dump(from_bytes(serialize(parse(NORMAL)))) == NORMAL


def test_large_constants_can_be_left_out():
    text = dump(parse(NORMAL), limit=3)
    assert "w = Const : float32[2,2] = ...\n" in text
    assert "s = Const : float32[100,100] = 0.5\n" in text


def test_stripped_attributes_of_a_file_stay_stripped():
    model = from_bytes(serialize(parse("x = Placeholder : float32[]\ny = Relu(x) {-T}")))
    assert dump(model) == "x = Placeholder : float32[]\ny = Relu(x) {-T}\n"


@pytest.mark.parametrize("kind", ["float32", "invalid"])
@pytest.mark.parametrize("cycle", [("a",), ("a", "b")])
def test_a_cycle_says_its_own_dtype(kind, cycle):
    sources = (*cycle[1:], cycle[0])
    nodes = [
        Node(name, "Relu", (Value(source),), attrs={"T": DType(kind)})
        for name, source in zip(cycle, sources, strict=True)
    ]
    again = parse(dump(Graph(nodes))).main
    assert [node.attrs for node in again] == [{"T": DType(kind)} for _ in cycle]
