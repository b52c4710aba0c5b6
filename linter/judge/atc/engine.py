"""Stage 5: the engine that takes a GE node, or why none does.

Order: GE-local and RTS ops need no kernel; then AI Core, the op itself and its twins; then AI CPU;
then TF kernel; then built-in passes that rewrite it. Source: hicann/ge, dnnengine_manager.cc and
ops_kernel_manager.cc; certainty rules for releases whose CPU lists are incomplete.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from linter.judge.atc.dtypes import Check, Outcome, check_aicore, check_cpu
from linter.judge.atc.ge import GeNode
from linter.judge.precision import DEFAULT_MODE
from linter.results.finding import Certainty
from linter.results.judgement import Judgement, Placement, Reason, Status
from opdb.query import Database
from opdb.record import Engine, Kernel, ParserRecord

__all__ = ["place"]

_PLACEMENTS = {
    Engine.AICORE: Placement.AICORE,
    Engine.DSA: Placement.AICORE,
    Engine.AICPU: Placement.AICPU,
    Engine.TF_KERNEL: Placement.TF_KERNEL,
}


@dataclass(frozen=True, slots=True)
class _KernelAnswers:
    """What the kernels of this release said."""

    listed: bool
    refusals: tuple[Check, ...]
    undecided: tuple[Check, ...]


def place(
    ge: GeNode,
    record: ParserRecord,
    database: Database,
    *,
    aicore_limit: Check | None = None,
    limits_checked: bool = False,
    precision: str = DEFAULT_MODE,
) -> Judgement:
    """Find the engine of one node.

    Args:
        ge: the node as engines see it.
        record: what the parser made of it.
        database: facts of the target.
        aicore_limit: a constraint that keeps the node off the AI Core, ``None`` when none does.
        limits_checked: a constraint of the op was evaluated, so its own check is covered.
        precision: precision mode of the conversion.

    Returns:
        Supported with its placement, or unsupported or unknown with the reason.
    """
    if ge.type in database.facts.local_ops or ge.type in database.facts.rts_ops:
        return _local(ge, record, database)
    refusals: list[Check] = [] if aicore_limit is None else [aicore_limit]
    undecided: list[Check] = []
    aicore = _aicore_kernels(ge, database)
    cpu = [kernel for kernel in database.cpu(ge.type) if kernel.engine in _PLACEMENTS]
    cpu.sort(key=lambda kernel: kernel.engine is Engine.TF_KERNEL)
    checks = (
        []
        if aicore_limit is not None
        else [check_aicore(ge, k, database, precision) for k in aicore]
    )
    for check in (*checks, *(check_cpu(ge, kernel) for kernel in cpu)):
        if check.outcome is Outcome.ACCEPTED:
            return _supported(ge, record, check, limits_checked=limits_checked)
        (refusals if check.outcome is Outcome.REFUSED else undecided).append(check)
    answers = _KernelAnswers(bool(aicore or cpu), tuple(refusals), tuple(undecided))
    if ge.type in database.facts.removed_ops:
        return replace(_local(ge, record, database), certainty=Certainty.INFERRED)
    rewritten = _rewritten(ge, record, database) if not answers.listed else None
    if rewritten is not None:
        return rewritten
    if database.cpu_complete:
        return _refused(ge, record, database, answers)
    return _by_later_lists(ge, record, database, answers)


def _aicore_kernels(ge: GeNode, database: Database) -> list[Kernel]:
    names = [ge.type, *(twin.ge_op for twin in database.twins(ge.type))]
    kernels = (database.aicore(name) for name in dict.fromkeys(names))
    return [kernel for kernel in kernels if kernel is not None]


def _local(ge: GeNode, record: ParserRecord, database: Database) -> Judgement:
    facts = database.facts
    groups = {"local_ops": facts.local_ops, "rts_ops": facts.rts_ops}
    group = next((name for name, types in groups.items() if ge.type in types), "removed_ops")
    return Judgement(
        Status.SUPPORTED,
        Placement.LOCAL,
        Certainty.INFERRED if record.inferred else Certainty.DOCUMENTED,
        Reason.LOCAL.stage,
        Reason.LOCAL,
        ge_op=ge.type,
        evidence=(*record.evidence, *database.facts.evidence(group)),
    )


def _supported(
    ge: GeNode, record: ParserRecord, check: Check, *, limits_checked: bool
) -> Judgement:
    kernel = check.kernel
    own_check = kernel.need_check_support and not limits_checked
    reason = Reason.OWN_CHECK if own_check else Reason.LISTED
    inferred = check.inferred or record.inferred or record.expanded or own_check
    return Judgement(
        Status.SUPPORTED,
        _PLACEMENTS[kernel.engine],
        Certainty.INFERRED if inferred else Certainty.DOCUMENTED,
        reason.stage,
        reason,
        (("kernel", kernel.ge_op),),
        ge_op=ge.type,
        evidence=tuple(dict.fromkeys((*record.evidence, *kernel.evidence, *ge.evidence))),
    )


def _rewritten(ge: GeNode, record: ParserRecord, database: Database) -> Judgement | None:
    targets = database.pass_rewrites(ge.type)
    if targets is None:
        return None
    for name in targets:
        names = (name, *(twin.ge_op for twin in database.twins(name)))
        if not any(database.aicore(n) or database.cpu(n) for n in names):
            return None
    return Judgement(
        Status.SUPPORTED,
        Placement.AICORE if targets else Placement.REMOVED,
        Certainty.INFERRED,
        Reason.PASS_REWRITE.stage,
        Reason.PASS_REWRITE,
        (("targets", ", ".join(targets)),),
        ge_op=ge.type,
        evidence=(*record.evidence, *database.facts.evidence("pass_rewrites")),
    )


def _refused(
    ge: GeNode, record: ParserRecord, database: Database, answers: _KernelAnswers
) -> Judgement:
    """A release whose lists are complete: in no list, or refused by all."""
    if not answers.listed:
        status = Status.UNSUPPORTED if database.complete else Status.UNKNOWN
        absent = _negative(ge, record, status, Reason.NO_KERNEL, None, inferred=record.inferred)
        evidence = dict.fromkeys((*absent.evidence, *database.kernel_evidence))
        return replace(absent, evidence=tuple(evidence))
    if answers.undecided:
        return _negative(ge, record, Status.UNKNOWN, Reason.UNDECIDED, answers.undecided[0])
    status = Status.UNSUPPORTED if database.complete else Status.UNKNOWN
    main = answers.refusals[0]
    inferred = any(check.inferred for check in answers.refusals)
    return _negative(
        ge, record, status, main.reason, main, inferred=inferred, others=answers.refusals
    )


def _by_later_lists(
    ge: GeNode, record: ParserRecord, database: Database, answers: _KernelAnswers
) -> Judgement:
    """A release whose CPU lists are incomplete: later lists may vouch for the node.

    Only lists with dtypes count. They vouch against it only together with a refusal of this
    release's own lists.
    """
    later = [
        kernel
        for kernel in database.later_cpu(ge.type)
        if kernel.engine in _PLACEMENTS and (kernel.inputs or kernel.outputs)
    ]
    if answers.listed or record.imply == "AI_CPU":
        for kernel in later:
            check = check_cpu(ge, kernel)
            if check.outcome is Outcome.ACCEPTED and not check.inferred:
                return Judgement(
                    Status.SUPPORTED,
                    _PLACEMENTS[kernel.engine],
                    Certainty.INFERRED,
                    Reason.LATER_LIST.stage,
                    Reason.LATER_LIST,
                    (("version", kernel.version),),
                    ge_op=ge.type,
                    evidence=(*record.evidence, *kernel.evidence),
                )
    if answers.refusals and not answers.undecided:
        main = answers.refusals[0]
        return _negative(
            ge,
            record,
            Status.UNSUPPORTED,
            main.reason,
            main,
            inferred=True,
            others=answers.refusals,
        )
    if answers.undecided:
        return _negative(ge, record, Status.UNKNOWN, Reason.UNDECIDED, answers.undecided[0])
    return _negative(ge, record, Status.UNKNOWN, Reason.NO_LIST, None)


def _negative(
    ge: GeNode,
    record: ParserRecord,
    status: Status,
    reason: Reason,
    check: Check | None,
    *,
    inferred: bool = True,
    others: tuple[Check, ...] = (),
) -> Judgement:
    """An answer other than supported; the stage is that of the check, where there is one."""
    evidence = [*record.evidence]
    detail: list[tuple[str, str]] = []
    if check is not None:
        evidence.extend(e for c in (check, *others) for e in c.kernel.evidence)
        detail = [
            ("tensor", check.tensor),
            ("seen", check.seen),
            ("accepted", check.accepted),
            ("engines", ", ".join(dict.fromkeys(c.kernel.engine.value for c in others))),
            ("why", check.reason.value),
        ]
    return Judgement(
        status,
        Placement.NONE,
        Certainty.INFERRED if inferred else Certainty.DOCUMENTED,
        reason.stage if check is None else check.reason.stage,
        reason,
        tuple(detail),
        port=None if check is None else check.port,
        ge_op=ge.type,
        evidence=tuple(dict.fromkeys((*evidence, *ge.evidence))),
    )
