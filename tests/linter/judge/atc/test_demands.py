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


@pytest.mark.parametrize(
    ("node", "flag", "status"),
    [("f", "true", "supported"), ("g", "true", "unsupported"), ("f", None, "unsupported")],
)
def test_a_call_by_name_is_taken_when_the_node_is_called_as_the_function(node, flag, status):
    attrs = "" if flag is None else f" {{_disable_call_shape_inference={flag}}}"
    text = (
        "def f(a: float32[2]) -> (out: y:0):\n    y = Relu(a)\n\n"
        f"x = Placeholder : float32[2]\n{node} = f(x){attrs}"
    )
    target = parse_target("atc@8.1.RC1/Ascend310")
    judge = make_judge(parse(text), open_database(target), JudgeOptions())
    main = judge.model.main
    assert judge.node(main, main[node]).status == status
