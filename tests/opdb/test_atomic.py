"""What is written appears whole or not at all, and never in place of what is no file."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from opdb.atomic import Drafts, drafted, drafted_folder, refusal, write_text

ROOT = Path(__file__).resolve().parents[2]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    with drafted(tmp_path / "a.txt") as draft:
        draft.write_text("new")
        assert draft.parent == tmp_path
        assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "a.txt").read_text() == "new"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_whatever_ends_the_work_leaves_all_as_it_was(
    tmp_path: Path, error: type[BaseException]
) -> None:
    (tmp_path / "a.txt").write_text("old")

    def work() -> None:
        with drafted(tmp_path / "a.txt") as draft:
            draft.write_text("new")
            raise error

    with pytest.raises(error):
        work()
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o444])
def test_the_mode_of_what_is_there_stays(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    path.chmod(mode)
    with drafted(path) as draft:
        assert draft.stat().st_mode & 0o777 == mode | 0o600
        draft.write_text("new")
    assert path.stat().st_mode & 0o777 == mode


def test_a_new_file_is_as_the_user_wants_files_to_be(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a.txt", "new")
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_and_what_it_names_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/a.txt")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "there") == ["a.txt"]


def test_long_names_and_names_of_many_bytes(tmp_path: Path) -> None:
    for name in ("n" * 250 + ".pb", "図" * 80 + ".pb"):
        write_text(tmp_path / name, "new")
        assert (tmp_path / name).read_text() == "new"


def test_a_draft_has_the_ending_of_its_file(tmp_path: Path) -> None:
    with drafted(tmp_path / "a.pb") as draft:
        assert draft.suffix == ".pb"
        assert draft.name.startswith(".")


def test_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")  # the name of a socket is short
        found = {
            path: refusal(path)
            for path in (tmp_path, tmp_path / "pipe", tmp_path / "socket", os.devnull)
        }
    assert list(found.values()) == [
        f"it is {kind}" for kind in ("a folder", "a pipe", "a socket", "a device")
    ]
    for path, reason in found.items():
        with pytest.raises(OSError, match=reason), drafted(path):
            pytest.fail("there is a draft")
    assert names(tmp_path) == ["pipe", "socket"]
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize(
    "path", ["/dev/stdout", "/dev/stderr", "/dev/fd/1", "/proc/self/fd/1", "/proc/1/task/1/fd/3"]
)
def test_what_is_open_already_is_refused(path: str) -> None:
    assert refusal(path) is not None


@pytest.mark.parametrize("path", ["/dev/shm", "/proc/self/fd1", "/dev/stdout2", "new.pb"])
def test_other_names_are_not_taken_for_it(path: str) -> None:
    assert refusal(path) in (None, "it is a folder")


class TestTogether:
    def test_both_or_none(self, tmp_path: Path) -> None:
        with Drafts() as drafts:
            for name in ("a", "b"):
                drafts.begin(tmp_path / name).write_text(f"new {name}")
            drafts.publish(tmp_path / "a", tmp_path / "b")
        assert names(tmp_path) == ["a", "b"]
        assert (tmp_path / "b").read_text() == "new b"

    def test_only_what_is_published(self, tmp_path: Path) -> None:
        with Drafts() as drafts:
            for name in ("a", "b"):
                drafts.begin(tmp_path / name).write_text("new")
            drafts.publish(tmp_path / "b")
        assert names(tmp_path) == ["b"]

    @pytest.mark.parametrize("has_links", [True, False])
    @pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
    def test_the_first_is_taken_back_when_the_second_fails(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        error: type[BaseException],
        has_links: bool,
    ) -> None:
        (tmp_path / "a").write_text("old")
        real = Path.replace

        def replace(self: Path, target: Path) -> Path:
            if target == tmp_path / "c":
                raise error
            return real(self, target)

        def refuse(*_: object) -> None:
            raise PermissionError

        monkeypatch.setattr(Path, "replace", replace)
        if not has_links:
            monkeypatch.setattr(os, "link", refuse)

        def work() -> None:
            with Drafts() as drafts:
                for name in "abc":
                    drafts.begin(tmp_path / name).write_text("new")
                drafts.publish(*(tmp_path / name for name in "abc"))

        with pytest.raises(error):
            work()
        assert names(tmp_path) == ["a"]
        assert (tmp_path / "a").read_text() == "old"


class TestFolder:
    def test_what_is_not_published_is_gone(self, tmp_path: Path) -> None:
        with drafted_folder(tmp_path / "out") as draft:
            (draft.path / "a").touch()
        assert names(tmp_path) == []

    def test_files_join_a_folder_and_replace_their_kind(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        for name in ("a", "b", "mine"):
            (tmp_path / "out" / name).write_text("old")
        with drafted_folder(tmp_path / "out") as draft:
            (draft.path / "a").write_text("new")
            draft.publish(("a", "b"))
        assert names(tmp_path) == ["out"]
        assert names(tmp_path / "out") == ["a", "mine"]
        assert (tmp_path / "out" / "a").read_text() == "new"

    @pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
    def test_a_file_that_cannot_be_moved_takes_all_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
    ) -> None:
        out = tmp_path / "out"
        out.mkdir()
        (out / "a").write_text("old")
        real = Path.rename

        def rename(self: Path, target: Path) -> Path:
            if target == out / "c":
                raise error
            return real(self, target)

        monkeypatch.setattr(Path, "rename", rename)

        def work() -> None:
            with drafted_folder(out) as draft:
                for name in "abc":
                    (draft.path / name).write_text("new")
                draft.publish(("a", "b", "c"))

        with pytest.raises(error):
            work()
        assert names(out) == ["a"]
        assert (out / "a").read_text() == "old"

    @pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
    def test_a_folder_that_is_replaced_comes_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
    ) -> None:
        out = tmp_path / "out"
        out.mkdir()
        (out / "old").touch()

        def work(name: str) -> None:
            with drafted_folder(out) as draft:
                (draft.path / name).touch()
                draft.replace()

        work("new")
        assert (names(tmp_path), names(out)) == (["out"], ["new"])
        real = Path.rename

        def rename(self: Path, target: Path) -> Path:
            if target == out and (self / "newer").exists():
                raise error
            return real(self, target)

        monkeypatch.setattr(Path, "rename", rename)
        with pytest.raises(error):
            work("newer")
        assert (names(tmp_path), names(out)) == (["out"], ["new"])


def test_a_process_that_is_told_to_end_leaves_no_draft(tmp_path: Path) -> None:
    """As ``omlint`` does it: the order becomes an exception, which unwinds."""
    code = f"""
import os, signal
from linter.cli.main import _handle_termination
from opdb.atomic import drafted
_handle_termination()
with drafted({str(tmp_path / "a.pb")!r}) as draft:
    draft.write_text("half")
    os.kill(os.getpid(), signal.SIGTERM)
"""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True)
    assert done.returncode != 0
    assert names(tmp_path) == []
