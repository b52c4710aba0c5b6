"""Padding of windows.

Source: TensorFlow docs of the padding schemes: SAME gives ``ceil(size / stride)`` places and puts
the odd zero behind.
"""

from __future__ import annotations

__all__ = ["same_padding"]


def same_padding(size: int, window: int, stride: int) -> tuple[int, int]:
    """Zeros in front and behind that SAME gives along an axis; ``window`` counts gaps."""
    places = -(-size // stride)
    total = max((places - 1) * stride + window - size, 0)
    return total // 2, total - total // 2
