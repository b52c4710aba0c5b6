"""Switch with a constant predicate."""

from __future__ import annotations

from linter.graph.op_families import SWITCHES
from linter.judge.scope import constant_predicate
from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["ConstantSwitch"]

BEFORE = """
x = Placeholder : float32[2]
p = Const : bool[] = false
s = Switch(x, p)
y = Neg(s)
"""

AFTER = """
x = Placeholder : float32[2]
y = Neg(x)
"""

TAKEN = BEFORE.replace("Neg(s)", "Neg(s:1)").replace("false", "true")

OTHER_SIDE = BEFORE.replace("Neg(s)", "Neg(s:1)")

FED = BEFORE.replace("Const : bool[] = false", "Placeholder : bool[]")


class ConstantSwitch(RewriteRule):
    """Replace the taken output of ``Switch(x, constant)`` by ``x``.

    Exact: Switch passes its input on to the output that the predicate names.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of Switch.
    """

    id, name, safety = "RWS002", "constant-switch", Safety.EXACT
    early = True
    pattern = op(SWITCHES, var("x"), var("p"))
    replacement = "-> $x, $x"
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Switch",), label="false"),
        Rewritten(TAKEN, after=AFTER, lacking=("Switch",), label="true"),
        Untouched(FED, lacking=("Switch",), reason="not constant", label="predicate is an input"),
        Untouched(OTHER_SIDE, lacking=("Switch",), reason="never runs", label="dead side is read"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The predicate must be constant and only the taken side read."""
        taken = _taken(m)
        if taken is None and m["p"].node.op == "LoopCond":
            return m.refuse("")
        if taken is None:
            return m.refuse("the predicate is not constant", at="p")
        if any(port != int(taken) for port in m.used_outputs()):
            return m.refuse(f"output {int(not taken)}, which never runs, is still read")
        return None


def _taken(m: Match) -> bool | None:
    stops = frozenset(m.context.input_shapes)
    return constant_predicate(m.context.graph, m["p"].value, stops)
