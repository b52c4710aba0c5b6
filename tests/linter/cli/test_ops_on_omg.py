"""What ``omlint ops`` says of op types that an OMG table has only within limits."""

from __future__ import annotations

import json

import pytest

from linter.cli.main import main

OMG = "omg@hilens-2021-09/Ascend310"


@pytest.mark.parametrize(
    ("op", "status"), [("Conv2D", "supported"), ("Mul", "supported"), ("AddV2", "unsupported")]
)
def test_a_row_with_limits_is_support(op, status, capsys):
    assert main(["ops", op, "--target", OMG, "--format", "json"]) == 0
    (answer,) = json.loads(capsys.readouterr().out)["ops"]
    assert (answer["op"], answer["status"]) == (op, status)
    assert answer["evidence"]
