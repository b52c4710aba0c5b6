"""An input whose dims the graph leaves open."""

from __future__ import annotations

from collections.abc import Iterator

from linter.judge.inputs import kept_inputs, varying_inputs
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity, Shape

__all__ = ["UnknownInputDimension"]


class UnknownInputDimension(LintRule):
    """Flag a live placeholder with an unknown rank or dimension that no flag fixes.

    A size that --input-shape gives as -1 or as a range stays open too, unless profiles fill it:
    atc makes a model of dynamic shapes then.

    Why: the compiler stops with E10001 on --input_shape; an input without a shape is taken for a
        scalar.
    Remedy: --input-shape.
    Source: hicann/ge, api/atc/omg.cc (CheckInputShapeNode), tensorflow_data_parser.cc.
    """

    id, name, severity = "SHP001", "unknown-input-dimension", Severity.WARNING
    messages = {
        "batch": "input {input!r} leaves its first dimension open, the batch: {shape}",
        "dims": "input {input!r} has unknown dimensions: {shape}",
        "varying": "input {input!r} has sizes that vary at run time: {shape}",
        "rank": "input {input!r} has no shape; the compiler would take it for a scalar",
        "mismatch": "input {input!r} has rank {rank}, but --input-shape gives {given} "
        "dimension(s); the compiler takes the given shape without a word",
        "contradiction": "input {input!r} is fixed at {shape}, but --input-shape gives {given}; "
        "the compiler takes the given sizes without a word",
    }
    remedies = {
        "batch": 'fix it: --input-shape "{flag}"; several batch sizes in one model: '
        "--dynamic-batch-size",
        "dims": 'give them: --input-shape "{flag}"',
        "varying": "where there are a few of them, name these: --dynamic-batch-size, "
        "--dynamic-image-size or --dynamic-dims",
        "rank": 'give it: --input-shape "{input}:{dims}"',
        "mismatch": "give as many dimensions as the model has",
        "contradiction": "give the model's own sizes where it fixes them",
    }
    examples = (
        Clean("x = Placeholder : float32[2,3]\ny = Relu(x)"),
        Clean(
            "x = Placeholder : float32[?,3]\ny = Relu(x)",
            input_shapes={"x": (2, 3)},
            label="given by flag",
        ),
        Flagged("x = Placeholder : float32[?,3]\ny = Relu(x)", at=("x",), messages=("batch",)),
        Flagged(
            "x = Placeholder : float32[?,3]\ny = Relu(x)",
            at=("x",),
            messages=("varying",),
            input_shapes={"x": (-1, 3)},
            label="left open by flag",
        ),
        Flagged(
            "x = Placeholder : float32[1,?,3]\ny = Relu(x)",
            at=("x",),
            messages=("dims",),
            label="not the batch",
        ),
        Flagged(
            "x = Placeholder : float32[...]\ny = Relu(x)",
            at=("x",),
            messages=("rank",),
            label="no shape",
        ),
        Flagged(
            "x = Placeholder {dtype=float32, _output_shapes=[shape(?,3)]}\ny = Relu(x)",
            at=("x",),
            messages=("rank",),
            label="a shape for readers only",
        ),
        Flagged(
            "x = Placeholder : float32[?,3]\ny = Relu(x)",
            at=("x",),
            messages=("mismatch",),
            input_shapes={"x": (2, 3, 4)},
            label="other rank",
        ),
        Flagged(
            "x = Placeholder : float32[?,3]\ny = Relu(x)",
            at=("x",),
            messages=("contradiction",),
            input_shapes={"x": (2, 4)},
            label="other size",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Compare the shape attributes with what the flag gives."""
        given = ctx.options.input_shapes
        atc = ctx.source.database.target.tool == "atc"
        inputs = [node for node in kept_inputs(ctx.source) if node.op == "Placeholder"]
        flag = ";".join(
            f"{node.name}:{_suggestion(dims)}"
            for node in inputs
            if node.name not in given and (dims := _dims(node)) is not None and None in dims
        )
        for node in inputs:
            dims = _dims(node)
            if node.name in given:
                yield from self._compared(node, dims, given[node.name])
                if node in varying_inputs(ctx.source):
                    shape = _shown(tuple(None if s < 0 else s for s in given[node.name]))
                    yield self.finding(node, "varying", input=node.name, shape=shape)
            elif dims is None:
                yield self.finding(node, "rank", input=node.name, dims=_stated(node))
            elif None in dims:
                shown = _shown(dims)
                only_first = len(dims) > 1 and dims.index(None) == 0 and dims.count(None) == 1
                message = "batch" if only_first else "dims"
                yield self.finding(
                    node,
                    message,
                    stage="parser" if atc else "",
                    compiler_code="E10001" if atc else "",
                    input=node.name,
                    shape=shown,
                    flag=flag,
                )

    def _compared(
        self, node: Node, dims: tuple[int | None, ...] | None, given: tuple[int, ...]
    ) -> Iterator[Finding]:
        """What is wrong with the sizes that the flag gives; nothing for a model without dims."""
        if not dims:
            return
        if len(dims) != len(given):
            yield self._mismatch(node, len(dims), len(given))
        elif any(
            size >= 0 and dim not in (None, size) for dim, size in zip(dims, given, strict=True)
        ):
            yield self.finding(
                node, "contradiction", input=node.name, shape=_shown(dims), given=_shown(given)
            )

    def _mismatch(self, node: Node, rank: int, given: int) -> Finding:
        return self.finding(
            node,
            "mismatch",
            input=node.name,
            rank=rank,
            given=given,
        )


def _dims(node: Node) -> tuple[int | None, ...] | None:
    shape = node.attrs.get("shape")
    return shape.dims if isinstance(shape, Shape) else None


def _stated(node: Node) -> str:
    """The sizes that an attribute for readers states, which the compiler does not look at."""
    shapes = node.attrs.get("_output_shapes")
    dims = shapes[0].dims if isinstance(shapes, tuple) and shapes else None
    return "DIMS" if dims is None else _suggestion(dims)


def _shown(dims: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("?" if dim is None else str(dim) for dim in dims) + "]"


def _suggestion(dims: tuple[int | None, ...]) -> str:
    return ",".join(
        ("1" if index == 0 else "N") if dim is None else str(dim) for index, dim in enumerate(dims)
    )
