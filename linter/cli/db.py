"""``omlint db``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Group
from linter.cli.database_option import database_option
from linter.cli.parsing import parse_input_shapes, parse_outputs
from linter.cli.streams import TABLE_WIDTH, say, stdout_style, write_stdout

__all__ = ["command"]


@click.group("db", cls=Group)
def command() -> None:
    """List, compare, check, import and remove operator databases."""


@command.command("list", examples=("omlint db list -v",))
@options.format_option("text", "json")
@database_option
@options.verbosity_options
def _list(*, format_name: str, db: api.Store, quiet: bool, verbose: bool) -> int:
    """Name every database: of the package, then imported ones."""
    from linter.report import db as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    databases = api.list_databases(db)
    as_json = format_name == "json"
    style = stdout_style(quiet=quiet, verbose=verbose, width=TABLE_WIDTH)
    write_stdout(report.list_json(databases) if as_json else report.list_text(databases, style))
    return 0


@command.command("diff", examples=("omlint db diff atc@5.1.RC1/Ascend310 atc@8.1.RC1/Ascend310",))
@click.argument("first", metavar="T1")
@click.argument("second", metavar="T2")
@click.option(
    "--model", default=None, metavar="M", type=PATH, help="Say what the step changes for a model."
)
@options.input_shape_option
@options.outputs_option
@options.format_option("text", "json")
@database_option
@options.verbosity_options
def _diff(first: str, second: str, *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Say what changes from target T1 to target T2. Exit code 1 when something differs."""
    from linter.report import db as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    diff = api.diff_targets(
        first,
        second,
        model=flags["model"],
        input_shapes=parse_input_shapes(flags["input_shapes"]),
        outputs=parse_outputs(flags["outputs"]),
        store=flags["db"],
    )
    as_json = flags["format_name"] == "json"
    style = stdout_style(quiet=quiet, verbose=verbose, width=TABLE_WIDTH)
    write_stdout(report.diff_json(diff) if as_json else report.diff_text(diff, style))
    return 0 if diff.same else 1


@command.command("check")
@options.format_option("text", "json")
@database_option
@options.verbosity_options
def _check(*, format_name: str, db: api.Store, quiet: bool, verbose: bool) -> int:
    """Look for faults in the databases. Exit code 1 when there are some."""
    from linter.report import db as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    faults = api.check_databases(db)
    as_json = format_name == "json"
    style = stdout_style(quiet=quiet, verbose=verbose, width=TABLE_WIDTH)
    write_stdout(report.lint_json(faults) if as_json else report.lint_text(faults, style))
    return 1 if faults.faults else 0


@command.command("import", examples=("omlint db import /usr/local/Ascend/ascend-toolkit/latest",))
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--name", default=api.IMPORTED, show_default=True, help="Targets are atc@NAME/SOC.")
@click.option("--version", default="", metavar="V", help="Release, when the files do not say it.")
@click.option("--out", default=None, metavar="PATH", type=PATH, help="Write there, for --db PATH.")
@options.format_option("text", "json")
@options.verbosity_options
def _import(folder: str, *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Read the toolkit installed in DIR, custom ops included, and write a database.

    DIR is the toolkit's folder (such as /usr/local/Ascend/ascend-toolkit/latest) or an older
    source tree with .ini lists. What its files do not hold is answered from the nearest release.
    """
    from linter.report import db as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    imported = api.import_database(
        folder, name=flags["name"], version=flags["version"], out=flags["out"]
    )
    as_json = flags["format_name"] == "json"
    style = stdout_style(quiet=quiet, verbose=verbose, width=TABLE_WIDTH)
    write_stdout(report.import_json(imported) if as_json else report.import_text(imported, style))
    return 0


@command.command("remove")
@click.argument("name", default=api.IMPORTED, metavar="[NAME]")
@options.verbosity_options
def _remove(name: str, *, quiet: bool, verbose: bool) -> int:
    """Delete an imported database from the data folder."""
    options.set_up_logging(quiet=quiet, verbose=verbose)
    say(f"removed {api.remove_database(name)}")
    return 0
