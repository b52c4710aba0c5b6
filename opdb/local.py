"""One database that was imported from a user's own toolkit: what it says of itself, its files."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opdb.atomic import drafted_folder
from opdb.errors import CorruptDatabaseError, UnknownNameError
from opdb.layout import Layout, plain
from opdb.load import SCHEMA
from opdb.target import Registry, Target, load_registry, near_matches

__all__ = [
    "MANIFEST",
    "LocalDatabase",
    "check_name",
    "check_place",
    "data_home",
    "is_name",
    "local_layout",
    "read_local",
    "store",
]

MANIFEST = "manifest.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class LocalDatabase:
    """One imported database.

    Attributes:
        name: what targets call it: ``atc@NAME/SOC``.
        path: its folder.
        version: of the toolkit, as its files say it; empty when they do not.
        base: the release of the package that answers what the toolkit's files do not hold.
        exact: the toolkit is that release.
        chips: ``--soc_version`` value to ops-info folder and short name.
        cpu, cpu_complete: it has CPU lists; they are whole.
        aicore: it has AI Core lists.
        whole: the ops-info folders whose AI Core list is the toolkit's own.
        missing: what the toolkit's files do not hold, in words.
        files: sha256 by file name.
        title: one line for lists.
    """

    name: str
    path: Path
    version: str
    base: str
    exact: bool
    chips: Mapping[str, tuple[str, str]]
    cpu: bool
    cpu_complete: bool
    aicore: bool
    whole: tuple[str, ...]
    missing: tuple[str, ...]
    files: Mapping[str, str]
    title: str

    @property
    def socs(self) -> tuple[str, ...]:
        """The chips' names."""
        return tuple(self.chips)


def data_home() -> Path:
    """The folder of imported databases: ``OMLINT_DATA_HOME``, else the platform's data folder."""
    named = os.environ.get("OMLINT_DATA_HOME")
    if named:
        return Path(named)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "omlint"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "omlint"
    shared = os.environ.get("XDG_DATA_HOME")
    return (Path(shared) if shared else Path.home() / ".local" / "share") / "omlint"


def is_name(text: str) -> bool:
    """Whether an imported database may have this name."""
    return _NAME.fullmatch(text) is not None


def read_local(path: Path) -> LocalDatabase:
    """Read what a database says about itself.

    Raises:
        CorruptDatabaseError: it is damaged or of a newer schema.
    """
    manifest = path / MANIFEST
    try:
        raw = json.loads(manifest.read_bytes())
        schema = int(raw["schema"])
    except OSError as err:
        raise CorruptDatabaseError(f"cannot read {manifest}: {err.strerror}") from err
    except (ValueError, KeyError, TypeError) as err:
        raise CorruptDatabaseError(f"database file {manifest} is damaged: {err}") from err
    if schema > SCHEMA:
        raise CorruptDatabaseError(
            f"{manifest} has schema {schema}; this program reads up to {SCHEMA}: "
            "import the toolkit again"
        )
    try:
        chips = {name: (entry["folder"], entry["short"]) for name, entry in raw["chips"].items()}
        return LocalDatabase(
            name=str(raw["name"]),
            path=path,
            version=str(raw["version"]),
            base=str(raw["base"]),
            exact=bool(raw["exact"]),
            chips=chips,
            cpu=bool(raw["cpu"]),
            cpu_complete=bool(raw["cpu_complete"]),
            aicore=bool(raw["aicore"]),
            whole=tuple(raw["whole"]),
            missing=tuple(raw["missing"]),
            files={str(name): str(digest) for name, digest in raw["files"].items()},
            title=str(raw["title"]),
        )
    except (KeyError, TypeError, AttributeError) as err:
        raise CorruptDatabaseError(f"database file {manifest} is damaged: {err!r}") from err


def local_layout(database: LocalDatabase, soc: str, registry: Registry) -> Layout:
    """The files of an imported database, the package's own behind them.

    Raises:
        UnknownNameError: the toolkit has no list for the chip.
    """
    single = {known.name for known in registry.all_socs("atc") if not known.family}
    members = (chip for chip, (_, short) in database.chips.items() if short == soc)
    chip = soc if soc in database.chips or soc in single else next(members, soc)
    if chip not in database.chips:
        near = near_matches(soc, database.chips)
        names = ", ".join(near or database.chips)
        hint = f"did you mean {names}?" if near else f"it has: {names}"
        raise UnknownNameError(f"atc {database.name} has no SoC {soc!r}; {hint}")
    folder, short = database.chips[chip]
    known = next(s for s in registry.socs("atc", database.base))
    below = plain(registry, Target("atc", database.base, known.name), database.base)
    whole = database.exact and below.cpu_complete
    own = {name: str(database.path / name) for name in database.files}
    listed = {s.folders[database.base] for s in registry.socs("atc", database.base)}
    cores = [own[name] for name in (f"{folder}.tsv.gz",) if name in own]
    if folder not in database.whole and folder in listed:
        cores.append(f"atc/{database.base}/{folder}.tsv.gz")
    later = below.later_cpu
    if database.cpu and not database.cpu_complete and below.cpu_complete:
        later = (*below.cpu, *later)
    return Layout(
        release=database.base,
        version=database.name,
        folder=folder,
        short_soc=short,
        answered_from=(f"atc@{database.name}", f"atc@{database.base}"),
        common=(own["common.tsv.gz"], *below.common),
        cores=tuple(cores),
        cpu=((database.name, own["cpu.tsv.gz"]),) if database.cpu else below.cpu,
        later_cpu=later,
        judging=below.judging,
        onnx=below.onnx,
        sources=(*below.sources, own["sources.json"]),
        complete=folder in database.whole or (database.exact and folder in listed),
        parser_complete=database.exact,
        cpu_complete=database.cpu_complete if database.cpu else whole,
        parser_inferred=below.parser_inferred or not database.exact,
        needs_input=below.needs_input,
        most_profiles=below.most_profiles,
        carried=not database.exact,
        digests=tuple((own[name], digest) for name, digest in database.files.items()),
    )


def check_name(name: str) -> None:
    """Refuse a name that is no name or that a release has.

    Raises:
        UnknownNameError: it is not to be used.
    """
    if not _NAME.fullmatch(name):
        raise UnknownNameError(f"{name!r} cannot name a database: letters, digits, . _ - only")
    registry = load_registry()
    if registry.knows("atc", name):
        raise UnknownNameError(f"{name!r} is a release of atc; name the import otherwise")


def check_place(folder: Path) -> None:
    """Refuse a place that holds something else than a database.

    Raises:
        UnknownNameError: nothing may be written there.
    """
    if folder.exists() and not (folder / MANIFEST).is_file():
        raise UnknownNameError(f"{folder} is there already and is no database")


def store(files: Mapping[str, bytes], manifest: Mapping[str, Any], folder: Path) -> None:
    """Write a database whole or not at all; one that is there already is replaced.

    Raises:
        UnknownNameError: the folder cannot be written, or holds something else.
    """
    check_place(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with drafted_folder(folder) as draft:
            for name, data in files.items():
                (draft.path / name).write_bytes(data)
            text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
            (draft.path / MANIFEST).write_text(text + "\n", encoding="utf-8")
            draft.replace()
    except OSError as err:
        raise UnknownNameError(f"cannot write {folder}: {err.strerror}") from err
