"""Tensors that become inputs: what computes them is left out, the caller feeds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from linter.graph import DType, Graph, Model, Node, Shape, Value
from linter.graph.branches import confined_keys
from linter.graph.queries import default_outputs, reachable
from linter.infer.inference import Dims, Inference
from linter.judge.base import LAST_WITHOUT_SCALARS
from linter.results.errors import UsageError
from opdb.target import near_matches
from opdb.tf_ops import load_op_table

__all__ = ["CutInput", "InputCut", "cut_inputs", "derived_name", "placeholder"]

_UNFED = frozenset({"resource", "variant"})


@dataclass(frozen=True, slots=True)
class CutInput:
    """A tensor that is an input now.

    Attributes:
        value: the tensor as it was.
        name: the placeholder that stands for it.
        shape: what was inferred; where that says nothing, what the user said.
    """

    value: Value
    name: str
    dtype: str
    shape: Dims


@dataclass(frozen=True, slots=True)
class InputCut:
    """A model with other inputs.

    Attributes:
        model: the cut model; the one that was given is as it was.
        inputs: the tensors that became inputs, as far as the outputs need them.
        unused: tensors that the outputs do not need, so that they are no inputs.
        lost: leaves without a value, such as what fills a queue, that went with what was cut off;
            only where no output was named.
        kept: nodes without inputs above the cut that the outputs still need by another way.
        removed: number of nodes that went.
    """

    model: Model
    inputs: tuple[CutInput, ...] = ()
    unused: tuple[Value, ...] = ()
    lost: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    removed: int = 0


def cut_inputs(
    model: Model,
    values: Sequence[Value],
    *,
    outputs: Sequence[Value] = (),
    shapes: Mapping[str, tuple[int, ...]] | None = None,
) -> InputCut:
    """Make inputs of tensors of the main graph, and leave out what only they needed.

    The placeholder of ``n:0`` is called ``n`` where nothing else of ``n`` is read, so that its
    readers stay as they are; any other tensor ``n:k`` is fed as ``n/output_k``. A tensor that is
    an input already stays what it is.

    Args:
        model: stays as it is.
        values: the tensors.
        outputs: what the model computes; none means its leaves.
        shapes: sizes of inputs by the name of the placeholder.

    Raises:
        UsageError: a tensor that is not there, cannot be fed or is an output, or one whose dtype
            is not known; or no output needs any of them.
    """
    todo = tuple(value for value in values if not _is_input(model.main, value))
    if not todo:
        return InputCut(model)
    cutter = _Cutter(model, tuple(outputs), todo)
    return cutter.cut(dict(shapes or {}))


def derived_name(value: Value) -> str:
    """What an input is called that cannot have the name of the node."""
    return f"{value.node}/output_{value.port}"


def placeholder(name: str, dtype: str, shape: Dims, position: int = -1) -> Node:
    """An input node."""
    attrs = {"dtype": DType(dtype), "shape": Shape(shape)}
    return Node(name, "Placeholder", attrs=attrs, position=position)


class _Cutter:
    """One cut through one main graph."""

    def __init__(self, model: Model, outputs: tuple[Value, ...], values: tuple[Value, ...]) -> None:
        self.model, self.graph = model, model.main
        self.outputs, self.values = outputs, values
        self.ops = load_op_table()
        self.roots, self.lost = (outputs, ()) if outputs else self._leaves()
        self.live = self._live(self.roots)
        self.names = {value: self._name(value) for value in values}

    def cut(self, shapes: Mapping[str, tuple[int, ...]]) -> InputCut:
        """Cut at all tensors at once."""
        inputs = tuple(self._inputs(shapes))
        graph = Graph(self._nodes(inputs), duplicates=self.graph.duplicates)
        needed = reachable(graph, self.roots)
        used = tuple(one for one in inputs if one.name in needed)
        if not used:
            names = ", ".join(map(str, self.values))
            raise UsageError(f"--cut-inputs {names}: no output depends on it")
        above = reachable(self.graph, self.values)
        return InputCut(
            _without(self.model, graph, needed),
            used,
            unused=tuple(one.value for one in inputs if one.name not in needed),
            lost=self.lost,
            kept=tuple(
                node.name
                for node in graph
                if node.key in needed and node.key in above and self._is_source(node)
            ),
            removed=len(self.graph) - len(needed) + len(used),
        )

    # -- the inputs ----------------------------------------------------------------------------

    def _name(self, value: Value) -> str:
        """The node's own name where the placeholder can stand in its place."""
        if value.node not in self.graph:
            near = near_matches(value.node, self.graph.nodes, limit=4)
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise UsageError(f"--cut-inputs: the model has no node {value.node!r}{hint}")
        if value.port == 0 and self._goes(value.node):
            return value.node
        name, number = derived_name(value), 0
        while name in self.graph:
            number += 1
            name = f"{derived_name(value)}_{number}"
        return name

    def _goes(self, key: str) -> bool:
        """Whether all that is read of a node is cut."""
        uses = self.graph.uses(key)
        read = {use.port for use in uses if use.slot >= 0 and use.node in self.live}
        read.update(output.port for output in self.outputs if output.node == key)
        return read <= {value.port for value in self.values if value.node == key}

    def _inputs(self, shapes: Mapping[str, tuple[int, ...]]) -> Iterator[CutInput]:
        others = {name: dims for name, dims in shapes.items() if name not in self.names.values()}
        inference = Inference(
            self.graph,
            self.ops,
            functions=self.model.functions,
            input_shapes=others,
            legacy_scalars=self.model.source.producer <= LAST_WITHOUT_SCALARS,
        )
        confined = confined_keys(self.graph)
        for value in self.values:
            dtype = self._dtype(value, inference, confined)
            name = self.names[value]
            yield CutInput(value, name, dtype, _merged(inference.shape(value), shapes.get(name)))

    def _dtype(self, value: Value, inference: Inference, confined: frozenset[str]) -> str:
        node = self.graph[value.node]
        count = inference.output_count(node)
        if count is not None and value.port >= count:
            has = f"{count} output{'s' * (count != 1)}"
            raise UsageError(f"--cut-inputs: there is no {value}: {value.node} has {has}")
        if value in self.outputs:
            raise UsageError(f"--cut-inputs: {value} is an output, it cannot be an input too")
        if value.node in confined:
            raise UsageError(
                f"--cut-inputs: {value} is inside a while loop or a branch of a condition, where "
                "no caller can feed it"
            )
        dtype = inference.dtype(value)
        if dtype is None:
            raise UsageError(f"--cut-inputs: the dtype of {value} ({node.op}) is not known")
        dtype = dtype.removesuffix("_ref")
        if dtype in _UNFED:
            raise UsageError(f"--cut-inputs: {value} holds a {dtype}, which no caller can feed")
        return dtype

    # -- the graph -----------------------------------------------------------------------------

    def _nodes(self, inputs: tuple[CutInput, ...]) -> Iterator[Node]:
        """All nodes: placeholders at the place of what they stand for, readers that read them."""
        at: dict[str, list[CutInput]] = {}
        for one in inputs:
            at.setdefault(one.value.node, []).append(one)
        reads = {one.value: Value(one.name) for one in inputs if one.name != one.value.node}
        gone = {key for key in at if self._goes(key)}
        taken = {one.name for one in inputs}
        waits = {key: at[key][0].name for key in gone - taken}
        for node in self.graph:
            for one in at.get(node.key, ()):
                yield placeholder(one.name, one.dtype, one.shape, node.position)
            if node.key not in gone:
                yield _reading(node, reads, waits)

    def _leaves(self) -> tuple[tuple[Value, ...], tuple[str, ...]]:
        """The leaves that stay outputs, and the names of those that go with what is cut off."""
        below = _downstream(self.graph, self.values)
        above = {k for k in reachable(self.graph, self.values) if self.graph[k].op != "Const"}
        stay, lost = [], []
        for leaf in default_outputs(self.graph, self.ops):
            node = self.graph[leaf.node]
            definition = self.ops.get(node.op)
            idle = definition is not None and not definition.outputs and node.key not in below
            if idle and not above.isdisjoint(reachable(self.graph, (leaf,))):
                lost.append(node.name)
            else:
                stay.append(leaf)
        return tuple(stay), tuple(lost)

    def _live(self, roots: Iterable[Value]) -> set[str]:
        """What the outputs need without going on above the tensors that are cut."""
        seen: set[str] = set()
        pending = [root.node for root in roots]
        while pending:
            node = self.graph.get(pending.pop())
            if node is not None and node.key not in seen:
                seen.add(node.key)
                pending += [value.node for value in node.inputs if value not in self.values]
                pending += node.controls
        return seen

    def _is_source(self, node: Node) -> bool:
        return not node.inputs and node.op != "Const" and node.key not in self.names.values()


