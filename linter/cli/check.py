"""``omlint check``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Command
from linter.cli.config_option import config_option
from linter.cli.database_option import database_option
from linter.cli.failure import say_failure
from linter.cli.gate_options import gate_options, policy_of, say_outcome
from linter.cli.known_findings import baseline_file, known_findings
from linter.cli.model_settings import flags_for, groups
from linter.cli.parsing import (
    parse_formats,
    parse_input_shapes,
    parse_outputs,
    parse_passes,
    parse_settings,
    parse_varying,
)
from linter.cli.reports import append_summary, formats_option, write_reports
from linter.cli.rule_files import chosen_rules, rules_option
from linter.cli.streams import complain_about, guard_outputs
from linter.report import formats
from linter.report.formats import github
from linter.report.style import Style
from linter.results.finding import Severity
from linter.results.report import Report, merged

__all__ = ["command", "judge"]


@click.command(
    "check",
    cls=Command,
    examples=(
        "omlint check model.pb --target atc@8.1.RC1/Ascend310P3",
        'omlint check model.pb --input-shape "ids:1,128" --outputs "logits:0"',
        "omlint check models/*.pb --format github --format sarif:omlint.sarif",
    ),
)
@click.argument("models", nargs=-1, required=True, metavar="MODEL...", type=PATH)
@config_option
@options.targets_option
@database_option
@options.input_shape_option
@options.profile_options
@options.outputs_option
@options.cut_inputs_option
@options.set_input_option
@options.precision_option
@options.scope_fusion_option
@rules_option
@formats_option(formats.NAMES)
@gate_options
@options.language_option
@options.verbosity_options
def command(models: tuple[str, ...], *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Say whether each MODEL will convert on each target, and why not, node by node.

    MODEL is a frozen graph (.pb, .pb.gz, .pbtxt) or a SavedModel folder.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    requests = parse_formats(flags["formats"], formats.NAMES)
    guard_outputs([request.path for request in requests], (*models, *baseline_file(flags)))
    rules = chosen_rules(flags, gated=True)
    policy = policy_of(flags, rules)
    known = known_findings(models, flags, rules, judge)
    flags["pictures"] = any(request.name in formats.PICTURES for request in requests)
    report = judge(models, flags, rules, watched=known.watched)
    report = replace(report, errors=(*report.errors, *known.errors))
    baselines = known.in_all(report)
    report = api.gated(report, policy, rules=rules, baselines=baselines, notes=known.notes)
    for error in report.errors:
        complain_about(error)
    say_outcome(report, rules)
    code = api.exit_code(report, None if flags["exit_zero"] else Severity.ERROR)
    if code == 1 and (quiet or all(request.path is not None for request in requests)):
        say_failure(report, policy.fails)
    context = formats.Context(rules=lambda: api.list_rules(rules), fails=policy.fails)

    def render(name: str, style: Style) -> str:
        return formats.render(name, report, replace(context, style=style))

    style = Style(quiet=quiet, verbose=verbose, language=flags["language"])
    written = write_reports(requests, render, style)
    written = append_summary(requests, lambda: github.summary(report, context)) or written
    return written or code


def judge(
    models: Sequence[str],
    flags: Mapping[str, Any],
    rules: api.RuleSet,
    *,
    watched: frozenset[str] = frozenset(),
    place: str | None = None,
) -> Report:
    """What is said of the models, each under the flags and what the configuration says of it.

    Args:
        models: as the user typed them.
        flags: of the command.
        rules: the rules to run.
        watched: nodes that the report says of whether the models have them.
        place: where the content of the one model is, if not at its path.

    Raises:
        UsageError: an output or input that a model does not have, and the like.
    """
    if place is not None:
        return _checked((place,), flags_for(models[0], flags), rules, watched)
    return merged(
        [_checked(group, flags_for(group[0], flags), rules, watched) for group in groups(models)]
    )


def _checked(
    models: tuple[str, ...], flags: dict[str, Any], rules: api.RuleSet, watched: frozenset[str]
) -> Report:
    return api.check(
        models,
        targets=flags["targets"],
        input_shapes=parse_input_shapes(flags["input_shapes"]),
        outputs=parse_outputs(flags["outputs"]),
        cut_inputs=parse_outputs(flags["cut_inputs"], "--cut-inputs"),
        set_inputs=parse_settings(flags["set_inputs"]),
        precision=flags["precision"],
        scope_passes=parse_passes(flags["scope_passes"]),
        rules=rules,
        store=flags["db"],
        watched=watched,
        varying=parse_varying(flags),
        pictures=flags.get("pictures", False),
    )
