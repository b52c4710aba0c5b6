"""Where the compiler is, and the environment that it needs."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from linter.results.errors import CompilerError, UsageError

__all__ = ["Compiler", "child_environment", "find_compiler"]

_HOMES = ("ASCEND_TOOLKIT_HOME", "ASCEND_HOME_PATH")
_DEFAULT_FOLDERS = ("/usr/local/Ascend/ascend-toolkit/latest", "/usr/local/Ascend/cann")
_OMG_HOMES = ("DDK_HOME",)
_OMG_FOLDERS = ("uihost/bin", "bin", "bin/*", "tools/tools_omg")
_SET_ENV = "set_env.sh"
_READY = "ASCEND_OPP_PATH"
_OWN = ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "__PYVENV_LAUNCHER__")
_SOURCED = 'load() { . "$1" 1>&2; }; script=$1; shift; load "$script"; exec "$@"'
"""The toolkit's script sees its own path as the only argument and keeps off standard output."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """A compiler that can be started.

    Attributes:
        tool: ``atc`` or ``omg``.
        command: words in front of the flags; more than one for docker and ssh wrappers.
        found: how it was found, in words.
        set_env: script to source before it, ``None`` when the environment is already set.
    """

    tool: str
    command: tuple[str, ...]
    found: str
    set_env: Path | None = None

    def wrap(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        """The words to execute for these flags, the environment script included."""
        words = self.command + arguments
        if self.set_env is None:
            return words
        return ("bash", "-c", _SOURCED, "omlint", str(self.set_env), *words)


def find_compiler(
    tool: str = "atc",
    *,
    command: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Compiler:
    """Find the compiler: the given command, PATH, the toolkit's variables, the default folders.

    Args:
        tool: ``atc`` or ``omg``.
        command: what the user gave, split as a shell does.
        environ: instead of the process's environment.

    Raises:
        UsageError: ``command`` is not well quoted, or empty.
        CompilerError: it is nowhere; names the places.
    """
    environ = os.environ if environ is None else environ
    if command is not None:
        return _given(tool, command, environ)
    places = list(_places(tool, environ))
    for place, folder in places:
        path = Path(folder) / tool
        if _executable(path):
            return Compiler(tool, (str(path),), place, _set_env_beside(path, environ))
    looked = ", ".join(dict.fromkeys(place for place, _ in places))
    raise CompilerError(f"{tool} was not found; looked in {looked}")


def child_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for the compiler: ours, without our own virtual environment.

    The compiler starts ``python3`` by itself and must find the one that its modules are in.
    """
    child = dict(os.environ if environ is None else environ)
    own = {child[name] for name in ("VIRTUAL_ENV",) if child.get(name)}
    if sys.prefix != sys.base_prefix:
        own.add(sys.prefix)
    folders = {str(Path(prefix, part)) for prefix in own for part in ("bin", "Scripts")}
    for name in _OWN:
        child.pop(name, None)
    if "PATH" in child:
        kept = [entry for entry in child["PATH"].split(os.pathsep) if entry not in folders]
        child["PATH"] = os.pathsep.join(kept)
    return child


def _given(tool: str, command: str, environ: Mapping[str, str]) -> Compiler:
    try:
        words = shlex.split(command)
    except ValueError as err:
        raise UsageError(f"the command {command!r} cannot be split: {err}") from err
    if not words:
        raise UsageError(f"the command for {tool} is empty")
    program = Path(words[0]).expanduser()
    if os.sep in words[0]:
        if not _executable(program):
            raise CompilerError(f"{words[0]} is not an executable file")
        words[0] = str(program)
    elif shutil.which(words[0], path=environ.get("PATH")) is None:
        raise CompilerError(f"{words[0]} is not on PATH")
    beside = _set_env_beside(program, environ) if len(words) == 1 and os.sep in words[0] else None
    return Compiler(tool, tuple(words), "the given command", beside)


def _places(tool: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of the place in words and the folder, in order."""
    for folder in environ.get("PATH", "").split(os.pathsep):
        if folder:
            yield "PATH", folder
    homes = _HOMES if tool == "atc" else _OMG_HOMES
    parts = ("bin",) if tool == "atc" else _OMG_FOLDERS
    for name in homes:
        for part in parts:
            place = f"${name}/{part}"
            if not environ.get(name):
                yield f"{place} (not set)", os.devnull
            else:
                folders = sorted(Path(environ[name]).glob(part)) or [Path(environ[name], part)]
                yield from ((place, str(folder)) for folder in folders)
    if tool == "atc":
        for folder in _DEFAULT_FOLDERS:
            yield f"{folder}/bin", f"{folder}/bin"


def _executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _set_env_beside(program: Path, environ: Mapping[str, str]) -> Path | None:
    """The toolkit's script for ``<home>/bin/atc``: in ``<home>`` or a little above it.

    ``<home>`` is ``latest``, a link to a release; its ``bin/atc`` may link further down.
    """
    if environ.get(_READY) or program.parent.name != "bin":
        return None
    for path in (program.absolute(), program.resolve()):
        for folder in path.parents[1:4]:
            if (folder / _SET_ENV).is_file():
                return folder / _SET_ENV
    return None
