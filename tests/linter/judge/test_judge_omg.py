"""The OMG table: absence, dtypes, boundary formulas."""

from __future__ import annotations

from linter.judge import Placement, Stage, Status

OMG = "omg@hilens-2021-09/Ascend310"


def about(judge, name):
    return judge.node(judge.model.main, judge.model.main[name])


def test_data_times_constant_is_taken_and_data_times_data_is_not(ask):
    constant = (
        "x = Placeholder : float32[2,3]\nw = Const : float32[3,2] = 0.5\n"
        "y = MatMul(x, w) {transpose_a=false, transpose_b=false}"
    )
    assert about(ask(constant, OMG), "y").placement is Placement.OMG
    data = constant.replace("Const : float32[3,2] = 0.5", "Placeholder : float32[3,2]")
    answer = about(ask(data, OMG), "y")
    assert (answer.status, answer.refused_by) == (Status.UNSUPPORTED, Stage.CONSTRAINT)
    assert "is_const" in dict(answer.detail)["expr"]


def test_a_weight_read_through_identity_is_a_constant(ask):
    text = (
        "x = Placeholder : float32[2,3]\nw = Const : float32[3,2] = 0.5\nr = Identity(w)\n"
        "y = MatMul(x, r) {transpose_a=false, transpose_b=false}"
    )
    assert about(ask(text, OMG), "y").status is Status.SUPPORTED


def test_the_weight_may_not_be_transposed(ask):
    text = (
        "x = Placeholder : float32[2,3]\nw = Const : float32[2,3] = 0.5\n"
        "y = MatMul(x, w) {transpose_a=false, transpose_b=true}"
    )
    assert about(ask(text, OMG), "y").refused_by is Stage.CONSTRAINT


def test_an_op_absent_from_the_whole_table_is_unsupported(ask):
    text = "x = Placeholder : float32[2]\ny = AddV2(x, x)"
    answer = about(ask(text, OMG), "y")
    assert (answer.status, answer.refused_by) == (Status.UNSUPPORTED, Stage.PARSER)
    assert answer.evidence


def test_a_dtype_outside_the_row_is_refused(ask):
    text = "x = Placeholder : float64[2]\ny = Add(x, x)"
    answer = about(ask(text, OMG), "y")
    assert answer.refused_by is Stage.DTYPE
    assert dict(answer.detail)["seen"] == "float64"


def test_a_formula_over_an_unknown_shape_is_unknown(ask):
    text = (
        "x = Placeholder : float32[?,8,8,4]\nw = Const : float32[3,3,4,8] = 0.1\n"
        "y = Pad(x, p)\np = Const : int32[4,2] = [[0,0],[1,1],[1,1],[0,0]]"
    )
    unknown_rank = text.replace("[?,8,8,4]", "[...]")
    assert about(ask(unknown_rank, OMG), "y").status is Status.UNKNOWN
    assert about(ask(text, OMG, shapes={"x": (1, 8, 8, 4)}), "y").status is Status.SUPPORTED


def test_windows_are_measured_with_computed_pads(ask):
    def conv(size):
        return (
            f"x = Placeholder : float32[1,{size},{size},4]\nw = Const : float32[3,3,4,8] = 0.1\n"
            'y = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="VALID", data_format="NHWC", '
            "dilations=[1, 1, 1, 1]}"
        )

    assert about(ask(conv(8), OMG), "y").status is Status.SUPPORTED
    assert about(ask(conv(2), OMG), "y").refused_by is Stage.CONSTRAINT


def test_nothing_is_folded(ask):
    text = "x = Placeholder : float32[2]\nc = Const : float32[2] = 1.0\nr = Relu(c)\ny = Add(x, r)"
    assert about(ask(text, OMG), "r").refused_by is Stage.CONSTRAINT
