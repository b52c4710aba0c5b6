"""The action, the GitLab job and the hooks, run as their systems run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from linter.io import graphtext
from linter.io.reader import load
from linter.io.writer import write

ROOT = Path(__file__).resolve().parents[2]
GOOD = "x = Placeholder : float32[2]\ny = Relu(x)"
BAD = "x = Placeholder : float32[2]\ny = FancyPlugin(x)"
pytestmark = pytest.mark.skipif(
    shutil.which("bash") is None or shutil.which("git") is None, reason="needs bash and git"
)


def git(*words: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def model(path: str, text: str) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    write(graphtext.parse(text), path)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with two good models, and ``omlint`` on the PATH."""
    tools, work = tmp_path / "tools", tmp_path / "work"
    tools.mkdir()
    work.mkdir()
    command = tools / "omlint"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m linter "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("OMLINT_DATA_HOME", str(tmp_path / "data"))
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(work)
    git("init", "--quiet")
    model("models/a.pb", GOOD)
    model("models/with blank.pb", GOOD)
    git("add", ".")
    git("commit", "--quiet", "-m", "two models")
    return work


def action(**given: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Run the step that checks, with the inputs' defaults; gives what it says and its outputs."""
    described = yaml.safe_load((ROOT / "action.yml").read_text())
    inputs = {name: str(entry["default"]) for name, entry in described["inputs"].items()}
    inputs |= {"base": "", **given}
    (step,) = (one for one in described["runs"]["steps"] if one.get("id") == "check")
    changed = inputs["base"] if inputs["changed-only"] == "true" else ""
    env = dict(os.environ, GITHUB_OUTPUT="outputs", GITHUB_STEP_SUMMARY="summary.md")
    for name, text in step["env"].items():
        (expression,) = re.findall(r"^\$\{\{ (.*) \}\}$", text)
        if expression == "github.action_path":
            env[name] = str(ROOT)
        elif expression.startswith("inputs.") and " " not in expression:
            env[name] = inputs[expression.removeprefix("inputs.")]
        else:
            assert expression == "inputs.changed-only == 'true' && inputs.base || ''"
            env[name] = changed
    Path("outputs").write_text("")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = dict(line.split("=", 1) for line in Path("outputs").read_text().splitlines())
    return done, outputs


def test_the_action_checks_all_models_without_a_base(repository):
    done, outputs = action(sarif="", comment="")
    assert (done.returncode, outputs) == (0, {"models": "2", "exit-code": "0"}), done.stderr
    assert "CONVERTIBLE" in Path("summary.md").read_text().upper()
    assert not list(Path().glob("omlint*"))


def test_the_action_checks_what_changed_and_names_it(repository):
    base = git("rev-parse", "HEAD")
    done, outputs = action(base=base)
    assert (done.returncode, outputs) == (0, {"models": "0", "exit-code": "0"})
    model("models/new.pb", BAD)
    git("add", ".")
    git("commit", "--quiet", "-m", "a bad one")
    done, outputs = action(base=base, target="atc@8.1.RC1/Ascend310P3\natc@5.1.RC1/Ascend310")
    assert (done.returncode, outputs) == (1, {"models": "1", "exit-code": "1"}), done.stderr
    assert re.search(r"^::error .*models/new\.pb", done.stdout, re.MULTILINE)
    assert "a.pb" not in done.stdout
    sarif = json.loads(Path("omlint.sarif").read_text())
    assert {one["ruleId"] for one in sarif["runs"][0]["results"]} >= {"OPS001"}
    comment = Path("omlint-comment.md").read_text()
    assert "models/new.pb" in comment
    assert "atc@5.1.RC1/Ascend310" in comment
    assert "OPS001" in Path("summary.md").read_text()


def test_flags_and_a_base_that_is_not_there(repository):
    model("models/new.pb", BAD)
    git("add", ".")
    done, outputs = action(base="0" * 40, args="--exit-zero\n\n  --ignore=OPS001  \n")
    assert (done.returncode, outputs["models"]) == (0, "3"), done.stderr
    assert "is not here: all models are checked" in done.stderr
    assert "::error" not in done.stdout
    done, _ = action(**{"changed-only": "false", "base": git("rev-parse", "HEAD")})
    assert done.returncode == 1


def test_a_broken_model_hides_no_other(repository):
    model("models/new.pb", BAD)
    Path("models/broken.pb").write_bytes(b"\x0a\xff")
    git("add", ".")
    done, outputs = action()
    assert (done.returncode, outputs["exit-code"]) == (3, "3")
    assert "models/new.pb" in done.stdout
    assert "models/broken.pb" in done.stdout


def gitlab(**variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the job as a runner does: one shell for all lines."""
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())[".omlint"]
    given = {**{key: str(value) for key, value in job["variables"].items()}, "GATE_BASE": ""}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])],
        env={**os.environ, **given, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_gitlab_job(repository):
    base = git("rev-parse", "HEAD")
    done = gitlab(GATE_BASE=base)
    assert (done.returncode, done.stdout) == (0, "no model has changed\n"), done.stderr
    model("models/new one.pb", BAD)
    git("add", ".")
    done = gitlab(GATE_BASE=base, GATE_FLAGS="--target atc@8.1.RC1/Ascend310P3")
    assert done.returncode == 1, done.stderr
    issues = json.loads(Path("gl-code-quality.json").read_text())
    assert {one["location"]["path"] for one in issues} == {"models/new one.pb"}
    assert "<testsuites" in Path("omlint.xml").read_text()
    assert gitlab(GATE_MODELS="models/a*.pb").returncode == 0


def pre_commit(hook: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a hook on all files, in the environment that is active in place of one of its own."""
    (entry,) = (
        one
        for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
        if one["id"] == hook
    )
    entry = {**entry, "language": "system", "args": list(arguments)}
    entry.pop("additional_dependencies", None)
    Path(".pre-commit-config.yaml").write_text(
        yaml.safe_dump({"repos": [{"repo": "local", "hooks": [entry]}]})
    )
    git("add", ".")
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files"],
        env=dict(os.environ, PRE_COMMIT_HOME=str(Path.cwd().parent / "cache")),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_hook_of_pre_commit(repository):
    pytest.importorskip("pre_commit")
    assert pre_commit("omlint").returncode == 0
    model("models/new.pb", BAD)
    done = pre_commit("omlint", "--target", "atc@8.1.RC1/Ascend310P3")
    assert done.returncode == 1
    assert "models/new.pb" in done.stdout
    assert "OPS001" in done.stdout


@pytest.mark.tf
def test_the_hook_that_rewrites(repository):
    pytest.importorskip("pre_commit")
    pytest.importorskip("tensorflow")
    target = ("--target", "omg@hilens-2021-09/Ascend310")
    assert pre_commit("omlint-fix", *target).returncode == 0
    assert list(Path("models").glob("*.rewrites.json"))
    model("models/b.pb", "x = Placeholder : float32[2]\ny = AddV2(x, x)")
    done = pre_commit("omlint-fix", *target)
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert "AddV2" not in {node.op for node in load("models/b.pb").main}


def test_the_images_install_what_the_project_builds():
    text = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"^FROM (\S+) AS (\w+)$", text, re.MULTILINE) == [
        ("python:${PYTHON}-slim", "build"),
        ("python:${PYTHON}-slim", "slim"),
        ("slim", "tf"),
    ]
    assert "[tf]" in text.partition("FROM slim AS tf")[2]
