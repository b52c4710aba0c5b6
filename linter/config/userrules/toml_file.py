"""A TOML file of rules; docs/writing-a-rule.md is its description."""

from __future__ import annotations

import re
from typing import Any

from linter.config.toml_table import Table, read_toml
from linter.config.userrules.actions import KEYS, Delete, read_action
from linter.config.userrules.conditions import read_conditions
from linter.config.userrules.declared import (
    MESSAGE,
    DeclaredDeletion,
    DeclaredLint,
    DeclaredRewrite,
    fields_of,
)
from linter.config.userrules.matching import read_match
from linter.io.graphtext import parse
from linter.results.errors import GraphError
from linter.results.finding import Safety, Severity
from linter.results.judgement import Status
from linter.rules import LintRule, RewriteRule
from linter.rules.examples import Clean, Example, Flagged, Rewritten, Untouched
from linter.rules.match import names_of

__all__ = ["load_toml"]

_SECTIONS = {Safety.EXACT: "Exact", Safety.TOLERANCE: "Tolerance", Safety.MANUAL: "Manual"}
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_ID = re.compile(r"[A-Z]{3}\d{3}")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def load_toml(path: str) -> tuple[LintRule | RewriteRule, ...]:
    """The rules of a file: its lint rules, then its rewrites.

    Raises:
        UsageError: the file is faulty; the key is named.
    """
    top = Table(path, "", read_toml(path, "rule file"))
    lints, rewrites = top.tables("lint"), top.tables("rewrite")
    top.close()
    rules: list[LintRule | RewriteRule] = [_lint(table) for table in lints]
    rules += (_rewrite(table) for table in rewrites)
    return tuple(rules)


def _rewrite(table: Table) -> RewriteRule:
    safety = table.choice("safety", {kind.value: kind for kind in Safety})
    declared = _head(table)
    doc = (
        f"{declared.pop('summary')}\n\n{_SECTIONS[safety]}: {_line(table, 'why')}\n"
        f"Shapes: {_line(table, 'shapes')}\nSource: {_line(table, 'source')}\n"
    )
    pattern = read_match(table.table("match"))
    action = read_action(table, pattern)
    declared.update(
        __doc__=doc,
        safety=safety,
        pattern=pattern,
        where=read_conditions(table, pattern),
        rtol=table.number("rtol", 0.0),
        atol=table.number("atol", 0.0),
        always=table.flag("always"),
        examples=tuple(_rewrite_example(entry) for entry in table.tables("example")),
    )
    if not isinstance(action, Delete):
        declared["action"] = action
    table.close(*KEYS)
    base = DeclaredDeletion if isinstance(action, Delete) else DeclaredRewrite
    rule: RewriteRule = _declared_class(table, base, declared)()
    return rule


def _lint(table: Table) -> LintRule:
    declared = _head(table)
    doc = (
        f"{declared.pop('summary')}\n\nWhy: {_line(table, 'why')}\n"
        f"Remedy: {_line(table, 'remedy')}\nSource: {_line(table, 'source')}\n"
    )
    pattern = read_match(table.table("match"))
    names = tuple(dict.fromkeys(names_of(pattern)))
    declared.update(
        __doc__=doc,
        severity=table.choice("severity", {kind.value: kind for kind in Severity}),
        messages={MESSAGE: _message(table, "message", names)},
        remedies={MESSAGE: _message(table, "remedy", names)},
        visits=pattern.ops,
        judged=_answers(table),
        pattern=pattern,
        where=read_conditions(table, pattern),
        examples=tuple(_lint_example(entry) for entry in table.tables("example")),
    )
    table.close()
    rule: LintRule = _declared_class(table, DeclaredLint, declared)()
    return rule


def _head(table: Table) -> dict[str, Any]:
    code, name = table.text("id"), table.text("name")
    if not _ID.fullmatch(code):
        raise table.fault(f"{code!r} is not three capital letters and three digits", "id")
    if not _NAME.fullmatch(name):
        raise table.fault(f"{name!r} is not small words joined by hyphens", "name")
    return {"id": code, "name": name, "summary": _line(table, "summary")}


def _line(table: Table, key: str) -> str:
    """A text as one line."""
    text = " ".join(table.text(key).split())
    if not text:
        raise table.fault("it is empty", key)
    return text


def _declared_class(table: Table, base: type, declared: dict[str, Any]) -> Any:
    title = "".join(part.capitalize() for part in declared["name"].split("-"))
    try:
        return type(title, (base,), {**declared, "__module__": __name__})
    except TypeError as err:
        said = str(err).removeprefix(f"{title}: ")
        raise table.fault(f"{declared['id']}: {said}") from err


def _answers(table: Table) -> tuple[Status, ...]:
    words = table.texts("answers")
    known = {status.value: status for status in Status}
    for word in words:
        if word not in known:
            raise table.fault(f"{word!r} is not one of {', '.join(known)}", "answers")
    return tuple(known[word] for word in words)


def _message(table: Table, key: str, names: tuple[str, ...]) -> str:
    """A text whose fields are known ones."""
    text = _line(table, key)
    known = fields_of(names)
    for match in _FIELD.finditer(text):
        if match.group() in ("{{", "}}"):
            continue
        if match.group() in ("{", "}"):
            raise table.fault("a brace stands alone; write {{ or }} for a brace", key)
        if match.group(1) not in known:
            raise table.fault(f"no field {match.group()}; there are {', '.join(known)}", key)
    return text


def _rewrite_example(table: Table) -> Example:
    if ("after" in table) == ("untouched" in table):
        raise table.fault("an example has either after, or untouched with the reason")
    common = {**_common(table), "unsafe": table.flag("unsafe")}
    example: Example
    if "after" in table:
        example = Rewritten(_graph(table, "before"), after=_graph(table, "after"), **common)
    else:
        example = Untouched(_graph(table, "before"), reason=table.text("untouched"), **common)
    table.close("after", "untouched")
    return example


def _lint_example(table: Table) -> Example:
    if ("flagged" in table) == ("clean" in table):
        raise table.fault("an example has either flagged, a list of nodes, or clean = true")
    common = _common(table)
    example: Example
    if "flagged" in table:
        example = Flagged(_graph(table, "graph"), at=table.texts("flagged"), **common)
    elif not table.flag("clean"):
        raise table.fault("clean can only be true", "clean")
    else:
        example = Clean(_graph(table, "graph"), **common)
    table.close("flagged", "clean")
    return example


def _common(table: Table) -> dict[str, Any]:
    shapes = table.table("input_shapes")
    for output in table.texts("outputs"):
        if not re.fullmatch(r"[^:]+(:[0-9]{1,4})?", output):
            raise table.fault(f"{output!r} is not NAME or NAME:INDEX", "outputs")
    return {
        "lacking": table.texts("lacking"),
        "outputs": table.texts("outputs"),
        "input_shapes": {name: shapes.sizes(name) for name, _ in shapes.items()},
        "label": table.text("label", ""),
    }


def _graph(table: Table, key: str) -> str:
    text = table.text(key)
    try:
        parse(text)
    except GraphError as err:
        raise table.fault(str(err), key) from err
    return text
