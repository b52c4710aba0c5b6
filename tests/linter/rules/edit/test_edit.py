"""The editor keeps names, controls, readers and order, and refuses what would lose something."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from linter.graph import DType, Value
from linter.infer.inference import Inference
from linter.io import graphtext
from linter.rules.edit import GraphEditor
from linter.rules.edit.attrs import tensor_of
from linter.rules.edit.change import Change
from linter.rules.match import MatchContext
from opdb.tf_ops import load_op_table

CHAIN = """
x = Placeholder : float32[2]
a = Neg(x)
b = Exp(a)
y = Relu(b)
"""

WAITING = """
x = Placeholder : float32[2]
c = Neg(x)
a = Exp(x, ^c)
y = Relu(a)
z = Abs(x, ^a)
"""


def _editor(text: str, fetched: Sequence[Value] = (), protected: Sequence[str] = ()) -> GraphEditor:
    graph = graphtext.parse(text).main
    table = load_op_table()
    context = MatchContext(graph, Inference(graph, table), table, frozenset(fetched), {})
    return GraphEditor(context, frozenset(protected))


def _open(edit: GraphEditor, root: str, *matched: str) -> None:
    edit.open(edit.graph[root], (root, *matched), "RWS999")


def _finish(edit: GraphEditor, result: Value | Sequence[Value]) -> Change:
    assert edit.finish(result) is None
    change = edit.commit()
    edit.restore_order()
    return change


def _text(edit: GraphEditor) -> str:
    return "\n" + graphtext.dump(edit.graph)


def test_replacement_takes_the_name_and_place_of_the_root() -> None:
    edit = _editor(CHAIN)
    _open(edit, "b")
    change = _finish(edit, edit.add("Sqrt", [edit.add("Square", [Value("a")])]))
    assert (
        _text(edit)
        == """
