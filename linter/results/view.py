"""What a page about one model shows, or about a model before and after it was rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linter.results.diff import GraphDiff
from linter.results.matrix import Matrix
from linter.results.report import Report
from linter.results.rewrite import RewriteRecord

__all__ = ["View"]


@dataclass(frozen=True, slots=True)
class View:
    """One page.

    Attributes:
        report: what ``check`` says, with the nodes; before and after are two models of it.
        matrix: the model on every release and chip; ``None`` where nobody asked.
        diff: what the two models differ in; ``None`` for one model.
        rewrites: what the record beside the second model says was changed, in order.
        verified: how the record says that the numbers compare; empty without a record.
        rule_names: names of the rewrites by id.
    """

    report: Report
    matrix: Matrix | None = None
    diff: GraphDiff | None = None
    rewrites: tuple[RewriteRecord, ...] = ()
    verified: str = ""
    rule_names: Mapping[str, str] = field(default_factory=dict)
