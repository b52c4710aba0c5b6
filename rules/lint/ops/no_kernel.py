"""The parser knows the op, but no engine of the SoC can run the node."""

from __future__ import annotations

from collections.abc import Iterator

from linter.results.judgement import Reason, Stage
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity, Status
from opdb.elsewhere import other_chips

__all__ = ["NoKernel"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)"


class NoKernel(LintRule):
    """Flag a node whose op no kernel list of the target holds, or holds for fixed sizes only.

    Why: engine selection fails with EZ3003 after the graph was parsed.
    Remedy: a rewrite where one fits, another SoC or version, or a cut of the graph.
    Source: the kernel lists of the target; the evidence names them.
    """

    id, name, severity = "OPS002", "no-kernel", Severity.ERROR
    judged = (Status.UNSUPPORTED,)
    messages = {
        "no_kernel": "op {op!r} ({ge_op} on the device) is in no kernel list of {target}",
        "other_chips": "op {op!r} ({ge_op} on the device) is in no kernel list of {target}; of the "
        "same release, these chips list it: {chips}",
        "dynamic_shape": "a size that {op!r} needs is known at run time only, and its kernel on "
        "{target} takes fixed sizes",
    }
    remedies = {
        "other_chips": "convert for a chip that lists it, try `omlint fix`, or cut the graph "
        "before it with --outputs",
        "no_kernel": "see `omlint explain {op}`, try `omlint fix`, or cut the graph before it "
        "with --outputs",
        "dynamic_shape": "cut the graph before the op that makes the size depend on values, and "
        "do the rest on the host",
    }
    examples = (
        Clean(_GRAPH),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("no_kernel",),
            given={"answers": {"Relu": (Status.UNSUPPORTED, Stage.ENGINE, Reason.NO_KERNEL, {})}},
        ),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("dynamic_shape",),
            given={
                "answers": {"Relu": (Status.UNSUPPORTED, Stage.ENGINE, Reason.DYNAMIC_SHAPE, {})}
            },
            label="run-time size",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what engine selection refused without a word on dtypes or limits."""
        judgement = ctx.judge(node)
        if judgement.refused_by is not Stage.ENGINE:
            return
        message, ge_op = "dynamic_shape", judgement.ge_op or node.op
        chips: tuple[str, ...] = ()
        if judgement.reason is not Reason.DYNAMIC_SHAPE:
            chips = other_chips(ctx.source.database, ge_op)
            message = "other_chips" if chips else "no_kernel"
        yield self.finding(
            node,
            message,
            certainty=judgement.certainty,
            evidence=judgement.evidence,
            op=node.op,
            ge_op=ge_op,
            chips=self.listed(chips),
        )
