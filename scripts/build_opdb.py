"""Write the operator databases from the folder of facts.

``build_opdb.py --facts DIR`` writes everything but the TensorFlow op table, which needs an
installed TensorFlow and has a command of its own: ``build_opdb.py tf-ops --facts DIR``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from opdb_build.lines import Facts

ROOT = Path(__file__).resolve().parents[1]


def main(argv: list[str] | None = None) -> int:
    """Run the builder; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("part", nargs="?", choices=["facts", "tf-ops"], default="facts")
    parser.add_argument("--facts", type=Path, metavar="DIR", help="folder of the facts")
    parser.add_argument("--out", type=Path, default=ROOT / "opdb" / "data", metavar="DIR")
    args = parser.parse_args(argv)
    if args.facts is None:
        parser.error("--facts DIR is needed")
    if args.part == "tf-ops":
        from opdb_build import tf_ops

        print(tf_ops.build(Facts(args.facts), args.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
