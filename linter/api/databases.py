"""The databases of the targets that a run asks about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from linter.results.report import SourceInfo
from opdb.errors import UnknownNameError
from opdb.query import Database, open_database
from opdb.target import default_target, parse_target

__all__ = ["Databases", "evidence_titles", "use_database"]


class Databases:
    """The databases of the targets of one run, opened once each.

    Attributes:
        by_default: no target was named.
        opened: in the order in which the targets were named, repeats dropped.
    """

    def __init__(self, targets: Iterable[str]) -> None:
        """Open the databases; without a target, that of the default one.

        Raises:
            UnknownNameError: an unknown target.
            CorruptDatabaseError: a database is damaged.
        """
        named = tuple(dict.fromkeys(parse_target(text) for text in targets))
        self.by_default = not named
        self.opened: tuple[Database, ...] = tuple(
            open_database(target) for target in named or (default_target(),)
        )


@contextmanager
def use_database(path: str | Path) -> Iterator[str]:
    """Answer from a database outside the data folder where no target names a release.

    Args:
        path: the folder that ``import_database`` wrote.

    Yields:
        The name that targets call it.

    Raises:
        UnknownNameError: there is no database there.
        CorruptDatabaseError: it is damaged.
    """
    from opdb import local, target

    name = local.use_database(Path(path)).name
    target.prefer(name)
    try:
        yield name
    finally:
        target.prefer(None)
        local.forget_database(name)


def evidence_titles(ids: Iterable[str], databases: Iterable[Database]) -> dict[str, SourceInfo]:
    """Title and place of every id; an id that no database lists stands for itself."""
    known = tuple(databases)
    found: dict[str, SourceInfo] = {}
    for id_ in sorted(ids):
        for database in known:
            try:
                source = database.source(id_)
            except UnknownNameError:
                found[id_] = SourceInfo(id_, "")
            else:
                found[id_] = SourceInfo(source.title, source.where)
                break
    return found
