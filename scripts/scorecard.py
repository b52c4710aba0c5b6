"""Ask omlint about every graph of which it is recorded what a compiler did.

Writes docs/scorecard.md, and its two sentences in the README:

    python scripts/scorecard.py                   write
    python scripts/scorecard.py --check           say whether both are up to date
    python scripts/scorecard.py --facts DIR       where the records are; else beside the checkout

The records are no part of the project: ``parser-run`` (what atc's own parser and shape inference
did with graphs) and ``outcomes`` (documented conversions, rebuilt). Each answer is right, uncertain
or wrong; every wrong one is named on the page, with the reason where it is known.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from score.page import page, with_summary  # noqa: E402 - the checkout goes first on the path
from score.records import Answer, ask_all, has_records  # noqa: E402

PAGE = ROOT / "docs" / "scorecard.md"
README = ROOT / "README.md"


def main() -> int:
    """Write or compare the texts; 2 where they cannot be written without the records."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not has_records(arguments.facts):
        print(f"skipped: there are no records in {arguments.facts}", file=sys.stderr)
        return 0 if arguments.check else 2
    old = outdated(ask_all(arguments.facts))
    for path, text in old.items():
        if arguments.check:
            print(f"{path.relative_to(ROOT)} is out of date: run scripts/scorecard.py")
        else:
            path.write_text(text, "utf-8")
    return 1 if old and arguments.check else 0


def outdated(answers: tuple[Answer, ...]) -> dict[Path, str]:
    """What the files ought to say that say something else."""
    readme = README.read_text("utf-8")
    texts = {PAGE: page(answers), README: with_summary(readme, answers)}
    return {
        path: text
        for path, text in texts.items()
        if not path.exists() or path.read_text("utf-8") != text
    }


if __name__ == "__main__":
    sys.exit(main())
