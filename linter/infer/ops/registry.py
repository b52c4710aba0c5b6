"""All shape and value rules by op."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from linter.infer.ops import (
    arithmetic,
    arrays,
    containers,
    convolution,
    elementwise,
    folds,
    images,
    joining,
    matrices,
    reductions,
    selection,
    slicing,
    sources,
    structure,
)
from linter.infer.view import Handle, Rule, ValueRule, View

__all__ = ["HANDLE_RULES", "PINNED_RULES", "PINNED_VALUE_RULES", "RULES", "VALUE_RULES"]

RULES: Mapping[str, Rule] = {
    **arrays.RULES,
    **containers.RULES,
    **convolution.RULES,
    **elementwise.RULES,
    **images.RULES,
    **joining.RULES,
    **matrices.RULES,
    **reductions.RULES,
    **slicing.RULES,
    **sources.RULES,
}
"""How shapes follow, by op."""

VALUE_RULES: Mapping[str, ValueRule] = {
    **arithmetic.RULES,
    **folds.RULES,
    **selection.RULES,
    **structure.RULES,
}
"""How the elements of small tensors follow, by op."""

PINNED_RULES: Mapping[str, Rule] = {**RULES, "PlaceholderWithDefault": RULES["Identity"]}
PINNED_VALUE_RULES: Mapping[str, ValueRule] = {
    **VALUE_RULES,
    "PlaceholderWithDefault": VALUE_RULES["Identity"],
}
"""The same for graphs in which nobody feeds a PlaceholderWithDefault."""

HANDLE_RULES: Mapping[str, Callable[[View], Handle | None]] = {
    **sources.HANDLE_RULES,
    **containers.HANDLE_RULES,
}
"""What resources stand for, by op."""
