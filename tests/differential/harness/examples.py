"""How many cases the generated tests try."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st

from harness.draft import Case, Draft
from linter.infer.ops.registry import OPS

__all__ = ["VALUED", "cases", "few", "many"]

VALUED = frozenset(op for op, semantics in OPS.items() if semantics.values is not None)
"""Ops of whose elements inference says something."""

_CONSTANT = 20
_CONSTANT_OF_VALUED = 70


def few(count: int) -> settings:
    """Settings for that many cases, the same in every run: nobody is stopped by a new one."""
    return settings(settings.get_profile("differential"), max_examples=count, derandomize=True)


def many(count: int) -> settings:
    """Settings for that many cases, others in every run."""
    return settings(settings.get_profile("differential"), max_examples=count)


@st.composite
def cases(
    draw: Callable[..., object],
    op: str,
    recipe: Callable[[Draft], None],
    then: Callable[[Draft], None] | None = None,
    *,
    constant: int | None = None,
    mild: bool = False,
) -> Case:
    """Graphs around an op.

    Args:
        draw: of hypothesis.
        op: the op.
        recipe: writes it down.
        then: writes what follows.
        constant: percentage of data inputs that are constants.
        mild: floats are of middle size.
    """
    if constant is None:
        constant = _CONSTANT_OF_VALUED if op in VALUED else _CONSTANT
    draft = Draft(draw, op, constant=constant, mild=mild)
    recipe(draft)
    if then is not None:
        then(draft)
    return draft.case()
