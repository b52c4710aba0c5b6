"""Findings that are known: what tells them apart from new ones, wherever and whenever it is asked.

Two names serve. The first one is what a finding is about: model, tool and chip, code, function,
node, port. It holds no position, no count and no release, so neither a node that is added nor a
newer toolkit makes an old finding new. The second one is its kind: the same without the scope of
the node and without the numbers that TensorFlow appends, with the op type instead, and its rank
among the findings of that kind. It serves when a scope was renamed: see ``linter.api.gate.known``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from linter.results.finding import Finding

__all__ = ["Baseline", "BaselineChange", "Key", "Kind", "KnownFinding", "known_findings", "series"]

Key: TypeAlias = tuple[str, str | None, str | None, int | None]
"""Code, function, node, port: what a finding of one model and series is about."""

Kind: TypeAlias = tuple[str, str, str, str, int | None]
"""Code, function, op type, last part of the node's name, port; numbers at the ends left out."""

_NUMBERS = re.compile(r"(_\d+)+$")
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """One finding that is known.

    Attributes:
        model: path of the model, seen from where the baseline is.
        target: tool and chip, ``atc/Ascend310``.
        code: of the rule.
        function: function body the node is in; ``None`` for the main graph.
        node: ``None`` for a finding about the model.
        port: input slot or output port.
        op: type of the node.
        rank: its number among the findings of its kind in the model, in the order of a report.
    """

    model: str
    target: str
    code: str
    function: str | None
    node: str | None
    port: int | None
    op: str | None
    rank: int

    @property
    def key(self) -> Key:
        """What it is about, in its model and series of targets."""
        return (self.code, self.function, self.node, self.port)

    @property
    def kind(self) -> Kind:
        """What stays when a scope is renamed."""
        leaf = (self.node or "").rpartition("/")[2]
        function = _NUMBERS.sub("", self.function or "")
        return (self.code, function, self.op or "", _NUMBERS.sub("", leaf), self.port)

    @property
    def place(self) -> str:
        """The node as globs name it; empty for the model."""
        return f"{self.function}::{self.node or ''}" if self.function else self.node or ""

    @property
    def fingerprint(self) -> str:
        """The first name as a digest, for formats that want one text."""
        text = json.dumps([self.model, self.target, *self.key])
        return hashlib.sha256(text.encode("ascii")).hexdigest()[:_DIGITS]

    @property
    def order(self) -> tuple[str, str, str, str, str, int]:
        """Order in a file; none of it moves when something else is found."""
        port = -1 if self.port is None else self.port
        return (self.model, self.target, self.code, self.function or "", self.node or "", port)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Findings that are known.

    Attributes:
        name: what to call it: the path of its file, or a commit.
        folder: where its models are seen from; ``""`` is the working directory.
        entries: the findings.
        is_kept: somebody keeps it, and wants to hear what is found no longer.
    """

    name: str
    folder: str
    entries: tuple[KnownFinding, ...] = ()
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class BaselineChange:
    """What became of a baseline.

    Attributes:
        before, after: the baseline.
        added, removed, renamed: how many entries came, went, or got the new name of their node.
        untouched: entries about models and targets that nobody looked at.
    """

    before: Baseline
    after: Baseline
    added: int = 0
    removed: int = 0
    renamed: int = 0
    untouched: int = 0


def series(target: str) -> str:
    """Tool and chip of a target: ``atc/Ascend310``."""
    return f"{target.partition('@')[0]}/{target.rpartition('/')[2]}"


def known_findings(
    model: str, target: str, findings: Iterable[Finding]
) -> tuple[KnownFinding, ...]:
    """The findings of one model on one target as they can be told again.

    Args:
        model: path of the model, seen from where the baseline is.
        target: the target.
        findings: in the order of a report.
    """
    ranks: Counter[Kind] = Counter()
    result = []
    for item in findings:
        place = (item.code, item.function, item.node, item.port, item.op)
        entry = KnownFinding(model, series(target), *place, rank=0)
        result.append(replace(entry, rank=ranks[entry.kind]))
        ranks[entry.kind] += 1
    return tuple(result)
