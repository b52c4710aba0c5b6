"""What each name in boundary formulas stands for."""

from __future__ import annotations

import pytest

from linter.io.graphtext import parse
from linter.judge import JudgeOptions, Status
from linter.judge.synthetic import synthetic_judge


def holds(text, formula, **options):
    """Whether a formula holds for node ``y``; ``None`` when the graph does not settle it."""
    model = parse(text)
    node = model.main["y"]
    judge = synthetic_judge(model, JudgeOptions(**options), limits={node.op: formula})
    status = judge.node(model.main, node).status
    return {Status.SUPPORTED: True, Status.UNSUPPORTED: False, Status.UNKNOWN: None}[status]


def one(line, dims="1,8,6,4", dtype="float32"):
    return f"x = Placeholder : {dtype}[{dims}]\n{line}"


RELU = one("y = Relu(x)")


def test_extents_of_the_data_and_the_result():
    assert holds(RELU, "n == 1 and h == 8 and w == 6 and c == 4")
    assert holds(RELU, "in_n == 1 and in_h == 8 and in_w == 6 and in_c == 4")
    assert holds(RELU, "out_n == 1 and out_h == 8 and out_w == 6 and out_c == 4")
    assert holds(one("y = Relu(x)", "1,8,?,4"), "w == 6") is None
    assert holds(one("y = Relu(x)", "..."), "n == 1") is None


def test_extents_of_a_matrix_have_no_height_and_width():
    flat = one("y = Relu(x)", "3,4")
    assert holds(flat, "n == 3 and h == 1 and w == 1 and c == 4")
    assert holds(one("y = Relu(x)", "2,3,4"), "n == 2 and c == 4")
    assert holds(one("y = Relu(x)", "2,3,4"), "h == 3") is None
    assert holds(one("y = Relu(x)", ""), "n == 1") is None


def test_channels_stand_first_where_the_layout_says_so():
    bias = 'b = Const : float32[{0}] = 0.5\ny = BiasAdd(x, b) {{data_format="{1}"}}'
    assert holds(one(bias.format(4, "NHWC")), "in_c == 4 and in_h == 8 and in_w == 6")
    assert holds(one(bias.format(8, "NCHW")), "in_c == 8 and in_h == 6 and in_w == 4")
    assert holds(one(bias.format(6, "NCHW"), "5,6"), "in_c == 6")
    assert holds(one(bias.format(6, "NCHW"), "5,6,7"), "in_c == 6 and in_n == 5")


def test_shapes_ranks_and_counts():
    assert holds(RELU, "in_shape == [1, 8, 6, 4] and rank == 4 and last_dim == 4")
    assert holds(RELU, "num_elements == 192 and elements == 192 and data_format == 'NHWC'")
    assert holds(one("y = Relu(x)", "2,?"), "in_shape[0] == 2 and rank == 2")
    assert holds(one("y = Relu(x)", "2,?"), "num_elements == 2") is None
    assert holds(one("y = Relu(x)", "..."), "rank == 4") is None
    assert holds(one("y = Relu(x)", "..."), "elements == 4") is None
    assert holds(one("y = Relu(x)", ""), "last_dim == 4") is None
    assert holds(one("y = Relu(x)", ""), "num_elements == 1 and rank == 0")
    assert holds(RELU, "group == 1")


ADD = "x = Placeholder : float32[2,3]\nz = Placeholder : float32[3]\ny = Add(x, z)"


def test_both_sides_of_a_binary_op():
    assert holds(ADD, "x_shape == [2, 3] and y_shape == [3] and x_rank == 2 and y_rank == 1")
    assert holds(ADD, "params_rank == 2 and indices_shape == [3]")
    assert holds(ADD, "all_input_shapes == [[2, 3], [3]]")
    open_ = ADD.replace("[3]", "[...]")
    assert holds(open_, "y_rank == 1") is None
    assert holds(open_, "len(all_input_shapes) == 2 and all_input_shapes[0] == [2, 3]")
    assert holds(open_, "all(len(s) == 1 for s in all_input_shapes)") is False


def concat(axis, layout_dims="1,8,6,4", op="ConcatV2", rank4="1,8,6,4"):
    inputs = "k, x, z" if op == "Concat" else "x, z, k"
    return (
        f"x = Placeholder : float32[{layout_dims}]\nz = Placeholder : float32[{rank4}]\n"
        f"k = Const : int32[] = {axis}\ny = {op}({inputs}) {{N=2}}"
    )


