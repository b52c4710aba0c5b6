"""A database of one release that holds what a test puts into it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from linter.judge import Judge, Judgement
from opdb.facts import JudgingFacts, ScopePass
from opdb.query import CombinedDatabase, Database, ReleaseDatabase
from opdb.record import (
    Constraint,
    Engine,
    Kernel,
    KnownIssue,
    OmgConstraint,
    OmgRecord,
    ParserRecord,
    Prototype,
    TensorSpec,
    Twin,
)
from opdb.target import Target

__all__ = ["OwnCombined", "OwnFacts", "about", "kernel", "limit", "prototype", "row", "tensor"]

_ATC = Target("atc", "1", "Own310")
_PARAMS = {"*": "dynamic", "?": "optional", "!": "required"}


def about(judge: Judge, name: str, function: str | None = None) -> Judgement:
    """The answer about a node by its name."""
    graph = judge.model.main if function is None else judge.model.functions[function]
    return judge.node(graph, graph[name])


def tensor(text: str) -> TensorSpec:
    """``x: float16 float32``; without a colon no dtypes are listed.

    ``x*`` takes any number of tensors, ``x!`` must be a constant.
    """
    name, colon, dtypes = text.partition(":")
    mark = name[-1:] if name[-1:] in _PARAMS else ""
    return TensorSpec(
        name.removesuffix(mark),
        tuple(dtypes.split()) if colon else None,
        param=_PARAMS.get(mark, "required"),
        value_depend="required" if mark == "!" else None,
    )


def kernel(
    ge_op: str, *tensors: str, engine: Engine = Engine.AICORE, **more: object
) -> dict[str, Kernel]:
    """An entry of a kernel list, by GE type; what stands after ``->`` are outputs."""
    cut = tensors.index("->") if "->" in tensors else len(tensors)
    file = {Engine.AICPU: "aicpu_kernel", Engine.TF_KERNEL: "tf_kernel"}.get(engine, "")
    made = Kernel(
        ge_op,
        engine,
        tuple(map(tensor, tensors[:cut])),
        tuple(map(tensor, tensors[cut + 1 :])),
        **{"file": file, "evidence": (f"{engine.value}/{ge_op}",), **more},  # type: ignore[arg-type]
    )
    return {ge_op: made}


def prototype(ge_op: str, *tensors: str) -> dict[str, Prototype]:
    """A prototype, by GE type."""
    (made,) = kernel(ge_op, *tensors).values()
    return {ge_op: Prototype(ge_op, made.inputs, made.outputs, evidence=("proto",))}


def limit(
    op: str, expr: str, *, engine: str = "aicore", consequence: str = "falls to aicpu"
) -> dict[str, tuple[Constraint, ...]]:
    """A limit of an op, by TensorFlow type."""
    found = Constraint(op, (op,), f"the text of {expr}", expr, engine, consequence, ("limits",))
    return {op: (found,)}


def row(op: str, *limits: OmgConstraint, dtypes: str | None = None, **more: object) -> OmgRecord:
    """A row of an OMG table."""
    listed = None if dtypes is None else tuple(dtypes.split())
    return OmgRecord(op, op, listed, limits, evidence=(f"row/{op}",), **more)  # type: ignore[arg-type]


class OwnFacts(ReleaseDatabase):
    """Stands for a release; its parser knows every op unless ``parser`` says otherwise.

    Args:
        target: what it is opened for.
        parser: records that differ; ``None`` for an op that is not known.
        aicore: the AI Core list, by GE type.
        cpu, later: entries of the CPU lists of this release, and of later ones.
        groups: sets and changes of ``JudgingFacts``.
        rest: attributes of ``Database``, and records of the other kinds by their names.
    """

    def __init__(
        self,
        target: Target = _ATC,
        *,
        parser: Mapping[str, ParserRecord | None] | None = None,
        aicore: Mapping[str, Kernel] | None = None,
        cpu: tuple[Kernel, ...] = (),
        later: tuple[Kernel, ...] = (),
        groups: Mapping[str, object] | None = None,
        **rest: object,
    ) -> None:
        self.target = target
        self.answered_from = (f"{target.tool}@{target.version}",)
        self._parsers = parser or {}
        self._aicores = aicore or {}
        self._cpus, self._later = cpu, later
        names = (
            "twins",
            "rewrites",
            "selected",
            "limits",
            "issues",
            "prototypes",
            "rows",
            "passes",
        )
        self._rest = SimpleNamespace(**{name: rest.pop(name, {}) for name in names})
        defaults = {
            "complete": True,
            "parser_complete": True,
            "cpu_complete": True,
            "parser_inferred": False,
            "omg_whole": True,
            "short_soc": "Own310",
            "list_evidence": ("the parser's list",),
            "kernel_evidence": ("the kernel lists",),
            "omg_undecided": frozenset(),
            "facts": _facts(groups or {}),
        }
        self.__dict__.update({**defaults, **rest})

    def parser(self, op: str) -> ParserRecord | None:
        return self._parsers.get(op, ParserRecord(op, op, "plugin", evidence=(f"parser/{op}",)))

    def prototype(self, ge_op: str) -> Prototype | None:
        return self._rest.prototypes.get(ge_op)

    def aicore(self, ge_op: str) -> Kernel | None:
        return self._aicores.get(ge_op)

    def cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        return tuple(entry for entry in self._cpus if entry.ge_op == ge_op)

    def later_cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        return tuple(entry for entry in self._later if entry.ge_op == ge_op)

    def twins(self, ge_op: str) -> tuple[Twin, ...]:
        return tuple(Twin(name, "suffix") for name in self._rest.twins.get(ge_op, ()))

    def pass_rewrites(self, ge_op: str) -> tuple[str, ...] | None:
        return self._rest.rewrites.get(ge_op)

    def select_format(self, ge_op: str) -> tuple[tuple[str, ...], frozenset[str]] | None:
        return self._rest.selected.get(ge_op)

    def constraints(self, tf_op: str) -> tuple[Constraint, ...]:
        return self._rest.limits.get(tf_op, ())

    def known_issue(self, tf_op: str) -> KnownIssue | None:
        return self._rest.issues.get(tf_op)

    def scope_passes(self) -> tuple[ScopePass, ...]:
        return tuple(self._rest.passes)

    def omg(self, op: str) -> OmgRecord | None:
        return self._rest.rows.get(op)


class OwnCombined(CombinedDatabase):
    """Stands for a release in between, for which other releases answer."""

    def __init__(
        self,
        agree: tuple[Database, ...] = (),
        adds: tuple[Database, ...] = (),
        softens: tuple[Database, ...] = (),
    ) -> None:
        self.target = Target("atc", "2", "Own310")
        self.agree, self.adds, self.softens = agree, adds, softens
        self.complete = bool(agree)


def _facts(groups: Mapping[str, object]) -> JudgingFacts:
    given = {
        name: frozenset(entries.split()) if isinstance(entries, str) else entries
        for name, entries in groups.items()
    }
    named = {name: (f"group/{name}",) for name in JudgingFacts.__dataclass_fields__}
    named |= {name: (f"group/{name}",) for name in ("scope_fusion", "pass_rewrites")}
    return JudgingFacts(**given, evidence_by_group=named)  # type: ignore[arg-type]
