"""Cross entropy with logits."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
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
    var,
)
from rules.rewrite.support.terms import FLOATS, other_dtype

__all__ = ["CrossEntropy"]

BEFORE = """
x = Placeholder : float32[2,3]
p = Placeholder : float32[2,3]
n = SoftmaxCrossEntropyWithLogits(x, p)
y = Neg(n)
z = Neg(n:1)
"""

AFTER = """
x = Placeholder : float32[2,3]
p = Placeholder : float32[2,3]
n/axis = Const : int32[1] = 1
n/Max = Max(x, n/axis) {keep_dims=true}
n/Sub = Sub(x, n/Max)
n/Exp = Exp(n/Sub)
n/Sum = Sum(n/Exp, n/axis) {keep_dims=true}
n/Log = Log(n/Sum)
n/Sub_1 = Sub(n/Log, n/Sub)
n/Mul = Mul(p, n/Sub_1)
n/Softmax = Softmax(x)
n/Sub_2 = Sub(n/Softmax, p)
n = Sum(n/Mul, n/axis)
y = Neg(n)
z = Neg(n/Sub_2)
"""

SPARSE = """
x = Placeholder : float32[2,3]
p = Const : int64[2] = [2, 0]
n = SparseSoftmaxCrossEntropyWithLogits(x, p)
y = Neg(n)
"""

SPARSE_AFTER = """
x = Placeholder : float32[2,3]
p = Const : int64[2] = [2, 0]
n/axis = Const : int32[1] = 1
n/dim = Const : int32[] = 1
n/ExpandDims = ExpandDims(p, n/dim)
n/classes = Const : int64[3] = [0, 1, 2]
n/Equal = Equal(n/ExpandDims, n/classes)
n/Cast = Cast(n/Equal) {DstT=float32}
n/Max = Max(x, n/axis) {keep_dims=true}
n/Sub = Sub(x, n/Max)
n/Exp = Exp(n/Sub)
n/Sum = Sum(n/Exp, n/axis) {keep_dims=true}
n/Log = Log(n/Sum)
n/Sub_1 = Sub(n/Log, n/Sub)
n/Mul = Mul(n/Cast, n/Sub_1)
n = Sum(n/Mul, n/axis)
y = Neg(n)
"""

_TYPES = ("SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits")


class CrossEntropy(RewriteRule):
    """Write SoftmaxCrossEntropyWithLogits and its sparse form out in elementary operations.

    Tolerance: the same formula; the fused kernel may round in another order. A label outside the
        classes gives 0 where the sparse kernel fails or gives NaN.
    Shapes: logits T[b, c] with c known, labels of the same shape or int[b].
    Source: TensorFlow op docs of the ops; the loss is that of the distance to the largest logit.
    """

    id, name, safety = "RWS145", "cross-entropy", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(_TYPES, var("x"), var("labels"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("SoftmaxCrossEntropyWithLogits",)),
        Rewritten(
            SPARSE,
            after=SPARSE_AFTER,
            lacking=("SparseSoftmaxCrossEntropyWithLogits",),
            label="the labels are numbers of classes",
        ),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("p = Placeholder : float32[2,3]", "p = Placeholder : float32[1,3]"),
            lacking=("SoftmaxCrossEntropyWithLogits",),
            reason="[1, 3]",
            label="the labels broadcast",
        ),
        Untouched(
            SPARSE.replace("[2,3]", "[2,?]"),
            lacking=("SparseSoftmaxCrossEntropyWithLogits",),
            reason="classes",
            label="classes unknown",
        ),
        Untouched(
            BEFORE.replace("float32", "float16"),
            lacking=("SoftmaxCrossEntropyWithLogits",),
            reason="float16",
            label="half precision",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A known number of classes and labels that do not broadcast."""
        shape = m["x"].shape
        if shape is None or shape[-1] is None:
            return m.refuse("the number of classes is not known", at="x")
        if m.root.node.op == _TYPES[0] and m["labels"].shape != shape:
            labels = m["labels"].shape
            found = "unknown" if labels is None else str(list(labels))
            return m.refuse(f"the labels are {found}, the logits {list(shape)}", at="labels")
        return other_dtype(m, FLOATS)

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The loss and the gradient."""
        dtype = str(m.root.dtype)
        axis = edit.const((1,), "int32", name="axis")
        labels: Value | BoundValue = m["labels"]
        if m.root.node.op == _TYPES[1]:
            classes = range((m["x"].shape or (0,))[-1] or 0)
            column = edit.add("ExpandDims", [labels, edit.const(1, "int32", name="dim")])
            numbers = edit.const(tuple(classes), str(m["labels"].dtype), name="classes")
            equal = edit.add("Equal", [column, numbers])
            labels = edit.add("Cast", [equal], {"DstT": DType(dtype)})
        kept = {"keep_dims": True}
        shifted = edit.add("Sub", [m["x"], edit.add("Max", [m["x"], axis], kept)])
        total = edit.add("Sum", [edit.add("Exp", [shifted]), axis], kept)
        distance = edit.add("Sub", [edit.add("Log", [total]), shifted])
        loss = edit.add("Sum", [edit.add("Mul", [labels, distance]), axis])
        gradient = edit.add("Sub", [edit.add("Softmax", [m["x"]]), labels])
        return loss, gradient
