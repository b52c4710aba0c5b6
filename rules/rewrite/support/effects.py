"""What a node does besides computing values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opdb.record import OpDef

__all__ = ["is_pure"]


def is_pure(definition: OpDef | None) -> bool:
    """Whether an op computes values and does nothing else; Assign writes to its reference."""
    if definition is None or definition.stateful or not definition.outputs:
        return False
    return not any(arg.is_ref for arg in definition.inputs)
