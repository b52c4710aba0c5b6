"""Why TensorFlow cannot import a graph, as far as the file itself tells.

TensorFlow has the last word, but it takes seconds to start, and a graph that nothing was done to is
not run: what it is known to refuse is looked up before anything is said about it.
"""

from __future__ import annotations

from linter.graph import Model
from linter.graph.ports import OpLookup, input_ports
from linter.infer.edges import mismatches
from linter.infer.inference import Inference

__all__ = ["import_fault"]


def import_fault(model: Model, ops: OpLookup) -> str | None:
    """One sentence about what TensorFlow refuses in the main graph; ``None`` when nothing is known.

    Args:
        model: the graph with its function library.
        ops: op definitions.
    """
    main = model.main
    for name in main.duplicates:
        return f"two nodes are called {name!r}"
    for key, slot, text in main.dangling:
        return f"input {slot} of {key!r} is {text!r}, which is not in the graph"
    for node in main:
        definition = ops.get(node.op)
        if definition is not None and input_ports(node, definition) is None:
            return f"{node.name!r} ({node.op}) has {len(node.inputs)} inputs"
    inference = Inference(main, ops, functions=model.functions)
    for reader, place, wanted, found in mismatches(main, ops, inference.dtype):
        source = reader.inputs[place]
        return f"input {place} of {reader.name!r} is {wanted}, but {str(source)!r} is {found}"
    return None
