"""The named quantities that boundary formulas of omg and constraints of atc speak of.

Source: the expression vocabulary printed with the operator tables. A quantity that the graph does
not settle is ``UNKNOWN``; unknown dims inside a list are ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from linter.graph import DType, Graph, Node, Shape, Value
from linter.graph.queries import is_const
from linter.infer.inference import Inference
from linter.judge.formula.table import MAKERS
from linter.judge.formula.windows import WindowedNode
from opdb.formula import UNKNOWN
from opdb.tf_ops import OpTable

__all__ = ["Quantities"]

_ALIASES: Mapping[str, str] = {
    "crops_dtype": "Tcrops",
    "block_dtype": "Tblock_shape",
    "keepdims": "keep_dims",
}
_VALUE_INPUTS: Mapping[str, tuple[str, ...]] = {
    "k_value": ("k",),
    "min_v": ("min",),
    "max_v": ("max",),
    "clip_min": ("clip_value_min",),
    "clip_max": ("clip_value_max",),
    "power": ("y",),
}


class Quantities:
    """Quantities of one node; an instance is the ``lookup`` of the formula evaluator.

    Args:
        graph: the body that the node is in.
        node: the node.
        inference: dtypes and shapes of the body.
        ops: TensorFlow op definitions.
        facts: quantities that the caller knows (``soc``, ``dynamic_shape``).
        is_constant: what else counts as a constant, besides one that is stored.
    """

    def __init__(
        self,
        graph: Graph,
        node: Node,
        inference: Inference,
        ops: OpTable,
        facts: Mapping[str, object] | None = None,
        *,
        is_constant: Callable[[Value], bool] | None = None,
    ) -> None:
        self._view = WindowedNode(graph, node, inference, ops)
        self._facts = facts or {}
        self._is_constant = is_constant

    @property
    def functions(self) -> dict[str, Callable[..., object]]:
        """``is_const(input)`` and ``has_attr(name)``."""
        return {"is_const": self._is_const, "has_attr": self._has_attr}

    def __call__(self, name: str) -> object:
        """The value of a quantity, ``UNKNOWN`` when the graph does not settle it."""
        if name in self._facts:
            return self._facts[name]
        maker = MAKERS.get(name)
        value = maker(self._view) if maker is not None else self._by_own_name(name)
        return UNKNOWN if value is None else value

    def _by_own_name(self, name: str) -> object:
        value = self._view.attr(_ALIASES.get(name, name))
        if isinstance(value, DType):
            return str(value)
        if isinstance(value, Shape):
            return None if value.dims is None else list(value.dims)
        if isinstance(value, tuple):
            return list(value)
        if isinstance(value, bool | int | float | str):
            return value
        for argument in (*_VALUE_INPUTS.get(name, ()), name):
            slot = self._view.input_slot(argument)
            if slot is not None:
                return self._const_value(slot)
        return None

    def _const_value(self, slot: int) -> object:
        values = self._view.const_input(slot)
        if values is None:
            return None
        dims = self._view.shape(slot)
        return values[0] if dims == () and values else list(values)

    def _is_const(self, name: object) -> bool | None:
        slot = self._view.input_slot(str(name))
        if slot is None or slot >= len(self._view.node.inputs):
            return None
        value = self._view.node.inputs[slot]
        if is_const(self._view.graph, value):
            return True
        return self._is_constant is not None and self._is_constant(value)

    def _has_attr(self, name: object) -> bool:
        return str(name) in self._view.node.attrs