x = Placeholder : float32[2]
a = Neg(x)
b/Square = Square(a)
b = Sqrt(b/Square)
y = Relu(b)
"""
    )
    assert (change.root, change.removed) == ("b", ("b",))
    assert set(change.added) == {"b/Square", "b"}
    assert {"b", "y"} <= change.touched
    assert edit.graph["b"].rule == "RWS999"
    assert edit.graph["b"].attrs["T"] == "float32"
    assert [use.node for use in edit.graph.uses("b")] == ["y"]


def test_bypass_removes_what_nobody_reads() -> None:
    edit = _editor(CHAIN)
    _open(edit, "b", "a")
    change = _finish(edit, Value("x"))
    assert _text(edit) == "\nx = Placeholder : float32[2]\ny = Relu(x)\n"
    assert change.removed == ("b", "a")


def test_interior_nodes_that_are_read_elsewhere_stay() -> None:
    edit = _editor(CHAIN + "z = Relu(a)\n")
    _open(edit, "b", "a")
    assert _finish(edit, Value("x")).removed == ("b",)
    assert "a" in edit.graph


def test_protected_nodes_stay() -> None:
    edit = _editor(
        "x = Placeholder : float32[2]\nz = Placeholder : float32[2]\ny = Add(x, z)", (), ("z",)
    )
    _open(edit, "y")
    _finish(edit, Value("x"))
    assert set(edit.graph.nodes) == {"x", "z"}


def test_a_fetched_name_stays_as_an_identity() -> None:
    edit = _editor(CHAIN, [Value("y")])
    _open(edit, "y")
    _finish(edit, Value("b"))
    assert edit.graph["y"].op == "Identity"
    assert edit.graph["y"].inputs == (Value("b"),)


def test_a_fetched_interior_node_stays() -> None:
    edit = _editor(CHAIN, [Value("y"), Value("a")])
    _open(edit, "b", "a")
    _finish(edit, edit.add("Neg", [Value("x")]))
    assert {"a", "b", "y"} <= set(edit.graph.nodes)


def test_control_inputs_move_to_a_new_node() -> None:
    edit = _editor(
        "x = Placeholder : float32[2]\nc = Neg(x)\na = Exp(x, ^c)\ny = Relu(a)\nz = Abs(x, ^a)"
    )
    _open(edit, "a")
    _finish(edit, edit.add("Square", [Value("x")]))
    assert edit.graph["a"].controls == ("c",)
    assert edit.graph["z"].controls == ("a",)


def test_control_inputs_move_to_the_readers_of_a_bypassed_node() -> None:
    edit = _editor(
        "x = Placeholder : float32[2]\nc = Neg(x)\na = Exp(x, ^c)\ny = Relu(a)\nz = Abs(x, ^a)"
    )
    _open(edit, "a")
    _finish(edit, Value("x"))
    assert edit.graph["y"].controls == ("c",)
    assert edit.graph["z"].controls == ("x", "c")


INTERIOR = """
x = Placeholder : float32[2]
c = NoOp(^x)
d = NoOp(^x)
a = Exp(x, ^c)
b = Neg(a, ^d)
y = Relu(b)
"""


def test_control_inputs_of_matched_nodes_that_go_move_too() -> None:
    edit = _editor(INTERIOR)
    _open(edit, "b", "a")
    change = _finish(edit, edit.add("Square", [Value("x")]))
    assert change.removed == ("b", "a")
    assert edit.graph["b"].controls == ("d", "c")
    edit = _editor(INTERIOR)
    _open(edit, "b", "a")
    _finish(edit, Value("x"))
    assert edit.graph["y"].controls == ("d", "c")


def test_control_inputs_of_a_matched_node_that_stays_stay_with_it() -> None:
    edit = _editor(INTERIOR + "z = Abs(a)\n")
    _open(edit, "b", "a")
    _finish(edit, edit.add("Square", [Value("x")]))
    assert edit.graph["b"].controls == ("d",)
    assert edit.graph["a"].controls == ("c",)


def test_several_outputs() -> None:
    text = "x = Placeholder : float32[2,2]\nu = Unpack(x) {num=2}\ny = Neg(u:1)\nz = Neg(u)"
    edit = _editor(text)
    _open(edit, "u")
    split = edit.add("Unpack", [Value("x")], {"num": 2, "axis": 1})
    _finish(edit, [split, split._replace(port=1)])
    assert edit.graph["u"].attrs["axis"] == 1
    assert edit.graph["y"].inputs == (Value("u", 1),)


def test_an_output_without_replacement_is_refused() -> None:
    text = "x = Placeholder : float32[2,2]\nu = Unpack(x) {num=2}\ny = Neg(u:1)"
    edit = _editor(text)
    _open(edit, "u")
    assert "output 1" in str(edit.finish(Value("x")))
    edit.cancel()


@pytest.mark.parametrize(
    ("op", "attrs", "reason"),
    [
        ("Cast", {"DstT": DType("int32")}, "is int32, not float32"),
        ("Unheard", {}, "of unknown dtype"),
        ("Rank", {}, "is int32"),
    ],
)
def test_another_dtype_is_refused(op: str, attrs: dict[str, object], reason: str) -> None:
    edit = _editor(CHAIN)
    _open(edit, "b")
    assert reason in str(edit.finish(edit.add(op, [Value("a")], attrs)))


def test_another_shape_is_refused() -> None:
    edit = _editor(CHAIN)
    _open(edit, "b")
    shape = edit.const((1, 2), "int32")
    assert "rank" in str(edit.finish(edit.add("Reshape", [Value("a"), shape])))
    edit.cancel()
    _open(edit, "b")
    again = edit.const((2,), "int32", name="multiples")
    assert "[4], not [2]" in str(edit.finish(edit.add("Tile", [Value("a"), again])))


@pytest.mark.parametrize("text", ["", "two", b"two"])
def test_a_text_is_one_element(text: str | bytes) -> None:
    tensor = tensor_of(text, "string", None)
    assert tensor.shape == ()
    assert len(tensor.values()) == 1


def test_cancel_leaves_no_trace() -> None:
    edit = _editor(CHAIN)
    before = graphtext.dump(edit.graph)
    _open(edit, "b")
    edit.finish(edit.add("Square", [edit.const(1.0, "float32")]))
    edit.cancel()
    edit.restore_order()
    assert graphtext.dump(edit.graph) == before


def test_new_nodes_that_nobody_reads_are_dropped() -> None:
    edit = _editor(CHAIN)
    _open(edit, "b")
    edit.const(1.0, "float32")
    change = _finish(edit, edit.add("Square", [Value("a")]))
    assert change.added == ("b",)


def test_names_are_made_unique() -> None:
    edit = _editor(CHAIN.replace("a = Neg(x)", "a = Neg(x)\nb/Square = Abs(x)"))
    _open(edit, "b")
    inner = edit.add("Square", [Value("a")])
    assert inner.node == "b/Square_1"
    _finish(edit, edit.add("Sqrt", [inner]))
    assert "b/Square_1" in edit.graph


def test_one_value_used_twice() -> None:
    edit = _editor("x = Placeholder : float32[2]\na = Neg(x)\ny = Add(a, a)")
    _open(edit, "a")
    _finish(edit, Value("x"))
    assert edit.graph["y"].inputs == (Value("x"), Value("x"))


def test_delete_drops_control_edges_but_no_data() -> None:
    text = """
x = Placeholder : float32[2]
c = Const : bool[] = true
a = Assert(c, x) {T=[float32]}
y = Relu(x, ^a)
"""
    edit = _editor(text, (), ("x",))
    change = edit.delete("a", frozenset({"a"}))
    assert change is not None
    assert change.removed == ("a", "c")
    assert edit.graph["y"].controls == ()
    assert _editor(CHAIN).delete("a", frozenset({"a"})) is None
    assert _editor(CHAIN, [Value("y")]).delete("y", frozenset({"y"})) is None


def test_a_constant_waits_inside_a_branch() -> None:
    text = """
