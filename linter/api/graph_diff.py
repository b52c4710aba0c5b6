"""What two graphs differ in: nodes by name, functions, inputs and outputs, versions.

A node is the same node when it has the same name in the same body. Where it stands in the file
does not matter, nor the order of its control inputs, nor how the file writes a constant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from linter.graph import Graph, Model, Node, TensorValue, Value
from linter.graph.queries import default_outputs, placeholders
from linter.infer.inference import Inference
from linter.io.graphtext.literals import format_dims, format_elements, format_value
from linter.io.tensor.compare import same_attr, tensor_digest
from linter.io.tensor.values import StoredTensor
from linter.results.report import InputInfo
from opdb.tf_ops import load_op_table

__all__ = [
    "BodyDiff",
    "FieldChange",
    "GraphDiff",
    "NodeChange",
    "compare_models",
]

_ELEMENTS = 16
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that has another value; ``None`` is a value that is not there.

    Attributes:
        field: ``op``, ``inputs``, ``controls``, ``device`` or ``attr NAME`` of a node;
            ``arguments``, ``returns``, ``control outputs`` or ``attr NAME`` of a function;
            ``producer`` or ``min_consumer`` of the versions; the name of an input.
        before, after: the values as text.
    """

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node that both graphs have and that is not the same in them."""

    before: Node
    after: Node
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class BodyDiff:
    """One body that both models have: the main graph, or a function.

    Attributes:
        before, after: the two graphs.
        removed, added: nodes that only one has, in file order.
        changed: nodes that both have, in the order of the second file.
        signature: of a function, what callers see of it.
    """

    before: Graph
    after: Graph
    removed: tuple[Node, ...]
    added: tuple[Node, ...]
    changed: tuple[NodeChange, ...]
    signature: tuple[FieldChange, ...] = ()

    @property
    def function(self) -> str | None:
        """Name of the function, ``None`` for the main graph."""
        return self.before.function

    @property
    def is_empty(self) -> bool:
        """Whether the bodies are the same."""
        return not (self.removed or self.added or self.changed or self.signature)


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """What two models differ in.

    Attributes:
        before, after: the two models.
        bodies: bodies that both have and that differ.
        removed_functions, added_functions: functions that only one has.
        inputs: placeholders that only one has or that have another type.
        removed_outputs, added_outputs: values that nothing reads in one of them only.
        versions: versions of the graph format.
    """

    before: Model
    after: Model
    bodies: tuple[BodyDiff, ...]
    removed_functions: tuple[str, ...]
    added_functions: tuple[str, ...]
    inputs: tuple[tuple[InputInfo | None, InputInfo | None], ...]
    removed_outputs: tuple[str, ...]
    added_outputs: tuple[str, ...]
    versions: tuple[FieldChange, ...]

    @property
    def equal(self) -> bool:
        """Whether nothing differs; inputs and outputs follow from the nodes."""
        functions = self.removed_functions or self.added_functions
        return not (self.bodies or functions or self.versions)

    @property
    def op_types(self) -> dict[str, tuple[int, int]]:
        """Op types whose number is not the same, with both numbers."""
        one, other = _histogram(self.before), _histogram(self.after)
        names = sorted({*one, *other})
        return {op: (one[op], other[op]) for op in names if one[op] != other[op]}

    def nodes(self) -> tuple[int, int]:
        """Number of nodes of each model, function bodies included."""
        return _histogram(self.before).total(), _histogram(self.after).total()


def compare_models(before: Model, after: Model) -> GraphDiff:
    """Compare two models by the names of their nodes.

    Raises:
        GraphError: a constant cannot be read.
    """
    functions, others = before.functions, after.functions
    pairs = [(before.main, after.main)]
    pairs += [(graph, others[name]) for name, graph in functions.items() if name in others]
    bodies = (_compare_bodies(one, other) for one, other in pairs)
    outputs, new_outputs = _outputs(before), _outputs(after)
    return GraphDiff(
        before,
        after,
        tuple(body for body in bodies if not body.is_empty),
        tuple(name for name in functions if name not in others),
        tuple(name for name in others if name not in functions),
        tuple(_inputs(before, after)),
        tuple(name for name in outputs if name not in new_outputs),
        tuple(name for name in new_outputs if name not in outputs),
        tuple(_versions(before, after)),
    )


def _compare_bodies(before: Graph, after: Graph) -> BodyDiff:
    changed = []
    for node in after:
        old = before.get(node.key)
        if old is not None and not (old.virtual and node.virtual):
            changes = tuple(_node_changes(old, node))
            if changes:
                changed.append(NodeChange(old, node, changes))
    return BodyDiff(
        before,
        after,
        tuple(node for node in before if node.key not in after and not node.virtual),
        tuple(node for node in after if node.key not in before and not node.virtual),
        tuple(changed),
        tuple(_signature_changes(before, after)) if before.function is not None else (),
    )


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
    found = (node for node in graph if node.virtual)
    return ", ".join(
        f"{node.name}: {_braces({k: v for k, v in node.attrs.items() if k != 'index'})}"
        for node in found
    )


def _braces(attrs: Mapping[str, Any]) -> str:
    kind = attrs.get("T")
    rest = ", ".join(f"{key}={_text(attrs[key])}" for key in sorted(attrs) if key != "T")
    return _text(kind) + (f" {{{rest}}}" if rest else "")


def _returns(graph: Graph) -> str:
    return ", ".join(f"{name}: {value}" for name, value in graph.returns.items())


def _inputs(before: Model, after: Model) -> Iterator[tuple[InputInfo | None, InputInfo | None]]:
    old, new = _placeholders(before), _placeholders(after)
    for name in {**old, **new}:
        pair = old.get(name), new.get(name)
        if pair[0] != pair[1]:
            yield pair


def _placeholders(model: Model) -> dict[str, InputInfo]:
    inference = Inference(model.main, load_op_table(), functions=model.functions)
    return {
        node.key: InputInfo(
            node.name, inference.dtype(Value(node.key)), inference.shape(Value(node.key))
        )
        for node in placeholders(model.main)
    }


def _outputs(model: Model) -> tuple[str, ...]:
    return tuple(str(value) for value in default_outputs(model.main))


def _versions(before: Model, after: Model) -> Iterator[FieldChange]:
    for name in ("producer", "min_consumer"):
        one, other = getattr(before.source, name), getattr(after.source, name)
        if one != other:
            yield FieldChange(name, str(one), str(other))


def _histogram(model: Model) -> Counter[str]:
    return Counter(node.op for graph in model.graphs for node in graph if not node.virtual)
