"""Operations that only move elements of a tensor, by constants."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING

from linter.rules import (
    BoundValue,
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
)
from rules.rewrite.support.matrix_diagonals import banded, diagonal_of, on_diagonal
from rules.rewrite.support.mirroring import mirrored, turned
from rules.rewrite.support.rearrangement import NUMBER_LIMIT, gathered, numbered, zero_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int32]

__all__ = ["RearrangedElements"]

BEFORE = """
x = Placeholder : float32[2,3,3]
y = MatrixDiagPart(x)
"""

AFTER = """
x = Placeholder : float32[2,3,3]
y/shape = Const : int32[1] = 18
y/Reshape = Reshape(x, y/shape)
y/places = Const : int32[6] = [0, 4, 8, 9, 13, 17]
y/axis = Const : int32[] = 0
y/GatherV2 = GatherV2(y/Reshape, y/places, y/axis)
y/shape_1 = Const : int32[2] = [2, 3]
y = Reshape(y/GatherV2, y/shape_1)
"""

FILLED = """
x = Placeholder : int32[2]
y = Diag(x)
"""

FILLED_AFTER = """
x = Placeholder : int32[2]
y/fill = Const : int32[1] = 0
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(x, y/fill, y/axis)
y/places = Const : int32[4] = [0, 2, 2, 1]
y/axis_1 = Const : int32[] = 0
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis_1)
y/shape = Const : int32[2] = 2
y = Reshape(y/GatherV2, y/shape)
"""

REVERSED = """
x = Placeholder : float32[2,3]
n = Const : int64[2] = [2, 3]
y = ReverseSequence(x, n) {seq_dim=1, batch_dim=0}
"""

REVERSED_AFTER = """
x = Placeholder : float32[2,3]
y/shape = Const : int32[1] = 6
y/Reshape = Reshape(x, y/shape)
y/places = Const : int32[6] = [1, 0, 2, 5, 4, 3]
y/axis = Const : int32[] = 0
y/GatherV2 = GatherV2(y/Reshape, y/places, y/axis)
y/shape_1 = Const : int32[2] = [2, 3]
y = Reshape(y/GatherV2, y/shape_1)
"""

BESIDE = """
x = Placeholder : float32[2]
k = Const : int32[] = 1
r = Const : int32[] = -1
v = Const : float32[] = 9.0
y = MatrixDiagV3(x, k, r, r, v)
"""

BESIDE_AFTER = """
x = Placeholder : float32[2]
y/fill = Const : float32[1] = 9.0
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(x, y/fill, y/axis)
y/places = Const : int32[9] = [2, 0, 2, 2, 2, 1, 2, 2, 2]
y/axis_1 = Const : int32[] = 0
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis_1)
y/shape = Const : int32[2] = 3
y = Reshape(y/GatherV2, y/shape)
"""

SEVERAL = BESIDE.replace("int32[] = 1", "int32[2] = [0, 1]")

MIRRORED = """
x = Placeholder : float32[2,3]
p = Const : int32[2,2] = [[1, 0], [0, 2]]
y = MirrorPad(x, p) {mode="REFLECT"}
"""

MIRRORED_AFTER = """
x = Placeholder : float32[2,3]
y/shape = Const : int32[1] = 6
y/Reshape = Reshape(x, y/shape)
y/places = Const : int32[15] = [3, 4, 5, 4, 3, 0, 1, 2, 1, 0, 3, 4, 5, 4, 3]
y/axis = Const : int32[] = 0
y/GatherV2 = GatherV2(y/Reshape, y/places, y/axis)
y/shape_1 = Const : int32[2] = [3, 5]
y = Reshape(y/GatherV2, y/shape_1)
"""

LACKING = ("Diag", "MatrixDiagPart", "MatrixDiagV3", "MirrorPad", "ReverseSequence")

_FILL = {"MatrixDiagV2": 4, "MatrixDiagV3": 4, "MatrixDiagPartV2": 2}
"""Which input is the value of places that hold no element, where the op has one."""
_SQUARE = ("MatrixDiagV2", "MatrixDiagV3")
"""Ops that may make a matrix of each row, whose shape is not inferred."""


class RearrangedElements(RewriteRule):
    """Replace what only moves elements, to places known beforehand, by a gather of elements.

    Exact: every element of the result is an element of the source, or the fixed value.
    Shapes: T[...] of known shape and at most 2^22 elements; other inputs are constant.
    Source: TensorFlow op docs of the ops.
    """

    id, name, safety = "RWS170", "rearranged-elements", Safety.EXACT
    pattern = op(
        (
            "Diag", "DiagPart", "MatrixBandPart", "MatrixDiag", "MatrixDiagPart",
            "MatrixDiagPartV2", "MatrixDiagPartV3", "MatrixDiagV2", "MatrixDiagV3", "MirrorPad",
            "ReverseSequence",
        )
    )  # fmt: skip
    examples = (
        Rewritten(BEFORE, after=AFTER, label="diagonals", lacking=LACKING),
        Rewritten(FILLED, after=FILLED_AFTER, label="zeros beside a diagonal", lacking=LACKING),
        Rewritten(REVERSED, after=REVERSED_AFTER, label="reversed parts", lacking=LACKING),
        Rewritten(BESIDE, after=BESIDE_AFTER, label="beside the main diagonal", lacking=LACKING),
        Untouched(SEVERAL, reason="one diagonal", label="several diagonals", lacking=LACKING),
        Rewritten(MIRRORED, after=MIRRORED_AFTER, label="reflected", lacking=LACKING),
        Untouched(
            MIRRORED.replace("[2,3]", "[1,2,3]"),
            reason="do not fit",
            label="paddings of fewer axes",
            lacking=LACKING,
        ),
        Untouched(
            MIRRORED.replace("[0, 2]", "[0, 3]"),
            reason="do not fit",
            label="reflected beyond the other end",
            lacking=LACKING,
        ),
        Untouched(
            REVERSED.replace("int64[2] = [2, 3]", "int64[3] = [2, 3, 1]"),
            reason="do not fit",
            label="a length too many",
            lacking=LACKING,
        ),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,3,3]", "[?,3,3]"),
            reason="shape",
            label="size unknown",
            lacking=LACKING,
        ),
        Untouched(
            BEFORE.replace("[2,3,3]", "[2,3000,3000]"),
            reason="18000000 elements",
            label="large",
            lacking=LACKING,
        ),
        Untouched(
            REVERSED.replace("Const : int64[2] = [2, 3]", "Placeholder : int64[2]"),
            reason="input 1 is not constant",
            label="lengths are data",
            lacking=LACKING,
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A known shape, constants beside it, and not too many elements."""
        shape, result = m.root.inputs[0].static_shape, m.root.static_shape
        if shape is None or m.root.dtype is None:
            return m.refuse("its shape is not known")
        for slot, value in enumerate(m.root.inputs[1:], 1):
            if value.elements is None:
                return m.refuse(f"input {slot} is not constant")
        square = m.root.node.op in _SQUARE
        sizes = [prod(shape), prod(result or shape) * (shape[-1] if square and shape else 1)]
        if not min(sizes) > 0 or max(sizes) > NUMBER_LIMIT:
            return m.refuse(f"it moves {max(sizes)} elements, more than {NUMBER_LIMIT} or none")
        if _moved(m.root) is None:
            return m.refuse("it is not about one diagonal, or its inputs do not fit each other")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """A gather with the numbers of the elements."""
        numbers = _moved(m.root)
        assert numbers is not None  # the guard has looked
        slot = _FILL.get(m.root.node.op)
        fill = zero_of(str(m.root.dtype)) if slot is None else m.root.inputs[slot].scalar
        return gathered(edit, m.root.inputs[0], numbers, fill)


def _moved(root: BoundValue) -> Numbers | None:
    """What the operation makes of the numbers of the elements."""
    numbers = numbered(root.inputs[0].static_shape or ())
    moves: dict[str, Callable[[BoundValue, Numbers], Numbers | None]] = {
        "MatrixBandPart": banded,
        "MirrorPad": mirrored,
        "ReverseSequence": turned,
    }
    name = root.node.op
    if name in moves:
        return moves[name](root, numbers)
    return diagonal_of(root, numbers) if "Part" in name else on_diagonal(root, numbers)
