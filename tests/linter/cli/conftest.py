"""Fixtures for the command line: the command as a subprocess."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where child processes keep compiled modules, so that they compile them once."""
    return tmp_path_factory.mktemp("bytecode")


@pytest.fixture
def omlint(tmp_path: Path, bytecode: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command in an empty folder.

    ``OMLINT_COMMAND`` names an installed one; without it the module of this checkout runs.
    """
    installed = os.environ.get("OMLINT_COMMAND")
    command = [installed] if installed else [sys.executable, "-m", "linter"]

    def run(*args: object, **options: object) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if not installed:
            environment["PYTHONPATH"] = str(ROOT)
        environment.update(options.pop("env", {}))
        defaults = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 300}
        return subprocess.run(
            [*command, *map(str, args)],
            cwd=tmp_path,
            env=environment,
            check=False,
            **{**defaults, **options},
        )

    return run
