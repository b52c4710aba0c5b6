"""``*.rewrites.json``: the record that ``fix`` leaves beside what it writes, made and read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linter.io.sidecar.json_file import read_json
from linter.results.errors import GraphError
from linter.results.finding import Safety
from linter.results.fix import FixOutcome
from linter.results.json_values import summary_value
from linter.results.rewrite import RewriteRecord

__all__ = ["SUFFIX", "ReadRecord", "read_record", "record_text"]

SUFFIX = ".rewrites.json"


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """What a record says about the numbers and about the changes.

    Attributes:
        input_sha256: digest of the model that was rewritten.
        output_sha256: digest of what was written, ``None`` when nothing was.
        verified: ``equal``, ``different``, ``insensitive`` or ``unverified``.
        rewrites: the changes that were made, in order.
    """

    input_sha256: str
    output_sha256: str | None
    verified: str
    rewrites: tuple[RewriteRecord, ...] = ()


def record_text(outcome: FixOutcome) -> str:
    """The record: what was rewritten, what was not, and how the numbers compare."""
    return json.dumps(_record_value(outcome), indent=2) + "\n"


def read_record(path: Path) -> ReadRecord:
    """The record in a file.

    Raises:
        GraphError: it cannot be read, or is none.
    """
    value = read_json(path, "record of rewrites")
    fields = value if isinstance(value, dict) else {}
    before, after = fields.get("input_sha256"), fields.get("output_sha256")
    verified = fields.get("verified")
    if not isinstance(before, str) or not isinstance(verified, str):
        raise GraphError(f"{path}: not a record of rewrites", cause="corrupt-record")
    try:
        rewrites = tuple(_change(item) for item in fields.get("rewrites", ()))
    except (KeyError, TypeError, ValueError) as err:
        raise GraphError(f"{path}: not a record of rewrites", cause="corrupt-record") from err
    return ReadRecord(before, after if isinstance(after, str) else None, verified, rewrites)


def _change(value: Any) -> RewriteRecord:
    return RewriteRecord(
        str(value["rule"]),
        str(value["root"]),
        tuple(map(str, value["removed"])),
        tuple(map(str, value["added"])),
        Safety(value["safety"]),
    )


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
