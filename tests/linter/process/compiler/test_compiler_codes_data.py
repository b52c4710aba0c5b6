"""The table of codes against the facts that it was generated from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


def test_table_is_up_to_date(shared_dir: Path) -> None:
    script = ROOT / "scripts" / "build_error_codes.py"
    done = subprocess.run(
        [sys.executable, str(script), "--facts", str(shared_dir), "--check"],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
