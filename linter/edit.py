"""The only writer of a graph.

A rewrite builds its replacement through ``add`` and ``const``; the engine then asks ``finish`` for
an objection, looks at what would go (``doomed``) and calls ``commit`` or ``cancel``. The editor
keeps fetched names, moves control inputs, spares nodes that are used elsewhere, names and tags new
nodes, and puts them before the node that they replace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linter.branches import guarded_keys
from linter.edit_attrs import inferred_attrs, inherited_attrs, tensor_of
from linter.edit_change import Change
from linter.edit_check import broken_by
from linter.graph import Node, Value
from linter.pattern import BoundValue

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from linter.graph import TensorValue
    from linter.pattern import MatchContext

__all__ = ["GraphEditor"]

_BESIDE = "loc:@"


class GraphEditor:
    """Edits one graph, change by change.

    Args:
        context: the graph and what is known about it.
        protected: keys of nodes that stay even when nothing reads them.
    """

    def __init__(self, context: MatchContext, protected: frozenset[str] = frozenset()) -> None:
        self.context = context
        self.graph = context.graph
        self._protected = protected
        self._sequence = tuple(context.graph.nodes)
        self._place = {key: place for place, key in enumerate(self._sequence)}
        self._guarded = guarded_keys(context.graph)
        self._leads: dict[str, list[str]] = {}
        self._gone: set[str] = set()
        self._root: Node | None = None
        self._rule = ""
        self._matched: tuple[str, ...] = ()
        self._added: dict[str, Node] = {}
        self._values: dict[int, Value] = {}

    # -- for rules -----------------------------------------------------------------------------

    def add(
        self,
        op: str,
        inputs: Iterable[Value | BoundValue] = (),
        attrs: Mapping[str, Any] | None = None,
        *,
        like: BoundValue | None = None,
        name: str | None = None,
    ) -> Value:
        """Add a node before the root and return its output 0.

        Type and count attributes that are not given follow from the inputs.

        Args:
            op: op type.
            inputs: data inputs.
            attrs: attributes.
            like: a value whose producer's attributes are taken over where the op has them.
            name: last part of the name; the op in place of it.
        """
        values = tuple(_plain(value) for value in inputs)
        context = self.context
        merged = {
            **inferred_attrs(context, op, values),
            **inherited_attrs(context, op, like),
            **(attrs or {}),
        }
        return self._put(op, values, merged, name or op)

    def const(
        self,
        value: TensorValue | npt.NDArray[np.generic] | Sequence[Any] | int | float | bool,
        dtype: str | None = None,
        *,
        shape: tuple[int, ...] | None = None,
        name: str = "const",
    ) -> Value:
        """Add a constant and return it.

        Args:
            value: an array or tensor; else a scalar or a flat sequence of elements, which need
                ``dtype``.
            dtype: element type.
            shape: shape of a flat sequence; one axis when it is left out.
            name: last part of the name.
        """
        tensor = tensor_of(value, dtype, shape)
        return self._put("Const", (), {"dtype": tensor.dtype, "value": tensor}, name)

    # -- for the engine ------------------------------------------------------------------------

    def open(self, root: Node, matched: tuple[str, ...], rule: str) -> None:
        """Begin a change at ``root``; ``matched`` are the keys that the pattern took."""
        self._root, self._matched, self._rule = root, matched, rule
        self._added, self._values = {}, {}

    @property
    def added(self) -> tuple[Node, ...]:
        """The nodes of the open change."""
        return tuple(self._added.values())

    def finish(self, result: Value | BoundValue | Sequence[Value | BoundValue]) -> str | None:
        """Take what ``build`` returned; the reason why it cannot stand, or ``None``."""
        root = self._opened
        results = (result,) if isinstance(result, Value | BoundValue) else tuple(result)
        self._values = {port: _plain(value) for port, value in enumerate(results)}
        self._prune()
        values = self._values.values()
        if reason := broken_by(self.context, root, self._added, values, self._matched):
            return reason
        fetched = self.context.fetched_ports.get(root.key, frozenset())
        used = {use.port for use in self.graph.uses(root.key) if use.slot >= 0} | fetched
        for port in sorted(used):
            if port not in self._values:
                return f"output {port} is read and has no replacement"
            if reason := self._mismatch(Value(root.key, port), self._values[port]):
                return reason
        self._values = {port: self._values[port] for port in sorted(used or {0})}
        if fetched and self._heir() is None and min(fetched) == 0:
            self._values[0] = self.add("Identity", [self._values[0]])
        heir = self._heir()
        for port in sorted(fetched):
            if heir is None or self._values[port] != Value(heir, port):
                return f"output {port} is fetched and would lose its name"
        self._prune()
        return None

    def doomed(self) -> tuple[str, ...]:
        """Keys of the nodes that would go, the root first."""
        root = self._opened
        kept = {value.node for value in self._values.values()}
        kept.update(source for node in self._added.values() for source in _sources(node))
        kept.update(source for key in self._matched for source in self.graph.nodes[key].controls)
        return self._unread([root.key], kept - {root.key})

    def cancel(self) -> None:
        """Take the open change back."""
        keys = tuple(self._added)
        self.graph.patch(drop=keys)
        self.context.inference.discard(keys)
        self._root, self._added = None, {}

    def commit(self) -> Change:
        """Make the open change."""
        root, doomed = self._opened, self.doomed()
        nodes = self.graph.nodes
        controls = tuple(
            dict.fromkeys(c for k in doomed if k in self._matched for c in nodes[k].controls)
        )
        controls = tuple(key for key in controls if key not in doomed)
        gone = tuple(nodes[key] for key in doomed)
        touched = {*doomed, *self._added, *(use.node for use in self.graph.uses(root.key))}
        heir = self._heir()
        if heir is not None:
            self._inherit(heir, controls)
            controls = ()
        self._redirect(root, controls)
        self.graph.patch(drop=[key for key in doomed if key not in self._added])
        self._leads[root.key] = [key for key in self._added if key != root.key]
        self._root = None
        change = Change(root.name, gone, self.added, frozenset(touched))
        self._gone.update(set(change.removed).difference(change.added))
        return change

    def delete(self, root: str, keys: frozenset[str]) -> Change | None:
        """Remove nodes that survivors read as control inputs only, and what only they read.

        Returns:
            The change, or ``None`` when a node is still needed.
        """
        nodes = self.graph.nodes
        going = set(self._unread(self._in_order(keys), set()))
        if going & self._protected or going & self.context.fetched_ports.keys():
            return None
        readers: dict[str, Node] = {}
        for key in going:
            for use in self.graph.uses(key):
                if use.node in going:
                    continue
                if use.slot >= 0:
                    return None
                readers[use.node] = nodes[use.node]
        for reader in readers.values():
            controls = tuple(key for key in reader.controls if key not in going)
            self.graph.patch([reader.replace(controls=controls)])
        ordered = [root, *self._in_order(going - {root})]
        gone = tuple(nodes[key] for key in ordered)
        self.graph.patch(drop=ordered)
        change = Change(gone[0].name, gone, (), frozenset(going | set(readers)))
        self._gone.update(change.removed)
        return change

    def _in_order(self, keys: Iterable[str]) -> list[str]:
        """The nodes among keys in their order in the file, then those that were added."""
        last = len(self._place)
        present = (key for key in keys if key in self.graph.nodes)
        return sorted(present, key=lambda key: (self._place.get(key, last), key))

    def settle(self) -> None:
        """Bring all nodes into their order in the file."""
        nodes = self.graph.nodes
        order: dict[str, Node] = {}
        for key in self._sequence:
            for lead in (*self._leads.get(key, ()), key):
                if lead in nodes:
                    order[lead] = self._apart(nodes[lead])
        self.graph.replace_nodes(order.values())
        graph = self.graph
        graph.dangling = [entry for entry in graph.dangling if entry.node in order]
        graph.return_controls = tuple(key for key in graph.return_controls if key in order)

    def _apart(self, node: Node) -> Node:
        """The node without a wish to be placed beside one that went: TensorFlow refuses it."""
        wishes = node.attrs.get("_class")
        if not isinstance(wishes, tuple):
            return node
        kept = tuple(w for w in wishes if str(w).removeprefix(_BESIDE) not in self._gone)
        if kept == wishes:
            return node
        attrs = {name: value for name, value in node.attrs.items() if name != "_class"}
        return node.replace(attrs={**attrs, "_class": kept} if kept else attrs)

    # -- making nodes --------------------------------------------------------------------------

    @property
    def _opened(self) -> Node:
        if self._root is None:
            raise RuntimeError("no change is open")
        return self._root

    def _put(
        self, op: str, inputs: tuple[Value, ...], attrs: Mapping[str, Any], name: str
    ) -> Value:
        root = self._opened
        key = self._fresh(f"{root.name}/{name}")
        node = Node(
            key,
            op,
            inputs,
            () if inputs else self._pivots(root),
            dict(sorted(attrs.items())),
            device=root.device,
            position=root.position,
            rule=self._rule,
        )
        self._added[key] = node
        self.graph.patch([node])
        return Value(key)

    def _pivots(self, root: Node) -> tuple[str, ...]:
        """What a node without inputs must wait for to run in the root's frame and branch."""
        if root.key not in self._guarded:
            return ()
        producers = dict.fromkeys(self.graph.producers(root))
        return tuple(key for key in producers if key in self._guarded)

    def _fresh(self, name: str) -> str:
        key, number = name, 0
        while key in self.graph.nodes:
            number += 1
            key = f"{name}_{number}"
        return key

    # -- checking ------------------------------------------------------------------------------

    def _heir(self) -> str | None:
        """The new node that can take the root's name: its first output in use is the same one."""
        for port, value in self._values.items():
            return value.node if value.node in self._added and value.port == port else None
        return None

    def _mismatch(self, old: Value, new: Value) -> str | None:
        inference = self.context.inference
        had, has = _base(inference.dtype(old)), _base(inference.dtype(new))
        if had is not None and had != has:
            return f"the replacement of {old} is {has or 'of unknown dtype'}, not {had}"
        before, after = inference.shape(old), inference.shape(new)
        if before is None:
            return None
        if after is None or len(before) != len(after):
            return f"the replacement of {old} does not keep its rank of {len(before)}"
        if any(b is not None and a != b for b, a in zip(before, after, strict=True)):
            return f"the replacement of {old} has shape {_dims(after)}, not {_dims(before)}"
        return None

    def _prune(self) -> None:
        """Drop new nodes that nothing came to read."""
        kept = {value.node for value in self._values.values()}
        while unread := [k for k in self._added if k not in kept and not self.graph.uses(k)]:
            self.graph.patch(drop=unread)
            self.context.inference.discard(unread)
            for key in unread:
                del self._added[key]

    def _unread(self, start: list[str], kept: set[str]) -> tuple[str, ...]:
        """``start`` and every producer that nobody else reads.

        What a NoOp in ``start`` waits for was computed for its own sake, so it stays.
        """
        graph = self.graph
        fetched = self.context.fetched_ports
        going = dict.fromkeys(start)
        pending = list(start)
        while pending:
            node = graph.nodes[pending.pop()]
            for key in () if node.op == "NoOp" and node.key in start else graph.producers(node):
                if key in going or key in kept or key in fetched or key in self._protected:
                    continue
                if all(use.node in going for use in graph.uses(key)):
                    going[key] = None
                    pending.append(key)
        return tuple(going)

    # -- changing ------------------------------------------------------------------------------

    def _inherit(self, heir: str, controls: tuple[str, ...]) -> None:
        """Let the new node ``heir`` take the place of the root."""
        root = self._opened
        controls = tuple(dict.fromkeys((*self._added[heir].controls, *controls)))
        node = self._added[heir].replace(name=root.name, key=root.key, controls=controls)
        renamed = {heir: root.key}
        self._values = {p: _renamed(value, renamed) for p, value in self._values.items()}
        added: dict[str, Node] = {}
        for key, other in self._added.items():
            inputs = tuple(_renamed(value, renamed) for value in other.inputs)
            changed = node if key == heir else other.replace(inputs=inputs)
            added[changed.key] = changed
        self.graph.patch(added.values(), drop=[heir])
        self.context.inference.discard([heir])
        self._added = added

    def _redirect(self, root: Node, controls: tuple[str, ...]) -> None:
        """Let the readers of the root read its replacement, with the control inputs it had."""
        graph = self.graph
        stands = next((value.node for value in self._values.values()), None)
        for key in dict.fromkeys(use.node for use in graph.uses(root.key)):
            reader = graph.nodes[key]
            if key in self._added:
                continue
            inputs = tuple(
                self._values.get(value.port, value) if value.node == root.key else value
                for value in reader.inputs
            )
            kept = [stands if c == root.key else c for c in reader.controls]
            moved = dict.fromkeys((*(c for c in kept if c is not None), *controls))
            if inputs != reader.inputs or tuple(moved) != reader.controls:
                graph.patch([reader.replace(inputs=inputs, controls=tuple(moved))])


def _base(dtype: str | None) -> str | None:
    return None if dtype is None else dtype.removesuffix("_ref")


def _plain(value: Value | BoundValue) -> Value:
    return value.value if isinstance(value, BoundValue) else value


def _sources(node: Node) -> tuple[str, ...]:
    return (*(value.node for value in node.inputs), *node.controls)


def _renamed(value: Value, names: Mapping[str, str]) -> Value:
    return Value(names.get(value.node, value.node), value.port)


def _dims(dims: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("?" if size is None else str(size) for size in dims) + "]"
