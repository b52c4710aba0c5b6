"""Writing database files: record lines, gzip without time or name."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable
from typing import Any

from opdb.load import SCHEMA

__all__ = ["Records", "compact", "dtype_name", "pack", "pretty"]

_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_DTYPES = {"float": "float32", "double": "float64"}


class Records:
    """Records of one database file, gathered in any order."""

    def __init__(self) -> None:
        self._lines: dict[bytes, bytes] = {}
        self.evidence: dict[str, list[str]] = {}
        self.header: dict[str, Any] = {}
        self._columns: dict[str, int] = {}

    def column(self, names: Iterable[str] | None) -> int | None:
        """The number of a list of dtypes or formats in the table that the header holds."""
        if names is None:
            return None
        return self._columns.setdefault(",".join(names), len(self._columns))

    def add(self, kind: str, name: str, value: object) -> None:
        """Add a record; the pair of kind and name must be new."""
        if "\t" in name or "\n" in name or not name:
            raise ValueError(f"unusable record name {name!r}")
        key = f"{kind}\t{name}\t".encode()
        if key in self._lines:
            raise ValueError(f"two records {kind} {name}")
        self._lines[key] = compact(value).encode()

    @property
    def names(self) -> set[str]:
        """The names of all records."""
        return {key.split(b"\t", 2)[1].decode() for key in self._lines}

    def counts(self) -> dict[str, int]:
        """How many records of each kind."""
        result: dict[str, int] = {}
        for key in self._lines:
            kind = key.split(b"\t", 1)[0].decode()
            result[kind] = result.get(kind, 0) + 1
        return result

    def dump(self) -> bytes:
        """The file's bytes."""
        head = {"records": len(self._lines), "evidence": self.evidence, **self.header}
        if self._columns:
            head["columns"] = list(self._columns)
        lines = sorted(key + value for key, value in self._lines.items())
        first = f"#omlint-opdb\t{SCHEMA}\t{compact(head)}".encode()
        return pack(b"\n".join([first, *lines]))


def compact(value: object) -> str:
    """JSON without blanks, keys sorted, one line."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def pretty(value: object) -> bytes:
    """JSON for a file that people read and git compares."""
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def pack(data: bytes) -> bytes:
    """Gzip with a fixed header, so that the bytes depend on the data alone."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflate.compress(data) + deflate.flush()
    return _GZIP_HEADER + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def dtype_name(name: str) -> str:
    """The NumPy name of a dtype that the sources spell in GE's way."""
    if name.startswith("list_"):
        raise ValueError(f"not a dtype: {name}")
    return _DTYPES.get(name, name)
