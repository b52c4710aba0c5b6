"""What the tests of the compiler's driver share."""

from __future__ import annotations

from pathlib import Path

import pytest

STAND_IN = Path(__file__).resolve().parents[3] / "stand_in"

PLACEHOLDER = (
    # name, op, attr dtype = float32, attr shape = [1, 4]
    b"\x0a\x01x\x12\x0bPlaceholder"
    b"\x2a\x0b\x0a\x05dtype\x12\x02\x30\x01"
    b"\x2a\x13\x0a\x05shape\x12\x0a\x3a\x08\x12\x02\x08\x01\x12\x02\x08\x04"
)
RELU = b"\x0a\x01y\x12\x04Relu\x1a\x01x"


def message(number: int, body: bytes) -> bytes:
    """One length-delimited field."""
    return bytes([number << 3 | 2, len(body)]) + body


@pytest.fixture(scope="session")
def stand_in() -> Path:
    """The folder of the stand-in compilers."""
    return STAND_IN


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A graph of two nodes: x = Placeholder float32[1, 4]; y = Relu(x)."""
    path = tmp_path / "model.pb"
    path.write_bytes(message(1, PLACEHOLDER) + message(1, RELU))
    return path
