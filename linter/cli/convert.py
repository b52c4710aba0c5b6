"""``omlint convert``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Command
from linter.cli.config_option import config_option
from linter.cli.configured_codes import configured_codes
from linter.cli.database_option import database_option
from linter.cli.fix import conclude
from linter.cli.model_settings import flags_for
from linter.cli.parsing import (
    parse_input_shapes,
    parse_outputs,
    parse_settings,
    parse_varying,
)
from linter.cli.rule_files import chosen_rules, rules_option
from linter.cli.streams import complain, guard_outputs, pass_on, stdout_style, write_stdout
from linter.results.errors import UsageError

__all__ = ["command"]


@click.command(
    "convert",
    cls=Command,
    examples=(
        "omlint convert model.pb -o model --target Ascend310P3",
        "omlint convert model.pb -o model --dry-run",
        "omlint convert model.pb -o model -- --log=info",
    ),
)
@click.argument("model", metavar="MODEL", type=PATH)
@click.argument("flags_for_atc", nargs=-1, metavar="[-- ATC-FLAG...]", type=click.UNPROCESSED)
@config_option
@click.option(
    "-o", "--output", required=True, metavar="NAME", type=PATH, help="NAME.om is the result."
)
@options.target_option
@database_option
@options.input_shape_option
@options.profile_options
@options.outputs_option
@options.cut_inputs_option
@options.set_input_option
@click.option("--dry-run", is_flag=True, help="Do all but start the compiler.")
@click.option("--force", is_flag=True, help="Start the compiler although errors are left.")
@click.option("--atc", metavar="CMD", help="The compiler's command, wrappers included.")
@rules_option
@click.option("--select", multiple=True, metavar="CODES", help="Only these rewrites: RWD,RWS003.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Not these rewrites.")
@click.option("--unsafe-fixes", is_flag=True, help="Make manual rewrites too.")
@click.option("--no-verify", is_flag=True, help="Write without comparing the numbers.")
@click.option("--revert-failing", is_flag=True, help="Drop a rewrite that changes the numbers.")
@options.comparison_options
@options.verbosity_options
def command(
    model: str, flags_for_atc: tuple[str, ...], *, quiet: bool, verbose: bool, **flags: Any
) -> int:
    """Take MODEL all the way: check, fix, verify, write NAME.pb, run atc, report.

    Where there is no atc, NAME.pb is written and the exact command is printed for a host that has
    it. Exit codes: 0 converted, 1 errors are left, 4 the numbers moved, 5 the compiler failed or
    is not there.
    """
    from linter.report import convert as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    flags = flags_for(model, flags)
    name = flags["output"].removesuffix(".om")
    if flags_for_atc and not flags_for_atc[0].startswith("-"):
        raise UsageError(f"convert takes one MODEL; {flags_for_atc[0]!r} is one too many")
    guard_outputs([f"{name}.pb", f"{name}.pb.rewrites.json", f"{name}.om"], [model])
    rules = chosen_rules(flags)
    outcome = api.convert(
        model,
        name,
        target=flags["target"],
        input_shapes=parse_input_shapes(flags["input_shapes"]),
        outputs=parse_outputs(flags["outputs"]),
        cut_inputs=parse_outputs(flags["cut_inputs"], "--cut-inputs"),
        options=_options(flags, rules, flags_for_atc, None if quiet else pass_on),
    )
    write_stdout(report.render(outcome, stdout_style(quiet=quiet, verbose=verbose)))
    conclude(outcome.fix)
    if outcome.fault:
        complain(outcome.fault)
    elif outcome.run is not None and not outcome.run.succeeded:
        complain(outcome.run.reason)
    return outcome.exit_code


def _options(
    flags: Mapping[str, Any],
    rules: api.RuleSet,
    flags_for_atc: tuple[str, ...],
    on_line: Callable[[str], None] | None,
) -> api.ConvertOptions:
    return api.ConvertOptions(
        fix=api.FixOptions(
            select=configured_codes("select", flags, rules),
            ignore=configured_codes("ignore", flags, rules),
            unsafe=flags["unsafe_fixes"],
            set_inputs=parse_settings(flags["set_inputs"]),
            verify=not flags["no_verify"],
            revert_failing=flags["revert_failing"],
            rules=rules,
            proof=api.ProofOptions(**options.comparison_of(flags)),
            store=flags["db"],
            varying=parse_varying(flags),
        ),
        dry_run=flags["dry_run"],
        force=flags["force"],
        compiler=flags["atc"],
        flags=flags_for_atc,
        on_line=on_line,
    )
