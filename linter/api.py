"""omlint as a library: ``check``, ``fix`` and ``convert`` do all that the commands do.

Names are imported when they are first used, so that ``check`` does not pay for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from linter.api_check import check, exit_code

if TYPE_CHECKING:
    from linter.api_compare import VerifyOptions, rejudge, verify
    from linter.api_convert import ConvertOptions, ConvertOutcome, convert
    from linter.api_cut import CutOutcome, cut
    from linter.api_diff import diff
    from linter.api_fix import FixOptions, FixOutcome, ProofOptions, fix
    from linter.api_inspect import ModelFacts, freeze, inspect
    from linter.api_why import why
    from linter.userrules import load_rules

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
    "ConvertOptions": "linter.api_convert",
    "ConvertOutcome": "linter.api_convert",
    "CutOutcome": "linter.api_cut",
    "FixOptions": "linter.api_fix",
    "FixOutcome": "linter.api_fix",
    "ModelFacts": "linter.api_inspect",
    "ProofOptions": "linter.api_fix",
    "VerifyOptions": "linter.api_compare",
    "convert": "linter.api_convert",
    "cut": "linter.api_cut",
    "diff": "linter.api_diff",
    "fix": "linter.api_fix",
    "freeze": "linter.api_inspect",
    "inspect": "linter.api_inspect",
    "load_rules": "linter.userrules",
    "rejudge": "linter.api_compare",
    "verify": "linter.api_compare",
    "why": "linter.api_why",
}


def __getattr__(name: str) -> Any:
    """Import the module that holds ``name``."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
