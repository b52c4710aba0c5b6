"""Stage 4: the node that the graph engine sees in place of the TensorFlow node.

Argument i of the TensorFlow op definition is input i of the GE op; an argument with a number or a
type-list attribute is one group that fills one dynamic input. Source: the parser's auto mapping
(hicann/ge, parser/parser/tensorflow) and the registrations' deleted inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from linter.graph import Graph, Node, Value
from linter.infer.inference import Inference
from opdb.facts import DtypeChange
from opdb.query import Database
from opdb.record import ArgDef, ParserRecord, Prototype

__all__ = ["GeNode", "GeTensor", "deciding_attrs", "ge_node"]


@dataclass(frozen=True, slots=True)
class GeTensor:
    """One GE input or output, which may stand for several tensors.

    Attributes:
        name: name in the GE prototype, ``None`` when there is no prototype.
        arg: name of the TensorFlow argument.
        first: first TensorFlow slot or port.
        dtypes: one entry per tensor, ``None`` unknown.
        group: a dynamic input that takes any number of tensors.
        constant: every tensor is a constant when engines are asked; false for outputs.
    """

    name: str | None
    arg: str
    first: int
    dtypes: tuple[str | None, ...]
    group: bool = False
    constant: bool = False


@dataclass(frozen=True, slots=True)
class GeNode:
    """A node as the engines see it; ``dynamic`` says that a size is only known at run time."""

    type: str
    inputs: tuple[GeTensor, ...]
    outputs: tuple[GeTensor, ...]
    dynamic: bool | None = False
    evidence: tuple[str, ...] = ()


def ge_node(
    graph: Graph,
    node: Node,
    record: ParserRecord,
    database: Database,
    inference: Inference,
    is_constant: Callable[[Graph, Value], bool],
) -> GeNode:
    """The GE view of ``node``.

    Args:
        graph: the body that the node is in.
        node: the TensorFlow node.
        record: what the parser makes of its type.
        database: facts of the target.
        inference: dtypes and shapes of the body.
        is_constant: whether a value is a constant when engines are asked.

    Returns:
        Its GE type and tensors with the dtypes that the engines compare; without tensors where
        the plugin makes a subgraph and it is not known which of them reach its main node.
    """
    if record.expanded:
        return GeNode(record.ge_op, (), ())
    prototype = database.prototype(record.ge_op)
    inputs = _inputs(graph, node, inference, is_constant)
    inputs = _without_deleted(inputs, node, record)
    outputs = _outputs(node, inference)
    evidence: list[str] = []
    for change in database.facts.dtype_changes:
        if change.tf_op == node.op and change.to != "removed":
            inputs, outputs = _changed(change, inputs, outputs)
            evidence.extend(change.evidence)
    return GeNode(
        record.ge_op,
        _named(inputs, prototype, outputs=False),
        _named(outputs, prototype, outputs=True),
        evidence=tuple(evidence),
    )


def _inputs(
    graph: Graph,
    node: Node,
    inference: Inference,
    is_constant: Callable[[Graph, Value], bool],
) -> list[GeTensor]:
    args = inference.arg_ports(node)
    if args is None:
        args = tuple((ArgDef(f"input_{slot}"), slot, 1) for slot in range(len(node.inputs)))
    dtypes = inference.input_dtypes(node)
    tensors = []
    for arg, first, count in args:
        values = node.inputs[first : first + count]
        tensors.append(
            GeTensor(
                None,
                arg.name,
                first,
                tuple(map(_base, dtypes[first : first + count])),
                arg.number_attr is not None or arg.type_list_attr is not None,
                bool(values) and all(is_constant(graph, value) for value in values),
            )
        )
    return tensors


def _outputs(node: Node, inference: Inference) -> list[GeTensor]:
    args = inference.out_args(node)
    dtypes = inference.output_dtypes(node)
    if args is None:
        args = tuple((ArgDef(f"output_{port}"), port, 1) for port in range(len(dtypes)))
    return [
        GeTensor(
            None,
            arg.name,
            first,
            tuple(map(_base, dtypes[first : first + count])),
            arg.number_attr is not None or arg.type_list_attr is not None,
        )
        for arg, first, count in args
    ]


def _base(dtype: str | None) -> str | None:
    return None if dtype is None else dtype.removesuffix("_ref")


def _without_deleted(inputs: list[GeTensor], node: Node, record: ParserRecord) -> list[GeTensor]:
    gone = set()
    for entry in record.deleted_inputs:
        when = entry.get("when")
        if entry.get("kind") == "always":
            gone.add(entry.get("input"))
        if entry.get("kind") != "attr" or not isinstance(when, list | tuple) or len(when) != 2:
            continue
        attr, wanted = when
        default = True if attr == "is_training" else None
        if str(node.attrs.get(str(attr), default)).lower() == wanted:
            gone.add(entry.get("input"))
    return [tensor for index, tensor in enumerate(inputs) if index not in gone]


def _changed(
    change: DtypeChange, inputs: list[GeTensor], outputs: list[GeTensor]
) -> tuple[list[GeTensor], list[GeTensor]]:
    side, _, which = change.tensor.replace(":", " ").partition(" ")
    dtype = change.to.partition(",")[0]

    def changed(tensors: list[GeTensor]) -> list[GeTensor]:
        return [
            replace(tensor, dtypes=(dtype,) * len(tensor.dtypes))
            if which in (tensor.arg, str(index))
            else tensor
            for index, tensor in enumerate(tensors)
        ]

    return (changed(inputs), outputs) if side == "input" else (inputs, changed(outputs))


def _named(
    tensors: list[GeTensor], prototype: Prototype | None, *, outputs: bool
) -> tuple[GeTensor, ...]:
    if prototype is None:
        return tuple(tensors)
    specs = prototype.outputs if outputs else prototype.inputs
    return tuple(
        replace(tensor, name=specs[index].name) if index < len(specs) else tensor
        for index, tensor in enumerate(tensors)
    )


def deciding_attrs(record: ParserRecord) -> list[str]:
    """Attributes whose value decides which inputs the plugin deletes."""
    result = []
    for entry in record.deleted_inputs:
        when = entry.get("when")
        if isinstance(when, list | tuple) and when:
            result.append(str(when[0]))
    return result
