"""``omlint fix``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import cut, options
from linter.cli.command import PATH, Command
from linter.cli.config_option import config_option, origin
from linter.cli.configured_codes import configured_codes
from linter.cli.database_option import database_option
from linter.cli.exit_codes import worse
from linter.cli.model_settings import flags_for
from linter.cli.parsing import (
    parse_codes,
    parse_input_shapes,
    parse_outputs,
    parse_passes,
    parse_settings,
    parse_varying,
)
from linter.cli.rule_files import chosen_rules, rules_option
from linter.cli.streams import (
    complain,
    complain_about,
    guard_outputs,
    say,
    stdout_style,
    write_stdout,
)
from linter.cli.verification import failure
from linter.report.style import Style
from linter.results.errors import LinterError, UsageError
from linter.results.fix import FixOutcome

__all__ = ["command"]


@click.command(
    "fix",
    cls=Command,
    examples=(
        "omlint fix model.pb -o model.fixed.pb --target omg@hilens-2021-09/Ascend310",
        "omlint fix model.pb --plan",
        "omlint fix model.pb --cut auto -o parts",
    ),
)
@click.argument("models", metavar="MODEL...", nargs=-1, required=True, type=PATH)
@config_option
@click.option(
    "-o",
    "--output",
    metavar="OUT.pb",
    type=PATH,
    help="Where the graph goes; with --cut auto, a folder.",
)
@click.option("--in-place", is_flag=True, help="Rewrite MODEL itself.")
@click.option("--diff", is_flag=True, help="Print what would change in the graph; write nothing.")
@click.option("--plan", is_flag=True, help="Print which rewrites would be made; write nothing.")
@click.option(
    "--why",
    multiple=True,
    metavar="NODE",
    help="Tell what becomes of NODE and what every rewrite says of it; write nothing. May repeat.",
)
@options.target_option
@database_option
@options.input_shape_option
@options.profile_options
@options.outputs_option
@options.cut_inputs_option
@options.set_input_option
@options.cut_option
@options.precision_option
@options.scope_fusion_option
@rules_option
@click.option("--select", multiple=True, metavar="CODES", help="Only these rewrites: RWD,RWS003.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Not these rewrites.")
@click.option(
    "--apply",
    multiple=True,
    metavar="CODES",
    help="Make these rewrites although the target does not ask for them: RWS101.",
)
@click.option("--unsafe-fixes", is_flag=True, help="Make manual rewrites too.")
@click.option("--no-verify", is_flag=True, help="Write without comparing the numbers.")
@click.option("--revert-failing", is_flag=True, help="Drop a rewrite that changes the numbers.")
@options.comparison_options
@click.option(
    "--save-results",
    metavar="R.npz",
    type=PATH,
    help="Keep inputs and outputs, for verify --rejudge.",
)
@options.verbosity_options
def command(models: tuple[str, ...], *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Rewrite what the target refuses in MODEL, and prove that the numbers did not move.

    Beside OUT.pb goes OUT.pb.rewrites.json, the record of what was done and what was refused.
    Exit codes: 0 clean, 1 errors are left (the graph is written all the same), 4 the numbers
    moved (nothing is written but the record). With --diff or --plan: 1 when anything would change
    or errors are left; with --why: 1 when NODE stays unsupported.

    With --cut auto, what the target still refuses stays on the host: the folder DIR gets body.pb
    for the device, head.pb and tail.pb to run before and after it, manifest.json and check.py. 1
    when no part is worth it (nothing is written) or the body is blocked.

    Several models go with --in-place or --plan: each is rewritten by itself, a fault of one stops
    no other, and the worst exit code counts.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    if len(models) == 1:
        return _fixed(models[0], {**flags, "quiet": quiet, "verbose": verbose})
    if not (flags["in_place"] or flags["plan"]):
        raise UsageError("several models are rewritten with --in-place, or planned with --plan")
    code = 0
    for model in models:
        try:
            code = worse(code, _fixed(model, {**flags, "quiet": quiet, "verbose": verbose}))
        except UsageError:
            raise
        except LinterError as err:
            complain(str(err))
            code = worse(code, err.exit_code)
    return code


def _fixed(model: str, flags: dict[str, Any]) -> int:
    """One model."""
    from linter.report import diff
    from linter.report import fix as report

    quiet, verbose = flags["quiet"], flags["verbose"]
    flags = flags_for(model, flags)
    rules = chosen_rules(flags)
    arguments: dict[str, Any] = {
        "target": flags["target"],
        "input_shapes": parse_input_shapes(flags["input_shapes"]),
        "outputs": parse_outputs(flags["outputs"]),
        "cut_inputs": parse_outputs(flags["cut_inputs"], "--cut-inputs"),
        "options": _options(flags, rules),
    }
    if flags["cut"] == "auto":
        return cut.run(model, arguments, flags)
    output = _output(model, flags)
    if flags["why"]:
        return _explain(model, flags, rules, stdout_style(quiet=quiet, verbose=verbose))
    outcome = api.fix(model, output, **arguments)
    style = stdout_style(quiet=quiet, verbose=verbose)
    if flags["diff"]:
        write_stdout(diff.nodes(outcome.diff(), (model, f"{model} (rewritten)"), style))
    else:
        show = report.plan if flags["plan"] else report.render
        write_stdout(show(outcome, style))
    conclude(outcome)
    if output is None and outcome.would_change:
        return max(1, outcome.exit_code)
    return outcome.exit_code


def _options(flags: dict[str, Any], rules: api.RuleSet) -> api.FixOptions:
    return api.FixOptions(
        select=configured_codes("select", flags, rules),
        ignore=configured_codes("ignore", flags, rules),
        apply=parse_codes(flags["apply"], origin("apply", "--apply"), rules),
        unsafe=flags["unsafe_fixes"],
        set_inputs=parse_settings(flags["set_inputs"]),
        verify=not flags["no_verify"],
        revert_failing=flags["revert_failing"],
        rules=rules,
        precision=flags["precision"],
        scope_passes=parse_passes(flags["scope_passes"]),
        proof=api.ProofOptions(**options.comparison_of(flags), save=flags["save_results"]),
        store=flags["db"],
        varying=parse_varying(flags),
    )


def _explain(model: str, flags: dict[str, Any], rules: api.RuleSet, style: Style) -> int:
    """``--why``: what becomes of some nodes."""
    from linter.report import why as report

    fix_options = _options(flags, rules)
    outcome = api.why(
        model,
        flags["why"],
        target=flags["target"],
        judge_options=api.JudgeOptions(
            parse_input_shapes(flags["input_shapes"]),
            parse_outputs(flags["outputs"]),
            fix_options.precision,
            fix_options.scope_passes,
            parse_outputs(flags["cut_inputs"], "--cut-inputs"),
            profiled=bool(fix_options.varying.profiles),
        ),
        options=fix_options,
    )
    write_stdout(report.render(outcome, style))
    for error in (*outcome.plan.before.errors, *outcome.plan.after.errors):
        complain_about(error)
    return outcome.exit_code


def conclude(outcome: FixOutcome) -> None:
    """The faults, and as the last line what the reader of stderr has to know."""
    for error in (*outcome.before.errors, *outcome.after.errors):
        complain_about(error)
    proof = outcome.proof
    if proof.failed:
        complain(failure(proof))
    elif outcome.output is not None and outcome.still_blocked:
        say(f"written, still blocked: {outcome.still_blocked} ops")


def _output(model: str, flags: dict[str, Any]) -> str | None:
    """Where to write; ``None`` for a plan.

    Raises:
        UsageError: not exactly one of the five ways, or a path that cannot be written.
    """
    ways = [
        name
        for name, given in (
            ("-o", flags["output"] is not None),
            ("--in-place", flags["in_place"]),
            ("--diff", flags["diff"]),
            ("--plan", flags["plan"]),
            ("--why", flags["why"]),
        )
        if given
    ]
    if len(ways) != 1:
        seen = "none was given" if not ways else f"given: {' and '.join(ways)}"
        raise UsageError(
            f"fix needs one of -o OUT.pb, --in-place, --diff, --plan and --why; {seen}"
        )
    kept: str | None = flags["save_results"]
    if kept is not None and (flags["diff"] or flags["plan"] or flags["no_verify"]):
        raise UsageError(
            "--save-results keeps a comparison; with --diff, --plan and --no-verify there is none"
        )
    if flags["in_place"]:
        guard_outputs([f"{model}.rewrites.json", kept], [model])
        return model
    output: str | None = flags["output"]
    if output is not None:
        guard_outputs([output, f"{output}.rewrites.json", kept], [model])
    return output
