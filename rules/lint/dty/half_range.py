"""Constants that float16 cannot hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from linter.rules import (
    Certainty,
    Clean,
    Finding,
    Flagged,
    Graph,
    Judgement,
    LintContext,
    LintRule,
    Node,
    Placement,
    Severity,
    Value,
)

__all__ = ["HalfRange"]

_LOWERING = ("force_fp16",)
"""Precision modes that put float16 wherever a kernel has it."""
_LARGEST = 65504.0
_TINY = 2.0**-25
"""Half of the smallest float16 above zero: what is below it becomes zero."""
_FEW = 16
"""Weights are not looked at: only constants of this many elements or fewer."""


class HalfRange(LintRule):
    """Flag a small float32 constant that overflows or vanishes when it is lowered to float16.

    Why: atc computes in float16 wherever a kernel offers it, without a word; a mask of -1e9 becomes
        infinite and an epsilon of 1e-12 zero, which ends in NaN on the device only.
    Remedy: a mask of -10000, an epsilon of 1e-6 or more, or a precision mode that keeps float32.
    Source: atc manual, --precision_mode (default force_fp16); IEEE 754 binary16.
    """

    id, name, severity = "DTY004", "half-range", Severity.WARNING
    visits = ("Const",)
    messages = {
        "overflow": "constant {value:g} goes into {op!r} on the AI Core, where float16 ends at "
        "65504",
        "underflow": "constant {value:g} goes into {op!r} on the AI Core, where float16 makes it 0",
    }
    remedies = {
        "overflow": "use a constant within ±65504, or pass `-- --precision_mode="
        "allow_fp32_to_fp16` or `must_keep_origin_dtype` to `omlint convert`",
        "underflow": "use a larger epsilon (1e-6), or pass `-- --precision_mode="
        "allow_fp32_to_fp16` or `must_keep_origin_dtype` to `omlint convert`",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\nc = Const : float32[] = -10000.0\ny = Add(x, c)"),
        Clean(
            "x = Placeholder : float32[2]\nc = Const : float32[] = -1e9\ny = Add(x, c)",
            given={"placements": {"Add": Placement.AICPU}},
            label="not on the AI Core",
        ),
        Flagged(
            "x = Placeholder : float32[2]\nc = Const : float32[] = -1e9\ny = Add(x, c)",
            at=("c",),
            messages=("overflow",),
        ),
        Flagged(
            "x = Placeholder : float32[2]\nc = Const : float32[] = 1e-12\nd = Identity(c)\n"
            "y = Add(x, d)",
            at=("c",),
            messages=("underflow",),
            given={"placements": {"Identity": Placement.REMOVED}},
            label="epsilon behind an Identity",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Look at the elements of small constants, then at who reads them."""
        value = _out_of_range(node) if ctx.options.precision in _LOWERING else None
        if value is None or not ctx.is_live(node):
            return
        found = _lowered_reader(ctx.graph, node, ctx)
        if found is None:
            return
        reader, judgement = found
        large = abs(value) > _LARGEST
        yield self.finding(
            node,
            "overflow" if large else "underflow",
            severity=Severity.WARNING if large else Severity.INFO,
            certainty=Certainty.INFERRED,
            evidence=judgement.evidence,
            value=value,
            op=reader.op,
        )


def _out_of_range(node: Node) -> float | None:
    if node.attrs.get("dtype") != "float32":
        return None
    tensor: Any = node.attrs.get("value")
    if getattr(tensor, "dtype", None) != "float32" or not 0 < tensor.size <= _FEW:
        return None
    for value in tensor.values() or ():
        if math.isfinite(value) and (abs(value) > _LARGEST or 0 < abs(value) < _TINY):
            return float(value)
    return None


def _lowered_reader(graph: Graph, node: Node, ctx: LintContext) -> tuple[Node, Judgement] | None:
    """The first reader that the AI Core runs with a float16 kernel, looking past Identity."""
    pending = [Value(node.key)]
    while pending:
        for use in graph.readers(pending.pop()):
            reader = graph[use.node]
            if not ctx.is_live(reader):
                continue
            judgement = ctx.judge(reader)
            if judgement.placement is Placement.AICORE and _takes_half(judgement, ctx):
                return reader, judgement
            if judgement.placement is Placement.REMOVED and reader.op != "Identity":
                continue
            if reader.op == "Identity":
                pending.append(Value(reader.key))
    return None


def _takes_half(judgement: Judgement, ctx: LintContext) -> bool:
    """Whether the kernel may compute in float16; lists that code fills in say nothing."""
    kernel = ctx.source.database.aicore(judgement.ge_op or "")
    if kernel is None:
        return True
    return any(spec.dtypes is None or "float16" in spec.dtypes for spec in kernel.inputs)
