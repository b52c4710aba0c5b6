"""An input of a dtype that none of its readers takes."""

from __future__ import annotations

from linter.infer.edges import accepts, declared_dtype
from linter.rules import (
    DType,
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
)
from rules.rewrite.support.passed_values import is_handle

__all__ = ["MistypedInput"]

BEFORE = """
x = Placeholder : float32[2]
p = Placeholder : float32[]
s = Switch(x, p)
a = Identity(s)
b = Identity(s:1)
y = Merge(a, b)
"""

AFTER = BEFORE.replace("p = Placeholder : float32[]", "p = Placeholder : bool[]")

TWO = """
x = Placeholder : float32[2]
y = Neg(x) {T=int32}
z = Abs(x) {T=int64}
"""


class MistypedInput(RewriteRule):
    """Replace a Placeholder of one dtype by one of the dtype that all its readers declare.

    Tools that strip a graph write every input as float32. TensorFlow does not import what they
    made of a predicate or of ids, so that no target needs to ask for the change.

    Exact: no caller could feed the graph as it was.
    Shapes: T[...], as the input states.
    Source: TensorFlow, tools/strip_unused (placeholder_type_enum is one for all inputs); op docs of
        Switch (pred is bool).
    """

    id, name, safety = "RWS212", "mistyped-input", Safety.EXACT
    always = True
    early = True
    retypes = True
    pattern = op("Placeholder")
    examples = (
        Rewritten(BEFORE, after=AFTER, label="a predicate"),
        Rewritten(
            "x = Placeholder : float32[2]\ny = Neg(x) {T=int32}",
            after="x = Placeholder : int32[2]\ny = Neg(x)",
            label="integers",
        ),
        Untouched(TWO, reason="int32, int64", label="readers of two dtypes"),
        Untouched(BEFORE + "z = Neg(p)\n", reason="bool, float32", label="one reader takes it"),
        Untouched(BEFORE.replace("float32[]", "bool[]"), label="nothing is wrong"),
        Untouched(BEFORE, outputs=("p", "y"), reason="an output", label="fetched"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """All readers declare one dtype, and it is another."""
        has, wanted = str(m.root.dtype), _declared(m)
        if None in wanted or not wanted or all(accepts(str(one), has) for one in wanted):
            return m.refuse("")
        if len(wanted) > 1:
            return m.refuse(f"its readers take {', '.join(sorted(map(str, wanted)))}")
        if m.root.value in m.context.fetched:
            return m.refuse("it is an output")
        if any(is_handle(one) or one == "string" for one in (has, *wanted)):
            return m.refuse(f"it is {has}, and {min(map(str, wanted))} is read")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The input with the dtype of its readers."""
        (dtype,) = _declared(m)
        return edit.add("Placeholder", (), {**m.root.node.attrs, "dtype": DType(str(dtype))})


def _declared(m: Match) -> set[str | None]:
    """What the readers of the input declare it to be; ``None`` where one does not say."""
    found: set[str | None] = set()
    for use in m.root.readers:
        node = m.context.graph.nodes[use.node]
        definition = m.context.ops.get(node.op)
        found.add(None if definition is None else declared_dtype(node, definition, use.slot))
    return found
