"""Fixtures that every part of the suite uses."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of reference facts and models beside the repository."""
    if not (SHARED / "opdb-facts").is_dir():
        pytest.skip("the folder of reference facts and models is not beside the repository")
    return SHARED
