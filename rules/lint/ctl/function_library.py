"""Functions that the compiler looks for beside the model."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["FunctionLibrary"]

_CALL = """
def f(a: float32[2]) -> (out: y:0):
    y = Relu(a)

x = Placeholder : float32[2]
c = PartitionedCall(x) {Tin=[float32], Tout=[float32], f=@f}
"""


class FunctionLibrary(LintRule):
    """Tell that a model with functions needs a text file beside it.

    Why: the parser does not read the functions in the model; it opens graph_def_library.pbtxt in
        the model's folder and stops when there is none (E13000, E12029). A warning, because
        `omlint convert` writes the file.
    Remedy: `omlint convert` and `omlint fix` write the file; func2graph.py of the toolkit does too.
    Source: hicann/ge, parser/parser/tensorflow (function library); the toolkit's func2graph.py.
    """

    id, name, severity = "CTL002", "function-library", Severity.WARNING
    messages = {
        "library": "the model calls {count} function(s), which the compiler reads from "
        "graph_def_library.pbtxt beside the model only: {members}"
    }
    remedies = {"library": "`omlint convert` writes that file; keep it in the folder of the model"}
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)", given={"tool": "atc"}),
        Clean(_CALL, label="a tool that is not known to look for it"),
        Flagged(_CALL, at=("",), given={"tool": "atc"}),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Count the functions that live nodes call."""
        called = [graph.function or "" for graph in ctx.bodies[1:]]
        if called and ctx.source.database.target.tool == "atc":
            members = self.listed(called)
            yield self.finding(
                None,
                "library",
                stage="parser",
                compiler_code="E13000",
                count=len(called),
                members=members,
            )
