"""Refusals in the records that are limits of how they were made, and known disagreements."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["HARNESS_OPS", "REASONS", "WARNED", "harness_refusal"]

WARNED = frozenset({"E13000"})
"""Codes of which omlint warns: the file that is missing is written by ``omlint convert``."""

HARNESS_OPS = frozenset({"TensorArrayScatter", "TensorArrayWrite"})
"""GE ops whose inference needs a resource context, which the program that was run does not make."""

_HARNESS: dict[tuple[str, str], str] = {}
"""Graph and node of other refusals that are limits, with the reason."""

REASONS: dict[tuple[str, str], str] = {}
"""Kind and graph of answers that are wrong or uncertain, with the reason."""


def harness_refusal(graph: str, entry: Sequence[str]) -> bool:
    """Whether a refusal of shape inference is a limit of how the record was made.

    Args:
        graph: of the record.
        entry: node, GE op and, where it was kept, the message.
    """
    message = entry[2] if len(entry) > 2 else ""
    return "set resource context failed" in message or (graph, entry[0]) in _HARNESS
