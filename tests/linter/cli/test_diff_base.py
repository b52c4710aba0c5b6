"""``--diff-base``: what the models of another commit have as well does not fail."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from sample_graphs import CLEAN, LEFTOVERS, write_graph

from linter.cli.main import main

OMG = "omg@hilens-2021-09/Ascend310"
FLAGS = ["--target", OMG, "--diff-base", "HEAD"]
WORSE = LEFTOVERS + 'more = CheckNumerics(relu) {message="y"}\n'

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def _git(*words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with ``models/bad.pb`` (two errors on omg) and ``models/clean.pb``."""
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    write_graph(Path("models/bad.pb"), LEFTOVERS)
    write_graph(Path("models/clean.pb"), CLEAN)
    _git("init", "-q")
    _git("add", "-A")
    _git("commit", "-qm", "models")
    return tmp_path


def _check(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, list[str], dict]:
    """Exit code, nodes of the findings that count, and what the gate says."""
    capsys.readouterr()
    code = main(["check", "--format", "json", *args])
    report = json.loads(capsys.readouterr().out)
    nodes = [
        finding["node"]
        for model in report["results"]
        for target in model["targets"]
        for finding in target["findings"]
    ]
    return code, nodes, report["gate"]


def test_what_was_there_does_not_fail(folder: Path, capsys) -> None:
    code, nodes, gate = _check(capsys, "models/bad.pb", "models/clean.pb", *FLAGS)
    assert (code, nodes, gate["known"]) == (0, [], 2)
    write_graph(Path("models/bad.pb"), WORSE)
    code, nodes, gate = _check(capsys, "models/bad.pb", *FLAGS)
    assert (code, nodes, gate["known"]) == (1, ["more"], 2)
    write_graph(Path("models/bad.pb"), CLEAN)
    code, nodes, gate = _check(capsys, "models/bad.pb", *FLAGS, "--strict")
    assert (code, nodes, gate["lines"]) == (0, [], []), "what was mended is nobody's business"


def test_a_model_that_is_new_counts_whole(folder: Path, capsys) -> None:
    write_graph(Path("models/new.pb"), LEFTOVERS)
    code, nodes, gate = _check(capsys, "models/new.pb", "models/bad.pb", *FLAGS)
    assert (code, nodes, gate["known"]) == (1, ["checked", "sum"], 2)


def test_any_name_of_a_commit_from_any_folder(folder: Path, capsys, monkeypatch) -> None:
    _git("tag", "v1")
    write_graph(Path("models/clean.pb"), LEFTOVERS)
    _git("commit", "-qam", "worse")
    monkeypatch.chdir(folder / "models")
    monkeypatch.setenv("GIT_DIR", ".git")
    assert _check(capsys, "clean.pb", "--target", OMG, "--diff-base", "HEAD")[0] == 0
    assert _check(capsys, "clean.pb", "--target", OMG, "--diff-base", "v1")[0] == 1
    assert (
        _check(capsys, str(folder / "models/clean.pb"), "--target", OMG, "--diff-base", "HEAD~0")[0]
        == 0
    )


def test_settings_of_models_hold_for_both(folder: Path, capsys) -> None:
    Path("omlint.toml").write_text(
        f'[[models]]\nglob = "models/bad.pb"\ntarget = "{OMG}"\n'
        '[[ignore]]\nrule = "OPS001"\nnode = "sum"\nmodel = "bad.pb"\nreason = "ours"\n',
        "utf-8",
    )
    write_graph(Path("models/bad.pb"), WORSE)
    code, nodes, gate = _check(capsys, "models/bad.pb", "--diff-base", "HEAD", "--strict")
    assert (code, nodes, gate["known"]) == (1, ["more"], 1)
    write_graph(Path("models/bad.pb"), WORSE.replace("AddV2", "Add"))
    _, _, gate = _check(capsys, "models/bad.pb", "--diff-base", "HEAD")
    assert [line["id"] for line in gate["lines"]] == ["unused-ignore"], "what was does not use it"


