"""How ``fix`` goes about it: which rewrites, and how they are proved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from linter.api.request import Request
from linter.graph import Value
from linter.judge.precision import DEFAULT_MODE
from linter.results.tolerance import DEFAULT_SEEDS, DEFAULT_TIMEOUT, Tolerance
from linter.results.varying import FIXED, VaryingSizes
from opdb.store import Store
from rules.rule_set import BUILT_IN, RuleSet

__all__ = ["FixOptions", "ProofOptions"]


@dataclass(frozen=True, slots=True)
class ProofOptions:
    """How the two graphs are run.

    Attributes:
        seeds: one random feed each, at least two.
        timeout: seconds that one comparison may take.
        memory_limit: bytes of memory that TensorFlow may use, ``None`` for no limit.
        save: an ``.npz`` that keeps inputs and outputs, to judge them again.
        tolerances: what outputs are held to in place of what the rewrites promise, by
            ``node:index``.
    """

    seeds: tuple[int, ...] = DEFAULT_SEEDS
    timeout: float = DEFAULT_TIMEOUT
    memory_limit: int | None = None
    save: str | None = None
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FixOptions:
    """How ``fix`` rewrites.

    Attributes:
        select: prefixes of the rewrite ids that may run; empty means all.
        ignore: prefixes of the rewrite ids that may not.
        set_inputs: literals by the name of the input that becomes that constant before anything.
        apply: prefixes of the rewrite ids whose changes do not wait for the target to need them.
        unsafe: apply manual rewrites too.
        verify: run both graphs in TensorFlow before anything is written.
        revert_failing: drop a rewrite that changes the numbers and go on without it.
        precision: precision mode of the conversion, as atc spells it.
        scope_passes: scope fusion passes that are switched on.
        rules: the rules to run, as ``load_rules`` gives them.
        proof: how both graphs are run.
        store: where databases are; ``None`` for the package and the user's data folder.
        varying: which sizes of inputs vary, as ``parse_profiles`` gives it.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unsafe: bool = False
    verify: bool = True
    revert_failing: bool = False
    precision: str = DEFAULT_MODE
    scope_passes: tuple[str, ...] = ()
    rules: RuleSet = BUILT_IN
    proof: ProofOptions = field(default_factory=ProofOptions)
    store: Store | None = None
    apply: tuple[str, ...] = ()
    set_inputs: Mapping[str, str] = field(default_factory=dict)
    varying: VaryingSizes = FIXED

    def request(
        self,
        path: str,
        target: str | None,
        input_shapes: Mapping[str, tuple[int, ...]] | None,
        outputs: Sequence[Value],
        cut_inputs: Sequence[Value],
    ) -> Request:
        """What is asked about a model: these, and what its caller said of it."""
        return Request(
            path,
            () if target is None else (target,),
            dict(input_shapes or {}),
            tuple(outputs),
            tuple(cut_inputs),
            self.precision,
            self.scope_passes,
            self.rules,
            self.store,
            set_inputs=self.set_inputs,
            varying=self.varying,
        )
