"""Attributes that have a default and are written down all the same.

TensorFlow writes them unless it is told to strip defaults; parsers that do not know the defaults
stop without them. Source: the parser plugins of atc, as ``linter.judge.atc.demands`` names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.graph.model import DType
from linter.graph.ports import OpLookup

__all__ = ["STATED", "stated_defaults"]

STATED: Mapping[str, tuple[str, ...]] = {
    "ArgMax": ("output_type",),
    "ArgMin": ("output_type",),
    "BatchMatMul": ("adj_x", "adj_y"),
    "BatchMatMulV2": ("adj_x", "adj_y"),
    "BatchMatMulV3": ("adj_x", "adj_y"),
    "HistogramFixedWidth": ("dtype",),
    "LeakyRelu": ("alpha",),
    "LeakyReluGrad": ("alpha",),
    "MatMul": ("transpose_a", "transpose_b"),
    "Multinomial": ("output_dtype",),
}
"""Such attributes by op."""


def stated_defaults(op: str, ops: OpLookup) -> dict[str, Any]:
    """The defaults of those attributes of an op."""
    names = STATED.get(op)
    opdef = ops.get(op) if names else None
    if not names or opdef is None:
        return {}
    specs = {name: spec for name in names if (spec := opdef.attrs.get(name)) is not None}
    return {
        name: DType(str(spec.default)) if spec.type == "type" else spec.default
        for name, spec in specs.items()
        if spec.has_default
    }
