"""An input names a node that is not in the graph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from linter.graph.model import Dangling
from linter.rules import Clean, Finding, Flagged, Graph, LintContext, LintRule, Severity

__all__ = ["MissingProducer"]

_NUMBER = re.compile(r"\s*[+-]?\d+")
_INT32 = range(-(2**31), 2**31)


class MissingProducer(LintRule):
    """Flag an input whose producer, or the output of it that is read, does not exist.

    Why: older parsers stop with E12009, newer ones drop the edge and fail later; a port that is
        no number, or none that can be an output, stops them at once.
    Remedy: freeze again with all nodes that the outputs need.
    Source: hicann/ge and Ascend/parser, tensorflow_parser.cc (E12009, CheckInputNodeName,
        AddEdges).
    """

    id, name, severity = "GRF002", "missing-producer", Severity.ERROR
    messages = {
        "missing": "input {text!r} of {reader!r} names a node that is not in the graph",
        "control": "control input {text!r} of {reader!r} names a node that is not in the graph; "
        "newer parsers leave it out",
        "port": "input {text!r} of {reader!r} names no output: the parser of {target} stops with "
        "{code}",
    }
    remedies = {
        "missing": "freeze again with every node that the outputs need",
        "control": "freeze again with every node that the outputs need",
        "port": "name an output by its number, as in {producer!r}",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged("y = Relu(gone) {T=float32}", at=("y",), messages=("missing",)),
        Flagged(
            "x = Placeholder : float32[2]\ny = Relu(x, ^gone)",
            at=("y",),
            messages=("control",),
            given={"tool": "atc"},
            label="nothing but an order is lost",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Flag every dangling input of every body."""
        for graph in ctx.bodies:
            for dangling in graph.dangling:
                yield self._missing(graph, dangling, ctx)

    def _missing(self, graph: Graph, dangling: Dangling, ctx: LintContext) -> Finding:
        node = graph.get(dangling.node)
        atc = ctx.source.database.target.tool == "atc"
        read = atc and dangling.node in ctx.source.parsed(graph)
        code = _port_error(dangling.text, graph) if read else ""
        dropped = atc and dangling.slot < 0 and not code
        return self.finding(
            node,
            "port" if code else "control" if dropped else "missing",
            severity=Severity.WARNING if dropped else None,
            function=graph.function,
            port=dangling.slot if dangling.slot >= 0 else None,
            stage="parser" if code else "",
            compiler_code=code,
            text=dangling.text,
            reader=dangling.node if node is None else node.name,
            producer=f"{dangling.text.partition(':')[0]}:0",
            code=code,
        )


def _port_error(text: str, graph: Graph) -> str:
    """The code with which the parser of atc stops at a port; it reads digits up to the first other.

    A number that no output can have matters only where the producer is there.
    """
    producer, colon, port = text.removeprefix("^").partition(":")
    if not colon:
        return ""
    number = _NUMBER.match(port)
    if number is None:
        return "E10014"
    if int(number.group()) not in _INT32:
        return "E10013"
    negative = int(number.group()) < 0 and not text.startswith("^")
    return "E18888" if negative and producer in graph.nodes else ""
