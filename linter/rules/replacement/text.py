"""From a text to a replacement, with all that can be checked before there is a match."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from textwrap import dedent

from linter.graph import Graph, Node, Value
from linter.results.errors import GraphError
from linter.rules.match import ROOT
from linter.rules.replacement.references import ASKED, MARK, Reference, parsed
from linter.rules.replacement.template import Template

__all__ = ["ReplacementError", "read_replacement"]

_TRIAL = {"axes": "[0]", "dtype": "float32", "rank": "1", "shape": "[1]", "value": "0"}
"""Made-up knowledge that shows whether a text can be parsed at all."""


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(rf"({_QUOTED.pattern}|dtype#)|#.*")


class ReplacementError(ValueError):
    """A text that is no replacement; the message says why."""


def read_replacement(text: str, names: Collection[str]) -> Template:
    """The replacement that a text describes.

    Args:
        text: node lines, and a line ``-> results`` where the last node is not all. A line with
            an open bracket goes on in the next one.
        names: the names that every match binds.

    Raises:
        ReplacementError: it cannot be parsed, or uses a name that the match does not bind.
    """
    lines = dedent(text).strip().splitlines()
    results: tuple[str, ...] = ()
    if lines and lines[-1].startswith("->"):
        results = tuple(part.strip() for part in lines.pop()[2:].split(","))
    body = "\n".join(_joined(lines))
    try:
        graph = parsed(body, lambda reference: _trial(reference, names))
    except GraphError as err:
        raise ReplacementError(str(err)) from err
    nodes = list(graph)
    if not nodes and not results:
        raise ReplacementError("there is no node in it")
    _check(nodes, graph)
    known = {node.name for node in nodes} | {MARK + name for name in names}
    return Template(body, tuple(_result(part, known) for part in results or (nodes[-1].name,)))


def _joined(lines: Iterable[str]) -> list[str]:
    """One line for each node; empty lines keep the numbers of the others."""
    joined: list[str] = []
    first, depth = 0, 0
    for place, line in enumerate(lines):
        said = _COMMENT.sub(r"\1", line)
        if depth > 0:
            joined[first] += f" {said.strip()}"
            joined.append("")
        else:
            first = place
            joined.append(said)
        marks = _QUOTED.sub("", said)
        depth += sum(marks.count(mark) for mark in "([{") - sum(marks.count(m) for m in ")]}")
    return joined


def _trial(reference: Reference, names: Collection[str]) -> str:
    name, asked, attr = reference
    known = sorted({ROOT, *names})
    if name not in known:
        raise ReplacementError(f"the match binds no {name!r}; it binds {', '.join(known)}")
    if asked is not None and asked not in ASKED:
        raise ReplacementError(f"${name}.{asked}: what can be asked is {', '.join(ASKED)}")
    if asked is None and attr is None and name == ROOT:
        raise ReplacementError("$root would read the node that goes; read its inputs")
    return _TRIAL.get(asked or "", "1")


def _check(nodes: Sequence[Node], graph: Graph) -> None:
    if graph.duplicates:
        raise ReplacementError(f"two nodes are called {graph.duplicates[0]!r}")
    seen: set[str] = set()
    for node in nodes:
        if node.controls or node.device:
            raise ReplacementError(
                f"{node.name}: control inputs and devices are moved from the node that goes"
            )
        for value in node.inputs:
            _check_input(node, value, seen)
        if node.op == "Const" and "value" not in node.attrs:
            raise ReplacementError(f"{node.name}: a Const has a value: `= 1.0`")
        seen.add(node.name)


def _check_input(node: Node, value: Value, seen: Collection[str]) -> None:
    if value.node.startswith(MARK):
        if value.port:
            raise ReplacementError(f"{node.name} reads {value}: a name of the match is one value")
    elif value.node not in seen:
        raise ReplacementError(
            f"{node.name} reads {value.node!r}, which is no line above; a value of the match is "
            f"written ${value.node}"
        )


def _result(text: str, known: Collection[str]) -> Value:
    name, _, port = text.partition(":")
    marked = name.startswith(MARK)
    if name not in known or (port and (marked or not (port.isascii() and port.isdigit()))):
        raise ReplacementError(f"-> {text!r} names no node of the replacement")
    return Value(name, int(port or 0))
