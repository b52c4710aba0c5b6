"""The shape of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

__all__ = ["Texts"]

Texts: TypeAlias = Mapping[str, Mapping[str, tuple[str, str]]]
"""Rule id to message id to message and remedy, with the fields of the English text."""
