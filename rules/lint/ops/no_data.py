"""The facts do not say whether the node converts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.results.judgement import Reason, Stage
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

__all__ = ["NoData"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)"
_MESSAGES = {
    Reason.UNDECIDED: "undecided",
    Reason.LIMIT_UNDECIDED: "limit_undecided",
    Reason.RELEASES_DIFFER: "releases_differ",
    Reason.KNOWN_ISSUE: "known_issue",
    Reason.CONSTANT_REFUSED: "constant_refused",
    Reason.DYNAMIC_SHAPE: "dynamic_shape",
}


class NoData(LintRule):
    """Flag a node for which the facts settle neither support nor its absence.

    Why: the verdict is uncertain because of it; the compiler may take the node or not.
    Remedy: what would settle it is named: a shape, another version's list, an import of the
        user's own toolkit.
    Source: the judge; every finding carries the evidence that it rests on.
    """

    id, name, severity = "OPS003", "no-data", Severity.WARNING
    judged = (Status.UNKNOWN,)
    messages = {
        "no_data": "no list of {target} settles whether {op!r} is taken",
        "undecided": "the lists of {target} do not settle whether {op!r} takes {tensor!r} as "
        "{seen}; known to be taken: {accepted}",
        "limit_undecided": "whether {op!r} stays within the limit of {target} depends on what the "
        "graph leaves open: {limit} ({expr})",
        "releases_differ": "{target} has no lists of its own, and the releases around it differ "
        "about {op!r}: {before} {first}, {after} {second}",
        "known_issue": "{op!r} on {target}: {why}",
        "constant_refused": "{op!r} reads constants only, is not known to be folded, and no "
        "engine of {target} takes it",
        "dynamic_shape": "a size that {op!r} needs may be known at run time only, and its kernel "
        "on {target} takes fixed sizes",
    }
    remedies = {
        "no_data": "import the lists of your own toolkit with `omlint db import`, or try the "
        "compiler",
        "undecided": "use a dtype that is known to be taken, import the lists of your own toolkit "
        "with `omlint db import`, or try the compiler",
        "releases_differ": "import the lists of your own toolkit with `omlint db import`",
        "known_issue": "try the compiler, or convert with a later release",
        "limit_undecided": "give every input dimension with --input-shape",
        "dynamic_shape": "give every input dimension with --input-shape",
        "constant_refused": "fold the constant before conversion",
    }
    examples = (
        Clean(_GRAPH),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("no_data",),
            given={"answers": {"Relu": (Status.UNKNOWN, Stage.ENGINE, Reason.NO_LIST, {})}},
        ),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("limit_undecided",),
            given={
                "answers": {
                    "Relu": (
                        Status.UNKNOWN,
                        Stage.CONSTRAINT,
                        Reason.LIMIT_UNDECIDED,
                        {"limit": "rank 4", "expr": "rank == 4"},
                    )
                }
            },
            label="open limit",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what stayed unknown, v1 control flow aside."""
        judgement = ctx.judge(node)
        if judgement.stage is Stage.CONTROL_FLOW:
            return
        detail: dict[str, Any] = {k: v for k, v in judgement.detail if k != "op"}
        reason = judgement.reason
        if reason is Reason.UNDECIDED and detail.get("why") == Reason.DYNAMIC_SHAPE:
            reason = Reason.DYNAMIC_SHAPE
        yield self.finding(
            node,
            _MESSAGES.get(reason, "no_data"),
            op=node.op,
            port=judgement.port,
            certainty=Certainty.INFERRED,
            evidence=judgement.evidence,
            **detail,
        )
