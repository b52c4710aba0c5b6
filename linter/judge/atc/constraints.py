"""Stage 6: operator limits that no list holds.

Source: the public operator implementations named by each constraint's evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linter.judge.atc.dtypes import Check, Outcome
from linter.judge.formula.quantities import Quantities
from linter.results.judgement import Reason
from opdb.formula import UNKNOWN, evaluate
from opdb.record import Constraint, Engine, Kernel

if TYPE_CHECKING:
    from linter.graph import Graph, Node
    from linter.judge.base import Judge

__all__ = ["LimitCheck", "check_limits"]


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """What the constraints of one node say.

    Attributes:
        error: a limit that no engine can help with.
        aicore: a limit that keeps the node off the AI Core.
        checked: at least one AI Core constraint of the op was decided.
    """

    error: Constraint | None = None
    aicore: Check | None = None
    checked: bool = False


def check_limits(
    judge: Judge, graph: Graph, node: Node, *, dynamic: bool | None = False
) -> LimitCheck:
    """Evaluate the constraints of a node's op; one that cannot be decided changes nothing.

    Args:
        judge: the judge of the model and target.
        graph: the body that the node is in.
        node: the node.
        dynamic: whether a size is known at run time only; a size that merely waits for
            ``--input-shape`` is not, and leaves open what depends on it.
    """
    constraints = judge.database.constraints(node.op)
    if not constraints:
        return LimitCheck()
    inference = judge.inference(graph)
    static = all(_static(inference.shape(value)) for value in node.inputs)
    open_ = UNKNOWN if dynamic is not True else True
    facts = {"soc": judge.database.short_soc, "dynamic_shape": False if static else open_}
    quantities = Quantities(graph, node, inference, judge.ops, facts)
    aicore: Check | None = None
    checked = False
    for constraint in constraints:
        holds = evaluate(constraint.expr, quantities, quantities.functions)
        if holds is False and constraint.consequence == "error":
            return LimitCheck(error=constraint, checked=True)
        if holds is False and aicore is None:
            aicore = _refusal(constraint)
        checked = checked or (holds is not None and constraint.engine == Engine.AICORE.value)
    return LimitCheck(None, aicore, checked)


def _static(shape: tuple[int | None, ...] | None) -> bool:
    return shape is not None and None not in shape


def _refusal(constraint: Constraint) -> Check:
    kernel = Kernel(constraint.ge_op, Engine.AICORE, (), (), evidence=constraint.evidence)
    return Check(
        Outcome.REFUSED,
        kernel,
        reason=Reason.LIMIT,
        seen=constraint.text,
        accepted=constraint.expr,
    )
