"""Inputs from outside: an ``.npz`` of arrays by the names of a model's inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from linter.io.npz import read_arrays, shown
from linter.results.errors import UsageError
from linter.results.report import InputInfo
from opdb.target import near_matches

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

__all__ = ["check_feed", "read_feed"]


def read_feed(path: str) -> dict[str, Array]:
    """Arrays by the name of an input; ``:0`` at the end of a name is dropped.

    Raises:
        UsageError: no such file, no archive, a damaged one, or arrays of Python objects.
    """
    feed: dict[str, Array] = {}
    for name, array in read_arrays(path).items():
        short = name.removesuffix(":0")
        if short in feed:
            raise UsageError(f"{path}: {short} is there twice")
        feed[short] = array
    return feed


def check_feed(
    path: str, feed: Mapping[str, Array], inputs: Iterable[InputInfo], nodes: Iterable[str]
) -> None:
    """Whether a feed gives every input a value of its dtype and shape.

    Args:
        path: the file, for messages.
        feed: what it holds.
        inputs: the inputs of the model, with what is known about them.
        nodes: all nodes, which may be fed too.

    Raises:
        UsageError: a name that is no node, an input without a value, a dtype or shape that does
            not fit.
    """
    known = {info.name: info for info in inputs}
    nodes = frozenset(nodes)
    for name in feed:
        if name not in nodes:
            near = near_matches(name, known, limit=4) or sorted(known)[:4]
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise UsageError(f"{path}: the model has no input {shown(name)}{hint}")
    for name, info in known.items():
        if name not in feed:
            held = ", ".join(map(shown, sorted(feed))) or "nothing"
            raise UsageError(f"{path}: no array for input {_wanted(info)}; it holds {held}")
        _check_one(path, feed[name], info)


def _check_one(path: str, array: Array, info: InputInfo) -> None:
    shape = info.shape
    fits = shape is None or (
        len(shape) == array.ndim
        and all(known in (None, given) for known, given in zip(shape, array.shape, strict=True))
    )
    if not fits or not _is_of_kind(array, info.dtype):
        seen = f"{array.dtype}{list(array.shape)}"
        raise UsageError(f"{path}: {seen} does not fit input {_wanted(info)}")


def _is_of_kind(array: Array, dtype: str | None) -> bool:
    """Whether the values can be of that dtype; whether they all fit is seen when they are cast."""
    if dtype is None:
        return True
    if dtype == "string":
        return array.dtype.kind in "SU"
    if dtype == "bool":
        return array.dtype.kind == "b"
    if dtype.startswith("complex"):
        return array.dtype.kind in "iufc"
    return array.dtype.kind in ("iufb" if "float" in dtype else "iuf")


def _wanted(info: InputInfo) -> str:
    shape = (
        "?" if info.shape is None else ",".join("?" if n is None else str(n) for n in info.shape)
    )
    return f"{info.name} {info.dtype or 'of unknown dtype'}[{shape}]"
