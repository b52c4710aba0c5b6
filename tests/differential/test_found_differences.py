"""Graphs about which omlint said otherwise than TensorFlow; what is expected is TensorFlow's."""

from __future__ import annotations

import pytest

from linter.graph import Value
from linter.infer.inference import Inference
from linter.io.graphtext import parse
from linter.judge.formula.windows import WindowedNode
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import rewrite
from linter.rewrite.engine.outcome import RewriteOutcome
from linter.rules.match import MatchContext
from opdb.tf_ops import load_op_table
from rules.registry import rewrite_rules
from rules.rewrite.support.folding import is_foldable

ELEMENTS: dict[str, tuple[str, tuple[object, ...] | None]] = {
    "what is rounded to zero keeps its sign": (
        """
        a = Const : float32[3] = [-0.25, -0.0, 0.25]
        c = Ceil(a)
        r = Round(a)
        i = Rint(a)
        f = Floor(a)
        z = Const : int32[] = 0
        y = ConcatV2(c, r, i, f, z)
        """,
        (-0.0, -0.0, 1.0, -0.0, -0.0, 0.0, -0.0, -0.0, 0.0, -1.0, -0.0, 0.0),
    ),
    "the floor is that of the rounded quotient": (
        """
        a = Const : float32[3] = [1, -1, -0.0]
        b = Const : float32[] = 0.1
        y = FloorDiv(a, b)
        """,
        (10.0, -10.0, -0.0),
    ),
    "a shift by the width of the dtype is not defined": (
        """
        a = Const : int32[] = 1
        b = Const : int32[] = 32
        y = LeftShift(a, b)
        """,
        None,
    ),
    "from 64 to 16 bits a number is rounded twice": (
        """
        a = Const : float64[2] = [1.0004882812509095, 1e300]
        y = Cast(a) {DstT=float16}
        """,
        (1.0, float("inf")),
    ),
    "a number that is refused at run time is no constant": (
        """
        a = Const : float32[] = nan
        y = CheckNumerics(a) {message="text"}
        """,
        None,
    ),
}


SHAPES: dict[str, tuple[str, tuple[int | None, ...] | None]] = {
    "the number of steps of a range is that of the rounded quotient": (
        """
        a = Const : float32[] = 0
        b = Const : float32[] = 0.3
        c = Const : float32[] = 0.1
        y = Range(a, b, c)
        """,
        (3,),
    ),
    "a range that leads away from its limit is refused": (
        """
        a = Const : int32[] = 0
        b = Const : int32[] = -3
        c = Const : int32[] = 1
        y = Range(a, b, c)
        """,
        (None,),
    ),
    "approximate equality does not broadcast": (
        """
        a = Placeholder : float32
        b = Placeholder : float32[2,3]
        y = ApproximateEqual(a, b)
        """,
        (2, 3),
    ),
    "an axis that is not 1 cannot be squeezed": (
        """
        a = Placeholder : float32[2,3]
        y = Squeeze(a) {squeeze_dims=[0]}
        """,
        None,
    ),
    "a reshape keeps the number of elements": (
        """
        a = Placeholder : float32[2,3]
        b = Const : int32[2] = [2, 2]
        y = Reshape(a, b)
        """,
        None,
    ),
    "a slice ends where the axis ends": (
        """
        a = Placeholder : float32[2,3]
        b = Const : int32[2] = [1, 1]
        c = Const : int32[2] = [2, 2]
        y = Slice(a, b, c)
        """,
        None,
    ),
    "a slice begins where the axis begins": (
        """
        a = Placeholder : float32[2,3]
        b = Const : int32[2] = [0, -1]
        c = Const : int32[2] = [2, 2]
        y = Slice(a, b, c)
        """,
        None,
    ),
    "an index lies within its axis": (
        """
        a = Placeholder : float32[2,3]
        b = Const : int32[1] = [2]
        c = Const : int32[1] = [3]
        d = Const : int32[1] = [1]
        y = StridedSlice(a, b, c, d) {shrink_axis_mask=1}
        """,
        None,
    ),
    "what is packed is alike": (
        """
        a = Placeholder : float32[2,3]
        b = Placeholder : float32[2,4]
        y = Pack(a, b)
        """,
        None,
    ),
    "what is joined is alike beside the axis": (
        """
        z = Const : int32[] = 1
        a = Placeholder : float32[2,3]
        b = Placeholder : float32[4,3]
        y = ConcatV2(a, b, a, z)
        """,
        None,
    ),
    "what is selected from is alike": (
        """
        c = Placeholder : bool[]
        a = Placeholder : float32[2]
        b = Placeholder : float32[3]
        y = Select(c, a, b)
        """,
        None,
    ),
    "a window across channels does not divide them when it says where it found the largest": (
        """
        x = Placeholder : float32[2,1,1,2]
        y = MaxPoolWithArgmax(x) {ksize=[1,1,1,2], strides=[1,1,1,2], padding="SAME"}
        """,
        None,
    ),
    "a text broadcasts with the places that are cut from it": (
        """
        a = Const : string[] = "text"
        b = Placeholder : int32[?]
        c = Const : int32[2] = 1
        y = Substr(a, b, c)
        """,
        (2,),
    ),
    "an element of a list has the shape with which it was put in": (
        """
        a = Placeholder : float32[2]
        s = Const : int32[] = -1
        l = TensorListFromTensor(a, s)
        e = Const : int32[1] = -1
        p = TensorListPopBack(l, e) {element_dtype=float32}
        y = Identity(p:1)
        """,
        None,
    ),
    "a shape that the input does not broadcast to is refused": (
        """
        a = Placeholder : float32[3,2]
        b = Const : int32[2] = [4, 2]
        y = BroadcastTo(a, b)
        """,
        None,
    ),
    "paddings are two for each axis": (
        """
        a = Placeholder : float32[3,2]
        b = Const : int32[1,2] = 1
        y = Pad(a, b)
        """,
        None,
    ),
    "paddings are not negative": (
        """
        a = Placeholder : float32[3,2]
        b = Const : int32[2,2] = -1
        y = Pad(a, b)
        """,
        None,
    ),
}


