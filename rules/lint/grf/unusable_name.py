"""Node names that the compiler's flags, or TensorFlow, cannot take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["UnusableName"]

_TENSORFLOW = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")
_SEPARATORS = (":", ";")


class UnusableName(LintRule):
    """Flag an input or output that no flag can name, and names that TensorFlow refuses.

    Why: --input_shape and --out_nodes split at ':' and ';'; the compiler has no list of allowed
        characters of its own, but TensorFlow does not load a graph with such names, so that a
        rewrite cannot be verified.
    Remedy: rename the nodes.
    Source: hicann/ge, cmd_flag_info.cc and tensorflow_parser.cc (CheckInputNodeName); TensorFlow,
        node_def_util.cc (names of nodes).
    """

    id, name, severity = "GRF011", "unusable-name", Severity.WARNING
    messages = {
        "separator": "no flag of the compiler can name {node_name!r}: {character!r} separates "
        "names there",
        "invalid": "{count} node name(s) hold characters that TensorFlow refuses: {members}",
    }
    remedies = {
        "separator": "rename the node before conversion",
        "invalid": "rename them; until then omlint cannot verify rewrites of this graph",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\na/b_1.c-d = Relu(x)"),
        Flagged(
            '"in put/é" = Placeholder : float32[2]\ny = Relu("in put/é")',
            at=("",),
            messages=("invalid",),
        ),
        Flagged(
            'x = Placeholder : float32[2]\n"a;b" = Relu(x)',
            at=("", "a;b"),
            messages=("invalid", "separator"),
            label="separator",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Look at the ends of the model, then at all names of the main graph."""
        main = ctx.model.main
        for node in self._ends(ctx):
            separator = next((mark for mark in _SEPARATORS if mark in node.name), None)
            if separator is not None:
                yield self.finding(node, "separator", node_name=node.name, character=separator)
        match = _TENSORFLOW.fullmatch
        refused = [node.name for node in main if match(node.name) is None and node.key in main]
        if refused:
            members = self.listed(map(repr, refused))
            yield self.finding(None, "invalid", count=len(refused), members=members)

    def _ends(self, ctx: LintContext) -> list[Node]:
        main = ctx.model.main
        named = [value.node for value in ctx.source.outputs if value.node in main]
        nodes = [*ctx.source.inputs, *(main[key] for key in named)]
        return list({node.key: node for node in nodes}.values())
