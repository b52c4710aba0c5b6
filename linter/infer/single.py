"""What one node gives, once something is known about its inputs."""

from __future__ import annotations

from collections.abc import Callable

from linter.graph import Value
from linter.infer.dims import product
from linter.infer.dtypes import base_dtype
from linter.infer.numbers import FLOATS, INTEGERS
from linter.infer.tensors import MAX_ELEMENTS, Constant, Elements, Tensor
from linter.infer.view import Found, State, Tensors, View

__all__ = ["is_small", "settled"]

_FOLLOWED = INTEGERS | FLOATS | {"bool", "string", "bfloat16"}


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
