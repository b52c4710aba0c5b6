"""The entry point: lazy commands, exit codes, and the one place where a fault ends the process."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click

from linter import __version__
from linter.cli.streams import close_quietly, complain, open_missing, write_stdout
from linter.results.errors import LinterError, UsageError

__all__ = ["cli", "main"]

_COMMANDS = {
    "baseline": "linter.cli.baseline",
    "check": "linter.cli.check",
    "config": "linter.cli.config",
    "convert": "linter.cli.convert",
    "db": "linter.cli.db",
    "diff": "linter.cli.diff",
    "explain": "linter.cli.explain",
    "fix": "linter.cli.fix",
    "freeze": "linter.cli.freeze",
    "init": "linter.cli.init",
    "inspect": "linter.cli.inspect",
    "matrix": "linter.cli.matrix",
    "ops": "linter.cli.ops",
    "rules": "linter.cli.rules",
    "verify": "linter.cli.verify",
    "view": "linter.cli.view",
}
"""Command name -> module that holds it as ``command``; imported when it is asked for."""

_COMPLETE = "_OMLINT_COMPLETE"
"""Set by the shell when it asks for completions."""

_ENDING = (signal.SIGTERM, signal.SIGHUP)


class _LazyGroup(click.Group):
    """A group that imports a command only when it runs or is listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(_COMMANDS[cmd_name]).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if (
            not ctx.resilient_parsing
            and args
            and args[0] not in _COMMANDS
            and not args[0].startswith("-")
        ):
            raise UsageError(_unknown_command(args[0]))
        return super().resolve_command(ctx, args)


@click.command(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", "-V", prog_name="omlint")
def cli() -> None:
    """Lint and rewrite TensorFlow frozen graphs before atc or omg compiles them for Ascend.

    `omlint check model.pb` says whether a model will convert, and why not; `omlint COMMAND --help`
    has the options of a command and examples.

    Exit codes: 0 clean, 1 findings, 2 usage, 3 unreadable input, 4 verification failed,
    5 compiler failed or not found, 130 interrupted.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no exception leaves this function."""
    open_missing()
    _handle_termination()
    gc.disable()  # one short run: a collection walks the whole graph and frees nothing
    code = _run(list(sys.argv[1:] if argv is None else argv))
    return close_quietly(code)


def _run(args: list[str]) -> int:
    try:
        _check_packages()
        result = cli.main(args=args, prog_name="omlint", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as err:
        write_stdout(err.ctx.get_help() if err.ctx is not None else "")
        return 2
    except click.ClickException as err:
        complain(_usage_sentence(err))
        return 2
    except (KeyboardInterrupt, click.Abort):
        return 128 + signal.SIGINT
    except _TerminatedError as err:
        return 128 + err.number
    except BrokenPipeError:
        return 0
    except click.exceptions.Exit as err:
        return err.exit_code
    except SystemExit as err:
        asked = _COMPLETE in os.environ and isinstance(err.code, int)  # click ends so
        return int(err.code or 0) if asked else _end(err)
    except Exception as err:  # noqa: BLE001 - the process's crash boundary
        return _end(err)
    return result if isinstance(result, int) else 0


class _TerminatedError(BaseException):
    """Asked to leave, as CI does with a job that is cancelled: drafts and children go first.

    Attributes:
        number: the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _handle_termination() -> None:
    def leave(number: int, _frame: FrameType | None) -> None:
        for other in _ENDING:
            signal.signal(other, signal.SIG_IGN)  # what is being tidied up is tidied up
        raise _TerminatedError(number)

    if threading.current_thread() is threading.main_thread():
        for number in _ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup has it ignored
                signal.signal(number, leave)


def _end(err: Exception | SystemExit) -> int:
    """Say in one sentence what ended the run; the traceback only with ``OMLINT_DEBUG=1``."""
    if os.environ.get("OMLINT_DEBUG") == "1":
        import traceback

        traceback.print_exception(err)
    code = getattr(err, "exit_code", None)
    if isinstance(code, int):
        complain(str(err))
        return code
    place = _innermost(err)
    complain(
        f"internal error: {type(err).__name__}: {err}{place}; "
        "OMLINT_DEBUG=1 prints where it happened"
    )
    return LinterError.exit_code


def _innermost(err: Exception | SystemExit) -> str:
    """The module and line that raised, without a path of this machine."""
    trace = err.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f" ({trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno})"


def _usage_sentence(err: click.ClickException) -> str:
    message = err.format_message().rstrip(".")
    context = getattr(err, "ctx", None)
    command = context.command_path if isinstance(context, click.Context) else "omlint"
    return f"{message} ({command} --help shows the usage)"


def _unknown_command(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, _COMMANDS, n=2)
    known = ", ".join(near or sorted(_COMMANDS))
    return f"unknown command {name!r}; {'near it' if near else 'there are'}: {known}"


def _check_packages() -> None:
    """Refuse to run when another distribution has replaced one of our top-level packages."""
    home = Path(__file__).resolve().parents[2]
    for name in ("opdb", "rules"):
        spec = importlib.util.find_spec(name)
        place = None if spec is None or spec.origin is None else Path(spec.origin).resolve()
        # Installed over ours, the other distribution leaves its own __init__.py in our place.
        if place != home / name / "__init__.py" or "omlint" not in place.read_text("utf-8"):
            raise UsageError(
                f"the Python package {name!r} comes from another distribution "
                f"({place or 'nowhere'}), not from omlint; install omlint in an environment "
                "of its own, for example with pipx"
            )