@pytest.mark.parametrize("op", ["Concat", "ConcatV2"])
def test_what_a_concat_joins(op):
    text = concat(-1, op=op, rank4="1,8,6,5")
    assert holds(text, "axis == 3 and rank == 4 and num_inputs == 2")
    assert holds(text, "input_shapes == [[1, 8, 6, 4], [1, 8, 6, 5]]")
    assert holds(text, "in_shape == [1, 8, 6, 4]")
    open_ = concat(1, op=op, rank4="...")
    assert holds(open_, "len(input_shapes) == 2") is None
    assert holds(open_, "rank == 4") is None
    fed = text.replace("k = Const : int32[] = -1", "k = Placeholder : int32[]")
    assert holds(fed, "axis == 3") is None
    beyond = concat(-5, op=op, rank4="1,8,6,5")
    assert holds(beyond, "axis == -5")  # out of range, and stays so


@pytest.mark.parametrize(("axis", "place"), [(0, 0), (1, 2), (2, 3), (3, 1), (-1, 1), (-2, 3)])
def test_an_axis_of_rows_and_columns_among_channels_first(axis, place):
    """Rows of NHWC are axis 2 of NCHW, columns axis 3, channels axis 1."""
    assert holds(concat(axis), f"axis_nchw == {place}")
    assert holds(concat(axis, op="Concat"), f"axis_nchw == {place}")


def test_an_axis_of_another_rank_stays():
    for axis, place in ((0, 0), (1, 1), (2, 2), (-1, 2)):
        assert holds(concat(axis, "1,8,4", rank4="1,8,4"), f"axis_nchw == {place}")
    assert holds(concat(1, "...", rank4="..."), "axis_nchw == 1") is None
    fed = concat(1).replace("k = Const : int32[] = 1", "k = Placeholder : int32[]")
    assert holds(fed, "axis_nchw == 1") is None


@pytest.mark.parametrize(
    ("line", "axis"),
    [
        ("y = Softmax(x)", -1),
        ("y = LogSoftmax(x)", -1),
        ("i = Const : int32[2] = [0, 1]\ny = Gather(x, i)", 0),
        ("i = Const : int32[2] = [0, 1]\na = Const : int32[] = 2\ny = GatherV2(x, i, a)", 2),
        ("y = Pack(x, x) {N=2, axis=3}", 3),
        ("y = Unpack(x) {num=6, axis=2}", 2),
    ],
)
def test_where_an_op_keeps_its_axis(line, axis):
    assert holds(one(line), f"axis == {axis}")


def test_an_op_without_axis_has_none():
    assert holds(RELU, "axis == 0") is None


def test_axes_of_a_reduction_count_from_the_front():
    text = one("a = Const : int32[2] = [-1, 1]\ny = Sum(x, a) {keep_dims=true}")
    assert holds(text, "axes == [3, 1] and keepdims == True and keep_dims == True")
    assert holds(one("a = Placeholder : int32[2]\ny = Sum(x, a)"), "axes == [3, 1]") is None
    open_ = text.replace("[1,8,6,4]", "[...]")
    assert holds(open_, "axes == [3, 1]") is None
    assert holds(open_.replace("[-1, 1]", "[0, 1]"), "axes == [0, 1]")


def test_axes_of_a_squeeze_are_an_attribute():
    text = one("y = Squeeze(x) {squeeze_dims=[0, -1]}", "1,8,6,1")
    assert holds(text, "axes == [0, 3]")
    assert holds(one("y = Squeeze(x)", "1,8,6,1"), "len(axes) == 0")


def test_spatial_axes_follow_the_layout():
    text = one('y = SpaceToDepth(x) {block_size=2, data_format="NHWC"}')
    assert holds(text, "spatial_axes == [1, 2] and block_size == 2")
    assert holds(text.replace("NHWC", "NCHW"), "spatial_axes == [2, 3]")


PAD = one("p = Const : int32[4,2] = [[0,1],[2,3],[4,5],[6,7]]\ny = Pad(x, p)")


def test_paddings_are_pairs():
    assert holds(PAD, "paddings == [[0, 1], [2, 3], [4, 5], [6, 7]] and mode == 'CONSTANT'")
    assert holds(PAD.replace("Pad(", "MirrorPad(").replace("p)", 'p) {mode="REFLECT"}'),
                 "mode == 'REFLECT'")  # fmt: skip
    fed = PAD.replace("Const : int32[4,2] = [[0,1],[2,3],[4,5],[6,7]]", "Placeholder : int32[4,2]")
    assert holds(fed, "len(paddings) == 4") is None
    assert holds(RELU, "len(paddings) == 4") is None
    assert holds(RELU, "mode == 'CONSTANT'") is None


