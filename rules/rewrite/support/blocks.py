"""Moves between batch, channels and image in blocks: Reshape, Transpose, Reshape.

Source: TensorFlow op docs of SpaceToBatchND, BatchToSpaceND, SpaceToDepth and DepthToSpace, which
spell these steps out.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from linter.rules.match import BoundValue
from rules.rewrite.support.rearrangement import reshaped

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match, Refusal

__all__ = ["blocks_refusal", "merged_axes", "paired_blocks", "permuted", "read_blocks"]


def permuted(
    edit: GraphEditor,
    value: Value | BoundValue,
    split: tuple[int, ...],
    order: tuple[int, ...],
    shape: tuple[int, ...],
) -> Value | BoundValue:
    """The value in the shape ``split`` with its axes in ``order``, brought to ``shape``.

    Axes of size 1 are left out, and axes that stay together move as one, so that the permutation
    has as few axes as can be.
    """
    had = value.static_shape if isinstance(value, BoundValue) else None
    sizes, perm = merged_axes(split, order)
    if perm == tuple(range(len(perm))):
        return reshaped(edit, value, had or (), shape)
    whole = reshaped(edit, value, had or (), sizes)
    turned = edit.add("Transpose", [whole, edit.const(perm, "int32", name="perm")])
    return reshaped(edit, turned, tuple(sizes[place] for place in perm), shape)


def merged_axes(
    split: tuple[int, ...], order: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Sizes and order of a permutation with as few axes as can be."""
    runs = _runs(split, order)
    by_place = sorted(runs)
    sizes = tuple(prod(split[axis] for axis in run) for run in by_place)
    return sizes, tuple(by_place.index(run) for run in runs)


def _runs(split: tuple[int, ...], order: tuple[int, ...]) -> list[list[int]]:
    """The axes in their new order, those that follow each other before and after in one list."""
    runs: list[list[int]] = []
    for axis in (axis for axis in order if split[axis] != 1):
        last = runs[-1][-1] if runs else axis
        if runs and axis > last and all(split[a] == 1 for a in range(last + 1, axis)):
            runs[-1].append(axis)
        else:
            runs.append([axis])
    return runs


def read_blocks(m: Match) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]] | str:
    """Block sizes and paddings or crops of each blocked axis, or why they are not known."""
    inputs = m.root.inputs
    if "block_size" in m.root.attrs:  # the older ops: one size for both axes of an image
        size, pairs = int(m.root.attrs["block_size"]), inputs[1]
        return paired_blocks((size, size), pairs, inputs[0].rank or 0)
    return paired_blocks(inputs[1].elements, inputs[2], inputs[0].rank or 0)


def blocks_refusal(m: Match) -> Refusal | None:
    """Why the blocks cannot be taken apart: a shape or a block is not known."""
    shape = m.root.inputs[0].static_shape
    if shape is None or 0 in shape:
        return m.refuse("its shape is not known")
    blocks = read_blocks(m)
    return m.refuse(blocks) if isinstance(blocks, str) else None


def paired_blocks(
    sizes: tuple[int, ...] | None, pairs: BoundValue, rank: int
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]] | str:
    """Block sizes with the pair of each blocked axis, or why they are not known."""
    flat = pairs.elements
    if flat is None or sizes is None:
        return "its blocks, paddings or crops are not constant"
    if len(flat) != 2 * len(sizes) or len(sizes) + 1 > rank:
        return f"it has {len(sizes)} blocks and {len(flat) // 2} pairs for {rank} axes"
    ends = tuple((int(a), int(b)) for a, b in zip(flat[::2], flat[1::2], strict=True))
    return tuple(int(size) for size in sizes), ends
