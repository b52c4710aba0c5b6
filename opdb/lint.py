"""The data lint: what must hold in the database files, with nothing but the files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opdb import decode
from opdb.check import manifest_faults
from opdb.errors import CorruptDatabaseError, UnknownNameError
from opdb.facts import ScopePass
from opdb.formula import check_expression
from opdb.load import DATA_DIR, RecordFile, load_json
from opdb.local import LocalDatabase
from opdb.target import Registry, load_registry

__all__ = ["Fault", "LintResult", "lint", "lint_folder", "lint_local"]

_KINDS = frozenset({"full", "partial", "known"})
_STATUSES = frozenset({"supported", "unsupported", "unknown"})
_WITHOUT_EVIDENCE = frozenset({"restriction", "select-format-index"})
_EXCLUSIVE_GROUPS = (("local_ops", "v1_control_flow"), ("rts_ops", "data_dependent_ops"))
"""Groups of which an op may be in one only."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the file, the record in it (may be empty), what is wrong."""

    file: str
    record: str
    message: str


@dataclass(frozen=True, slots=True)
class LintResult:
    """What was looked at, and the faults."""

    files: int
    records: int
    faults: tuple[Fault, ...]


def lint(data: Path = DATA_DIR) -> LintResult:
    """Check the databases that come with the package."""
    faults = [Fault(*_split(text)) for text in manifest_faults(data)]
    try:
        registry = load_registry(data)
        faults += _registry_faults(registry, data)
        faults += _override_faults(data)
        result = lint_folder(data, load_json(data / "sources.json"), registry)
    except CorruptDatabaseError as err:
        return LintResult(0, 0, (*faults, Fault("targets.json", "", str(err))))
    return LintResult(result.files, result.records, (*faults, *result.faults))


def lint_local(name: str, find: Callable[[str], LocalDatabase | None]) -> LintResult:
    """Check an imported database.

    Args:
        name: what targets call it.
        find: how a store finds the database of a name.

    Raises:
        UnknownNameError: there is none of that name.
    """
    try:
        database = find(name)
        if database is None:
            raise UnknownNameError(f"no imported database {name!r}")
        own = load_json(database.path / "sources.json")
        sources = {**load_json(DATA_DIR / "sources.json"), **own}
    except CorruptDatabaseError as err:
        return LintResult(0, 0, (Fault(name, "", str(err)),))
    faults = []
    for file, digest in database.files.items():
        try:
            data = (database.path / file).read_bytes()
        except OSError as err:
            faults.append(Fault(f"{name}/{file}", "", f"cannot be read: {err.strerror}"))
            continue
        if hashlib.sha256(data).hexdigest() != digest:
            faults.append(Fault(f"{name}/{file}", "", "sha256 differs from its manifest"))
    result = lint_folder(database.path, sources, load_registry())
    faults += [Fault(f"{name}/{f.file}", f.record, f.message) for f in result.faults]
    return LintResult(result.files, result.records, tuple(faults))


def lint_folder(
    folder: Path, sources: Mapping[str, Any], registry: Registry, names: Iterable[str] = ()
) -> LintResult:
    """Check every record of every database file in a folder.

    Args:
        folder: where they are.
        sources: evidence id to document.
        registry: the known releases.
        names: the files, relative to the folder; none means all.
    """
    faults = [
        Fault("sources.json", id_, "has no title or no place")
        for id_, entry in sources.items()
        if not entry.get("title") or not entry.get("where")
    ]
    records = 0
    paths = [folder / name for name in names] or sorted(folder.rglob("*.tsv.gz"))
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            file = RecordFile(path)
        except CorruptDatabaseError as err:
            faults.append(Fault(name, "", str(err)))
            continue
        records += file.header["records"]
        checks = _FileCheck(name, file, sources, registry)
        faults += checks.faults()
    return LintResult(len(paths), records, tuple(faults))


