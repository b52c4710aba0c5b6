"""Which settings there are: the one place that names, explains and bounds each of them.

The command line, the file, the environment, the JSON schema and the table of the documentation
all come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from linter.judge.precision import DEFAULT_MODE, MODES
from linter.results.gate import Threshold
from linter.results.wording import LANGUAGES

__all__ = ["ENTRIES", "GATE", "SETTINGS", "THRESHOLDS", "Field", "Kind", "Setting"]

GATE = "gate"
"""The table of the settings of the merge gate."""

THRESHOLDS = tuple(threshold.value for threshold in Threshold)
"""What ``--fail-on`` and ``fail_on`` take."""

_TOP = ("",)
_IN_GATE = (GATE,)
_DAY = 86_400


class Kind(StrEnum):
    """How the value of a setting is read."""

    TEXT = "text"
    TEXTS = "texts"
    PATH = "path"
    PATHS = "paths"
    FLAG = "flag"
    NUMBER = "number"
    COUNT = "count"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key.

    Attributes:
        kind: how its value is read.
        help: what it is, one phrase.
        choices: what a ``CHOICE`` may be.
        default: what holds when nobody says anything, as a file writes it; ``None`` for nothing.
        tables: where it may stand in a file; ``""`` is the top.
        least, most: bounds of a number.
        above: the number is not the least one itself.
    """

    kind: Kind
    help: str
    choices: tuple[str, ...] = ()
    default: str | float | bool | None = None
    tables: tuple[str, ...] = _TOP
    least: float = 0
    most: float = _DAY
    above: bool = False

    def holds(self, number: float) -> bool:
        """Whether a number is within the bounds; what is no number is not."""
        return self.least <= number <= self.most and not (self.above and number == self.least)

    @property
    def bounds(self) -> str:
        """The bounds in words."""
        return f"between {self.least:g} and {self.most:g}"


SETTINGS: Mapping[str, Setting] = {
    "target": Setting(Kind.TEXTS, "targets: TOOL@VERSION/SOC, or a SOC for the newest atc"),
    "db": Setting(Kind.PATH, "folder of a database, seen from the file"),
    "rules": Setting(Kind.PATHS, "rule files and folders, seen from the file"),
    "rule_timeout": Setting(
        Kind.NUMBER, "seconds that a call of a Python rule may take", default=60, above=True
    ),
    "select": Setting(Kind.TEXTS, "codes of lint rules (check) and of rewrites (fix, convert)"),
    "ignore": Setting(Kind.TEXTS, "codes of lint rules and of rewrites that are left out"),
    "unsafe_fixes": Setting(Kind.FLAG, "make manual rewrites too", default=False),
    "revert_failing": Setting(
        Kind.FLAG, "drop a rewrite that changes the numbers and go on", default=False
    ),
    "fail_on": Setting(
        Kind.CHOICE,
        "the least that fails",
        THRESHOLDS,
        default=Threshold.ERROR.value,
        tables=("", GATE),
    ),
    "max_warnings": Setting(
        Kind.COUNT,
        "warnings that are let pass; -1 for any number",
        least=-1,
        most=999_999,
        default=-1,
        tables=_IN_GATE,
    ),
    "min_coverage": Setting(
        Kind.NUMBER,
        "per cent of the reachable nodes that must be supported",
        default=0,
        most=100,
        tables=_IN_GATE,
    ),
    "require_verified": Setting(
        Kind.FLAG,
        "every model needs a record that says it was verified equal",
        default=False,
        tables=_IN_GATE,
    ),
    "baseline": Setting(
        Kind.PATH, "file of known findings, seen from the configuration file", tables=_IN_GATE
    ),
    "strict": Setting(Kind.FLAG, "warnings of the gate fail", default=False, tables=_IN_GATE),
    "precision_mode": Setting(
        Kind.CHOICE, "precision mode, as atc spells it", MODES, default=DEFAULT_MODE
    ),
    "enable_scope_fusion": Setting(Kind.TEXTS, "scope fusion passes that are named to atc"),
    "atc": Setting(Kind.TEXT, "the compiler's command"),
    "lang": Setting(Kind.CHOICE, "language of text reports", LANGUAGES, default="en"),
}
"""The keys of a configuration; each stands for the flag of its name."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an entry.

    Attributes:
        shape: what it holds: ``text``, ``texts``, ``sizes`` or ``tolerances`` by name, or ``day``.
        help: what it is.
        required: an entry without it is an error.
    """

    shape: str
    help: str
    required: bool = False


ENTRIES: Mapping[str, Mapping[str, Field]] = {
    "models": {
        "glob": Field("text", "which models; without a slash, by their names", required=True),
        "shapes": Field("sizes", "sizes of inputs by name; -1 and ranges '1~8' vary"),
        "dynamic_batch_size": Field("text", "batch sizes in the place of a first -1: 1,2,4"),
        "dynamic_image_size": Field("text", "heights and widths for two -1: 32,32;64,64"),
        "dynamic_dims": Field("text", "groups of sizes, one for every -1: 1,32;4,64"),
        "outputs": Field("texts", "outputs: name:0"),
        "cut_inputs": Field("texts", "tensors that become inputs: name:0"),
        "set_inputs": Field("texts", "inputs that become constants: name=value"),
        "tolerances": Field("tolerances", "what outputs are held to, by name:0: rtol and atol"),
        "target": Field("texts", "targets in place of those of the project"),
    },
    "ignore": {
        "rule": Field("text", "what the code begins with", required=True),
        "reason": Field("text", "why these findings do not count", required=True),
        "node": Field("text", "glob of node names; function::node in a function body"),
        "model": Field("text", "glob of models; without a slash, of their names"),
        "until": Field("day", "the last day"),
    },
}
"""The keys of ``[[models]]`` and ``[[ignore]]``."""
