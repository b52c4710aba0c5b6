"""Tensors that become inputs."""

from __future__ import annotations

import pytest

from linter.graph import Value
from linter.io.graphtext import dump, parse
from linter.results.errors import UsageError
from linter.rewrite.cutting.inputs import cut_inputs

QUEUE = """
queue = FIFOQueueV2() {component_types=[float32, int64], shapes=[shape(4,3), shape(4)]}
batch = QueueDequeueV2(queue) {component_types=[float32, int64]}
image = Identity(batch)
y = Relu(image)
labels = Cast(batch:1) {DstT=float32}
fill = QueueEnqueueV2(queue, one, two) {Tcomponents=[float32, int64]}
one = Const : float32[3] = 1
two = Const : int64[] = 1
"""
DIAMOND = """
x = Placeholder : float32[2,3]
a = Neg(x)
b = Exp(a)
c = Add(b, x)
"""
LOOP = """
x = Placeholder : float32[2]
n = Const : int32[] = 3
i = Const : int32[] = 0
ei = Enter(i) {frame_name="f"}
en = Enter(n) {frame_name="f", is_constant=true}
ex = Enter(x) {frame_name="f"}
mi = Merge(ei, ni)
mx = Merge(ex, nx)
less = Less(mi, en)
go = LoopCond(less)
si = Switch(mi, go)
sx = Switch(mx, go)
one = Const(^si) : int32[] = 1
add = Add(si:1, one)
neg = Neg(sx:1)
ni = NextIteration(add)
nx = NextIteration(neg)
out = Exit(sx)
after = Relu(out)
y = Exp(after)
"""
COND = """
x = Placeholder : float32[2]
p = Placeholder : bool[]
s = Switch(x, p)
no = Neg(s)
yes = Exp(s:1)
m = Merge(no, yes)
y = Relu(m)
"""


def cut(text, *names, outputs=(), shapes=None):
    values = [value(name) for name in names]
    return cut_inputs(parse(text), values, outputs=[value(o) for o in outputs], shapes=shapes)


def value(text):
    name, _, port = text.partition(":")
    return Value(name, int(port or 0))


def lines(found):
    return dump(found.model).strip().splitlines()


def test_a_tensor_that_is_all_of_its_node_keeps_the_name():
    found = cut(DIAMOND, "b", outputs=("c",))
    assert lines(found) == [
        "x = Placeholder : float32[2,3]",
        "b = Placeholder : float32[2,3]",
        "c = Add(b, x)",
    ]
    assert [(one.name, one.dtype, one.shape) for one in found.inputs] == [("b", "float32", (2, 3))]
    assert found.kept == ("x",)
    assert found.removed == 1 + 1


def test_the_given_model_is_as_it_was():
    model = parse(DIAMOND)
    before = dump(model)
    cut_inputs(model, [Value("b")])
    assert dump(model) == before


def test_all_read_ports_of_a_node_are_cut_together():
    found = cut(QUEUE, "batch:0", "batch:1", outputs=("y", "labels"))
    assert [one.name for one in found.inputs] == ["batch", "batch/output_1"]
    assert [one.dtype for one in found.inputs] == ["float32", "int64"]
    nodes = found.model.main.nodes
    assert set(nodes) == {"batch", "batch/output_1", "image", "y", "labels"}
    assert nodes["labels"].inputs == (Value("batch/output_1"),)


def test_a_node_whose_other_output_is_read_stays():
    found = cut(QUEUE, "batch:0", outputs=("y", "labels"))
    assert [one.name for one in found.inputs] == ["batch/output_0"]
    assert "batch" in found.model.main
    assert found.kept == ("queue",)


def test_a_name_that_is_taken_is_not_taken_again():
    text = QUEUE + "batch/output_1 = Relu(image)"
    found = cut(text, "batch:1", outputs=("labels", "batch/output_1"))
    assert [one.name for one in found.inputs] == ["batch/output_1_1"]


def test_leaves_without_a_value_go_with_what_is_cut_off():
    found = cut(QUEUE, "batch:0", "batch:1")
    assert found.lost == ("fill",)
    assert set(found.model.main.nodes) == {"batch", "batch/output_1", "image", "y", "labels"}
    assert found.kept == ()


def test_leaves_with_a_value_stay():
    found = cut(QUEUE, "batch:1")
    assert "y" in found.model.main
    assert found.kept == ("queue",)


def test_leaves_of_another_part_stay():
    found = cut("z = Placeholder : float32[2]\nw = Neg(z)\n" + DIAMOND, "b")
    assert found.lost == ()
    assert {"w", "c"} <= set(found.model.main.nodes)


def test_control_inputs_move_to_the_placeholder():
    text = "x = Placeholder : float32[2]\ns = Split(k, x) {num_split=2}\n"
    text = "k = Const : int32[] = 0\n" + text + "z = Const(^s) : float32[] = 1\ny = Add(s:1, z)"
    found = cut(text, "s:1")
    assert found.model.main["z"].controls == ("s/output_1",)
    assert set(found.model.main.nodes) == {"s/output_1", "z", "y"}


def test_sizes_that_are_not_known_come_from_the_user():
    text = "x = Placeholder : float32[...]\na = Neg(x)\nb = Relu(a)"
    assert cut(text, "a").inputs[0].shape is None
    assert cut(text, "a", shapes={"a": (1, 3)}).inputs[0].shape == (1, 3)
    text = text.replace("...", "?,3")
    assert cut(text, "a", shapes={"a": (4, 3)}).inputs[0].shape == (4, 3)
    assert cut(text, "a", shapes={"x": (4, 3)}).inputs[0].shape == (4, 3)


def test_known_sizes_are_not_overruled():
    text = "x = Placeholder : float32[2,3]\na = Neg(x)\nb = Relu(a)"
    assert cut(text, "a", shapes={"a": (4, 3)}).inputs[0].shape == (2, 3)


def test_an_input_is_left_alone():
    model = parse(DIAMOND)
    assert cut_inputs(model, [Value("x")]).model is model
    head_off = cut(QUEUE, "batch:1").model
    assert cut_inputs(head_off, [Value("batch", 1)]).model is head_off


def test_what_the_outputs_do_not_need_is_no_input():
    found = cut(DIAMOND, "a", "b", outputs=("c",))
    assert found.unused == (Value("a"),)
    assert [one.name for one in found.inputs] == ["b"]


def test_outside_of_a_loop_and_a_condition():
    assert set(cut(LOOP, "out").model.main.nodes) == {"out", "after", "y"}
    assert "ex" not in cut(LOOP, "after").model.main
    assert set(cut(COND, "m").model.main.nodes) == {"m", "y"}


@pytest.mark.parametrize(
    ("text", "name", "outputs", "words"),
    [
        (DIAMOND, "bb", (), "no node 'bb'; near it: b"),
        (DIAMOND, "b:1", (), "there is no b:1: b has 1 output"),
        (DIAMOND, "c", ("c",), "c:0 is an output"),
        (DIAMOND, "b", ("a",), "no output depends on it"),
        (QUEUE, "queue", (), "holds a resource"),
        (LOOP, "neg", (), "inside a while loop"),
        (LOOP, "mx", (), "inside a while loop"),
        (COND, "yes", (), "branch of a condition"),
        ("x = Placeholder : float32[2]\na = Odd(x)\nb = Relu(a) {T=float32}", "a", (), "dtype"),
    ],
)
def test_refused(text, name, outputs, words):
    with pytest.raises(UsageError) as err:
        cut(text, name, outputs=outputs)
    assert words in str(err.value)
