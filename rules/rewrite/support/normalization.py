"""Batch normalisation as TensorFlow has named it over time.

Source: TensorFlow op docs: ``(x - mean) / sqrt(variance + epsilon) * scale + offset`` for each
channel; with ``is_training`` mean and variance are those of ``x`` itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linter.graph.op_families import FUSED_BATCH_NORMS
from linter.rules.match import BoundValue
from rules.rewrite.support.folding import folded, is_foldable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from linter.graph import Value
    from linter.rules.edit import GraphEditor

__all__ = ["NORMALIZATIONS", "Normalization", "read_normalization"]

NORMALIZATIONS = FUSED_BATCH_NORMS | {"BatchNormWithGlobalNormalization"}
"""Ops that normalise by channel."""


@dataclass(frozen=True, slots=True)
class Normalization:
    """One node that normalises its first input.

    Attributes:
        source: what is normalised.
        mean, variance: the statistics.
        scale: what the normalised value is multiplied by; ``None`` is 1.
        offset: what is added.
        epsilon: added to the variance.
        axis: the channel axis.
        training: the statistics are those of the source.
    """

    source: BoundValue
    mean: BoundValue
    variance: BoundValue
    scale: BoundValue | None
    offset: BoundValue
    epsilon: float
    axis: int
    training: bool

    @property
    def parameters(self) -> tuple[BoundValue, ...]:
        """What must be constant for a constant factor."""
        parts = (self.mean, self.variance, self.scale, self.offset)
        return tuple(part for part in parts if part is not None)

    @property
    def is_constant(self) -> bool:
        """Whether factor and summand can be worked out."""
        return not self.training and all(is_foldable(part) for part in self.parameters)

    def affine(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Factor and summand of each channel."""
        import numpy as np

        mean, variance, offset = (
            np.asarray(folded(part), np.float64) for part in (self.mean, self.variance, self.offset)
        )
        factor: Any = 1.0 / np.sqrt(variance + self.epsilon)
        if self.scale is not None:
            factor = factor * np.asarray(folded(self.scale), np.float64)
        return factor, offset - mean * factor

    def spread(self, edit: GraphEditor, value: BoundValue) -> Value | BoundValue:
        """A vector over the channels, so that it broadcasts against the source."""
        rank = self.source.rank or 0
        if self.axis == rank - 1:
            return value
        shape = self.spread_shape((value.static_shape or (0,))[0])
        return edit.add("Reshape", [value, edit.const(shape, "int32", name="shape")])

    def spread_shape(self, channels: int) -> tuple[int, ...]:
        """The shape of such a vector."""
        rank = self.source.rank or 0
        if self.axis == rank - 1:
            return (channels,)
        return tuple(channels if axis == self.axis else 1 for axis in range(rank))


def read_normalization(root: BoundValue) -> Normalization | str:
    """What the node says, or why nothing can be made of it."""
    inputs, attrs = root.inputs, root.attrs
    rank = inputs[0].rank
    if rank is None:
        return "the rank of its input is unknown"
    if root.node.op == "BatchNormWithGlobalNormalization":
        scaled = bool(attrs.get("scale_after_normalization"))
        source, mean, variance, offset, scale = inputs
        epsilon = float(attrs["variance_epsilon"])
        return Normalization(
            source, mean, variance, scale if scaled else None, offset, epsilon, rank - 1, False
        )
    axis = 1 if str(attrs["data_format"]).startswith("NC") else rank - 1
    source, scale, offset, mean, variance = inputs[:5]
    return Normalization(
        source,
        mean,
        variance,
        scale,
        offset,
        float(attrs["epsilon"]),
        axis,
        attrs.get("is_training") is not False,
    )
