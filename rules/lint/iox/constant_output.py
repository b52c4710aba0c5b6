"""An output that no input changes."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["ConstantOutput"]


class ConstantOutput(LintRule):
    """Flag an output that is the same whatever the model is fed.

    Why: it is computed at conversion; an input that only controls it, and gives it no data, was
        most likely cut off by accident.
    Remedy: fetch another value, or freeze again.
    Source: hicann/ge, constant folding before engines are asked.
    """

    id, name, severity = "IOX008", "constant-output", Severity.WARNING
    messages = {"constant": "output {output!r} depends on the data of no input"}
    remedies = {"constant": "fetch the value that you want with --outputs, or freeze again"}
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Clean("c = Const : float32[2] = 1.0\ny = Relu(c)", label="no input at all"),
        Flagged(
            "x = Placeholder : float32[2]\nc = Const : float32[2] = 1.0\ny = Identity(c, ^x)",
            at=("y",),
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Follow the data of inputs, random numbers and state to the outputs."""
        main = ctx.model.main
        if not ctx.source.inputs:
            return
        varying = {node.key for node in ctx.source.inputs}
        fixed: set[str] = set()
        for value in ctx.source.outputs:
            if value.node in main and not _varies(value.node, varying, fixed, ctx):
                yield self.finding(main[value.node], "constant", port=value.port, output=str(value))


def _varies(output: str, varying: set[str], fixed: set[str], ctx: LintContext) -> bool:
    """Whether data of an input, of a random op or of state reaches a node.

    What is found out is kept: nodes on the way in ``varying``, constant ones in ``fixed``.
    """
    graph = ctx.model.main
    reader: dict[str, str] = {}
    pending = [output]
    seen = {output}
    while pending:
        key = pending.pop()
        if key in varying or _is_source(graph[key], ctx):
            while key != output:
                varying.add(key)
                key = reader[key]
            varying.add(output)
            return True
        for source, _ in graph[key].inputs:
            if source not in seen and source not in fixed and source in graph:
                seen.add(source)
                reader[source] = key
                pending.append(source)
    fixed |= seen
    return False


def _is_source(node: Node, ctx: LintContext) -> bool:
    opdef = ctx.source.ops.get(node.op)
    return opdef is None or opdef.stateful or node.op == "PlaceholderWithDefault"
