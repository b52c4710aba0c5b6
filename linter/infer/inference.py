"""Dtypes, shapes and small constants of one graph.

Nothing is inferred before it is asked for, and nothing twice. The rules live one op family a file
beside this module; here is the order in which they run. All walks use an explicit stack, so depth
does not matter, and whatever is malformed is simply unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from linter.graph import Graph, Node, Value
from linter.graph.op_families import MERGES
from linter.graph.ports import OpLookup, Port, input_ports, output_count, output_ports
from linter.infer.calls import Calls
from linter.infer.dims import Dims, Outputs, cleaned
from linter.infer.dtypes import DtypeInference, Dtypes, base_dtype
from linter.infer.loops import Loops
from linter.infer.numbers import INTEGERS
from linter.infer.ops.registry import OPS, PINNED_OPS
from linter.infer.single import is_small, settled
from linter.infer.tensors import Constant
from linter.infer.view import ALL, Fact, State, Tensors, View

__all__ = ["Constant", "Dims", "Inference"]

_SHAPE, _VALUE = 0, 1
_Task: TypeAlias = tuple[int, str]


class Inference:
    """What is known about the values of one body.

    Attributes:
        arguments: what was given for the arguments of a function body.
        version: another number whenever facts turned out to be others than before.

    Args:
        graph: the main graph or a function body.
        ops: op definitions by name.
        functions: bodies of the function library.
        input_shapes: shapes that replace those of the named nodes of the main graph.
        arguments: dtype and shape of the arguments of a function body, by name.
        pin_defaults: a PlaceholderWithDefault always has its default, as in a compiled model.
        legacy_scalars: a Placeholder whose shape attribute is a scalar says nothing, as in graphs
            of producers up to version 21.
    """

    def __init__(
        self,
        graph: Graph,
        ops: OpLookup,
        *,
        functions: Mapping[str, Graph] | None = None,
        input_shapes: Mapping[str, tuple[int, ...]] | None = None,
        arguments: Mapping[str, tuple[str | None, Dims]] | None = None,
        legacy_scalars: bool = False,
        pin_defaults: bool = False,
    ) -> None:
        self.arguments = dict(arguments or {})
        facts = {name: Fact(*given) for name, given in self.arguments.items()}
        calls = Calls(functions or {}, lambda body, known, inner: _body(body, ops, known, inner))
        self._prepare(graph, ops, facts, calls)
        self._input_shapes: Mapping[str, tuple[int, ...]] = input_shapes or {}
        self._legacy_scalars = legacy_scalars
        if pin_defaults:
            self._table = PINNED_OPS

    def _prepare(
        self, graph: Graph, ops: OpLookup, facts: Mapping[str, Fact], calls: Calls
    ) -> None:
        self.graph = graph
        self.version = 0
        self._ops = ops
        self._facts = facts
        self._calls = calls
        self._input_shapes = {}
        self._legacy_scalars = False
        self._table = OPS
        argument_dtypes = {name: fact.dtype for name, fact in facts.items()}
        self._dtypes = DtypeInference(graph, ops, argument_dtypes, calls.dtypes)
        self._state = State(self._dtypes.value)
        self._loops = Loops(graph, self._state)

    def copied(self, graph: Graph, functions: Mapping[str, Graph]) -> Inference:
        """What is known, for a copy of the graph that will be edited, with its own functions."""
        made = Inference(
            graph,
            self._ops,
            functions=functions,
            input_shapes=self._input_shapes,
            arguments=self.arguments,
            legacy_scalars=self._legacy_scalars,
            pin_defaults=self._table is PINNED_OPS,
        )
        made._state.take_over(self._state)
        made._dtypes.take_over(self._dtypes)
        made._loops.take_over(self._loops)
        return made

    # What callers ask.

    def dtype(self, value: Value) -> str | None:
        """Dtype by its NumPy name, ``_ref`` at the end for a reference; ``None`` unknown."""
        return self._dtypes.value(value)

    def output_dtypes(self, node: Node) -> tuple[str | None, ...]:
        """Dtypes of all outputs; empty when the op is unknown."""
        return self._dtypes.outputs(node.key)

    def input_dtypes(self, node: Node) -> tuple[str | None, ...]:
        """Dtypes of the data inputs in slot order."""
        return tuple(self._dtypes.value(value) for value in node.inputs)

    def output_count(self, node: Node) -> int | None:
        """Number of outputs; ``None`` when the op or an attribute that counts is unknown."""
        opdef = self._ops.get(node.op)
        if opdef is not None:
            return output_count(node, opdef)
        if node.virtual:
            return 1
        body = self._calls.functions.get(node.op)
        return None if body is None else len(body.returns)

    def arg_ports(self, node: Node) -> tuple[Port, ...] | None:
        """Each input argument with its first slot and number of tensors."""
        opdef = self._ops.get(node.op)
        return None if opdef is None else input_ports(node, opdef)

    def out_args(self, node: Node) -> tuple[Port, ...] | None:
        """Each output argument with its first port and number of tensors."""
        opdef = self._ops.get(node.op)
        return None if opdef is None else output_ports(node, opdef)

    def shape(self, value: Value) -> Dims:
        """Shape; ``None`` for unknown rank, ``None`` entries for unknown axes."""
        found = self._state.shapes.get(value.node)
        if found is None:
            self._settle(_SHAPE, value.node)
            found = self._state.shapes.get(value.node, ())
        return found[value.port] if 0 <= value.port < len(found) else None

    def constant(self, value: Value) -> Constant | None:
        """The elements of a small value that is the same on every run, else ``None``."""
        known = self._known(value)
        return known if known is not None and known.complete else None

    def partial(self, value: Value) -> tuple[int | None, ...] | None:
        """Elements of a small integer scalar or vector, ``None`` for those not known.

        The shape of an image batch whose size is open gives ``(None, 224, 224, 3)``.
        """
        known = self._known(value)
        if known is None or len(known.shape) > 1 or known.dtype not in INTEGERS:
            return None
        return known.values

    def call_arguments(self, node: Node) -> tuple[tuple[str | None, Dims], ...]:
        """Dtypes and shapes of the arguments that a node hands to the functions it calls.

        Of a loop they hold in every round. Empty for a node that calls none.
        """
        if not self._calls.handles(node):
            return ()
        for value in node.inputs:
            self.fact(value)
        passed = self._calls.passed(node, self._input_facts(node))
        return tuple([(fact.dtype, fact.dims) for fact in passed])

    def fact(self, value: Value) -> Fact:
        """All that is known about a value at once."""
        self.shape(value)
        handle = self._state.handles.get(value.node)
        dtype = self.dtype(value)
        constant = self._known(value) if base_dtype(dtype) in INTEGERS else None
        return Fact(dtype, self.shape(value), constant, handle)

    def forget(self, keys: Iterable[str]) -> set[str]:
        """Drop what an edit at ``keys`` may have changed, there and downstream.

        Where a node's outputs are what they were, nothing downstream has changed by it.

        Returns:
            The nodes whose facts may be others than before.
        """
        edited = set(keys)
        heads = self._loops.reset()
        state = self._state
        if heads or not edited.isdisjoint(state.handles):
            self.version += 1
            return self._drop((*edited, *heads))
        known = [(key, self._facts_of(key)) for key in sorted(edited)]
        for key in edited:
            self._drop_one(key)
        others = [key for key, before in known if not self._gives_again(key, *before)]
        self.version += bool(others)
        return edited | self._drop(others)

    def forget_calls(self, keys: Iterable[str]) -> set[str]:
        """Drop what follows from functions that were edited; ``keys`` are the nodes that call them.

        Returns:
            The nodes whose facts may be others than before.
        """
        self._calls.forget()
        return self.forget(keys)

    def _facts_of(self, key: str) -> tuple[Outputs | None, Tensors | None, Dtypes | None]:
        state = self._state
        return state.shapes.get(key), state.values.get(key), self._dtypes.known(key)

    def _gives_again(
        self,
        key: str,
        shapes: Outputs | None,
        values: Tensors | None,
        dtypes: Dtypes | None,
    ) -> bool:
        """Whether a node has the facts that others may rest on."""
        if key not in self.graph:
            return True  # all that read it read something else now
        if dtypes is not None and self._dtypes.outputs(key) != dtypes:
            return False
        if shapes is not None:
            self._settle(_SHAPE, key)
        if values is not None:
            self._settle(_VALUE, key)
        found = self._facts_of(key)
        same_shapes = shapes is None or found[0] == shapes
        return same_shapes and (values is None or found[1] == values)

    def discard(self, keys: Iterable[str]) -> None:
        """Drop what is known about nodes that were tried and taken back; nothing reads them."""
        for key in keys:
            self._drop_one(key)

    # How it is found out.

    def _known(self, value: Value) -> Constant | None:
        if value.node not in self._state.values:
            self._settle(_VALUE, value.node)
        values = self._state.values.get(value.node, ())
        found = values[value.port] if 0 <= value.port < len(values) else None
        return found if isinstance(found, Constant) else None

    def _drop(self, keys: Iterable[str]) -> set[str]:
        stack = list(keys)
        seen = set(stack)
        while stack:
            key = stack.pop()
            self._drop_one(key)
            for use in self.graph.uses(key):
                if use.slot >= 0 and use.node not in seen:
                    seen.add(use.node)
                    stack.append(use.node)
        return seen

    def _drop_one(self, key: str) -> None:
        state = self._state
        state.shapes.pop(key, None)
        state.values.pop(key, None)
        state.handles.pop(key, None)
        self._dtypes.forget(key)

    def _settle(self, kind: int, key: str) -> None:
        """Infer the shapes or the elements of a node, and first all that they rest on."""
        if not self._loops.solved:
            self._loops.solve(lambda head: self._walk((_SHAPE, head)), self._drop)
        self._walk((kind, key))

    def _walk(self, task: _Task) -> None:
        done = (self._state.shapes, self._state.values)
        stack = [task]
        expanded: set[_Task] = set()
        while stack:
            kind, key = task = stack[-1]
            node = self.graph.get(key)
            if node is None or key in done[kind]:
                stack.pop()
                continue
            if kind == _VALUE and key not in done[_SHAPE] and (_SHAPE, key) not in expanded:
                stack.append((_SHAPE, key))
                continue
            if task not in expanded:
                expanded.add(task)
                waits = self._waits(kind, node)
                if waits:
                    stack.extend([wait for wait in waits if wait not in expanded])
                    if stack[-1] is not task:
                        continue
            if kind == _SHAPE:
                self._state.shapes[key] = self._infer_shapes(node)
            else:
                self._state.values[key] = self._infer_values(node)
            stack.pop()

    def _waits(self, kind: int, node: Node) -> list[_Task]:
        """What must be inferred before the node, as far as it is not yet."""
        if kind == _VALUE:
            return self._value_waits(node)
        inputs: Iterable[Value] = node.inputs
        if not inputs or node.name in self._input_shapes:
            return []
        semantics = self._table.get(node.op)
        slots = () if semantics is None else semantics.sized_by
        if semantics is None:
            if node.op in MERGES:
                inputs = self._loops.split(node)[0]
            elif self._calls.handles(node):
                slots = tuple([s for s, v in enumerate(node.inputs) if self.dtype(v) in INTEGERS])
            else:
                return []
        shapes = self._state.shapes
        waits = [(_SHAPE, value.node) for value in inputs if value.node not in shapes]
        return waits + self._values_of(node, slots) if slots else waits

    def _value_waits(self, node: Node) -> list[_Task]:
        semantics = self._table.get(node.op)
        slots = () if semantics is None or semantics.values is None else semantics.made_of
        if semantics is None and node.op in MERGES and not self._loops.split(node)[1]:
            slots = ALL
        return self._values_of(node, slots) if slots and self._followed(node) else []

    def _values_of(self, node: Node, slots: tuple[int, ...]) -> list[_Task]:
        values, inputs = self._state.values, node.inputs
        count = len(inputs)
        wanted = range(count) if slots is ALL else slots
        sources = [inputs[slot].node for slot in wanted if -count <= slot < count]
        return [(_VALUE, source) for source in sources if source not in values]

    def _followed(self, node: Node) -> bool:
        """Whether an output of the node is small enough to be a dimension or a few of them."""
        if node.name in self._input_shapes:
            return False
        return is_small(node.key, self._state)

    def _infer_shapes(self, node: Node) -> Outputs:
        given = self._input_shapes.get(node.name)
        if given is not None:
            return (cleaned(tuple(given)),)
        if node.virtual:
            return self._infer_argument(node)
        if node.op in MERGES:
            return (self._loops.head_shape(node, self._loops.split(node)[0]), ())
        view = View(node, self._ops.get(node.op), self._state)
        semantics = self._table.get(node.op)
        if semantics is None:
            return self._infer_call(node, view) if self._calls.handles(node) else ()
        if semantics.handle is not None and (handle := semantics.handle(view)) is not None:
            self._state.handles[node.key] = handle
        if self._legacy_scalars and node.op == "Placeholder" and view.dims("shape") == ():
            return ()
        return tuple([cleaned(dims) for dims in semantics.shapes(view)])

    def _infer_argument(self, node: Node) -> Outputs:
        fact = self._facts.get(node.name)
        if fact is not None and fact.handle is not None:
            self._state.handles[node.key] = fact.handle
        return () if fact is None else (fact.dims,)

    def _infer_call(self, node: Node, view: View) -> Outputs:
        facts = self._calls.outputs(node, self._input_facts(node))
        dims = [fact.dims for fact in facts]
        declared = view.dims_list("output_shapes") or ()
        for port, shape in enumerate(declared):
            if port >= len(dims):
                dims.append(shape)
            elif dims[port] is None:
                dims[port] = shape
        if facts and facts[0].handle is not None:
            self._state.handles[node.key] = facts[0].handle
        return tuple(dims)

    def _input_facts(self, node: Node) -> list[Fact]:
        view = View(node, None, self._state)
        return [
            Fact(self.dtype(value), view.shape(slot), view.value(slot), view.handle(slot))
            for slot, value in enumerate(node.inputs)
        ]

    def _infer_values(self, node: Node) -> Tensors:
        semantics = self._table.get(node.op)
        values = None if semantics is None else semantics.values
        if (semantics is not None and values is None) or not self._followed(node):
            return ()
        if values is not None:
            return settled(values, View(node, self._ops.get(node.op), self._state))
        if node.virtual:
            fact = self._facts.get(node.name)
            return () if fact is None else (fact.constant,)
        if node.op in MERGES:
            return self._merged_value(node)
        if not self._calls.handles(node):
            return ()
        facts = self._calls.outputs(node, self._input_facts(node))
        return tuple(fact.constant for fact in facts)

    def _merged_value(self, node: Node) -> Tensors:
        entering, returning = self._loops.split(node)
        view = View(node, None, self._state)
        known = [view.value(slot) for slot in range(len(node.inputs))]
        if returning or not entering or any(constant != known[0] for constant in known):
            return ()
        return (known[0],)


def _body(graph: Graph, ops: OpLookup, facts: Mapping[str, Fact], calls: Calls) -> Inference:
    inference = Inference.__new__(Inference)
    inference._prepare(graph, ops, facts, calls)
    return inference
