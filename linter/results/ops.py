"""What the databases say about op types, without a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linter.results.judgement import Judgement
from linter.results.report import SourceInfo
from linter.results.rules import RuleInfo

__all__ = ["OpAnswer", "OpAnswers", "OpArgument", "OpExplanation", "OpSignature"]


@dataclass(frozen=True, slots=True)
class OpAnswer:
    """One op type on one target.

    Attributes:
        op: TensorFlow op type.
        target: ``TOOL@VERSION/SOC``.
        judgement: of a node of that type about which nothing else is known.
        dtypes: what the lists take for any of its inputs, sorted; ``None`` when they do not say.
        constants: inputs that must be constants for that answer.
    """

    op: str
    target: str
    judgement: Judgement
    dtypes: tuple[str, ...] | None
    constants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpAnswers:
    """Answers op by op, then target by target, with the sources that they rest on."""

    answers: tuple[OpAnswer, ...]
    sources: dict[str, SourceInfo]
    by_default: bool


@dataclass(frozen=True, slots=True)
class OpArgument:
    """An input or output of an op type.

    Attributes:
        dtype: a dtype, or the attribute that holds it; ``None`` when neither is declared.
        many: it stands for several tensors.
    """

    name: str
    dtype: str | None
    many: bool = False


@dataclass(frozen=True, slots=True)
class OpSignature:
    """How TensorFlow declares an op type.

    Attributes:
        types: dtypes that each attribute may be, where they are restricted.
    """

    inputs: tuple[OpArgument, ...]
    outputs: tuple[OpArgument, ...]
    types: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpExplanation:
    """All that is known of one op type.

    Attributes:
        signature: how TensorFlow declares it, ``None`` when the op table lacks it.
        answers: on the targets that were asked for.
        releases: on every release that has lists.
        limits: texts of limits by target.
        issues: public reports by target.
        rewrites: rewrites that start at such a node.
    """

    op: str
    signature: OpSignature | None
    answers: OpAnswers
    releases: tuple[OpAnswer, ...]
    limits: Mapping[str, tuple[str, ...]]
    issues: Mapping[str, str]
    rewrites: tuple[RuleInfo, ...]
