"""A variable that freezing should have turned into a constant."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.op_families import VARIABLES
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["UnfrozenVariable"]


class UnfrozenVariable(LintRule):
    """Flag a variable that the outputs need.

    Why: a variable has no value in an offline model; the parser knows it for training only.
    Remedy: freeze the model.
    Source: hicann/ge, parser/parser/common/op_map.cc (ops of the training map only).
    """

    id, name, severity = "GRF004", "unfrozen-variable", Severity.ERROR
    visits = VARIABLES | {"TemporaryVariable"}
    messages = {"variable": "variable {variable!r} is not frozen: its value is not in the file"}
    remedies = {"variable": "run `omlint freeze` on the SavedModel that the graph came from"}
    examples = (
        Clean("v = Const : float32[2] = 1.0\ny = Relu(v)"),
        Flagged(
            'v = VarHandleOp {dtype=float32, shape=shape(2), container="", shared_name="v"}\n'
            "r = ReadVariableOp(v) {dtype=float32}\ny = Relu(r)",
            at=("v",),
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag a live variable."""
        if ctx.is_live(node):
            yield self.finding(node, "variable", variable=node.name)
