"""An output that no input changes."""

from __future__ import annotations

from collections.abc import Iterator

from linter.examples import Clean, Flagged
from linter.finding import Finding, Severity
from linter.rule import LintContext, LintRule

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
        ops = ctx.source.ops
        varying = {node.key for node in ctx.source.inputs}
        for node in main:
            opdef = ops.get(node.op)
            if opdef is None or opdef.stateful or node.op == "PlaceholderWithDefault":
                varying.add(node.key)
        pending = list(varying)
        while pending:
            for use in main.uses(pending.pop()):
                if use.slot >= 0 and use.node not in varying:
                    varying.add(use.node)
                    pending.append(use.node)
        for value in ctx.source.outputs:
            if value.node not in varying and value.node in main:
                yield self.finding(main[value.node], "constant", port=value.port, output=str(value))