def inferred(text: str) -> Inference:
    return Inference(parse(text).main, load_op_table())


@pytest.mark.parametrize("name", ELEMENTS)
def test_elements(name: str) -> None:
    text, expected = ELEMENTS[name]
    found = inferred(text).constant(Value("y"))
    assert repr(None if found is None else found.values) == repr(expected)


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    text, expected = SHAPES[name]
    assert inferred(text).shape(Value("y")) == expected


def test_the_window_of_a_dilation_is_its_filter() -> None:
    graph = parse(
        """
        x = Placeholder : float32[1,9,8,3]
        f = Placeholder : float32[3,2,3]
        y = Dilation2D(x, f) {strides=[1,2,1,1], rates=[1,2,2,1], padding="SAME"}
        """
    ).main
    table = load_op_table()
    window = WindowedNode(graph, graph["y"], Inference(graph, table), table).window
    assert window is not None
    assert (window.kernel["h"], window.kernel["w"]) == (3, 2)
    assert window.pads == {"h": (2, 2), "w": (1, 1)}


@pytest.mark.parametrize(
    "node",
    [
        "GatherV2(a, i, z)",
        "Fill(a, a)",
        "Reshape(a, a)",
        "Pack(a, z)",
        "Squeeze(a) {squeeze_dims=[0]}",
    ],
)
def test_what_tensorflow_refuses_to_compute_is_not_computed(node: str) -> None:
    text = f"""
        a = Const : int32[2] = [3, 2]
        i = Const : int32[1] = [2]
        z = Const : int32[] = 0
        y = {node}
        """
    graph, table = parse(text).main, load_op_table()
    context = MatchContext(graph, Inference(graph, table), table, frozenset(), {})
    assert not is_foldable(context.bind(Value("y")))


def rewritten(text: str, lacking: str) -> RewriteOutcome:
    outcome = rewrite(
        rewrite_rules(),
        parse(text),
        lambda model: synthetic_judge(model, JudgeOptions(), lacking=(lacking,)),
    )
    assert outcome.errors == ()
    return outcome


def test_add_takes_no_unsigned_integers() -> None:
    outcome = rewritten(
        """
        a = Placeholder : uint32[2]
        y = AddV2(a, a)
        """,
        "AddV2",
    )
    assert outcome.rewrites == ()
    assert [refused.reason for refused in outcome.refused] == [
        "the new Add has T = uint32, which its definition does not allow"
    ]


def test_texts_on_a_diagonal_have_empty_texts_beside_them() -> None:
    outcome = rewritten(
        """
        a = Placeholder : string[2]
        y = MatrixDiag(a)
        """,
        "MatrixDiag",
    )
    fill = next(node for node in outcome.model.main if node.name.endswith("fill"))
    assert fill.attrs["value"].values() == (b"",)
