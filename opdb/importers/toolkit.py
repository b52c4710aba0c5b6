"""A database from an installed toolkit or an older source tree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opdb.errors import CorruptDatabaseError, UnknownNameError
from opdb.importers.spec import MalformedEntryError, aicore_record, cleaned, cpu_record
from opdb.importers.tree import ListFile, Tree, check_op, read_entries, read_json, read_tree
from opdb.layout import plain
from opdb.load import SCHEMA
from opdb.local import LocalDatabase, check_name, check_place, data_home, read_local, store
from opdb.query import ReleaseDatabase
from opdb.target import Target, load_registry
from opdb.write import Records, pretty

__all__ = ["Imported", "import_toolkit"]

_ENGINES = ("aicpu", "host_cpu", "tf_kernel")
_WITHOUT_PROTOTYPE = frozenset({"_Arg", "Variable", "VarHandleOp", "FrameworkOp", "Data"})


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found.

    Attributes:
        counts: records by file or list.
        replaced: a database of that name was there before.
    """

    database: LocalDatabase
    counts: Mapping[str, int]
    version_from: str
    vendors: tuple[str, ...]
    replaced: bool


def import_toolkit(
    folder: Path, *, name: str = "local", version: str = "", out: Path | None = None
) -> Imported:
    """Read a toolkit and write a database.

    Args:
        folder: the toolkit, as installed, or a source tree with ``.ini`` lists.
        name: what targets shall call it.
        version: of the toolkit, when its files do not say it.
        out: where to write; the data folder by default.

    Raises:
        UnknownNameError: no toolkit, an unusable name, or the database cannot be written.
        CorruptDatabaseError: a file of the toolkit cannot be read.
    """
    check_name(name)
    out = out or data_home() / "databases" / name
    check_place(out)
    tree = read_tree(folder)
    if version:
        version_from = "the command line"
    else:
        version, version_from = tree.version, tree.version_from
        if not version:
            version, version_from = _from_name(folder), "the folder's name"
    return _Import(tree, name, version, version_from, out).run()


