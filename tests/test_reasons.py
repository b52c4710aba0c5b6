"""Nothing is decided by the words of a reason or message: what follows from one is a value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WORDS = frozenset(("message", "reason"))
READING = frozenset(
    (
        *("count", "endswith", "find", "index", "partition", "removeprefix", "removesuffix"),
        *("rfind", "rindex", "rpartition", "startswith"),
    )
)
PATTERNS = frozenset(("findall", "finditer", "fullmatch", "match", "search"))
QUOTED = {
    # an example quotes a part of the reason for which its graph is left alone
    "linter/rewrite/example_runner.py": {
        "example.reason in reason",
        "'{' in finding.message",
        "finding.message == rule.messages[finding.message_id]",
    },
    # a line about a model that was not read does not name the model twice
    "linter/cli/streams.py": {"error.message.startswith(error.path)"},
    # the id of one of its own messages
    "rules/lint/iox/unused_input.py": {"message == 'dropped'"},
}
FOREIGN = "linter/process/"
"""What reads the words of other programs: the compiler's log has nothing else."""


def _is_text(node: ast.AST) -> bool:
    """Whether it is a reason or message, or made from one."""
    names = {"id": node.id} if isinstance(node, ast.Name) else {}
    names |= {"attr": node.attr} if isinstance(node, ast.Attribute) else {}
    if names:
        return bool(WORDS.intersection(names.values()))
    if isinstance(node, ast.Call):
        made_of = (node.func.value,) if isinstance(node.func, ast.Attribute) else node.args
        return any(_is_text(part) for part in made_of)
    return isinstance(node, ast.Subscript) and _is_text(node.value)


def _is_value(node: ast.AST) -> bool:
    """Whether it is a member of an enum, or several."""
    if isinstance(node, ast.Tuple | ast.Set | ast.List):
        return all(map(_is_value, node.elts))
    member = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return member and node.value.id[:1].isupper() and node.attr.isupper()


def _reads(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in READING and _is_text(node.func.value):
            return True
        return node.func.attr in PATTERNS and any(map(_is_text, node.args))
    if isinstance(node, ast.Compare):
        sides = (node.left, *node.comparators)
        by_value = isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn)
        others = [side for side in sides if not _is_text(side)]
        asked = len(others) < len(sides)
        return by_value and asked and not (others and all(map(_is_value, others)))
    return False


def _reading(text: str) -> Iterator[str]:
    return (ast.unparse(node) for node in ast.walk(ast.parse(text)) if _reads(node))


@pytest.mark.parametrize(
    "text",
    [
        "entry.reason.startswith('manual')",
        "refused.reason.lower().endswith(UNTRIED)",
        "str(refused.reason).find('dtype')",
        "found.reason == 'const_input'",
        "found.reason in ('limit', 'no_list')",
        "'manual' in refused.reason",
        "reason[:6] == 'manual'",
        "re.search('dtype', check.message)",
        "_DTYPE.match(reason)",
        "one.reason == other.reason",
    ],
)
def test_reading_a_reason_is_seen(text: str) -> None:
    assert list(_reading(text)) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "found.reason is Reason.LIMIT",
        "found.reason in (Reason.LIMIT, Reason.NO_LIST)",
        "refused.kind == ObjectionKind.MANUAL",
        "if refused.reason: pass",
        "f'reverted: {refused.reason}'",
        "groups.setdefault((refused.rule, refused.reason), [])",
    ],
)
def test_showing_a_reason_and_asking_for_a_value_are_fine(text: str) -> None:
    assert list(_reading(text)) == []


def test_nothing_is_decided_by_words() -> None:
    found: dict[str, set[str]] = {}
    for folder in ("linter", "rules"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            seen = set() if name.startswith(FOREIGN) else set(_reading(path.read_text("utf-8")))
            if seen:
                found[name] = seen
    assert found == QUOTED