def _is_input(graph: Graph, value: Value) -> bool:
    """Whether a tensor is fed already, under its own name or the one that a cut gives it."""
    node, derived = graph.get(value.node), graph.get(derived_name(value))
    if node is not None and node.op == "Placeholder":
        return value.port == 0
    return derived is not None and derived.op == "Placeholder" and not graph.readers(value)


def _reading(node: Node, reads: Mapping[Value, Value], waits: Mapping[str, str]) -> Node:
    inputs = tuple(reads.get(value, value) for value in node.inputs)
    controls = tuple(dict.fromkeys(waits.get(key, key) for key in node.controls))
    if inputs == node.inputs and controls == node.controls:
        return node
    return node.replace(inputs=inputs, controls=controls)


def _downstream(graph: Graph, values: Iterable[Value]) -> set[str]:
    """Nodes that depend on any of the values, those that only wait for them included."""
    seen: set[str] = set()
    pending = [
        use.node
        for value in values
        for use in graph.uses(value.node)
        if use.slot < 0 or use.port == value.port
    ]
    while pending:
        key = pending.pop()
        if key not in seen:
            seen.add(key)
            pending += [use.node for use in graph.uses(key)]
    return seen


def _merged(known: Dims, given: tuple[int, ...] | None) -> Dims:
    """Sizes that were inferred; those that are unknown as the user gives them."""
    if given is None or (known is not None and len(known) != len(given)):
        return known
    sizes = tuple(None if size < 0 else size for size in given)
    if known is None:
        return sizes
    return tuple(new if old is None else old for old, new in zip(known, sizes, strict=True))


def _without(model: Model, graph: Graph, needed: set[str]) -> Model:
    """The model with the needed nodes only."""
    main = Graph(
        (node for node in graph if node.key in needed),
        dangling=(entry for entry in model.main.dangling if entry.node in needed),
        duplicates=graph.duplicates,
    )
    return Model(model.source, main, model.functions)
