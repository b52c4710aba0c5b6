"""All recipes, and what has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from harness.draft import Draft
from recipes import (
    arrays,
    containers,
    convolution,
    elementwise,
    images,
    joining,
    matrices,
    operands,
    queues,
    reductions,
    rewritten,
    slicing,
    sources,
)

__all__ = ["ANCHORS", "FAMILIES", "NOT_COVERED", "NOT_REWRITTEN", "RECIPES"]

_MODULES = {
    "arrays": (arrays,),
    "containers": (containers,),
    "convolution": (convolution,),
    "elementwise": (elementwise, operands),
    "images": (images,),
    "joining": (joining,),
    "matrices": (matrices,),
    "reductions": (reductions,),
    "slicing": (slicing,),
    "sources": (sources, queues),
}

RECIPES: Mapping[str, Callable[[Draft], None]] = MappingProxyType(
    {
        op: recipe
        for modules in _MODULES.values()
        for module in modules
        for op, recipe in module.RECIPES.items()
    }
)
"""How a graph around an op is made, by op."""

ANCHORS: Mapping[str, Callable[[Draft], None]] = MappingProxyType({**RECIPES, **rewritten.RECIPES})
"""The same, with ops that only rules know."""

FAMILIES: Mapping[str, str] = {
    op: family
    for family, modules in _MODULES.items()
    for module in modules
    for op in module.RECIPES
}
"""Name of the family of shape rules, by op."""

NOT_COVERED: Mapping[str, str] = {
    "CompareAndBitpack": "the installed TensorFlow has no such op",
    "FusedDepthwiseConv2dNative": "written by tfjs converters; no TensorFlow has such an op",
}
"""Ops with a rule that TensorFlow cannot be asked about, and why."""

_BODIES = "branches and loops are compared with their bodies, in tests/equivalence"

NOT_REWRITTEN: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "Case", "If", "Merge", "RefMerge", "StatelessCase", "StatelessIf", "StatelessWhile",
            "While", "_If", "_While",
        ),
        _BODIES,
    ),
    "FusedDepthwiseConv2dNative": NOT_COVERED["FusedDepthwiseConv2dNative"],
}  # fmt: skip
"""Ops that rules replace, of which no rewrite is tried here, and why."""
