"""Queues, and what is taken out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.draft import Draft
from linter.graph import Value

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]
Dims = tuple[int | None, ...]

_QUEUES = ("FIFOQueue", "PaddingFIFOQueue", "RandomShuffleQueue")
_TAKEN = ("QueueDequeue", "QueueDequeueMany", "QueueDequeueUpTo")
_CAPACITY = 9


def queued(d: Draft) -> None:
    """Elements are put into a queue and taken out: a queue that lacks some would wait for them."""
    d.without_faults()
    version = "V2" if d.op.endswith("V2") else ""
    own = d.op.removesuffix("V2")
    queue, taken = (own, "QueueDequeue") if own in _QUEUES else (d.pick(_QUEUES), own)
    shapes = [d.dims(0, 2) for _ in range(d.integer(1, 2))]
    dtypes = [d.pick(("float32", "int32", "bool")) for _ in shapes]
    is_open = queue == "PaddingFIFOQueue"
    stated = [_part_of(d, shape) if is_open else shape for shape in shapes]
    if taken == "QueueDequeue" and not is_open and d.chance(20):
        stated = []
    handle = d.node(
        queue + version, component_types=tuple(dtypes), shapes=tuple(stated), capacity=_CAPACITY
    )
    count = d.integer(1, 3)
    parts = [d.data(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
    put: Value | None = None
    for _ in range(count):
        after = () if put is None else (put,)
        put = d.node(f"QueueEnqueue{version}", handle, parts, controls=after)
    wanted = [] if taken == "QueueDequeue" else [d.argument(count)]
    d.outputs(
        taken + version, handle, *wanted, component_types=tuple(dtypes), controls=(put or handle,)
    )


def _part_of(d: Draft, shape: tuple[int, ...]) -> Dims:
    return tuple([size if d.chance(50) else None for size in shape])


RECIPES: Mapping[str, Recipe] = {
    op + version: queued for op in (*_QUEUES, *_TAKEN) for version in ("", "V2")
}
