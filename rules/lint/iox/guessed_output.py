"""Outputs that were guessed."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["GuessedOutput"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)\nz = Tanh(x)"


class GuessedOutput(LintRule):
    """Tell which outputs were taken because the user named none and there are several.

    Why: every leaf becomes a model output, in topological order; a stray one changes the interface.
    Remedy: --outputs.
    Source: hicann/ge, api/atc/omg.cc (SetOutputNodeInfo).
    """

    id, name, severity = "IOX002", "guessed-output", Severity.INFO
    messages = {"several": "no outputs were named: all {count} leaves become outputs: {members}"}
    remedies = {"several": "name the wanted ones with --outputs"}
    examples = (Clean(_GRAPH, outputs=("y",)), Flagged(_GRAPH, at=("",)))

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Compare the guessed outputs."""
        outputs = ctx.source.outputs
        if ctx.source.outputs_guessed and len(outputs) > 1:
            members = self.listed(map(str, outputs))
            yield self.finding(None, "several", count=len(outputs), members=members)
