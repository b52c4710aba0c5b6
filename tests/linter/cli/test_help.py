"""Help: what it holds, how wide it is, and what the shell completes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest

from linter.cli.main import cli, main

TOP = click.Context(cli, info_name="omlint")


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name in group.list_commands(TOP):
        command = group.get_command(TOP, name)
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


COMMANDS = [(), *_commands(cli)]


def _help(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    assert main([*path, "--help"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("columns", [60, 80, 200])
def test_help_fits_the_terminal(path, columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = _help(path, capsys).splitlines()
    examples = lines[lines.index("Examples:") :] if "Examples:" in lines else []
    shown = [line for line in lines if line not in examples]
    assert max(map(len, shown)) <= min(columns, 80)
    assert max(map(len, examples), default=0) <= 80


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_examples_are_commands_that_there_are(path, capsys):
    lines = _help(path, capsys).splitlines()
    examples = lines[lines.index("Examples:") + 1 :] if "Examples:" in lines else []
    for example in examples:
        words = shlex.split(example)
        assert words[: len(path) + 1] == ["omlint", *path]
        group: click.Command = cli
        for name in path:
            group = group.get_command(TOP, name)
        group.make_context("omlint", words[len(path) + 1 :])  # a flag that is not there raises


def test_every_command_about_models_has_examples(capsys):
    for name in ("check", "fix", "convert", "matrix", "ops", "freeze", "verify", "explain"):
        assert "\nExamples:\n  omlint " in _help((name,), capsys)


def test_options_stand_under_headings(capsys):
    text = _help(("check",), capsys)
    headings = [line for line in text.splitlines() if line.endswith(":") and line[0] != " "]
    assert headings == [
        *("Model:", "Target:", "Rules:", "Gate:", "Report:", "General:", "Examples:"),
    ]
    assert text.count("--fail-on") == text.count("  --target") == 1


@pytest.mark.parametrize("words", [[], ["db"], ["baseline"]])
def test_a_group_alone_prints_its_help(words, capsys):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out.startswith("Usage: omlint")
    assert "Commands:" in out
    assert not err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_gets_its_script(omlint, shell):
    done = omlint(env={"_OMLINT_COMPLETE": f"{shell}_source"})
    assert "_OMLINT_COMPLETE" in done.stdout
    # click asks bash for its version, and says so where there is none
    assert "internal error" not in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("omlint mat", "plain,matrix"),
        ("omlint check --fail-", "plain,--fail-on"),
        ("omlint check --format sar", "plain,sarif"),
        ("omlint check mo", "file,mo"),
        ("omlint fix m.pb -o ou", "file,ou"),
        ("omlint unknown --x", ""),
    ],
)
def test_completions(omlint, words, says):
    count = len(words.split()) - 1
    environment = {"COMP_WORDS": words, "COMP_CWORD": str(count)}
    done = omlint(env={"_OMLINT_COMPLETE": "bash_complete", **environment})
    assert (done.stdout.strip(), done.stderr, done.returncode) == (says, "", 0)