class _Import:
    """One import."""

    def __init__(self, tree: Tree, name: str, version: str, version_from: str, out: Path) -> None:
        self._tree = tree
        self._name = name
        self._version = version
        self._version_from = version_from
        self._out = out
        self._sources: dict[str, dict[str, str]] = {}
        self._whole: set[str] = set()  # folders whose AI Core list is the toolkit's own
        self._registry = load_registry()
        self._base, self._exact = self._base_release()
        chip = self._registry.socs("atc", self._base)[0]
        target = Target("atc", self._base, chip.name)
        self._below = ReleaseDatabase(target, plain(self._registry, target, self._base))

    def run(self) -> Imported:
        """Read everything, then write it."""
        cores = self._cores()
        cpu = self._cpu()
        common = self._parser()
        chips = self._chips(cores)
        files = {f"{folder}.tsv.gz": records.dump() for folder, records in cores.items()}
        if cpu is not None:
            files["cpu.tsv.gz"] = cpu.dump()
        files["common.tsv.gz"] = common.dump()
        files["sources.json"] = pretty(self._sources)
        stems = {file.folder for file in self._tree.of("cpu")}
        partial = [f"the AI Core list of {name}" for name in sorted(set(cores) - self._whole)]
        manifest = {
            "schema": SCHEMA,
            "name": self._name,
            "version": self._version,
            "base": self._base,
            "exact": self._exact,
            "title": self._title(),
            "chips": chips,
            "aicore": bool(self._whole),
            "whole": sorted(self._whole),
            "cpu": cpu is not None,
            "cpu_complete": {"aicpu_kernel", "tf_kernel"} <= stems,
            "missing": [*self._tree.missing, *(partial if self._whole else ())],
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        }
        replaced = self._out.exists()
        store(files, manifest, self._out)
        counts = {folder: len(records.names) for folder, records in cores.items()}
        counts |= {"cpu": 0 if cpu is None else len(cpu.names), "parser": len(common.names)}
        vendors = tuple(sorted({file.vendor for file in self._tree.files if file.vendor}))
        return Imported(read_local(self._out), counts, self._version_from, vendors, replaced)

    def _base_release(self) -> tuple[str, bool]:
        """The release that fills gaps, and whether the toolkit is that release."""
        full = self._registry.full_versions("atc")
        try:
            release = self._registry.release("atc", self._version) if self._version else None
        except UnknownNameError:
            release = None
        if release is None:
            return full[-1], False
        if release.kind == "full":
            return release.version, release.version == self._version
        order = [r.version for r in self._registry.releases("atc")]
        later = [v for v in full if order.index(v) > order.index(release.version)]
        return (later or [full[-1]])[0], False

    def _title(self) -> str:
        vendors = sorted({file.vendor for file in self._tree.files if file.vendor})
        custom = f", custom ops of {', '.join(vendors)}" if vendors else ""
        return f"imported toolkit {self._version or 'of unknown version'}{custom}"

    def _source(self, file: ListFile, what: str) -> str:
        """Register a file as a source; its id is the same on every machine."""
        where = file.path.relative_to(self._tree.root).as_posix()
        owner = f"{file.vendor}/" if file.vendor else ""
        id_ = f"{self._name}/{owner}{file.part}"
        if file.folder:
            id_ += f"/{file.folder}"
        edition = self._version or "unknown version"
        self._sources[id_] = {"title": f"{what}, imported toolkit ({edition})", "where": where}
        return id_

    def _cores(self) -> dict[str, Records]:
        """AI Core and DSA lists by folder; custom ops take the place of the toolkit's.

        A folder may have DSA or custom ops alone: that is no whole list.
        """
        by_folder: dict[str, dict[str, dict[str, Any]]] = {}
        result: dict[str, Records] = {}
        for file in (*self._tree.of("aicore"), *self._tree.of("dsa")):
            records = result.setdefault(file.folder, Records())
            entries = by_folder.setdefault(file.folder, {})
            what = "DSA" if file.part == "dsa" else "AI Core"
            evidence = self._source(file, f"{what} operator list of {file.folder}")
            shared = records.evidence.setdefault("aicore", [evidence])
            listed = read_entries(file.path)
            if listed and file.part == "aicore" and not file.vendor:
                self._whole.add(file.folder)
            for op, raw in listed.items():
                record = self._read(file, op, raw, records)
                if evidence not in shared:
                    record["ev"] = [evidence]
                entries[op] = record
        for file in self._tree.of("aicore"):
            if not file.vendor and file.folder not in self._whole:
                raise CorruptDatabaseError(f"{file.path} lists no operator")
        for folder, entries in by_folder.items():
            for op, record in entries.items():
                result[folder].add("aicore", op, record)
        return result

    def _read(self, file: ListFile, op: str, raw: object, records: Records) -> dict[str, Any]:
        try:
            return aicore_record(cleaned(raw), records, dsa=file.part == "dsa")
        except MalformedEntryError as err:
            raise CorruptDatabaseError(f"{file.path}, op {op}: {err}") from err

    def _cpu(self) -> Records | None:
        files = self._tree.of("cpu")
        if not files:
            return None
        records = Records()
        entries: dict[str, list[dict[str, Any]]] = {}
        evidence = [self._source(file, f"CPU operator list {file.folder}") for file in files]
        records.evidence["cpu"] = evidence[:1]
        for file, id_ in zip(files, evidence, strict=True):
            listed = read_entries(file.path)
            if not listed and not file.vendor:
                raise CorruptDatabaseError(f"{file.path} lists no operator")
            for op, raw in listed.items():
                try:
                    record = cpu_record(cleaned(raw), records, file.folder)
                except MalformedEntryError as err:
                    raise CorruptDatabaseError(f"{file.path}, op {op}: {err}") from err
                if record is not None:
                    entries.setdefault(op, []).append({**record, "ev": [id_]})
        for op, found in entries.items():
            found.sort(key=lambda entry: _ENGINES.index(entry["engine"]))
            records.add("cpu", op, found)
        return records

    def _parser(self) -> Records:
        """TensorFlow ops that the release below does not know."""
        common = Records()
        custom = {f"{self._name}/{file.vendor}/" for file in self._tree.files if file.vendor}
        named: dict[str, tuple[str, list[str]]] = {}
        for op, ge_op, id_ in self._named():
            named.setdefault(op, (ge_op, []))[1].append(id_)
        common.evidence["parser"] = sorted({id_ for _, ids in named.values() for id_ in ids})
        for op, (ge_op, ids) in named.items():
            below = self._below.parser(op)
            vendors = any(id_.startswith(tuple(custom)) for id_ in ids) if custom else False
            if below is not None and not (vendors and below.origin == "refused"):
                continue
            # a vendor's prototypes are in its libraries, which are not read
            known = vendors or self._below.prototype(ge_op) is not None
            origin = "same-name" if known or ge_op in _WITHOUT_PROTOTYPE else "refused"
            record = {"ge": ge_op, "origin": origin, "inferred": 1, "ev": list(dict.fromkeys(ids))}
            common.add("parser", op, record)
        return common

    def _named(self) -> Iterable[tuple[str, str, str]]:
        """TensorFlow op, GE op and source, from all lists that name TensorFlow ops."""
        for file in self._tree.of("plugins"):
            id_ = self._source(file, "TensorFlow plugin registrations")
            for entry in self._items(file, read_json(file.path), "registrations"):
                for op in self._names(file, entry.get("tf_ops", [])):
                    yield op, check_op(file.path, entry.get("ge_op") or op), id_
        for file in self._tree.of("npu"):
            id_ = self._source(file, "Operators of the TensorFlow adapter")
            for op in read_entries(file.path):
                yield op, op, id_
        for file in self._tree.of("ir2tf"):
            id_ = self._source(file, "Map of GE ops to TensorFlow ops")
            for entry in self._items(file, read_json(file.path), "IR2TF"):
                if "dstOpType" in entry and "srcOpType" in entry:
                    names = self._names(file, [entry["dstOpType"], entry["srcOpType"]])
                    yield names[0], names[1], id_
        for file in self._tree.of("aicore"):
            if file.vendor:
                id_ = self._source(file, f"AI Core operator list of {file.folder}")
                for op in read_entries(file.path):
                    yield op, op, id_

    def _names(self, file: ListFile, raw: object) -> list[str]:
        if not isinstance(raw, list):
            raise CorruptDatabaseError(f"{file.path}: {str(raw)[:60]!r} is no list of operators")
        return [check_op(file.path, op) for op in raw]

    def _items(self, file: ListFile, raw: object, key: str) -> list[Mapping[str, Any]]:
        found = raw.get(key) if isinstance(raw, Mapping) else None
        if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
            raise CorruptDatabaseError(f"{file.path} has no list {key!r}")
        return found

    def _chips(self, cores: Mapping[str, Records]) -> dict[str, dict[str, str]]:
        """Chip names: those of the platform files, else those that the package knows."""
        below = self._registry.socs("atc", self._base)
        folders = set(cores)
        if not self._whole:
            folders |= {soc.folders[self._base] for soc in below}
        chips = {
            name: {"folder": short.lower(), "short": short}
            for name, short in self._tree.chips.items()
            if short.lower() in folders
        }
        named = {entry["folder"] for entry in chips.values()}
        for soc in self._registry.all_socs("atc"):
            own = soc.folders.get(self._base, "")
            of = {own} if self._exact else set(soc.folders.values())
            for folder in sorted((of & folders) - named) if not soc.family else ():
                chips[soc.name] = {"folder": folder, "short": soc.short}
        named = {entry["folder"] for entry in chips.values()}
        for folder in sorted(folders - named):
            chips[folder] = {"folder": folder, "short": folder}
        if "Ascend910A" in chips:
            chips["Ascend910"] = chips["Ascend910A"]
        return dict(sorted(chips.items()))


def _from_name(folder: Path) -> str:
    """The release whose name ends the folder's name: ``…/5.0.4``, ``canndev-5.0.4``."""
    name = folder.resolve().name
    versions = [release.version for release in load_registry().releases("atc")]
    fits = [v for v in versions if name == v or name.endswith((f"-{v}", f"_{v}"))]
    return max(fits, key=len, default="")
