"""Dimension arithmetic: elements of small tensors, with the arithmetic of their dtype."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from linter.graph import Value
from linter.infer.inference import Inference

Infer = Callable[..., Inference]

A = """
a = Const : int32[3] = [7, -7, 5]
b = Const : int32[3] = [2, 2, -3]
t = Const : int32[] = 3
o = Const : int32[] = 0
f = Const : float32[2] = [2.5, -1.5]
g = Const : float32[] = 0.1
p = Const : bool[2] = [true, false]
w = Const : int32[2,3] = [[1,2,3],[4,5,6]]
x = Placeholder : float32[?,7,6]
"""

CASES: list[tuple[str, Any]] = [
    ("y = Add(a, b)", (9, -5, 2)),
    ("y = FloorDiv(a, b)", (3, -4, -2)),
    ("y = TruncateDiv(a, b)", (3, -3, -1)),
    ("y = Div(a, b)", (3, -3, -1)),
    ("y = FloorMod(a, b)", (1, 1, -1)),
    ("y = TruncateMod(a, b)", (1, -1, 2)),
    ("y = FloorDiv(a, o)", None),
    ("y = Maximum(a, b)", (7, 2, 5)),
    ("y = Mul(w, a)", (7, -14, 15, 28, -35, 30)),
    ("y = Neg(a)", (-7, 7, -5)),
    ("y = Abs(a)", (7, 7, 5)),
    ("y = Sign(a)", (1, -1, 1)),
    ("y = SquaredDifference(a, b)", (25, 81, 64)),
    ("k = Const : int32[] = 2000000000\ny = Add(k, k)", (-294967296,)),
    ("k = Const : int32[] = -2147483648\ny = Abs(k)", (-2147483648,)),
    ("k = Const : uint8[] = 250\ny = Add(k, k)", (244,)),
    ("k = Const : int64[] = 3\nl = Const : int64[] = 1000000\ny = Pow(k, l)", ...),
    ("y = RealDiv(g, g)", (1.0,)),
    ("y = Add(g, g)", (0.20000000298023224,)),
    ("k = Const : float32[] = 16777217\ny = Identity(k)", (16777216.0,)),
    ("y = Floor(f)", (2.0, -2.0)),
    ("y = Ceil(f)", (3.0, -1.0)),
    ("y = Round(f)", (2.0, -2.0)),
    ("y = Cast(f) {DstT=int32}", (2, -1)),
    ("k = Const : float32[] = 3e9\ny = Cast(k) {DstT=int32}", None),
    ("k = Const : int64[] = 4294967298\ny = Cast(k) {DstT=int32}", (2,)),
    ("y = Cast(a) {DstT=bool}", (True, True, True)),
    ("y = Cast(p) {DstT=float32}", (1.0, 0.0)),
    ("y = Less(a, b)", (False, True, False)),
    ("y = LogicalNot(p)", (False, True)),
    ("y = LogicalAnd(p, p)", (True, False)),
    ("k = Const : int32[2] = [1, 2]\nl = Const : int32[2] = [3, 4]\ny = SelectV2(p, k, l)", (1, 4)),
    ("y = Shape(w)", (2, 3)),
    ("y = Size(w)", (6,)),
    ("y = Rank(x)", (3,)),
    ("y = Shape(x)", None),
    ("y = Size(x)", None),
    ("y = Pack(t, o)", (3, 0)),
    ("y = Pack(a, b) {axis=1}", (7, 2, -7, 2, 5, -3)),
    ("y = ConcatV2(a, b, o)", (7, -7, 5, 2, 2, -3)),
    ("k = Const : int32[] = 1\ny = ConcatV2(w, w, k)", (1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6)),
    ("k = Const : int32[2,1] = [[0],[1]]\ny = Transpose(w, k2)\nk2 = Squeeze(k)",
     (1, 2, 3, 4, 5, 6)),
    ("k = Const : int32[2] = [1, 0]\ny = Transpose(w, k)", (1, 4, 2, 5, 3, 6)),
    ("k = Const : int32[] = 1\ny = GatherV2(w, k, o)", (4, 5, 6)),
    ("k = Const : int32[2] = [0, 2]\nl = Const : int32[] = 1\ny = GatherV2(w, k, l)",
     (1, 3, 4, 6)),
    ("k = Const : int32[1] = [9]\ny = GatherV2(a, k, o)", None),
    (("k = Const : int32[1] = [-1]\nl = Const : int32[1] = [0]\nm = Const : int32[1] = [1]\n"
     "y = StridedSlice(a, k, l, m) {shrink_axis_mask=1}"), (5,)),
    (("k = Const : int32[1] = [2]\nl = Const : int32[1] = [0]\nm = Const : int32[1] = [-1]\n"
     "y = StridedSlice(a, k, l, m) {end_mask=1}"), (5, -7, 7)),
    ("k = Const : int32[2] = [1, 1]\nl = Const : int32[2] = [1, -1]\ny = Slice(w, k, l)", (5, 6)),
    ("k = Const : int32[2] = [2, 1]\ny = Tile(w, k)", (1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6)),
    ("k = Const : int32[1] = [1]\ny = ReverseV2(w, k)", (3, 2, 1, 6, 5, 4)),
    ("y = Prod(a, o)", (-245,)),
    ("y = Sum(w, o)", (5, 7, 9)),
    ("k = Const : int32[2] = [0, 1]\ny = Max(w, k)", (6,)),
    ("y = All(p, o)", (False,)),
    ("y = Cumsum(a, o)", (7, 0, 5)),
    ("y = Range(o, t, t2)\nt2 = Const : int32[] = 2", (0, 2)),
    ("k = Const : int32[2] = [2, 2]\ny = Fill(k, t)", (3, 3, 3, 3)),
    ("y = ZerosLike(a)", (0, 0, 0)),
    ("y = OnesLike(x)", None),
    ("k = Const : int32[3] = [2, 0, 1]\ny = InvertPermutation(k)", (1, 2, 0)),
    ("k = Const : int32[1] = [7]\ny = ListDiff(a, k)", (-7, 5)),
    (("k = Const : int32[2] = [2, 0]\nl = Const : int32[] = 1\n"
     "m = Const : int32[2] = [5, 6]\ny = DynamicStitch(k, l, m, t)"), (6, 3, 5)),
    ("y = ConcatOffset(o, a, b)", (0, 0, 0)),
    ("k = Const : string[] = \"text\"\ny = Identity(k)", (b"text",)),
    ("k = Const : float32[2000] = 1\ny = Identity(k)", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_constant(infer: Infer, text: str, expected: Any) -> None:
    found = infer(A + text).constant(Value("y"))
    if expected is ...:
        assert found is not None
        assert -(1 << 63) <= found.values[0] < 1 << 63
    else:
        assert (None if found is None else found.values) == expected


def test_a_part_may_be_known(infer: Infer) -> None:
    inference = infer(
        A + "s = Shape(x)\nk = Const : int32[1] = [0]\nl = Const : int32[1] = [1]\n"
        "n = StridedSlice(s, k, l, l) {shrink_axis_mask=1}\n"
        "q = Pack(n, t, t)\nr = Mul(q, q)\ny = Reshape(x, q)\n"
        "z = Prod(s, k)\nc = ConcatV2(q, s, o)\n"
    )
    assert inference.partial(Value("s")) == (None, 7, 6)
    assert inference.partial(Value("q")) == (None, 3, 3)
    assert inference.partial(Value("r")) == (None, 9, 9)
    assert inference.constant(Value("r")) is None
    assert inference.shape(Value("y")) == (None, 3, 3)
    assert inference.partial(Value("z")) is None
    assert inference.partial(Value("c")) == (None, 3, 3, None, 7, 6)


def test_values_beyond_small_ones_are_not_decoded(infer: Infer) -> None:
    inference = infer("k = Const : int32[2000] = 1\nx = Placeholder : float32\ny = Reshape(x, k)")
    assert inference.constant(Value("k")) is None
    assert inference.shape(Value("y")) is None
