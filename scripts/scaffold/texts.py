"""The texts of a new rule. What has to be filled in is marked, and a test asks for it."""

from __future__ import annotations

__all__ = ["CHINESE", "LINT", "METHOD", "NEEDED", "REWRITE", "TEXT"]

LINT = '''"""FILL IN: what is wrong, in a few words."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["{cls}"]

GOOD = """
# FILL IN: a graph that the rule has nothing to say about
x = Placeholder : float32[2]
y = Relu(x)
"""

BAD = """
# FILL IN: the smallest graph that it flags
x = Placeholder : float32[2]
y = FillIn(x)
"""


class {cls}(LintRule):
    """FILL IN: one sentence that begins with Flag.

    Why: FILL IN: what goes wrong, and where
    Remedy: FILL IN: what can be done about it
    Source: FILL IN: a document and its version, or a repository, path and commit
    """

    id, name, severity = "{code}", "{name}", Severity.WARNING
    messages = {{"seen": "FILL IN: what was seen, with its values: {{op!r}} on {{target}}"}}
    remedies = {{"seen": "FILL IN: what to do"}}
    visits = ("FillIn",)
    examples = (Clean(GOOD), Flagged(BAD, at=("y",)))

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """FILL IN: what is looked at."""
        yield self.finding(node, "seen", op=node.op)
'''

REWRITE = '''"""FILL IN: what is replaced, in a few words."""

from __future__ import annotations

from linter.rules import {imports}

__all__ = ["{cls}"]

BEFORE = """
# FILL IN: the smallest graph that is rewritten
x = Placeholder : float32[2]
y = FillIn(x)
z = Relu(y)
"""

AFTER = """
# FILL IN: what it becomes, with the names of the new nodes
x = Placeholder : float32[2]
{after}
"""


class {cls}(RewriteRule):
    """FILL IN: one sentence that begins with Replace or Remove.

    Exact: FILL IN: why the numbers are the same; or Tolerance: what moves them; or Manual:
    Shapes: FILL IN: the shapes that it is right for
    Source: FILL IN: a document and its version, or a repository, path and commit
    """

    id, name, safety = "{code}", "{name}", Safety.EXACT
{early}    pattern = op("FillIn", var("x"))
{replacement}    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("FillIn",)),
        Untouched(BEFORE, label="the target takes it"),
        # FILL IN: an Untouched for each reason of the guard, and for each near miss
    )

    def guard(self, m: Match) -> Refusal | None:
        """FILL IN: what must hold; without a guard if nothing must."""
        return None
'''

TEXT = '''    replacement = """
    # FILL IN: what comes in its place, one node a line
    Abs = Abs($x)
    """
'''

METHOD = '''
    def build(self, m: Match, edit: GraphEditor) -> Value:
        """FILL IN: what comes in its place."""
        return edit.add("Abs", [m["x"]])
'''

NEEDED = """# target: omg@hilens-2021-09/Ascend310
# FILL IN: a graph that a target refuses and the rule helps along, other than the examples
x = Placeholder : float32[2]
y = FillIn(x)
"""

CHINESE = """    "{code}": {{
        "seen": (
            "FILL IN: 看到了什么 {{op!r}} {{target}}",
            "FILL IN: 该怎么办",
        ),
    }},
"""
