"""The judge: what a target does with each node of a model.

``make_judge`` gives the judge that fits the target's tool; all of them answer the same questions. A
judge reads a model and a database; it changes neither, and words nothing for people.
"""

from __future__ import annotations

from linter.graph import Model
from linter.judge.atc.judge import AtcJudge
from linter.judge.base import Judge
from linter.judge.combined import CombinedJudge
from linter.judge.omg import OmgJudge
from linter.judge.options import JudgeOptions
from linter.results.judgement import Judgement, Placement, Reason, Stage, Status
from opdb.query import CombinedDatabase, Database

__all__ = [
    "Judge",
    "JudgeOptions",
    "Judgement",
    "Placement",
    "Reason",
    "Stage",
    "Status",
    "judge_of_copy",
    "make_judge",
]


def make_judge(
    model: Model,
    database: Database,
    options: JudgeOptions | None = None,
    *,
    like: Judge | None = None,
) -> Judge:
    """The judge of ``model`` for the target that ``database`` was opened for.

    Args:
        model: the graph to judge; it is not changed.
        database: facts of one tool, version and SoC.
        options: shapes and outputs that the user gave; none by default.
        like: a judge of the same model and options, on another target, that has worked out shapes
            already; the model must not be edited while both are in use.

    Returns:
        A judge for atc or omg, after the tool of the database's target.
    """
    judge = _judge(model, database, options or JudgeOptions())
    if like is not None:
        judge.share(like)
    return judge


def judge_of_copy(model: Model, judge: Judge) -> Judge:
    """The judge of a copy of a model that will be edited; it knows what ``judge`` has found out."""
    made = make_judge(model, judge.database, judge.options)
    made.start_from(judge)
    return made


def _judge(model: Model, database: Database, options: JudgeOptions) -> Judge:
    if isinstance(database, CombinedDatabase):
        return CombinedJudge(model, database, options, _judge)
    kind = OmgJudge if database.target.tool == "omg" else AtcJudge
    return kind(model, database, options)