def test_pads_of_a_batch_of_spaces():
    text = one(
        "b = Const : int32[2] = [2, 2]\np = Const : int32[2,2] = [[1,2],[3,4]]\n"
        "y = SpaceToBatchND(x, b, p)"
    )
    assert holds(text, "pad_t == 1 and pad_b == 2 and pad_l == 3 and pad_r == 4")
    assert holds(text, "block_dtype == 'int32' and block_shape == [2, 2]")
    single = one(
        "b = Const : int32[1] = [2]\np = Const : int32[1,2] = [[1,2]]\ny = SpaceToBatchND(x, b, p)"
    )
    assert holds(single, "pad_t == 1 and pad_b == 2")
    assert holds(single, "pad_l == 3") is None


def test_crops():
    text = one(
        "b = Const : int32[2] = [1, 1]\np = Const : int32[2,2] = [[1,2],[3,4]]\n"
        "y = BatchToSpaceND(x, b, p)"
    )
    assert holds(text, "crops == [[1, 2], [3, 4]] and crops_dtype == 'int32'")


def test_strides_of_a_slice_are_an_input():
    text = one(
        "b = Const : int32[1] = [0]\ne = Const : int32[1] = [1]\ns = Const : int32[1] = [2]\n"
        "y = StridedSlice(x, b, e, s)"
    )
    assert holds(text, "strides == [2]")
    fed = text.replace("s = Const : int32[1] = [2]", "s = Placeholder : int32[1]")
    assert holds(fed, "strides == [2]") is None
    assert holds(RELU, "strides == [2]") is None


def test_split_takes_its_data_second():
    text = one("k = Const : int32[] = 3\ny = Split(k, x) {num_split=2}")
    assert holds(text, "in_shape == [1, 8, 6, 4] and num_split == 2 and outputs == 2")


def test_a_depthwise_filter_tells_the_multiplier():
    text = one(
        "w = Const : float32[3,3,4,2] = 0.5\n"
        'y = DepthwiseConv2dNative(x, w) {strides=[1,1,1,1], padding="SAME"}'
    )
    assert holds(text, "channel_multiplier == 2 and filter_c == 4")
    assert holds(RELU, "channel_multiplier == 2") is None


NORM = one(
    "s = Const : float32[4] = 0.5\no = Const : float32[4] = 0.5\nm = Placeholder : float32[3]\n"
    "v = Placeholder : float32[5,5]\ny = FusedBatchNormV3(x, s, o, m, v) {is_training=false}"
)


def test_lengths_of_vectors():
    assert holds(NORM, "len_scale == 4 and len_offset == 4 and len_mean == 3")
    assert holds(NORM, "len_variance == 5") is None
    assert holds(NORM, "is_training == False and outputs == 6")
    bias = one("b = Const : float32[4] = 0.5\ny = BiasAdd(x, b)")
    assert holds(bias, "len_bias == 4")


def test_lengths_of_sequences():
    text = one("l = Const : int32[2] = [5, 7]\ny = ReverseSequence(x, l) {seq_dim=1}", "2,8")
    assert holds(text, "len_seq_lengths == 2 and max_seq_length == 7 and seq_dim == 1")
    fed = text.replace("Const : int32[2] = [5, 7]", "Placeholder : int32[2]")
    assert holds(fed, "max_seq_length == 7") is None


def test_whether_sizes_and_counts_are_constant():
    resize = one("s = Const : int32[2] = [4, 4]\ny = ResizeBilinear(x, s)")
    assert holds(resize, "size_const")
    fed = resize.replace("Const : int32[2] = [4, 4]", "Placeholder : int32[2]")
    assert holds(fed, "size_const") is False
    top = one("k = Const : int32[] = 3\ny = TopKV2(x, k)")
    assert holds(top, "k_const and k == 3")
    assert holds(top, "k_value == 3")
    assert holds(top.replace("Const : int32[] = 3", "Placeholder : int32[]"), "k_const") is False
    assert holds(one("y = TopK(x) {k=3}"), "k_const and k_value == 3") is None
    assert holds(one("y = TopK(x) {k=3}"), "k_const and k == 3")


def test_values_of_inputs_go_by_their_argument():
    text = one("l = Const : float32[] = 0.0\nh = Const : float32[] = 6.0\ny = ClipByValue(x, l, h)")
    assert holds(text, "clip_min == 0.0 and clip_max == 6.0 and clip_value_min == 0.0")
    power = one("p = Const : float32[] = 2.0\ny = Pow(x, p)")
    assert holds(power, "power == 2.0")
    assert holds(power.replace("Const : float32[] = 2.0", "Placeholder : float32[]"),
                 "power == 2.0") is None  # fmt: skip
    ranged = (
        "a = Const : int32[] = 1\nb = Const : int32[] = 7\nd = Const : int32[] = 2\n"
        "y = Range(a, b, d)"
    )
    assert holds(ranged, "start == 1 and limit == 7 and delta == 2")
