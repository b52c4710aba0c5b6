"""A while frame with a known number of rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.rewrite.unroll.loop import unroll_frame
from linter.rules import (
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

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["UnrolledLoop"]

BEFORE = """
x = Placeholder : float32[2]
zero = Const : int32[] = 0
two = Const : int32[] = 2
i = Enter(zero) {frame_name="f"}
v = Enter(x) {frame_name="f"}
w = Enter(x) {frame_name="f", is_constant=true}
n = Enter(two) {frame_name="f", is_constant=true}
mi = Merge(i, ni)
mv = Merge(v, nv)
less = Less(mi, n)
cond = LoopCond(less)
si = Switch(mi, cond)
sv = Switch(mv, cond)
one = Const(^bi) : int32[] = 1
bi = Identity(si:1)
ii = Add(bi, one)
vv = Mul(sv:1, w)
ni = NextIteration(ii)
nv = NextIteration(vv)
e = Exit(sv)
y = Neg(e)
"""

AFTER = """
x = Placeholder : float32[2]
loop/step_0/vv = Mul(x, x)
loop/step_1/vv = Mul(loop/step_0/vv, x)
y = Neg(loop/step_1/vv)
"""

ARRAY = """
x = Placeholder : float32[2,3]
zero = Const : int32[] = 0
one = Const : int32[] = 1
two = Const : int32[] = 2
both = Const : int32[2] = [0, 1]
start = Const : float32[3] = 0.0
taken = TensorArrayV3(two) {dtype=float32}
given = TensorArrayV3(two) {dtype=float32}
put = TensorArrayScatterV3(taken, both, x, taken:1)
i = Enter(zero) {frame_name="f"}
v = Enter(start) {frame_name="f"}
a = Enter(given:1) {frame_name="f"}
n = Enter(two) {frame_name="f", is_constant=true}
o = Enter(one) {frame_name="f", is_constant=true}
t = Enter(taken) {frame_name="f", is_constant=true}
p = Enter(put) {frame_name="f", is_constant=true}
g = Enter(given) {frame_name="f", is_constant=true}
mi = Merge(i, ni)
mv = Merge(v, nv)
ma = Merge(a, na)
cond = LoopCond(less)
less = Less(mi, n)
si = Switch(mi, cond)
sv = Switch(mv, cond)
sa = Switch(ma, cond)
read = TensorArrayReadV3(t, si:1, p) {dtype=float32}
sum = Add(read, sv:1)
write = TensorArrayWriteV3(g, si:1, sum, sa:1)
ii = Add(si:1, o)
ni = NextIteration(ii)
nv = NextIteration(sum)
na = NextIteration(write)
e = Exit(sa)
size = TensorArraySizeV3(given, e)
range = Range(zero, size, one)
all = TensorArrayGatherV3(given, range, e) {dtype=float32}
y = Neg(all)
"""

ARRAY_AFTER = """
x = Placeholder : float32[2,3]
start = Const : float32[3] = 0.0
loop/Unpack = Unpack(x) {axis=0, num=2}
loop/step_0/sum = Add(loop/Unpack, start)
loop/step_1/sum = Add(loop/Unpack:1, loop/step_0/sum)
all = Pack(loop/step_0/sum, loop/step_1/sum) {axis=0}
y = Neg(all)
"""

SIZE = BEFORE.replace("two = Const : int32[] = 2", "q = Placeholder : float32[?]\ntwo = Size(q)")


class UnrolledLoop(RewriteRule):
    """Write the rounds of a while frame one after the other, without its TensorArrays.

    Exact: every round computes what it computed before; counters and conditions, which are
        integers, are computed ahead.
    Shapes: those of the exits.
    Source: TensorFlow's white paper, 4.4 Control Flow, and the op docs of Enter, Merge, Switch,
        NextIteration, Exit, LoopCond and the TensorArray ops.
    """

    id, name, safety = "RWS101", "unrolled-loop", Safety.EXACT
    pattern = op("LoopCond")
    early = True
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("LoopCond",)),
        Rewritten(ARRAY, after=ARRAY_AFTER, lacking=("LoopCond",), label="TensorArrays"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            SIZE, lacking=("LoopCond",), reason="size of input 'q', which --input-shape fixes"
        ),
        Untouched(
            BEFORE.replace("Const : int32[] = 2", "Placeholder : int32[]"),
            lacking=("LoopCond",),
            reason="it depends on the value of input 'two'",
            label="the number of rounds is an input",
        ),
        Untouched(
            BEFORE.replace("int32[] = 2", "int32[] = 3000"),
            lacking=("LoopCond",),
            reason="it runs for more than 2000 rounds",
            label="too many rounds",
        ),
        Untouched(
            BEFORE.replace("Mul(sv:1, w)", "Multinomial(sv:1, bi)"),
            lacking=("LoopCond",),
            reason="Multinomial has a state",
            label="chance",
        ),
    )

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value] | Refusal:
        """Tell the editor what takes the place of each exit; nothing that stays reads the root."""
        refusal = unroll_frame(m, edit)
        return () if refusal is None else refusal
