"""Sizes that contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from linter.infer.dims import broadcast, cannot_reshape
from linter.infer.inference import Dims
from linter.infer.windows import channel_axis
from linter.rules import (
    Certainty,
    Clean,
    Finding,
    Flagged,
    LintContext,
    LintRule,
    Node,
    Severity,
    Value,
)

__all__ = ["ShapeConflict"]

_BROADCASTING = (
    "Add",
    "AddV2",
    "Sub",
    "Mul",
    "RealDiv",
    "Maximum",
    "Minimum",
    "SquaredDifference",
    "Greater",
    "GreaterEqual",
    "Less",
    "LessEqual",
    "FloorDiv",
    "Pow",
)
_RESHAPED = "x = Placeholder : float32[?,6]\ns = Const : int32[2] = [2, 6]\ny = Reshape(x, s)"


class ShapeConflict(LintRule):
    """Flag a node whose operand sizes cannot go together.

    Why: shape inference fails and the conversion with it (EZ9999 at that node). A size given by
        --input-shape may clash with one that the graph has fixed, such as the batch in a Reshape.
    Remedy: the sizes that the graph was built for, or a graph exported for others.
    Source: TensorFlow op documentation; hicann/ge, infershape_pass.cc.
    """

    id, name, severity = "SHP004", "shape-conflict", Severity.ERROR
    visits = (*_BROADCASTING, "Reshape", "MatMul", "BatchMatMul", "BatchMatMulV2", "BiasAdd")
    messages = {
        "broadcast": "{op!r} cannot broadcast {first} with {second}",
        "elements": "{op!r} makes {target} of {first}: the numbers of elements differ",
        "inner": "{op!r} multiplies {first} by {second}: the inner sizes differ",
        "bias": "{op!r} adds a bias of {second} to {channels} channel(s) of {first}",
    }
    remedies = {
        "broadcast": "give the sizes that the graph was built for with --input-shape",
        "elements": "give the sizes that the graph was built for with --input-shape",
        "inner": "give the sizes that the graph was built for with --input-shape",
        "bias": "export the graph again: weights and data_format do not belong together",
    }
    examples = (
        Clean(_RESHAPED, input_shapes={"x": (2, 6)}),
        Clean("a = Placeholder : float32[2,1]\nb = Placeholder : float32[3]\ny = Add(a, b)"),
        Flagged(_RESHAPED, at=("y",), messages=("elements",), input_shapes={"x": (8, 6)}),
        Flagged(
            "a = Placeholder : float32[2,4]\nb = Placeholder : float32[3]\ny = Add(a, b)",
            at=("y",),
            messages=("broadcast",),
            label="no broadcast",
        ),
        Flagged(
            "a = Placeholder : float32[2,4]\nb = Placeholder : float32[3,2]\ny = MatMul(a, b)",
            at=("y",),
            messages=("inner",),
            label="inner sizes",
        ),
        Flagged(
            "x = Placeholder : float32[1,8,8,3]\nb = Const : float32[8] = 0.0\n"
            'y = BiasAdd(x, b) {data_format="NHWC"}',
            at=("y",),
            messages=("bias",),
            label="bias of another layout",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Compare the known sizes of the first two operands."""
        if len(node.inputs) < 2 or not ctx.is_live(node):
            return
        if node.op in _BROADCASTING and any(_is_one(ctx, value) for value in node.inputs):
            return  # it goes with every shape, so none needs to be worked out
        first = ctx.inference.shape(node.inputs[0])
        if first is None:
            return
        message = ""
        args: dict[str, Any] = {}
        if node.op == "Reshape":
            target = self._target(node, ctx)
            if target is not None and cannot_reshape(first, target):
                message, args = "elements", {"target": _shown(target)}
        else:
            second = ctx.inference.shape(node.inputs[1])
            if second is None:
                return
            message, args = self._pair(node, first, second)
        if message:
            certainty = Certainty.INFERRED
            shown = _shown(first)
            found = self.finding(
                node, message, certainty=certainty, op=node.op, first=shown, **args
            )
            yield self.staged(found, ctx.judge(node))

    def _target(self, node: Node, ctx: LintContext) -> tuple[int, ...] | None:
        constant = ctx.inference.constant(node.inputs[1])
        return None if constant is None else tuple(int(value) for value in constant.values)

    def _pair(
        self, node: Node, first: tuple[int | None, ...], second: tuple[int | None, ...]
    ) -> tuple[str, dict[str, Any]]:
        if node.op == "BiasAdd":
            channels = _channels(node, first)
            if len(second) == 1 and _differ(channels, second[0]):
                return "bias", {"second": _shown(second), "channels": channels}
            return "", {}
        conflict = _broadcast_conflict if node.op in _BROADCASTING else _inner_conflict(node)
        if conflict(first, second):
            return "broadcast" if node.op in _BROADCASTING else "inner", {"second": _shown(second)}
        return "", {}


def _is_one(ctx: LintContext, value: Value) -> bool:
    """Whether a value is a Const of one element; broadcasting adds axes of size 1 at most."""
    node = ctx.graph.get(value.node)
    tensor = node.attrs.get("value") if node is not None and node.op == "Const" else None
    return getattr(tensor, "size", None) == 1


def _differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one != other


def _broadcast_conflict(first: tuple[int | None, ...], second: tuple[int | None, ...]) -> bool:
    return broadcast(first, second) is None


def _inner_conflict(
    node: Node,
) -> Callable[[tuple[int | None, ...], tuple[int | None, ...]], bool]:
    matmul = node.op == "MatMul"
    left = node.attrs.get("transpose_a" if matmul else "adj_x", False) is True
    right = node.attrs.get("transpose_b" if matmul else "adj_y", False) is True

    def conflict(first: tuple[int | None, ...], second: tuple[int | None, ...]) -> bool:
        if len(first) < 2 or len(second) < 2:
            return False
        return _differ(first[-2 if left else -1], second[-1 if right else -2])

    return conflict


def _channels(node: Node, shape: tuple[int | None, ...]) -> int | None:
    layout = str(node.attrs.get("data_format", "NHWC"))
    return shape[channel_axis(layout, len(shape))] if shape else None


def _shown(shape: Dims) -> str:
    return "[" + ", ".join("?" if dim is None else str(dim) for dim in shape or ()) + "]"
