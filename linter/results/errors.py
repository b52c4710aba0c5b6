"""The errors that omlint reports to its user; each carries the exit code of the process."""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "CompilerError",
    "GraphError",
    "LinterError",
    "MissingExtraError",
    "RuleCrashError",
    "UsageError",
    "VerifyError",
    "WorkerError",
]


class LinterError(Exception):
    """A fault that ends in one sentence for the user.

    Attributes:
        exit_code: what the process returns when this error ends it.
        kind: the machine-readable name in the JSON report's ``errors``.
    """

    exit_code: ClassVar[int] = 3
    kind: ClassVar[str] = "internal"


class UsageError(LinterError):
    """A wrong flag, name, path or configuration value."""

    exit_code = 2
    kind = "usage"


class MissingExtraError(UsageError):
    """A feature that needs an optional dependency which is not installed."""

    kind = "missing-extra"


class GraphError(LinterError):
    """An input that cannot be read as the format it should have.

    Attributes:
        cause: short machine-readable cause, such as ``truncated`` or ``git-lfs-pointer``.
        offset: byte offset of the fault in the file, ``None`` when there is none.
    """

    exit_code = 3
    kind = "unreadable"

    def __init__(
        self, message: str, *, cause: str = "unreadable", offset: int | None = None
    ) -> None:
        super().__init__(message)
        self.cause = cause
        self.offset = offset


class RuleCrashError(LinterError):
    """A rule that raised; names the rule and the node it was at."""

    kind = "rule-crash"

    @classmethod
    def of(cls, rule: str, place: str, err: Exception) -> RuleCrashError:
        """What a rule raised somewhere, as one sentence."""
        if isinstance(err, RuleCrashError):
            crash = cls(f"rule {rule} at {place} {err}")
        else:
            crash = cls(f"rule {rule} crashed at {place}: {type(err).__name__}: {err}")
        crash.__cause__ = err
        return crash


class VerifyError(LinterError):
    """Outputs that differ, or a verification that could not run to its end."""

    exit_code = 4
    kind = "verification"


class WorkerError(VerifyError):
    """A verification that was ended: out of time or memory, killed, or crashed."""


class CompilerError(LinterError):
    """A compiler that is not there, failed, or was killed."""

    exit_code = 5
    kind = "compiler"
