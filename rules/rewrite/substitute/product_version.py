"""Versions of BatchMatMul."""

from __future__ import annotations

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
    var,
)

__all__ = ["ProductVersion"]

BEFORE = """
x = Placeholder : float32[2,3,4]
z = Placeholder : float32[2,5,4]
y = BatchMatMulV3(x, z) {adj_y=true, Tout=float32}
"""

AFTER = """
x = Placeholder : float32[2,3,4]
z = Placeholder : float32[2,5,4]
y = BatchMatMulV2(x, z) {adj_y=true}
"""

BROADCAST = """
x = Placeholder : float32[2,3,4]
z = Placeholder : float32[4,5]
y = BatchMatMulV2(x, z)
"""

_VERSIONS = {
    "BatchMatMul": ("BatchMatMulV2",),
    "BatchMatMulV2": ("BatchMatMul",),
    "BatchMatMulV3": ("BatchMatMulV2", "BatchMatMul"),
}


class ProductVersion(RewriteRule):
    """Replace one version of BatchMatMul by another.

    Tolerance: the same sums, which the kernels may add in another order.
    Shapes: T[..., m, k] and T[..., k, n]; the first version does not broadcast, so that the
        batches must be equal.
    Source: TensorFlow op docs of BatchMatMul, BatchMatMulV2 and BatchMatMulV3.
    """

    id, name, safety = "RWS126", "product-version", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    variants = (0, 1)
    pattern = op(tuple(_VERSIONS), var("x"), var("z"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("BatchMatMulV3",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Tout=float32", "Tout=float64"),
            lacking=("BatchMatMulV3",),
            reason="float64",
            label="a result of another dtype",
        ),
        Untouched(
            BROADCAST, lacking=("BatchMatMulV2",), reason="[2, 3, 4]", label="the batch broadcasts"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """One dtype, and one batch where the only other version asks for it."""
        dtype = m.root.dtype
        if any(value.dtype != dtype for value in m.root.inputs):
            return m.refuse(f"the result is {dtype or 'of unknown dtype'}, the operands are not")
        if m.root.node.op == "BatchMatMulV2":
            first, second = m["x"].static_shape, m["z"].static_shape
            if first is None or second is None or first[:-2] != second[:-2]:
                return m.refuse(f"the shapes are {_listed(first)} and {_listed(second)}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The product of the other version."""
        versions = _VERSIONS[m.root.node.op]
        version = versions[min(m.variant, len(versions) - 1)]
        return edit.add(version, [m["x"], m["z"]], like=m.root)


def _listed(shape: tuple[int, ...] | None) -> str:
    return "unknown" if shape is None else str(list(shape))
