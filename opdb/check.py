"""Checks of the database files that need nothing but the files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from opdb.errors import CorruptDatabaseError
from opdb.load import DATA_DIR, load_json, open_records

__all__ = ["MANIFEST", "manifest_faults", "manifest_outputs"]

MANIFEST = "MANIFEST.json"


def manifest_outputs(data: Path = DATA_DIR) -> dict[str, str]:
    """sha256 by file name, as the builder wrote them down.

    Raises:
        CorruptDatabaseError: there is no readable manifest.
    """
    manifest = load_json(data / MANIFEST)
    try:
        return {str(name): str(digest) for name, digest in manifest["outputs"].items()}
    except (KeyError, TypeError, AttributeError) as err:
        raise CorruptDatabaseError(f"database file {data / MANIFEST} lists no files") from err


def manifest_faults(data: Path = DATA_DIR) -> list[str]:
    """One sentence for each file that is missing, changed, unreadable or not listed."""
    outputs = manifest_outputs(data)
    present = {p.relative_to(data).as_posix() for p in data.rglob("*") if p.is_file()}
    faults = [f"{name}: missing" for name in sorted(set(outputs) - present)]
    faults += [f"{name}: not in {MANIFEST}" for name in sorted(present - {*outputs, MANIFEST})]
    for name in sorted(present & set(outputs)):
        if hashlib.sha256((data / name).read_bytes()).hexdigest() != outputs[name]:
            faults.append(f"{name}: sha256 differs from {MANIFEST}")
        elif name.endswith(".gz"):
            faults += _unreadable(data / name)
    return faults


def _unreadable(path: Path) -> list[str]:
    try:
        open_records(path)
    except CorruptDatabaseError as err:
        return [str(err)]
    return []
