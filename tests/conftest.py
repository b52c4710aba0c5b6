"""Fixtures that every part of the suite uses."""

from __future__ import annotations

import importlib.util
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from linter.process.tf.evaluator import WorkerEvaluator
from linter.process.tf.process import TensorFlowWorker
from linter.rules.evaluation import Evaluator

SHARED = Path(__file__).resolve().parents[2] / "shared"
GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update-golden`` rewrites the files of tests/golden; read the diff before committing."""
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files")
    parser.addoption(
        "--differential-figures",
        action="store_true",
        help="print how much omlint and TensorFlow know of the graphs of tests/differential",
    )


def pytest_configure() -> None:
    """Tests do not go by the clock.

    A suite that runs as a job in the background inherits that Ctrl-C is ignored.
    """
    settings.register_profile("omlint", deadline=None)  # no test depends on a clock
    settings.load_profile("omlint")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of reference facts and models beside the repository."""
    if not (SHARED / "opdb-facts").is_dir():
        pytest.skip("the folder of reference facts and models is not beside the repository")
    return SHARED


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare with a file; ``pytest --update-golden`` writes it."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"no golden file {name}; run pytest --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def evaluator() -> Iterator[Evaluator]:
    """TensorFlow for the rewrites that need it; it starts with the first value."""
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("tensorflow is not installed")
    with TensorFlowWorker(timeout=120) as worker:
        yield WorkerEvaluator(worker, producer=1087)
