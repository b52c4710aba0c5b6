"""How close numbers must be, and how a comparison runs by default."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_SEEDS", "DEFAULT_TIMEOUT", "DEFAULT_TOLERANCE", "EXACT", "Tolerance"]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Largest difference that counts as equal: ``|a - b| <= atol + rtol * |a|``."""

    rtol: float = 1e-4
    atol: float = 1e-5


DEFAULT_SEEDS = (0, 1)
DEFAULT_TIMEOUT = 900.0
"""Seconds for one comparison."""
DEFAULT_TOLERANCE = Tolerance()
EXACT = Tolerance(0.0, 0.0)
