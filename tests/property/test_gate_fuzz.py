"""Whatever bytes a baseline, a record or a configuration is: an answer or one error of our own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linter.config.definitions import SETTINGS
from linter.config.settings import load_config
from linter.io.sidecar.baseline import baseline_text, read_baseline
from linter.io.sidecar.rewrites import read_record
from linter.results.baseline import Baseline, KnownFinding
from linter.results.errors import GraphError, UsageError

SANE = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXT = st.text(max_size=8)
ENTRY = st.builds(
    KnownFinding,
    TEXT,
    TEXT,
    TEXT,
    st.none() | TEXT,
    st.none() | TEXT,
    st.none() | st.integers(0, 9),
    st.none() | TEXT,
    st.integers(0, 9),
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
VALID = baseline_text(
    Baseline("", "", (KnownFinding("m.pb", "atc/Ascend310", "OPS001", None, "n", 0, "Add", 0),))
)
CONFIG = """
target = ["Ascend310"]
[gate]
max_warnings = 3
min-coverage = 99.5
[severity]
OPS = "info"
[[models]]
glob = "*.pb"
shapes = { x = [1, 2] }
[[ignore]]
rule = "OPS001"
reason = "r"
until = 2030-01-01
"""


def fault(call: Callable[[], object]) -> str:
    """What an error of our own says; empty when there is none."""
    try:
        call()
    except (GraphError, UsageError) as err:
        return str(err)
    return ""


def mutated(data: st.DataObject, text: str) -> bytes:
    """A valid file with a piece cut out, doubled or replaced."""
    raw = text.encode("utf-8")
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 12)))
    piece = data.draw(
        st.sampled_from([b"", raw[start:end] * 2, b"[", b'"', b"\xff", b"1e999", b"-"])
    )
    return raw[:start] + piece + raw[end:]


@SANE
@given(st.lists(ENTRY, max_size=5, unique=True))
def test_what_is_written_is_read_again(tmp_path: Path, entries: list[KnownFinding]) -> None:
    path = tmp_path / "b.json"
    path.write_text(baseline_text(Baseline("", "", tuple(entries))), "utf-8")
    assert set(read_baseline(path).entries) == set(entries)


@SANE
@given(st.data())
def test_bytes_of_a_baseline_or_a_record(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "b.json"
    path.write_bytes(
        data.draw(st.binary(max_size=40)) if data.draw(st.booleans()) else mutated(data, VALID)
    )
    for read in (read_baseline, read_record):
        assert "\n" not in fault(lambda: read(path))  # noqa: B023 - called at once


@SANE
@given(
    st.dictionaries(
        st.sampled_from(["schema_version", "findings", "verified", "input_sha256"]), VALUE
    )
)
def test_json_of_another_shape(tmp_path: Path, value: dict[str, Any]) -> None:
    path = tmp_path / "b.json"
    path.write_text(json.dumps({**value, "findings": [value.get("findings")]}), "utf-8")
    with pytest.raises(GraphError):
        read_baseline(path)
    try:
        read_record(path)
    except GraphError:
        assert not all(isinstance(value.get(key), str) for key in ("verified", "input_sha256"))


@SANE
@given(st.data())
def test_bytes_of_a_configuration(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "omlint.toml"
    path.write_bytes(mutated(data, CONFIG))
    said = fault(lambda: load_config(SETTINGS, file=str(path)))
    assert not said or str(path) in said


@SANE
@given(
    st.sampled_from(sorted(SETTINGS)), st.text(st.characters(exclude_characters="\0"), max_size=12)
)
def test_values_of_the_environment(key: str, text: str) -> None:
    name = f"OMLINT_{key.upper()}"
    said = fault(lambda: load_config(SETTINGS, environ={name: text}))
    assert not said or said.startswith(name)
