"""What stands in a text for what is known of a match only: ``$x``, ``$x.dtype``, ``$x.attr.N``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from linter.graph import Graph
from linter.io import graphtext
from linter.io.graphtext.literals import format_dims, format_elements, format_value
from linter.results.errors import GraphError
from linter.rules.match import ROOT, BoundValue, Match

__all__ = ["ASKED", "MARK", "Reference", "bound_value", "parsed", "written"]

MARK = "$"
"""What the name of a bound value begins with, in the graph that a filled text is."""
ASKED = ("dtype", "shape", "rank", "axes", "value", "attrs")
"""What can be asked of a value."""
_REFERENCE = re.compile(
    r'"(?:[^"\\]|\\.)*"|\$([a-z][a-z0-9_]*)(?:\.(attr)\.([A-Za-z0-9_]+)|\.([a-z]+))?'
)
_LIMIT = 65_536


class Reference(NamedTuple):
    """One place in the text.

    Attributes:
        name: the bound value.
        asked: what is asked of it; ``None`` for the value itself or an attribute.
        attr: the attribute of its producer.
    """

    name: str
    asked: str | None
    attr: str | None


def parsed(text: str, fill: Callable[[Reference], str]) -> Graph:
    """The graph of a text; bound values are names that begin with the mark.

    Raises:
        GraphError: what ``fill`` makes of the text cannot be parsed.
    """

    def put(match: re.Match[str]) -> str:
        name, _, attr, asked = match.groups()
        if name is None:
            return match.group()  # a text in quotes
        filled = fill(Reference(name, asked, attr))
        if attr is None and asked is None:
            return f'"{MARK}{name}"'
        return f'"{MARK}{name}"=true' if asked == "attrs" else filled

    return _graph("\n".join(_REFERENCE.sub(put, line) for line in text.split("\n")))


@lru_cache(maxsize=256)
def _graph(text: str) -> Graph:
    """The graph of a filled text, which is the same for most matches of a rule."""
    model = graphtext.parse(text)
    if model.functions:
        raise GraphError("a replacement defines no function", cause="graph-text")
    return model.main


def written(match: Match, reference: Reference) -> str:
    """What is written in the place of a reference.

    Raises:
        LookupError: it is not known.
    """
    name, asked, attr = reference
    bound = bound_value(match, name)
    if attr is not None:
        attrs, definition = bound.attrs, match.context.ops.get(bound.node.op)
        if attr not in attrs:
            raise LookupError(f"{bound.node.op} has no attribute {attr!r} here")
        spec = None if definition is None else definition.attrs.get(attr)
        return _attribute(attrs[attr], "" if spec is None else spec.type)
    if asked is None or asked == "attrs":
        return ""
    found = _known(bound, asked)
    if found is None:
        raise LookupError(f"the {asked} of {name} is not known")
    return found


def bound_value(match: Match, name: str) -> BoundValue:
    """The value of that name, the root among them."""
    return match.root if name == ROOT else match[name]


def _known(bound: BoundValue, asked: str) -> str | None:
    if asked == "dtype":
        return None if bound.dtype is None else bound.dtype.removesuffix("_ref")
    if asked == "shape":
        shape = bound.static_shape
        return None if shape is None else f"[{format_dims(shape)}]"
    if asked in ("rank", "axes"):
        rank = bound.rank
        if rank is None:
            return None
        return str(rank) if asked == "rank" else str(list(range(rank)))
    tensor = bound.tensor
    if tensor is None or tensor.values() is None:
        return None
    return format_elements(tensor, _LIMIT)


def _attribute(value: Any, kind: str) -> str:
    """An attribute; floats with all their digits, as a double constant may come of it."""
    if isinstance(value, tuple):
        inner = kind.removeprefix("list(").removesuffix(")")
        return f"[{', '.join(_attribute(entry, inner) for entry in value)}]"
    if kind == "type":
        return str(value)  # the defaults of the table are texts
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    return format_value(value, _LIMIT)
