"""A short way to ask a judge about a graph written as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from linter.graph import Value
from linter.io.graphtext import parse
from linter.judge import Judge, JudgeOptions, make_judge
from linter.judge.precision import DEFAULT_MODE
from opdb.query import Database, open_database
from opdb.target import parse_target

Ask = Callable[..., Judge]


@pytest.fixture
def ask() -> Ask:
    """``ask(text, target, outputs=("y",), shapes={"x": (1, 2)})`` gives the judge of a text."""

    def _ask(
        text: str,
        target: str = "atc@8.1.RC1/Ascend310P3",
        *,
        outputs: tuple[str, ...] = ("y",),
        shapes: dict[str, tuple[int, ...]] | None = None,
        precision: str = DEFAULT_MODE,
        passes: tuple[str, ...] = (),
    ) -> Judge:
        values = tuple(Value(name, int(port or 0)) for name, _, port in map(_split, outputs))
        options = JudgeOptions(shapes or {}, values, precision, passes)
        return make_judge(parse(text), open_database(parse_target(target)), options)

    return _ask


@pytest.fixture
def ask_own() -> Ask:
    """``ask_own(text, facts, outputs=("y",))`` gives the judge of a text by a test's own facts."""

    def _ask(
        text: str, facts: Database, *, outputs: tuple[str, ...] = ("y",), **options: Any
    ) -> Judge:
        values = tuple(Value(name, int(port or 0)) for name, _, port in map(_split, outputs))
        return make_judge(parse(text), facts, JudgeOptions(outputs=values, **options))

    return _ask


def _split(text: str) -> tuple[str, str, str]:
    return text.partition(":")
