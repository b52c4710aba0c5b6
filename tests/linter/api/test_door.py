"""The interface: complete, documented, and free until a name is used."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from linter import api

ROOT = Path(__file__).resolve().parents[3]
FUNCTIONS = sorted(name for name in api.__all__ if inspect.isroutine(getattr(api, name)))
CLASSES = sorted(name for name in api.__all__ if inspect.isclass(getattr(api, name)))


def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


def test_type_checkers_and_the_interpreter_see_the_same_names():
    imported = {
        (alias.asname or alias.name, node.module, alias.name)
        for node in ast.walk(tree("linter/api/__init__.py"))
        if isinstance(node, ast.ImportFrom) and node.module not in ("__future__", "typing")
        for alias in node.names
    }
    assert sorted(name for name, _, _ in imported) == sorted(api.__all__)
    for name, module, there in imported:
        assert getattr(api, name) is getattr(sys.modules[module], there), name
    with pytest.raises(AttributeError, match="no attribute 'nothing_of_the_kind'"):
        _ = api.nothing_of_the_kind


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_is_explained(name):
    function = getattr(api, name)
    text = inspect.getdoc(function) or ""
    assert text.splitlines()[0].endswith((".", ";")) or len(text.splitlines()) > 1
    said = set(re.findall(r"^ {4}(\w+(?:, \w+)*):", text, re.MULTILINE))
    known = {word for words in said for word in words.split(", ")}
    assert set(inspect.signature(function).parameters) <= known, name
    assert inspect.signature(function).return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_is_explained(name):
    kind = getattr(api, name)
    assert kind.__doc__, name
    assert not kind.__doc__.startswith(f"{kind.__name__}("), f"{name} has the text of a dataclass"


def used_by_the_command_line() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "linter" / "cli").glob("*.py")):
        for node in ast.walk(tree(f"linter/cli/{path.name}")):
            is_name = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if is_name and node.value.id == "api":
                yield path.stem, node.attr


def test_commands_use_what_the_interface_offers():
    from linter.cli.main import _COMMANDS

    used = list(used_by_the_command_line())
    assert {name for _, name in used} <= set(api.__all__)
    assert set(_COMMANDS) <= {module for module, name in used if name in FUNCTIONS}


def test_the_command_line_imports_nothing_below():
    """What import-linter holds, for imports inside functions and by name too."""
    allowed = ("linter.api", "linter.cli", "linter.report", "linter.results", "linter.config")
    for path in sorted((ROOT / "linter" / "cli").glob("*.py")):
        for node in ast.walk(tree(f"linter/cli/{path.name}")):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            top = node.module.partition(".")[0]
            if top in ("linter", "opdb", "rules") and node.module != "linter":
                assert node.module.startswith(allowed), f"{path.name}: {node.module}"
                assert not node.module.startswith("linter.config.userrules"), path.name


def test_the_door_alone_loads_nothing():
    code = "import sys, linter.api; print(*sorted(m for m in sys.modules if 'linter' in m))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["linter", "linter.api"]


def test_results_know_nothing_else_of_omlint():
    for path in sorted((ROOT / "linter" / "results").glob("*.py")):
        for node in ast.walk(tree(f"linter/results/{path.name}")):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                top = node.module.partition(".")[0]
                if top in ("linter", "opdb", "rules"):
                    assert node.module.startswith("linter.results."), f"{path.name}: {node.module}"
