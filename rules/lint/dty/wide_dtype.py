"""Dtypes on the live path that the AI Core has no use for."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import (
    Clean,
    Finding,
    Flagged,
    Graph,
    LintContext,
    LintRule,
    Node,
    Placement,
    Severity,
)

__all__ = ["WideDtype"]

_WIDE = ("float64", "complex64", "complex128", "string", "resource", "variant")
_INTEGERS = ("int64", "uint64")
_ON_CPU = frozenset({Placement.AICPU, Placement.TF_KERNEL})


class WideDtype(LintRule):
    """Tell which live nodes compute in float64, complex, strings or handles, and int64 on a CPU.

    Why: the compiler never bridges these dtypes; where they are taken at all, a slower engine
        does the work, and one op without such a kernel blocks the model.
    Remedy: build the model with float32 and int32, or move the part to the host.
    Source: hicann/ge, sub_ops_store.cc (no bridges to and from these dtypes).
    """

    id, name, severity = "DTY002", "wide-dtype", Severity.INFO
    messages = {
        "wide": "{count} live node(s) produce {dtype}, which is never bridged: {members}",
        "integer": "{count} live node(s) run on a CPU engine and produce {dtype}: {members}",
    }
    remedies = {
        "wide": "build this part with float32 or int32, or leave it to the host",
        "integer": "where values allow it, use int32: most AI Core kernels take no wider integers",
    }
    examples = (
        Clean("x = Placeholder : int64[2]\ny = Neg(x)", given={"tool": "atc"}),
        Clean(
            "t = Placeholder : string[3]\nd = Placeholder : string[]\n"
            "s = StringSplit(t, d)\ny = Neg(s)",
            given={"tool": "atc"},
            input_shapes={"s": (3, 2)},
            outputs=("y",),
            label="fed with numbers",
        ),
        Flagged(
            "x = Placeholder : float64[2]\ny = Neg(x)\nz = Abs(y)",
            at=("x",),
            messages=("wide",),
            given={"tool": "atc"},
        ),
        Flagged(
            "x = Placeholder : int64[2]\ny = Neg(x)",
            at=("y",),
            messages=("integer",),
            given={"tool": "atc", "placements": {"Neg": Placement.AICPU}},
            label="int64 on a CPU",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Collect nodes by dtype; one finding for each, at the first node."""
        if ctx.source.database.target.tool != "atc":
            return
        by_dtype: dict[str, list[tuple[Graph, Node, int]]] = {}
        for graph, node, judgement in ctx.running():
            seen: set[str] = set()
            for port, dtype in enumerate(ctx.source.inference(graph).output_dtypes(node)):
                if port and ctx.is_fed(graph, node):
                    break  # what is fed has output 0 alone
                plain = (dtype or "").removesuffix("_ref")
                if plain in _WIDE or (plain in _INTEGERS and judgement.placement in _ON_CPU):
                    if plain not in seen:
                        by_dtype.setdefault(plain, []).append((graph, node, port))
                    seen.add(plain)
        for dtype in sorted(by_dtype):
            graph, first, port = by_dtype[dtype][0]
            yield self.finding(
                first,
                "wide" if dtype in _WIDE else "integer",
                function=graph.function,
                port=port,
                count=len(by_dtype[dtype]),
                dtype=dtype,
                members=self.listed(node.name for _, node, _ in by_dtype[dtype]),
            )
