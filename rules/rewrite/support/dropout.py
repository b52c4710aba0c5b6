"""The forms in which TensorFlow writes dropout, for the two rules that remove it.

Source: ``dropout_v2`` of tensorflow/python/ops/nn_ops.py, releases 1.4 to 2.16.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linter.graph.op_families import ADDITIONS, SELECTS, UNIFORM_SAMPLES
from linter.rules.match import BoundValue, Match, Pattern, either, op, var

if TYPE_CHECKING:
    from linter.graph import Node
    from linter.rules.match import MatchContext

__all__ = ["DROPOUT", "Dropout", "may_drop", "read_dropout"]

_FLOOR = op("Floor", op(ADDITIONS, var("keep"), var("noise"), swap=True))
_MASKS = frozenset({"Cast", "Floor", "GreaterEqual"})
_MASK = op("GreaterEqual", var("noise"), var("rate"))

DROPOUT: Pattern = either(
    op("Mul", var("kept"), _FLOOR, swap=True),
    op("Mul", var("kept"), op("Cast", _MASK), swap=True),
    op(SELECTS, _MASK, var("kept"), var("zeros")),
)
"""``kept * floor(keep + noise)``, ``kept * (noise >= rate)``, ``where(noise >= rate, kept, 0)``."""


@dataclass(frozen=True, slots=True)
class Dropout:
    """One dropout.

    Attributes:
        kept: the scaled input.
        source: the input before it is scaled; ``None`` when the scaling is not recognised.
        share: probability that an element is kept; ``None`` when it is not a constant.
        is_unit_noise: the noise is drawn from [0, 1).
        is_random: a draw is near the noise, so that it is dropout of some kind.
    """

    kept: BoundValue
    source: BoundValue | None
    share: float | None
    is_unit_noise: bool
    is_random: bool

    @property
    def is_inactive(self) -> bool:
        """Whether every element is certainly kept and none is scaled."""
        return self.share == 1.0 and self.is_unit_noise


def may_drop(node: Node, context: MatchContext) -> bool:
    """Whether one of the operands could be the mask of a dropout."""
    nodes = context.graph.nodes
    return any(key in nodes and nodes[key].op in _MASKS for key, _ in node.inputs)


def read_dropout(m: Match) -> Dropout:
    """What a match of ``DROPOUT`` says."""
    kept, noise = m["kept"], m["noise"]
    if "keep" in m:
        keep = m["keep"]
        if _is_random(keep):  # the sum may be written either way round
            keep, noise = noise, keep
        share = _constant_value(keep)
        source = _divided(kept, keep)
    else:
        rate = _constant_value(m["rate"])
        share = None if rate is None else 1.0 - float(rate)
        source = _scaled(kept, share)
    return Dropout(kept, source, share, _is_unit_noise(noise), _is_random(noise))


def _constant_value(value: BoundValue) -> Any:
    """A scalar that is constant, or the default of an input that nobody feeds."""
    node = value.node
    if node.op == "PlaceholderWithDefault" and node.name not in value.context.input_shapes:
        return value.inputs[0].scalar
    return value.scalar


def _divided(kept: BoundValue, keep: BoundValue) -> BoundValue | None:
    if kept.node.op in ("RealDiv", "Div") and kept.inputs[1] == keep:
        return kept.inputs[0]
    if kept.node.op == "Mul" and kept.inputs[1].node.op in ("RealDiv", "Div", "Reciprocal"):
        return kept.inputs[0]
    return None


def _scaled(kept: BoundValue, share: float | None) -> BoundValue | None:
    if kept.node.op == "RealDiv":
        return kept.inputs[0]
    if kept.node.op != "Mul":
        return None
    for factor, other in (kept.inputs, kept.inputs[::-1]):
        scale = other.scalar
        if scale is not None and (share is None or abs(scale * share - 1.0) < 1e-5):
            return factor
        if factor.rank != 0 and other.rank == 0:
            return factor
    return None


def _is_random(noise: BoundValue, depth: int = 3) -> bool:
    if noise.node.op in UNIFORM_SAMPLES:
        return True
    return depth > 0 and any(_is_random(entry, depth - 1) for entry in noise.inputs)


def _is_unit_noise(noise: BoundValue) -> bool:
    """A uniform draw, bare or as ``draw * (1 - 0) + 0``."""
    if noise.node.op in ADDITIONS and noise.inputs[1].scalar == 0.0:
        noise = noise.inputs[0]
    if noise.node.op == "Mul":
        width = noise.inputs[1]
        if width.node.op == "Sub":
            bounds = [value.scalar for value in width.inputs]
            if bounds != [1.0, 0.0]:
                return False
        elif width.scalar != 1.0:
            return False
        noise = noise.inputs[0]
    return noise.node.op in UNIFORM_SAMPLES
