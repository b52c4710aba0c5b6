"""Write ``linter/process/compiler/data/error_codes.json`` from the folder of reference facts.

    python scripts/build_error_codes.py --facts DIR [--check]

The output is deterministic; ``--check`` writes nothing and fails when the file is out of date.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "linter" / "process" / "compiler" / "data" / "error_codes.json"
RELEASE = "8.1.RC1"


def main() -> int:
    """Build or check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--facts", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text = render(options.facts)
    if options.check:
        if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text:
            print(f"{TARGET.name} is out of date", file=sys.stderr)
            return 1
        return 0
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


def render(facts: Path) -> str:
    """The file's text: one line per code, sorted."""
    atc = _read(facts / "atc" / "error_codes.json")
    omg = _read(facts / "omg-facts" / "omg_cli.json")
    groups = _groups(atc)
    codes = {}
    for entry in atc["codes"]:
        codes[entry["code"]] = {
            "title": entry["title"],
            "args": entry["args"],
            "stage": entry["stage"],
            "explanation": entry["explanation"],
            "advice": entry["advice"],
            "canonical": groups.get(entry["code"], entry["code"]),
        }
    legacy = {old: new for old, new in atc["legacy_only"].items() if new in codes}
    messages = [
        {"kind": m["kind"], "contains": m["contains"], "meaning": m.get("meaning", "")}
        for m in omg["messages"]
        if m["kind"] in ("success", "failure")
    ]
    lines = [f"  {json.dumps(code)}: {json.dumps(codes[code])}" for code in sorted(codes)]
    omg_lines = [f"  {json.dumps(message, ensure_ascii=False)}" for message in messages]
    return (
        '{\n "codes": {\n'
        + ",\n".join(lines)
        + '\n },\n "legacy": '
        + json.dumps(legacy, sort_keys=True)
        + ',\n "omg": [\n'
        + ",\n".join(omg_lines)
        + "\n ]\n}\n"
    )


def _groups(atc: dict[str, Any]) -> dict[str, str]:
    """The code that stands for each group of codes with one meaning: 8.1's own, E1 first."""
    entries = {entry["code"]: entry for entry in atc["codes"]}
    groups: dict[str, set[str]] = {}
    for code, entry in entries.items():
        group = {code, *(alias for alias in entry.get("aliases", ()) if alias in entries)}
        for member in list(group):
            group |= groups.get(member, set())
        for member in group:
            groups[member] = group
    return {
        code: min(group, key=lambda c: (RELEASE not in entries[c]["tables"], c))
        for code, group in groups.items()
    }


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


if __name__ == "__main__":
    sys.exit(main())
