"""An attribute that TensorFlow added later, at a value that changes the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

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

__all__ = ["NewerAttribute"]

_RESIZE = "x = Placeholder : float32[1,4,4,3]\ns = Const : int32[2] = [8, 8]\n"
_HALF = "y = ResizeBilinear(x, s) {half_pixel_centers=true}"


def _is_true(value: Any, node: Node) -> bool:
    return value is True


def _not_zero(value: Any, node: Node) -> bool:
    return isinstance(value, int) and value != 0


def _in_training(value: Any, node: Node) -> bool:
    return isinstance(value, float) and value != 1.0 and node.attrs.get("is_training") is not False


_NEWER: dict[str, Callable[[Any, Node], bool]] = {
    "batch_dims": _not_zero,
    "exponential_avg_factor": _in_training,
    "half_pixel_centers": _is_true,
}
"""Attributes that came after the first version of their ops, and when they change the result."""


class NewerAttribute(LintRule):
    """Flag an attribute that the target's prototype of the op does not have.

    Why: the parser copies the attributes that it knows and drops the others without a word; the
        model converts and computes something else.
    Remedy: another version, or a graph exported without the attribute.
    Source: the operator prototypes of the target; TensorFlow op definitions.
    """

    id, name, severity = "ATR001", "newer-attribute", Severity.WARNING
    judged = (Status.SUPPORTED, Status.UNKNOWN)
    visits = (
        "Bincount",
        "CropAndResize",
        "FusedBatchNormV3",
        "GatherV2",
        "ResizeArea",
        "ResizeBicubic",
        "ResizeBilinear",
        "ResizeNearestNeighbor",
    )
    messages = {
        "dropped": "{op!r} has {attribute}={value}, and {ge_op!r} of {target} has no such attribute"
    }
    remedies = {
        "dropped": "compare the outputs on the device, or export the graph with the attribute at "
        "its default"
    }
    examples = (
        Clean(
            _RESIZE + _HALF,
            given={"attributes": {"ResizeBilinear": ("align_corners", "half_pixel_centers")}},
        ),
        Clean(
            _RESIZE + "y = ResizeBilinear(x, s) {half_pixel_centers=false}",
            given={"attributes": {"ResizeBilinear": ("align_corners",)}},
            label="at its default",
        ),
        Clean(_RESIZE + _HALF, label="no prototype"),
        Flagged(
            _RESIZE + _HALF,
            at=("y",),
            given={"attributes": {"ResizeBilinear": ("align_corners",)}},
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Look the attributes up in the prototype."""
        judgement = ctx.judge(node)
        for name, matters in _NEWER.items():
            value = node.attrs.get(name)
            if value is None or not matters(value, node) or judgement.ge_op is None:
                continue
            prototype = ctx.source.database.prototype(judgement.ge_op)
            if prototype is None or any(attr.name == name for attr in prototype.attrs):
                continue
            yield self.finding(
                node,
                "dropped",
                certainty=Certainty.INFERRED,
                evidence=prototype.evidence,
                op=node.op,
                attribute=name,
                value=str(value).lower(),
                ge_op=judgement.ge_op,
            )
