"""A node in the place of an input."""

from __future__ import annotations

from linter.graph.branches import confined_keys
from linter.rules import (
    DType,
    GraphEditor,
    Match,
    MatchContext,
    Node,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Shape,
    Untouched,
    Value,
    op,
)
from rules.rewrite.support.passed_values import is_handle

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


IDS = """
s = Placeholder : float32[3]
t = AsString(s)
i = StringToHashBucketFast(t) {num_buckets=16}
y = Mul(i, i)
"""

IDS_AFTER = """
i = Placeholder : int64[3]
y = Mul(i, i)
"""

BRANCH = """
x = Placeholder : float32[2]
p = Placeholder : bool[]
s = Switch(x, p)
a = Neg(s)
b = Abs(s:1)
y = Merge(a, b)
"""


class FedNode(RewriteRule):
    """Replace a node that ``--input-shape`` names by an input of the dtype that it computes.

    atc makes an input of a named node itself, of float32 where the node has no attribute dtype.

    Exact: the value is fed where the node stood; a default that is fed is never taken.
    Shapes: the shape is the one that is given.
    Source: TensorFlow op docs of PlaceholderWithDefault; published recipes turn queues, iterators
        and PyFunc into a Placeholder of the same name and feed it from the host.
    """

    id, name, safety = "RWS004", "fed-node", Safety.EXACT
    early = True
    always = True
    pattern = op(())
    examples = (
        Rewritten(BEFORE, after=AFTER, input_shapes={"p": ()}, label="default"),
        Rewritten(QUEUE, after=QUEUE_AFTER, input_shapes={"b": (4, 3)}, label="queue"),
        Rewritten(IDS, after=IDS_AFTER, input_shapes={"i": (3,)}, outputs=("y",), label="ids"),
        Untouched(BEFORE, label="not named"),
        Untouched(
            BRANCH, input_shapes={"a": (2,)}, reason="inside", label="in a branch of a condition"
        ),
        Untouched(IDS, input_shapes={"t": (3,)}, outputs=("y",), reason="string", label="strings"),
        Untouched(
            QUEUE + "z = Neg(b:1)",
            input_shapes={"b": (4, 3)},
            reason="output 1",
            label="two values are read",
        ),
    )

    def concerns(self, node: Node, context: MatchContext) -> bool:
        """The user names the node."""
        return node.name in context.input_shapes

    def guard(self, m: Match) -> Refusal | None:
        """Only what the user names is an input, and only one value can be."""
        node = m.root.node
        if node.name not in m.context.input_shapes or node.op == "Placeholder" or node.virtual:
            return m.refuse("")
        if node.key in confined_keys(m.context.graph):
            return m.refuse("it is inside a while loop or a branch of a condition")
        others = [port for port in m.used_outputs() if port]
        if others:
            return m.refuse(f"output {others[0]} is read as well")
        dtype = m.root.dtype
        if is_handle(dtype) or dtype == "string":
            return m.refuse(f"it is {dtype or 'of unknown dtype'}, which no caller can feed")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """A Placeholder of the given shape."""
        given = m.context.input_shapes[m.root.node.name]
        shape = Shape(tuple(None if size < 0 else size for size in given))
        return edit.add("Placeholder", (), {"dtype": DType(str(m.root.dtype)), "shape": shape})
