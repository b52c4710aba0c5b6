"""What atc's parser asks of nodes, on releases that are known in whole and in part."""

from __future__ import annotations

import pytest

from linter.io.graphtext import parse
from linter.judge import JudgeOptions, make_judge
from linter.rules.run_lint import run_lint
from opdb.query import open_database
from opdb.target import parse_target
from rules.registry import lint_rules

PACKED = "x = Placeholder : float32[2]\np = Pack(x, x) {N=2}\ny = Neg(p)"


@pytest.mark.parametrize("target", ["atc@9.1.0/KirinX90", "atc@9.2.0-beta.2/Ascend950"])
def test_a_release_that_is_known_in_part_may_have_the_plugin(target):
    judge = make_judge(parse(PACKED), open_database(parse_target(target)), JudgeOptions())
    found = run_lint([rule for rule in lint_rules() if rule.id == "GRF010"], judge).findings
    assert [finding.message for finding in found] == []
