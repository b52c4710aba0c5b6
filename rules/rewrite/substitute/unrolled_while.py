"""A While with a known number of rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph.op_families import WHILES
from linter.rewrite.unroll.loop import carry_out_call
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


__all__ = ["UnrolledWhile"]

BODIES = """
def more(i: int32[], n: int32[], v: float32[3], w: float32[3]) -> (r: less:0):
  less = Less(i, n)
def step(i: int32[], n: int32[], v: float32[3], w: float32[3]) -> (a: j:0, b: n:0, c: u:0, d: w:0):
  one = Const : int32[] = 1
  j = Add(i, one)
  u = Mul(v, w)
"""

BEFORE = (
    """
x = Placeholder : float32[3]
zero = Const : int32[] = 0
two = Const : int32[] = 2
loop = While(zero, two, x, x) {cond=@more, body=@step}
y = Neg(loop:2)
"""
    + BODIES
)

AFTER = """
x = Placeholder : float32[3]
loop/step_0/u = Mul(x, x)
loop/step_1/u = Mul(loop/step_0/u, x)
y = Neg(loop/step_1/u)
"""

LISTS = """
x = Placeholder : float32[2,3]
zero = Const : int32[] = 0
row = Const : int32[1] = [3]
two = Const : int32[] = 2
given = TensorListFromTensor(x, row) {element_dtype=float32, shape_type=int32}
taken = TensorListReserve(row, two) {element_dtype=float32, shape_type=int32}
loop = StatelessWhile(zero, given, taken) {cond=@less, body=@each}
all = TensorListStack(loop:2, row) {element_dtype=float32, num_elements=2}
y = Neg(all)
def less(i: int32[], a: variant[], b: variant[]) -> (r: less:0):
  two = Const : int32[] = 2
  less = Less(i, two)
def each(i: int32[], a: variant[], b: variant[]) -> (r: next:0, s: a:0, t: set:0):
  one = Const : int32[] = 1
  row = Const : int32[1] = [3]
  next = Add(i, one)
  get = TensorListGetItem(a, i, row) {element_dtype=float32}
  f = Exp(get)
  set = TensorListSetItem(b, i, f) {element_dtype=float32}
"""

LISTS_AFTER = """
x = Placeholder : float32[2,3]
loop/Unpack = Unpack(x) {axis=0, num=2}
loop/step_0/f = Exp(loop/Unpack)
loop/step_1/f = Exp(loop/Unpack:1)
all = Pack(loop/step_0/f, loop/step_1/f) {axis=0}
y = Neg(all)
"""

OPEN = BEFORE.replace("two = Const : int32[] = 2", "q = Placeholder : float32[?]\ntwo = Size(q)")


class UnrolledWhile(RewriteRule):
    """Write the rounds of a While one after the other, without its lists of tensors.

    Exact: every round computes what it computed before; counters and conditions, which are
        integers, are computed ahead.
    Shapes: those of the outputs.
    Source: TensorFlow op docs of While, StatelessWhile and the TensorList ops.
    """

    id, name, safety = "RWS102", "unrolled-while", Safety.EXACT
    pattern = op(WHILES)
    early = True
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("While",)),
        Rewritten(LISTS, after=LISTS_AFTER, lacking=("StatelessWhile",), label="lists"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace(
                "two = Const : int32[] = 2", "q = Placeholder : float32[?]\ntwo = Size(q)"
            ),
            lacking=("While",),
            reason="size of input 'q', which --input-shape fixes",
            label="a size is open",
        ),
        Untouched(
            BEFORE.replace("one = Const : int32[] = 1", "one = Const : int32[] = 0"),
            lacking=("While",),
            reason="it runs for more than 2000 rounds",
            label="too many rounds",
        ),
        Untouched(
            BEFORE.replace("body=@step", "body=@lost"),
            lacking=("While",),
            reason="function 'lost' is not in the library",
            label="a function is missing",
        ),
    )

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value] | Refusal:
        """Tell the editor what takes the place of each output."""
        refusal = carry_out_call(m, edit)
        return () if refusal is None else refusal
