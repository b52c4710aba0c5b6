"""Dtypes of node outputs, from op definitions and attributes.

One generic reading of the op definition serves every op. An attribute that a file leaves out takes
its default; one without a default is read off the inputs that share it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from linter.graph import DType, Graph, Node, TensorValue, Value
from linter.graph.ports import OpLookup, input_ports, output_ports
from opdb.record import ArgDef, OpDef

__all__ = ["DtypeInference", "Dtypes", "base_dtype", "output_dtypes"]

Dtypes: TypeAlias = tuple[str | None, ...]


def base_dtype(dtype: str | None) -> str | None:
    """The dtype without its reference mark."""
    return dtype.removesuffix("_ref") if dtype is not None else None


class _Plan(NamedTuple):
    """Where the dtype of the only output of an op stands."""

    fixed: Dtypes
    attr: str | None
    is_ref: bool


class DtypeInference:
    """Dtypes of one graph; lazy and remembered.

    Args:
        graph: the body.
        ops: op definitions.
        arguments: dtypes of the arguments of a function body, by name.
        function_dtypes: output dtypes of a function of the library, ``None`` for no such function.
    """

    def __init__(
        self,
        graph: Graph,
        ops: OpLookup,
        arguments: Mapping[str, str | None],
        function_dtypes: Callable[[str], Dtypes | None],
    ) -> None:
        self._graph = graph
        self._ops = ops
        self._arguments = arguments
        self._function_dtypes = function_dtypes
        self._known: dict[str, Dtypes] = {}
        self._plans: dict[str, _Plan | None] = {}

    def value(self, value: Value) -> str | None:
        """Dtype of one value, ``None`` when unknown."""
        found = self._known.get(value.node)
        if found is None:
            found = self.outputs(value.node)
        return found[value.port] if 0 <= value.port < len(found) else None

    def outputs(self, key: str) -> Dtypes:
        """Dtypes of all outputs of a node; empty when the node or its op is unknown."""
        found = self._known.get(key)
        if found is not None:
            return found
        node = self._graph.get(key)
        if node is not None and (direct := self._direct(node)) is not None:
            self._known[key] = direct
            return direct
        return self._walk(key)

    def known(self, key: str) -> Dtypes | None:
        """What was asked about a node before; ``None`` when nothing was."""
        return self._known.get(key)

    def take_over(self, other: DtypeInference) -> None:
        """Start with what is known of an equal graph."""
        self._known.update(other._known)

    def forget(self, key: str) -> None:
        """Drop what is known about one node."""
        self._known.pop(key, None)

    def _direct(self, node: Node) -> Dtypes | None:
        """The answer for the many ops with one output whose dtype one attribute states."""
        op = node.op
        if op not in self._plans:
            opdef = None if node.virtual else self._ops.get(op)
            self._plans[op] = None if opdef is None else _plan(opdef)
        plan = self._plans[op]
        if plan is None:
            return None
        if plan.attr is None:
            return plan.fixed
        value = node.attrs.get(plan.attr)
        if not isinstance(value, DType):
            return None
        return (value,) if not plan.is_ref else None

    def _walk(self, key: str) -> Dtypes:
        """The dtypes of a node after those of the producers that it has to ask."""
        stack = [key]
        active: set[str] = set()
        while stack:
            current = stack[-1]
            node = self._graph.get(current)
            if current in self._known or node is None:
                stack.pop()
                continue
            if current not in active:
                active.add(current)
                waits = self._waits_for(node)
                if waits:
                    stack.extend(source for source in waits if source not in active)
                    continue
            self._known[current] = self._infer(node)
            active.discard(current)
            stack.pop()
        return self._known.get(key, ())

    def _waits_for(self, node: Node) -> list[str]:
        """Producers whose dtypes must be known first; none in a file with all attributes."""
        opdef = self._ops.get(node.op)
        if opdef is None:
            return []
        missing = {
            attr
            for arg in opdef.outputs
            if (attr := arg.type_attr or arg.type_list_attr)
            and _type_attr(node, opdef, attr) is None
        }
        if not missing:
            return []
        return [
            value.node
            for arg, first, count in input_ports(node, opdef) or ()
            if (arg.type_attr or arg.type_list_attr) in missing
            for value in node.inputs[first : first + count]
            if value.node not in self._known
        ]

    def _infer(self, node: Node) -> Dtypes:
        if node.virtual:
            return (self._argument(node),)
        opdef = self._ops.get(node.op)
        if opdef is None:
            return self._function_dtypes(node.op) or ()
        if node.op == "Const" and not isinstance(node.attrs.get("dtype"), DType):
            return (_const_dtype(node.attrs.get("value")),)
        return output_dtypes(node, opdef, lambda slot: self._peek(node.inputs[slot]))

    def _argument(self, node: Node) -> str | None:
        given = self._arguments.get(node.name)
        if given is not None:
            return given
        for attr in ("T", "dtype", "type"):
            if isinstance(declared := node.attrs.get(attr), DType):
                return str(declared)
        return None

    def _peek(self, value: Value) -> str | None:
        found = self._known.get(value.node, ())
        return found[value.port] if 0 <= value.port < len(found) else None


def output_dtypes(node: Node, opdef: OpDef, dtype: Callable[[int], str | None]) -> Dtypes:
    """Dtypes of all outputs of a node.

    Args:
        node: what gives them.
        opdef: its op.
        dtype: that of the input in a slot.
    """
    found: list[str | None] = []
    for arg, _, count in output_ports(node, opdef) or ():
        found.extend(_argument_dtypes(node, opdef, (arg, count), dtype))
    return tuple(found)


def _argument_dtypes(
    node: Node, opdef: OpDef, output: tuple[ArgDef, int], dtype: Callable[[int], str | None]
) -> Dtypes:
    arg, count = output
    if arg.type_list_attr:
        listed = _type_attr(node, opdef, arg.type_list_attr)
        if listed is None:
            listed = _from_inputs(node, opdef, arg.type_list_attr, dtype)
        return listed if len(listed) == count else (None,) * count
    name = arg.type
    if name is None and arg.type_attr:
        single = _type_attr(node, opdef, arg.type_attr)
        if single is None:
            single = _from_inputs(node, opdef, arg.type_attr, dtype)
        name = next((d for d in single if d is not None), None)
    if name is not None and arg.is_ref and not name.endswith("_ref"):
        name += "_ref"
    return (name,) * count


def _from_inputs(node: Node, opdef: OpDef, attr: str, dtype: Callable[[int], str | None]) -> Dtypes:
    for arg, first, count in input_ports(node, opdef) or ():
        if attr in (arg.type_attr, arg.type_list_attr):
            slots = range(len(node.inputs))[first : first + count]
            dtypes = tuple([base_dtype(dtype(slot)) for slot in slots])
            if arg.type_list_attr or any(dtypes):
                return dtypes
    return ()


def _plan(opdef: OpDef) -> _Plan | None:
    if len(opdef.outputs) != 1:
        return None
    output = opdef.outputs[0]
    if output.number_attr or output.type_list_attr:
        return None
    if output.type is None:
        return _Plan((), output.type_attr, output.is_ref) if output.type_attr else None
    return _Plan((output.type,), None, False) if not output.is_ref else None


def _type_attr(node: Node, opdef: OpDef, name: str) -> Dtypes | None:
    """The dtypes that an attribute states, itself or by its default."""
    value: object = node.attrs.get(name)
    if isinstance(value, DType):
        return (value,)
    if isinstance(value, tuple):
        return tuple(item if isinstance(item, DType) else None for item in value)
    if value is not None:
        return None
    spec = opdef.attrs.get(name)
    if spec is None or not spec.has_default:
        return None
    if isinstance(spec.default, str):
        return (spec.default,)
    if isinstance(spec.default, (tuple, list)):
        return tuple(item if isinstance(item, str) else None for item in spec.default)
    return None


def _const_dtype(tensor: TensorValue | None) -> str | None:
    dtype = getattr(tensor, "dtype", None)
    return str(dtype) if isinstance(dtype, str) else None
