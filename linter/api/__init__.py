"""omlint as a library: ``check``, ``fix`` and ``convert`` do all that the commands do.

Names are imported when they are first used, so that ``check`` does not pay for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linter.api.commands.check import check, exit_code

if TYPE_CHECKING:
    from linter.api.commands.convert import ConvertOptions, ConvertOutcome, convert
    from linter.api.commands.cut import CutOutcome, cut
    from linter.api.commands.diff import diff
    from linter.api.commands.fix import FixOptions, FixOutcome, ProofOptions, fix
    from linter.api.commands.inspect import freeze, inspect
    from linter.api.commands.verify import VerifyOptions, rejudge, verify
    from linter.api.commands.why import why
    from linter.config.userrules import load_rules
    from linter.results.inspect import ModelFacts

__all__ = [
    "ConvertOptions",
    "ConvertOutcome",
    "CutOutcome",
    "FixOptions",
    "FixOutcome",
    "ModelFacts",
    "ProofOptions",
    "VerifyOptions",
    "check",
    "convert",
    "cut",
    "diff",
    "exit_code",
    "fix",
    "freeze",
    "inspect",
    "load_rules",
    "rejudge",
    "verify",
    "why",
]

_HOMES = {
    "ConvertOptions": "linter.api.commands.convert",
    "ConvertOutcome": "linter.api.commands.convert",
    "CutOutcome": "linter.api.commands.cut",
    "FixOptions": "linter.api.commands.fix",
    "FixOutcome": "linter.api.commands.fix",
    "ModelFacts": "linter.results.inspect",
    "ProofOptions": "linter.api.commands.fix",
    "VerifyOptions": "linter.api.commands.verify",
    "convert": "linter.api.commands.convert",
    "cut": "linter.api.commands.cut",
    "diff": "linter.api.commands.diff",
    "fix": "linter.api.commands.fix",
    "freeze": "linter.api.commands.inspect",
    "inspect": "linter.api.commands.inspect",
    "load_rules": "linter.config.userrules",
    "rejudge": "linter.api.commands.verify",
    "verify": "linter.api.commands.verify",
    "why": "linter.api.commands.why",
}


def __getattr__(name: str) -> Any:
    """Import the module that holds ``name``."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
