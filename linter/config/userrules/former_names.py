"""Modules under the names that they had when a user's file was written.

``linter.rules`` is the door of a rule file now. Files that import from ``linter.rule`` or
``linter.pattern``, as the documentation once said, find the same things there: the import
statements of such a file, wherever they are in it, are carried out here. Nobody else sees these
names.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

import linter

__all__ = ["FORMER", "provide_former_names"]

FORMER: Mapping[str, str] = {
    "linter.attr_values": "linter.graph.attr_values",
    "linter.edit": "linter.rules.edit",
    "linter.errors": "linter.results.errors",
    "linter.evaluation": "linter.rules.evaluation",
    "linter.examples": "linter.rules.examples",
    "linter.finding": "linter.results.finding",
    "linter.graphtext": "linter.io.graphtext",
    "linter.pattern": "linter.rules.match",
    "linter.ports": "linter.graph.ports",
    "linter.queries": "linter.graph.queries",
    "linter.rule": "linter.rules.rule",
    "linter.shapes": "linter.infer",
}
"""Former names of modules that a rule may use, and where they are."""


class _Package(ModuleType):
    """``linter`` as a file sees it that names the package itself."""

    def __getattr__(self, name: str) -> Any:
        now = FORMER.get(f"linter.{name}")
        return getattr(linter, name) if now is None else import_module(now)


_PACKAGE = _Package("linter")


def provide_former_names(module: ModuleType) -> None:
    """Let the import statements of a module that is about to run use the former names too."""
    vars(module)["__builtins__"] = {**vars(builtins), "__import__": _import}


def _import(
    name: str,
    globals: Mapping[str, Any] | None = None,  # noqa: A002 - the names of the built-in function
    locals: Mapping[str, Any] | None = None,  # noqa: A002
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """What an import statement calls."""
    if level or name.partition(".")[0] != "linter":
        return builtins.__import__(name, globals, locals, fromlist or (), level)
    now = _now(name)
    if fromlist and name != "linter":
        return builtins.__import__(now, globals, locals, fromlist)
    import_module(now)
    return _PACKAGE


def _now(name: str) -> str:
    """The name of a module today, which may lie within one that has moved."""
    for former, now in FORMER.items():
        if f"{name}.".startswith(f"{former}."):
            return now + name.removeprefix(former)
    return name
