"""OneHot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.examples import Rewritten, Untouched
from linter.finding import Safety
from linter.graph import DType
from linter.pattern import const, op, var
from linter.rule import RewriteRule

if TYPE_CHECKING:
    from linter.edit import GraphEditor
    from linter.graph import Value
    from linter.pattern import Match, Refusal

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


class OneHot(RewriteRule):
    """Replace ``OneHot(x, depth, 1, 0)`` by ``Cast(Equal(ExpandDims(x), [0, 1, ..., depth - 1]))``.

    Exact: an index outside the depth equals no class and gives zeros, as OneHot does.
    Shapes: int32[...] or int64[...] in; T[..., depth] out, the new axis last.
    Source: TensorFlow op docs of OneHot.
    """

    id, name, safety = "RWS040", "one-hot", Safety.EXACT
    pattern = op("OneHot", var("x"), const("depth"), const("on"), const("off"))
    examples = (
        Rewritten(BEFORE.format(on="1.0"), after=AFTER, lacking=("OneHot",)),
        Untouched(BEFORE.format(on="1.0"), label="the target takes it"),
        Untouched(
            BEFORE.format(on="2.0"), lacking=("OneHot",), reason="2", label="other than 1 and 0"
        ),
        Untouched(
            BEFORE.format(on="1.0").replace("axis=-1", "axis=0"),
            lacking=("OneHot",),
            reason="axis",
            label="the new axis comes first",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """1 and 0 along a new last axis."""
        if m.root.attrs["axis"] not in (-1, m["x"].rank):
            return m.refuse(f"its new axis is {m.root.attrs['axis']}, not the last")
        if (m["on"].scalar, m["off"].scalar) != (1, 0) or m.root.dtype is None:
            return m.refuse(f"it writes {m['on'].scalar} and {m['off'].scalar}, not 1 and 0")
        if m["x"].dtype not in ("int32", "int64", "uint8"):
            return m.refuse(f"the indices are {m['x'].dtype or 'of unknown dtype'}", at="x")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The comparison with every class."""
        expanded = edit.add("ExpandDims", [m["x"], edit.const(-1, "int32", name="axis")])
        classes = edit.const(tuple(range(m["depth"].scalar)), str(m["x"].dtype), name="classes")
        equal = edit.add("Equal", [expanded, classes])
        return edit.add("Cast", [equal], {"DstT": DType(str(m.root.dtype))})
