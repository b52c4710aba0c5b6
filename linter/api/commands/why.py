"""``fix --why``: what becomes of single nodes, and what every rewrite says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linter.api.commands.check import Databases
from linter.api.job import FixOptions, FixOutcome, Job
from linter.api.opened import Opened, open_model
from linter.api.proof import evaluator_for, unverified
from linter.judge import JudgeOptions
from linter.judge.atc.fusion import warn_of_passes
from linter.results.errors import UsageError
from linter.results.finding import Finding
from linter.results.report import ModelReport
from linter.rewrite.engine import RewriteOutcome
from linter.rewrite.engine.why import Story, story_of
from opdb.target import near_matches

__all__ = ["WhyOutcome", "why"]


@dataclass(frozen=True, slots=True)
class WhyOutcome:
    """What was asked about, and the plan that it rests on.

    Attributes:
        plan: what ``fix`` would do.
        stories: one per node that was asked about.
    """

    plan: FixOutcome
    stories: tuple[Story, ...]

    def findings_before(self, story: Story) -> tuple[Finding, ...]:
        """What ``check`` says of the node in the model."""
        return _about(story, self.plan.input_report)

    def findings_after(self, story: Story) -> tuple[Finding, ...]:
        """What ``check`` says of the node in the rewritten model."""
        return _about(story, self.plan.output_report)

    @property
    def exit_code(self) -> int:
        """3 after a contained crash, 1 when a node stays unsupported, else 0."""
        if self.plan.before.errors or self.plan.after.errors:
            return 3
        return 1 if any(story.stays_unsupported for story in self.stories) else 0


def why(
    path: str,
    nodes: Sequence[str],
    *,
    target: str | None = None,
    judge_options: JudgeOptions | None = None,
    options: FixOptions | None = None,
) -> WhyOutcome:
    """Plan a fix and tell what becomes of some nodes; nothing is written.

    Args:
        path: a frozen graph or a SavedModel.
        nodes: names of nodes; ``function::node`` in a function body.
        target: ``TOOL@VERSION/SOC`` or ``SOC``; ``None`` is the default target.
        judge_options: shapes, outputs and what else the user said about the model.
        options: which rewrites.

    Raises:
        UsageError: a node that neither the model nor the rewritten model has.
        GraphError: the model cannot be read.
    """
    databases = Databases(() if target is None else (target,))
    options, given = options or FixOptions(), judge_options or JudgeOptions()
    warn_of_passes(databases.opened, options.scope_passes)
    with open_model(path, given.outputs, given.cut_inputs, given.input_shapes) as opened:
        job = Job(opened, databases, given, options)
        with evaluator_for(opened.model, options.proof) as job.evaluator:
            result = job.rewrite(exact_only=False)
            stories = tuple(_story(name, job, result) for name in dict.fromkeys(nodes))
        return WhyOutcome(job.outcome(result, unverified(result.rewrites, "planned only")), stories)


def _about(story: Story, report: ModelReport) -> tuple[Finding, ...]:
    place = story.name, story.function
    findings = report.targets[0].findings
    return tuple(found for found in findings if (found.node, found.function) == place)


def _story(name: str, job: Job, result: RewriteOutcome) -> Story:
    options = job.rewrite_options(exact_only=False)
    found = story_of(name, job.judge, result, job.options.rules.rewrites, options)
    if found is None:
        raise UsageError(_unknown(name, job.opened))
    return found


def _unknown(name: str, opened: Opened) -> str:
    model = opened.model
    names = [*model.main.nodes]
    inner = [
        f"{function}::{key}" for function, graph in model.functions.items() for key in graph.nodes
    ]
    near = [place for place in inner if place.rpartition("::")[2] == name]
    near = near or list(near_matches(name, (*names, *inner), limit=4))
    hint = f"; near it: {', '.join(near[:4])}" if near else ""
    return f"{opened.path} has no node {name!r}{hint}"
