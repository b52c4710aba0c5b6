"""Pads that are written out."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import (
    Certainty,
    Clean,
    Finding,
    Flagged,
    LintContext,
    LintRule,
    Node,
    Severity,
    Status,
)

__all__ = ["ExplicitPadding"]

_CONV = (
    "x = Placeholder : float32[1,8,8,3]\nw = Const : float32[3,3,3,4] = 0.5\n"
    "y = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="
)
_POOL = (
    "x = Placeholder : float32[1,8,8,3]\ny = MaxPool(x) {ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], "
)


class ExplicitPadding(LintRule):
    """Flag padding EXPLICIT where the target's prototype knows SAME and VALID only.

    Why: explicit_paddings came to TensorFlow in 1.14 for convolutions and in 2.4 for pooling; an
        operator without a pads attribute has no place for them.
    Remedy: a Pad node before the op and VALID padding.
    Source: the operator prototypes of the target; TensorFlow op definitions.
    """

    id, name, severity = "ATR002", "explicit-padding", Severity.WARNING
    judged = (Status.SUPPORTED, Status.UNKNOWN)
    visits = ("Conv2D", "DepthwiseConv2dNative", "MaxPool", "AvgPool", "Conv2DBackpropInput")
    messages = {
        "pads": "{op!r} pads by {pads}, and {ge_op!r} of {target} has no attribute for such pads"
    }
    remedies = {"pads": "put the pads into a Pad node and set padding to VALID"}
    examples = (
        Clean(_CONV + '"SAME", explicit_paddings=[]}', given={"attributes": {"Conv2D": ()}}),
        Clean(
            _CONV + '"EXPLICIT", explicit_paddings=[0, 0, 1, 1, 1, 1, 0, 0]}',
            given={"attributes": {"Conv2D": ("pads",)}},
            label="an attribute for pads",
        ),
        Flagged(
            _POOL + 'padding="EXPLICIT", explicit_paddings=[0, 0, 1, 1, 1, 1, 0, 0]}',
            at=("y",),
            given={"attributes": {"MaxPool": ("ksize", "strides", "padding")}},
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Look for an attribute that could take the pads."""
        if node.attrs.get("padding") != "EXPLICIT":
            return
        ge_op = ctx.judge(node).ge_op
        prototype = None if ge_op is None else ctx.source.database.prototype(ge_op)
        if prototype is None or any(attr.name.startswith("pads") for attr in prototype.attrs):
            return
        pads = node.attrs.get("explicit_paddings")
        yield self.finding(
            node,
            "pads",
            certainty=Certainty.INFERRED,
            evidence=prototype.evidence,
            op=node.op,
            pads=list(pads) if isinstance(pads, tuple) else pads,
            ge_op=ge_op,
        )
