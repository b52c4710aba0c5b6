"""Whether what a producer delivers is what its consumer's op definition and attributes ask for.

TensorFlow compares the two when it imports a graph and refuses it where they differ; a reference
may be read as its value, a value not as a reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from linter.graph import DType, Graph, Node, Value
from linter.graph.ports import OpLookup, Port, input_ports
from linter.infer.dtypes import base_dtype
from opdb.record import ArgDef, OpDef

__all__ = ["Mismatch", "accepts", "declared_dtype", "mismatches"]


class Mismatch(NamedTuple):
    """An input of one dtype where the consumer declares another.

    Attributes:
        node: the consumer.
        slot: its data input.
        wanted, found: dtypes, ``_ref`` at the end for a reference.
    """

    node: Node
    slot: int
    wanted: str
    found: str


def accepts(wanted: str, found: str) -> bool:
    """Whether an input declared as ``wanted`` takes ``found``, by TensorFlow's TypesCompatible."""
    return wanted == found or wanted == base_dtype(found)


def mismatches(
    graph: Graph, ops: OpLookup, dtype: Callable[[Value], str | None]
) -> Iterator[Mismatch]:
    """The edges of a body whose ends differ; what is not known is left out.

    Args:
        graph: the body.
        ops: op definitions.
        dtype: that of a value of the body, ``None`` when unknown.
    """
    fixed: dict[str, tuple[Port, ...] | None] = {}
    definitions: dict[str, OpDef | None] = {}
    for node in graph:
        if not node.inputs or node.virtual:
            continue
        op = node.op
        if op not in fixed:
            definitions[op] = opdef = ops.get(op)
            fixed[op] = None if opdef is None else _fixed_ports(opdef)
        definition = definitions[op]
        if definition is None:
            continue
        ports = fixed[op] or input_ports(node, definition) or ()
        for arg, first, count in ports:
            for slot in range(first, min(first + count, len(node.inputs))):
                wanted = _wanted(node, definition, arg, slot - first)
                if wanted is None:
                    continue
                found = dtype(node.inputs[slot])
                if found is not None and found != wanted and not accepts(wanted, found):
                    yield Mismatch(node, slot, wanted, found)


def declared_dtype(node: Node, opdef: OpDef, slot: int) -> str | None:
    """What a node declares for one data input; ``None`` when it does not say."""
    for arg, first, count in input_ports(node, opdef) or ():
        if first <= slot < first + count:
            return _wanted(node, opdef, arg, slot - first)
    return None


def _fixed_ports(opdef: OpDef) -> tuple[Port, ...] | None:
    """The slots of an op without groups of inputs, which are those of each of its nodes."""
    if any(arg.number_attr or arg.type_list_attr for arg in opdef.inputs):
        return None
    return tuple((arg, slot, 1) for slot, arg in enumerate(opdef.inputs))


def _wanted(node: Node, opdef: OpDef, arg: ArgDef, index: int) -> str | None:
    """The dtype of tensor ``index`` of an argument, as the node or its op states it."""
    name: object = arg.type
    if arg.type_list_attr:
        listed = _attribute(node, opdef, arg.type_list_attr)
        name = listed[index] if isinstance(listed, tuple) and index < len(listed) else None
    elif name is None and arg.type_attr:
        name = _attribute(node, opdef, arg.type_attr)
    if not isinstance(name, str):
        return None
    return f"{name}_ref" if arg.is_ref and not name.endswith("_ref") else str(name)


def _attribute(node: Node, opdef: OpDef, name: str) -> object:
    """A dtype or a list of them; one that is left out has its default."""
    value: object = node.attrs.get(name)
    if value is None:
        spec = opdef.attrs.get(name)
        value = spec.default if spec is not None and spec.has_default else None
        return tuple(value) if isinstance(value, list) else value
    return value if isinstance(value, (DType, tuple)) else None
