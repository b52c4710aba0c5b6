"""Node data for Google's Model Explorer: load it there over the model, and nodes are coloured.

The file has one graph's data at its top level, which Model Explorer applies to the graph that is
open; nodes are found by their names, which are the ids that it gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linter.report.formats.context import Context
from linter.report.json import as_json
from linter.results.judgement import Judgement, Status
from linter.results.report import ModelReport, Report

__all__ = ["render"]

_COLORS = {
    Status.SUPPORTED: "#b7dfc1",
    Status.UNKNOWN: "#f2cf66",
    Status.UNSUPPORTED: "#e0574f",
}


def render(report: Report, _context: Context) -> str:
    """The last model of a report, on its first target: status and placement of each node."""
    results = _results(report.results[-1]) if report.results else {}
    return as_json({"results": results, "showExpandedSummaryOnGroupNode": True})


def _results(model: ModelReport) -> dict[str, Any]:
    target = model.targets[0]
    codes: dict[str, list[str]] = {}
    for finding in target.findings:
        if finding.node is not None and finding.function is None:
            codes.setdefault(finding.node, []).append(finding.code)
    return {
        node.name: {
            "value": _value(judgement, codes.get(node.name, ())),
            "bgColor": _COLORS[judgement.status],
            "textColor": "#1b1f24",
        }
        for body, judgements in zip(model.bodies[:1], target.answers[:1], strict=True)
        for node, judgement in zip(body.nodes, judgements, strict=True)
        if judgement is not None
    }


def _value(judgement: Judgement, codes: Sequence[str]) -> str:
    """``supported: aicore``, ``unsupported: OPS001``."""
    supported = judgement.status is Status.SUPPORTED
    parts = [judgement.placement.value] if supported else []
    parts += dict.fromkeys(codes)
    return f"{judgement.status.value}: {', '.join(parts)}" if parts else judgement.status.value