class _FileCheck:
    """The checks of one file."""

    def __init__(
        self, name: str, file: RecordFile, sources: Mapping[str, Any], registry: Registry
    ) -> None:
        self._name = name
        self._file = file
        self._sources = sources
        self._versions = {r.version: at for at, r in enumerate(registry.releases("atc"))}
        self._read = _readers(file)

    def faults(self) -> Iterator[Fault]:
        yield from self._order()
        for kind, ids in self._file.header["evidence"].items():
            yield from self._unresolved(kind, ids)
        for kind, name, text in self._file.items():
            label = f"{kind} {name}"
            try:
                raw = json.loads(text)
                self._read.get(kind, _anything)(name, raw)
            except (ValueError, KeyError, TypeError, IndexError, AttributeError) as err:
                yield Fault(self._name, label, f"cannot be read: {err!r}")
                continue
            yield from self._record(kind, label, raw)
        yield from self._both_ways()

    def _order(self) -> Iterator[Fault]:
        previous = ("", "")
        for kind, name, _ in self._file.items():
            if (kind, name) <= previous:
                yield Fault(self._name, f"{kind} {name}", "out of order, or there twice")
            previous = (kind, name)

    def _record(self, kind: str, label: str, raw: Any) -> Iterator[Fault]:
        if kind == "parser":
            yield from self._parser(label, raw)
        entries = raw if isinstance(raw, list) else [raw]
        if kind == "constraint":
            yield from self._ranges(label, entries)
        ids = list(self._file.evidence(kind))
        for entry in entries:
            if isinstance(entry, dict):
                ids += entry.get("ev", ())
                yield from self._entry(label, entry)
        if not ids and not (kind in _WITHOUT_EVIDENCE or label == "group undecided"):
            yield Fault(self._name, label, "names no evidence")
        yield from self._unresolved(label, ids)

    def _entry(self, label: str, entry: Mapping[str, Any]) -> Iterator[Fault]:
        for expr in _expressions(entry):
            try:
                check_expression(expr)
            except ValueError as err:
                yield Fault(self._name, label, f"formula does not parse: {err}")
        for key in ("from", "until_before"):
            if entry.get(key) not in (None, *self._versions):
                yield Fault(self._name, label, f"unknown release {entry[key]!r}")
        for version in entry.get("versions", ()):
            if version not in self._versions:
                yield Fault(self._name, label, f"unknown release {version!r}")
        if "status" in entry and entry["status"] not in _STATUSES:
            yield Fault(self._name, label, f"unknown status {entry['status']!r}")

    def _ranges(self, label: str, entries: Iterable[Mapping[str, Any]]) -> Iterator[Fault]:
        """A limit says from which release to which it holds, and on which chips."""
        for entry in entries:
            versions, chips = entry.get("versions"), entry.get("soc")
            if not isinstance(versions, list) or len(versions) != 2:
                yield Fault(self._name, label, f"versions is not a first and a last: {versions!r}")
            elif self._versions.get(versions[0], 0) > self._versions.get(versions[1], 0):
                yield Fault(self._name, label, f"the first version is after the last: {versions!r}")
            if "soc" not in entry or not isinstance(chips, str | list | None):
                yield Fault(self._name, label, f"soc is neither null nor chip names: {chips!r}")

    def _parser(self, label: str, raw: Mapping[str, Any]) -> Iterator[Fault]:
        if raw["origin"] == "refused" and not raw.get("inferred"):
            yield Fault(self._name, label, "refused, and by a registration at once")
        if raw["origin"] != "refused" and not raw["ge"]:
            yield Fault(self._name, label, "accepted, but becomes nothing")

    def _unresolved(self, label: str, ids: Iterable[str]) -> Iterator[Fault]:
        for id_ in ids:
            if id_ not in self._sources:
                yield Fault(self._name, label, f"evidence {id_!r} is in no source table")

    def _both_ways(self) -> Iterator[Fault]:
        """Ops that the file says two things about."""
        undecided = set(self._file.get("group", "undecided") or ())
        for op in sorted(undecided & set(self._file.names("omg"))):
            yield Fault(self._name, f"omg {op}", "is a row of the table and undecided as well")
        for first, second in _EXCLUSIVE_GROUPS:
            ops = [set((self._file.get("group", g) or {}).get("ops", ())) for g in (first, second)]
            for op in sorted(ops[0] & ops[1]):
                if op not in {"Merge", "RefMerge"}:  # local, and control flow when it survives
                    yield Fault(self._name, f"group {first}", f"{op} is in {second} as well")


