"""``fix --why``: what becomes of single nodes, and what every rewrite says of them."""

from __future__ import annotations

from collections.abc import Sequence

from linter.api.fixed_model import fixed_model
from linter.api.opened import Opened
from linter.api.options import FixOptions
from linter.api.proof import rewriting, unverified
from linter.api.request import Request
from linter.api.rewriting import Rewriting
from linter.api.session import open_session
from linter.judge import JudgeOptions
from linter.results.errors import UsageError
from linter.results.why import NodeExplanation, WhyOutcome
from linter.rewrite.engine.why import explain_node
from opdb.target import near_matches

__all__ = ["why"]


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
        UnknownNameError: an unknown target.
        GraphError: the model cannot be read.
    """
    options, judging = options or FixOptions(), judge_options or JudgeOptions()
    request = Request(
        path,
        () if target is None else (target,),
        judging.input_shapes,
        judging.outputs,
        judging.cut_inputs,
        judging.precision,
        judging.scope_passes,
        options.rules,
        options.store,
        set_inputs=options.set_inputs,
    )
    with open_session(request) as session:
        with rewriting(session, options) as whole:
            explanations = tuple(_explanation(name, whole) for name in dict.fromkeys(nodes))
        result = whole.result
        plan = fixed_model(session, result, unverified(session, result.rewrites, "planned only"))
        return WhyOutcome(plan, explanations)


def _explanation(name: str, rewriting: Rewriting) -> NodeExplanation:
    session = rewriting.session
    rules = session.request.rules.rewrites_by_code
    explanation = explain_node(name, session.judge, rewriting.result, rules, rewriting.options)
    if explanation is None:
        raise UsageError(_unknown(name, session.opened))
    return explanation


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
