"""The models of another commit, to compare with: ``--diff-base``."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from linter.process.git import Repository, TreeFile, find_repository, pointer_digest
from linter.results.errors import LinterError

__all__ = ["BaseCommit", "base_commit"]

_CHUNK = 1 << 20


@dataclass(slots=True)
class BaseCommit:
    """The models of a run as a commit has them.

    Attributes:
        changed: where the content of then is, by the path of the model as the user typed it.
        same: models that are what they were.
        new: models that the commit does not have.
        missing: why the content of then cannot be had, by the path of the model.
    """

    changed: dict[str, str] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


@contextmanager
def base_commit(paths: Sequence[str], ref: str) -> Iterator[BaseCommit]:
    """Fetch models as a commit has them; the files last as long as the context.

    Args:
        paths: models of the work tree, as the user typed them; what is not there is left out.
        ref: the commit, by any name that git knows.

    Raises:
        UsageError: there is no git, a model is in no work tree, or there is no such commit.
    """
    result = BaseCommit()
    with tempfile.TemporaryDirectory(prefix="omlint-") as folder:
        for number, path in enumerate(dict.fromkeys(paths)):
            if Path(path).exists():
                place = Path(folder, str(number))
                place.mkdir()
                _fetch(path, ref, place, result)
        yield result


def _fetch(path: str, ref: str, place: Path, result: BaseCommit) -> None:
    here = Path(path).absolute()
    repository = find_repository(path)
    commit = repository.commit(ref)
    inside = (here.parent.resolve() / here.name).relative_to(repository.top).as_posix()
    try:
        files = repository.files(commit, inside)
        if not files:
            result.new.append(path)
            return
        if _is_untouched(here, inside, files):
            result.same.append(path)
            return
        pointers = _write(repository, files, inside, place)
    except LinterError as err:
        result.missing[path] = str(err)
        return
    base = place / here.name
    if _is_same(here, base):
        result.same.append(path)
        shutil.rmtree(place)
    elif pointers:
        why = "a Git-LFS pointer, and git lfs does not give its content"
        result.missing[path] = f"{pointers[0]} is {why}"
    else:
        result.changed[path] = str(base)


def _write(
    repository: Repository, files: Sequence[TreeFile], inside: str, place: Path
) -> list[str]:
    """Write the files of a model; those that stay Git-LFS pointers.

    Raises:
        LinterError: git fails, or a file is no plain one.
    """
    pointers = []
    name = inside.rpartition("/")[2]
    for file in files:
        if not file.is_plain:
            raise LinterError(f"{file.path} is a symbolic link or a submodule there")
        target = place / name / file.path[len(inside) :].lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if not repository.write(file, target):
            pointers.append(file.path)
    return pointers


def _is_untouched(here: Path, inside: str, files: Sequence[TreeFile]) -> bool:
    """Whether a model has the very files of a commit, which saves fetching them."""
    if not here.is_dir():
        return len(files) == 1 and files[0].path == inside and files[0].is_content_of(here)
    names = {file.path[len(inside) + 1 :]: file for file in files}
    today = {item.relative_to(here).as_posix() for item in here.rglob("*") if item.is_file()}
    return set(names) == today and all(
        file.is_plain and file.is_content_of(here / name) for name, file in names.items()
    )


def _is_same(now: Path, then: Path) -> bool:
    """Whether a model has the content of then, of which a Git-LFS pointer has the digest."""
    if now.is_dir() != then.is_dir():
        return False
    if now.is_file():
        return _digest(now) == (pointer_digest(then) or _digest(then))
    names = {item.relative_to(then) for item in then.rglob("*") if item.is_file()}
    today = {item.relative_to(now) for item in now.rglob("*") if item.is_file()}
    return names == today and all(_is_same(now / name, then / name) for name in names)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
