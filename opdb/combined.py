"""Several databases that answer for a release without whole lists of its own.

No answer is taken from one release alone. Those that must agree have to say the same; partial
releases, which may only vouch for support, are not asked for what they lack, but what they say
counts. Else nothing is known: the answer is ``None``, or empty. Where an answer is a collection,
each of its elements is an answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from typing import Any, TypeVar

from opdb.database import Database
from opdb.errors import UnknownNameError
from opdb.facts import JudgingFacts, ScopePass
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
    TensorSpec,
    Twin,
)
from opdb.target import Target

__all__ = ["CombinedDatabase"]

_T = TypeVar("_T")
_Record = TypeVar(
    "_Record", Kernel, KnownIssue, OmgRecord, OnnxRecord, ParserRecord, Prototype, ScopePass, Twin
)

_OF_A_RELEASE: dict[type, dict[str, Any]] = {
    Kernel: {"version": ""},
    OnnxRecord: {"inferred": True},
    ParserRecord: {"inferred": True, "confidence": None},
}
"""What records say of the release that they are from: nothing of the op, and not compared."""


class CombinedDatabase(Database):
    """What the databases of other releases say together.

    An absent op is never called unsupported here: the judge asks every part about a node, and
    weighs their answers.

    Attributes:
        agree: databases that must give the same answer.
        adds: databases that may only vouch for support.
        softens: databases of later releases: what they support is not called unsupported.
    """

    def __init__(
        self,
        target: Target,
        agree: tuple[Database, ...],
        adds: tuple[Database, ...] = (),
        softens: tuple[Database, ...] = (),
    ) -> None:
        self.target = target
        self.agree, self.adds, self.softens = agree, adds, softens
        parts = self.parts
        self.answered_from = _joined(part.answered_from for part in parts)
        self.complete = self.parser_complete = self.cpu_complete = self.omg_whole = False
        self.parser_inferred = True
        self.needs_input = bool(agree) and all(part.needs_input for part in agree)
        self.most_profiles = max(part.most_profiles for part in parts)  # of one chip
        folders = {part.folder for part in parts}
        self.folder = folders.pop() if len(folders) == 1 else ""
        self.short_soc = parts[0].short_soc  # the same in all releases

    @property
    def parts(self) -> tuple[Database, ...]:
        """All databases, in the order in which they are asked."""
        return (*self.agree, *self.adds, *self.softens)

    @cached_property
    def digest(self) -> str:
        """sha256 (hex) over the digests of the parts."""
        return hashlib.sha256("".join(part.digest for part in self.parts).encode()).hexdigest()

    @cached_property
    def list_evidence(self) -> tuple[str, ...]:
        """Evidence of all parts."""
        return _joined(part.list_evidence for part in self.parts)

    @cached_property
    def kernel_evidence(self) -> tuple[str, ...]:
        """Evidence of all parts."""
        return _joined(part.kernel_evidence for part in self.parts)

    @cached_property
    def omg_undecided(self) -> frozenset[str]:
        """Ops that a table leaves open."""
        return frozenset().union(*(part.omg_undecided for part in self.parts))

    @cached_property
    def facts(self) -> JudgingFacts:
        """What holds in all of the releases."""
        return JudgingFacts.common([part.facts for part in self.parts])

    def ops(self) -> tuple[str, ...]:
        """The op names that any part knows: those about which there is something to ask."""
        return tuple(sorted({op for part in self.parts for op in part.ops()}))

    def parser(self, op: str) -> ParserRecord | None:
        """What all parsers do with an op type."""
        return self._record([part.parser(op) for part in self.parts])

    def omg_pattern(self, name: str) -> OmgPattern | None:
        """The row that all tables have."""
        return _equal([part.omg_pattern(name) for part in self.parts])

    def takes(self, op: str) -> bool | None:
        """Whether all that must agree take an op type; that a partial one does opens it."""
        said = {part.takes(op) for part in self.agree}
        if said == {False} and any(part.takes(op) for part in (*self.adds, *self.softens)):
            return None
        return said.pop() if len(said) == 1 else None

    def prototype(self, ge_op: str) -> Prototype | None:
        """The prototype; a tensor whose dtypes or formats differ has none."""
        found = self._answers([part.prototype(ge_op) for part in self.parts])
        inputs = _without_differences([one.inputs for one in found])
        outputs = _without_differences([one.outputs for one in found])
        tensors = zip(found, inputs, outputs, strict=True)
        return _same([replace(one, inputs=i, outputs=o) for one, i, o in tensors])

    def aicore_ops(self) -> tuple[str, ...]:
        """The GE ops that all lists have which must agree, and those that one adds."""
        lists = [frozenset(part.aicore_ops()) for part in self.agree]
        common = reduce(frozenset.intersection, lists) if lists else frozenset[str]()
        return tuple(sorted(common.union(*(part.aicore_ops() for part in self.adds))))

    def aicore(self, ge_op: str) -> Kernel | None:
        """The entry that all AI Core lists have."""
        return self._record([part.aicore(ge_op) for part in self.parts])

    def cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        """The CPU entries that all releases have."""
        return self._records([part.cpu(ge_op) for part in self.parts])

    def later_cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        """The later CPU entries that all releases have."""
        return self._records([part.later_cpu(ge_op) for part in self.parts])

    def twins(self, ge_op: str) -> tuple[Twin, ...]:
        """The twins that a GE op has in all releases."""
        return self._records([part.twins(ge_op) for part in self.parts])

    def pass_rewrites(self, ge_op: str) -> tuple[str, ...] | None:
        """What a pass makes of a GE op in all releases."""
        return _equal(self._answers([part.pass_rewrites(ge_op) for part in self.parts]))

    def select_format(self, ge_op: str) -> tuple[tuple[str, ...], frozenset[str]] | None:
        """Dtypes that all releases choose in code."""
        return _equal(self._answers([part.select_format(ge_op) for part in self.parts]))

    def constraints(self, tf_op: str) -> tuple[Constraint, ...]:
        """The limits that all releases have."""
        return _in_all([part.constraints(tf_op) for part in self.parts])

    def known_issue(self, tf_op: str) -> KnownIssue | None:
        """A public report on all of the releases."""
        return self._record([part.known_issue(tf_op) for part in self.parts])

    def scope_passes(self) -> tuple[ScopePass, ...]:
        """The passes that are the same in all releases."""
        known = [{one.name: one for one in part.scope_passes()} for part in self.parts]
        found = (self._record([passes.get(name) for passes in known]) for name in known[0])
        return tuple(one for one in found if one is not None)

    def omg(self, op: str) -> OmgRecord | None:
        """The row that all tables have."""
        return self._record([part.omg(op) for part in self.parts])

    def onnx(self, op: str) -> OnnxRecord | None:
        """What the ONNX front end makes of an op in all releases."""
        return self._record([part.onnx(op) for part in self.parts])

    def onnx_ops(self) -> tuple[str, ...]:
        """The names about which :meth:`onnx` has an answer, sorted."""
        names = sorted({name for part in self.parts for name in part.onnx_ops()})
        return tuple(name for name in names if self.onnx(name) is not None)

    def omg_restrictions(self) -> tuple[OmgConstraint, ...]:
        """The limits of whole models that all tables have."""
        return _in_all([part.omg_restrictions() for part in self.parts])

    def source(self, evidence_id: str) -> Source:
        """The document that an evidence id of a part stands for.

        Raises:
            UnknownNameError: no part has that id.
        """
        *others, last = self.parts
        for part in others:
            try:
                return part.source(evidence_id)
            except UnknownNameError:
                continue
        return last.source(evidence_id)

    def _answers(self, said: Sequence[_T | None]) -> list[_T]:
        """The answers among what the parts say; none when one has none that must agree."""
        if None in said[: len(self.agree)]:
            return []
        return [answer for answer in said if answer is not None]

    def _record(self, said: Sequence[_Record | None]) -> _Record | None:
        return _same(self._answers(said))

    def _records(self, said: Sequence[tuple[_Record, ...]]) -> tuple[_Record, ...]:
        found = self._answers([records or None for records in said])
        if len({len(records) for records in found}) != 1:
            return ()
        merged = [_same(records) for records in zip(*found, strict=True)]
        known = tuple(one for one in merged if one is not None)
        return known if len(known) == len(merged) else ()


def _same(records: Sequence[_Record]) -> _Record | None:
    """The one record that all of them are, with the evidence of all; ``None`` when they differ."""
    bare = [replace(one, evidence=(), **_OF_A_RELEASE.get(type(one), {})) for one in records]
    found = _equal(bare)
    return None if found is None else replace(found, evidence=_joined(r.evidence for r in records))


def _equal(answers: list[_T]) -> _T | None:
    return answers[0] if answers and all(answer == answers[0] for answer in answers) else None


def _in_all(answers: list[tuple[_T, ...]]) -> tuple[_T, ...]:
    return tuple(one for one in answers[0] if all(one in answer for answer in answers))


def _without_differences(lists: list[tuple[TensorSpec, ...]]) -> list[tuple[TensorSpec, ...]]:
    """The tensors of several prototypes, without the dtypes and formats in which they differ."""
    if len({len(specs) for specs in lists}) != 1:
        return lists
    tensors: list[list[TensorSpec]] = []
    for specs in zip(*lists, strict=True):
        dtypes = _equal([spec.dtypes for spec in specs])
        formats = _equal([spec.formats for spec in specs])
        tensors.append([replace(spec, dtypes=dtypes, formats=formats) for spec in specs])
    return list(zip(*tensors, strict=True)) if tensors else lists


def _joined(evidence: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id_ for ids in evidence for id_ in ids))