def test_what_cannot_be_compared_with_is_named_and_counts_whole(folder: Path, capsys) -> None:
    Path("models/bad.pb").write_bytes(b"\x0a\xff")
    _git("commit", "-qam", "broken")
    write_graph(Path("models/bad.pb"), LEFTOVERS)
    code, nodes, gate = _check(capsys, "models/bad.pb", *FLAGS)
    assert (code, nodes) == (1, ["checked", "sum"])
    (line,) = gate["lines"]
    assert line["message"].startswith(
        "models/bad.pb as of HEAD is not compared with: models/bad.pb"
    )
    write_graph(Path("models/clean.pb"), LEFTOVERS)
    code, nodes, gate = _check(
        capsys, "models/clean.pb", *FLAGS, "--outputs", "sum", "--fail-on", "never", "--strict"
    )
    assert code == 1
    said = gate["lines"][0]["message"]
    assert "not compared with: models/clean.pb has no node" in said


def _pointer(content: bytes) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    return text.encode("ascii")


def _commit_pointer() -> bytes:
    content = Path("models/bad.pb").read_bytes()
    Path("models/bad.pb").write_bytes(_pointer(content))
    _git("commit", "-qam", "pointer")
    return content


def test_a_pointer_without_git_lfs(folder: Path, capsys, monkeypatch) -> None:
    content = _commit_pointer()
    Path("bin").mkdir()
    Path("bin/git").symlink_to(shutil.which("git"))
    monkeypatch.setenv("PATH", str(folder / "bin"))
    Path("models/bad.pb").write_bytes(content)
    code, nodes, gate = _check(capsys, "models/bad.pb", *FLAGS)
    assert (code, nodes, gate["lines"]) == (0, [], []), "the digest says that it is the same"
    write_graph(Path("models/bad.pb"), WORSE)
    code, nodes, gate = _check(capsys, "models/bad.pb", *FLAGS)
    assert (code, len(nodes)) == (1, 3)
    assert "models/bad.pb is a Git-LFS pointer, and git lfs does not" in gate["lines"][0]["message"]


def test_a_pointer_with_git_lfs(folder: Path, capsys, monkeypatch) -> None:
    content = _commit_pointer()
    Path("stored").write_bytes(content)
    Path("bin").mkdir()
    script = Path("bin/git-lfs")
    script.write_text(
        f'#!/bin/sh\n[ "$1 $2" = "smudge models/bad.pb" ] || exit 9\n'
        f'grep -q "^oid sha256" || exit 8\nexec cat "{folder}/stored"\n',
        "utf-8",
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}/bin:/usr/bin:/bin")
    write_graph(Path("models/bad.pb"), WORSE)
    code, nodes, gate = _check(capsys, "models/bad.pb", *FLAGS)
    assert (code, nodes, gate["lines"]) == (1, ["more"], [])
    script.write_text("#!/bin/sh\ncat >&2\nexit 2\n", "utf-8")
    code, nodes, gate = _check(capsys, "models/bad.pb", *FLAGS)
    assert (code, len(nodes), gate["lines"][0]["id"]) == (1, 3, "diff-base")


def test_together_with_a_baseline(folder: Path, capsys) -> None:
    write_graph(Path("models/bad.pb"), WORSE)
    known = ["--baseline", "known.json"]
    assert main(["baseline", "write", "models/bad.pb", "--target", OMG, *known]) == 0
    text = WORSE + 'last = CheckNumerics(more) {message="z"}\n'
    write_graph(Path("models/bad.pb"), text)
    code, nodes, gate = _check(capsys, "models/bad.pb", *FLAGS, *known)
    assert (code, nodes, gate["known"]) == (1, ["last"], 3)


def test_usage(folder: Path, capsys, monkeypatch, tmp_path_factory) -> None:
    for args, said in (
        (["models/bad.pb", "--diff-base", "nowhere"], "there is no commit 'nowhere' in "),
        (["models/bad.pb", "--diff-base", "--help"], "there is no commit '--help' in "),
    ):
        assert main(["check", *args]) == 2
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1
    assert main(["check", "models/gone.pb", *FLAGS]) == 3
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "m.pb"
    write_graph(elsewhere)
    assert main(["check", str(elsewhere), *FLAGS]) == 2
    assert "m.pb is not in a git work tree" in capsys.readouterr().err
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert main(["check", "models/bad.pb", *FLAGS]) == 2
    assert "not in a git work tree: detected dubious ownership" in capsys.readouterr().err
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["check", "models/bad.pb", *FLAGS]) == 2
    assert "git cannot be started" in capsys.readouterr().err
