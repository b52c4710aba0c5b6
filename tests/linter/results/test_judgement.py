"""Reasons of a judge: each is the id of a message, and names the stage that gives it."""

from __future__ import annotations

import json

import pytest

from linter.results.judgement import Reason, Stage


@pytest.mark.parametrize(
    ("reason", "stage"),
    [
        (Reason.FUSED, Stage.FUSION),
        (Reason.NO_ROW, Stage.PARSER),
        (Reason.V1_CONTROL_FLOW, Stage.CONTROL_FLOW),
        (Reason.REMOVED, Stage.REMOVED),
        (Reason.FOLDED, Stage.FOLDING),
        (Reason.NO_KERNEL, Stage.ENGINE),
        (Reason.DYNAMIC_SHAPE, Stage.ENGINE),
        (Reason.DTYPE_COLUMN, Stage.DTYPE),
        (Reason.CONST_INPUT, Stage.CONSTRAINT),
        (Reason.LIMIT_UNDECIDED, Stage.CONSTRAINT),
    ],
)
def test_a_reason_knows_its_stage(reason, stage):
    assert reason.stage is stage


def test_every_stage_has_a_reason():
    assert {reason.stage for reason in Reason} == set(Stage)


def test_a_reason_is_written_as_its_id():
    assert f"{Reason.DTYPE_COLUMN}" == "dtype_column"
    assert json.dumps([Reason.NO_PARSER]) == '["no_parser"]'
    assert Reason("limit") is Reason.LIMIT


def test_what_is_no_reason_is_refused():
    with pytest.raises(ValueError, match="dtypes"):
        Reason("dtypes")