def _readers(file: RecordFile) -> dict[str, Callable[[str, Any], object]]:
    return {
        "parser": decode.parser_record,
        "proto": lambda name, raw: decode.prototype(name, raw, file),
        "aicore": lambda name, raw: decode.aicore(name, raw, "", file),
        "cpu": lambda name, raw: [decode.cpu(name, entry, "", file) for entry in raw],
        "constraint": lambda name, raw: [decode.constraint(entry) for entry in raw],
        "omg": decode.omg,
        "onnx": lambda name, raw: decode.onnx(name, raw, file, inferred=False),
        "scope-pass": lambda name, raw: ScopePass.read(name, raw, ()),
        "twin": lambda name, raw: raw["ge"],
    }


def _anything(name: str, raw: Any) -> object:
    return raw


def _expressions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("expr"), str):
            yield value["expr"]
        for item in value.values():
            yield from _expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _expressions(item)


def _registry_faults(registry: Registry, data: Path) -> Iterator[Fault]:
    for tool in registry.tools:
        releases = registry.releases(tool)
        names = [release.version for release in releases]
        for release in releases:
            if names.count(release.version) > 1:
                yield Fault("targets.json", release.version, "is in the order of releases twice")
            if release.kind not in _KINDS:
                yield Fault("targets.json", release.version, f"unknown kind {release.kind!r}")
            if release.kind == "full" and not registry.socs(tool, release.version):
                yield Fault("targets.json", release.version, "has no chips")
        for name, of in registry.aliases(tool).items():
            if of not in names:
                yield Fault("targets.json", name, f"alias of the unknown release {of!r}")
        for soc in registry.all_socs(tool):
            for version, folder in soc.folders.items():
                path = f"{tool}/{version}/{folder}.tsv.gz" if folder else f"{tool}/{version}.tsv.gz"
                if version not in names:
                    yield Fault("targets.json", soc.name, f"unknown release {version!r}")
                elif not (data / path).is_file():
                    yield Fault("targets.json", soc.name, f"no file {path}")
    yield from _orphans(registry, data)
    try:
        tool, _, rest = registry.default.partition("@")
        version, _, soc_name = rest.partition("/")
        registry.basis(tool, version, soc_name)
    except UnknownNameError as err:
        yield Fault("targets.json", "default", str(err))


def _orphans(registry: Registry, data: Path) -> Iterator[Fault]:
    known = {(v, folder) for soc in registry.all_socs("atc") for v, folder in soc.folders.items()}
    for path in sorted((data / "atc").glob("*/*.tsv.gz")):
        folder = path.name.removesuffix(".tsv.gz")
        if folder not in ("common", "cpu", "onnx") and (path.parent.name, folder) not in known:
            name = path.relative_to(data).as_posix()
            yield Fault(name, "", "the list of a folder that no chip is known for")


def _override_faults(data: Path) -> Iterator[Fault]:
    try:
        overrides = json.loads((data / "overrides.json").read_bytes())
    except (OSError, ValueError) as err:
        yield Fault("overrides.json", "", f"cannot be read: {err}")
        return
    for number, entry in enumerate(overrides, 1):
        for key in ("facts", "where", "set", "source", "reason"):
            if not entry.get(key):
                yield Fault("overrides.json", f"entry {number}", f"has no {key}")


def _split(text: str) -> tuple[str, str, str]:
    name, _, message = text.partition(": ")
    return name, "", message
