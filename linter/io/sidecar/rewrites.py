"""``*.rewrites.json``: the record that ``fix`` leaves beside what it writes."""

from __future__ import annotations

import json
from typing import Any

from linter.results.fix import FixOutcome
from linter.results.json_values import summary_value

__all__ = ["record_text"]


def record_text(outcome: FixOutcome) -> str:
    """The record: what was rewritten, what was not, and how the numbers compare."""
    return json.dumps(_record_value(outcome), indent=2) + "\n"


def _record_value(outcome: FixOutcome) -> dict[str, Any]:
    """Keys and their order are a contract."""
    before, after = outcome.input_report, outcome.output_report
    return {
        "model": outcome.path,
        "target": before.targets[0].target,
        "input_sha256": before.sha256,
        "output_sha256": outcome.output_sha256,
        "before": summary_value(before.targets[0].summary),
        "after": summary_value(after.targets[0].summary),
        "rewrites": [
            {
                "rule": made.rule,
                "root": made.root,
                "removed": list(made.removed),
                "added": list(made.added),
                "safety": made.safety.value,
            }
            for made in outcome.rewrites
        ],
        "refused": [
            {"rule": refusal.rule, "node": refusal.node, "reason": refusal.reason}
            for refusal in outcome.refused
        ],
        "verified": outcome.proof.status,
        "seeds": list(outcome.proof.seeds),
    }
