"""The ``omlint.toml`` that a project starts with: what was found, and every setting explained."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from linter.config.definitions import ENTRIES, GATE, SETTINGS, Kind, Setting
from linter.results.init import FoundModel
from linter.results.report import InputInfo

__all__ = ["template"]

_EXAMPLES = {Kind.TEXT: '"..."', Kind.PATH: '"..."', Kind.TEXTS: '["..."]', Kind.PATHS: '["..."]'}
_WIDTH = 34
_ELSEWHERE = ("target", "fail_on", "ignore")
"""Settings of the top that the text has in another place; a file cannot have both ``ignore``."""


def template(models: Sequence[FoundModel], targets: Sequence[str], *, left_out: int = 0) -> str:
    """The text of a configuration: settings that hold, and the others as comments.

    Args:
        models: what was found.
        targets: what the project converts for.
        left_out: models that were found and are not in the list.
    """
    lines = [
        "# omlint: what holds for every command in this folder and below. Flags win over variables",
        "# (OMLINT_...), variables over this file. `omlint config` shows what holds, and why.",
        "",
        _said("target", _value(list(targets)), SETTINGS["target"].help),
    ]
    top = {key: item for key, item in SETTINGS.items() if "" in item.tables}
    lines += [_line(key, item) for key, item in top.items() if key not in _ELSEWHERE]
    lines += ["", f"[{GATE}]"]
    lines += [_line(key, item) for key, item in SETTINGS.items() if GATE in item.tables]
    lines += [
        "",
        "# [severity]",
        '# OPS003 = "error"',
        "",
        "# [[ignore]]  # or codes alone: ignore = [...]",
    ]
    for name, field in ENTRIES["ignore"].items():
        example = "2030-12-31" if field.shape == "day" else '"..."'
        lines.append("# " + _said(name, example, field.help))
    lines.append("")
    for model in models:
        lines += [*_model(model), ""]
    if left_out:
        lines += [f"# and {left_out} more models", ""]
    return "\n".join(lines[:-1]) + "\n"


def _line(key: str, setting: Setting) -> str:
    """A setting that does not hold yet, with its default."""
    default = _EXAMPLES.get(setting.kind) if setting.default is None else _value(setting.default)
    choices = f": {', '.join(setting.choices)}" if len(setting.choices) < 6 else ""
    return "# " + _said(
        key, default or '"..."', setting.help + (choices if setting.choices else "")
    )


def _said(key: str, value: str, help_text: str) -> str:
    return f"{f'{key} = {value}':{_WIDTH}}  # {help_text}"


def _model(model: FoundModel) -> Iterator[str]:
    if model.fault:
        yield f"# {_comment(model.path)}: {_comment(model.fault)}"
        return
    yield "[[models]]"
    yield f"glob = {_value(_literal(model.path))}"
    for info in model.inputs:
        yield f"# input {_comment(info.name)}: {info.dtype or '?'}{_shape(info)}"
    open_inputs = [info for info in model.inputs if info.shape is None or None in info.shape]
    if open_inputs:
        shapes = ", ".join(f"{_value(info.name)} = {_sizes(info)}" for info in open_inputs)
        yield f"# shapes = {{ {shapes} }}   # what is open; put numbers for N"
    if model.outputs:
        yield f"# outputs = {_value(list(model.outputs))}   # what no other node reads"


def _sizes(info: InputInfo) -> str:
    """Sizes to start from: a batch of one, N for what only the reader knows."""
    if info.shape is None:
        return "[N]"
    sizes = ["N" if size is None else str(size) for size in info.shape]
    sizes[:1] = ["1" if size == "N" else size for size in sizes[:1]]
    return f"[{', '.join(sizes)}]"


def _shape(info: InputInfo) -> str:
    if info.shape is None:
        return "[...]"
    return f"[{','.join('?' if size is None else str(size) for size in info.shape)}]"


def _literal(path: str) -> str:
    """A glob that is this path; without a slash it is any model of the name."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in path)


def _value(value: str | float | bool | list[str]) -> str:
    """A value as TOML has it; texts are those of JSON, which escape the same way."""
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        text = json.dumps(value.encode("utf-8", "replace").decode("utf-8"), ensure_ascii=False)
        return text.replace("\x7f", "\\u007f")
    return json.dumps(value)


def _comment(text: str) -> str:
    """A text on one line, whatever it holds."""
    return "".join(mark if mark.isprintable() else "?" for mark in text)
