"""The matrix against ``check``: the same verdicts, at a fraction of the price."""

from __future__ import annotations

import pytest
from effort import counted, lines_of

from linter.api.commands.check import check
from linter.api.commands.matrix import matrix, places
from opdb.store import Store

BERT = "models/gh-bert/bert_base_cls56_b1_s500.slim.pb"
SAMPLE = (
    "models/gh-migraphx/conv_relu6_test.pb",
    "models/gh-dl4j/matmul__rank4_batch2-2_ta.pb",
    "models/gh-tf2onnx/gru.frozen.pb",
    "models/gh-hicann-ge/test_VariableV2.pb",
)


@pytest.fixture(autouse=True)
def no_imports(tmp_path, monkeypatch):
    monkeypatch.setenv("OMLINT_DATA_HOME", str(tmp_path))


@pytest.mark.models
@pytest.mark.parametrize("name", SAMPLE)
def test_cells_say_what_check_says(shared_dir, name):
    path = str(shared_dir / name)
    cells = matrix(path).cells
    assert len(cells) == len(places(Store())) > 130
    picked = cells[::12]
    targets = [cell.place.target for cell in picked]
    (model,) = check([path], targets=targets).results
    for cell, report in zip(picked, model.targets, strict=True):
        assert (report.target, report.verdict) == (cell.place.target, cell.verdict)
        refused = {op.op for op in report.ops if op.status == "unsupported"}
        assert refused == set(cell.unsupported), report.target
        assert {op.op for op in report.ops if op.status == "unknown"} == set(cell.unknown)


@pytest.mark.models
def test_bert_on_every_full_target_costs_less_than_ten_checks(shared_dir, monkeypatch):
    path = str(shared_dir / BERT)
    check([path], targets=["atc@8.1.RC1/Ascend310"])  # imports and op definitions
    one = lines_of(lambda: check([path], targets=["atc@8.1.RC1/Ascend310"]))
    whole = [place for place in places(Store()) if not place.partial]
    monkeypatch.setattr("linter.api.commands.matrix.places", lambda store: tuple(whole))
    with counted() as effort:
        cells = matrix(path).cells
    assert len({cell.place.version for cell in cells}) == 12
    assert effort.lines < 10 * one, f"{len(cells)} cells take {effort.lines / one:.1f} checks"
