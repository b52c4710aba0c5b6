"""What ``init`` found and wrote."""

from __future__ import annotations

from dataclasses import dataclass

from linter.results.report import InputInfo

__all__ = ["FoundModel", "InitOutcome"]


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model in a folder.

    Attributes:
        path: seen from the folder, with slashes.
        inputs: its placeholders.
        outputs: what no other node reads, as ``node:index``.
        fault: why nothing is known of it; empty when it was read.
    """

    path: str
    inputs: tuple[InputInfo, ...] = ()
    outputs: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class InitOutcome:
    """What ``init`` did.

    Attributes:
        file: the configuration that was written.
        models: what was found.
        left_out: models that were found and are not in the file.
    """

    file: str
    models: tuple[FoundModel, ...]
    left_out: int = 0
