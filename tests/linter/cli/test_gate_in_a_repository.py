"""A repository with models, a configuration and a baseline, as its merge gate sees it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_graphs import CLEAN, LEFTOVERS, write_graph

Omlint = Callable[..., "subprocess.CompletedProcess[str]"]

CONFIG = """
target = "omg@hilens-2021-09/Ascend310"

[gate]
baseline = "omlint-baseline.json"
max-warnings = 0
min-coverage = 50
strict = true

[severity]
PRF = "off"

[[models]]
glob = "models/open.pb"
shapes = { x = [1, 3] }

[[ignore]]
rule = "OPS001"
node = "checked"
model = "models/plugin.pb"
reason = "our plugin implements it"
until = 2999-12-31
"""
OPEN = """
x = Placeholder : float32[?,3]
relu = Relu(x)
"""
MODELS = ("models/open.pb", "models/old.pb", "models/plugin.pb")


@pytest.fixture
def repository(tmp_path: Path, omlint: Omlint) -> Path:
    """Three models: one whose size the file fixes, one that is known, one with a plugin."""
    (tmp_path / "models").mkdir()
    (tmp_path / "omlint.toml").write_text(CONFIG, "utf-8")
    write_graph(tmp_path / "models/open.pb", OPEN)
    write_graph(tmp_path / "models/old.pb", LEFTOVERS)
    write_graph(tmp_path / "models/plugin.pb", LEFTOVERS.replace("AddV2", "Add"))
    done = omlint("baseline", "write", *MODELS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "omlint-baseline.json: 2 findings in 1 model · 2 added\n"
    return tmp_path


def test_a_clean_run(repository: Path, omlint: Omlint) -> None:
    done = omlint("check", *MODELS, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report["gate"] == {"passed": True, "known": 2, "lines": []}
    found = [model["targets"][0]["findings"] for model in report["results"]]
    assert found == [[], [], []]


def test_v_says_what_is_ignored(repository: Path, omlint: Omlint) -> None:
    done = omlint("check", *MODELS, "-v")
    assert "omlint: omlint.toml: ignore[1]: 1 finding not counted" in done.stderr.splitlines()


def test_a_new_bad_model(repository: Path, omlint: Omlint) -> None:
    write_graph(repository / "models/new.pb", LEFTOVERS)
    done = omlint("check", *MODELS, "models/new.pb", "-q")
    assert done.returncode == 1
    assert "models/new.pb on omg@hilens-2021-09/Ascend310: 2 findings" in done.stderr
    assert "models/old.pb on" not in done.stderr


def test_a_broken_file_hides_no_other(repository: Path, omlint: Omlint) -> None:
    write_graph(repository / "models/new.pb", LEFTOVERS)
    (repository / "models/open.pb").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    done = omlint("check", *MODELS, "models/new.pb", "--format", "json")
    assert done.returncode == 3
    report = json.loads(done.stdout)
    paths = [model["model"]["path"] for model in report["results"]]
    assert paths == [*MODELS[1:], "models/new.pb"]
    assert [error["path"] for error in report["errors"]] == ["models/open.pb"]
    assert not report["gate"]["passed"]
    assert report["gate"]["known"] == 2
    assert len(report["results"][-1]["targets"][0]["findings"]) == 2


def test_mended_models_leave_nothing_behind(repository: Path, omlint: Omlint) -> None:
    write_graph(repository / "models/old.pb", CLEAN)
    write_graph(repository / "models/plugin.pb", CLEAN)
    done = omlint("check", *MODELS)
    assert done.returncode == 1
    said = [line.split(":")[2] for line in done.stderr.splitlines()]
    assert said == [" GATE unused-ignore", " GATE stale-baseline"]
    assert omlint("baseline", "prune").returncode == 0
    (repository / "omlint.toml").write_text(CONFIG.partition("[[ignore]]")[0], "utf-8")
    done = omlint("check", *MODELS)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_with_git_in_place_of_a_file(repository: Path, omlint: Omlint) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "models")):
        subprocess.run(["git", *who, *words], cwd=repository, check=True)
    write_graph(repository / "models/new.pb", LEFTOVERS)
    flags = ("--no-baseline", "--diff-base", "HEAD")
    assert omlint("check", *MODELS, *flags).returncode == 0
    done = omlint("check", *MODELS, "models/new.pb", *flags, "-q")
    assert done.returncode == 1
    assert "models/new.pb on" in done.stderr
