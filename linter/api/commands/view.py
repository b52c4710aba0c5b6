"""``view``: what a page about a model shows, or about two forms of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from linter.api.commands.check import check
from linter.api.commands.diff import diff
from linter.api.commands.matrix import matrix
from linter.graph import Value
from linter.io.sidecar.rewrites import SUFFIX, ReadRecord, read_record
from linter.results.errors import GraphError
from linter.results.report import Report
from linter.results.view import View
from opdb.store import Store
from rules.registry import rewrite_rules

__all__ = ["view"]


def view(
    path: str,
    *,
    after: str | None = None,
    targets: Sequence[str] = (),
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    with_matrix: bool = True,
    store: Store | None = None,
) -> View:
    """Judge a model, or what it was and what it became, for a page.

    Args:
        path: a frozen graph or a SavedModel.
        after: the same model after it was rewritten; a record beside it is read.
        targets: ``TOOL@VERSION/SOC`` or ``SOC``; none means the default target.
        input_shapes: sizes of inputs by node name.
        outputs: what the models compute; none means their leaves.
        with_matrix: also judge the model, as it became, on every release and chip.
        store: where databases are; ``None`` for the package and the user's data folder.

    Raises:
        GraphError: a model cannot be read.
        UsageError: an unknown output or input name.
        UnknownNameError: an unknown target.
    """
    paths = (path,) if after is None else (path, after)
    report = check(
        paths,
        targets=targets,
        input_shapes=input_shapes,
        outputs=outputs,
        store=store,
        pictures=True,
    )
    _refuse_unread(report, paths)
    page = View(report, rule_names={rule.id: rule.name for rule in rewrite_rules()})
    if with_matrix:
        shown = matrix(paths[-1], input_shapes=input_shapes, outputs=outputs, store=store)
        page = replace(page, matrix=shown)
    return page if after is None else _compared(page, path, after)


def _refuse_unread(report: Report, paths: Sequence[str]) -> None:
    """A page needs its models; what else went wrong is shown on it."""
    read = {model.path for model in report.results}
    for error in report.errors:
        if error.path in paths and error.path not in read:
            raise GraphError(error.message, cause=error.kind, offset=error.offset)


def _compared(page: View, before: str, after: str) -> View:
    page = replace(page, diff=diff(before, after))
    record = _record(page, after)
    return (
        page
        if record is None
        else replace(page, rewrites=record.rewrites, verified=record.verified)
    )


def _record(page: View, after: str) -> ReadRecord | None:
    """The record beside the second model, where it is about these two files."""
    path = Path(after + SUFFIX)
    if not path.is_file():
        return None
    record = read_record(path)
    digests = [model.sha256 for model in page.report.results]
    return record if [record.input_sha256, record.output_sha256] == digests else None
