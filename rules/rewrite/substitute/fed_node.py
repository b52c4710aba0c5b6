"""A node in the place of an input."""

from __future__ import annotations

from linter.rules import (
    DType,
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Shape,
    Untouched,
    Value,
    op,
)

__all__ = ["FedNode"]

BEFORE = """
x = Placeholder : float32[2]
d = Const : float32[] = 0.5
p = PlaceholderWithDefault(d) : float32[]
y = Mul(x, p)
"""

AFTER = """
x = Placeholder : float32[2]
p = Placeholder : float32[]
y = Mul(x, p)
"""

QUEUE = """
q = FIFOQueueV2 {component_types=[float32, int64]}
n = Const : int32[] = 4
b = QueueDequeueManyV2(q, n) {component_types=[float32, int64]}
y = Relu(b)
"""

QUEUE_AFTER = """
b = Placeholder : float32[4,3]
y = Relu(b)
"""


class FedNode(RewriteRule):
    """Replace a default, a dequeue, an iterator or a callback that ``--input-shape`` names.

    Exact: the value is fed where the node stood; a default that is fed is never taken.
    Shapes: the shape is the one that is given.
    Source: TensorFlow op docs of PlaceholderWithDefault; published recipes turn queues, iterators
        and PyFunc into a Placeholder of the same name and feed it from the host.
    """

    id, name, safety = "RWS004", "fed-node", Safety.EXACT
    early = True
    always = True
    pattern = op(
        (
            "DecodeJpeg",
            "DecodePng",
            "IteratorGetNext",
            "OneShotIterator",
            "ParseExample",
            "PlaceholderV2",
            "PlaceholderWithDefault",
            "PyFunc",
            "QueueDequeueManyV2",
            "QueueDequeueUpToV2",
            "QueueDequeueV2",
        )
    )
    examples = (
        Rewritten(BEFORE, after=AFTER, input_shapes={"p": ()}, label="default"),
        Rewritten(QUEUE, after=QUEUE_AFTER, input_shapes={"b": (4, 3)}, label="queue"),
        Untouched(BEFORE, label="not named"),
        Untouched(
            QUEUE + "z = Neg(b:1)",
            input_shapes={"b": (4, 3)},
            reason="output 1",
            label="two values are read",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Only what the user names is an input, and only one value can be."""
        if m.root.node.name not in m.context.input_shapes:
            return m.refuse("")
        others = [port for port in m.used_outputs() if port]
        if others:
            return m.refuse(f"output {others[0]} is read as well")
        return m.refuse("its dtype is unknown") if m.root.dtype is None else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """A Placeholder of the given shape."""
        shape = Shape(tuple(m.context.input_shapes[m.root.node.name]))
        return edit.add("Placeholder", (), {"dtype": DType(str(m.root.dtype)), "shape": shape})
