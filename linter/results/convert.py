"""How far a conversion came."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from linter.results.errors import CompilerError
from linter.results.finding import Finding
from linter.results.fix import FixOutcome

__all__ = ["CompilerMessage", "CompilerRun", "ConvertOutcome"]


@dataclass(frozen=True, slots=True)
class CompilerRun:
    """What became of one run of the compiler.

    Attributes:
        succeeded: exit 0, the success sentence, and a fresh ``.om``.
        reason: one sentence when it did not succeed, empty otherwise.
        om: the file that was written, ``None`` when there is none.
        nbytes: its size.
        returncode: negative for a signal.
        seconds: how long it took.
        output: the lines, standard error among them; the first are dropped from a flood.
    """

    succeeded: bool
    reason: str
    om: Path | None
    nbytes: int
    returncode: int
    seconds: float
    output: str = ""


@dataclass(frozen=True, slots=True)
class CompilerMessage:
    """A message of the compiler, placed in the model.

    Attributes:
        finding: the message as a finding; its node is a node of the model when one was found.
        explanation: what the compiler's code means, empty when it is not known.
        predicted: findings of the check on the same node, or on the same op type.
    """

    finding: Finding
    explanation: str = ""
    predicted: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ConvertOutcome:
    """What became of a conversion.

    Attributes:
        fix: check, rewriting and proof.
        command: the compiler's command as a line for a shell.
        run: the compiler's run, ``None`` when it was not started.
        fault: why it was not started although it should have been; empty otherwise.
        dry_run: it was not meant to be started.
        diagnoses: the compiler's messages, placed in the model.
        library: the functions of the model as atc reads them, ``None`` when it calls none.
        not_modelled: the compiler's flags that the verdict does not take into account.
    """

    fix: FixOutcome
    command: str
    run: CompilerRun | None = None
    fault: str = ""
    dry_run: bool = False
    diagnoses: tuple[CompilerMessage, ...] = ()
    library: Path | None = None
    not_modelled: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """The fix's code when it stopped there; 5 when the compiler is missing or failed."""
        if self.run is not None:
            return 0 if self.run.succeeded else CompilerError.exit_code
        return CompilerError.exit_code if self.fault else self.fix.exit_code
