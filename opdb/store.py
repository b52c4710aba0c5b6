"""Where databases are: in the package, in the user's data folder, in folders named for one run.

A store is passed to whoever opens databases; nothing is remembered for the process. Opened files
are read once per path, as they do not change while omlint runs.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from opdb.errors import UnknownNameError
from opdb.load import DATA_DIR
from opdb.local import MANIFEST, LocalDatabase, data_home, is_name, local_layout, read_local
from opdb.query import Database, open_database
from opdb.target import (
    Registry,
    Target,
    default_target,
    load_registry,
    near_matches,
    parse_target,
    spelled,
)

__all__ = ["Store"]


@dataclass(frozen=True, slots=True)
class Store:
    """The databases that one run may ask.

    Attributes:
        data: the package's own databases.
        home: the folder of imported ones; ``None`` is the user's data folder.
        used: databases outside that folder, which go before others of their name.
        preferred: the imported database that answers where a target names no release; empty for
            none.
    """

    data: Path = DATA_DIR
    home: Path | None = None
    used: tuple[LocalDatabase, ...] = field(default=())
    preferred: str = ""

    def using(self, path: Path) -> Store:
        """A store that knows the database in a folder too, and prefers it.

        Raises:
            UnknownNameError: there is no database there.
            CorruptDatabaseError: it is damaged.
        """
        if not (path / MANIFEST).is_file():
            hint = f"it has no {MANIFEST}; `omlint db import DIR --out PATH` writes one"
            raise UnknownNameError(f"{path} is no database: {hint}")
        named = read_local(path)
        return replace(self, used=(*self.used, named), preferred=named.name)

    @property
    def registry(self) -> Registry:
        """The tools, releases and chips of the package."""
        return load_registry(self.data)

    @property
    def folder(self) -> Path:
        """Where imported databases are."""
        return (data_home() if self.home is None else self.home) / "databases"

    # -- imported databases ----------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """The names of the imported databases, damaged ones included."""
        return tuple(sorted({*self._present(), *(named.name for named in self.used)}))

    def imported(self) -> tuple[LocalDatabase, ...]:
        """The imported databases, by name.

        Raises:
            CorruptDatabaseError: one of them is damaged.
        """
        every = (self.find(name) for name in self.names())
        return tuple(named for named in every if named is not None)

    def find(self, name: str) -> LocalDatabase | None:
        """The imported database of a name, ``None`` when there is none.

        Raises:
            CorruptDatabaseError: it is damaged.
        """
        for named in reversed(self.used):
            if named.name == name:
                return named
        path = self.folder / name
        return read_local(path) if is_name(name) and path.is_dir() else None

    def remove(self, name: str) -> Path:
        """Delete an imported database from the data folder; returns where it was.

        Raises:
            UnknownNameError: there is none of that name, or it may not be deleted.
        """
        present = self._present()
        if name not in present:
            near = ", ".join(near_matches(name, present) or present) or "none"
            raise UnknownNameError(f"no imported database {name!r}; there are: {near}")
        path = self.folder / name
        try:
            shutil.rmtree(path)
        except OSError as err:
            raise UnknownNameError(f"cannot remove {path}: {err.strerror}") from err
        return path

    def _present(self) -> list[str]:
        return [path.name for path in self.folder.glob("*") if is_name(path.name) and path.is_dir()]

    # -- targets ---------------------------------------------------------------------------------

    def target(self, text: str) -> Target:
        """Read ``TOOL@VERSION/SOC`` or a ``SOC`` alone: of the preferred database, else the newest.

        Raises:
            UnknownNameError: tool, release or chip is unknown or has no data; names near matches.
            CorruptDatabaseError: the imported database that it names is damaged.
        """
        tool, version, soc = spelled(text)
        if not tool and self.preferred:
            return self.target(f"atc@{self.preferred}/{soc}")
        local = self._named(tool, version)
        if local is None:
            return parse_target(text)
        if not soc:
            names = ", ".join(local.socs)
            raise UnknownNameError(
                f"target '{tool}@{version}' names no SoC; {version} has: {names}"
            )
        local_layout(local, soc, self.registry)
        return Target(tool, version, soc)

    def targets(self, texts: Iterable[str]) -> tuple[Target, ...]:
        """Several targets, repeats dropped; without one, the target when nobody names one."""
        named = tuple(dict.fromkeys(map(self.target, texts)))
        return named or (self.default(),)

    def default(self) -> Target:
        """The target when nobody names one."""
        local = self.find(self.preferred) if self.preferred else None
        if local is None:
            return default_target()
        usual = default_target().soc
        return self.target(f"atc@{local.name}/{usual if usual in local.chips else local.socs[0]}")

    def open(self, target: Target) -> Database:
        """Open the databases of a target.

        Raises:
            UnknownNameError: nothing is known about the target.
            CorruptDatabaseError: a file is damaged; files are read when first asked.
        """
        local = self._named(target.tool, target.version)
        if local is None:
            return open_database(target, self.data)
        return Database(target, local_layout(local, target.soc, self.registry), self.data)

    def _named(self, tool: str, version: str) -> LocalDatabase | None:
        """The imported database that a target names, ``None`` when it names a release."""
        if tool != "atc" or self.registry.knows("atc", version):
            return None
        return self.find(version)
