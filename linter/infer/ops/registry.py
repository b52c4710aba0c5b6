"""What every op gives: the one table that inference, unrolling, folding and the rules ask."""

from __future__ import annotations

from collections.abc import Mapping

from linter.infer.ops import (
    arithmetic,
    arrays,
    containers,
    convolution,
    elementwise,
    images,
    joining,
    matrices,
    reductions,
    slicing,
    sources,
)
from linter.infer.view import Semantics

__all__ = ["OPS", "PINNED_OPS"]

OPS: Mapping[str, Semantics] = {
    **arithmetic.OPS,
    **arrays.OPS,
    **containers.OPS,
    **convolution.OPS,
    **elementwise.OPS,
    **images.OPS,
    **joining.OPS,
    **matrices.OPS,
    **reductions.OPS,
    **slicing.OPS,
    **sources.OPS,
}
"""How shapes, elements and resources follow, by op."""

PINNED_OPS: Mapping[str, Semantics] = {**OPS, "PlaceholderWithDefault": OPS["Identity"]}
"""The same for graphs in which nobody feeds a PlaceholderWithDefault."""
