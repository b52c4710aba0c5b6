"""Words that errors and reports have in common."""

from __future__ import annotations

from collections.abc import Container, Iterable

from linter.results.report import InputInfo

__all__ = ["LANGUAGES", "missing_sizes", "plural"]

LANGUAGES = ("en", "zh")
"""Languages of text reports: values of ``--lang``, English first."""


def plural(count: int, noun: str) -> str:
    """``1 node``, ``2,345 nodes``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def missing_sizes(inputs: Iterable[InputInfo], named: Container[str] = ()) -> str:
    """What ``--input-shape`` has to say, N for what only the user knows; empty when nothing.

    Args:
        inputs: the model's inputs.
        named: those that are told although their sizes are known: a flag gave them.
    """
    entries = []
    for info in inputs:
        if info.shape is None:
            entries.append(f"{info.name}:N")
        elif None in info.shape or info.name in named:
            sizes = ["N" if dim is None else str(dim) for dim in info.shape]
            sizes[:1] = ["1" if size == "N" else size for size in sizes[:1]]  # the batch
            entries.append(f"{info.name}:{','.join(sizes)}")
    return ";".join(entries)
