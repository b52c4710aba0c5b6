"""Selections among boxes and elements.

Source: canndev, ops/built-in/op_proto/image_ops.cc and array_ops.cc.
"""

from __future__ import annotations

from linter.judge.atc.inference.demands import (
    AICPU,
    GRAPH,
    constant,
    ranked,
    same_size,
    sized,
)
from linter.judge.atc.inference.operator import Check, GeOperator, Refused

__all__ = ["combined_suppression", "crop_and_resize", "suppression", "where"]


def suppression(scalars: int) -> Check:
    """NonMaxSuppression and its versions: NonMaxSuppressionInfer, …V2Infer to …V5Infer.

    Args:
        scalars: how many scalars come after the boxes and the scores.
    """

    def check(op: GeOperator) -> Refused | None:
        boxes, scores, *rest = op.inputs[: 2 + scalars]
        return (
            ranked((boxes,), (2,), AICPU)
            or ranked((scores,), (1,), AICPU)
            or ranked(rest, (0,), AICPU)
            or same_size((boxes, 0), (scores, 0), AICPU)
            or sized(boxes, 1, 4, AICPU)
        )

    return check


def combined_suppression(op: GeOperator) -> Refused | None:
    """CombinedNonMaxSuppression: CombinedNonMaxSuppressionInfer."""
    boxes, scores, *scalars = op.inputs[:6]
    return (
        ranked((boxes,), (4,), AICPU)
        or ranked((scores,), (3,), AICPU)
        or ranked(scalars, (0,), AICPU)
        or same_size((boxes, 0), (scores, 0), AICPU)
        or same_size((boxes, 1), (scores, 1), AICPU)
        or sized(boxes, 3, 4, AICPU)
        or constant(reversed(scalars[:2]), AICPU)
    )


def crop_and_resize(op: GeOperator) -> Refused | None:
    """CropAndResize: CropAndResizeInfer."""
    if len(op.inputs) < 4:
        return None
    boxes, places, size = op.inputs[1:4]
    return (
        ranked((boxes,), (2,), AICPU)
        or ranked((places, size), (1,), AICPU)
        or same_size((boxes, 0), (places, 0), AICPU)
        or sized(size, 0, 2, AICPU)
    )


def where(op: GeOperator) -> Refused | None:
    """Where: WhereInfer."""
    return ranked(op.inputs[:1], range(1, 6), GRAPH)
