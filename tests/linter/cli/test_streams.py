"""Where text goes and how it looks there; how a run ends that somebody else ends."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ended import gone
from sample_graphs import CLEAN, write_graph

from linter.cli import streams
from linter.results.errors import LinterError

ROOT = Path(__file__).resolve().parents[3]
ATC = ROOT / "tests" / "stand_in" / "atc"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colour_on_a_terminal(environment, colour, monkeypatch):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert streams.stdout_style().color is colour


def test_no_colour_and_a_fixed_width_off_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    style = streams.stdout_style()
    assert not style.color
    assert style.width == 88


def test_ascii_streams_get_ascii(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert not streams.stdout_style().unicode


def test_a_fault_is_one_harmless_line(monkeypatch):
    caught = io.StringIO()
    monkeypatch.setattr(sys, "stderr", caught)
    streams.complain("two\nlines and \x1b[31mcolour")
    assert caught.getvalue() == "omlint: error: two lines and \\x1b[31mcolour\n"


def test_an_empty_report_is_no_line(capsys):
    streams.write_stdout("")
    streams.write_stdout("\n")
    assert capsys.readouterr().out == ""


def test_full_disk_is_a_fault(monkeypatch):
    class Full(io.StringIO):
        def flush(self):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(LinterError, match="No space left"):
        streams.write_stdout("text")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_interrupt(number, code, tmp_path):
    """Ctrl-C, or a cancelled job, while the compiler works: no traceback, no result, no child."""
    write_graph(tmp_path / "graph.pb", CLEAN)
    started = tmp_path / "child"
    arguments = ["convert", "graph.pb", "-o", "net", "--no-verify", "--atc", str(ATC)]
    process = subprocess.Popen(
        [sys.executable, "-m", "linter", *arguments],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "STAND_IN_SECONDS": "60",
            "STAND_IN_CHILD": str(started),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and not (started.exists() and started.read_text()):
        time.sleep(0.05)
    process.send_signal(number)
    _, error = process.communicate()
    assert process.returncode == code
    assert gone(int(started.read_text()))
    assert "Traceback" not in error
    assert not (tmp_path / "net.om").exists()


def test_ctrl_c_while_the_command_is_imported(tmp_path):
    """The first module of ours that takes long interrupts itself."""
    (tmp_path / "click.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    done = subprocess.run(
        [sys.executable, "-m", "linter", "--version"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder nobody can write to")
def test_a_folder_that_takes_no_files_is_named_by_what_was_asked_for(tmp_path, capsys):
    from linter.cli.main import main

    write_graph(tmp_path / "a.pb", CLEAN)
    assert main(["fix", str(tmp_path / "a.pb"), "-o", "/proc/x.pb", "--no-verify"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("omlint: error: cannot write /proc/x.pb: ")
    assert "draft" not in err
