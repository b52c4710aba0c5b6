"""Values as every JSON text of omlint holds them."""

from __future__ import annotations

from typing import Any

from linter.results.report import InputInfo, Summary

__all__ = ["input_value", "summary_value"]


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
