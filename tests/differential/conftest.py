"""TensorFlow as the oracle, the settings of the generated tests, and their figures."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

from harness.oracle import Oracle
from harness.tally import Tally
from recipes.registry import FAMILIES

settings.register_profile(
    "differential",
    deadline=None,
    print_blob=True,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_TALLY = Tally()


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    """TensorFlow in a process of its own; it starts with the first question."""
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("tensorflow is not installed")
    found = Oracle()
    yield found
    found.close()


@pytest.fixture(scope="session")
def tally() -> Tally:
    """Where the cases are counted."""
    return _TALLY


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """The figures, if they are asked for."""
    if config.getoption("--differential-figures") and _TALLY.cases():
        terminalreporter.section("omlint and TensorFlow")
        for line in _TALLY.lines(FAMILIES):
            terminalreporter.write_line(line)
