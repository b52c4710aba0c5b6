"""Output shapes of one op of each family: what is known, and what stays unknown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linter.graph import Value
from linter.infer.inference import Inference

Infer = Callable[..., Inference]

INPUTS = """
x = Placeholder : float32[?,8,6,4]
q = Placeholder : float32[2,8,6,4]
u = Placeholder : float32
m = Placeholder : float32[?,5]
n = Placeholder : float32[5,7]
v = Placeholder : float32[3]
i = Placeholder : int32[4]
s = Placeholder : int32[]
d = Placeholder : int32
"""


def consts(**values: list[object] | int) -> str:
    """Int32 constants by name."""
    lines = []
    for name, value in values.items():
        shape: list[int] = []
        part: object = value
        while isinstance(part, list):
            shape.append(len(part))
            part = part[0] if part else 0
        lines.append(f"{name} = Const : int32{shape} = {value}\n")
    return "".join(lines)


CASES = {
    "elementwise": [
        ("y = Relu(x)", "?,8,6,4"),
        ("y = Relu(u)", "..."),
        ("y = AddV2(x, q)", "2,8,6,4"),
        ("w = Placeholder : float32[1,6,1]\ny = Mul(x, w)", "?,8,6,4"),
        ("w = Placeholder : float32[3,6,1]\ny = Mul(x, w)", "..."),
        ("w = Placeholder : float32[?,1]\ny = Mul(v, w)", "?,3"),
        ("y = Mul(x, u)", "..."),
        ("y = AddN(u, x, q)", "2,8,6,4"),
        ("b = Placeholder : bool[2,1]\nw = Placeholder : float32[3]\ny = SelectV2(b, w, v)", "2,3"),
        ("b = Placeholder : bool[]\ny = Select(b, u, v)", "3"),
        ("y = Cast(x) {DstT=float16}", "?,8,6,4"),
        ("y = NotEqual(m, v) {incompatible_shape_error=false}", "..."),
        ("y = PlaceholderWithDefault(q) {shape=shape(?,8,6,4)}", "?,8,6,4"),
        ("y = EnsureShape(x) {shape=shape(3,?,?,?)}", "3,8,6,4"),
    ],
    "arrays": [
        (consts(k=[-1, 192]) + "y = Reshape(q, k)", "2,192"),
        (consts(k=[-1, 192]) + "y = Reshape(x, k)", "?,192"),
        (consts(k=[5, -1]) + "y = Reshape(q, k)", "5,?"),
        ("y = Reshape(q, i)", "?,?,?,?"),
        ("y = Reshape(q, d)", "..."),
        ("h = Shape(x)\ny = Reshape(u, h)", "?,8,6,4"),
        (consts(a=0, b=[1], c=192)
         + "h = Shape(x)\nz = Const : int32[1] = [0]\n"
         "e = StridedSlice(h, z, b, b) {shrink_axis_mask=1}\n"
         "k = Pack(e, c)\ny = Reshape(x, k)", "?,192"),
        (consts(k=[]) + "w = Placeholder : float32[1,1]\ny = Reshape(w, k)", ""),
        ("w = Placeholder : float32[1,3,1]\ny = Squeeze(w)", "3"),
        ("w = Placeholder : float32[?,3,1]\ny = Squeeze(w)", "..."),
        ("w = Placeholder : float32[?,3,1]\ny = Squeeze(w) {squeeze_dims=[-1]}", "?,3"),
        (consts(k=-1) + "y = ExpandDims(v, k)", "3,1"),
        ("y = ExpandDims(v, s)", "?,?"),
        (consts(k=[0, 3, 1, 2]) + "y = Transpose(x, k)", "?,4,8,6"),
        (consts(k=[0, 3, 3, 2]) + "y = Transpose(x, k)", "..."),
        ("y = Transpose(u, i)", "?,?,?,?"),
        ("y = Shape(x)", "4"),
        ("y = Shape(u)", "?"),
        ("y = Rank(u)", ""),
        ("y = Bitcast(x) {type=uint8}", "?,8,6,4,4"),
        (consts(k=[4, 3]) + "y = BroadcastTo(v, k)", "4,3"),
    ],
    "slicing": [
        (consts(a=[0, 1, 0, 0], b=[-1, 2, -1, 1]) + "y = Slice(x, a, b)", "?,2,6,1"),
        (consts(a=[0, 1, 0, 0], b=[-1, 2, -1, 1]) + "y = Slice(u, a, b)", "?,2,?,1"),
        (consts(a=[0, 1], b=[2, 8], c=[1, 3]) + "y = StridedSlice(x, a, b, c)", "?,3,6,4"),
        (consts(a=[0, 7], b=[2, 0], c=[1, -2])
         + "y = StridedSlice(q, a, b, c) {end_mask=2}", "2,4,6,4"),
        (consts(a=[0, -1], b=[0, 0], c=[1, 1])
         + "y = StridedSlice(x, a, b, c) {ellipsis_mask=1, shrink_axis_mask=2}", "?,8,6"),
        (consts(a=[0, 0], b=[0, 0], c=[1, 1])
         + "y = StridedSlice(v, a, b, c) {new_axis_mask=1, begin_mask=2, end_mask=2}", "1,3"),
        (consts(a=[-2], b=[99], c=[1]) + "y = StridedSlice(v, a, b, c)", "2"),
        (consts(c=[1, 1, 1, 1]) + "y = StridedSlice(q, i, i, c)", "?,?,?,?"),
        (consts(k=[[1, 2], [0, 1]], a=0) + "y = GatherV2(n, k, a)", "2,2,7"),
        (consts(k=[1, 2], a=-1) + "y = GatherV2(n, k, a)", "5,2"),
        (consts(k=[1, 2]) + "y = GatherV2(n, k, s)", "?,?"),
        (consts(k=[[1], [2]]) + "y = GatherNd(n, k)", "2,7"),
        (consts(k=3) + "y = TopKV2(n, k)", "5,3"),
        (consts(k=9) + "f = Const : float32[] = 0\ny = OneHot(i, k, f, f)", "4,9"),
        ("y = Where(m)", "?,2"),
        ("y = SegmentSum(m, i)", "?,5"),
        (consts(k=9) + "w = Placeholder : float32[4,2]\ny = UnsortedSegmentSum(w, i, k)", "9,2"),
        (consts(k=[3, 3], g=[[1], [2]]) + "w = Placeholder : float32[2,3]\n"
         "y = ScatterNd(g, w, k)", "3,3"),
    ],
    "joining": [
        (consts(a=-1) + "y = ConcatV2(q, x, a)", "2,8,6,8"),
        (consts(a=0) + "y = ConcatV2(q, x, a)", "?,8,6,4"),
        (consts(a=0) + "y = ConcatV2(q, u, a)", "?,8,6,4"),
        ("y = ConcatV2(q, x, s)", "?,?,?,?"),
        ("y = Pack(v, v, u) {axis=-1}", "3,3"),
        ("y = Unpack(n) {num=5}", "7"),
        (consts(a=1) + "y = Split(a, q) {num_split=4}", "2,2,6,4"),
        (consts(a=1, k=[3, -1]) + "y = SplitV(q, k, a) {num_split=2}", "2,3,6,4"),
        (consts(k=[2, 3]) + "y = Tile(n, k)", "10,21"),
        (consts(k=[[0, 0], [1, 2]]) + "y = Pad(m, k)", "?,8"),
        ("y = Pad(m, d)", "?,?"),
    ],
    "convolution": [
        (("k = Placeholder : float32[3,3,4,16]\n"
         "y = Conv2D(x, k) {strides=[1,2,2,1], padding=\"SAME\"}"), "?,4,3,16"),
        (("k = Placeholder : float32[3,3,4,16]\n"
         "y = Conv2D(x, k) {strides=[1,1,1,1], padding=\"VALID\", dilations=[1,2,2,1]}"),
         "?,4,2,16"),
        (("k = Placeholder : float32[3,3,4,16]\ny = Conv2D(x, k) {strides=[1,1,1,1], "
         "padding=\"EXPLICIT\", explicit_paddings=[0,0,1,1,2,2,0,0]}"), "?,8,8,16"),
        (("w = Placeholder : float32[2,4,9,9]\nk = Placeholder : float32[3,3,4,16]\n"
         "y = Conv2D(w, k) {strides=[1,1,2,2], padding=\"VALID\", data_format=\"NCHW\"}"),
         "2,16,4,4"),
        (("k = Placeholder : float32[3,3,4,16]\n"
         "y = Conv2D(u, k) {strides=[1,1,1,1], padding=\"SAME\"}"), "?,?,?,16"),
        (("k = Placeholder : float32[3,3,4,2]\n"
         "y = DepthwiseConv2dNative(x, k) {strides=[1,1,1,1], padding=\"SAME\"}"), "?,8,6,8"),
        (consts(z=[2, 16, 12, 5]) + "k = Placeholder : float32[3,3,5,4]\n"
         "y = Conv2DBackpropInput(z, k, q) {strides=[1,2,2,1], padding=\"SAME\"}", "2,16,12,5"),
        (("w = Placeholder : float32[1,6,6,6,2]\nk = Placeholder : float32[3,3,3,2,8]\n"
         "y = Conv3D(w, k) {strides=[1,1,1,1,1], padding=\"VALID\"}"), "1,4,4,4,8"),
        ("y = MaxPool(x) {ksize=[1,2,2,1], strides=[1,2,2,1], padding=\"VALID\"}", "?,4,3,4"),
        ("y = AvgPool(x) {ksize=[1,9,9,1], strides=[1,1,1,1], padding=\"VALID\"}", "?,0,?,4"),
    ],
    "matrices": [
        ("y = MatMul(m, n)", "?,7"),
        ("y = MatMul(n, m) {transpose_a=true, transpose_b=true}", "7,?"),
        (("a = Placeholder : float32[2,1,3,4]\nb = Placeholder : float32[5,4,6]\n"
         "y = BatchMatMulV2(a, b)"), "2,5,3,6"),
        ("y = Einsum(q, n) {equation=\"bhwc,cd->bhwd\"}", "2,8,6,7"),
        ("y = Einsum(q, n) {equation=\"...a,ab->...b\"}", "2,8,6,7"),
        ("y = Einsum(q, n) {equation=\"ab,bc->ac\"}", "..."),
        ("y = MatrixDiag(v)", "3,3"),
    ],
    "reductions": [
        (consts(k=[1, 2]) + "y = Mean(x, k)", "?,4"),
        (consts(k=[1, -2]) + "y = Mean(x, k) {keep_dims=true}", "?,1,1,4"),
        (consts(k=9) + "y = Mean(x, k)", "..."),
        ("y = Mean(x, i) {keep_dims=true}", "?,?,?,?"),
        ("y = Mean(x, i)", "..."),
        (consts(k=-1) + "y = ArgMax(x, k)", "?,8,6"),
        ("y = ArgMax(x, s)", "?,?,?"),
        ("y = Softmax(m)", "?,5"),
        ("b = Placeholder : float32[4]\ny = BiasAdd(u, b)", "..."),
        ("b = Placeholder : float32[4]\nw = Placeholder : float32[?,?]\ny = BiasAdd(w, b)", "?,4"),
        ("b = Placeholder : float32[4]\ny = FusedBatchNorm(u, b, b, b, b)", "?,?,?,4"),
        ("y = L2Loss(x)", ""),
    ],
    "images": [
        (consts(k=[20, 30]) + "y = ResizeBilinear(x, k)", "?,20,30,4"),
        ("z = Placeholder : int32[2]\ny = ResizeBilinear(x, z)", "?,?,?,4"),
        (consts(k=[7, 7]) + "b = Placeholder : float32[9,4]\nj = Placeholder : int32[9]\n"
         "y = CropAndResize(x, b, j, k)", "9,7,7,4"),
        ("y = SpaceToDepth(x) {block_size=2}", "?,4,3,16"),
        ("y = DepthToSpace(x) {block_size=2}", "?,16,12,1"),
        (consts(k=[2, 2], p=[[0, 0], [0, 0]]) + "y = SpaceToBatchND(q, k, p)", "8,4,3,4"),
        (consts(k=[2, 1], p=[[1, 0], [0, 0]]) + "y = BatchToSpaceND(q, k, p)", "1,15,6,4"),
        (consts(k=5) + "w = Placeholder : float32[9,4]\nt = Placeholder : float32[9]\n"
         "f = Const : float32[] = 0.5\ny = NonMaxSuppressionV3(w, t, k, f, f)", "?"),
    ],
    "sources": [
        (consts(a=2, b=11, c=3) + "y = Range(a, b, c)", "3"),
        (consts(a=2, c=3) + "y = Range(a, s, c)", "?"),
        (consts(k=[2, 3]) + "y = RandomUniform(k) {dtype=float32}", "2,3"),
        (consts(k=[2, 3]) + "f = Const : float32[] = 0\ny = Fill(k, f)", "2,3"),
        ("y = VarHandleOp {dtype=float32, shape=shape(2,3)}", ""),
        (("h = VarHandleOp {dtype=float32, shape=shape(2,3)}\n"
         "y = ReadVariableOp(h) {dtype=float32}"), "2,3"),
        ("y = VariableV2 {dtype=float32, shape=shape()}", ""),
        (("queue = FIFOQueueV2 {component_types=[float32, int32], shapes=[shape(3,2), shape()]}\n"
          "many = Const : int32[] = 4\n"
          "y = QueueDequeueManyV2(queue, many) {component_types=[float32, int32]}"), "4,3,2"),
        (("queue = RandomShuffleQueueV2 {component_types=[float32], shapes=[shape(3,2)]}\n"
          "y = QueueDequeueV2(queue) {component_types=[float32]}"), "3,2"),
        (("queue = PaddingFIFOQueueV2 {component_types=[float32], shapes=[shape(?,2)]}\n"
          "many = Const : int32[] = 4\n"
          "y = QueueDequeueUpToV2(queue, many) {component_types=[float32]}"), "?,?,2"),
        (("queue = FIFOQueueV2 {component_types=[float32]}\n"
          "y = QueueDequeueV2(queue) {component_types=[float32]}"), "..."),
        ("y = Variable {dtype=float32, shape=shape()}", "..."),
    ],
    "containers": [
        ("t = TensorArrayV3(s) {dtype=float32}\ny = Identity(t:1)", ""),
        (("t = TensorArrayV3(s) {dtype=float32, element_shape=shape(2,3), "
         "identical_element_shapes=true}\n"
         "y = TensorArrayReadV3(t, s, t:1) {dtype=float32}"), "2,3"),
        (("t = TensorArrayV3(s) {dtype=float32, element_shape=shape(2,3)}\n"
         "y = TensorArrayReadV3(t, s, t:1) {dtype=float32}"), "..."),
        (("t = TensorArrayV3(s) {dtype=float32}\ny = TensorArrayGatherV3(t, i, t:1) "
         "{dtype=float32, element_shape=shape(?,3)}"), "4,?,3"),
        (consts(k=[2, 3]) + "h = TensorListReserve(k, s) {element_dtype=float32}\n"
         "y = TensorListStack(h, k) {element_dtype=float32}", "?,2,3"),
        (("w = Placeholder : float32[2,9]\nc = Placeholder : float32[2,5]\n"
         "y = LSTMBlockCell(w, c, c, u, u, u, u, u)"), "2,5"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case, id=f) for f in CASES for case in CASES[f]]
)
def test_shape(infer: Infer, text: str, expected: str) -> None:
    inference = infer(INPUTS + text)
    assert written(inference.shape(Value("y"))) == expected


def written(dims: tuple[int | None, ...] | None) -> str:
    if dims is None:
        return "..."
    return ",".join("?" if size is None else str(size) for size in dims)


def test_several_outputs(infer: Infer) -> None:
    inference = infer(
        INPUTS + consts(a=1, k=[3, 4], t=2) + "p = SplitV(n, k, a) {num_split=2}\n"
        "o = Unpack(n) {num=5}\nz = TopKV2(n, t)\ng = ShapeN(m, n)\n"
    )
    assert [inference.shape(Value("p", port)) for port in range(3)] == [(5, 3), (5, 4), None]
    assert inference.shape(Value("o", 4)) == (7,)
    assert inference.shape(Value("z", 1)) == (5, 2)
    assert inference.constant(Value("g", 1)).values == (5, 7)
    assert inference.partial(Value("g", 0)) == (None, 5)


def test_input_shapes_replace_those_of_the_file(infer: Infer) -> None:
    inference = infer(INPUTS + "y = Relu(x)\nz = Relu(y)", input_shapes={"x": (1, 2), "z": (7,)})
    assert inference.shape(Value("y")) == (1, 2)
    assert inference.shape(Value("z")) == (7,)


def test_a_default_is_the_value_only_when_pinned(infer: Infer) -> None:
    text = consts(k=[2, 1]) + "p = PlaceholderWithDefault(k) {shape=shape(?)}\ny = Reshape(p, p)"
    assert infer(text).shape(Value("p")) == (None,)
    pinned = infer(text, pin_defaults=True)
    assert pinned.shape(Value("p")) == (2,)
    assert pinned.shape(Value("y")) == (2, 1)


def test_an_old_scalar_placeholder_says_nothing(infer: Infer) -> None:
    text = "x = Placeholder : float32[]\ny = Relu(x)"
    assert infer(text).shape(Value("y")) == ()
    assert infer(text, legacy_scalars=True).shape(Value("y")) is None
