"""What many checks ask of an operator: ranks, sizes, dtypes, attributes, constants.

The codes are those that the macros of op_proto report: E19999 where the graph engine's own
operators are checked, E89999 for the vector operators, E39999 for those of the AI CPU, EZ9999 where
a reason is only logged. Source: canndev, ops/built-in/op_proto/util; the codes as atc gave them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from linter.infer.axes import axis_in
from linter.infer.dims import Dims
from linter.judge.atc.inference.operator import Aspect, GeInput, GeOperator, Refused

__all__ = [
    "AICPU",
    "GRAPH",
    "LOGGED",
    "VECTOR",
    "at_least",
    "attribute",
    "axis_inside",
    "constant",
    "differ",
    "misshapen",
    "ranked",
    "same_dtypes",
    "same_size",
    "shown",
    "sized",
    "stated",
    "unlisted",
    "wrong",
]

AICPU = "E39999"
GRAPH = "E19999"
LOGGED = "EZ9999"
VECTOR = "E89999"


def shown(dims: Dims | Sequence[int | None]) -> str:
    """A shape or a list as messages write it."""
    return "[" + ", ".join("?" if size is None else str(size) for size in dims or ()) + "]"


def differ(one: int | None, other: int | None) -> bool:
    """Whether two sizes are known and not the same."""
    return one is not None and other is not None and one != other


def misshapen(
    tensor: GeInput, accepted: str, code: str, *, seen: str = "", contradiction: bool = False
) -> Refused:
    """The refusal of a shape."""
    said = seen or f"input {tensor.name!r} has the shape {shown(tensor.dims)}"
    return Refused(Aspect.SHAPE, code, said, accepted, tensor.port, contradiction)


def wrong(op: GeOperator, name: str, accepted: str, code: str) -> Refused:
    """The refusal of an attribute, missing or of such a value."""
    value = op.facts.attr(name)
    seen = f"attribute {name!r} is missing" if value is None else f"{name!r} is {_said(value)}"
    return Refused(Aspect.ATTRIBUTE, code, seen, accepted)


def unlisted(op: GeOperator, name: str, code: str) -> Refused | None:
    """Refuse a list of integers that is missing or is none."""
    if op.integers(name) is not None:
        return None
    refused = wrong(op, name, "a list of integers must be there", code)
    return replace(refused, contradiction=op.facts.attr(name) is not None)


def _said(value: object) -> str:
    return shown(value) if isinstance(value, (tuple, list)) else repr(value)


def ranked(tensors: Iterable[GeInput], ranks: Collection[int], code: str) -> Refused | None:
    """Refuse a tensor of another rank."""
    for tensor in tensors:
        rank = tensor.rank
        if rank is not None and rank not in ranks:
            wanted = " or ".join(str(known) for known in sorted(ranks))
            return misshapen(tensor, f"its rank must be {wanted}", code)
    return None


def at_least(tensors: Iterable[GeInput], rank: int, code: str) -> Refused | None:
    """Refuse a tensor of a lower rank."""
    for tensor in tensors:
        found = tensor.rank
        if found is not None and found < rank:
            return misshapen(tensor, f"its rank must be {rank} or more", code)
    return None


def same_dtypes(tensors: Sequence[GeInput], code: str) -> Refused | None:
    """Refuse a tensor whose dtype is not that of the first."""
    if len(tensors) < 2 or (first := tensors[0].dtype) is None:
        return None
    for tensor in tensors[1:]:
        dtype = tensor.dtype
        if dtype is not None and dtype != first:
            seen = f"inputs {tensors[0].name!r} and {tensor.name!r} are {first} and {dtype}"
            return Refused(Aspect.DTYPE, code, seen, "their dtypes must be equal", tensor.port)
    return None


def same_size(one: tuple[GeInput, int], other: tuple[GeInput, int], code: str) -> Refused | None:
    """Refuse two axes of different sizes."""
    (first, axis), (second, place) = one, other
    if not differ(first.size(axis), second.size(place)):
        return None
    if first is second:
        return misshapen(first, f"the sizes of axes {axis} and {place} must be equal", code)
    seen = f"inputs {first.name!r} and {second.name!r} are {shown(first.dims)} and "
    accepted = f"the sizes of axes {axis} and {place} must be equal"
    return misshapen(second, accepted, code, seen=seen + shown(second.dims))


def sized(tensor: GeInput, axis: int, size: int, code: str) -> Refused | None:
    """Refuse an axis of another size."""
    if not differ(tensor.size(axis), size):
        return None
    return misshapen(tensor, f"the size of axis {axis} must be {size}", code)


def axis_inside(tensor: GeInput, axis: int | None, code: str, name: str) -> Refused | None:
    """Refuse an axis that the tensor does not have."""
    rank = tensor.rank
    if axis is None or rank is None or axis_in(axis, rank) is not None:
        return None
    seen = f"{name} is {axis} and input {tensor.name!r} has the shape {shown(tensor.dims)}"
    return misshapen(tensor, f"it must be from {-rank} to {rank - 1}", code, seen=seen)


def attribute(op: GeOperator, name: str, code: str, counts: Collection[int] = ()) -> Refused | None:
    """Refuse a list of integers that is missing, is none, or has not as many entries."""
    found = op.integers(name)
    if found is None:
        return unlisted(op, name, code)
    if counts and len(found) not in counts:
        wanted = " or ".join(str(count) for count in counts)
        return wrong(op, name, f"it must have {wanted} entries", code)
    return None


def stated(op: GeOperator, name: str, code: str) -> Refused | None:
    """Refuse an integer attribute that is missing."""
    return None if op.integer(name) is not None else wrong(op, name, "it must be there", code)


def constant(tensors: Iterable[GeInput], code: str) -> Refused | None:
    """Refuse an input that is data where its elements are needed."""
    for tensor in tensors:
        if tensor.constant is False:
            seen = f"input {tensor.name!r} is computed from data"
            accepted = "it must be a constant when shapes are inferred"
            return Refused(Aspect.CONSTANT, code, seen, accepted, tensor.port)
    return None
