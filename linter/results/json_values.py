"""Values as every JSON text of omlint holds them."""

from __future__ import annotations

from typing import Any

from linter.results.finding import Finding
from linter.results.report import InputInfo, Summary

__all__ = ["finding_value", "input_value", "summary_value"]


def summary_value(summary: Summary) -> dict[str, Any]:
    """Counts, as the report, the record of rewrites and the manifest of parts hold them."""
    return {
        "nodes": summary.nodes,
        "reachable": summary.reachable,
        "supported": summary.supported,
        "unsupported": summary.unsupported,
        "unknown": summary.unknown,
        "placements": dict(sorted(summary.placements.items())),
    }


def input_value(info: InputInfo) -> dict[str, Any]:
    """An input: unknown size -1, unknown rank null."""
    shape = None if info.shape is None else [-1 if dim is None else dim for dim in info.shape]
    return {"name": info.name, "dtype": info.dtype, "shape": shape}


def finding_value(finding: Finding) -> dict[str, Any]:
    """A finding as JSON shows it."""
    fix = finding.fix
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "certainty": finding.certainty.value,
        "message": finding.message,
        "node": finding.node,
        "op": finding.op,
        "port": finding.port,
        "function": finding.function,
        "evidence": list(finding.evidence),
        "fix": None if fix is None else {"rule": fix.rule, "safety": fix.safety.value},
    }
