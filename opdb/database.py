"""What may be asked of a target, whichever databases answer.

A release with lists of its own answers from them (``opdb.query``); another one from those of its
neighbours (``opdb.combined``), and then ``None``, or an empty answer, says that they differ.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from opdb.facts import JudgingFacts, ScopePass
from opdb.record import (
    Constraint,
    Kernel,
    KnownIssue,
    OmgConstraint,
    OmgPattern,
    OmgRecord,
    OnnxRecord,
    ParserRecord,
    Prototype,
    Source,
    Twin,
)
from opdb.target import Target

__all__ = ["Database"]


class Database(ABC):
    """One opened target.

    Attributes:
        target: what was asked for.
        answered_from: the databases that the answers come from.
        complete: its kernel lists are whole, so that an absent op may be called unsupported.
        parser_complete: its parser's map, or its OMG table, is whole.
        cpu_complete: its AI CPU and TF-kernel lists are whole.
        folder: the ops-info folder of the SoC, empty for omg.
        short_soc: name of the chip family, the same in all releases; ``soc`` in conditions.
        parser_inferred: the parser's map was put together from other sources.
        omg_whole: the OMG table is whole.
        needs_input: the parser refuses a model without a placeholder.
        most_profiles: how many profiles of varying sizes one model may have.
    """

    target: Target
    answered_from: tuple[str, ...]
    complete: bool
    parser_complete: bool
    cpu_complete: bool
    folder: str
    short_soc: str
    parser_inferred: bool
    omg_whole: bool
    needs_input: bool
    most_profiles: int

    @property
    @abstractmethod
    def parts(self) -> tuple[Database, ...]:
        """The databases that this one is made of, in the order in which they are asked."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """sha256 (hex) over the files that can change an answer."""

    @property
    @abstractmethod
    def list_evidence(self) -> tuple[str, ...]:
        """Evidence for an op that the parser's map, or the OMG table, does not have."""

    @property
    @abstractmethod
    def kernel_evidence(self) -> tuple[str, ...]:
        """Evidence for an op that no kernel list has: the lists."""

    @property
    @abstractmethod
    def omg_undecided(self) -> frozenset[str]:
        """Ops that the table does not print and that may be consumed all the same."""

    @property
    @abstractmethod
    def facts(self) -> JudgingFacts:
        """What holds for every op: engine lists, dtype changes."""

    @abstractmethod
    def ops(self) -> tuple[str, ...]:
        """The TensorFlow op names that the target's parser or table names, sorted."""

    @abstractmethod
    def parser(self, op: str) -> ParserRecord | None:
        """What the parser does with an op type; ``None`` when it refuses it as unknown."""

    @abstractmethod
    def omg_pattern(self, name: str) -> OmgPattern | None:
        """The row of an OMG table about nodes that are taken as one."""

    @abstractmethod
    def takes(self, op: str) -> bool | None:
        """Whether the parser, or the table, takes an op type at all; ``None`` when that is open."""

    @abstractmethod
    def prototype(self, ge_op: str) -> Prototype | None:
        """The prototype of a GE op."""

    @abstractmethod
    def aicore_ops(self) -> tuple[str, ...]:
        """The GE ops of this SoC's AI Core list, sorted."""

    @abstractmethod
    def aicore(self, ge_op: str) -> Kernel | None:
        """The entry in this SoC's AI Core or DSA list."""

    @abstractmethod
    def cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        """The AI CPU, host CPU and TF-kernel entries of this release, in that order."""

    @abstractmethod
    def later_cpu(self, ge_op: str) -> tuple[Kernel, ...]:
        """The CPU entries of later full releases, newest last."""

    @abstractmethod
    def twins(self, ge_op: str) -> tuple[Twin, ...]:
        """Ops that may take the place of a GE op, in the order in which they are tried."""

    @abstractmethod
    def pass_rewrites(self, ge_op: str) -> tuple[str, ...] | None:
        """What a pass makes of a GE op that no list has; empty when it just goes away."""

    @abstractmethod
    def select_format(self, ge_op: str) -> tuple[tuple[str, ...], frozenset[str]] | None:
        """Dtypes chosen in code, and the names of index inputs that they are not about."""

    @abstractmethod
    def constraints(self, tf_op: str) -> tuple[Constraint, ...]:
        """Limits of this release and SoC that the lists do not hold."""

    @abstractmethod
    def known_issue(self, tf_op: str) -> KnownIssue | None:
        """A public report on this release that overrides the lists."""

    @abstractmethod
    def scope_passes(self) -> tuple[ScopePass, ...]:
        """The scope fusion passes of this release."""

    @abstractmethod
    def omg(self, op: str) -> OmgRecord | None:
        """The row of an OMG table, aliases followed; ``None`` when the table has none."""

    @abstractmethod
    def onnx(self, op: str) -> OnnxRecord | None:
        """What the ONNX front end makes of ``domain::Type``, such as ``ai.onnx::Relu``."""

    @abstractmethod
    def onnx_ops(self) -> tuple[str, ...]:
        """The names that :meth:`onnx` knows, sorted."""

    @abstractmethod
    def omg_restrictions(self) -> tuple[OmgConstraint, ...]:
        """Limits that hold for whole models of an OMG table."""

    @abstractmethod
    def source(self, evidence_id: str) -> Source:
        """The document that an evidence id stands for.

        Raises:
            UnknownNameError: there is no such id.
        """