p = Placeholder : bool[]
x = Placeholder : float32[2]
s = Switch(x, p)
n = Neg(s)
t = Exp(s:1)
m = Merge(n, t)
"""
    edit = _editor(text)
    _open(edit, "n")
    _finish(edit, edit.const((1.0, 2.0), "float32"))
    assert edit.graph["n"].op == "Const"
    assert edit.graph["n"].controls == ("s",)


FRAME = """
x = Placeholder : float32[2]
end = Const : int32[] = 2
zero = Const : int32[] = 0
e = Enter(x) {frame_name="f"}
i = Enter(zero) {frame_name="f"}
n = Enter(end) {frame_name="f", is_constant=true}
m = Merge(e, back)
mi = Merge(i, nexti)
less = Less(mi, n)
cond = LoopCond(less)
s = Switch(m, cond)
si = Switch(mi, cond)
inc = AddN(si:1, si:1)
body = Neg(s:1)
back = NextIteration(body)
nexti = NextIteration(inc)
out = Exit(s)
after = Neg(out)
y = Relu(after)
"""


@pytest.mark.parametrize(
    ("root", "dtype", "waits"),
    [("less", "bool", ("mi", "n")), ("body", "float32", ("s",)), ("after", "float32", ())],
)
def test_a_constant_waits_inside_a_frame(root: str, dtype: str, waits: tuple[str, ...]) -> None:
    """Without a control input it would not be in the frame: TensorFlow refuses that."""
    edit = _editor(FRAME)
    _open(edit, root)
    shape = () if root == "less" else (2,)
    _finish(edit, edit.const([1] * max(len(shape) * 2, 1), dtype, shape=shape))
    assert edit.graph[root].controls == waits


def test_a_constant_waits_for_nothing_outside_branches() -> None:
    edit = _editor(CHAIN)
    _open(edit, "b")
    _finish(edit, edit.const((1.0, 2.0), "float32"))
    assert edit.graph["b"].controls == ()


def test_placement_beside_a_node_that_went_is_forgotten() -> None:
    text = CHAIN.replace(
        "y = Relu(b)", 'y = Relu(b) {_class=["loc:@b", "loc:@x"]}\nz = Abs(b) {_class=["loc:@b"]}'
    )
    edit = _editor(text)
    _open(edit, "b")
    _finish(edit, Value("a"))
    assert edit.graph["y"].attrs["_class"] == ("loc:@x",)
    assert "_class" not in edit.graph["z"].attrs


TWO = """
x = Placeholder : float32[2]
g = NoOp(^x)
a = Neg(x)
m = Mul(a, a)
b = Exp(m, ^g)
y = Relu(a)
z = Abs(b)
w = Sqrt(z, ^m)
"""


def test_several_nodes_are_replaced_in_one_change() -> None:
    edit = _editor(TWO, fetched=[Value("b")])
    _open(edit, "a")
    root = edit.place("Square", [Value("x")], {}, "step/Square")
    edit.also("b", [edit.place("Sqrt", [root], {}, "step/Sqrt")])
    edit.drop(["m"])
    change = _finish(edit, root)
    assert (
        _text(edit)
        == """
x = Placeholder : float32[2]
g = NoOp(^x)
a = Square(x)
b = Sqrt(a, ^g)
y = Relu(a)
z = Abs(b)
w = Sqrt(z)
"""
    )
    assert change.removed == ("a", "b", "m")
    assert change.touched >= {"a", "b", "m", "y", "z", "w"}


def test_what_is_dropped_must_not_be_read() -> None:
    edit = _editor(TWO)
    _open(edit, "a")
    edit.drop(["b"])
    assert edit.finish(Value("x")) == "output 0 of 'b' is read and has no replacement"
    edit.cancel()
    assert _text(edit) == TWO


def test_one_new_value_cannot_take_two_fetched_names() -> None:
    edit = _editor(TWO, fetched=[Value("y"), Value("z")])
    _open(edit, "y")
    made = edit.place("Square", [Value("x")], {}, "step/Square")
    edit.also("z", [made])
    edit.drop(["a", "m", "b"])
    change = _finish(edit, made)
    assert [edit.graph[key].op for key in ("y", "z")] == ["Square", "Identity"]
    assert set(change.added) == {"y", "z"}


def test_a_copy_keeps_its_own_name_unless_a_fetched_one_needs_it() -> None:
    edit = _editor(TWO, fetched=[Value("b")])
    _open(edit, "a")
    copy = edit.copy(edit.graph["m"], [Value("x"), Value("x")], "step/m", body="f")
    edit.also("b", [edit.copy(edit.graph["b"], [copy], "step/m")])
    edit.drop(["m"])
    assert edit.copied == {"step/m": ("f", "m"), "step/m_1": (None, "b")}
    change = _finish(edit, copy)
    assert set(change.added) == {"step/m", "b"}
    assert edit.copied == {"step/m": ("f", "m"), "b": (None, "b")}
    assert edit.graph["y"].inputs == (Value("step/m"),)
