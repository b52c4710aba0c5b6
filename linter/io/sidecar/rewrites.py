"""``*.rewrites.json``: the record that ``fix`` leaves beside what it writes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from linter.results.errors import UsageError
from linter.results.fix import FixOutcome
from linter.results.json_values import summary_value

__all__ = ["record_text", "write_record"]


def write_record(path: str, outcome: FixOutcome) -> None:
    """Write the record of the rewrites, whole or not at all.

    Raises:
        UsageError: the place cannot be written to.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        draft.write_text(record_text(outcome), encoding="utf-8")
        draft.replace(target)
    except OSError as err:
        raise UsageError(f"cannot write {path}: {err.strerror}") from err
    finally:
        draft.unlink(missing_ok=True)


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
