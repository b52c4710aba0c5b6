"""A Python file of rules, in its own process: it is run, then its classes are taken."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from linter.config.userrules.former_names import provide_former_names
from linter.config.userrules.python.declaration import Rule
from linter.results.errors import UsageError
from linter.rules import LintRule, RewriteRule

__all__ = ["rules_of"]

_PREFIX = "_omlint_user_rules_"


def rules_of(path: str) -> tuple[Rule, ...]:
    """The rules of a file, in the order of their definition.

    Raises:
        UsageError: the file cannot be read or run, or a class is no sound rule; the line is
            named.
    """
    module = _run(path)
    bound = [entry for entry in vars(module).values() if isinstance(entry, type)]
    declared = set(_declared(LintRule, module.__name__)) | set(
        _declared(RewriteRule, module.__name__)
    )
    lost = sorted(cls.__name__ for cls in declared - set(bound))
    if lost:
        raise UsageError(
            f"{path}: the rule {lost[0]} is not at the top level of the file, or something else "
            "has taken its name"
        )
    classes = [entry for entry in dict.fromkeys(bound) if entry in declared]
    rules = []
    for cls in classes:
        try:
            rules.append(cls())
        except Exception as err:
            raise UsageError(_place(path, err, f"{cls.__name__} cannot be made")) from err
    return tuple(rules)


def _declared(base: type[Rule], module: str) -> Iterator[type[Rule]]:
    """The rules under ``base`` that a module defines; a base of several rules has no id."""
    for cls in base.__subclasses__():
        if cls.__module__ == module and hasattr(cls, "id"):
            yield cls
        yield from _declared(cls, module)


def _run(path: str) -> ModuleType:
    name = f"{_PREFIX}{Path(path).stem}_{len(sys.modules)}"
    module = ModuleType(name)
    module.__file__ = path
    provide_former_names(module)
    try:
        source = Path(path).read_bytes()
    except OSError as err:
        raise UsageError(f"cannot read the rule file {path}: {err.strerror}") from err
    sys.modules[name] = module
    try:
        code = compile(source, path, "exec", dont_inherit=True)
        exec(code, vars(module))
    except SyntaxError as err:
        line = f":{err.lineno}" if err.lineno and err.filename == path else ""
        raise UsageError(f"{path}{line}: {err.msg}") from err
    except (Exception, SystemExit) as err:
        raise UsageError(_place(path, err)) from err
    return module


def _place(path: str, err: BaseException, doing: str = "") -> str:
    """``file:line: Kind: message`` of the last line of the file that ran."""
    frames = [frame for frame in traceback.extract_tb(err.__traceback__) if frame.filename == path]
    line = f":{frames[-1].lineno}" if frames else ""
    detail = " ".join(str(err).split())
    kind = type(err).__name__
    if isinstance(err, TypeError) and len(frames) == 1 and not doing:
        said = detail  # what the declaration of a rule lacks says it all
    else:
        said = f"{kind}: {detail}" if detail else kind
    return f"{path}{line}: {doing + ': ' if doing else ''}{said}"
