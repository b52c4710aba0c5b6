"""omlint as a library: ``check``, ``fix`` and ``convert`` do all that the commands do."""

from __future__ import annotations

from linter.api_check import check, exit_code

__all__ = ["check", "exit_code"]
