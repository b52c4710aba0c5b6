"""What is asked about one model, as its caller said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linter.graph import Value
from linter.judge import JudgeOptions
from linter.judge.precision import DEFAULT_MODE
from linter.results.varying import FIXED, VaryingSizes
from opdb.store import Store
from rules.rule_set import BUILT_IN, RuleSet

__all__ = ["Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One model, and what its caller said of it and of the conversion.

    Attributes:
        path: a frozen graph or a SavedModel.
        targets: ``TOOL@VERSION/SOC`` or ``SOC``; none means the default target.
        input_shapes: sizes of inputs by node name.
        outputs: what the model computes; none means its leaves, as atc takes them.
        cut_inputs: tensors that become inputs before anything else.
        precision: precision mode of the conversion, as atc spells it.
        scope_passes: scope fusion passes that are switched on.
        rules: the rules to run.
        store: where databases are; ``None`` for the package and the user's data folder.
        set_inputs: literals by the name of the input that becomes that constant.
        watched: nodes that the report says of whether the model has them.
        varying: which sizes vary, and the profiles that they take.
    """

    path: str
    targets: tuple[str, ...] = ()
    input_shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    outputs: tuple[Value, ...] = ()
    cut_inputs: tuple[Value, ...] = ()
    precision: str = DEFAULT_MODE
    scope_passes: tuple[str, ...] = ()
    rules: RuleSet = BUILT_IN
    store: Store | None = None
    watched: frozenset[str] = frozenset()
    set_inputs: Mapping[str, str] = field(default_factory=dict)
    varying: VaryingSizes = FIXED

    def __post_init__(self) -> None:
        """Keep of the rules what concerns the model."""
        object.__setattr__(self, "rules", self.rules.of_model(self.path))

    def judging(self, outputs: tuple[Value, ...]) -> JudgeOptions:
        """What the judge is told; ``outputs`` are those of the model that was opened."""
        return JudgeOptions(
            self.input_shapes,
            outputs,
            self.precision,
            self.scope_passes,
            self.cut_inputs,
            profiled=bool(self.varying.profiles),
        )
