"""Results whose size depends on values."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity, Value

__all__ = ["DataDependentShape"]


class DataDependentShape(LintRule):
    """Flag a live op whose result has a size that only its values decide.

    Why: what follows has unknown dimensions at conversion; kernels for fixed sizes refuse it, and
        an output of such a size has no buffer that could be sized beforehand.
    Remedy: an op with a fixed result (masks, a padded NonMaxSuppression, TopKV2), or cut before it.
    Source: TensorFlow op documentation; ops-info lists (dynamic_shape).
    """

    id, name, severity = "SHP002", "data-dependent-shape", Severity.WARNING
    messages = {"size": "the size of what {op!r} returns is known at run time only"}
    remedies = {
        "size": "use an op with a result of fixed size, or cut the graph before it with --outputs "
        "and do the rest on the host"
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)", given={"data_dependent": ("Where",)}),
        Clean(
            "x = Placeholder : int32[4]\nu = Unique(x)\nz = Identity(u:1)",
            given={"data_dependent": ("Unique",)},
            outputs=("z",),
            label="only its static output is read",
        ),
        Clean(
            "x = Placeholder : bool[4]\ny = Where(x) {T=bool}\nz = Neg(y)",
            given={"data_dependent": ("Where",)},
            input_shapes={"y": (3, 1)},
            label="fed itself",
        ),
        Flagged(
            "x = Placeholder : bool[4]\ny = Where(x) {T=bool}",
            at=("y",),
            given={"data_dependent": ("Where",)},
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Flag a running one that has an output of unknown size which something reads."""
        facts = ctx.source.database.facts
        for graph, node, _ in ctx.running(facts.data_dependent_ops):
            if ctx.is_fed(graph, node):
                continue
            fetched = ctx.source.outputs if graph.function is None else graph.returns.values()
            read = {value.port for value in fetched if value.node == node.key}
            read |= {use.port for use in graph.uses(node.key) if use.slot >= 0}
            inference = ctx.source.inference(graph)
            shapes = (inference.shape(Value(node.key, port)) for port in sorted(read))
            if any(shape is None or None in shape for shape in shapes):
                yield self.finding(
                    node,
                    "size",
                    function=graph.function,
                    evidence=facts.evidence("data_dependent_ops"),
                    op=node.op,
                )
