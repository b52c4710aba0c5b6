"""Elements that are mirrored: at the ends of an axis, or in the first part of each row.

Source: TensorFlow op docs of MirrorPad and ReverseSequence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from linter.rules.match import BoundValue

    Numbers = npt.NDArray[np.int32]

__all__ = ["mirrored", "turned"]


def mirrored(root: BoundValue, numbers: Numbers) -> Numbers | None:
    """What MirrorPad makes of the numbers; ``None`` for paddings that do not fit."""
    import numpy as np

    pairs = np.reshape(root.inputs[1].elements or (), (-1, 2)).astype(int).tolist()
    if not pairs and not numbers.ndim:
        return numbers
    mode = "symmetric" if root.attrs["mode"] == "SYMMETRIC" else "reflect"
    most = [size - (mode == "reflect") for size in numbers.shape]
    if len(pairs) != len(most):
        return None
    if any(min(pair) < 0 or max(pair) > size for pair, size in zip(pairs, most, strict=True)):
        return None
    return np.pad(numbers, pairs, mode=mode)  # type: ignore[call-overload,no-any-return]


def turned(root: BoundValue, numbers: Numbers) -> Numbers | None:
    """What ReverseSequence makes of the numbers; ``None`` for lengths that do not fit."""
    import numpy as np

    along, batch = int(root.attrs["seq_dim"]), int(root.attrs["batch_dim"])
    lengths = root.inputs[1].elements or ()
    sizes = dict(enumerate(numbers.shape))
    if along == batch or sizes.get(batch) != len(lengths) or along not in sizes:
        return None
    if any(not 0 <= length <= sizes[along] for length in lengths):
        return None
    moved = np.moveaxis(numbers.copy(), (batch, along), (0, 1))
    for entry, length in enumerate(lengths):
        moved[entry, : int(length)] = moved[entry, : int(length)][::-1].copy()
    return np.moveaxis(moved, (0, 1), (batch, along))
