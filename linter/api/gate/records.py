"""``require_verified``: what the records of rewrites beside the models say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from linter.io.sidecar.rewrites import SUFFIX, ReadRecord, read_record
from linter.results.errors import GraphError
from linter.results.report import ModelReport
from linter.results.verify import VerifyStatus

__all__ = ["unverified"]


def unverified(models: Iterable[ModelReport]) -> Iterator[str]:
    """One sentence about each model whose numbers nobody has compared.

    A model has been compared when the record beside it says so of the very bytes. One that
    a record in its folder names as its input is an original: others are compared with it.
    """
    originals: dict[Path, frozenset[str]] = {}
    for model in models:
        fault = _fault(model)
        if not fault:
            continue
        folder = Path(model.path).parent
        if folder not in originals:
            originals[folder] = _inputs(folder)
        if _record_path(model).is_file() or model.sha256 not in originals[folder]:
            yield f"{model.path}: {fault}"


def _record_path(model: ModelReport) -> Path:
    return Path(f"{model.path.rstrip('/')}{SUFFIX}")


def _fault(model: ModelReport) -> str:
    """Why a model does not count as compared; empty when it does."""
    path = _record_path(model)
    if not path.is_file():
        return f"there is no {path.name} beside it that says it was verified"
    try:
        record = read_record(path)
    except GraphError as err:
        return str(err)
    if record.output_sha256 != model.sha256:
        return f"{path.name} is about another file: the digests differ"
    if record.verified != VerifyStatus.EQUAL:
        return f"{path.name} says {record.verified[:40]!r}, not 'equal'"
    return ""


def _inputs(folder: Path) -> frozenset[str]:
    """Digests of the models that the records of a folder started from."""
    records: list[ReadRecord] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            records.append(read_record(path))
        except GraphError:
            continue
    return frozenset(record.input_sha256 for record in records)
