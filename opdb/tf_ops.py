"""TensorFlow op definitions: argument names, where their dtypes come from, attributes."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from opdb.load import DATA_DIR, RecordFile, open_records
from opdb.record import ArgDef, AttrDef, OpDef

__all__ = ["OpTable", "load_op_table"]


class OpTable:
    """The op definitions of an installed TensorFlow, decoded one at a time.

    ``op in table`` and iteration mean ops with a definition. Ops that only an older release had
    are in :attr:`known_names` too; :meth:`get` gives ``None`` for them.
    """

    def __init__(self, records: RecordFile) -> None:
        self._records = records
        self._decoded: dict[str, OpDef | None] = {}

    def get(self, op: str) -> OpDef | None:
        """The definition of an op, ``None`` when the table has none."""
        try:
            return self._decoded[op]
        except KeyError:
            raw = self._records.get("op", op)
            definition = None if raw is None else _op_def(op, raw)
            self._decoded[op] = definition
            return definition

    def __contains__(self, op: object) -> bool:
        return isinstance(op, str) and self._records.has("op", op)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return self._records.names("op")

    @cached_property
    def known_names(self) -> frozenset[str]:
        """Names of all ops, also of those without a definition here."""
        return frozenset(self._names) | frozenset(self._records.names("name"))

    @property
    def tensorflow(self) -> str:
        """The TensorFlow release that the definitions come from."""
        return str(self._records.header["tensorflow"])


@lru_cache(maxsize=4)
def load_op_table(data: Path = DATA_DIR) -> OpTable:
    """The op table that comes with the package.

    Raises:
        CorruptDatabaseError: its file is missing or damaged.
    """
    return OpTable(open_records(data / "tf_ops" / "ops.tsv.gz"))


def _op_def(name: str, raw: Mapping[str, Any]) -> OpDef:
    return OpDef(
        name=name,
        inputs=tuple(ArgDef(**arg) for arg in raw.get("in", ())),
        outputs=tuple(ArgDef(**arg) for arg in raw.get("out", ())),
        attrs={attr["name"]: _attr_def(attr) for attr in raw.get("attrs", ())},
        stateful=raw.get("stateful", False),
        commutative=raw.get("commutative", False),
    )


def _attr_def(raw: Mapping[str, Any]) -> AttrDef:
    allowed = raw.get("allowed")
    return AttrDef(
        name=raw["name"],
        type=raw["type"],
        default=_default(raw),
        has_default="default" in raw,
        allowed=None if allowed is None else tuple(allowed),
    )


def _default(raw: Mapping[str, Any]) -> Any:
    """The default as a model would hold it: a float of an attribute has single precision."""
    default = raw.get("default")
    if raw["type"] != "float" or default is None:
        return default
    return struct.unpack("<f", struct.pack("<f", default))[0]
