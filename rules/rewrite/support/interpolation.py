"""Resizing of images as TensorFlow computes it: for each axis one matrix, or one index per place.

Source: TensorFlow ``image_resizer_state.h`` and the kernels of the resize ops: where a place of the
result lies in the source (three conventions), and which neighbours it takes with which weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from linter.rules.match import Match

__all__ = ["Resizing", "nearest_places", "read_resizing", "weights"]

_CUBIC = {True: -0.5, False: -0.75}
_TABLE = 1 << 10


@dataclass(frozen=True, slots=True)
class Resizing:
    """A resize op over known sizes.

    Attributes:
        image: shape of the source, NHWC.
        size: height and width of the result.
        corners: align_corners.
        centres: half_pixel_centers.
    """

    image: tuple[int, ...]
    size: tuple[int, int]
    corners: bool
    centres: bool

    def scale(self, axis: int) -> float:
        """Source places for each place of the result, along height (0) or width (1)."""
        import numpy as np

        before, after = self.image[1 + axis], self.size[axis]
        if self.corners and after > 1:
            return float(np.float32(before - 1) / np.float32(after - 1))
        return float(np.float32(before) / np.float32(after))


def read_resizing(m: Match) -> Resizing | str:
    """What a match of a resize op says, or why its sizes are not known."""
    shape, size = m["x"].static_shape, m["size"].elements
    if shape is None or len(shape) != 4 or 0 in shape:
        return "the shape of its images is not known"
    if size is None or len(size) != 2 or min(size) < 1:
        return "its size is not constant"
    attrs = m.root.attrs
    corners, centres = bool(attrs.get("align_corners")), bool(attrs.get("half_pixel_centers"))
    return Resizing(shape, (int(size[0]), int(size[1])), corners, centres)


def nearest_places(resizing: Resizing, axis: int) -> tuple[int, ...]:
    """Which place of the source each place of the result takes."""
    import numpy as np

    before, after = resizing.image[1 + axis], resizing.size[axis]
    scale = np.float32(resizing.scale(axis))
    places = []
    for place in range(after):
        if resizing.centres:
            found = math.floor(np.float32(np.float32(place) + np.float32(0.5)) * scale)
        else:
            exact = np.float32(place) * scale
            found = _round(exact) if resizing.corners else math.floor(exact)
        places.append(max(min(found, before - 1), 0))
    return tuple(places)


def weights(kind: str, resizing: Resizing, axis: int) -> npt.NDArray[np.float64]:
    """The matrix that a column of the source is multiplied with, from the right."""
    import numpy as np

    before, after = resizing.image[1 + axis], resizing.size[axis]
    matrix = np.zeros((before, after))
    rows = {"ResizeBilinear": _linear, "ResizeBicubic": _cubic, "ResizeArea": _area}[kind]
    for place in range(after):
        for source, weight in rows(resizing, axis, place):
            matrix[min(max(source, 0), before - 1), place] += weight
    return matrix


def _round(value: Any) -> int:
    """To the nearest integer, halves away from zero, as C rounds."""
    return math.floor(float(value) + 0.5)


def _linear(resizing: Resizing, axis: int, place: int) -> list[tuple[int, float]]:
    import numpy as np

    scale = np.float32(resizing.scale(axis))
    exact = np.float32(place) * scale
    if resizing.centres:
        exact = (np.float32(place) + np.float32(0.5)) * scale - np.float32(0.5)
    low = math.floor(exact)
    share = float(exact - np.float32(low))
    return [(low, 1.0 - share), (low + 1, share)]


def _cubic(resizing: Resizing, axis: int, place: int) -> list[tuple[int, float]]:
    """Four neighbours; weights outside the image are shared out when centres are halves."""
    import numpy as np

    scale = np.float32(resizing.scale(axis))
    before = resizing.image[1 + axis]
    exact = np.float32(place) * scale
    if resizing.centres:
        exact = (np.float32(place) + np.float32(0.5)) * scale - np.float32(0.5)
    low = math.floor(exact)
    # the kernel looks its weights up in a table of 1024 steps
    share = _round((exact - np.float32(low)) * _TABLE) / _TABLE
    taps = [(low + step, _keys(abs(share - step), resizing.centres)) for step in (-1, 0, 1, 2)]
    if not resizing.centres:
        return taps
    inside = [(source, weight) for source, weight in taps if 0 <= source < before]
    total = sum(weight for _, weight in inside)
    return [(source, weight / total) for source, weight in inside] if total else taps


def _keys(distance: float, centres: bool) -> float:
    """The cubic of Keys at a distance from the place."""
    a = _CUBIC[centres]
    if distance <= 1:
        return ((a + 2) * distance - (a + 3)) * distance * distance + 1
    if distance < 2:
        return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a
    return 0.0


def _area(resizing: Resizing, axis: int, place: int) -> list[tuple[int, float]]:
    """The part of each source element that the place covers."""
    import numpy as np

    scale = np.float32(resizing.scale(axis))
    start, end = float(np.float32(place) * scale), float(np.float32(place + 1) * scale)
    taps = []
    for source in range(math.floor(start), math.ceil(end)):
        part = min(source + 1, end) - max(source, start)
        taps.append((source, part / float(scale)))
    return taps
