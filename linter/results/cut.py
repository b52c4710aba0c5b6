"""A model in parts: what each computes, and what flows between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linter.results.errors import LinterError, VerifyError
from linter.results.fix import FixOutcome
from linter.results.report import InputInfo, TargetReport, Verdict

__all__ = ["BODY", "MODEL", "PARTS", "CutOutcome", "CutPart", "PartInput"]

MODEL = "model"
"""Where a part's input comes from when the caller of the whole feeds it."""

PARTS = ("head", "body", "tail")
"""Names of parts, in the order in which they run."""
BODY = "body"
"""The part for the device."""


@dataclass(frozen=True, slots=True)
class PartInput:
    """An input of a part.

    Attributes:
        name: its placeholder.
        shape: ``None`` for unknown rank, a ``None`` entry for unknown size.
        source: ``model``, or the part that computes it.
        tensor: the output of ``source``, or the name of the model's input.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None
    source: str
    tensor: str

    @property
    def info(self) -> InputInfo:
        """The input by itself."""
        return InputInfo(self.name, self.dtype, self.shape)


@dataclass(frozen=True, slots=True)
class CutPart:
    """One part.

    Attributes:
        name: ``head``, ``body`` or ``tail``.
        nodes: number of nodes of its graph, inputs and copies of constants included.
        own: number of nodes that no other part has.
        work: estimated work.
        inputs: what it reads.
        outputs: what it gives; named ``node:index``.
        sha256: digest of the graph that was written, ``None`` when none was.
    """

    name: str
    nodes: int
    own: int
    work: int
    inputs: tuple[PartInput, ...]
    outputs: tuple[InputInfo, ...]
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class CutOutcome:
    """What became of a cut.

    Attributes:
        fix: the rewriting before it; its proof is that of the parts where there are any.
        parts: in the order in which they run, head and tail only where they compute anything;
            empty when no part of the model is worth it.
        needed: whether the target refuses anything that rewriting does not mend.
        body: the body judged by itself, ``None`` without a body.
        host: op types that the target refuses and how many nodes of them the host keeps.
        folder: where the parts are, ``None`` when nothing was written.
    """

    fix: FixOutcome
    parts: tuple[CutPart, ...]
    needed: bool
    body: TargetReport | None = None
    host: Mapping[str, int] = field(default_factory=dict)
    folder: str | None = None

    @property
    def work(self) -> int:
        """Estimated work of all parts."""
        return sum(part.work for part in self.parts)

    @property
    def body_part(self) -> CutPart | None:
        """The part for the device."""
        return next((part for part in self.parts if part.name == BODY), None)

    @property
    def would_change(self) -> bool:
        """Whether there is anything to rewrite or to cut."""
        return self.needed or self.fix.would_change

    @property
    def exit_code(self) -> int:
        """3 after a contained crash, 4 when the numbers moved, 1 when the body is blocked."""
        if self.fix.crashed:
            return LinterError.exit_code
        if self.fix.proof.failed:
            return VerifyError.exit_code
        return 1 if self.body is None or self.body.verdict is Verdict.BLOCKED else 0
