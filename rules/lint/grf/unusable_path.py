"""A path that atc does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["UnusablePath"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)"
_REFUSED = re.compile(r"[^A-Za-z0-9_\-./\u4e00-\u9fff]")


class UnusablePath(LintRule):
    """Tell that the compiler refuses the path of the model.

    Why: --model takes letters, digits, ``_ - . /`` and Chinese characters; a space or a bracket
        ends in E10001 before the model is read.
    Remedy: copy or rename the file; `omlint convert -o` writes the model under a name of yours.
    Source: hicann/ge, base/common/util.cc (path characters).
    Notes: the path is looked at as it was given; what a link stands for is not.
    """

    id, name, severity = "GRF012", "unusable-path", Severity.WARNING
    messages = {
        "path": "the compiler refuses {character!r} in a path; it takes letters, digits and _ - . /"
    }
    remedies = {
        "path": "rename the file, or write it elsewhere with `omlint convert MODEL -o NAME`"
    }
    examples = (
        Clean(_GRAPH, given={"path": "models/net-1.pb"}),
        Flagged(_GRAPH, at=("",), given={"path": "my model.pb"}),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Look at the path as the user typed it."""
        path = ctx.model.source.path
        match = None if path.startswith("<") else _REFUSED.search(path)
        if match is not None:
            yield self.finding(None, "path", character=match[0])
