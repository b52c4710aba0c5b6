"""``init``: a configuration from the models that a folder holds."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from linter.api.databases import Databases
from linter.api.inputs import placeholder_infos
from linter.config.template import template
from linter.graph.queries import default_outputs
from linter.io.atomic import write_text
from linter.io.reader import load
from linter.results.errors import GraphError, LinterError, UsageError
from linter.results.init import FoundModel, InitOutcome
from opdb.store import Store

__all__ = ["init"]

_NAME = "omlint.toml"
_SUFFIXES = (".pb", ".pb.gz", ".pbtxt")
_SAVED_MODEL = "saved_model.pb"
_ELSEWHERE = frozenset({"node_modules", "site-packages", "venv", "__pycache__", "build", "dist"})
_MOST_MODELS = 200


def init(
    folder: str = "",
    *,
    targets: Sequence[str] = (),
    overwrite: bool = False,
    store: Store | None = None,
) -> InitOutcome:
    """Write ``omlint.toml`` in a folder, from the models that are in it and below.

    A model that cannot be read is in the file as a comment that says why.

    Args:
        folder: the folder; ``""`` is the working directory.
        targets: what the project converts for; none means the default target.
        overwrite: replace a file that is there.
        store: where databases are; ``None`` for the package and the user's data folder.

    Raises:
        UsageError: there is no such folder, the file is there, or it cannot be written.
        UnknownNameError: an unknown target.
    """
    if not Path(folder or os.curdir).is_dir():
        raise UsageError(f"there is no folder {folder}")
    file = os.path.join(folder, _NAME)  # noqa: PTH118 - a path of the user's stays as typed
    if Path(file).exists() and not overwrite:
        raise UsageError(f"{file} is there already; --force replaces it")
    named = Databases(targets, store).opened
    # The first entry that covers a model counts, and one without a slash covers all of its name.
    paths = sorted(_models(folder or os.curdir), key=lambda path: ("/" not in path, path))
    found = tuple(_found(folder, path) for path in paths[:_MOST_MODELS])
    left_out = max(len(paths) - _MOST_MODELS, 0)
    said = targets or [str(database.target) for database in named]
    write_text(file, template(found, said, left_out=left_out))
    return InitOutcome(file, found, left_out)


def _models(folder: str) -> Iterator[str]:
    """Paths seen from the folder; of a SavedModel, that of its own folder."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _ELSEWHERE
        )
        place = Path(parent).relative_to(folder)
        if _SAVED_MODEL in files:
            folders.clear()
            yield place.as_posix()
            continue
        yield from (
            (place / name).as_posix()
            for name in files
            if name.endswith(_SUFFIXES) and not name.startswith(".")
        )


def _found(folder: str, path: str) -> FoundModel:
    place = Path(folder, path)
    if place.is_dir():
        return FoundModel(path, fault="a SavedModel; omlint freeze or omlint[tf] reads it")
    try:
        model = load(str(place))
    except GraphError as err:
        return FoundModel(path, fault=str(err).removeprefix(f"{place}: "))
    except LinterError as err:
        return FoundModel(path, fault=str(err))
    outputs = tuple(str(value) for value in default_outputs(model.main))
    return FoundModel(path, tuple(placeholder_infos(model).values()), outputs)
