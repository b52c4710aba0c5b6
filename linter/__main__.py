"""The command ``omlint``, also as ``python -m linter``.

Importing the command line takes a fifth of a second; Ctrl-C in that time must not print a
traceback, so it is handled here, before anything is imported that takes long.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

__all__ = ["run"]

_INTERRUPTED = 128 + signal.SIGINT


def run() -> int:
    """Run the command of this process and return its exit code."""
    handles_interrupt = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if handles_interrupt:  # a caller that ignores it, such as nohup, goes on ignoring it
        signal.signal(signal.SIGINT, _leave)
    from linter.cli.main import main

    try:
        if handles_interrupt:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return main()
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        if handles_interrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the answer is given; only exit is left


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    sys.exit(run())
