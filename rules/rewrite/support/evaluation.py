"""Values that depend on constants only and that TensorFlow has to compute.

What NumPy computes to the last bit is left to ``folding``; here is the rest: any op whose result
follows from its inputs alone. TensorFlow is asked once a pass, for all nodes at once that
the target refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING

from linter.graph import FuncRef, Graph, Node, Value
from linter.graph.op_families import CONTROL_FLOW, PLACEHOLDERS
from linter.results.objection import Objection, ObjectionKind
from linter.rules.edit.attrs import tensor_of
from linter.rules.evaluation import MAX_EVALUATED_BYTES, MAX_SOURCE_BYTES, Evaluated
from linter.rules.match import BoundValue
from rules.rewrite.support.dataflow import follows, is_data

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from linter.rules.match import MatchContext

__all__ = ["SMALL", "answered", "is_evaluable", "is_wanted", "objection"]

SMALL = 1 << 20
"""Bytes that a constant may have whatever it is computed from."""
_TOPIC = "evaluated"
_GROWTH = 8
_WIDTHS = {
    "bool": 1,
    "float16": 2,
    "float32": 4,
    "float64": 8,
    "int16": 2,
    "int32": 4,
    "int64": 8,
    "int8": 1,
    "uint16": 2,
    "uint32": 4,
    "uint64": 8,
    "uint8": 1,
}
_NOT_VALUES = CONTROL_FLOW | {"LoopCond", "_Arg", "_Retval"}


def is_evaluable(value: BoundValue) -> bool:
    """Whether the value is computed from constants alone, by ops without state or chance.

    What is a constant, or follows from shapes, has no need of it.
    """
    return not is_data(value) and not _is_leaf(value) and _is_fixed(value)


def _is_fixed(value: BoundValue) -> bool:
    """Whether the value is the same on every run and TensorFlow can be asked for it."""
    return follows(value, "evaluable", _decided)


def _decided(value: BoundValue) -> bool | None:
    if _is_leaf(value):
        return True
    return None if _is_computable(value) else False


def objection(values: Sequence[BoundValue], called: str = "") -> Objection | None:
    """Why evaluable values are not computed, or of no use; ``None`` when they are there.

    Args:
        values: what is asked about.
        called: how a reason calls each of them; by its name when empty.
    """
    if reason := next(filter(None, map(_oversize, values)), ""):
        return _against(reason)
    if values[0].context.evaluator is None:
        reason = f"needs TensorFlow, which would compute {called or values[0]} from constants"
        return Objection(reason, kind=ObjectionKind.NEEDS_EVALUATOR)
    for value in values:
        found = _evaluated(value)
        if found.array is None:
            return _against(f"TensorFlow cannot compute {called or value}: {found.fault}")
        if reason := _oversize(value, found.array.nbytes):
            return _against(reason)
    return None


def _against(reason: str) -> Objection:
    return Objection(reason, kind=ObjectionKind.GUARD)


def answered(value: BoundValue) -> npt.NDArray[np.generic] | None:
    """What TensorFlow has computed for the value, ``None`` where it was not asked or could not."""
    found = value.context.memo.get(_TOPIC, {}).get(value.value)
    return None if found is None else found.array


def _evaluated(value: BoundValue) -> Evaluated:
    """What TensorFlow computes for an evaluable value; the evaluator must be there."""
    context = value.context
    known = context.memo.setdefault(_TOPIC, {})
    if value.value not in known:
        wanted = dict.fromkeys((value.value, *_wanted(context)))
        assert context.evaluator is not None
        known.update(context.evaluator(_closure(context, wanted), tuple(wanted)))
    result: Evaluated = known[value.value]
    return result


def _oversize(value: BoundValue, nbytes: int | None = None) -> str:
    """Why it is too large to be computed; empty when it is not, or its size is not known yet."""
    sources = sum(_bytes_of(node) for node in _closure(value.context, (value.value,)))
    if sources > MAX_SOURCE_BYTES:
        return f"it is computed from {sources:,} bytes, more than {MAX_SOURCE_BYTES:,}"
    shape, width = value.static_shape, _WIDTHS.get(str(value.dtype))
    if nbytes is None and shape is not None and width is not None:
        nbytes = width * prod(shape)
    if nbytes is None:
        return ""
    limit = min(max(SMALL, _GROWTH * sources), MAX_EVALUATED_BYTES)
    return f"the constant would have {nbytes:,} bytes, more than {limit:,}" * (nbytes > limit)


def is_wanted(node: Node, context: MatchContext) -> bool:
    """Whether the node itself must become a constant: not all that reads it will be one."""
    ports = context.fetched_ports.get(node.key)
    readers = [use for use in context.graph.uses(node.key) if use.slot >= 0]
    return bool(ports) or not all(_will_go(use.node, context) for use in readers)


def _will_go(key: str, context: MatchContext) -> bool:
    if key not in context.refused or key not in context.graph:
        return False
    values = [context.bind(value) for value in _used(key, context)]
    return bool(values) and all(
        _is_leaf(value)
        or (is_evaluable(value) and not _oversize(value) and not _evaluated(value).fault)
        for value in values
    )


def _wanted(context: MatchContext) -> Iterator[Value]:
    """Every value that this pass may want: refused nodes, and operands of refused nodes."""
    for key in sorted(context.refused):
        if key not in context.graph:
            continue
        values = [context.bind(value) for value in _used(key, context)]
        if not all(map(is_evaluable, values)):
            inputs = (context.bind(value) for value in context.graph[key].inputs)
            values = [value for value in inputs if is_evaluable(value)]
        yield from (value.value for value in values if not _oversize(value))


def _used(key: str, context: MatchContext) -> Iterator[Value]:
    ports = {use.port for use in context.graph.uses(key) if use.slot >= 0}
    ports |= context.fetched_ports.get(key, frozenset())
    yield from (Value(key, port) for port in sorted(ports))


def _is_leaf(value: BoundValue) -> bool:
    """A constant, or what shapes alone determine."""
    if value.dtype not in _WIDTHS or value.value.node not in value.context.graph:
        return False
    if value.node.op == "Const":
        return value.tensor is not None
    op = value.node.op
    if op in PLACEHOLDERS or op in _NOT_VALUES or str(value.dtype).startswith("float"):
        return False
    return value.constant is not None


def _is_computable(value: BoundValue) -> bool:
    """Whether the node gives the same value on every run, whatever its inputs."""
    if value.value.node not in value.context.graph or value.context.graph.duplicates:
        return False
    node = value.node
    definition = value.context.ops.get(node.op)
    if definition is None or definition.stateful or not node.inputs or node.controls:
        return False
    if node.op in _NOT_VALUES or node.op in PLACEHOLDERS or "Random" in node.op:
        return False
    if any(isinstance(attr, FuncRef) for attr in node.attrs.values()):
        return False
    return value.dtype in _WIDTHS


def _closure(context: MatchContext, values: Iterable[Value]) -> Graph:
    """The values with all that they are computed from; leaves become constants."""
    nodes: dict[str, Node] = {}
    pending = [value.node for value in values]
    while pending:
        key = pending.pop()
        if key in nodes:
            continue
        node = context.graph[key]
        inputs = []
        for source in node.inputs:
            leaf = context.bind(source)
            if leaf.node.op != "Const" and _is_leaf(leaf):
                source = _put_known(leaf, nodes)
            elif source.node not in nodes:
                pending.append(source.node)
            inputs.append(source)
        nodes[key] = node.replace(inputs=tuple(inputs), controls=())
    return Graph(nodes.values())


def _put_known(leaf: BoundValue, nodes: dict[str, Node]) -> Value:
    """A constant in place of a value that shapes determine."""
    known = leaf.constant
    assert known is not None
    name = f"{leaf.value.node}/known_{leaf.value.port}"
    tensor = tensor_of(known.values, known.dtype, known.shape)
    nodes[name] = Node(name, "Const", attrs={"dtype": tensor.dtype, "value": tensor})
    return Value(name)


def _bytes_of(node: Node) -> int:
    tensor = node.attrs.get("value") if node.op == "Const" else None
    if tensor is None:
        return 0
    return int(tensor.size) * _WIDTHS.get(str(tensor.dtype), 0)
