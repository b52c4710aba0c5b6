"""Head, body and tail: what is in them, and that together they are the whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.graph import Value
from linter.io.graphtext import dump, parse
from linter.io.reader import from_bytes
from linter.io.writer import serialize
from linter.judge import JudgeOptions, Status
from linter.judge.synthetic import synthetic_judge
from linter.results.judgement import Stage
from linter.rewrite.cutting.choose import Side
from linter.rewrite.cutting.plan import Divider, refused_nodes, unknown_nodes

NET = """
x = Placeholder : float32[4,8]
noise = Floor(x)
w = Const : float32[8,16] = 0.5
product = MatMul(noise, w)
b = Relu(product)
rounded = Rint(b)
y = Neg(rounded)
"""
TWO_WAYS = """
x = Placeholder : float32[64,64]
a = MatMul(x, x)
odd = Rint(a)
b = MatMul(odd, a)
c = MatMul(b, b)
y = Add(c, a)
"""
LOOP = """
x = Placeholder : float32[8,8]
before = MatMul(x, x)
n = Const : int32[] = 3
i = Const : int32[] = 0
ei = Enter(i) {frame_name="f"}
en = Enter(n) {frame_name="f", is_constant=true}
ex = Enter(before) {frame_name="f"}
mi = Merge(ei, ni)
mx = Merge(ex, nx)
less = Less(mi, en)
go = LoopCond(less)
si = Switch(mi, go)
sx = Switch(mx, go)
one = Const(^si) : int32[] = 1
add = Add(si:1, one)
odd = Rint(sx:1)
ni = NextIteration(add)
nx = NextIteration(odd)
out = Exit(sx)
after = MatMul(out, out)
y = MatMul(after, after)
"""
TABLE = """
words = Placeholder : string[3]
table = HashTableV2() {key_dtype=string, value_dtype=int64}
keys = Const : string[2] = ["a", "b"]
ids = Const : int64[2] = [0, 1]
none = Const : int64[] = 2
fill = InitializeTableV2(table, keys, ids)
found = LookupTableFindV2(table, words, none)
embedding = Const : float32[3,64] = 0.5
axis = Const : int32[] = 0
rows = GatherV2(embedding, found, axis)
w = Const : float32[64,64] = 0.5
y = MatMul(rows, w)
"""
SHAPES = """
x = Placeholder : float32[2,3,4]
odd = Rint(x)
shape = Shape(odd)
first = Const : int32[1] = [0]
last = Const : int32[1] = [1]
step = Const : int32[1] = [1]
batch = StridedSlice(shape, first, last, step) {shrink_axis_mask=1}
rest = Const : int32[] = 12
dims = Pack(batch, rest)
flat = Reshape(odd, dims)
w = Const : float32[12,64] = 0.5
y = MatMul(flat, w)
"""
CALL = """
x = Placeholder : float32[8,8]
a = MatMul(x, x)
called = PartitionedCall(a) {f=@inner, Tin=[float32], Tout=[float32]}
y = Neg(called)

def inner(v: float32[8,8]) -> (out: r:0):
  r = Rint(v)
