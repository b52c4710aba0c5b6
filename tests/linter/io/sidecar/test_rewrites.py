"""The record of rewrites: what is in it."""

from __future__ import annotations

import json

from outcomes import TARGET, fix_outcome

from linter.io.sidecar.rewrites import record_text

COUNTS = {"nodes": 9, "reachable": 8, "supported": 6, "unsupported": 2, "unknown": 0}


def test_what_the_record_says():
    assert json.loads(record_text(fix_outcome())) == {
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
