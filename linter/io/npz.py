"""``.npz`` archives of arrays, which are read entry by entry; nothing in them is run.

Every entry must be a plain array whose header agrees with its size in the archive, so that no file
can ask for more memory than it has a right to. What is written depends on the arrays only.
"""

from __future__ import annotations

import io
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from linter.io.sniff import Kind, refusal, sniff
from linter.results.errors import GraphError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]

__all__ = ["MAX_BYTES", "read_arrays", "shown", "write_arrays"]

MAX_BYTES = 1 << 31
"""Most bytes of all arrays of one file, unpacked."""
_MAX_ENTRIES = 65_536
_MAX_RANK = 32
_MAX_HEADER = 10_000
_THEN = (1980, 1, 1, 0, 0, 0)
"""The time of every entry."""
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


def write_arrays(path: str | Path, arrays: Mapping[str, Array]) -> None:
    """Fill a file, which whoever asks for it has begun, with arrays by name.

    Raises:
        UsageError: the place cannot be written to.
    """
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for name, array in arrays.items():
                _write_array(archive, name, array)
    except OSError as err:
        raise UsageError(f"cannot write {path}: {err.strerror}") from err


def shown(name: str) -> str:
    """The name of an array in a message: it comes from a file."""
    return name.encode("unicode_escape").decode("ascii")


def _write_array(archive: zipfile.ZipFile, name: str, array: Array) -> None:
    import numpy as np

    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asarray(array, order="C"), (1, 0), allow_pickle=False)
    archive.writestr(zipfile.ZipInfo(f"{name}{_SUFFIX}", _THEN), buffer.getvalue())


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
        if sum(entry.file_size for entry in entries) > MAX_BYTES:
            raise UsageError(f"{path}: more than {MAX_BYTES >> 20:,} MiB of arrays")
        result: dict[str, Array] = {}
        for entry in entries:
            name = entry.filename.removesuffix(_SUFFIX)
            if name == entry.filename:
                raise UsageError(f"{path}: {shown(name)} is no array; an .npz has .npy entries")
            if name in result:
                raise UsageError(f"{path}: {shown(name)} is there twice")
            with archive.open(entry) as member:
                result[name] = _array(f"{path}: {shown(name)}", member, entry.file_size)
    return result


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

    header = ast.literal_eval(text.decode("utf-8"))
    shape, fortran = header["shape"], header["fortran_order"]
    if not isinstance(shape, tuple) or not isinstance(fortran, bool) or len(header) != 3:
        raise ValueError("not a header")
    if not all(isinstance(size, int) and size >= 0 for size in shape):
        raise ValueError("not a shape")
    described = header["descr"]
    if not isinstance(described, str):
        raise ValueError("records are no tensors")
    return tuple(int(size) for size in shape), fortran, np.dtype(described)
