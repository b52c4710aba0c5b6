"""Ops that rules take apart, and of which inference says nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.draft import Draft

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]

_ALIGNED = ("LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT")


def banded(d: Draft) -> None:
    """Diagonals of matrices, or matrices of diagonals."""
    batch, rows, columns = d.dims(0, 1), d.integer(1, 4), d.integer(1, 4)
    low = d.integer(1 - rows, columns - 1)
    high = low if d.chance(40) else d.integer(low, columns - 1)
    dtype = d.dtype()
    band = d.argument(low if low == high and d.chance(50) else [low, high])
    fill = d.data((), dtype)
    attrs = {"align": d.pick(_ALIGNED)} if d.op.endswith("V3") else {}
    if "Part" in d.op:
        d.node(d.op, d.data((*batch, rows, columns), dtype), band, fill, **attrs)
        return
    lengths = [min(rows + min(k, 0), columns - max(k, 0)) for k in range(low, high + 1)]
    lead = batch if low == high else (*batch, len(lengths))
    diagonals = d.data((*lead, max(lengths)), dtype)
    d.node(d.op, diagonals, band, d.argument(rows), d.argument(columns), fill, **attrs)


def padded_convolution(d: Draft) -> None:
    """A convolution over an image that is padded, and maybe resized, in the same step."""
    batch = d.integer(0, 1)  # of more images TensorFlow's kernel gives the first again
    channels, filters = d.integer(1, 2), d.integer(1, 2)
    size = d.integer(2, 4), d.integer(2, 4)
    dtype = d.dtype("T", among=("float32", "float32", "float64"))
    pads = [[0, 0], *([d.integer(0, 1), d.integer(0, 1)] for _ in size), [0, 0]]
    resized = [d.argument([d.integer(2, 4), d.integer(2, 4)])] if "Resize" in d.op else []
    kernel = (d.integer(1, 2), d.integer(1, 2), channels, filters)
    step = d.pick((1, 1, 2))
    d.node(
        d.op, d.data((batch, *size, channels), dtype, -4, 4), *resized,
        d.argument(np.array(pads)), d.data(kernel, dtype, -4, 4),
        mode=d.pick(("REFLECT", "SYMMETRIC")), strides=(1, step, step, 1),
        padding=d.pick(("SAME", "VALID")),
    )  # fmt: skip


RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(
        ("MatrixDiagPartV2", "MatrixDiagPartV3", "MatrixDiagV2", "MatrixDiagV3"), banded
    ),
    **dict.fromkeys(("FusedPadConv2D", "FusedResizeAndPadConv2D"), padded_convolution),
}
