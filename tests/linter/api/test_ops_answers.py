"""What is said about an op type is the best case: its inputs may be anything."""

from __future__ import annotations

from linter import api


def test_a_type_is_not_refused_for_inputs_that_need_only_be_constants() -> None:
    found = api.describe_ops(["RandomUniformInt"], targets=["atc@8.1.RC1/Ascend310P3"])
    assert [answer.judgement.status.value for answer in found.answers] == ["supported"]
