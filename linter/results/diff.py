"""What two graphs differ in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linter.results.report import InputInfo

__all__ = ["BodyDiff", "FieldChange", "GraphDiff", "NodeChange", "NodeLine"]


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
class NodeLine:
    """A node of one of the graphs.

    Attributes:
        text: the node on one line; of many elements only the first are in it.
    """

    name: str
    op: str
    text: str


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node that is not the same in both graphs.

    Attributes:
        before, after: the node in the two graphs, ``None`` where it is not.
        changes: of a node that both have, what is not the same.
    """

    before: NodeLine | None
    after: NodeLine | None
    changes: tuple[FieldChange, ...] = ()

    @property
    def node(self) -> NodeLine:
        """The node where it was last seen."""
        line = self.after or self.before
        assert line is not None
        return line


@dataclass(frozen=True, slots=True)
class BodyDiff:
    """One body that both models have and that differs: the main graph, or a function.

    Attributes:
        function: name of the function, ``None`` for the main graph.
        removed, added: nodes that only one has, in file order.
        changed: nodes that both have, in the order of the second file.
        in_order: all of them in the order of the first file, new ones before what they stand
            before.
        signature: of a function, what callers see of it.
    """

    function: str | None
    removed: tuple[NodeChange, ...]
    added: tuple[NodeChange, ...]
    changed: tuple[NodeChange, ...]
    in_order: tuple[NodeChange, ...]
    signature: tuple[FieldChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the bodies are the same."""
        return not (self.in_order or self.signature)


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """What two models differ in.

    Attributes:
        bodies: bodies that both have and that differ.
        removed_functions, added_functions: functions that only one has, with their nodes counted.
        inputs: placeholders that only one has or that have another type.
        removed_outputs, added_outputs: values that nothing reads in one of them only.
        versions: versions of the graph format.
        op_types: op types whose number is not the same, with both numbers.
        nodes: number of nodes of each model, function bodies included.
    """

    bodies: tuple[BodyDiff, ...]
    removed_functions: Mapping[str, int]
    added_functions: Mapping[str, int]
    inputs: tuple[tuple[InputInfo | None, InputInfo | None], ...]
    removed_outputs: tuple[str, ...]
    added_outputs: tuple[str, ...]
    versions: tuple[FieldChange, ...]
    op_types: Mapping[str, tuple[int, int]]
    nodes: tuple[int, int]

    @property
    def equal(self) -> bool:
        """Whether nothing differs; inputs and outputs follow from the nodes."""
        functions = self.removed_functions or self.added_functions
        return not (self.bodies or functions or self.versions)
