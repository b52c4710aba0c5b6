"""Attributes that the parser of atc asks for: it stops where one is missing.

Defaults of TensorFlow are not filled in. Attributes that count tensors are the business of the
input count. Source: parser plugins of canndev at 7d77ce32 (``GetAttr`` whose failure is a failure
of the plugin); hicann/ge, parser/parser/tensorflow (fill, squeeze, frameworkop, shape_n, merge).
"""

from __future__ import annotations

from dataclasses import dataclass

from linter.graph import Graph, Node
from linter.graph.ports import input_ports
from linter.graph.stated_attrs import STATED
from opdb.database import Database
from opdb.record import OpDef

__all__ = [
    "Demand",
    "Unlinked",
    "is_miscounted",
    "is_named_call",
    "made_by_name",
    "parser_demand",
    "uncounted",
    "unlinked",
]

_WITHOUT_DEFAULT: dict[str, tuple[str, ...]] = {
    "AvgPool3DGrad": ("ksize", "strides", "padding"),
    "BatchMatMulV3": ("Tout",),
    "Cast": ("DstT",),
    "Fill": ("T",),
    "FrameworkOp": ("opdef",),
}
"""Attributes by op that no definition gives a default; those that have one are ``STATED``."""

_EITHER = {"Squeeze": ("squeeze_dims", "axis")}
"""Two names of one attribute; a node may have one of them."""

_RUN = frozenset({"ArgMax", "BatchMatMul", "Cast", "Fill", "FrameworkOp", "LeakyRelu", "MatMul"})
"""Ops of which it is measured that the parser stops, and not read in its source alone."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What the parser misses.

    Attributes:
        attribute: the attribute that is missing, or the first of two that exclude each other.
        other: the second of the two; empty when one is missing.
        run: the parser was run on such a node.
    """

    attribute: str
    other: str = ""
    run: bool = True


def parser_demand(node: Node) -> Demand | None:
    """What the parser misses or has too much of at a node; ``None`` when it is content."""
    for name in (*STATED.get(node.op, ()), *_WITHOUT_DEFAULT.get(node.op, ())):
        if name not in node.attrs:
            return Demand(name, run=node.op in _RUN)
    both = _EITHER.get(node.op)
    if both is not None and all(name in node.attrs for name in both):
        return Demand(*both)
    return None


@dataclass(frozen=True, slots=True)
class Unlinked:
    """An edge for which a node has no place.

    Attributes:
        side: ``input`` or ``output``.
        index: slot or port of the edge.
        places: how many the prototype gives that side.
    """

    side: str
    index: int
    places: int


def made_by_name(node: Node, database: Database) -> bool:
    """Whether nothing but a prototype of its name makes the parser take a node.

    Its inputs are not counted then, and nothing says how many tensors a dynamic one has. A release
    whose registrations are not all known may have a plugin for it.
    """
    record = database.parser(node.op)
    return record is not None and record.origin == "same-name" and database.parser_complete


def unlinked(graph: Graph, node: Node, database: Database) -> Unlinked | None:
    """The first edge that the parser cannot make at a node that its prototype alone stands for.

    Source: hicann/ge, tensorflow_parser.cc (AddEdges).
    """
    if not made_by_name(node, database):
        return None
    record = database.parser(node.op)
    prototype = None if record is None else database.prototype(record.ge_op)
    if prototype is None:
        return None
    inputs = sum(tensor.param != "dynamic" for tensor in prototype.inputs)
    if len(node.inputs) > inputs:
        return Unlinked("input", inputs, inputs)
    outputs = sum(tensor.param != "dynamic" for tensor in prototype.outputs)
    ports = [use.port for use in graph.uses(node.key) if use.slot >= 0 and use.port >= outputs]
    return Unlinked("output", min(ports), outputs) if ports else None


def is_named_call(node: Node) -> bool:
    """Whether the parser takes a node for the call of the function that its op names."""
    return node.name == node.op and "_disable_call_shape_inference" in node.attrs


def uncounted(node: Node, opdef: OpDef) -> str | None:
    """The attribute that counts inputs and is not there, although there are some."""
    wanted = (arg.number_attr or arg.type_list_attr for arg in opdef.inputs)
    return next((name for name in wanted if name and name not in node.attrs), None)


def is_miscounted(node: Node, opdef: OpDef | None) -> bool:
    """Whether the parser stops because of the number of inputs."""
    if opdef is None:
        return False
    return input_ports(node, opdef) is None or uncounted(node, opdef) is not None
