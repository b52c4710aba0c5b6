"""Flags that several commands share, spelled and explained in one place."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from linter import api
from linter.cli.config_option import config_in_use
from linter.cli.status import begin_status, line_handler
from linter.report.messages import LANGUAGES
from linter.results.errors import UsageError
from linter.results.tolerance import DEFAULT_SEEDS, DEFAULT_TIMEOUT
from linter.results.varying import BATCH, DIMS, IMAGE, VaryingSizes

__all__ = [
    "comparison_of",
    "comparison_options",
    "cut_inputs_option",
    "cut_option",
    "format_option",
    "input_shape_option",
    "language_option",
    "outputs_option",
    "precision_option",
    "profile_options",
    "scope_fusion_option",
    "set_input_option",
    "set_up_logging",
    "target_option",
    "targets_option",
    "verbosity_options",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_LONGEST = 1e7
_MOST_SEEDS = 1000

_TARGET_HELP = (
    "TOOL@VERSION/SOC, such as atc@8.1.RC1/Ascend310P3, or only a SOC for the newest atc; "
    "default atc@8.1.RC1/Ascend310."
)


def targets_option(command: _Command) -> _Command:
    """``--target``, which may repeat."""
    return click.option(
        "--target", "targets", multiple=True, metavar="T", help=_TARGET_HELP + " May repeat."
    )(command)


def target_option(command: _Command) -> _Command:
    """``--target``, once; without it the one of the configuration."""
    return click.option("--target", default=None, metavar="T", help=_TARGET_HELP)(command)


def input_shape_option(command: _Command) -> _Command:
    """``--input-shape``."""
    return click.option(
        "--input-shape",
        "input_shapes",
        multiple=True,
        metavar="SHAPES",
        help='Sizes of inputs: "a:1,224,224,3;b:-1,1~10"; nothing after the colon is a scalar, '
        "-1 and MIN~MAX vary at run time.",
    )(command)


_PROFILES = {
    BATCH: ("1,2,4", "Batch sizes that the model takes, in the place of a first -1."),
    IMAGE: ("H,W;H,W", "Heights and widths that the model takes, in the places of two -1."),
    DIMS: ("A,B;A,B", "Groups of sizes that the model takes, one for every -1."),
}


def profile_options(command: _Command) -> _Command:
    """``--dynamic-batch-size``, ``--dynamic-image-size`` and ``--dynamic-dims``."""
    for kind, (metavar, text) in reversed(_PROFILES.items()):
        option = VaryingSizes(kind).option
        command = click.option(option, kind, metavar=metavar, help=text)(command)
    return command


def outputs_option(command: _Command) -> _Command:
    """``--outputs``."""
    return click.option(
        "--outputs",
        multiple=True,
        metavar="NAMES",
        help='Outputs of the model: "name:0;other:1"; without an index, output 0.',
    )(command)


def cut_inputs_option(command: _Command) -> _Command:
    """``--cut-inputs``."""
    return click.option(
        "--cut-inputs",
        multiple=True,
        metavar="NAMES",
        help='Tensors that become inputs: "name:0;other:1"; what only they needed is left out.',
    )(command)


def set_input_option(command: _Command) -> _Command:
    """``--set-input``."""
    return click.option(
        "--set-input",
        "set_inputs",
        multiple=True,
        metavar="VALUES",
        help='Inputs that become constants: "is_training=false;keep_prob=1.0".',
    )(command)


def cut_option(command: _Command) -> _Command:
    """``--cut``."""
    return click.option(
        "--cut",
        type=click.Choice(("none", "auto")),
        default="none",
        show_default=True,
        help="Write the largest part that the target takes, and what the host runs around it.",
    )(command)


def precision_option(command: _Command) -> _Command:
    """``--precision-mode``, as atc spells its modes."""
    return click.option(
        "--precision-mode",
        "precision",
        type=click.Choice(api.PRECISION_MODES),
        metavar="MODE",
        default=api.DEFAULT_PRECISION,
        show_default=True,
        help="Precision mode of the conversion, which casts atc inserts by itself: "
        f"{', '.join(api.PRECISION_MODES)}.",
    )(command)


def scope_fusion_option(command: _Command) -> _Command:
    """``--enable-scope-fusion``, which may repeat."""
    return click.option(
        "--enable-scope-fusion",
        "scope_passes",
        multiple=True,
        metavar="P1,P2",
        help="Scope fusion passes that --enable_scope_fusion_passes will name to atc.",
    )(command)


def comparison_options(command: _Command) -> _Command:
    """``--seeds``, ``--timeout`` and ``--memory-limit``: how graphs are run in TensorFlow."""
    for option in (
        click.option(
            "--memory-limit", metavar="MIB", type=int, help="Memory that TensorFlow may use."
        ),
        click.option(
            "--timeout",
            metavar="S",
            type=float,
            default=DEFAULT_TIMEOUT,
            show_default=True,
            help="Seconds that one comparison may take.",
        ),
        click.option(
            "--seeds",
            metavar="N",
            help="How many random inputs, or their seeds: 3 or 0,7,11; default 2.",
        ),
    ):
        command = option(command)
    return command


def comparison_of(flags: Mapping[str, Any]) -> dict[str, Any]:
    """The values of ``comparison_options``, as the interface takes them.

    Raises:
        UsageError: a value that makes no sense.
    """
    timeout, limit = flags["timeout"], flags["memory_limit"]
    if not 0 < timeout < _LONGEST:
        raise UsageError(f"--timeout {timeout:g} is no number of seconds")
    if limit is not None and limit < 1:
        raise UsageError(f"--memory-limit {limit} is no number of MiB")
    return {
        "seeds": _seeds(flags["seeds"]),
        "timeout": timeout,
        "memory_limit": None if limit is None else limit << 20,
        "tolerances": flags.get("tolerances", {}),
    }


def _seeds(text: str | None) -> tuple[int, ...]:
    """Read ``3``, which is seeds 0 to 2, or ``0,7,11``."""
    if text is None:
        return DEFAULT_SEEDS
    parts = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts):
        raise UsageError(f"--seeds {text!r} is neither a number nor a list such as 0,7,11")
    seeds = (
        tuple(map(int, parts)) if len(parts) > 1 else tuple(range(min(int(text), _MOST_SEEDS + 1)))
    )
    if not 2 <= len(set(seeds)) <= _MOST_SEEDS:
        raise UsageError(f"--seeds {text!r}: 2 to {_MOST_SEEDS} different seeds are wanted")
    return tuple(dict.fromkeys(seeds))


def format_option(*names: str) -> Callable[[_Command], _Command]:
    """``--format``, one of ``names``."""

    def decorate(command: _Command) -> _Command:
        return click.option(
            "--format",
            "format_name",
            type=click.Choice(names),
            default=names[0],
            show_default=True,
            help="How the answer is written.",
        )(command)

    return decorate


def language_option(command: _Command) -> _Command:
    """``--lang``; ``OMLINT_LANG`` where the flag is not given."""
    return click.option(
        "--lang",
        "language",
        type=click.Choice(LANGUAGES),
        default="en",
        envvar="OMLINT_LANG",
        help="Language of the text report; machine formats are always English.",
    )(command)


def verbosity_options(command: _Command) -> _Command:
    """``-q`` and ``-v``: what goes to stderr, and how long a text report is."""
    command = click.option(
        "-q", "--quiet", is_flag=True, help="Only verdicts on stdout, only errors on stderr."
    )(command)
    return click.option(
        "-v", "--verbose", is_flag=True, help="Name every node; say on stderr what is being done."
    )(command)


def set_up_logging(*, quiet: bool, verbose: bool) -> None:
    """Send log records to stderr, one line each; what is being done is shown on a terminal.

    Raises:
        UsageError: both flags are given.
    """
    if quiet and verbose:
        raise UsageError("-q and -v exclude each other")
    level = logging.INFO if verbose else logging.ERROR if quiet else logging.WARNING
    lines, status = line_handler(level), None if quiet or verbose else begin_status()
    handlers = [lines] if status is None else [lines, status]
    logging.basicConfig(level=min(handler.level for handler in handlers), handlers=handlers)
    file = config_in_use().file
    if file is not None:
        logging.getLogger(__name__).info("configuration: %s", file)
