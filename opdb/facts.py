"""Facts about a release of atc that are not about one op."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opdb.load import RecordFile

__all__ = ["DtypeChange", "JudgingFacts", "ScopePass"]

_GROUPS = (
    "local_ops",
    "removed_ops",
    "rts_ops",
    "folding_ops",
    "data_dependent_ops",
    "v1_control_flow",
    "subgraph_ops",
)
_KINDS = {
    "extra_twins": "extra-twin",
    "inference": "inference",
    "pass_rewrites": "pass-rewrite",
    "select_format": "select-format",
}


@dataclass(frozen=True, slots=True)
class DtypeChange:
    """A dtype that GE sees where TensorFlow has another.

    Attributes:
        tensor: ``input:N`` or ``output:N`` in the order of the TensorFlow op definition, empty
            when the change is about the node.
        to: the dtype, or ``removed`` when the node goes away.
        condition: when it applies; empty for always.
        note: what else happens, for the reader.
    """

    tf_op: str
    tensor: str
    to: str
    condition: str = ""
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScopePass:
    """One scope fusion pass.

    Attributes:
        default: it runs without being asked for.
        results: GE ops that stand for the scope afterwards.
        text: what it looks for, in words.
        patterns: alternatives: ``op_counts``, ``scopes``, ``attrs`` as the facts give them.
    """

    name: str
    default: bool
    results: tuple[str, ...]
    text: str
    patterns: tuple[Mapping[str, Any], ...]
    evidence: tuple[str, ...] = ()

    @classmethod
    def read(cls, name: str, raw: Any, evidence: tuple[str, ...]) -> ScopePass:
        """Decode a stored pass."""
        return cls(
            name=name,
            default=raw["default"],
            results=tuple(raw["results"]),
            text=raw["text"],
            patterns=tuple(raw["patterns"]),
            evidence=evidence,
        )


@dataclass(frozen=True, slots=True)
class JudgingFacts:
    """What happens between the node and the lists.

    Attributes:
        local_ops: GE types that the local engine runs without a kernel.
        removed_ops: GE types that are gone before engines are asked.
        rts_ops: GE types of the runtime engine.
        folding_ops: GE types with a constant-folding kernel of the graph engine.
        data_dependent_ops: TensorFlow ops whose output shape depends on values.
        v1_control_flow: TensorFlow ops of v1 control flow.
        subgraph_ops: TensorFlow ops that call functions.
        dtype_changes: dtype changes of this release.
        ge_dtypes: GE dtype by TensorFlow dtype; a dtype without an entry has none.
    """

    local_ops: frozenset[str] = frozenset()
    removed_ops: frozenset[str] = frozenset()
    rts_ops: frozenset[str] = frozenset()
    folding_ops: frozenset[str] = frozenset()
    data_dependent_ops: frozenset[str] = frozenset()
    v1_control_flow: frozenset[str] = frozenset()
    subgraph_ops: frozenset[str] = frozenset()
    dtype_changes: tuple[DtypeChange, ...] = ()
    ge_dtypes: Mapping[str, str] = field(default_factory=dict)
    evidence_by_group: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def evidence(self, name: str) -> tuple[str, ...]:
        """The evidence ids of one group.

        Groups are the attributes, ``scope_fusion``, ``pass_rewrites``, ``extra_twins``,
        ``inference`` and ``select_format``.
        """
        return self.evidence_by_group.get(name, ())

    @classmethod
    def common(cls, facts: Sequence[JudgingFacts]) -> JudgingFacts:
        """What holds in all of some releases, with the evidence of all."""
        groups = ((name, [getattr(one, name) for one in facts]) for name in _GROUPS)
        evidence: dict[str, tuple[str, ...]] = {}
        for one in facts:
            for name, ids in one.evidence_by_group.items():
                evidence[name] = tuple(dict.fromkeys((*evidence.get(name, ()), *ids)))
        first = facts[0]
        return cls(
            **{name: frozenset.intersection(*found) for name, found in groups},
            dtype_changes=tuple(
                change
                for change in first.dtype_changes
                if all(change in one.dtype_changes for one in facts)
            ),
            ge_dtypes={
                name: ge
                for name, ge in first.ge_dtypes.items()
                if all(one.ge_dtypes.get(name) == ge for one in facts)
            },
            evidence_by_group=evidence,
        )

    @classmethod
    def read(
        cls,
        records: RecordFile,
        *,
        since: Callable[[str | None], bool],
        scope_fusion: tuple[str, ...] = (),
    ) -> JudgingFacts:
        """Decode the groups.

        Args:
            records: the file that holds them.
            since: whether a change's first release has been reached.
            scope_fusion: evidence of the release's scope fusion passes.
        """
        groups = {name: records.get("group", name) for name in _GROUPS}
        dtypes = records.get("dtypes", "tf_to_ge")
        changes = tuple(
            DtypeChange(op, c["tensor"], c["to"], c["condition"], tuple(c["ev"]), c["note"])
            for op in records.names("dtype-change")
            for c in records.get("dtype-change", op) or ()
            if since(c["from"])
        )
        evidence = {name: tuple(group["ev"]) for name, group in groups.items() if group}
        evidence["scope_fusion"] = scope_fusion
        evidence.update((group, records.evidence(kind)) for group, kind in _KINDS.items())
        evidence["ge_dtypes"] = tuple(dtypes["ev"]) if dtypes else ()
        evidence["dtype_changes"] = tuple(dict.fromkeys(e for c in changes for e in c.evidence))
        return cls(
            **{name: frozenset(group["ops"]) for name, group in groups.items() if group},
            dtype_changes=changes,
            ge_dtypes=dtypes["map"] if dtypes else {},
            evidence_by_group=evidence,
        )
