"""What a question of a rule is about: objects that a copy of our process has as well.

A copy can answer as long as they are the same objects, and nothing has changed in them since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linter.graph import Graph
from linter.judge import Judge
from linter.rules.match import MatchContext

if TYPE_CHECKING:
    from linter.rules.edit import GraphEditor

__all__ = ["JudgedScene", "MatchedScene", "Scene"]


@dataclass(frozen=True, slots=True)
class JudgedScene:
    """A model and what a target says of it."""

    judge: Judge

    @property
    def edits(self) -> int:
        """Changes with every edit."""
        return sum(graph.edits for graph in self.judge.model.graphs)

    @property
    def run(self) -> object:
        """What one run over one model has and no other."""
        return self.judge

    def covers(self, other: Scene) -> bool:
        """Whether all that ``other`` is about is here."""
        return isinstance(other, JudgedScene) and other.judge is self.judge

    def body(self, function: str | None) -> Graph:
        """The main graph, or the function of that name."""
        model = self.judge.model
        return model.main if function is None else model.functions[function]


@dataclass(frozen=True, slots=True)
class MatchedScene:
    """A body in one pass of the engine, and the editor of that pass where a rule may edit."""

    context: MatchContext
    edit: GraphEditor | None = None

    @property
    def edits(self) -> int:
        """Changes with every edit of the body; no other is edited in its pass."""
        return self.context.graph.edits

    @property
    def run(self) -> object:
        """What one run over one body has and no other."""
        return self.context.inference

    def covers(self, other: Scene) -> bool:
        """Whether all that ``other`` is about is here."""
        if not isinstance(other, MatchedScene) or other.context is not self.context:
            return False
        return other.edit is None or other.edit is self.edit


Scene = JudgedScene | MatchedScene
