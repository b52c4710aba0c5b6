"""The databases of the targets that a run asks about."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from linter.results.report import SourceInfo
from opdb.errors import UnknownNameError
from opdb.query import Database
from opdb.store import Store

__all__ = ["Databases", "evidence_titles", "open_store"]


class Databases:
    """The databases of the targets of one run, opened once each.

    Attributes:
        by_default: no target was named.
        opened: in the order in which the targets were named, repeats dropped.
    """

    def __init__(self, targets: Iterable[str], store: Store | None = None) -> None:
        """Open the databases; without a target, that of the default one.

        Args:
            targets: ``TOOL@VERSION/SOC`` or ``SOC``.
            store: where databases are; ``None`` for the package and the user's data folder.

        Raises:
            UnknownNameError: an unknown target.
            CorruptDatabaseError: a database is damaged.
        """
        store = store or Store()
        named = tuple(targets)
        self.by_default = not named
        self.opened: tuple[Database, ...] = tuple(map(store.open, store.targets(named)))


def open_store(path: str | Path | None = None) -> Store:
    """Where databases are: in the package, in the user's data folder, and at ``path``.

    Args:
        path: the folder that ``import_database`` wrote; it answers where no target names a
            release. ``None`` for none.

    Raises:
        UnknownNameError: there is no database there.
        CorruptDatabaseError: it is damaged.
    """
    store = Store()
    return store if path is None else store.using(Path(path))


def evidence_titles(ids: Iterable[str], databases: Iterable[Database]) -> dict[str, SourceInfo]:
    """Title and place of every id; an id that no database lists stands for itself."""
    known = tuple(databases)
    result: dict[str, SourceInfo] = {}
    for id_ in sorted(ids):
        for database in known:
            try:
                source = database.source(id_)
            except UnknownNameError:
                result[id_] = SourceInfo(id_, "")
            else:
                result[id_] = SourceInfo(source.title, source.where)
                break
    return result
