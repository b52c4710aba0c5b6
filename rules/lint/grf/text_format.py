"""The model is text or compressed, where atc reads binary only."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["TextFormat"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)"


class TextFormat(LintRule):
    """Flag a file that is not a binary GraphDef.

    Why: the compiler parses binary protobuf only (E19005/E13005).
    Remedy: `omlint fix -o` writes binary.
    Source: hicann/ge, acl_graph_parser_util.cc (ReadProtoFromBinaryFile).
    """

    id, name, severity = "GRF007", "text-format", Severity.ERROR
    messages = {
        "disguised": "the file holds text under a binary name; the compiler reads binary only",
        "other": "the file is {format}; the compiler reads binary GraphDef files only",
    }
    remedies = {
        "disguised": "write it as binary with `omlint fix MODEL -o OUT.pb`",
        "other": "write it as binary with `omlint fix MODEL -o OUT.pb`",
    }
    examples = (
        Clean(_GRAPH),
        Flagged(_GRAPH, at=("",), messages=("other",), given={"format": "graphdef-text"}),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Look at the format that the file was read from."""
        source = ctx.model.source
        if source.suffix_mismatch:
            yield self.finding(None, "disguised")
        elif source.format in ("graphdef-text", "graphdef-gzip"):
            kind = "text" if source.format == "graphdef-text" else "gzip-compressed"
            yield self.finding(None, "other", severity=Severity.INFO, format=kind)
