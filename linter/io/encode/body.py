"""The nodes of a body as pieces, in order, between the records that are no nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from linter.graph import Graph, Node, Value
from linter.io.attrs import NodeAttrs
from linter.io.encode.node import encode_node
from linter.io.encode.pieces import Piece, Range
from linter.io.view import View
from linter.io.wire import BodyScan, Record

__all__ = ["BodyEncoder", "spell_main"]


def spell_main(graph: Graph, value: Value) -> str:
    """A data input as the main graph writes it."""
    node = graph.get(value.node)
    name = value.node if node is None else node.name
    return f"{name}:{value.port}" if value.port else name


@dataclass(slots=True)
class BodyEncoder:
    """Writes the nodes of one body.

    Attributes:
        graph: the body as it is now.
        number: field number of nodes in the message around them.
        spell: how an input is written when it is new.
        originals: the nodes as they were read, without virtual ones.
        scan: where their records lie, ``None`` when they cannot be copied.
        view: the input that ``scan`` speaks of.
        outputs: what the spelling of an input takes from its producer besides the name; an input
            is spelled anew when that has changed.
    """

    graph: Graph
    number: int
    spell: Callable[[Graph, Value], str]
    originals: tuple[Node, ...] = ()
    scan: BodyScan | None = None
    view: View | None = None
    outputs: Callable[[Node], object] | None = None

    def changed(self) -> bool:
        """Whether the nodes differ from those that were read, in content or order."""
        nodes = [node for node in self.graph if not node.virtual]
        if len(nodes) != len(self.originals):
            return True
        renamed = self.respelled()
        return any(
            node is not before and not self._copied(node, before, renamed)
            for node, before in zip(nodes, self.originals, strict=True)
        )

    def pieces(self, other: Callable[[Record], list[Piece]]) -> Iterator[Piece]:
        """All records: nodes in their new order, the others where they stood between them.

        Args:
            other: gives the output for a record that is no node.
        """
        renamed = self.respelled()
        others = self.scan.others if self.scan is not None else []
        ranks = self.scan.ranks if self.scan is not None else ()
        done = 0
        for node in self.graph:
            if node.virtual:
                continue
            before = self._before(node)
            if before is not None and before.name == node.name:
                while done < len(others) and ranks[done] <= before.position:
                    yield from other(others[done])
                    done += 1
            if before is not None and self._copied(node, before, renamed):
                yield self._range(before.position)
            else:
                yield from encode_node(node, self._inputs(node, before, renamed), self.number)
        for record in others[done:]:
            yield from other(record)

    def _range(self, index: int) -> Range:
        assert self.scan is not None
        assert self.view is not None
        return Range(self.view, self.scan.starts[index], self.scan.ends[index])

    def _before(self, node: Node) -> Node | None:
        """The node of this body that a node was made from."""
        origin = node.origin
        if self.scan is None or not isinstance(origin, NodeAttrs):
            return None
        return self.originals[origin.index] if origin.body is self.scan else None

    def respelled(self) -> frozenset[str]:
        """Keys of the nodes that readers do not find under what the file calls them."""
        before = {node.key: node for node in self.originals}
        return frozenset(
            node.key
            for node in self.graph
            if (old := before.get(node.key)) is not None and not self._same_outputs(node, old)
        )

    def _same_outputs(self, node: Node, before: Node) -> bool:
        if node is before:
            return True
        if node.name != before.name:
            return False
        return self.outputs is None or self.outputs(node) == self.outputs(before)

    def _copied(self, node: Node, before: Node, renamed: frozenset[str]) -> bool:
        """Whether the record of ``before`` is the record of ``node``."""
        same = node is before or (
            node.attrs is before.attrs
            and node.name == before.name
            and node.op == before.op
            and node.device == before.device
            and node.inputs == before.inputs
            and node.controls == before.controls
        )
        return same and (not renamed or not self._reads(node, renamed))

    @staticmethod
    def _reads(node: Node, keys: frozenset[str]) -> bool:
        return any(v.node in keys for v in node.inputs) or any(c in keys for c in node.controls)

    def _inputs(self, node: Node, before: Node | None, renamed: frozenset[str]) -> list[str]:
        """The inputs as they are written; those that did not change as they were."""
        texts: list[str] = []
        if before is not None and isinstance(before.origin, NodeAttrs):
            written = list(before.origin.message.input)
            same = node.inputs == before.inputs and node.controls == before.controls
            if same and not self._reads(node, renamed):
                return written
            texts = [text for text in written if text[:1] != "^"]
            if len(texts) != len(before.inputs):
                texts = []
        data = []
        for slot, value in enumerate(node.inputs):
            kept = (
                before is not None
                and slot < len(texts)
                and before.inputs[slot] == value
                and value.node not in renamed
            )
            data.append(texts[slot] if kept else self.spell(self.graph, value))
        names = [self.graph[key].name if key in self.graph else key for key in node.controls]
        return data + [f"^{name}" for name in names]
