"""The only writer of a graph.

A rewrite builds its replacement through ``add`` and ``const``; the engine then asks ``finish`` for
an objection, looks at what would go (``removals``) and calls ``commit`` or ``cancel``. The editor
keeps fetched names, moves control inputs, spares nodes that are used elsewhere, names and tags new
nodes, and puts them before the node that they replace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linter.graph import Node, Value
from linter.graph.branches import guarded_keys
from linter.graph.stated_attrs import stated_defaults
from linter.rules.edit import swap as edit_swap
from linter.rules.edit.attrs import inferred_attrs, inherited_attrs, tensor_of
from linter.rules.edit.change import Change
from linter.rules.edit.check import broken_by
from linter.rules.match import BoundValue

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from linter.graph import TensorValue
    from linter.rules.match import MatchContext

__all__ = ["GraphEditor"]


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
        self._removed: set[str] = set()
        self._root: Node | None = None
        self._rule = ""
        self._retypes = False
        self._matched: tuple[str, ...] = ()
        self._added: dict[str, Node] = {}
        self._copied: dict[str, tuple[str | None, str]] = {}
        self._also: dict[str, tuple[Value, ...]] = {}
        self._dropped: dict[str, None] = {}
        self._values: dict[Value, Value] = {}
        self._replacements: dict[str, str] = {}

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

    def place(
        self,
        op: str,
        inputs: Iterable[Value],
        attrs: Mapping[str, Any],
        name: str,
        *,
        controls: tuple[str, ...] = (),
    ) -> Value:
        """Add a node that waits for its inputs alone, under a full name of its own."""
        values = tuple(inputs)
        merged = {**inferred_attrs(self.context, op, values), **attrs}
        return self._insert(Node(name, op, values, controls, merged, device=self._opened.device))

    def copy(
        self, node: Node, inputs: Iterable[Value], name: str, *, body: str | None = None
    ) -> Value:
        """Add a copy of a node that reads other inputs, under a full name of its own.

        Args:
            node: what is copied, with the attributes and control inputs of the copy.
            inputs: data inputs of the copy.
            name: its name, to which a number is added when it is taken.
            body: the function that the node is in; ``None`` for the main graph.
        """
        made = Node(name, node.op, tuple(inputs), node.controls, node.attrs, device=node.device)
        self._copied[(value := self._insert(made)).node] = (body, node.key)
        return value

    def also(self, key: str, values: Sequence[Value]) -> None:
        """Replace a further node in the same change: one value per output, as ``build`` gives."""
        self._also[key] = tuple(values)

    def drop(self, keys: Iterable[str]) -> None:
        """Let further nodes go in the same change; what stays must not read them as data."""
        self._dropped.update(dict.fromkeys(keys))

    # -- for the engine ------------------------------------------------------------------------

    def open(
        self, root: Node, matched: tuple[str, ...], rule: str, *, retypes: bool = False
    ) -> None:
        """Begin a change at ``root``.

        Args:
            root: what is replaced.
            matched: keys of the nodes that the pattern took.
            rule: id of the rule.
            retypes: the dtype that the root states is a fault, which the change mends.
        """
        self._root, self._matched, self._rule, self._retypes = root, matched, rule, retypes
        self._added, self._copied, self._also = {}, {}, {}
        self._dropped, self._values, self._replacements = {}, {}, {}

    @property
    def added(self) -> tuple[Node, ...]:
        """The nodes of the open change."""
        return tuple(self._added.values())

    @property
    def copied(self) -> Mapping[str, tuple[str | None, str]]:
        """What the new nodes copy, as far as they do: function and key of the original."""
        return self._copied

    @property
    def replaced(self) -> tuple[str, ...]:
        """Keys of the nodes that the open change takes away in any case, the root first."""
        return tuple(dict.fromkeys((self._opened.key, *self._also, *self._dropped)))

    def finish(self, result: Value | BoundValue | Sequence[Value | BoundValue]) -> str | None:
        """Take what ``build`` returned; the reason why it cannot stand, or ``None``."""
        root = self._opened
        results = (result,) if isinstance(result, Value | BoundValue) else tuple(result)
        offers = {root.key: tuple(_plain(value) for value in results), **self._also}
        self._prune(value for values in offers.values() for value in values)
        if reason := self._broken(offers):
            return reason
        replaced = frozenset(self.replaced)
        for key in self.replaced:
            if reason := self._offer(key, offers.get(key, ()), replaced):
                return reason
        if results and not self._values:
            self._values[Value(root.key)] = offers[root.key][0]
        for key in offers:
            if reason := self._name(key):
                return reason
        self._prune(self._values.values())
        return None

    def removals(self) -> tuple[str, ...]:
        """Keys of the nodes that would go, the root first."""
        return self._unread(self.replaced, self.kept())

    def kept(self) -> set[str]:
        """Keys of the nodes that the open change has a use for."""
        kept = {value.node for value in self._values.values()}
        kept.update(
            source for node in self._added.values() for source in edit_swap.node_sources(node)
        )
        nodes = self.graph.nodes
        kept.update(c for key in (*self._matched, *self._also) for c in nodes[key].controls)
        return kept.difference(self.replaced)

    def cancel(self) -> None:
        """Take the open change back."""
        self.graph.patch(drop=self._added)
        self.context.inference.discard(self._added)
        self._root, self._added = None, {}

    def commit(self) -> Change:
        """Make the open change."""
        root, removals = self._opened, self.removals()
        nodes, gone = self.graph.nodes, frozenset(removals)
        waits = {key: nodes[key].controls for key in self._also}
        waits[root.key] = tuple(
            c for k in removals if k in self._matched for c in nodes[k].controls
        )
        readers = {use.node for key in self.replaced for use in self.graph.uses(key)}
        touched = {*removals, *self._added, *readers}
        removed = tuple(nodes[key] for key in removals)
        for key in self.replaced:
            controls = tuple(dict.fromkeys(c for c in waits.get(key, ()) if c not in gone))
            if key in self._replacements:
                self._take_name(nodes[key], self._replacements[key], controls)
                controls = ()
            edit_swap.redirect(
                self.graph, key, self._values, controls, protected=gone.union(self._added)
            )
        self.graph.patch(drop=[key for key in removals if key not in self._added])
        self._leads[root.key] = [key for key in self._added if key not in self._place]
        self._root = None
        change = Change(root.name, removed, self.added, frozenset(touched))
        self._removed.update(set(change.removed).difference(change.added))
        return change

    def delete(self, root: str, keys: frozenset[str]) -> Change | None:
        """Remove nodes and what only they read; ``None`` when one of them is still needed."""
        nodes, removed = self.graph.nodes, self.deletable(keys)
        if removed is None:
            return None
        uses = (use.node for key in removed for use in self.graph.uses(key))
        readers = {key: nodes[key] for key in uses if key not in removed}
        for reader in readers.values():
            controls = tuple(key for key in reader.controls if key not in removed)
            self.graph.patch([reader.replace(controls=controls)])
        ordered = [root, *self._in_order(removed - {root})]
        gone = tuple(nodes[key] for key in ordered)
        self.graph.patch(drop=ordered)
        change = Change(gone[0].name, gone, (), frozenset(removed | set(readers)))
        self._removed.update(change.removed)
        return change

    def deletable(self, keys: frozenset[str]) -> set[str] | None:
        """What ``delete`` would remove: survivors may read it as control inputs only."""
        removed = set(self._unread(self._in_order(keys), set()))
        if removed & self._protected or removed & self.context.fetched_ports.keys():
            return None
        uses = (use for key in removed for use in self.graph.uses(key))
        needed = any(use.slot >= 0 and use.node not in removed for use in uses)
        return None if needed else removed

    def _in_order(self, keys: Iterable[str]) -> list[str]:
        """The nodes among keys in their order in the file, then those that were added."""
        last = len(self._place)
        present = (key for key in keys if key in self.graph.nodes)
        return sorted(present, key=lambda key: (self._place.get(key, last), key))

    def restore_order(self) -> None:
        """Bring all nodes into their order in the file."""
        graph, nodes = self.graph, self.graph.nodes
        keys = (lead for key in self._sequence for lead in (*self._leads.get(key, ()), key))
        order = edit_swap.arranged(
            {key: edit_swap.apart(nodes[key], self._removed) for key in keys if key in nodes}
        )
        graph.replace_nodes(order.values())
        graph.dangling = [entry for entry in graph.dangling if entry.node in order]
        graph.return_controls = tuple(key for key in graph.return_controls if key in order)

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
        controls = () if inputs else self._pivots(root)
        name = f"{root.name}/{name}"
        return self._insert(Node(name, op, inputs, controls, attrs, device=root.device))

    def _insert(self, wanted: Node) -> Value:
        """Add a node under its name, or the next one that is free."""
        key = edit_swap.free_name(self.graph, wanted.name)
        stated = stated_defaults(wanted.op, self.context.ops)
        attrs = dict(sorted({**stated, **wanted.attrs}.items()))
        place = self._opened.position
        node = wanted.replace(key=key, name=key, attrs=attrs, position=place, rule=self._rule)
        self._added[key] = node
        self.graph.patch([node])
        return Value(key)

    def _pivots(self, root: Node) -> tuple[str, ...]:
        """What a node without inputs must wait for to run in the root's frame and branch."""
        if root.key not in self._guarded:
            return ()
        producers = dict.fromkeys(self.graph.producers(root))
        return tuple(key for key in producers if key in self._guarded)

    # -- checking ------------------------------------------------------------------------------

    def _broken(self, offers: Mapping[str, tuple[Value, ...]]) -> str | None:
        """What would break the graph; what other nodes that go make of each other is no cycle."""
        alone = len(self.replaced) == 1
        values = [value for offered in offers.values() for value in offered]
        near = self._matched if alone else None
        return broken_by(self.context, self._opened, self._added, values, near)

    def _offer(self, key: str, values: tuple[Value, ...], replaced: frozenset[str]) -> str | None:
        """Take over the replacements of what is read of one node that goes."""
        fetched = self.context.fetched_ports.get(key, frozenset())
        read = {u.port for u in self.graph.uses(key) if u.slot >= 0 and u.node not in replaced}
        for port in sorted(read | fetched):
            place = f"output {port}" + (f" of {key!r}" if key != self._opened.key else "")
            if port >= len(values):
                return f"{place} is read and has no replacement"
            old, new = Value(key, port), values[port]
            retypes = self._retypes and key == self._opened.key
            if reason := edit_swap.mismatch(self.context.inference, old, new, retypes=retypes):
                return reason
            self._values[Value(key, port)] = values[port]
        return None

    def _name(self, key: str) -> str | None:
        """Let a new node take the name of one that goes; fetched outputs must keep theirs."""
        fetched = self.context.fetched_ports.get(key, frozenset())
        replacement = self._replacement_of(key)
        if fetched and replacement is None and min(fetched) == 0:
            made = self._values[Value(key)] = self.add("Identity", [self._values[Value(key)]])
            replacement = made.node
        for port in sorted(fetched):
            if replacement is None or self._values[Value(key, port)] != Value(replacement, port):
                return f"output {port} is fetched and would lose its name"
        if replacement is not None:
            self._replacements[key] = replacement
        return None

    def _replacement_of(self, key: str) -> str | None:
        """The new node that can take the name of ``key``: its first output in use is the same.

        A copy has a name that tells where it is from and keeps it unless the name is needed.
        """
        old, value = next(((o, v) for o, v in self._values.items() if o.node == key), (None, None))
        if old is None or value is None or value.port != old.port:
            return None
        node = self._added.get(value.node)
        if node is None or node.key in self._replacements.values():
            return None
        if key not in self.context.fetched_ports:
            return None if node.key in self._copied else node.key
        return node.key if node.inputs or not self.context.guessed else None

    def _prune(self, results: Iterable[Value]) -> None:
        """Drop new nodes that nothing came to read."""
        kept = {value.node for value in results}
        pending = list(self._added)
        while pending:
            key = pending.pop()
            if key not in self._added or key in kept or self.graph.uses(key):
                continue
            pending.extend(edit_swap.node_sources(self._added.pop(key)))
            self._copied.pop(key, None)
            self.graph.patch(drop=[key])
            self.context.inference.discard([key])

    def _unread(self, start: Iterable[str], kept: set[str]) -> tuple[str, ...]:
        """``start`` and every producer that nobody else reads."""
        fetched = self.context.fetched_ports
        return edit_swap.unread(self.graph, tuple(start), kept, fetched, self._protected)

    def _take_name(self, old: Node, new: str, controls: tuple[str, ...]) -> None:
        """Let the node ``new`` take the name of one that goes."""
        controls = tuple(dict.fromkeys((*self._added[new].controls, *controls)))
        node = self._added[new].replace(name=old.name, key=old.key, controls=controls)
        readers = [use.node for use in self.graph.uses(new)]
        self._values = {
            o: edit_swap.renamed(value, new, old.key) for o, value in self._values.items()
        }
        changed = {key: edit_swap.renamed_inputs(self._added[key], new, old.key) for key in readers}
        self._added = {
            node.key if key == new else key: node if key == new else changed.get(key, other)
            for key, other in self._added.items()
        }
        self._copied = {node.key if k == new else k: of for k, of in self._copied.items()}
        self.graph.patch((node, *changed.values()), drop=[new])
        self.context.inference.discard([new])


def _plain(value: Value | BoundValue) -> Value:
    return value.value if isinstance(value, BoundValue) else value
