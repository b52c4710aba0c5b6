"""Whether a process has ended, for tests of what must not be left behind."""

from __future__ import annotations

import time
from pathlib import Path

__all__ = ["gone", "has_ended"]

_LOOKS = 600


def gone(pid: int) -> bool:
    """Whether a process that was told to end does so; nothing depends on how soon."""
    for _ in range(_LOOKS):
        if has_ended(pid):
            return True
        time.sleep(0.05)
    return False


def has_ended(pid: int) -> bool:
    """Whether a process is there no more, or only as a zombie that nobody waits for."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"
