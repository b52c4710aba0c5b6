"""omlint as a library: whatever a command does is a function here, and what it takes a class.

``check``, ``fix``, ``cut``, ``convert``, ``why`` and ``matrix`` answer about targets; ``inspect``,
``freeze``, ``diff``, ``verify``, ``rejudge`` and ``load`` about models; ``describe_ops``,
``explain``, ``list_rules`` and the functions about databases about what omlint knows. What they
return is plain data of ``linter.results``; what they raise is of ``linter.results.errors`` and
``opdb.errors``, and every error carries its ``exit_code``.

Names are imported when they are first used, so that ``check`` does not pay for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linter.api.commands.check import check, exit_code
    from linter.api.commands.convert import ConvertOptions, convert
    from linter.api.commands.cut import cut
    from linter.api.commands.db import (
        check_databases,
        diff_targets,
        import_database,
        list_databases,
        remove_database,
    )
    from linter.api.commands.diff import diff
    from linter.api.commands.fix import fix
    from linter.api.commands.init import init
    from linter.api.commands.inspect import freeze, inspect
    from linter.api.commands.matrix import matrix
    from linter.api.commands.ops import describe_ops
    from linter.api.commands.rules import explain, list_rules, try_rules
    from linter.api.commands.verify import VerifyOptions, rejudge, verify
    from linter.api.commands.view import view
    from linter.api.commands.why import why
    from linter.api.databases import open_store
    from linter.api.fixed_model import FixedModel
    from linter.api.gate.base_commit import base_commit
    from linter.api.gate.baseline import baseline_of, prune_baseline, write_baseline
    from linter.api.gate.known import watched_nodes
    from linter.api.gate.outcome import gated
    from linter.api.gate.policy import Policy, weigh
    from linter.api.options import FixOptions, ProofOptions
    from linter.api.profiles import parse_profiles
    from linter.config.json_schema import schema_text as config_schema
    from linter.config.listing import list_settings
    from linter.config.userrules import load_rules
    from linter.graph import Model, Value
    from linter.io.atomic import append_text, write_text
    from linter.io.atomic import refusal as path_refusal
    from linter.io.reader import load
    from linter.io.sidecar.baseline import read_baseline
    from linter.judge import JudgeOptions
    from linter.judge.precision import DEFAULT_MODE as DEFAULT_PRECISION
    from linter.judge.precision import MODES as PRECISION_MODES
    from linter.process.netron import open_netron
    from linter.results.convert import ConvertOutcome
    from linter.results.cut import CutOutcome
    from linter.results.fix import FixOutcome
    from linter.results.inspect import ModelFacts
    from opdb.errors import CorruptDatabaseError, UnknownNameError
    from opdb.store import Store
    from opdb.target import LOCAL as IMPORTED
    from rules.rule_set import BUILT_IN, Ignore, RuleSet

__all__ = [
    "BUILT_IN",
    "DEFAULT_PRECISION",
    "IMPORTED",
    "PRECISION_MODES",
    "ConvertOptions",
    "ConvertOutcome",
    "CorruptDatabaseError",
    "CutOutcome",
    "FixOptions",
    "FixOutcome",
    "FixedModel",
    "Ignore",
    "JudgeOptions",
    "Model",
    "ModelFacts",
    "Policy",
    "ProofOptions",
    "RuleSet",
    "Store",
    "UnknownNameError",
    "Value",
    "VerifyOptions",
    "append_text",
    "base_commit",
    "baseline_of",
    "check",
    "check_databases",
    "config_schema",
    "convert",
    "cut",
    "describe_ops",
    "diff",
    "diff_targets",
    "exit_code",
    "explain",
    "fix",
    "freeze",
    "gated",
    "import_database",
    "init",
    "inspect",
    "list_databases",
    "list_rules",
    "list_settings",
    "load",
    "load_rules",
    "matrix",
    "open_netron",
    "open_store",
    "parse_profiles",
    "path_refusal",
    "prune_baseline",
    "read_baseline",
    "rejudge",
    "remove_database",
    "try_rules",
    "verify",
    "view",
    "watched_nodes",
    "weigh",
    "why",
    "write_baseline",
    "write_text",
]

_HOMES = {
    "linter.api.commands.check": ("check", "exit_code"),
    "linter.api.commands.convert": ("ConvertOptions", "convert"),
    "linter.api.commands.cut": ("cut",),
    "linter.api.commands.db": (
        "check_databases",
        "diff_targets",
        "import_database",
        "list_databases",
        "remove_database",
    ),
    "linter.api.commands.diff": ("diff",),
    "linter.api.commands.fix": ("fix",),
    "linter.api.commands.init": ("init",),
    "linter.api.commands.inspect": ("freeze", "inspect"),
    "linter.api.commands.matrix": ("matrix",),
    "linter.api.commands.ops": ("describe_ops",),
    "linter.api.commands.rules": ("explain", "list_rules", "try_rules"),
    "linter.api.commands.verify": ("VerifyOptions", "rejudge", "verify"),
    "linter.api.commands.view": ("view",),
    "linter.api.commands.why": ("why",),
    "linter.api.databases": ("open_store",),
    "linter.api.fixed_model": ("FixedModel",),
    "linter.api.gate.base_commit": ("base_commit",),
    "linter.api.gate.baseline": ("baseline_of", "prune_baseline", "write_baseline"),
    "linter.api.gate.known": ("watched_nodes",),
    "linter.api.gate.outcome": ("gated",),
    "linter.api.gate.policy": ("Policy", "weigh"),
    "linter.api.options": ("FixOptions", "ProofOptions"),
    "linter.api.profiles": ("parse_profiles",),
    "linter.config.json_schema": ("schema_text as config_schema",),
    "linter.config.listing": ("list_settings",),
    "linter.config.userrules": ("load_rules",),
    "linter.graph": ("Model", "Value"),
    "linter.io.atomic": ("append_text", "refusal as path_refusal", "write_text"),
    "linter.io.reader": ("load",),
    "linter.io.sidecar.baseline": ("read_baseline",),
    "linter.judge": ("JudgeOptions",),
    "linter.judge.precision": ("DEFAULT_MODE as DEFAULT_PRECISION", "MODES as PRECISION_MODES"),
    "linter.process.netron": ("open_netron",),
    "linter.results.convert": ("ConvertOutcome",),
    "linter.results.cut": ("CutOutcome",),
    "linter.results.fix": ("FixOutcome",),
    "linter.results.inspect": ("ModelFacts",),
    "opdb.errors": ("CorruptDatabaseError", "UnknownNameError"),
    "opdb.store": ("Store",),
    "opdb.target": ("LOCAL as IMPORTED",),
    "rules.rule_set": ("BUILT_IN", "Ignore", "RuleSet"),
}
"""Where each name is from; ``there as here`` where it is called otherwise."""


def __getattr__(name: str) -> Any:
    """Import the module that holds ``name``."""
    for home, entries in _HOMES.items():
        for entry in entries:
            there, _, here = entry.partition(" as ")
            if (here or there) == name:
                import importlib

                return getattr(importlib.import_module(home), there)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
