"""The rules themselves: which there are, what one says, do the examples of a file hold."""

from __future__ import annotations

from collections.abc import Sequence

from linter.config.userrules.load import DEFAULT_SECONDS
from linter.results.ops import OpExplanation
from linter.results.rules import ExampleResult, RuleInfo
from linter.rules import LintRule, RewriteRule
from linter.rules.describe import described
from opdb.store import Store
from rules.rule_set import BUILT_IN, RuleSet

__all__ = ["explain", "list_rules", "try_rules"]


def list_rules(rules: RuleSet = BUILT_IN) -> tuple[RuleInfo, ...]:
    """Every rule: lint rules first, then rewrites, each in the order in which they run.

    Args:
        rules: the rules that there are, as ``load_rules`` gives them.
    """
    user = set(rules.user)
    every: tuple[LintRule | RewriteRule, ...] = (*rules.lint, *rules.rewrites_by_code)
    return tuple(described(rule, built_in=rule not in user) for rule in every)


def explain(
    subject: str,
    *,
    targets: Sequence[str] = (),
    rules: RuleSet = BUILT_IN,
    store: Store | None = None,
) -> RuleInfo | OpExplanation:
    """What a rule says, or what becomes of an op type.

    Args:
        subject: id or name of a rule, else a TensorFlow op type.
        targets: for an op type: ``TOOL@VERSION/SOC`` or ``SOC``; none means the default target.
        rules: the rules that there are.
        store: where databases are; ``None`` for the package and the user's data folder.

    Raises:
        UsageError: neither a rule nor an op.
        UnknownNameError: an unknown target.
    """
    rule = rules.find(subject)
    if rule is not None:
        return described(rule, built_in=rule not in rules.user)
    from linter.api.commands.ops import explain_op

    return explain_op(subject, targets=targets, rules=rules, store=store)


def try_rules(
    files: Sequence[str], *, seconds: float | None = DEFAULT_SECONDS
) -> tuple[ExampleResult, ...]:
    """Run the examples of the rules in files; with TensorFlow, compare numbers too.

    Args:
        files: ``.py`` or ``.toml`` files, or folders of such.
        seconds: longest that running a Python file, or one call of a rule in it, may take;
            ``None`` for no bound.

    Raises:
        UsageError: a file is faulty.
    """
    from linter.config.userrules import load_rules, trial

    return tuple(trial.try_rules(load_rules(files, seconds=seconds).user))
