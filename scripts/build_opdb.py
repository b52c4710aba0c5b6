"""Write the operator databases from the folder of facts.

``build_opdb.py --facts DIR`` writes everything but the TensorFlow op table, which needs an
installed TensorFlow and has a command of its own: ``build_opdb.py tf-ops --facts DIR``.
``--check`` rebuilds into a temporary folder and compares; ``--verify-manifest`` needs no facts: it
compares the committed files with their sha256.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from opdb_build import atc, judging, omg, targets  # noqa: E402
from opdb_build.lines import Facts, write_manifest  # noqa: E402
from opdb_build.sources import Sources  # noqa: E402

from opdb.check import manifest_faults  # noqa: E402 - found through the path above
from opdb.write import pretty  # noqa: E402

DATA = ROOT / "opdb" / "data"


def main(argv: list[str] | None = None) -> int:
    """Run the builder; returns the exit code."""
    args = _arguments(argv)
    if args.verify_manifest:
        return _report(manifest_faults(args.out))
    if args.check:
        return _report(_differences(args.facts, args.out, args.part))
    counts = build(args.facts, args.out, args.part)
    for name, kinds in counts.items():
        print(name, json.dumps(kinds))
    size = sum(path.stat().st_size for path in args.out.rglob("*") if path.is_file())
    print(f"{size / 1e6:.2f} MB in {args.out}")
    return 0


def build(facts_dir: Path, out: Path, part: str = "facts") -> dict[str, dict[str, int]]:
    """Write one part of the databases; returns counts by file or version."""
    facts = Facts(facts_dir)
    if part == "tf-ops":
        from opdb_build import tf_ops

        return {"tf_ops": tf_ops.build(facts, out)}
    sources = Sources()
    _tensorflow_sources(sources)
    overrides = json.loads((DATA / "overrides.json").read_bytes())
    counts = {f"atc@{v}": atc.build(facts, sources, v, out) for v in (*atc.FULL, *atc.PARTIAL)}
    counts["judging"] = judging.build(facts, sources, out, overrides).counts()
    counts |= {
        f"omg@{v}": omg.build(facts, sources, v, out, overrides)
        for v in (*omg.TABLES, *omg.PARTIAL_TABLES)
    }
    (out / "targets.json").write_bytes(pretty(targets.build(facts, sources)))
    (out / "sources.json").write_bytes(pretty(sources.table()))
    (out / "overrides.json").write_bytes((DATA / "overrides.json").read_bytes())
    write_manifest(out, "facts", facts.read)
    return counts


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("part", nargs="?", choices=["facts", "tf-ops"], default="facts")
    parser.add_argument("--facts", type=Path, metavar="DIR", help="folder of the facts")
    parser.add_argument("--out", type=Path, default=DATA, metavar="DIR", help="where to write")
    parser.add_argument("--check", action="store_true", help="rebuild elsewhere and compare")
    parser.add_argument("--verify-manifest", action="store_true", help="compare with sha256")
    args = parser.parse_args(argv)
    if args.facts is None and not args.verify_manifest:
        parser.error("--facts DIR is needed")
    return args


def _tensorflow_sources(sources: Sources) -> None:
    sources.add(
        "tensorflow-ops",
        "Op registry of an installed TensorFlow (release in the table's header)",
        "pypi.org/project/tensorflow",
    )
    sources.add(
        "tensorflow-registry-1.15.5",
        "Op names in the Python wrappers of TensorFlow 1.15.5 and 2.15.0",
        "pypi.org/project/tensorflow",
    )


def _differences(facts_dir: Path, out: Path, part: str) -> list[str]:
    """Names of files whose contents a rebuild would change (compression is not compared)."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        build(facts_dir, fresh, part)
        names = {p.relative_to(fresh).as_posix() for p in fresh.rglob("*") if p.is_file()}
        names.discard("MANIFEST.json")
        faults = [
            f"{name}: a rebuild differs"
            for name in sorted(names)
            if not (out / name).is_file() or _content(fresh / name) != _content(out / name)
        ]
    if part == "facts":
        present = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
        extra = present - names - {"MANIFEST.json", "tf_ops/ops.tsv.gz"}
        faults += [f"{name}: a rebuild does not write it" for name in sorted(extra)]
    return faults


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def _report(faults: list[str]) -> int:
    for fault in faults:
        print(fault, file=sys.stderr)
    print("differs" if faults else "ok")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
