"""What all commands have in common: options in groups, examples, names of files at the shell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

__all__ = ["PATH", "Command", "Group"]

PATH = click.Path(readable=False)
"""A file or folder that need not be there yet: what is wrong with it is found where it is read."""

_GROUPS = {
    "Model": (
        *("input_shapes", "dynamic_batch_size", "dynamic_image_size", "dynamic_dims", "outputs"),
        *("cut_inputs", "set_inputs", "signature", "tags", "model"),
    ),
    "Target": ("targets", "target", "db", "precision", "scope_passes"),
    "Rules": (
        *("rule_paths", "rule_timeout", "test", "select", "ignore", "apply", "unsafe_fixes"),
        "severities",
    ),
    "Gate": (
        *("fail_on", "exit_zero", "max_warnings", "min_coverage", "require_verified", "strict"),
        *("baseline", "no_baseline", "diff_base"),
    ),
    "Comparison of the numbers": (
        *("no_verify", "revert_failing", "feed", "seeds", "timeout", "memory_limit", "rtol"),
        *("atol", "special", "save", "save_results", "rejudge", "against"),
    ),
    "Compiler": ("dry_run", "force", "atc"),
    "Report": ("formats", "format_name", "language", "verbose", "quiet"),
    "General": ("config", "no_config", "_click_default_help", "help"),
}
"""Heading -> parameters under it; those that stand nowhere come first, as ``Options``."""


class Command(click.Command):
    """A command whose help groups its options and ends with examples.

    Attributes:
        examples: command lines as they are typed, without the prompt.
    """

    def __init__(self, *args: Any, examples: Sequence[str] = (), **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        self.examples = tuple(examples)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings, in the order in which they are declared."""
        home = {name: heading for heading, names in _GROUPS.items() for name in names}
        sections: dict[str, list[tuple[str, str]]] = {key: [] for key in ("Options", *_GROUPS)}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                sections[home.get(param.name or "", "Options")].append(record)
        for heading, records in sections.items():
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each on a line of its own, so that they can be copied."""
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")
        super().format_epilog(ctx, formatter)


class Group(click.Group):
    """A group of such commands."""

    command_class = Command
