"""What one node gives, once something is known about its inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from linter.graph import Node, Value
from linter.infer.dims import cleaned, product
from linter.infer.dtypes import base_dtype, output_dtypes
from linter.infer.numbers import FLOATS, INTEGERS
from linter.infer.ops.registry import OPS
from linter.infer.tensors import MAX_ELEMENTS, Constant, Elements, Tensor
from linter.infer.view import Fact, Found, State, Tensors, View
from opdb.record import OpDef

__all__ = ["constants", "has_values", "is_small", "is_whole", "settled", "whole", "whole_by"]

_FOLLOWED = INTEGERS | FLOATS | {"bool", "string", "bfloat16"}
_KEY = "node"


def has_values(op: str) -> bool:
    """Whether the elements of the outputs follow from those of the inputs."""
    semantics = OPS.get(op)
    return semantics is not None and semantics.values is not None


def constants(node: Node, opdef: OpDef, inputs: Sequence[Fact]) -> tuple[Constant | None, ...]:
    """The small outputs of a node all of whose elements follow.

    Args:
        node: what gives them; its own inputs are not looked at.
        opdef: its op.
        inputs: what is known about its data inputs.
    """
    found = _outputs(_seen(node, opdef, inputs), small=True)
    known = [tensor if isinstance(tensor, Constant) else None for tensor in found]
    return tuple([None if tensor is None or not tensor.complete else tensor for tensor in known])


def whole_by(op: str) -> tuple[int, ...]:
    """The inputs whose elements say whether TensorFlow computes a node of the op at all."""
    semantics = OPS.get(op)
    return () if semantics is None else semantics.whole_by


def is_whole(node: Node, opdef: OpDef, inputs: Sequence[Fact]) -> bool:
    """Whether output 0 can be computed from arrays of any size, to the last bit.

    Args:
        node: what gives it.
        opdef: its op.
        inputs: dtypes and shapes of its data inputs, and the elements of those of ``whole_by``.
    """
    semantics = OPS.get(node.op)
    if semantics is None or semantics.whole is None:
        return False
    return semantics.whole(_seen(node, opdef, inputs))


def whole(node: Node, opdef: OpDef, inputs: Sequence[Tensor]) -> Tensor | None:
    """Output 0 of a node, computed from arrays; ``None`` when they do not fit the op."""
    view = _seen(node, opdef, [Fact(tensor.dtype, tensor.shape, tensor) for tensor in inputs])
    return next(iter(_outputs(view, small=False)), None)


def _seen(node: Node, opdef: OpDef, inputs: Sequence[Fact]) -> View:
    """The node with these facts about its inputs."""
    sources = tuple([Value(str(slot)) for slot in range(len(inputs))])
    alone = node.replace(name=_KEY, key=_KEY, inputs=sources, controls=())
    dtypes: dict[Value, str | None] = {}
    state = State(dtypes.get)
    for source, fact in zip(sources, inputs, strict=True):
        dtypes[source] = fact.dtype
        state.shapes[source.node], state.values[source.node] = (fact.dims,), (fact.constant,)
    for port, dtype in enumerate(output_dtypes(alone, opdef, lambda slot: inputs[slot].dtype)):
        dtypes[Value(_KEY, port)] = dtype
    return View(alone, opdef, state)


def _outputs(view: View, *, small: bool) -> Tensors:
    semantics = OPS.get(view.node.op)
    if semantics is None or semantics.values is None:
        return ()
    view.state.shapes[_KEY] = tuple([cleaned(dims) for dims in semantics.shapes(view)])
    return settled(semantics.values, view) if not small or is_small(_KEY, view.state) else ()


def is_small(key: str, state: State) -> bool:
    """Whether an output of a node is small enough to be a dimension or a few of them."""
    for port, dims in enumerate(state.shapes.get(key, ())):
        size = None if dims is None else product(dims)
        if size is None or size > MAX_ELEMENTS:
            continue
        if base_dtype(state.dtype(Value(key, port))) in _FOLLOWED:
            return True
    return False


def settled(values: Callable[[View], Found], view: View) -> Tensors:
    """The outputs of a node whose shapes have been found, by the value function of its op."""
    return tuple([_fitted(view, port, found) for port, found in enumerate(values(view))])


def _fitted(view: View, port: int, found: Tensor | Elements | None) -> Tensor | None:
    """What was found, in the shape of the output, if it fits that and says anything."""
    if found is None:
        return None
    shape, dtype = view.static_shape(port), view.out_dtype(port)
    count = len(found) if isinstance(found, tuple) else found.count
    if shape is None or dtype is None or count != product(shape):
        return None
    if not isinstance(found, (tuple, Constant)):
        return found.reshaped(shape)
    elements = found if isinstance(found, tuple) else found.values
    if count and elements[0] is None and all(element is None for element in elements):
        return None
    if isinstance(found, Constant) and found.shape == shape and found.dtype == dtype:
        return found
    return Constant(dtype, shape, elements)
