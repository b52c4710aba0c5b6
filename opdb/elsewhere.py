"""Which other releases and chips have an op: what a report says beside a refusal.

Names only: that a release lists an op does not mean that it takes a certain node.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from opdb.query import Database, open_database
from opdb.target import Target, load_registry

__all__ = ["Elsewhere", "other_chips", "other_releases"]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Releases of the same tool that know an op; both empty when none does.

    Attributes:
        before: older releases, oldest first.
        after: newer releases, oldest first.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def other_releases(database: Database, op: str) -> Elsewhere:
    """The full releases whose parser, or whose table, knows a TensorFlow op type."""
    target = database.target
    registry = load_registry()
    if target.tool not in registry.tools:
        return Elsewhere()
    order = [release.version for release in registry.releases(target.tool)]
    if target.version not in order:
        return Elsewhere()
    here = order.index(target.version)
    known: dict[bool, list[str]] = {True: [], False: []}
    for version in registry.full_versions(target.tool):
        if version != target.version and _knows(replace(target, version=version), op):
            known[order.index(version) < here].append(version)
    return Elsewhere(tuple(known[True]), tuple(known[False]))


def other_chips(database: Database, ge_op: str) -> tuple[str, ...]:
    """Chips of the same release whose AI Core list holds a GE op, one name for a family."""
    target = database.target
    registry = load_registry()
    if target.tool not in registry.tools or target.version not in registry.full_versions(
        target.tool
    ):
        return ()
    chips: dict[str, str] = {}
    for soc in registry.socs(target.tool, target.version):
        if soc.short in chips or soc.short == database.short_soc or soc.family:
            continue
        other = _opened(replace(target, soc=soc.name))
        if other.aicore(ge_op) is not None:
            chips[soc.short] = soc.name
    return tuple(chips.values())


def _knows(target: Target, op: str) -> bool:
    """Whether the parser of a target, or its table, has the op."""
    database = _opened(target)
    if target.tool == "omg":
        return database.omg(op) is not None
    record = database.parser(op)
    return record is not None and not record.scope_fusion_result and record.origin != "refused"


@lru_cache(maxsize=64)
def _opened(target: Target) -> Database:
    """The database of a target, or of another chip where the release does not have this one."""
    socs = {soc.name for soc in load_registry().socs(target.tool, target.version)}
    return open_database(target if target.soc in socs else replace(target, soc=min(socs)))