"""


def divide(text, *, lacking=("Floor", "Rint"), outputs=("y",), unknown=()):
    model = parse(text)
    answers = {op: (Status.UNKNOWN, Stage.ENGINE, "no_data", {}) for op in unknown}
    values = tuple(value(name) for name in outputs)
    judge = synthetic_judge(model, JudgeOptions({}, values), lacking=lacking, answers=answers)
    divider = Divider(judge, values, model.main)
    return divider.divide(refused_nodes(judge, ()), unknown_nodes(judge))


def value(text):
    name, _, port = text.partition(":")
    return Value(name, int(port or 0))


def parts(division):
    return {part.name: part for part in division.parts}


def lines(part):
    return dump(part.model).strip().splitlines()


def test_head_body_and_tail():
    found = parts(divide(NET))
    assert lines(found["head"]) == ["x = Placeholder : float32[4,8]", "noise = Floor(x)"]
    assert lines(found["body"]) == [
        "noise = Placeholder : float32[4,8]",
        "w = Const : float32[8,16] = 0.5",
        "product = MatMul(noise, w)",
        "b = Relu(product)",
    ]
    assert lines(found["tail"]) == [
        "b = Placeholder : float32[4,16]",
        "rounded = Rint(b)",
        "y = Neg(rounded)",
    ]
    assert [(one.name, one.source, one.tensor) for one in found["body"].inputs] == [
        ("noise", "head", "noise:0")
    ]
    assert [out.name for out in found["body"].outputs] == ["b:0"]


def test_nothing_near_the_inputs_needs_no_head():
    found = parts(divide(NET, lacking=("Rint",)))
    assert list(found) == ["body", "tail"]
    assert [(one.name, one.source) for one in found["body"].inputs] == [("x", "model")]


def test_the_larger_side_of_an_op_in_the_middle_is_the_body():
    division = divide(TWO_WAYS)
    found = parts(division)
    assert list(found) == ["head", "body"]
    assert {"b", "c", "y"} <= set(found["body"].model.main.nodes)
    assert [one.name for one in found["body"].inputs] == ["a", "odd"]
    assert 0.6 < division.share < 0.7


def test_a_loop_is_not_cut_through():
    found = parts(divide(LOOP))
    assert found["head"].own >= {"before", "ei", "sx", "out", "one"}
    assert found["body"].own == {"after", "y"}


def test_a_table_goes_where_it_is_read_with_what_fills_it():
    found = parts(divide(TABLE, lacking=("LookupTableFindV2",)))
    assert set(found["head"].model.main.nodes) == {
        "words", "table", "none", "found", "keys", "ids", "fill",
    }  # fmt: skip
    assert [one.dtype for one in found["body"].inputs] == ["int64"]


def test_known_shapes_are_constants_of_the_body():
    found = parts(divide(SHAPES))
    assert [one.name for one in found["body"].inputs] == ["odd"]
    text = dump(found["body"].model)
    assert "flat = Reshape(odd, dims)" in text
    assert "Rint" not in text


def test_a_call_of_a_refused_body_stays_on_the_host():
    found = parts(divide(CALL))
    assert found["tail"].own == {"called", "y"}
    assert list(found["tail"].model.functions) == ["inner"]
    assert not found["body"].model.functions


def test_an_output_in_the_middle_comes_from_the_part_that_computes_it():
    found = parts(divide(NET, outputs=("y", "b", "noise")))
    assert [out.name for out in found["head"].outputs] == ["noise:0"]
    assert [out.name for out in found["body"].outputs] == ["b:0"]


def test_nothing_that_is_worth_it():
    assert divide("x = Placeholder : float32[2]\ny = Rint(x)") is None
    assert divide("x = Placeholder : float32[2]\na = Identity(x)\ny = Rint(a)") is None
    scraps = "x = Placeholder : float32[2]\na = Relu(x)\nz = Rint(a)\ny = Tile(z, n)\n"
    scraps += "n = Const : int32[1] = [999]"
    assert divide(scraps, lacking=("Rint", "Tile")) is None


def test_what_is_known_beforehand_makes_no_body():
    text = "x = Placeholder : float32[2,3]\ns = Shape(x)\na = Mul(s, s)\ny = Neg(a)"
    assert divide(text, lacking=("Neg",)) is None


def test_unknown_nodes_stay_out_where_that_costs_little():
    text = NET.replace("y = Neg(rounded)", "s = Slice(rounded, o, n)\ny = Neg(s)")
    text += "o = Const : int32[2] = [0, 0]\nn = Const : int32[2] = [1, 1]\n"
    assert "y" in parts(divide(text, lacking=("Floor",), unknown=("Neg",)))["tail"].own
    assert "b" in parts(divide(NET, lacking=("Floor",), unknown=("Relu", "MatMul")))["body"].own


def test_parts_are_written_and_read():
    for part in divide(TABLE, lacking=("LookupTableFindV2",)).parts:
        again = from_bytes(serialize(part.model))
        assert dump(again) == dump(part.model)


@pytest.mark.parametrize("text", [NET, TWO_WAYS, LOOP, TABLE, SHAPES, CALL])
def test_the_same_division_every_time(text):
    first, second = (divide(text, lacking=("Rint", "LookupTableFindV2")) for _ in range(2))
    assert [serialize(part.model) for part in first.parts] == [
        serialize(part.model) for part in second.parts
    ]


OPS = ("Neg", "Exp", "Rint", "Add", "Mul", "Split")


@st.composite
def graphs(draw):
    """A random graph with refused ops, outputs in the middle, control inputs and second ports."""
    texts = ["x0 = Placeholder : float32[4]", "x1 = Placeholder : float32[4]"]
    texts += ["k = Const : float32[4] = 0.5", "axis = Const : int32[] = 0"]
    names = ["x0", "x1", "k"]
    for number in range(draw(st.integers(1, 14))):
        op = draw(st.sampled_from(OPS))
        inputs = [draw(st.sampled_from(names)) for _ in range(2 if op in ("Add", "Mul") else 1)]
        inputs = ["axis", *inputs] if op == "Split" else inputs
        if draw(st.integers(0, 4)) == 0:
            inputs.append("^" + draw(st.sampled_from(names)).partition(":")[0])
        texts.append(f"n{number} = {op}({', '.join(inputs)})" + " {num_split=1}" * (op == "Split"))
        names += [f"n{number}"]
    outputs = draw(st.lists(st.sampled_from(names[3:]), min_size=1, max_size=3, unique=True))
    return "\n".join(texts), tuple(outputs)


def computed(graph, fed, values):
    """What values are, as terms over what is fed."""
    known = dict(fed)

    def term(one):
        if one not in known:
            node = graph[one.node]
            tensor = node.attrs.get("value") if node.op == "Const" else None
            inner = tuple(term(read) for read in node.inputs)
            known[one] = (node.op, one.port, tensor and tensor.values(), inner)
        return known[one]

    return {one: term(one) for one in values}


@given(graphs())
@settings(deadline=None, max_examples=80)
def test_the_parts_are_the_whole(case):
    text, outputs = case
    division = divide(text, outputs=outputs)
    if division is None:
        return
    model = parse(text)
    wanted = [value(name) for name in outputs]
    fed = {Value(name): ("fed", name) for name in ("x0", "x1")}
    whole = computed(model.main, fed, wanted)
    known = {("model", name): ("fed", name) for name in ("x0", "x1")}
    for part in division.parts:
        given = {Value(one.name): known[one.source, one.tensor] for one in part.inputs}
        found = computed(part.model.main, given, [out.value for out in part.outputs])
        known.update({(part.name, str(one)): term for one, term in found.items()})
    for one in wanted:
        owners = [name for name, tensor in known if tensor == str(one) and name != "model"]
        assert owners
        assert all(known[owner, str(one)] == whole[one] for owner in owners)


@given(graphs())
@settings(deadline=None, max_examples=80)
def test_the_body_is_convex_and_takes_nothing_refused(case):
    text, outputs = case
    division = divide(text, outputs=outputs)
    if division is None:
        return
    graph = parse(text).main
    side = {key: part.side for part in division.parts for key in part.own}
    assert not any(graph[key].op == "Rint" for key in division.body.own)
    for key, where in side.items():
        for source in graph.producers(graph[key]):
            assert side.get(source, Side.HEAD) <= where
    for part in division.parts:
        assert all(source in part.model.main for node in part.model.main for source in (
            *(read.node for read in node.inputs), *node.controls))  # fmt: skip
