"""What rewriting did and did not do: plain records of single changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linter.results.finding import Safety
from linter.results.objection import Objection, ObjectionKind

__all__ = ["Checkpoint", "Refused", "RewriteRecord"]


@dataclass(frozen=True, slots=True)
class RewriteRecord:
    """One change that was made; names are those at that moment.

    Attributes:
        rule: id of the rule.
        root: the node that was replaced or that gave the reason.
        removed, added: the nodes that went and came.
        safety: what the rule promises.
        removed_ops, added_ops: op types of those nodes, in the same order.
        resolved: op types of the unsupported nodes that went.
        introduced: op types of the unsupported nodes that came.
    """

    rule: str
    root: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    safety: Safety
    removed_ops: tuple[str, ...] = ()
    added_ops: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    introduced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the judge said of the whole model after a number of changes.

    Between two checkpoints the records tell which unsupported nodes went and came; answers about
    nodes that were not touched are asked for again at a checkpoint only.

    Attributes:
        steps: changes that were made so far.
        unsupported: unsupported nodes that the outputs need, by op type.
    """

    steps: int
    unsupported: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that was not made although the pattern fits and the target needs it.

    Attributes:
        rule: id of the rule.
        node: where the change would be.
        objection: what stands against it.
    """

    rule: str
    node: str
    objection: Objection

    @property
    def reason(self) -> str:
        """What stands against it, in words."""
        return self.objection.reason

    @property
    def kind(self) -> ObjectionKind:
        """Of what kind that is."""
        return self.objection.kind
