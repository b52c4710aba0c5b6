"""What two graphs differ in: nodes by name, functions, inputs and outputs, versions.

A node is the same node when it has the same name in the same body. Where it stands in the file
does not matter, nor the order of its control inputs, nor how the file writes a constant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from linter.api.inputs import placeholder_infos
from linter.graph import Graph, Model, Node, TensorValue, Value
from linter.graph.queries import default_outputs
from linter.io.graphtext import dump_node
from linter.io.graphtext.literals import format_dims, format_elements, format_value
from linter.io.tensor.compare import same_attr, tensor_digest
from linter.io.tensor.values import StoredTensor
from linter.results.diff import BodyDiff, FieldChange, GraphDiff, NodeChange, NodeLine
from linter.results.report import InputInfo

__all__ = ["compare_models"]

_ELEMENTS = 16
_DIGITS = 12


def compare_models(before: Model, after: Model) -> GraphDiff:
    """Compare two models by the names of their nodes.

    Raises:
        GraphError: a constant cannot be read.
    """
    functions, others = before.functions, after.functions
    names = [None, *(name for name in functions if name in others)]
    bodies = (_Bodies(before, after, name).compared() for name in names)
    outputs, new_outputs = _outputs(before), _outputs(after)
    types, new_types = _histogram(before), _histogram(after)
    return GraphDiff(
        bodies=tuple(body for body in bodies if not body.is_empty),
        removed_functions=_sizes(graph for name, graph in functions.items() if name not in others),
        added_functions=_sizes(graph for name, graph in others.items() if name not in functions),
        inputs=tuple(_inputs(before, after)),
        removed_outputs=tuple(name for name in outputs if name not in new_outputs),
        added_outputs=tuple(name for name in new_outputs if name not in outputs),
        versions=tuple(_versions(before, after)),
        op_types={
            op: (types[op], new_types[op])
            for op in sorted({*types, *new_types})
            if types[op] != new_types[op]
        },
        nodes=(types.total(), new_types.total()),
    )


class _Bodies:
    """One body of both models: the main graph, or the function of a name."""

    def __init__(self, before: Model, after: Model, function: str | None) -> None:
        self._models = before, after
        self._function = function
        self._before, self._after = (
            model.main if function is None else model.functions[function]
            for model in (before, after)
        )

    def compared(self) -> BodyDiff:
        """What differs between the two."""
        before, after = self._before, self._after
        removed = {
            node.key: NodeChange(self._old(node), None)
            for node in before
            if node.key not in after and not node.virtual
        }
        added = {
            node.key: NodeChange(None, self._new(node))
            for node in after
            if node.key not in before and not node.virtual
        }
        changed = self._changed()
        return BodyDiff(
            self._function,
            tuple(removed.values()),
            tuple(added.values()),
            tuple(changed.values()),
            tuple(self._ordered({**removed, **changed}, added)),
            tuple(_signature_changes(before, after)) if self._function is not None else (),
        )

    def _changed(self) -> dict[str, NodeChange]:
        result = {}
        for node in self._after:
            old = self._before.get(node.key)
            if old is not None and not (old.virtual and node.virtual):
                changes = tuple(_node_changes(old, node))
                if changes:
                    result[node.key] = NodeChange(self._old(old), self._new(node), changes)
        return result

    def _ordered(
        self, old: Mapping[str, NodeChange], added: Mapping[str, NodeChange]
    ) -> Iterator[NodeChange]:
        """By the first file; new nodes before the next node that both graphs have."""
        leads: dict[str, list[NodeChange]] = {}
        waiting: list[NodeChange] = []
        for node in self._after:
            if node.key in added:
                waiting.append(added[node.key])
            elif waiting and node.key in self._before:
                leads[node.key], waiting = waiting, []
        for node in self._before:
            yield from leads.get(node.key, ())
            if node.key in old:
                yield old[node.key]
        yield from waiting

    def _old(self, node: Node) -> NodeLine:
        return _line(self._models[0], self._before, node)

    def _new(self, node: Node) -> NodeLine:
        return _line(self._models[1], self._after, node)


def _line(model: Model, graph: Graph, node: Node) -> NodeLine:
    return NodeLine(node.name, node.op, dump_node(model, graph, node, limit=_ELEMENTS))


def _sizes(functions: Iterable[Graph]) -> dict[str, int]:
    """Nodes of functions by their names."""
    return {str(graph.function): sum(not node.virtual for node in graph) for graph in functions}


def _node_changes(old: Node, new: Node) -> Iterator[FieldChange]:
    if old.op != new.op:
        yield FieldChange("op", old.op, new.op)
    if old.inputs != new.inputs:
        yield FieldChange("inputs", _values(old.inputs), _values(new.inputs))
    if set(old.controls) != set(new.controls):
        yield FieldChange("controls", _names(old.controls), _names(new.controls))
    if old.device != new.device:
        yield FieldChange("device", old.device, new.device)
    yield from _attr_changes(old.attrs, new.attrs)


def _signature_changes(before: Graph, after: Graph) -> Iterator[FieldChange]:
    arguments, others = _arguments(before), _arguments(after)
    if arguments != others:
        yield FieldChange("arguments", arguments, others)
    if list(before.returns.items()) != list(after.returns.items()):
        yield FieldChange("returns", _returns(before), _returns(after))
    if set(before.return_controls) != set(after.return_controls):
        controls = _names(before.return_controls), _names(after.return_controls)
        yield FieldChange("control outputs", *controls)
    yield from _attr_changes(before.signature_attrs, after.signature_attrs)


def _attr_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    for name in sorted({*old, *new}):
        if name in old and name in new and same_attr(old[name], new[name]):
            continue
        before = _text(old[name]) if name in old else None
        after = _text(new[name]) if name in new else None
        yield FieldChange(f"attr {name}", before, after)


def _text(value: Any) -> str:
    """An attribute on one line; of a constant of many elements, their digest."""
    if not isinstance(value, StoredTensor):
        return format_value(value, _ELEMENTS)
    return f"{value.dtype}[{format_dims(value.shape)}] {_elements(value)}"


def _elements(value: TensorValue) -> str:
    text = format_elements(value, _ELEMENTS)
    return text if text != "..." else f"sha256 {tensor_digest(value)[:_DIGITS]}"


def _values(values: Iterable[Value]) -> str:
    return ", ".join(value.node if value.port == 0 else str(value) for value in values)


def _names(keys: Iterable[str]) -> str:
    return ", ".join(f"^{key}" for key in sorted(keys))


def _arguments(graph: Graph) -> str:
    arguments = (node for node in graph if node.virtual)
    return ", ".join(
        f"{node.name}: {_braces({k: v for k, v in node.attrs.items() if k != 'index'})}"
        for node in arguments
    )


def _braces(attrs: Mapping[str, Any]) -> str:
    kind = attrs.get("T")
    rest = ", ".join(f"{key}={_text(attrs[key])}" for key in sorted(attrs) if key != "T")
    return _text(kind) + (f" {{{rest}}}" if rest else "")


def _returns(graph: Graph) -> str:
    return ", ".join(f"{name}: {value}" for name, value in graph.returns.items())


def _inputs(before: Model, after: Model) -> Iterator[tuple[InputInfo | None, InputInfo | None]]:
    old, new = placeholder_infos(before), placeholder_infos(after)
    for name in {**old, **new}:
        pair = old.get(name), new.get(name)
        if pair[0] != pair[1]:
            yield pair


def _outputs(model: Model) -> tuple[str, ...]:
    return tuple(str(value) for value in default_outputs(model.main))


def _versions(before: Model, after: Model) -> Iterator[FieldChange]:
    for name in ("producer", "min_consumer"):
        one, other = getattr(before.source, name), getattr(after.source, name)
        if one != other:
            yield FieldChange(name, str(one), str(other))


def _histogram(model: Model) -> Counter[str]:
    return Counter(node.op for graph in model.graphs for node in graph if not node.virtual)
