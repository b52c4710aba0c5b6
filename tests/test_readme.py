"""The README's runs are real: each command is run again and compared with what is printed."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
RUN = re.compile(
    r"<!-- run -->\n```console\n\$ (?P<command>[^\n]*)\n(?P<output>.*?)```\n", re.DOTALL
)
VARIES = (
    (re.compile(r"sha256 [0-9a-f]{12}"), "sha256 ************"),
    (re.compile(r"\d+\.\d [kM]B"), "*** kB"),
)
"""What another release of TensorFlow may write differently into the same model."""


def runs() -> list[re.Match[str]]:
    return list(RUN.finditer(README.read_text("utf-8")))


def normalised(text: str) -> str:
    for pattern, replacement in VARIES:
        text = pattern.sub(replacement, text)
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where cnn.pb is: built and frozen as scripts/demo does it."""
    path = tmp_path_factory.mktemp("readme")
    builder = ROOT / "scripts" / "demo_models.py"
    subprocess.run([sys.executable, builder, path / "saved"], check=True, capture_output=True)
    omlint(path, "freeze saved/cnn -o cnn.pb")
    return path


def omlint(folder: Path, arguments: str) -> str:
    """Run the command of this checkout; what it prints on stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "linter", *shlex.split(arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.tf
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="needs tensorflow")
def test_runs_are_real(folder, request):
    text = README.read_text("utf-8")
    found = {
        run["command"]: omlint(folder, run["command"].removeprefix("omlint ")) for run in runs()
    }
    assert len(found) == 3
    if request.config.getoption("--update-golden"):
        for command, output in found.items():
            text = RUN.sub(
                lambda run, command=command, output=output: (
                    f"<!-- run -->\n```console\n$ {command}\n{output}```\n"
                    if run["command"] == command
                    else run.group()
                ),
                text,
            )
        README.write_text(text, "utf-8")
    for run in runs():
        assert normalised(run["output"]) == normalised(found[run["command"]])


def test_commands_and_flags_exist():
    """Every `omlint …` that the README and docs mention is a command with those flags."""
    from linter.cli.main import cli

    context = cli.make_context("omlint", [], resilient_parsing=True)
    for page in (README, *sorted((ROOT / "docs").glob("*.md"))):
        for mention in re.findall(r"omlint ([a-z]+)([^`\n]*)", page.read_text("utf-8")):
            name, rest = mention
            if name not in cli.list_commands(context):
                continue
            command = cli.get_command(context, name)
            inner = rest.split()[:1]
            if inner and inner[0] in getattr(command, "commands", {}):
                command = command.commands[inner[0]]
            known = {flag for option in command.params for flag in option.opts}
            for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest):
                assert flag in known, f"{page.name}: omlint {name} {flag}"


def test_every_command_is_in_the_readme():
    from linter.cli.main import cli

    context = cli.make_context("omlint", [], resilient_parsing=True)
    text = README.read_text("utf-8")
    for name in cli.list_commands(context):
        assert f"| `omlint {name}" in text, name


def test_files_that_pages_name_exist():
    for page in (README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("script", ["scripts/demo", "scripts/test", ".ci/run"])
def test_scripts_are_sound(script):
    path = ROOT / script
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", str(path)], check=True)


def test_exit_codes_of_the_pages_are_those_of_the_errors():
    from linter.results import errors

    table = dict(re.findall(r"^\| (\d+) \| ([^|]+) \|$", (ROOT / "docs/ci.md").read_text(), re.M))
    codes = {getattr(errors, name).exit_code for name in errors.__all__}
    assert {str(code) for code in codes} <= table.keys()
