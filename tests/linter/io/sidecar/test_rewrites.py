"""The record of rewrites: what is in it, and that it appears whole or not at all."""

from __future__ import annotations

import json

import pytest
from outcomes import TARGET, fix_outcome

from linter.io.sidecar.rewrites import record_text, write_record
from linter.results.errors import UsageError

COUNTS = {"nodes": 9, "reachable": 8, "supported": 6, "unsupported": 2, "unknown": 0}


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "out.pb.rewrites.json"
    write_record(str(path), fix_outcome())
    text = path.read_text("utf-8")
    assert text == record_text(fix_outcome())
    assert json.loads(text) == {
        "model": "nets/net.pb",
        "target": TARGET,
        "input_sha256": "ab" * 32,
        "output_sha256": "cd" * 32,
        "before": {**COUNTS, "placements": {"aicore": 3, "none": 2}},
        "after": {
            **COUNTS, "supported": 8, "unsupported": 0, "placements": {"aicore": 3, "none": 0},
        },
        "rewrites": [
            {
                "rule": "RWS010", "root": "sum", "removed": ["sum"], "added": ["sum", "sum/c"],
                "safety": "exact",
            }
        ],
        "refused": [{"rule": "RWS005", "node": "odd", "reason": "it has no static shape"}],
        "verified": "equal",
        "seeds": [0, 1],
    }  # fmt: skip
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_an_older_record_stays_where_the_new_one_cannot_be_written(tmp_path):
    (tmp_path / "out.rewrites.json").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        write_record(str(tmp_path / "out.rewrites.json"), fix_outcome())
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.rewrites.json"]
