"""OneHot."""

from __future__ import annotations

import math

from linter.rules import (
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    const,
    op,
    var,
)
from rules.rewrite.support.terms import Terms

__all__ = ["OneHot"]

BEFORE = """
x = Placeholder : int32[2]
depth = Const : int32[] = 3
on = Const : float32[] = {on}
off = Const : float32[] = 0.0
y = OneHot(x, depth, on, off) {{axis=-1}}
"""

AFTER = """
x = Placeholder : int32[2]
y/axis = Const : int32[] = -1
y/ExpandDims = ExpandDims(x, y/axis)
y/classes = Const : int32[3] = [0, 1, 2]
y/Equal = Equal(y/ExpandDims, y/classes)
y = Cast(y/Equal) {DstT=float32}
"""

FRONT_AFTER = """
x = Placeholder : int32[2]
y/axis = Const : int32[] = 0
y/ExpandDims = ExpandDims(x, y/axis)
y/classes = Const : int32[3,1] = [[0], [1], [2]]
y/Equal = Equal(y/ExpandDims, y/classes)
y/Cast = Cast(y/Equal) {DstT=float32}
y/number = Const : float32[] = 2.0
y = Mul(y/Cast, y/number)
"""


class OneHot(RewriteRule):
    """Replace ``OneHot(x, depth, 1, 0)`` by ``Cast(Equal(ExpandDims(x), [0, 1, ..., depth - 1]))``.

    Exact: an index outside the depth equals no class and gives zeros, as OneHot does. Other values
        than 1 and 0 are ``mask * on + (1 - mask) * off``, of which one product is 0.
    Shapes: integers[...] in, of known rank unless the new axis is the last; T[...] out.
    Source: TensorFlow op docs of OneHot.
    """

    id, name, safety = "RWS040", "one-hot", Safety.EXACT
    pattern = op("OneHot", var("x"), const("depth"), const("on"), const("off"))
    examples = (
        Rewritten(BEFORE.format(on="1.0"), after=AFTER, lacking=("OneHot",)),
        Untouched(BEFORE.format(on="1.0"), label="the target takes it"),
        Rewritten(
            BEFORE.format(on="2.0").replace("axis=-1", "axis=0"),
            after=FRONT_AFTER,
            lacking=("OneHot",),
            label="the new axis comes first, other values than 1 and 0",
        ),
        Untouched(
            BEFORE.format(on="inf"), lacking=("OneHot",), reason="inf", label="an infinite value"
        ),
        Untouched(
            BEFORE.format(on="1.0").replace("axis=-1", "axis=0").replace("[2]", "[...]"),
            lacking=("OneHot",),
            reason="axis 0",
            label="rank unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Finite values, and a place for the new axis."""
        axis, values = int(m.root.attrs["axis"]), (m["on"].scalar, m["off"].scalar)
        if axis != -1 and m["x"].rank is None:
            return m.refuse(f"its new axis {axis} has no known number of axes behind it", at="x")
        if m.root.dtype is None or m.root.dtype.startswith("complex"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        if any(isinstance(entry, str | bytes) or not math.isfinite(entry) for entry in values):
            return m.refuse(f"it writes {values[0]} and {values[1]}")
        if m.root.dtype == "bool" and values[0] == values[1]:
            return m.refuse(f"it writes {values[0]} everywhere")
        if m["x"].dtype not in ("int32", "int64", "uint8"):
            return m.refuse(f"the indices are {m['x'].dtype or 'of unknown dtype'}", at="x")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The comparison with every class."""
        axis, depth = int(m.root.attrs["axis"]), int(m["depth"].scalar)
        expanded = edit.add("ExpandDims", [m["x"], edit.const(axis, "int32", name="axis")])
        behind = 0 if axis == -1 else (m["x"].rank or 0) - axis
        shape = (depth, *(1,) * behind)
        classes = edit.const(tuple(range(depth)), str(m["x"].dtype), shape=shape, name="classes")
        equal = edit.add("Equal", [expanded, classes])
        return _written(edit, equal, m)


def _written(edit: GraphEditor, equal: Value, m: Match) -> Value:
    """``on`` where the index is that of the class, ``off`` elsewhere."""
    on, off = m["on"].scalar, m["off"].scalar
    if m.root.dtype == "bool":
        return edit.add("LogicalNot", [equal]) if off else edit.add("Identity", [equal])
    terms = Terms(edit, str(m.root.dtype))
    mask = terms.mask(equal)
    found = mask if on == 1 else terms("Mul", mask, on)
    if off == 0:
        return found
    return terms("Add", found, terms("Mul", terms("Sub", 1, mask), off))
