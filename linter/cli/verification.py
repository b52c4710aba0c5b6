"""What ``fix`` says when the numbers cannot be shown to be the same."""

from __future__ import annotations

from linter.results.fix import Proof

__all__ = ["failure"]

_UNPROVED = "--no-verify writes the graph without comparing the numbers"


def failure(proof: Proof) -> str:
    """One sentence: what was found, the change that did it, or the way past it."""
    culprit = proof.culprit
    who = f"; the change that did it: {culprit.rule} at {culprit.root}" if culprit else ""
    advice = f"; {_UNPROVED}" if proof.fault and culprit is None else ""
    return f"verification failed, nothing written: {proof.why}{who}{advice}"
