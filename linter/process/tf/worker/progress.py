"""How far the worker is, told to whoever asked; nobody is told where it runs in one process."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["send", "tell"]


def _nobody(text: str) -> None:
    del text


send: Callable[[str], None] = _nobody
"""Takes one line; the entry point of the worker sets it."""


def tell(text: str) -> None:
    """Say what is being done now."""
    send(text)
