"""Files of another commit as ``git`` gives them; ``git lfs`` resolves pointers where it is."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from linter.process.group import DeadlineError, deadline_after, start
from linter.results.errors import LinterError, UsageError

__all__ = ["Repository", "TreeFile", "find_repository", "pointer_digest"]

_SECONDS = 600.0
"""Longest that one command may take: Git-LFS downloads."""

_SHA1 = 40
_LONGEST = 400
_CHUNK = 1 << 20
_FILES = ("100644", "100755")
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git sets for its hooks; it speaks of the folder that the hook runs in, not of ours."""

_POINTER = b"version https://git-lfs.github.com/spec/"
_POINTER_MOST = 1024
_DIGEST = re.compile(rb"^oid sha256:([0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One file of a commit.

    Attributes:
        path: seen from the top of the work tree.
        blob: name of its content.
        is_plain: it is no symbolic link and no other repository.
    """

    path: str
    blob: str
    is_plain: bool

    def is_content_of(self, place: Path) -> bool:
        """Whether a file has this very content, told by its size and digest as git does."""
        digest = hashlib.new("sha1" if len(self.blob) == _SHA1 else "sha256", usedforsecurity=False)
        digest.update(f"blob {place.stat().st_size}\0".encode("ascii"))
        with place.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest() == self.blob


@dataclass(frozen=True, slots=True)
class Repository:
    """A git work tree.

    Attributes:
        top: its folder.
    """

    top: Path

    def commit(self, ref: str) -> str:
        """The full name of a commit.

        Raises:
            UsageError: there is none of that name.
        """
        words = ("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        status, said, _ = _run(self.top, *words)
        if status != 0:
            raise UsageError(
                f"there is no commit {ref!r} in {self.top.name}; a shallow clone has to fetch it"
            )
        return said.decode("ascii", "replace").strip()

    def files(self, commit: str, path: str) -> tuple[TreeFile, ...]:
        """The file at a path, or all of a folder; none when the commit has nothing there.

        Args:
            commit: its full name.
            path: seen from the top.

        Raises:
            LinterError: git fails.
        """
        words = ("--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", commit, "--", path)
        status, said, fault = _run(self.top, *words)
        if status != 0:
            raise LinterError(f"git ls-tree failed for {path}: {fault}")
        return tuple(_tree_file(line) for line in said.split(b"\0") if line)

    def write(self, file: TreeFile, place: Path) -> bool:
        """Write the content of a file; whether it is the file itself and no Git-LFS pointer.

        Args:
            file: of a commit.
            place: where to; its folder is there.

        Raises:
            LinterError: git fails.
        """
        with place.open("wb") as out:
            status, fault = _pour(out.write, self.top, "cat-file", "blob", file.blob)
        if status != 0:
            raise LinterError(f"git cat-file failed for {file.path}: {fault}")
        if not pointer_digest(place):
            return True
        return shutil.which("git-lfs") is not None and self._smudge(file, place)

    def _smudge(self, file: TreeFile, place: Path) -> bool:
        """Put the content in the place of its pointer; whether that went well."""
        content = place.with_name(f"{place.name}.content")
        with content.open("wb") as out:
            status, _ = _pour(
                out.write, self.top, "lfs", "smudge", file.path, fed=place.read_bytes()
            )
        if status != 0 or pointer_digest(content):
            content.unlink()
            return False
        content.replace(place)
        return True


def find_repository(path: str) -> Repository:
    """The work tree that a file or folder is in.

    Args:
        path: as the user typed it.

    Raises:
        UsageError: there is no git, or it finds no work tree there, or trusts it not.
    """
    status, said, fault = _run(Path(path).absolute().parent, "rev-parse", "--show-toplevel")
    top = os.fsdecode(said.rstrip(b"\n"))
    if status != 0 or not top:
        raise UsageError(f"{path} is not in a git work tree: {fault or 'git names none'}")
    return Repository(Path(top))


def pointer_digest(path: Path) -> str:
    """The sha256 that a Git-LFS pointer names; empty when the file is none."""
    if path.stat().st_size > _POINTER_MOST:
        return ""
    text = path.read_bytes()
    found = _DIGEST.search(text) if text.startswith(_POINTER) else None
    return found.group(1).decode("ascii") if found else ""


def _tree_file(line: bytes) -> TreeFile:
    """Read ``MODE KIND NAME<tab>PATH``.

    Raises:
        LinterError: the path leads out of the tree.
    """
    head, _, name = line.partition(b"\t")
    mode, _, blob = head.decode("ascii", "replace").split(" ", 2)
    path = os.fsdecode(name)
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise LinterError(f"the commit has a file {path!r} that is outside of it")
    return TreeFile(path, blob, mode in _FILES)


def _run(folder: Path, *words: str) -> tuple[int, bytes, str]:
    """Exit status, what git writes, and its complaint."""
    pieces: list[bytes] = []
    status, fault = _pour(pieces.append, folder, *words)
    return status, b"".join(pieces), fault


def _pour(
    take: Callable[[bytes], object], folder: Path, *words: str, fed: bytes | None = None
) -> tuple[int, str]:
    """Run git in a folder and hand over what it writes; its exit status and its complaint.

    Raises:
        UsageError: there is no git.
        LinterError: it does not come to its end.
    """
    env = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    env |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    deadline = deadline_after(_SECONDS)
    with tempfile.TemporaryFile() as errors:
        try:
            child = start(
                ("git", "-C", str(folder), *words), env=env, fed=fed is not None, errors=errors
            )
        except OSError as err:
            raise UsageError(f"git cannot be started: {err.strerror}") from err
        try:
            with child:
                if fed is not None:
                    child.send(fed)
                    child.close_input()
                for chunk in child.chunks(deadline):
                    take(chunk)
                return child.wait(deadline), _complaint(errors)
        except DeadlineError as err:
            raise LinterError(f"git {words[0]} took longer than {_SECONDS:g} seconds") from err


def _complaint(errors: IO[bytes]) -> str:
    """The first line of what git complained of."""
    errors.seek(0)
    line = errors.readline(_LONGEST).decode("utf-8", "replace").strip()
    return line.removeprefix("fatal: ")
