"""Arrays from outside: an ``.npz`` is read entry by entry, and nothing in it is run.

Every entry must be a plain array whose header agrees with its size in the archive, so that no file
can ask for more memory than it has a right to.
"""

from __future__ import annotations

import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from linter.io.sniff import Kind, refusal, sniff
from linter.results.errors import GraphError, UsageError
from opdb.target import near_matches

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from linter.results.report import InputInfo

    Array = npt.NDArray[Any]

__all__ = ["MAX_FEED_BYTES", "check_feed", "read_arrays", "read_feed"]

MAX_FEED_BYTES = 1 << 31
"""Most bytes of all arrays of one file, unpacked."""
_MAX_ENTRIES = 65_536
_MAX_RANK = 32
_MAX_HEADER = 10_000
_SUFFIX = ".npy"
_GRAPHS = frozenset({Kind.GRAPHDEF, Kind.GRAPHDEF_TEXT, Kind.GRAPHDEF_GZIP})
_FAULTS = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    TypeError,
    IndexError,
    SyntaxError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    tokenize.TokenError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile and NumPy raise at damaged files."""


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


def read_arrays(path: str) -> dict[str, Array]:
    """Arrays by the names of the archive.

    Raises:
        UsageError: no such file, no archive, a damaged one, or arrays of Python objects.
    """
    try:
        with Path(path).open("rb") as stream:
            return _from_archive(path, stream)
    except UsageError:
        raise
    except (FileNotFoundError, PermissionError, IsADirectoryError) as err:
        raise UsageError(f"{path}: {err.strerror}") from err
    except MemoryError as err:
        raise UsageError(f"{path}: its arrays do not fit into memory") from err
    except _FAULTS as err:
        raise UsageError(f"{path}: {_what(path)}") from err


def _what(path: str) -> str:
    try:
        kind = Kind(sniff(path))
    except GraphError:
        kind = Kind.UNKNOWN
    if kind in _GRAPHS:
        return "not an .npz of arrays but a graph"
    if kind in (Kind.GIT_LFS, Kind.EMPTY):
        return f"not an .npz of arrays but {refusal(kind)}"
    return "not an .npz of arrays, or a damaged one"


def _from_archive(path: str, stream: IO[bytes]) -> dict[str, Array]:
    with zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        if len(entries) > _MAX_ENTRIES:
            raise UsageError(f"{path}: {len(entries):,} entries, more than {_MAX_ENTRIES:,}")
        if sum(entry.file_size for entry in entries) > MAX_FEED_BYTES:
            raise UsageError(f"{path}: more than {MAX_FEED_BYTES >> 20:,} MiB of arrays")
        found: dict[str, Array] = {}
        for entry in entries:
            name = entry.filename.removesuffix(_SUFFIX)
            if name == entry.filename:
                raise UsageError(f"{path}: {_shown(name)} is no array; an .npz has .npy entries")
            if name in found:
                raise UsageError(f"{path}: {_shown(name)} is there twice")
            with archive.open(entry) as member:
                found[name] = _array(f"{path}: {_shown(name)}", member, entry.file_size)
    return found


def _array(place: str, member: IO[bytes], nbytes: int) -> Array:
    """One ``.npy`` entry, whose length is known before anything is allocated."""
    import numpy as np
    from numpy.lib import format as npy

    version = npy.read_magic(member)
    if version not in ((1, 0), (2, 0), (3, 0)):
        raise UsageError(f"{place}: version {version} of the array format is not known")
    length = struct.unpack("<H" if version == (1, 0) else "<I", member.read(_width(version)))[0]
    if length > _MAX_HEADER:
        raise UsageError(f"{place}: a header of {length:,} bytes")
    shape, fortran, dtype = _header(member.read(length))
    if dtype.hasobject:
        raise UsageError(f"{place}: Python objects, which are not read; strings go in as bytes")
    count = math.prod(shape)
    offset = 8 + _width(version) + length
    if len(shape) > _MAX_RANK or offset + count * dtype.itemsize != nbytes:
        raise UsageError(f"{place}: shape {list(shape)} of {dtype} does not fit its {nbytes} bytes")
    data = member.read(nbytes)
    flat = np.frombuffer(data, dtype=dtype, count=count)
    return flat.reshape(shape, order="F" if fortran else "C")


def _width(version: tuple[int, int]) -> int:
    return 2 if version == (1, 0) else 4


def _header(text: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """The dict at the head of an array, as literals."""
    import ast

    import numpy as np

    found = ast.literal_eval(text.decode("utf-8"))
    shape, fortran = found["shape"], found["fortran_order"]
    if not isinstance(shape, tuple) or not isinstance(fortran, bool) or len(found) != 3:
        raise ValueError("not a header")
    if not all(isinstance(size, int) and size >= 0 for size in shape):
        raise ValueError("not a shape")
    described = found["descr"]
    if not isinstance(described, str):
        raise ValueError("records are no tensors")
    return tuple(int(size) for size in shape), fortran, np.dtype(described)


def _shown(name: str) -> str:
    return name.encode("unicode_escape").decode("ascii")


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
            raise UsageError(f"{path}: the model has no input {_shown(name)}{hint}")
    for name, info in known.items():
        if name not in feed:
            held = ", ".join(map(_shown, sorted(feed))) or "nothing"
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
