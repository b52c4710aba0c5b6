"""The line on a terminal that says what is being done, and the same as log lines."""

from __future__ import annotations

import io
import logging
import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_graphs import LEFTOVERS, write_graph

from linter.cli import status
from linter.cli.streams import close_quietly, complain, write_stdout

ROOT = Path(__file__).resolve().parents[3]
OMG = "omg@hilens-2021-09/Ascend310"
LOG = logging.getLogger("linter.some.module")


class Terminal(io.StringIO):
    """A terminal that says when something was drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if " s)" in text:
            self.drawn.set()
        return super().write(text)


def shown(text: str) -> list[str]:
    """The lines that stay on the terminal."""
    return [re.sub(r".*\r?\x1b\[2K", "", line) for line in text.split("\n")]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    stream = Terminal()
    monkeypatch.setattr(status, "_PATIENCE", 0.001)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stderr", stream)
    handler = status.begin_status()
    assert handler is not None
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    status.end_status()


def test_what_is_done_stands_there_and_goes(terminal):
    LOG.info("reading %s", "model.pb")
    assert terminal.drawn.wait(60)
    assert "reading model.pb (0 s)" in terminal.getvalue()
    close_quietly(0)
    assert shown(terminal.getvalue()) == [""]
    assert status._THREAD not in [thread.name for thread in threading.enumerate()]


def test_output_has_a_line_of_its_own(terminal, monkeypatch):
    LOG.info("reading")
    assert terminal.drawn.wait(60)
    for name in ("stdout", "stderr"):  # the same terminal; pytest has put back its own
        monkeypatch.setattr(sys, name, terminal)
    write_stdout("the report\n")
    complain("a fault")
    close_quietly(0)
    assert shown(terminal.getvalue()) == ["the report", "omlint: error: a fault", ""]


def test_a_name_cannot_harm_the_terminal_nor_fill_it(terminal):
    LOG.info("reading %s", "\x1b[31m\n" + "x" * 200)
    assert terminal.drawn.wait(60)
    close_quietly(0)
    lines = terminal.getvalue().replace("\x1b[2K", "").split("\r")
    assert max(map(len, lines)) < 60
    assert "\n" not in terminal.getvalue()
    assert "\x1b[31m" not in terminal.getvalue()


def test_no_line_where_the_terminal_cannot_erase_it(terminal, monkeypatch):
    status.end_status()
    monkeypatch.setenv("TERM", "dumb")
    assert status.begin_status() is None


def test_a_pipe_gets_nothing(omlint, tmp_path):
    write_graph(tmp_path / "a.pb", LEFTOVERS)
    done = omlint("check", "a.pb", "--target", OMG, env={"TERM": "xterm"})
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def test_verbose_tells_the_same_as_lines(omlint, tmp_path):
    write_graph(tmp_path / "a.pb", LEFTOVERS)
    done = omlint("check", "a.pb", "--target", OMG, "-v")
    lines = done.stderr.splitlines()
    wanted = ("reading a.pb", f"judging on {OMG}", f"looking for rewrites on {OMG}", "rewriting")
    for said in wanted:
        assert any(line.startswith(f"omlint: {said}") for line in lines), said


@pytest.mark.tf
def test_seeds_are_told(omlint, tmp_path):
    write_graph(tmp_path / "a.pb", LEFTOVERS)
    done = omlint("verify", "a.pb", "a.pb", "-v", "--seeds", "4")
    assert done.returncode == 0
    said = re.findall(r"omlint: TensorFlow evaluates a.pb, (seed \d of 4)", done.stderr)
    assert said == [f"seed {number} of 4" for number in range(1, 5)]


@pytest.mark.tf
def test_on_a_terminal_nothing_is_left_of_it(tmp_path):
    write_graph(tmp_path / "a.pb", LEFTOVERS)
    main, other = pty.openpty()
    with os.fdopen(main, "rb") as ours, os.fdopen(other, "wb") as theirs:
        child = subprocess.Popen(
            [sys.executable, "-m", "linter", "verify", "a.pb", "a.pb"],
            cwd=tmp_path,
            env={**os.environ, "TERM": "xterm", "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        out, _ = child.communicate(timeout=300)
        theirs.flush()
        os.set_blocking(ours.fileno(), False)
        text = (ours.read() or b"").decode()
    assert out.startswith(b"EQUAL")
    assert "starting TensorFlow (" in text  # it takes longer than the patience of the line
    assert shown(text) == [""]
