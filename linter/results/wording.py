"""Words that errors and reports have in common."""

from __future__ import annotations

from collections.abc import Container, Iterable

from linter.results.report import InputInfo
from linter.results.varying import FIXED, VaryingSizes

__all__ = ["LANGUAGES", "missing_sizes", "plural"]

LANGUAGES = ("en", "zh")
"""Languages of text reports: values of ``--lang``, English first."""


def plural(count: int, noun: str) -> str:
    """``1 node``, ``2,345 nodes``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def missing_sizes(
    inputs: Iterable[InputInfo], named: Container[str] = (), varying: VaryingSizes = FIXED
) -> str:
    """What ``--input-shape`` has to say, N for what only the user knows; empty when nothing.

    Args:
        inputs: the model's inputs.
        named: those that are told although their sizes are known: a flag gave them.
        varying: sizes that are open because the user says so.
    """
    entries = []
    for info in inputs:
        if info.name in varying.written:
            entries.append(f"{info.name}:{varying.written[info.name]}")
        elif info.shape is None:
            entries.append(f"{info.name}:N")
        elif None in info.shape or info.name in named:
            unknown = "-1" if varying.profiles else "N"
            sizes = [unknown if dim is None else str(dim) for dim in info.shape]
            sizes[:1] = ["1" if size == "N" else size for size in sizes[:1]]  # the batch
            entries.append(f"{info.name}:{','.join(sizes)}")
    return ";".join(entries)
