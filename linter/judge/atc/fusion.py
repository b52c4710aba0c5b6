"""Stage 1: nodes that a scope-fusion pass swallows.

On inference graphs one pass runs by default, layer normalisation; the others run when
``--enable_scope_fusion_passes`` names them. Source: canndev scope fusion passes. A layer
normalisation is a ``batchnorm`` scope (one Sub, one Rsqrt, three Mul, two Add or AddV2, no
Identity) beside a ``moments`` scope (two Mean, one SquaredDifference, no Squeeze) under one
parent; an instance normalisation is the same with an ``instancenorm`` scope, whatever it adds.

Notes:
    What else the optional passes look for, and when that is not known: ``scope_patterns``.
    Which nodes of a scope its fused op gives out is not known. A scope is left alone when a fetched
    node in it is read in it as well; a fetched node at its end is taken for its result.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from linter.graph import Graph, Node, Value
from linter.graph.op_families import ENTERS, EXITS, NEXT_ITERATIONS
from linter.judge.atc.name_scopes import NameScope, scope_tree
from linter.judge.atc.scope_patterns import decidable, matched_scopes, takes_loops
from opdb.facts import ScopePass
from opdb.query import CombinedDatabase, Database

__all__ = ["Fusion", "fused_nodes", "fused_on_demand", "optional_passes", "warn_of_passes"]

_LOG = logging.getLogger(__name__)
_LOOPS = ENTERS | EXITS | NEXT_ITERATIONS
_NOT_FUSED = frozenset({"Const", "Placeholder"})


@dataclass(frozen=True, slots=True)
class Fusion:
    """What swallows a node.

    Attributes:
        name: the pass.
        results: GE ops that stand for the scope afterwards.
        evidence: ids of the sources.
    """

    name: str
    results: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Norm:
    """A normalisation in two scopes.

    Attributes:
        scope: how the name of the scope that normalises begins.
        adds: how many Add and AddV2 it has, ``None`` when that does not matter.
    """

    scope: str
    adds: int | None


_NORMS = {
    "ScopeLayerNormPass": _Norm("batchnorm", 2),
    "ScopeInstanceNormPass": _Norm("instancenorm", None),
}
_DEFAULT = "ScopeLayerNormPass"


def fused_nodes(
    graph: Graph,
    reachable: frozenset[str],
    outputs: tuple[Value, ...],
    evidence: tuple[str, ...] = (),
) -> Mapping[str, Fusion]:
    """The nodes that the pass that runs by default takes, by key.

    Args:
        graph: one body.
        reachable: the nodes that take part.
        outputs: the fetches; a scope with a fetched interior node is left alone.
        evidence: ids of the sources.

    Returns:
        Every node of the matched scopes, constants excepted.
    """
    keys = _normalised(graph, reachable, outputs, _NORMS[_DEFAULT])
    return dict.fromkeys(keys, Fusion(_DEFAULT, ("LayerNorm",), evidence))


def fused_on_demand(
    graph: Graph,
    present: frozenset[str],
    outputs: tuple[Value, ...],
    passes: Sequence[ScopePass],
) -> Mapping[str, Fusion]:
    """The nodes that passes take which are switched on, by key.

    Args:
        graph: one body.
        present: the nodes that the parser keeps: all that the fetches lead to, Assert included.
        outputs: the fetches; a scope with a fetched interior node is left alone.
        passes: the passes; the first that takes a node has it.

    Returns:
        Every node of the matched scopes, constants and inputs excepted.
    """
    fused: dict[str, Fusion] = {}
    root = scope_tree(node for key, node in graph.nodes.items() if key in present and passes)
    for one in passes:
        norm = _NORMS.get(one.name)
        if norm is None:
            keys = _of_scopes(graph, outputs, _scopes_of(one, root))
        else:
            keys = _normalised(graph, present, outputs, norm)
        for key in keys:
            fused.setdefault(key, Fusion(one.name, one.results, one.evidence))
    return fused


def optional_passes(database: Database, names: Sequence[str]) -> tuple[ScopePass, ...]:
    """The passes of a release that are named, not on anyway, and known well enough."""
    if not names:
        return ()
    known = database.scope_passes()
    by_name = {one.name: one for one in known if not one.default}
    return tuple(
        by_name[name]
        for name in dict.fromkeys(names)
        if name in by_name and (name in _NORMS or decidable(by_name[name], known))
    )


def warn_of_passes(databases: Iterable[Database], names: Sequence[str]) -> None:
    """Warn of passes that a release lacks, as atc does, and of those that cannot be judged."""
    for database in databases if names else ():
        parts = (*database.agree, *database.adds) if isinstance(database, CombinedDatabase) else ()
        for name in dict.fromkeys(names):
            _warn(database, parts or (database,), name)


def _warn(database: Database, parts: Sequence[Database], name: str) -> None:
    known = {one.name: one for part in parts for one in part.scope_passes()}
    if name not in known:
        near = get_close_matches(name, known, 3)
        hint = f"; near: {', '.join(near)}" if near else ""
        _LOG.warning("%s has no scope fusion pass %s%s", database.target, name, hint)
    elif not known[name].default and not any(optional_passes(part, (name,)) for part in parts):
        text = "what %s looks for is not known well enough; its nodes are judged one by one on %s"
        _LOG.warning(text, name, database.target)


def _scopes_of(one: ScopePass, root: NameScope) -> list[NameScope]:
    scopes = matched_scopes(one, root)
    return scopes if takes_loops(one) else [at for at in scopes if not at.counts.keys() & _LOOPS]


def _of_scopes(
    graph: Graph, outputs: tuple[Value, ...], scopes: Iterable[NameScope]
) -> Iterable[str]:
    fetched = {value.node for value in outputs}
    for scope in scopes:
        members = list(scope.members())
        keys = {node.key for node in members}
        inside = (use.node in keys for key in keys & fetched for use in graph.uses(key))
        if not any(inside):
            yield from (node.key for node in members if _takes(node))


def _takes(node: Node) -> bool:
    return node.op not in _NOT_FUSED and not node.virtual


def _normalised(
    graph: Graph, reachable: frozenset[str], outputs: tuple[Value, ...], norm: _Norm
) -> Iterable[str]:
    members = _scopes(graph, reachable, norm)
    fetched = {value.node for value in outputs}
    for (parent, name), main in members.items():
        if not name.startswith(norm.scope):
            continue
        for moments_name in _siblings(members, parent):
            keys = main + members[parent, moments_name]
            ops = _Count(graph, main), _Count(graph, members[parent, moments_name])
            if _is_norm(norm, *ops) and _closed(graph, keys, main, fetched):
                yield from (key for key in keys if graph.nodes[key].op != "Const")


class _Count(Counter[str]):
    def __init__(self, graph: Graph, keys: list[str]) -> None:
        super().__init__(graph.nodes[key].op for key in keys)


def _scopes(
    graph: Graph, reachable: frozenset[str], norm: _Norm
) -> dict[tuple[str, str], list[str]]:
    members: dict[tuple[str, str], list[str]] = {}
    part = f"/{norm.scope}"
    for key, node in graph.nodes.items():
        if part not in node.name and "/moments" not in node.name:
            continue
        parent, _, name = node.name.rpartition("/")[0].rpartition("/")
        if name.startswith((norm.scope, "moments")) and key in reachable:
            members.setdefault((parent, name), []).append(key)
    return members


def _siblings(members: dict[tuple[str, str], list[str]], parent: str) -> list[str]:
    return [name for at, name in members if at == parent and name.startswith("moments")]


def _is_norm(norm: _Norm, main: _Count, moments: _Count) -> bool:
    return (
        main["Sub"] == 1
        and main["Rsqrt"] == 1
        and main["Mul"] == 3
        and (norm.adds is None or main["Add"] + main["AddV2"] == norm.adds)
        and main["Identity"] == 0
        and moments["Mean"] == 2
        and moments["SquaredDifference"] == 1
        and moments["Squeeze"] == 0
    )


def _closed(graph: Graph, keys: list[str], main: list[str], fetched: set[str]) -> bool:
    """Whether only one node of the group, in the normalising scope, is given out.

    It is read from outside or fetched; a fetched node that is read inside as well is none.
    """
    group = set(keys)
    if any(use.node in group for key in group & fetched for use in graph.uses(key)):
        return False
    exits = {
        key for key in keys for use in graph.uses(key) if use.node not in group and use.slot >= 0
    } | (group & fetched)
    return len(exits) <= 1 and exits <= set(main)
