"""What the operations on diagonals do to the numbers of elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules.rewrite.support.rearrangement import NOWHERE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from linter.rules.match import BoundValue

    Numbers = npt.NDArray[np.int32]

__all__ = ["banded", "diagonal_of", "on_diagonal"]


def banded(root: BoundValue, numbers: Numbers) -> Numbers:
    """MatrixBandPart: all but a band around the main diagonal goes."""
    import numpy as np

    lower, upper = (int(value.scalar) for value in root.inputs[1:])
    rows, columns = numbers.shape[-2:]
    ahead = np.arange(columns)[None, :] - np.arange(rows)[:, None]
    kept = ((lower < 0) | (-ahead <= lower)) & ((upper < 0) | (ahead <= upper))
    return np.where(kept, numbers, np.int32(NOWHERE))


def diagonal_of(root: BoundValue, numbers: Numbers) -> Numbers | None:
    """DiagPart and MatrixDiagPart: the elements on one diagonal."""
    import numpy as np

    if root.node.op == "DiagPart":
        half = numbers.shape[: numbers.ndim // 2]
        size = int(np.prod(half, dtype=np.int64))
        return np.diagonal(numbers.reshape(size, size)).reshape(half)
    offset = _offset(root)
    if offset is None:
        return None
    return np.diagonal(numbers, offset=offset, axis1=-2, axis2=-1)


def on_diagonal(root: BoundValue, numbers: Numbers) -> Numbers | None:
    """Diag and MatrixDiag: the elements stand on one diagonal."""
    import numpy as np

    if root.node.op == "Diag":
        flat = np.full((numbers.size, numbers.size), NOWHERE, np.int32)
        np.fill_diagonal(flat, numbers.reshape(-1))
        return flat.reshape(numbers.shape * 2)
    offset = _offset(root)
    if offset is None:
        return None
    length = numbers.shape[-1]
    down, right = max(-offset, 0), max(offset, 0)
    rows = columns = length + abs(offset)
    given = [] if root.node.op == "MatrixDiag" else [v.scalar for v in root.inputs[2:4]]
    if any(size >= 0 for size in given):
        rows, columns = (
            int(size) if size >= 0 else length + shift
            for size, shift in zip(given, (down, right), strict=True)
        )
    shape = (*numbers.shape[:-1], rows, columns)
    if length != min(rows - down, columns - right):
        return None
    result: Any = np.full(shape, NOWHERE, np.int32)
    places = np.arange(length)
    result[..., places + down, places + right] = numbers
    return np.asarray(result, dtype=np.int32)


def _offset(root: BoundValue) -> int | None:
    """Which diagonal is meant, ``None`` for several."""
    if not root.node.op.endswith(("V2", "V3")):
        return 0
    offsets = {int(entry) for entry in root.inputs[1].elements or ()}
    return offsets.pop() if len(offsets) == 1 else None
