"""An input that chooses between training and inference."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph import DType
from linter.graph.choices import is_flag_name, other_use
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["TrainingInput"]

FLAG = """
x = Placeholder : float32[2]
is_training = Placeholder : bool[]
s = Switch(x, is_training)
a = Abs(s)
b = Neg(s:1)
y = Merge(b, a)
"""


class TrainingInput(LintRule):
    """Tell that an input chooses between training and inference, and does nothing else.

    Why: it becomes an input of the compiled model, which someone has to feed on every run, and the
        branch for training is compiled with it.
    Remedy: the flag --set-input, which makes a constant of it.
    Source: public rewrite recipes make phase_train a constant false, then prune the other branch.
    """

    id, name, severity = "IOX012", "training-input", Severity.INFO
    messages = {"flag": "input {input!r} only chooses between training and inference"}
    remedies = {"flag": 'set it, and the other branch goes: --set-input "{input}=false"'}
    visits = ("Placeholder",)
    examples = (
        Clean(FLAG.replace("is_training", "flag"), label="another name"),
        Clean(FLAG + "z = Cast(is_training) {DstT=float32}", label="the value itself is used"),
        Clean(FLAG, input_shapes={"is_training": ()}, label="the user names it as an input"),
        Flagged(FLAG, at=("is_training",)),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Look at the name, the dtype and the readers."""
        if node.attrs.get("dtype") != DType("bool") or not is_flag_name(node.name):
            return
        named = node.name in ctx.options.input_shapes
        if ctx.graph.function is not None or named or not ctx.is_live(node):
            return
        if other_use(ctx.graph, node.key) is None:
            yield self.finding(node, "flag", input=node.name)
