"""Windows of convolutions and poolings as boundary formulas see them."""

from __future__ import annotations

import pytest

from linter.io.graphtext import parse
from linter.judge import Status
from linter.judge.synthetic import synthetic_judge


def holds(text, formula, name="y"):
    """Whether a formula holds for a node; ``None`` when the graph does not settle it."""
    model = parse(text)
    op = model.main[name].op
    judge = synthetic_judge(model, limits={op: formula})
    status = judge.node(model.main, model.main[name]).status
    return {Status.SUPPORTED: True, Status.UNSUPPORTED: False, Status.UNKNOWN: None}[status]


def conv(
    dims="1,9,12,4",
    kernel="3,5,4,8",
    strides="1,2,3,1",
    padding='"SAME"',
    layout="NHWC",
    dilations="1,1,1,1",
    op="Conv2D",
    more="",
):
    return (
        f"x = Placeholder : float32[{dims}]\nw = Const : float32[{kernel}] = 0.5\n"
        f"y = {op}(x, w) {{strides=[{strides}], padding={padding}, "
        f'data_format="{layout}", dilations=[{dilations}]{more}}}'
    )


def pool(op="MaxPool", dims="1,8,8,4", ksize="1,3,2,1", strides="1,2,1,1", padding="SAME", more=""):
    return (
        f"x = Placeholder : float32[{dims}]\ny = {op}(x) {{ksize=[{ksize}], "
        f'strides=[{strides}], padding="{padding}"{more}}}'
    )


def test_same_padding_puts_the_odd_row_at_the_end():
    """8 rows, 3 high, 2 apart: 4 places reach over 9 rows, and the ninth is below."""
    assert holds(pool(), "pad_t == 0 and pad_b == 1")
    assert holds(pool(), "pad_top == 0 and pad_bottom == 1")
    assert holds(pool(), "pad_l == 0 and pad_r == 1")
    assert holds(pool(), "pad_left == 0 and pad_right == 1")
    even = pool(ksize="1,4,5,1", strides="1,2,1,1")
    assert holds(even, "pad_t == 1 and pad_b == 1 and pad_l == 2 and pad_r == 2 and max_pad == 2")


def test_same_padding_never_cuts():
    assert holds(pool(ksize="1,1,1,1", strides="1,3,3,1"), "max_pad == 0 and pad_b == 0")


def test_valid_padding_is_none():
    assert holds(pool(padding="VALID"), "pad_t == 0 and pad_b == 0 and max_pad == 0")


def test_a_dilated_kernel_is_padded_by_what_it_spans():
    text = conv(kernel="3,3,4,8", strides="1,1,1,1", dilations="1,2,3,1")
    assert holds(text, "pad_t == 2 and pad_b == 2 and pad_l == 3 and pad_r == 3")
    assert holds(text, "dilation_h == 2 and dilation_w == 3 and max_dilation == 3")
    assert holds(text, "dil_h == 2 and dil_w == 3 and dil_n == 1 and dil_c == 1")


@pytest.mark.parametrize(
    ("layout", "dims", "strides"),
    [("NHWC", "1,9,12,4", "1,2,3,1"), ("NCHW", "1,4,9,12", "1,1,2,3")],
)
def test_names_follow_the_layout(layout, dims, strides):
    text = conv(dims, strides=strides, layout=layout)
    assert holds(text, "k_h == 3 and k_w == 5 and kernel_h == 3 and kernel_w == 5")
    assert holds(text, "s_h == 2 and s_w == 3 and stride_h == 2 and stride_w == 3")
    assert holds(text, "stride_n == 1 and stride_c == 1")
    assert holds(text, "filter_c == 4 and filter_num == 8")
    assert holds(text, "in_n == 1 and in_h == 9 and in_w == 12 and in_c == 4")
    assert holds(text, "out_n == 1 and out_h == 5 and out_w == 4 and out_c == 8")
    assert holds(text, "pad_t == 1 and pad_b == 1 and pad_l == 1 and pad_r == 1")


def test_explicit_paddings_are_taken_as_given():
    text = conv(padding='"EXPLICIT"', more=", explicit_paddings=[0,0,1,2,3,4,0,0]")
    assert holds(text, "pad_t == 1 and pad_b == 2 and pad_l == 3 and pad_r == 4 and max_pad == 4")
    text = conv(
        "1,4,9,12", strides="1,1,2,3", layout="NCHW", padding='"EXPLICIT"',
        more=", explicit_paddings=[0,0,0,0,1,2,3,4]",
    )  # fmt: skip
    assert holds(text, "pad_t == 1 and pad_b == 2 and pad_l == 3 and pad_r == 4")
    short = conv(padding='"EXPLICIT"', more=", explicit_paddings=[1,2]")
    assert holds(short, "pad_t == 1") is None
    assert holds(short, "max_pad == 1") is None


