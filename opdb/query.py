"""What the database of one release says, and which databases answer for a target."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from opdb import decode
from opdb.check import manifest_outputs
from opdb.combined import CombinedDatabase
from opdb.database import Database
from opdb.errors import CorruptDatabaseError, UnknownNameError
from opdb.facts import DtypeChange, JudgingFacts, ScopePass
from opdb.layout import Layout, added, plain
from opdb.load import DATA_DIR, RecordFile, load_json, open_records
from opdb.record import (
    Constraint,
    Kernel,
    KnownIssue,
    OmgConstraint,
    OmgPattern,
    OmgRecord,
    OnnxRecord,
    ParserRecord,
    Prototype,
    Source,
    Twin,
)
from opdb.target import Target, load_registry, near_matches

__all__ = [
    "CombinedDatabase",
    "Database",
    "DtypeChange",
    "JudgingFacts",
    "ReleaseDatabase",
    "open_database",
]

_T = TypeVar("_T")


class ReleaseDatabase(Database):
    """A release with lists of its own. Files are read when first asked, records decoded once.

    Attributes:
        layout: its files.
    """

    def __init__(self, target: Target, layout: Layout, data: Path = DATA_DIR) -> None:
        self.target = target
        self.layout = layout
        self.answered_from = layout.answered_from
        self.complete = layout.complete
        self.parser_complete = layout.parser_complete
        self.cpu_complete = layout.cpu_complete
        self.folder = layout.folder
        self.short_soc = layout.short_soc
        self.parser_inferred = layout.parser_inferred
        self.needs_input = layout.needs_input
        self.most_profiles = layout.most_profiles
        self.omg_whole = target.tool == "omg" and self.complete
        self._data = data
        self._versions = load_registry(data).full_versions(target.tool)
        self._opened: dict[str, RecordFile] = {}
        self._seen: dict[tuple[str, str], Any] = {}

    @property
    def parts(self) -> tuple[Database, ...]:
        """The databases that this one is made of: itself."""
        return (self,)

    @cached_property
    def digest(self) -> str:
        """sha256 (hex) over the files that can change an answer."""
        known = {**manifest_outputs(self._data), **dict(self.layout.digests)}
        lines = [f"{Path(name).name} {known.get(name, '')}\n" for name in self.layout.files()]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @cached_property
    def list_evidence(self) -> tuple[str, ...]:
        """Evidence for an op that the parser's map, or the OMG table, does not have."""
        if self.layout.omg:
            return self._open(self.layout.omg).evidence("omg")
        ids = [id_ for path in self.layout.common for id_ in self._open(path).evidence("parser")]
        return tuple(dict.fromkeys(ids))

    @cached_property
    def kernel_evidence(self) -> tuple[str, ...]:
        """Evidence for an op that no kernel list has: the lists."""
        lists = [("aicore", path) for path in self.layout.cores]
        lists += [("cpu", path) for _, path in self.layout.cpu]
        ids = [id_ for kind, path in lists for id_ in self._open(path).evidence(kind)]
        return tuple(dict.fromkeys(ids))

    @cached_property
    def omg_undecided(self) -> frozenset[str]:
        """Ops that the table does not print and that may be consumed all the same."""
        return frozenset(self._get(self.layout.omg, "group", "undecided") or ())

    def ops(self) -> tuple[str, ...]:
        """The TensorFlow op names that the target's parser or table names, sorted."""
        if self.layout.omg:
            return self._open(self.layout.omg).names("omg")
        return self._names("parser")

    def parser(self, op: str) -> ParserRecord | None:
        """What the parser does with an op type; ``None`` when it refuses it as unknown."""
        found = self._once("parser", op, self._parser)
        carried = found is not None and self.layout.carried and not found.inferred
        return replace(found, inferred=True) if found is not None and carried else found

    def takes(self, op: str) -> bool:
        """Whether the parser, or the table, takes an op type at all."""
        if self.layout.omg:
            return self.omg(op) is not None
        record = self.parser(op)
        return record is not None and not record.scope_fusion_result and record.origin != "refused"

    def prototype(self, ge_op: str) -> Prototype | None:
        """The prototype of a GE op."""
        return self._once("proto", ge_op, self._prototype)

    def aicore_ops(self) -> tuple[str, ...]:
        """The GE ops of this SoC's AI Core list, sorted."""
        names = {name for path in self.layout.cores for name in self._open(path).names("aicore")}
        return tuple(sorted(names))

    def aicore(self, ge_op: str) -> Kernel | None:
        """The entry in this SoC's AI Core or DSA list."""
        return self._once("aicore", ge_op, self._aicore)

    def cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        """The AI CPU, host CPU and TF-kernel entries of this release, in that order."""
        return self._once("cpu", ge_op, self._cpu)

    def later_cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        """The CPU entries of later full releases, newest last."""
        return self._once("later", ge_op, self._later_cpu)

    def twins(self, ge_op: str) -> tuple[Twin, ...]:
        """Ops that may take the place of a GE op, in the order in which they are tried."""
        return self._once("twin", ge_op, self._twins)

    def pass_rewrites(self, ge_op: str) -> tuple[str, ...] | None:
        """What a pass makes of a GE op that no list has; empty when it just goes away."""
        raw = self._judging("pass-rewrite", ge_op)
        return None if raw is None else tuple(raw)

    def select_format(self, ge_op: str) -> tuple[tuple[str, ...], frozenset[str]] | None:
        """Dtypes chosen in code, and the names of index inputs that they are not about."""
        raw = self._judging("select-format", ge_op)
        if raw is None:
            return None
        return tuple(raw), frozenset(self._judging("select-format-index", "inputs") or ())

    def constraints(self, tf_op: str) -> tuple[Constraint, ...]:
        """Limits of this release and SoC that the lists do not hold."""
        return self._once("constraint", tf_op, self._constraints)

    def known_issue(self, tf_op: str) -> KnownIssue | None:
        """A public report on this release that overrides the lists."""
        raw = self._judging("known-issue", tf_op)
        if raw is None or not self._before(raw["until_before"]):
            return None
        return KnownIssue(tf_op, raw["status"], raw["why"], tuple(raw["ev"]))

    @cached_property
    def facts(self) -> JudgingFacts:
        """What holds for every op: engine lists, dtype changes."""
        if not self.layout.judging:
            return JudgingFacts()
        files = (self._open(path) for path in self.layout.common)
        scope_fusion = tuple(id_ for file in files for id_ in file.evidence("scope-pass"))
        records = self._open(self.layout.judging)
        return JudgingFacts.read(records, since=self._since, scope_fusion=scope_fusion)

    def scope_passes(self) -> tuple[ScopePass, ...]:
        """The scope fusion passes of this release."""
        return tuple(
            ScopePass.read(name, found[0], found[1].evidence("scope-pass"))
            for name in self._names("scope-pass")
            if (found := self._find(self.layout.common, "scope-pass", name))
        )

    def omg(self, op: str) -> OmgRecord | None:
        """The row of an OMG table, aliases followed; ``None`` when the table has none."""
        return self._once("omg", op, self._omg)

    def onnx(self, op: str) -> OnnxRecord | None:
        """What the ONNX front end makes of ``domain::Type``, such as ``ai.onnx::Relu``."""
        return self._once("onnx", op, self._onnx)

    def onnx_ops(self) -> tuple[str, ...]:
        """The names that :meth:`onnx` knows, sorted."""
        names = {name for _, path in self.layout.onnx for name in self._open(path).names("onnx")}
        return tuple(sorted(names))

    def omg_restrictions(self) -> tuple[OmgConstraint, ...]:
        """Limits that hold for whole models of an OMG table."""
        raw = self._get(self.layout.omg, "restriction", "general") or ()
        return tuple(OmgConstraint(r["text"], r["expr"], r["note"]) for r in raw)

    def source(self, evidence_id: str) -> Source:
        """The document that an evidence id stands for.

        Raises:
            UnknownNameError: there is no such id.
        """
        known: dict[str, Any] = {}
        for path in self.layout.sources:
            known |= load_json(self._data / path)
        if evidence_id not in known:
            near = ", ".join(near_matches(evidence_id, known)) or "nothing like it"
            raise UnknownNameError(f"unknown evidence id {evidence_id!r}; known: {near}")
        entry = known[evidence_id]
        try:
            return Source(evidence_id, entry["title"], entry["where"])
        except (KeyError, TypeError) as err:
            raise CorruptDatabaseError(f"sources.json is damaged at {evidence_id!r}") from err

    def _parser(self, op: str) -> ParserRecord | None:
        own = None
        for path in self.layout.common:
            raw = self._get(path, "parser", op)
            if raw is not None:
                record = decode.parser_record(op, raw)
                if record.origin != "refused":
                    return record
                own = own or record
        prototype = self.prototype(op)
        if own is not None or prototype is None:
            return own
        return ParserRecord(op, op, "same-name", inferred=True, evidence=prototype.evidence)

    def _prototype(self, ge_op: str) -> Prototype | None:
        found = self._find(self.layout.common, "proto", ge_op)
        return decode.prototype(ge_op, *found) if found else None

    def _aicore(self, ge_op: str) -> Kernel | None:
        found = self._find(self.layout.cores, "aicore", ge_op)
        return decode.aicore(ge_op, found[0], self.layout.version, found[1]) if found else None

    def _cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        return self._cpu_of(self.layout.cpu, ge_op)

    def _later_cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        return self._cpu_of(self.layout.later_cpu, ge_op)

    def _cpu_of(self, lists: tuple[tuple[str, str], ...], ge_op: str) -> tuple[Kernel, ...]:
        result: list[Kernel] = []
        for version, path in lists:
            file = self._open(path)
            result += (decode.cpu(ge_op, e, version, file) for e in file.get("cpu", ge_op) or ())
        return tuple(result)

    def _twins(self, ge_op: str) -> tuple[Twin, ...]:
        twins: dict[str, Twin] = {}
        listed = self._find(self.layout.common, "twin", ge_op)
        if listed is not None:
            raw, file = listed
            constants = tuple(raw.get("const", ()))
            evidence = file.evidence("twin")
            twins[raw["ge"]] = Twin(raw["ge"], "const_to_attr", constants, evidence)
        suffixed = self._suffix_twin(ge_op)
        if suffixed is not None:
            twins.setdefault(suffixed.ge_op, suffixed)
        for name in self._judging("extra-twin", ge_op) or ():
            evidence = self._open(self.layout.judging).evidence("extra-twin")
            twins.setdefault(name, Twin(name, "extra", (), evidence))
        return tuple(twins.values())

    def _suffix_twin(self, ge_op: str) -> Twin | None:
        name = f"{ge_op}D"
        evidence: tuple[str, ...] = ()
        for paths, kind in ((self.layout.cores, "aicore"), (self.layout.common, "proto")):
            for path in paths:
                if self._open(path).has(kind, name):
                    evidence += self._open(path).evidence(kind)
                    break
        return Twin(name, "suffix", (), evidence) if evidence else None

    def _constraints(self, tf_op: str) -> tuple[Constraint, ...]:
        raw = self._judging("constraint", tf_op) or ()
        try:
            return tuple(decode.constraint(c) for c in raw if self._applies(c))
        except (ValueError, KeyError, TypeError) as err:
            raise CorruptDatabaseError(
                f"database file {self._data / self.layout.judging} is damaged: record constraint"
                f" {tf_op} cannot be read"
            ) from err

    def _applies(self, constraint: Mapping[str, Any]) -> bool:
        first, last = constraint["versions"]
        here = self._versions.index(self.layout.release)
        if not self._versions.index(first) <= here <= self._versions.index(last):
            return False
        chips = constraint["soc"]
        names = {self.target.soc, self.short_soc, self.folder}
        return chips is None or bool(names & ({chips} if isinstance(chips, str) else set(chips)))

    def omg_pattern(self, name: str) -> OmgPattern | None:
        """The row of an OMG table about nodes that are taken as one."""
        raw = self._get(self.layout.omg, "pattern", name) if self.layout.omg else None
        return None if raw is None else decode.omg_pattern(name, raw)

    def _omg(self, op: str) -> OmgRecord | None:
        raw = self._get(self.layout.omg, "omg", op)
        return None if raw is None else decode.omg(op, raw)

    def _onnx(self, op: str) -> OnnxRecord | None:
        for version, path in self.layout.onnx:
            raw = self._get(path, "onnx", op)
            if raw is not None:
                inferred = version != self.target.version
                return decode.onnx(op, raw, self._open(path), inferred=inferred)
        return None

    def _since(self, version: str | None) -> bool:
        return version is None or not self._before(version)

    def _before(self, version: str | None) -> bool:
        """Whether this release is older than another; ``None`` is after all."""
        if version is None:
            return True
        return self._versions.index(self.layout.release) < self._versions.index(version)

    def _judging(self, kind: str, name: str) -> Any | None:
        return self._get(self.layout.judging, kind, name)

    def _names(self, kind: str) -> tuple[str, ...]:
        files = [self._open(path) for path in self.layout.common]
        if len(files) == 1:
            return files[0].names(kind)
        return tuple(sorted({name for file in files for name in file.names(kind)}))

    def _find(self, paths: tuple[str, ...], kind: str, name: str) -> tuple[Any, RecordFile] | None:
        """The first record of that name, with its file."""
        for path in paths:
            file = self._open(path)
            raw = file.get(kind, name)
            if raw is not None:
                return raw, file
        return None

    def _get(self, path: str, kind: str, name: str) -> Any | None:
        return self._open(path).get(kind, name) if path else None

    def _open(self, path: str) -> RecordFile:
        if path not in self._opened:
            self._opened[path] = open_records(self._data / path)
        return self._opened[path]

    def _once(self, kind: str, name: str, find: Callable[[str], _T]) -> _T:
        key = (kind, name)
        if key not in self._seen:
            self._seen[key] = find(name)
        result: _T = self._seen[key]
        return result


def open_database(target: Target, data: Path = DATA_DIR) -> Database:
    """Open the package's databases of a target; :mod:`opdb.store` knows imported ones too.

    Raises:
        UnknownNameError: nothing is known about the target.
        CorruptDatabaseError: a file is damaged; files are read when first asked.
    """
    registry = load_registry(data)
    basis = registry.basis(target.tool, target.version, target.soc)
    if not basis.inferred and len(basis.full) == 1:
        return ReleaseDatabase(target, plain(registry, target, basis.full[0]), data)
    roles = ((basis.full, plain), (basis.adds, added), (basis.softens, added))
    parts = (
        tuple(ReleaseDatabase(asked, lay(registry, target, asked.version), data) for asked in named)
        for versions, lay in roles
        for named in [[replace(target, version=version) for version in versions]]
    )
    return CombinedDatabase(target, *parts)
