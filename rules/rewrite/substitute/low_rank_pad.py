"""Padding of a tensor of low rank."""

from __future__ import annotations

from linter.graph.op_families import PADS
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

__all__ = ["LowRankPad"]

BEFORE = """
x = Placeholder : float32[2,3]
p = Const : int32[2,2] = [[0, 0], [1, 2]]
y = Pad(x, p)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/shape = Const : int32[4] = [1, 1, 2, 3]
y/Reshape = Reshape(x, y/shape)
y/paddings = Const : int32[4,2] = [[0, 0], [0, 0], [0, 0], [1, 2]]
y/Pad = Pad(y/Reshape, y/paddings)
y/shape_1 = Const : int32[2] = [2, 6]
y = Reshape(y/Pad, y/shape_1)
"""

LIMIT = {"limits": {"Pad": "rank == 4"}}
_RANK = 4


class LowRankPad(RewriteRule):
    """Replace Pad, PadV2 and MirrorPad below rank 4 by the same with axes of size 1 in front.

    Exact: an axis of size 1 that is not padded changes no element.
    Shapes: T[...] of known shape and of rank 1 to 3; the paddings are constant.
    Source: TensorFlow op docs of the three ops; the public operator table of OMG takes rank 4.
    """

    id, name, safety = "RWS030", "low-rank-pad", Safety.EXACT
    pattern = op(PADS | {"MirrorPad"}, var("x"), const("paddings"), ...)
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32[2,3]", "float32[2,?]"),
            given=LIMIT,
            reason="shape",
            label="size unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The shapes must be known and the rank low."""
        if m["x"].static_shape is None or m.root.static_shape is None:
            return m.refuse("its shape is not known", at="x")
        return None if 0 < (m["x"].rank or 0) < _RANK else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The padding of the tensor with axes in front, which go again."""
        shape = m["x"].static_shape or ()
        more = _RANK - len(shape)
        dtype = str(m["paddings"].dtype)
        source = edit.add(
            "Reshape", [m["x"], edit.const((1,) * more + shape, "int32", name="shape")]
        )
        pairs = (0, 0) * more + (m["paddings"].elements or ())
        paddings = edit.const(pairs, dtype, shape=(_RANK, 2), name="paddings")
        padded = edit.add(m.root.node.op, [source, paddings, *m.root.inputs[2:]], like=m.root)
        result = edit.const(m.root.static_shape or (), "int32", name="shape")
        return edit.add("Reshape", [padded, result])
