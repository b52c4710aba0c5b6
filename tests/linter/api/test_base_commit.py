"""Models of another commit: files, folders, and what is no plain file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from linter import api
from linter.process.git import Repository, TreeFile

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def _git(*words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    saved = Path("a b/saved")
    (saved / "variables").mkdir(parents=True)
    (saved / "saved_model.pb").write_bytes(b"graph")
    (saved / "variables" / "variables.index").write_bytes(b"index")
    Path(":(top).pb").write_bytes(b"x")
    Path("link.pb").symlink_to("a b/saved/saved_model.pb")
    _git("init", "-q")
    _git("add", "-A")
    _git("commit", "-qm", "models")
    return tmp_path


def test_a_folder_is_the_same_when_all_its_files_are(folder: Path) -> None:
    index = Path("a b/saved/variables/variables.index")
    with api.base_commit(["a b/saved/"], "HEAD") as base:
        assert (base.same, base.changed) == (["a b/saved/"], {})
    index.write_bytes(b"other")
    with api.base_commit(["a b/saved"], "HEAD") as base:
        then = Path(base.changed["a b/saved"])
        assert (then / "variables/variables.index").read_bytes() == b"index"
        assert (then / "saved_model.pb").read_bytes() == b"graph"
    assert not then.exists()
    index.write_bytes(b"index")
    index.with_name("more").touch()
    with api.base_commit(["a b/saved"], "HEAD") as base:
        assert list(base.changed) == ["a b/saved"]


def test_what_is_the_same_is_not_fetched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Repository, "write", lambda *_: pytest.fail("fetched"))
    with api.base_commit(["a b/saved", ":(top).pb"], "HEAD") as base:
        assert base.same == ["a b/saved", ":(top).pb"]


def test_digests_of_another_kind(folder: Path) -> None:
    shutil.rmtree(".git")
    _git("init", "-q", "--object-format=sha256")
    _git("add", "-A")
    _git("commit", "-qm", "models")
    assert TreeFile("", "0" * 64, True).is_content_of(Path(":(top).pb")) is False
    with api.base_commit([":(top).pb"], "HEAD") as base:
        assert base.same == [":(top).pb"]


def test_links_new_ones_and_names_that_look_like_patterns(folder: Path) -> None:
    Path("*.pb").write_bytes(b"x")
    with api.base_commit(["link.pb", "*.pb", ":(top).pb", "gone.pb"], "HEAD") as base:
        assert base.missing == {"link.pb": "link.pb is a symbolic link or a submodule there"}
        assert base.new == ["*.pb"]
        assert (base.same, base.changed) == ([":(top).pb"], {})
