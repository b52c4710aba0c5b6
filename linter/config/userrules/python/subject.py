"""What a call of a rule is about: objects that a process forked from ours has as well.

It can answer as long as a call is about the same objects, and nothing was edited in them since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linter.graph import Graph
from linter.judge import Judge
from linter.rules.match import MatchContext

if TYPE_CHECKING:
    from linter.rules.edit import GraphEditor

__all__ = ["JudgeSubject", "MatchSubject", "Subject"]


@dataclass(frozen=True, slots=True)
class JudgeSubject:
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

    def covers(self, other: Subject) -> bool:
        """Whether all that ``other`` is about is here."""
        return isinstance(other, JudgeSubject) and other.judge is self.judge

    def body(self, function: str | None) -> Graph:
        """The main graph, or the function of that name."""
        model = self.judge.model
        return model.main if function is None else model.functions[function]


@dataclass(frozen=True, slots=True)
class MatchSubject:
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

    def covers(self, other: Subject) -> bool:
        """Whether all that ``other`` is about is here."""
        if not isinstance(other, MatchSubject) or other.context is not self.context:
            return False
        return other.edit is None or other.edit is self.edit


Subject = JudgeSubject | MatchSubject
