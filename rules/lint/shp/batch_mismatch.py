"""Sizes for the batch that do not agree."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity, Shape

__all__ = ["BatchMismatch"]

_TWO = "a = Placeholder : float32[?,3]\nb = Placeholder : float32[?,3]\ny = Add(a, b)"


class BatchMismatch(LintRule):
    """Flag inputs whose open leading dimension gets different sizes from --input-shape.

    Why: an open leading dimension is nearly always the batch, which all inputs share; the graph
        then fails in shape inference, or broadcasts where nobody meant it.
    Remedy: one batch size for all inputs.
    Source: TensorFlow broadcasting; hicann/ge, infershape_pass.cc.
    """

    id, name, severity = "SHP005", "batch-mismatch", Severity.WARNING
    messages = {"sizes": "inputs with an open batch get different sizes for it: {sizes}"}
    remedies = {"sizes": "give all of them the same first dimension in --input-shape"}
    examples = (
        Clean(_TWO, input_shapes={"a": (2, 3), "b": (2, 3)}),
        Clean(
            "a = Placeholder : float32[?,3]\nb = Placeholder : float32[?]\ny = Add(a, b)",
            input_shapes={"a": (2, 3), "b": (3,)},
            label="a vector has no batch of its own",
        ),
        Flagged(_TWO, at=("",), input_shapes={"a": (2, 3), "b": (1, 3)}),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Compare the first sizes that were given."""
        given = ctx.options.input_shapes
        sizes = {
            node.name: given[node.name][0]
            for node in ctx.source.inputs
            if len(dims := given.get(node.name, ())) > 1 and dims[0] > 0 and _open_batch(node)
        }
        if len(set(sizes.values())) > 1:
            shown = self.listed(f"{name} {size}" for name, size in sizes.items())
            yield self.finding(None, "sizes", sizes=shown)


def _open_batch(node: Node) -> bool:
    """Whether the model leaves the leading dimension open and nothing else."""
    shape = node.attrs.get("shape")
    dims = shape.dims if isinstance(shape, Shape) else None
    return dims is not None and dims[:1] == (None,) and None not in dims[1:]
