"""Truth values that choose between branches, and do nothing else."""

from __future__ import annotations

import re

from linter.graph.model import Graph, Value

__all__ = ["is_flag_name", "other_use"]

_NAME = re.compile(r"train|learning_phase|phase|dropout", re.IGNORECASE)
_CHOICES = {
    "If": 0,
    "RefSwitch": 1,
    "Select": 0,
    "SelectV2": 0,
    "StatelessIf": 0,
    "Switch": 1,
}
"""Ops that choose by a truth value, and the input that they take it from."""
_PASSING = ("Identity", "LogicalNot", "StopGradient")


def is_flag_name(name: str) -> bool:
    """Whether an input is called as flags of training are."""
    return _NAME.search(name) is not None


def other_use(graph: Graph, flag: str) -> str | None:
    """The op of a reader that does something else with a truth value than choose.

    It may be passed on and negated, waited for, and chosen by itself, as the pivot of every
    ``tf.cond`` is.

    Args:
        graph: the body that ``flag`` is in.
        flag: key of a node with one output, bool[].
    """
    pending, seen = [Value(flag)], {flag}
    while pending:
        value = pending.pop()
        for use in graph.uses(value.node):
            node = graph.nodes[use.node]
            if use.slot < 0 or use.port != value.port or _CHOICES.get(node.op) == use.slot:
                continue
            is_pivot = node.op == "Switch" and node.inputs[0] == node.inputs[1]
            if node.op not in _PASSING and not is_pivot:
                return node.op
            if node.key not in seen:
                seen.add(node.key)
                pending += [Value(node.key, port) for port in range(1 + is_pivot)]
    return None
