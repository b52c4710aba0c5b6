"""What the databases say about one target."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from opdb import decode
from opdb.check import manifest_outputs
from opdb.errors import CorruptDatabaseError, UnknownNameError
from opdb.facts import DtypeChange, JudgingFacts, ScopePass
from opdb.load import DATA_DIR, RecordFile, load_json, open_records
from opdb.record import (
    Constraint,
    Kernel,
    KnownIssue,
    OmgConstraint,
    OmgRecord,
    ParserRecord,
    Prototype,
    Source,
    Twin,
)
from opdb.target import Registry, Target, load_registry, near_matches

__all__ = ["Database", "DtypeChange", "JudgingFacts", "open_database"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Files:
    """The files that answer for a target, relative to the data folder."""

    common: str = ""
    cores: str = ""
    cpu: str = ""
    later_cpu: tuple[tuple[str, str], ...] = ()
    judging: str = ""
    omg: str = ""

    def all(self) -> tuple[str, ...]:
        """Every file that can change an answer."""
        later = [path for _, path in self.later_cpu]
        own = [self.common, self.cores, self.cpu, self.judging, self.omg]
        return tuple(path for path in ["targets.json", *own, *later] if path)


class Database:
    """One opened target. Files are read when first asked, records decoded once.

    Attributes:
        target: what was asked for.
        answered_from: the databases that the answers come from.
        complete: its lists are whole, so that an absent op may be called unsupported.
        cpu_complete: its AI CPU and TF-kernel lists are whole too.
        folder: the ops-info folder of the SoC, empty for omg.
        short_soc: name of the chip family, the same in all releases; ``soc`` in conditions.
        parser_inferred: the parser's map was put together from other sources.
        omg_whole: the OMG table is whole.
    """

    def __init__(self, target: Target, data: Path = DATA_DIR) -> None:
        registry = load_registry(data)
        release = registry.release(target.tool, target.version)
        soc = registry.soc(target.tool, target.version, target.soc)
        self.target = target
        self.answered_from: tuple[str, ...] = (f"{target.tool}@{target.version}",)
        self.complete = release.kind == "full"
        self.cpu_complete = release.cpu_complete
        self.folder = soc.folders[target.version]
        self.short_soc = soc.short
        self.parser_inferred = release.parser_inferred
        self.omg_whole = target.tool == "omg" and self.complete
        self._data = data
        self._versions = registry.full_versions(target.tool)
        self._files = _files(registry, target, self.folder)
        self._opened: dict[str, RecordFile] = {}
        self._seen: dict[tuple[str, str], Any] = {}

    @cached_property
    def digest(self) -> str:
        """sha256 (hex) over the files that can change an answer."""
        outputs = manifest_outputs(self._data)
        lines = [f"{name} {outputs.get(name, '')}\n" for name in sorted(self._files.all())]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @cached_property
    def list_evidence(self) -> tuple[str, ...]:
        """Evidence for an op that the parser's map, or the OMG table, does not have."""
        if self._files.omg:
            return self._open(self._files.omg).evidence("omg")
        return self._open(self._files.common).evidence("parser")

    @cached_property
    def omg_undecided(self) -> frozenset[str]:
        """Ops that the table does not print and that may be consumed all the same."""
        return frozenset(self._get(self._files.omg, "group", "undecided") or ())

    def ops(self) -> tuple[str, ...]:
        """The TensorFlow op names that the target's parser or table names, sorted."""
        if self._files.omg:
            return self._open(self._files.omg).names("omg")
        return self._open(self._files.common).names("parser")

    def parser(self, op: str) -> ParserRecord | None:
        """What the parser does with an op type; ``None`` when it refuses it as unknown."""
        return self._once("parser", op, self._parser)

    def prototype(self, ge_op: str) -> Prototype | None:
        """The prototype of a GE op."""
        return self._once("proto", ge_op, self._prototype)

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
        if not self._files.judging:
            return JudgingFacts()
        scope_fusion = self._open(self._files.common).evidence("scope-pass")
        records = self._open(self._files.judging)
        return JudgingFacts.read(records, since=self._since, scope_fusion=scope_fusion)

    def scope_passes(self) -> tuple[ScopePass, ...]:
        """The scope fusion passes of this release."""
        if not self._files.common:
            return ()
        common = self._open(self._files.common)
        evidence = common.evidence("scope-pass")
        return tuple(
            ScopePass.read(name, common.get("scope-pass", name), evidence)
            for name in common.names("scope-pass")
        )

    def omg(self, op: str) -> OmgRecord | None:
        """The row of an OMG table, aliases followed; ``None`` when the table has none."""
        return self._once("omg", op, self._omg)

    def omg_restrictions(self) -> tuple[OmgConstraint, ...]:
        """Limits that hold for whole models of an OMG table."""
        raw = self._get(self._files.omg, "restriction", "general") or ()
        return tuple(OmgConstraint(r["text"], r["expr"], r["note"]) for r in raw)

    def source(self, evidence_id: str) -> Source:
        """The document that an evidence id stands for.

        Raises:
            UnknownNameError: there is no such id.
        """
        known = load_json(self._data / "sources.json")
        if evidence_id not in known:
            near = ", ".join(near_matches(evidence_id, known)) or "nothing like it"
            raise UnknownNameError(f"unknown evidence id {evidence_id!r}; known: {near}")
        entry = known[evidence_id]
        try:
            return Source(evidence_id, entry["title"], entry["where"])
        except (KeyError, TypeError) as err:
            raise CorruptDatabaseError(f"sources.json is damaged at {evidence_id!r}") from err

    def _parser(self, op: str) -> ParserRecord | None:
        raw = self._get(self._files.common, "parser", op)
        if raw is not None:
            return decode.parser_record(op, raw)
        prototype = self.prototype(op)
        if prototype is None:
            return None
        evidence = (*prototype.evidence, "parser-builtin")
        return ParserRecord(op, op, "same-name", inferred=True, evidence=evidence)

    def _prototype(self, ge_op: str) -> Prototype | None:
        raw = self._get(self._files.common, "proto", ge_op)
        if raw is None:
            return None
        return decode.prototype(ge_op, raw, self._open(self._files.common))

    def _aicore(self, ge_op: str) -> Kernel | None:
        raw = self._get(self._files.cores, "aicore", ge_op)
        if raw is None:
            return None
        return decode.aicore(ge_op, raw, self.target.version, self._open(self._files.cores))

    def _cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        return self._cpu_of(self._files.cpu, self.target.version, ge_op)

    def _later_cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        found: list[Kernel] = []
        for version, path in self._files.later_cpu:
            found += self._cpu_of(path, version, ge_op)
        return tuple(found)

    def _cpu_of(self, path: str, version: str, ge_op: str) -> tuple[Kernel, ...]:
        raw = self._get(path, "cpu", ge_op)
        if raw is None:
            return ()
        file = self._open(path)
        return tuple(decode.cpu(ge_op, entry, version, file) for entry in raw)

    def _twins(self, ge_op: str) -> tuple[Twin, ...]:
        found: dict[str, Twin] = {}
        raw = self._get(self._files.common, "twin", ge_op)
        if raw is not None:
            evidence = self._open(self._files.common).evidence("twin")
            constants = tuple(raw.get("const", ()))
            found[raw["ge"]] = Twin(raw["ge"], "const_to_attr", constants, evidence)
        suffixed = self._suffix_twin(ge_op)
        if suffixed is not None:
            found.setdefault(suffixed.ge_op, suffixed)
        for name in self._judging("extra-twin", ge_op) or ():
            evidence = self._open(self._files.judging).evidence("extra-twin")
            found.setdefault(name, Twin(name, "extra", (), evidence))
        return tuple(found.values())

    def _suffix_twin(self, ge_op: str) -> Twin | None:
        name = f"{ge_op}D"
        evidence: tuple[str, ...] = ()
        for path, kind in ((self._files.cores, "aicore"), (self._files.common, "proto")):
            if path and self._open(path).has(kind, name):
                evidence += self._open(path).evidence(kind)
        return Twin(name, "suffix", (), evidence) if evidence else None

    def _constraints(self, tf_op: str) -> tuple[Constraint, ...]:
        raw = self._judging("constraint", tf_op) or ()
        return tuple(decode.constraint(c) for c in raw if self._applies(c))

    def _applies(self, constraint: Mapping[str, Any]) -> bool:
        first, last = constraint["versions"]
        here = self._versions.index(self.target.version)
        if not self._versions.index(first) <= here <= self._versions.index(last):
            return False
        chips = constraint["soc"]
        names = {self.target.soc, self.short_soc, self.folder}
        return chips is None or bool(names & ({chips} if isinstance(chips, str) else set(chips)))

    def _omg(self, op: str) -> OmgRecord | None:
        raw = self._get(self._files.omg, "omg", op)
        return None if raw is None else decode.omg(op, raw)

    def _since(self, version: str | None) -> bool:
        return version is None or not self._before(version)

    def _before(self, version: str | None) -> bool:
        """Whether this release is older than another; ``None`` is after all."""
        if version is None:
            return True
        return self._versions.index(self.target.version) < self._versions.index(version)

    def _judging(self, kind: str, name: str) -> Any | None:
        return self._get(self._files.judging, kind, name)

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
        found: _T = self._seen[key]
        return found


def open_database(target: Target, data: Path = DATA_DIR) -> Database:
    """Open the databases of a target.

    Raises:
        UnknownNameError: nothing is known about the target, or it has no data yet.
        CorruptDatabaseError: a file is damaged; files are read when first asked.
    """
    return Database(target, data)


def _files(registry: Registry, target: Target, folder: str) -> _Files:
    if target.tool == "omg":
        return _Files(omg=f"omg/{target.version}.tsv.gz")
    versions = registry.full_versions(target.tool)
    listed = [(v, f"atc/{v}/cpu.tsv.gz") for v in registry.with_cpu_list(target.tool)]
    at = versions.index(target.version)
    return _Files(
        common=f"atc/{target.version}/common.tsv.gz",
        cores=f"atc/{target.version}/{folder}.tsv.gz",
        cpu=dict(listed).get(target.version, ""),
        later_cpu=tuple((v, path) for v, path in listed if v in versions[at + 1 :]),
        judging="atc/judging.tsv.gz",
    )
