"""The record that ``fix`` leaves beside what it writes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linter.results.errors import UsageError

if TYPE_CHECKING:
    from linter.api.job import FixOutcome
    from linter.results.report import Summary

__all__ = ["record_value", "write_record"]


def write_record(path: str, outcome: FixOutcome) -> None:
    """The record of the rewrites, whole or not at all."""
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        draft.write_text(json.dumps(record_value(outcome), indent=2) + "\n", encoding="utf-8")
        draft.replace(target)
    except OSError as err:
        raise UsageError(f"cannot write {path}: {err.strerror}") from err
    finally:
        draft.unlink(missing_ok=True)


def record_value(outcome: FixOutcome) -> dict[str, Any]:
    """The record: keys and their order are a contract."""
    before, after = outcome.input_report, outcome.output_report
    return {
        "model": outcome.path,
        "target": before.targets[0].target,
        "input_sha256": before.sha256,
        "output_sha256": outcome.output_sha256,
        "before": _summary(before.targets[0].summary),
        "after": _summary(after.targets[0].summary),
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


def _summary(summary: Summary) -> dict[str, Any]:
    from linter.report.json import summary_value

    return summary_value(summary)
