"""Stage 1: nodes that a built-in scope-fusion pass swallows.

Only the pass that runs by default on inference graphs is modelled, layer normalisation. Source:
canndev scope fusion passes, ScopeLayerNormPass: a ``batchnorm`` scope (one Sub, one Rsqrt, three
Mul, two Add or AddV2, no Identity) beside a ``moments`` scope (two Mean, one SquaredDifference, no
Squeeze) under one parent.

Notes:
    The other passes run only when ``--enable_scope_fusion_passes`` names them.
"""

from __future__ import annotations

from collections import Counter

from linter.graph import Graph, Value

__all__ = ["fused_nodes"]


def fused_nodes(
    graph: Graph, reachable: frozenset[str], outputs: tuple[Value, ...]
) -> frozenset[str]:
    """Keys of the nodes that become part of a LayerNorm.

    Args:
        graph: one body.
        reachable: the nodes that take part.
        outputs: the fetches; a scope with a fetched interior node is left alone.

    Returns:
        Every node of the matched ``batchnorm`` and ``moments`` scopes, constants excepted.
    """
    members = _scopes(graph, reachable)
    fetched = {value.node for value in outputs}
    fused: set[str] = set()
    for (parent, name), norm in members.items():
        if not name.startswith("batchnorm"):
            continue
        for moments_name in _siblings(members, parent):
            keys = norm + members[parent, moments_name]
            ops = _Count(graph, norm), _Count(graph, members[parent, moments_name])
            if _is_layer_norm(*ops) and not fetched & set(keys[:-1]) and _closed(graph, keys, norm):
                fused.update(key for key in keys if graph.nodes[key].op != "Const")
    return frozenset(fused)


class _Count(Counter[str]):
    def __init__(self, graph: Graph, keys: list[str]) -> None:
        super().__init__(graph.nodes[key].op for key in keys)


def _scopes(graph: Graph, reachable: frozenset[str]) -> dict[tuple[str, str], list[str]]:
    members: dict[tuple[str, str], list[str]] = {}
    for key, node in graph.nodes.items():
        if "/batchnorm" not in node.name and "/moments" not in node.name:
            continue
        parent, _, name = node.name.rpartition("/")[0].rpartition("/")
        if name.startswith(("batchnorm", "moments")) and key in reachable:
            members.setdefault((parent, name), []).append(key)
    return members


def _siblings(members: dict[tuple[str, str], list[str]], parent: str) -> list[str]:
    return [name for at, name in members if at == parent and name.startswith("moments")]


def _is_layer_norm(norm: _Count, moments: _Count) -> bool:
    return (
        norm["Sub"] == 1
        and norm["Rsqrt"] == 1
        and norm["Mul"] == 3
        and norm["Add"] + norm["AddV2"] == 2
        and norm["Identity"] == 0
        and moments["Mean"] == 2
        and moments["SquaredDifference"] == 1
        and moments["Squeeze"] == 0
    )


def _closed(graph: Graph, keys: list[str], norm: list[str]) -> bool:
    """Whether only one node of the group, in the normalising scope, is read from outside."""
    group = set(keys)
    exits = {
        key for key in keys for use in graph.uses(key) if use.node not in group and use.slot >= 0
    }
    return len(exits) <= 1 and exits <= set(norm)
