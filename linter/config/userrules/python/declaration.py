"""What a rule class declares, as plain data, and the class that stands for it in our process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from linter.results.errors import UsageError
from linter.rules import DeletionRule, LintRule, RewriteRule

__all__ = ["Declared", "Rule", "declared", "proxy"]

Rule = LintRule | RewriteRule

_BASES: Mapping[str, type[LintRule] | type[RewriteRule]] = {
    "lint": LintRule,
    "deletion": DeletionRule,  # before what it is one of
    "rewrite": RewriteRule,
}
_SHARED = ("id", "name", "examples", "since", "status")
_LINT = (*_SHARED, "severity", "messages", "remedies", "visits", "judged")
_REWRITE = (
    *(*_SHARED, "safety", "rtol", "atol", "pattern"),
    *("replacement", "always", "variants", "evaluates", "early"),
)
_METHODS = {
    "lint": ("check", "check_model"),
    "rewrite": ("guard", "build"),
    "deletion": ("sweeps",),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A rule without its code.

    Attributes:
        name: name of the class.
        kind: which of the bases it has.
        doc: its docstring.
        values: what it declares.
        methods: those that the engine has to call, because they are not the base's.
    """

    name: str
    kind: str
    doc: str
    values: Mapping[str, Any]
    methods: tuple[str, ...]


def declared(rule: Rule) -> Declared:
    """What a rule declares."""
    cls = type(rule)
    kind = next(kind for kind, base in _BASES.items() if isinstance(rule, base))
    names = _LINT if kind == "lint" else _REWRITE
    values = {name: getattr(rule, name) for name in names if hasattr(rule, name)}
    for name in ("messages", "remedies"):
        if name in values:
            values[name] = dict(values[name])
    base = _BASES[kind]
    methods = [name for name in _METHODS[kind] if getattr(cls, name) is not getattr(base, name)]
    if values.get("replacement") and methods:
        # What the guard looks at is in its process, which follows the changes that it makes there.
        methods.append("build")
        del values["replacement"]
    return Declared(cls.__name__, kind, cls.__doc__ or "", values, tuple(methods))


def proxy(found: Declared, path: str, methods: Mapping[str, Callable[..., Any]]) -> Rule:
    """A rule that declares the same and whose methods are ``methods``.

    Raises:
        UsageError: the declarations are not those of a rule.
    """
    body = {
        **found.values,
        "__doc__": found.doc,
        "__module__": "user_rules",
        **{name: methods[name] for name in found.methods},
    }
    try:
        made: Rule = type(found.name, (_BASES[found.kind],), body)()
    except (TypeError, AttributeError) as err:
        raise UsageError(f"{path}: {err}") from err
    return made
