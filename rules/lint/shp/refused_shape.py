"""Shapes that the compiler's shape inference refuses, or cannot know."""

from __future__ import annotations

from collections.abc import Iterator

from linter.results.judgement import Reason, Stage
from linter.rules import (
    Clean,
    Finding,
    Flagged,
    LintContext,
    LintRule,
    Node,
    Severity,
    Status,
)

__all__ = ["RefusedShape"]

_GRAPH = (
    "x = Placeholder : float32[1,8,8,3]\nw = Const : float32[3,3,4,5] = 0.5\n"
    'y = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="SAME"}'
)
_SEEN = {"seen": "x has 3 channels", "accepted": "it must have 4"}
_MESSAGES = {Reason.INFERRED_SHAPE: "shape", Reason.INFERRED_CONSTANT: "constant"}


class RefusedShape(LintRule):
    """Flag a node with a shape that shape inference refuses, or with data for a constant.

    Why: atc verifies every node that is left and infers its shapes before it looks for a kernel;
        the first one that is refused ends the conversion.
    Remedy: other sizes, or a constant where the size of an output depends on the input.
    Source: canndev, ops/built-in/op_proto, Verify and InferShape of the op.
    """

    id, name, severity = "SHP006", "refused-shape", Severity.ERROR
    judged = (Status.UNSUPPORTED,)
    messages = {
        "shape": "{op!r}: {seen}; {accepted}; atc stops in shape inference with {compiler_code}",
        "constant": "{op!r}: {seen}; {accepted}; atc stops in shape inference with {compiler_code}",
    }
    remedies = {
        "shape": "give the sizes that the graph was built for with --input-shape, or export it "
        "again",
        "constant": "make a constant of it in the model, or cut the graph before the node",
    }
    examples = (
        Clean(_GRAPH.replace("3,3,4,5", "3,3,3,5")),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("shape",),
            given={
                "answers": {
                    "Conv2D": (Status.UNSUPPORTED, Stage.INFERENCE, Reason.INFERRED_SHAPE, _SEEN)
                }
            },
        ),
        Flagged(
            "x = Placeholder : float32[4]\nn = Placeholder : int32[]\ny = NthElement(x, n)",
            at=("y",),
            messages=("constant",),
            given={
                "answers": {
                    "NthElement": (
                        Status.UNSUPPORTED,
                        Stage.INFERENCE,
                        Reason.INFERRED_CONSTANT,
                        _SEEN,
                    )
                }
            },
            label="data for a constant",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what inference refused; operands that clash have a rule of their own."""
        judgement = ctx.judge(node)
        message = _MESSAGES.get(judgement.reason)
        if message is not None and judgement.refused_by is Stage.INFERENCE:
            yield self.refused(node, message, judgement)