def test_what_is_not_known_leaves_a_formula_open():
    assert holds(conv("1,?,12,4"), "pad_t == 1") is None
    assert holds(conv("1,?,12,4"), "pad_l == 1")
    assert holds(conv("1,?,12,4"), "max_pad == 1") is None
    assert holds(conv(strides="1,0,3,1"), "pad_t == 1") is None
    assert holds(conv(strides="1,2"), "s_h == 2") is None
    fed = conv().replace("Const : float32[3,5,4,8] = 0.5", "Placeholder : float32[...]")
    assert holds(fed, "k_h == 3") is None
    assert holds(fed, "pad_t == 1") is None
    assert holds(fed, "filter_num == 8") is None
    flat = conv().replace("Const : float32[3,5,4,8] = 0.5", "Placeholder : float32[3,5,4]")
    assert holds(flat, "k_h == 3") is None
    assert holds(conv(padding='"ODD"'), "pad_t == 1") is None


def test_a_kernel_that_is_fed_has_its_extents_all_the_same():
    fed = conv().replace("Const : float32[3,5,4,8] = 0.5", "Placeholder : float32[3,5,4,8]")
    assert holds(fed, "k_h == 3 and k_w == 5 and filter_num == 8 and filter_c == 4")


def test_other_ops_have_no_window():
    text = "x = Placeholder : float32[1,8,8,4]\ny = Relu(x)"
    for formula in ("k_h == 1", "filter_num == 1", "max_pad == 0", "pad_t == 0", "s_h == 1"):
        assert holds(text, formula) is None


def test_poolings_have_a_size_for_every_axis():
    text = pool(ksize="1,3,2,1", strides="1,2,1,1")
    assert holds(text, "ksize_n == 1 and ksize_h == 3 and ksize_w == 2 and ksize_c == 1")
    assert holds(text, "k_h == 3 and s_h == 2 and s_w == 1 and dil_h == 1")
    assert holds(text, "filter_num == 1") is None
    first = pool(dims="1,4,8,8", ksize="1,1,3,2", strides="1,1,2,1", more=', data_format="NCHW"')
    assert holds(first, "ksize_h == 3 and ksize_w == 2 and stride_h == 2 and pad_b == 1")
    assert holds(pool("AvgPool"), "k_h == 3 and pad_t == 0 and pad_b == 1")


def test_a_dilation_has_rates():
    text = (
        "x = Placeholder : float32[1,8,8,4]\nw = Const : float32[3,3,4] = 0.5\n"
        'y = Dilation2D(x, w) {strides=[1,1,2,1], rates=[1,2,1,1], padding="SAME"}'
    )
    assert holds(text, "rate_h == 2 and rate_w == 1 and stride_h == 1 and stride_w == 2")


VOLUME = (
    "x = Placeholder : float32[1,5,8,9,4]\nw = Const : float32[2,3,4,4,8] = 0.5\n"
    'y = Conv3D(x, w) {strides=[1,1,2,3,1], padding="SAME"}'
)


def test_volumes_have_a_depth():
    assert holds(VOLUME, "k_d == 2 and k_h == 3 and k_w == 4 and s_d == 1 and s_h == 2")
    assert holds(VOLUME, "in_d == 5 and out_d == 5 and out_h == 4 and filter_num == 8")
    assert holds(VOLUME, "dil_d == 1 and kernel_d == 2 and stride_d == 1 and dilation_d == 1")
    first = VOLUME.replace("1,5,8,9,4", "1,4,5,8,9").replace("1,1,2,3,1", "1,1,1,2,3")
    first = first.replace('"SAME"', '"SAME", data_format="NCDHW"')
    assert holds(first, "s_d == 1 and s_h == 2 and s_w == 3 and in_d == 5 and in_c == 4")
    pooled = (
        "x = Placeholder : float32[1,5,8,9,4]\n"
        'y = MaxPool3D(x) {ksize=[1,2,3,4,1], strides=[1,1,2,3,1], padding="VALID"}'
    )
    assert holds(pooled, "k_d == 2 and k_h == 3 and k_w == 4 and s_w == 3")


def test_of_a_transposed_convolution_the_larger_side_is_padded():
    text = (
        "s = Const : int32[4] = [1,9,12,4]\nw = Const : float32[3,5,4,8] = 0.5\n"
        "g = Placeholder : float32[1,5,4,8]\n"
        'y = Conv2DBackpropInput(s, w, g) {strides=[1,2,3,1], padding="SAME"}'
    )
    assert holds(text, "pad_t == 1 and pad_b == 1 and pad_l == 1 and pad_r == 1")
    assert holds(text, "dy_h == 5 and dy_w == 4 and in_c == 8 and out_h == 9")
    assert holds(text, "filter_num == 8 and filter_c == 4 and k_h == 3")
    odd = text.replace("[1,9,12,4]", "[1,10,12,4]")
    assert holds(odd, "pad_t == 0 and pad_b == 1")
    assert holds(conv(), "dy_h == 5") is None
