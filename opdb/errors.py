"""Errors of the operator databases."""

from __future__ import annotations

from typing import ClassVar

__all__ = ["CorruptDatabaseError", "OpdbError", "UnknownNameError"]


class OpdbError(Exception):
    """A fault in the databases; ends in one sentence for the user."""

    exit_code: ClassVar[int] = 3
    kind: ClassVar[str] = "database"


class UnknownNameError(OpdbError):
    """A tool, version, SoC or op that no database knows; names the nearest ones."""

    exit_code = 2
    kind = "usage"


class CorruptDatabaseError(OpdbError):
    """A database file that is damaged or of a newer schema."""
