"""One TensorFlow worker, and one set of models, for all tests of the worker."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linter.process.tf.client import TensorFlowWorker

MAKE = Path(__file__).resolve().parent / "make_models.py"


@pytest.fixture(scope="session")
def worker() -> Iterator[TensorFlowWorker]:
    """An open worker; importing TensorFlow takes seconds, so all tests share it."""
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("tensorflow is not installed")
    with TensorFlowWorker(timeout=120) as process:
        yield process


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the models that ``make_models.py`` makes."""
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("tensorflow is not installed")
    folder = tmp_path_factory.mktemp("models")
    environ = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
    done = subprocess.run(
        [sys.executable, str(MAKE), str(folder)], env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.fixture
def graph_file(tmp_path: Path) -> Callable[[str, str], str]:
    """Write a graph given as text to ``NAME.pb`` and return the path."""

    def write(name: str, text: str) -> str:
        from linter.io.graphtext import parse
        from linter.io.writer import serialize

        path = tmp_path / f"{name}.pb"
        path.write_bytes(serialize(parse(text)))
        return str(path)

    return write
