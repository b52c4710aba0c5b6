"""MatrixSetDiag."""

from __future__ import annotations

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
from rules.rewrite.support.rearrangement import NUMBER_LIMIT, numbered, reshaped

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


__all__ = ["SetDiagonal"]

BEFORE = """
x = Placeholder : float32[2,3]
d = Placeholder : float32[2]
y = MatrixSetDiag(x, d)
"""
AFTER = """
x = Placeholder : float32[2,3]
d = Placeholder : float32[2]
y/axis = Const : int32[] = 0
y/shape = Const : int32[1] = 6
y/Reshape = Reshape(x, y/shape)
y/ConcatV2 = ConcatV2(y/Reshape, d, y/axis)
y/places = Const : int32[6] = [6, 1, 2, 3, 7, 5]
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis)
y/shape_1 = Const : int32[2] = [2, 3]
y = Reshape(y/GatherV2, y/shape_1)
"""

BESIDE = """
x = Placeholder : float32[3,3]
d = Placeholder : float32[2]
k = Const : int32[] = -1
y = MatrixSetDiagV3(x, d, k)
"""
BESIDE_AFTER = """
x = Placeholder : float32[3,3]
d = Placeholder : float32[2]
y/axis = Const : int32[] = 0
y/shape = Const : int32[1] = 9
y/Reshape = Reshape(x, y/shape)
y/ConcatV2 = ConcatV2(y/Reshape, d, y/axis)
y/places = Const : int32[9] = [0, 1, 2, 9, 4, 5, 6, 10, 8]
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis)
y/shape_1 = Const : int32[2] = 3
y = Reshape(y/GatherV2, y/shape_1)
"""

LACKING = ("MatrixSetDiag", "MatrixSetDiagV3")


class SetDiagonal(RewriteRule):
    """Replace MatrixSetDiag by a gather from the matrix and the diagonal behind each other.

    Exact: elements are moved only.
    Shapes: T[..., r, c] and T[..., d] of known shape, at most 2^22 elements; one diagonal, which is
        constant.
    Source: TensorFlow op docs of MatrixSetDiag, V2 and V3.
    """

    id, name, safety = "RWS206", "set-diagonal", Safety.EXACT
    pattern = op(("MatrixSetDiag", "MatrixSetDiagV2", "MatrixSetDiagV3"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="main diagonal"),
        Rewritten(BESIDE, after=BESIDE_AFTER, lacking=LACKING, label="beside it"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,3]", "[2,?]"), lacking=LACKING, reason="shape", label="size unknown"
        ),
        Untouched(
            BESIDE.replace("k = Const : int32[] = -1", "k = Placeholder : int32[]"),
            lacking=LACKING,
            reason="one constant",
            label="the diagonal is data",
        ),
        Untouched(
            BEFORE.replace("[2,3]", "[3000,2000]").replace("[2]", "[2000]"),
            lacking=LACKING,
            reason="6000000 elements",
            label="large",
        ),
        Untouched(
            BESIDE.replace("float32[2]", "float32[3]"),
            lacking=LACKING,
            reason="does not fit",
            label="a diagonal of another length",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shapes and one diagonal."""
        shapes = [value.static_shape for value in m.root.inputs[:2]]
        if any(shape is None or 0 in shape for shape in shapes) or m.root.dtype is None:
            return m.refuse("the shape of an input is not known, or empty")
        size = prod(shapes[0] or ())
        if size > NUMBER_LIMIT:
            return m.refuse(f"it has {size} elements, more than {NUMBER_LIMIT}")
        if _offset(m) is None:
            return m.refuse("which diagonal it sets is not one constant")
        shape, line = shapes[0] or (), shapes[1] or ()
        if len(shape) < 2 or line != (*shape[:-2], _length(m, shape)):
            return m.refuse(f"a diagonal of shape {list(line)} does not fit {list(shape)}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The gather."""
        matrix, diagonal = m.root.inputs[:2]
        shape, line = matrix.static_shape or (), diagonal.static_shape or ()
        numbers = _numbers(m, shape, line)
        axis = edit.const(0, "int32", name="axis")
        parts = [
            reshaped(edit, value, had, (numbered(had).size,))
            for value, had in ((matrix, shape), (diagonal, line))
        ]
        both = edit.add("ConcatV2", [*parts, axis])
        places = edit.const(numbers.reshape(-1), name="places")
        taken = edit.add("GatherV2", [both, places, axis])
        return reshaped(edit, taken, (numbers.size,), shape)


def _numbers(m: Match, shape: tuple[int, ...], line: tuple[int, ...]) -> npt.NDArray[np.int32]:
    import numpy as np

    numbers = numbered(shape).copy()
    offset = _offset(m) or 0
    places = np.arange(_length(m, shape))
    own = numbered(line) + numbers.size
    numbers[..., places + max(-offset, 0), places + max(offset, 0)] = own
    return numbers


def _length(m: Match, shape: tuple[int, ...]) -> int:
    """Elements of the diagonal of one matrix."""
    offset = _offset(m) or 0
    return min(shape[-2] - max(-offset, 0), shape[-1] - max(offset, 0))


def _offset(m: Match) -> int | None:
    if m.root.node.op == "MatrixSetDiag":
        return 0
    offsets = {int(entry) for entry in m.root.inputs[2].elements or ()}
    return offsets.pop() if len(offsets) == 1 else None
