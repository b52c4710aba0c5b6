"""Windows: how many places they have along each axis, in every layout and padding."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linter.graph import Value
from linter.infer.inference import Inference

Infer = Callable[..., Inference]
Dims = tuple[int | None, ...] | None


def shape(infer: Infer, text: str, port: int = 0) -> Dims:
    return infer(text).shape(Value("y", port))


def conv(dims: str, kernel: str, strides: str, padding: str = "SAME", more: str = "") -> str:
    return (
        f"x = Placeholder : float32[{dims}]\nw = Placeholder : float32[{kernel}]\n"
        f'y = Conv2D(x, w) {{strides=[{strides}], padding="{padding}"{more}}}'
    )


@pytest.mark.parametrize("size", [5, 6, 7, 8, 9])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("window", [1, 2, 3, 5])
def test_places_of_a_window_are_those_that_fit(
    infer: Infer, size: int, stride: int, window: int
) -> None:
    args = (f"1,{size},9,2", f"{window},1,2,3", f"1,{stride},1,1")
    starts = range(0, size, stride)
    assert shape(infer, conv(*args)) == (1, len(starts), 9, 3)
    fitting = [start for start in starts if start + window <= size]
    assert shape(infer, conv(*args, "VALID")) == (1, len(fitting), 9, 3)
    padded = [start for start in range(0, size + 3, stride) if start + window <= size + 3]
    explicit = ", explicit_paddings=[0,0,1,2,0,0,0,0]"
    assert shape(infer, conv(*args, "EXPLICIT", explicit)) == (1, len(padded), 9, 3)


def test_a_dilated_window_reaches_further(infer: Infer) -> None:
    text = conv("1,9,9,2", "3,3,2,4", "1,1,1,1", "VALID", ", dilations=[1,2,3,1]")
    assert shape(infer, text) == (1, 5, 3, 4)
    same = conv("1,9,9,2", "3,3,2,4", "1,2,1,1", "SAME", ", dilations=[1,2,3,1]")
    assert shape(infer, same) == (1, 5, 9, 4)


def test_channels_first(infer: Infer) -> None:
    first = ', data_format="NCHW"'
    assert shape(infer, conv("1,2,9,8", "3,3,2,4", "1,1,2,3", "SAME", first)) == (1, 4, 5, 3)
    explicit = first + ", explicit_paddings=[0,0,0,0,1,2,3,4]"
    text = conv("1,2,9,8", "3,3,2,4", "1,1,1,1", "EXPLICIT", explicit)
    assert shape(infer, text) == (1, 4, 10, 13)


@pytest.mark.parametrize(
    ("dims", "kernel", "strides", "padding", "more", "expected"),
    [
        ("...", "3,3,2,4", "1,1,1,1", "SAME", "", (None, None, None, 4)),
        ("1,9,9,2", "...", "1,1,1,1", "SAME", "", (1, 9, 9, None)),
        ("1,9,9,2", "...", "1,1,1,1", "VALID", "", (1, None, None, None)),
        ("1,?,9,2", "3,3,2,4", "1,1,1,1", "VALID", "", (1, None, 7, 4)),
        ("1,?,9,2", "3,3,2,4", "1,2,2,1", "SAME", "", (1, None, 5, 4)),
        ("1,9,9", "3,3,2,4", "1,1,1,1", "SAME", "", None),
        ("1,9,9,2", "3,3,2", "1,1,1,1", "SAME", "", None),
        ("1,9,9,2", "3,3,2,4", "1,1,1", "SAME", "", None),
        ("1,9,9,2", "3,3,2,4", "1,1,1,1", "SAME", ", dilations=[1,1]", None),
        ("1,9,9,2", "3,3,2,4", "1,0,1,1", "SAME", "", (1, None, 9, 4)),
        ("1,9,9,2", "3,3,2,4", "1,0,1,1", "VALID", "", (1, None, 7, 4)),
        ("1,9,9,2", "3,3,2,4", "1,1,1,1", "VALID", ", dilations=[1,0,1,1]", (1, None, 7, 4)),
        ("1,9,9,2", "3,3,2,4", "1,1,1,1", "ODD", "", (1, None, None, 4)),
        ("1,9,9,2", "3,3,2,4", "1,1,1,1", "EXPLICIT", ", explicit_paddings=[1,1]", None),
        ("1,9,9,2", "3,3,2,4", "1,1,1,1", "SAME", ', data_format="NCHW_VECT_C"', None),
    ],
)
def test_what_is_missing_or_malformed(
    infer: Infer, dims: str, kernel: str, strides: str, padding: str, more: str, expected: Dims
) -> None:
    assert shape(infer, conv(dims, kernel, strides, padding, more)) == expected


def depthwise(dims: str, kernel: str, op: str = "DepthwiseConv2dNative") -> str:
    return (
        f"x = Placeholder : float32[{dims}]\nw = Placeholder : float32[{kernel}]\n"
        f'y = {op}(x, w) {{strides=[1,1,1,1], padding="SAME"}}'
    )


def test_a_depthwise_filter_multiplies_the_channels(infer: Infer) -> None:
    assert shape(infer, depthwise("1,9,9,4", "3,3,4,2")) == (1, 9, 9, 8)
    assert shape(infer, depthwise("1,9,9,?", "3,3,4,2")) == (1, 9, 9, 8)
    assert shape(infer, depthwise("1,9,9,4", "3,3,?,2")) == (1, 9, 9, 8)
    assert shape(infer, depthwise("1,9,9,4", "3,3,5,2")) == (1, 9, 9, None)
    assert shape(infer, depthwise("1,9,9,4", "3,3,4,?")) == (1, 9, 9, None)


def test_volumes(infer: Infer) -> None:
    text = (
        "x = Placeholder : float32[1,5,6,7,2]\nw = Placeholder : float32[1,2,3,2,4]\n"
        'y = Conv3D(x, w) {strides=[1,1,2,3,1], padding="VALID"}'
    )
    assert shape(infer, text) == (1, 5, 3, 2, 4)
    first = text.replace("1,5,6,7,2", "1,2,5,6,7").replace("1,1,2,3,1", "1,1,1,2,3")
    first = first.replace('"VALID"', '"VALID", data_format="NCDHW"')
    assert shape(infer, first) == (1, 4, 5, 3, 2)


def pool(op: str, ksize: str, strides: str, padding: str = "VALID", more: str = "") -> str:
    return (
        f"x = Placeholder : float32[2,8,6,4]\ny = {op}(x) {{ksize=[{ksize}], strides=[{strides}], "
        f'padding="{padding}"{more}}}'
    )


def test_poolings(infer: Infer) -> None:
    assert shape(infer, pool("MaxPool", "1,3,2,1", "1,2,3,1")) == (2, 3, 2, 4)
    assert shape(infer, pool("MaxPool", "1,3,2,1", "1,2,3,1", "SAME")) == (2, 4, 2, 4)
    assert shape(infer, pool("AvgPool", "1,3,2,1", "1,2,3,1")) == (2, 3, 2, 4)
    explicit = ", explicit_paddings=[0,0,1,1,0,2,0,0]"
    assert shape(infer, pool("MaxPool", "1,3,2,1", "1,1,1,1", "EXPLICIT", explicit)) == (2, 8, 7, 4)
    short = ", explicit_paddings=[0,0]"
    assert shape(infer, pool("MaxPool", "1,3,2,1", "1,1,1,1", "EXPLICIT", short)) == (None,) * 4
    assert shape(infer, pool("MaxPool", "3,2", "1,2,3,1")) == (None,) * 4
    assert shape(infer, pool("MaxPool", "1,3,2,1", "1,2")) == (None,) * 4
    packed = ', data_format="NCHW_VECT_C"'
    assert shape(infer, pool("MaxPool", "1,3,2,1", "1,2,3,1", more=packed)) is None


def test_only_a_maximum_is_taken_across_channels(infer: Infer) -> None:
    assert shape(infer, pool("MaxPool", "1,1,1,2", "1,1,1,2")) == (2, 8, 6, 2)
    assert shape(infer, pool("AvgPool", "1,1,1,2", "1,1,1,2")) == (2, 8, 6, 4)


def test_a_pooling_with_places_has_two_equal_outputs(infer: Infer) -> None:
    text = pool("MaxPoolWithArgmax", "1,2,2,1", "1,2,2,1")
    assert shape(infer, text) == shape(infer, text, 1) == (2, 4, 3, 4)


def test_a_pooling_whose_window_is_an_input(infer: Infer) -> None:
    text = (
        "x = Placeholder : float32[2,8,6,4]\nk = Const : int32[4] = [1,2,2,1]\n"
        's = Const : int32[4] = [1,2,3,1]\ny = MaxPoolV2(x, k, s) {padding="VALID"}'
    )
    assert shape(infer, text) == (2, 4, 2, 4)
    fed = text.replace("k = Const : int32[4] = [1,2,2,1]", "k = Placeholder : int32[4]")
    assert shape(infer, fed) == (None,) * 4


def transposed(sizes: str, gradient: str, more: str = "") -> str:
    return (
        f"s = {sizes}\nw = Placeholder : float32[3,3,5,4]\n"
        f"g = Placeholder : float32[{gradient}]\n"
        f'y = Conv2DBackpropInput(s, w, g) {{strides=[1,2,2,1], padding="SAME"{more}}}'
    )


def test_the_sizes_of_a_transposed_convolution_are_spelled_out(infer: Infer) -> None:
    full = "Const : int32[4] = [2,16,12,5]"
    assert shape(infer, transposed(full, "2,8,6,4")) == (2, 16, 12, 5)
    assert shape(infer, transposed(full, "?,8,6,4")) == (2, 16, 12, 5)
    assert shape(infer, transposed(full, "3,8,6,4")) == (None, 16, 12, 5)
    assert shape(infer, transposed("Const : int32[2] = [16,12]", "3,8,6,4")) == (3, 16, 12, None)
    assert shape(infer, transposed("Placeholder : int32[4]", "3,8,6,4")) == (3, None, None, None)
    assert shape(infer, transposed("Placeholder : int32[?]", "3,8,6,4")) == (3, None, None, None)
    assert shape(infer, transposed("Const : int32[3] = [1,2,3]", "3,8,6,4")) is None
    first = ', data_format="NCHW"'
    assert shape(infer, transposed("Const : int32[2] = [16,12]", "3,4,8,6", first)) == (
        3, None, 16, 12,
    )  # fmt: skip


def test_gradients_have_the_shape_of_what_they_are_for(infer: Infer) -> None:
    text = "x = Placeholder : float32[2,8,6,4]\ng = Placeholder : float32[2,4,3,4]\n"
    text += "s = Const : int32[4] = [3,3,4,9]\n"
    filter_ = 'y = Conv2DBackpropFilter(x, s, g) {strides=[1,2,2,1], padding="SAME"}'
    assert shape(infer, text + filter_) == (3, 3, 4, 9)
    spelled = 'y = AvgPoolGrad(s, g) {ksize=[1,2,2,1], strides=[1,2,2,1], padding="SAME"}'
    assert shape(infer, text + spelled) == (3, 3, 4, 9)
    grad = 'y = MaxPoolGrad(x, g, g) {ksize=[1,2,2,1], strides=[1,2,2,1], padding="SAME"}'
    assert shape(infer, text + grad) == (2, 8, 6, 4)
    old = "v = Placeholder : float32[2,5,6,7,3]\nk = Placeholder : float32[1,2,3,3,4]\n"
    old += "h = Placeholder : float32[2,5,6,7,4]\n"
    line = 'y = {}(v, k, h) {{strides=[1,1,1,1,1], padding="SAME"}}'
    assert shape(infer, old + line.format("Conv3DBackpropFilter")) == (1, 2, 3, 3, 4)
    assert shape(infer, old + line.format("Conv3DBackpropInput")) == (2, 5, 6, 7, 3)


def dilation(dims: str, kernel: str, strides: str = "1,2,1,1", rates: str = "1,2,3,1") -> str:
    return (
        f"x = Placeholder : float32[{dims}]\nw = Placeholder : float32[{kernel}]\n"
        f'y = Dilation2D(x, w) {{strides=[{strides}], rates=[{rates}], padding="VALID"}}'
    )


def test_a_dilation_keeps_its_channels(infer: Infer) -> None:
    assert shape(infer, dilation("2,9,9,4", "3,2,4")) == (2, 3, 6, 4)
    assert shape(infer, dilation("2,9,9,?", "3,2,4")) == (2, 3, 6, 4)
    assert shape(infer, dilation("2,9,9,5", "3,2,4")) == (2, 3, 6, None)
    for broken in (("2,9,9", "3,2,4"), ("2,9,9,4", "3,2"), ("2,9,9,4", "3,2,4", "1,2")):
        assert shape(infer, dilation(*broken)) is None
    assert shape(infer, dilation("2,9,9,4", "3,2,4", rates="1,1")) is None
    assert shape(infer, dilation("...", "3,2,4")) is None


def patches(dims: str, ksizes: str, strides: str = "1,2,1,1", rates: str = "1,2,3,1") -> str:
    return (
        f"x = Placeholder : float32[{dims}]\ny = ExtractImagePatches(x) {{ksizes=[{ksizes}], "
        f'strides=[{strides}], rates=[{rates}], padding="VALID"}}'
    )


def test_patches_are_laid_out_along_the_channels(infer: Infer) -> None:
    assert shape(infer, patches("2,9,9,4", "1,3,2,1")) == (2, 3, 6, 24)
    assert shape(infer, patches("2,9,9,?", "1,3,2,1")) == (2, 3, 6, None)
    assert shape(infer, patches("...", "1,3,2,1")) == (None,) * 4
    for broken in (("2,9,9,4", "3,2"), ("2,9,9,4", "1,3,2,1", "1,2"), ("2,9,4", "1,3,1", "1,1,1")):
        assert shape(infer, patches(*broken)) is None
    assert shape(infer, patches("2,9,9,4", "1,3,2,1", rates="1,1")) is None
    volume = (
        "x = Placeholder : float32[2,5,9,9,4]\ny = ExtractVolumePatches(x) "
        '{ksizes=[1,1,3,2,1], strides=[1,1,2,1,1], padding="VALID"}'
    )
    assert shape(infer, volume) == (2, 5, 4, 8, 24)


def test_a_fused_convolution_reads_its_filter_rows_first(infer: Infer) -> None:
    text = (
        "x = Placeholder : float32[1,9,9,2]\nw = Placeholder : float32[3,3,2,4]\n"
        "b = Placeholder : float32[4]\ny = _FusedConv2D(x, w, b) {num_args=1, TArgs=[float32], "
        'strides=[1,1,1,1], padding="VALID", filter_format="HWIO"}'
    )
    assert shape(infer, text) == (1, 7, 7, 4)
    assert shape(infer, text.replace("HWIO", "OHWI")) is None
