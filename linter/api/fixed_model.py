"""A fix with the graphs that it is about, for callers that go on with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linter.api.assemble import input_error, model_report, report_sources
from linter.api.profiled import judged_report
from linter.api.session import Session
from linter.graph import Model
from linter.judge import Judge
from linter.results.diff import GraphDiff
from linter.results.errors import LinterError
from linter.results.fix import FixOutcome, Proof
from linter.results.report import Report
from linter.rewrite.engine import RewriteOutcome

__all__ = ["FixedModel", "fixed_model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedModel(FixOutcome):
    """What ``fix`` did, and the graph before and after.

    Attributes:
        original, model: the graph before and after.
    """

    original: Model
    model: Model

    def diff(self) -> GraphDiff:
        """What the two graphs differ in.

        Raises:
            GraphError: a constant cannot be read.
        """
        from linter.api.graph_diff import compare_models

        return compare_models(self.original, self.model)


def fixed_model(session: Session, result: RewriteOutcome, proof: Proof) -> FixedModel:
    """What rewriting came to, before anything is written."""
    return FixedModel(
        path=session.opened.path,
        before=_report(session, session.judge),
        after=_report(session, result.judge, result.errors),
        rewrites=result.rewrites,
        refused=(*result.refused, *proof.reverted),
        proof=proof,
        checkpoints=result.checkpoints,
        rule_names={rule.id: rule.name for rule in session.request.rules.rewrites},
        original=session.opened.model,
        model=result.model,
    )


def _report(session: Session, judge: Judge, crashes: Sequence[LinterError] = ()) -> Report:
    """One form of the model on the target."""
    path = session.opened.path
    target, faults = judged_report(session, judge, plan=False)
    model = model_report(session.request, session.opened, judge, (target,))
    errors = tuple(input_error(path, fault) for fault in (*faults, *crashes))
    return Report((model,), report_sources((model,), (session.database,)), errors)
