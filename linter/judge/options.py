"""What the user said about a model, as far as it decides answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linter.graph import Value
from linter.judge.precision import DEFAULT_MODE

__all__ = ["JudgeOptions"]


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """What the user said about the model.

    Attributes:
        input_shapes: dims by node name, -1 for a size that varies; a named node that is no
            placeholder becomes one.
        outputs: the fetches; empty means that they are guessed as atc does.
        precision: precision mode of the conversion, as atc spells it.
        scope_passes: names of the scope fusion passes that are switched on besides the default
            ones; names that the release lacks do nothing.
        cut_inputs: tensors that the user made inputs; the model is cut there before it is judged.
        infers: whether shape inference may refuse a node; not where a question is about a type,
            whose inputs may be anything.
        profiled: the sizes that are -1 take those of profiles, so none is open at run time.
    """

    input_shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    outputs: tuple[Value, ...] = ()
    precision: str = DEFAULT_MODE
    scope_passes: tuple[str, ...] = ()
    cut_inputs: tuple[Value, ...] = ()
    infers: bool = True
    profiled: bool = False
