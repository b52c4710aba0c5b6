"""The inputs that a compiled model has, and the sizes of them that are open."""

from __future__ import annotations

from linter.graph import Node, Shape
from linter.judge.base import Judge

__all__ = ["kept_inputs", "open_inputs", "varying_inputs"]


def kept_inputs(judge: Judge) -> tuple[Node, ...]:
    """The inputs that the compiled model has: also those that the parser keeps unneeded."""
    main = judge.model.main
    live = {node.key for node in judge.inputs}
    kept = judge.parsed(main) if judge.outputs_guessed else frozenset()
    return tuple(
        node for node in main if node.key in live or (node.op == "Placeholder" and node.key in kept)
    )


def open_inputs(judge: Judge) -> tuple[Node, ...]:
    """Inputs with a size that neither the model nor the user gives: the compiler stops."""
    named = judge.options.input_shapes
    return tuple(
        node
        for node in kept_inputs(judge)
        if node.op == "Placeholder" and node.name not in named and _is_open(node)
    )


def varying_inputs(judge: Judge) -> tuple[Node, ...]:
    """Inputs with a size that the user lets vary at run time, without profiles for it."""
    named = {} if judge.options.profiled else judge.options.input_shapes
    return tuple(node for node in judge.inputs if -1 in named.get(node.name, ()))


def _is_open(node: Node) -> bool:
    shape = node.attrs.get("shape")
    return not isinstance(shape, Shape) or shape.dims is None or None in shape.dims
