"""Where a command may write: a device or a pipe is refused before anything is read."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from sample_graphs import LEFTOVERS, write_graph

from linter.cli.main import main

COMMANDS = {
    "check": ["check", "none.pb", "--format", "json:{}"],
    "matrix": ["matrix", "none.pb", "--format", "csv:{}"],
    "fix": ["fix", "none.pb", "-o", "{}"],
    "fix, results": ["fix", "none.pb", "-o", "out.pb", "--save-results", "{}"],
    "fix, in place": ["fix", "none.pb", "--in-place", "--save-results", "{}"],
    "cut": ["fix", "none.pb", "--cut", "auto", "-o", "{}"],
    "freeze": ["freeze", "none", "-o", "{}"],
    "verify": ["verify", "none.pb", "other.pb", "--save", "{}"],
    "db import": ["db", "import", "none", "--out", "{}"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_what_is_no_file_is_no_output(command, kind, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    path = os.devnull if kind == "device" else "pipe"
    assert main([word.format(path) for word in COMMANDS[command]]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("omlint: error: ")
    assert path in err
    assert err.count("\n") == 1
    assert "none" not in err  # what it should read was not looked for
    assert Path(os.devnull).is_char_device()
    assert [entry.name for entry in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize("name", ["net.pb", "net.om", "net.pb.rewrites.json"])
def test_convert_looks_at_all_that_it_will_write(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    os.mkfifo(name)
    assert main(["convert", "none.pb", "-o", "net"]) == 2
    assert f"cannot write {name}: it is a pipe" in capsys.readouterr().err


def test_graph_and_record_appear_together(tmp_path, monkeypatch, capsys):
    """The record cannot be put in its place, so that the graph is not either."""
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "debris.pb", LEFTOVERS)
    (tmp_path / "out.pb").write_bytes(b"old")
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.name == "out.pb.rewrites.json":
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert main(["fix", "debris.pb", "-o", "out.pb", "--no-verify"]) == 2
    assert "cannot write out.pb: Permission denied" in capsys.readouterr().err
    assert (tmp_path / "out.pb").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["debris.pb", "out.pb"]
    monkeypatch.setattr(Path, "replace", real)
    assert main(["fix", "debris.pb", "-o", "out.pb", "--no-verify"]) == 0
    record = json.loads((tmp_path / "out.pb.rewrites.json").read_text())
    digest = hashlib.sha256((tmp_path / "out.pb").read_bytes()).hexdigest()
    assert record["output_sha256"] == digest
