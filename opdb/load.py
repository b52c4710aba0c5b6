"""Files of the databases: sorted ``kind<TAB>name<TAB>json`` lines, gzipped, decoded per record.

The first line is a header (``#omlint-opdb<TAB>schema<TAB>json``) with the number of records and the
evidence that a kind's records share. Opening a file decompresses and splits it; a record is found
by bisection and only then decoded, so the price of opening does not grow with what is not asked.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from opdb.errors import CorruptDatabaseError

__all__ = ["DATA_DIR", "SCHEMA", "RecordFile", "load_json", "open_records"]

DATA_DIR = Path(__file__).parent / "data"
SCHEMA = 1
_MAGIC = b"#omlint-opdb"
_DECODE = json.JSONDecoder().raw_decode


class RecordFile:
    """One opened database file.

    Attributes:
        path: where it was read from.
        header: decoded header: ``records`` and ``evidence`` (kind to ids).
    """

    __slots__ = ("_columns", "_lines", "header", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = _decompress(path).split(b"\n")
        self.header = self._read_header()
        if len(self._lines) != self.header["records"] + 1:
            raise _corrupt(path, f"{len(self._lines) - 1} records where its header counts others")
        self._columns: dict[int, tuple[str, ...]] = {}

    def get(self, kind: str, name: str) -> Any | None:
        """The decoded record, or ``None`` when the file has none."""
        prefix = f"{kind}\t{name}\t".encode()
        at = bisect_left(self._lines, prefix)
        if at == len(self._lines) or not self._lines[at].startswith(prefix):
            return None
        try:
            text = self._lines[at][len(prefix) :].decode()
            found, end = _DECODE(text)
        except ValueError as err:
            raise _corrupt(self.path, f"record {kind} {name} is not JSON") from err
        if end != len(text):
            raise _corrupt(self.path, f"record {kind} {name} goes on after its end")
        return found

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of all records of a kind, sorted."""
        prefix = f"{kind}\t".encode()
        first = bisect_left(self._lines, prefix)
        last = bisect_left(self._lines, f"{kind}\n".encode())
        return tuple(line.split(b"\t", 2)[1].decode() for line in self._lines[first:last])

    def has(self, kind: str, name: str) -> bool:
        """Whether there is such a record; decodes nothing."""
        prefix = f"{kind}\t{name}\t".encode()
        at = bisect_left(self._lines, prefix)
        return at < len(self._lines) and self._lines[at].startswith(prefix)

    def items(self) -> Iterator[tuple[str, str, str]]:
        """Kind, name and text of every record, in the file's order.

        Raises:
            CorruptDatabaseError: a line is no record.
        """
        for line in self._lines[1:]:
            parts = line.decode().split("\t", 2)
            if len(parts) != 3:
                raise _corrupt(self.path, f"the line {line[:40]!r} is no record")
            yield parts[0], parts[1], parts[2]

    def column(self, number: int | None) -> tuple[str, ...] | None:
        """A list of dtypes or formats by its number in the header, ``None`` for none."""
        if number is None:
            return None
        if number not in self._columns:
            text = self.header["columns"][number]
            self._columns[number] = tuple(text.split(",")) if text else ()
        return self._columns[number]

    def evidence(self, kind: str) -> tuple[str, ...]:
        """The evidence ids that all records of a kind share."""
        return tuple(self.header["evidence"].get(kind, ()))

    def _read_header(self) -> dict[str, Any]:
        parts = self._lines[0].split(b"\t", 2)
        if len(parts) != 3 or parts[0] != _MAGIC:
            raise _corrupt(self.path, "it does not start with a database header")
        try:
            schema, header = int(parts[1]), json.loads(parts[2])
            header["records"], header["evidence"].get
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            raise _corrupt(self.path, "its header cannot be read") from err
        if schema > SCHEMA:
            raise CorruptDatabaseError(
                f"{self.path.name} has schema {schema}; this program reads up to {SCHEMA}"
            )
        return dict(header)


def open_records(path: Path) -> RecordFile:
    """Open a database file; it is read again only when it has changed.

    Raises:
        CorruptDatabaseError: the file is missing, damaged or of a newer schema.
    """
    return _records_of(path, _stamp(path))


@lru_cache(maxsize=256)
def _records_of(path: Path, _stamp: tuple[int, int, int]) -> RecordFile:
    return RecordFile(path)


def _stamp(path: Path) -> tuple[int, int, int]:
    """What changes when a file does.

    Raises:
        CorruptDatabaseError: the file is missing.
    """
    try:
        found = path.stat()
    except OSError as err:
        raise CorruptDatabaseError(f"cannot read database file {path}: {err.strerror}") from err
    return found.st_ino, found.st_mtime_ns, found.st_size


def load_json(path: Path) -> dict[str, Any]:
    """Read a small JSON file of the databases, an object; again only when it has changed.

    Raises:
        CorruptDatabaseError: the file is missing or damaged.
    """
    return _json_of(path, _stamp(path))


@lru_cache(maxsize=16)
def _json_of(path: Path, _stamp: tuple[int, int, int]) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as err:
        raise CorruptDatabaseError(f"cannot read database file {path}: {err.strerror}") from err
    except ValueError as err:
        raise _corrupt(path, "it is not JSON") from err
    if not isinstance(document, dict):
        raise _corrupt(path, "it is not a JSON object")
    return document


def _decompress(path: Path) -> bytes:
    try:
        packed = path.read_bytes()
    except OSError as err:
        raise CorruptDatabaseError(f"cannot read database file {path}: {err.strerror}") from err
    unpacker = zlib.decompressobj(wbits=31)  # 31: gzip framing, checks CRC and length
    try:
        data = unpacker.decompress(packed)
    except zlib.error as err:
        raise _corrupt(path, str(err)) from err
    if not unpacker.eof or unpacker.unused_data:
        raise _corrupt(path, "it is cut short or has bytes after its end")
    return data


def _corrupt(path: Path, why: str) -> CorruptDatabaseError:
    return CorruptDatabaseError(f"database file {path} is damaged: {why}")
