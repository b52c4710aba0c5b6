"""The builder: same facts, same bytes; faults in facts stop it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from opdb.load import DATA_DIR

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "build_opdb.py"


def run(*args: str, seed: str = "7") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, str(SCRIPT), *args]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def exhaustive(request):
    """Sweeps of everything run when they are asked for: ``pytest -m models``."""
    if "models" not in request.config.option.markexpr:
        pytest.skip("a sweep of everything; pytest -m models runs it")


@pytest.mark.models
@pytest.mark.usefixtures("exhaustive")
def test_a_rebuild_writes_the_committed_files(shared_dir, tmp_path):
    shutil.copytree(DATA_DIR / "tf_ops", tmp_path / "tf_ops")
    shutil.copy(DATA_DIR / "MANIFEST.json", tmp_path)
    done = run("--facts", str(shared_dir), "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    ours = {p.relative_to(DATA_DIR): p for p in DATA_DIR.rglob("*") if p.is_file()}
    fresh = {p.relative_to(tmp_path): p for p in tmp_path.rglob("*") if p.is_file()}
    assert set(fresh) == set(ours)
    assert [str(n) for n in ours if fresh[n].read_bytes() != ours[n].read_bytes()] == []


@pytest.mark.usefixtures("builder")
def test_a_rebuilt_release_is_the_committed_one(shared_dir, tmp_path):
    from opdb_build import atc, judging, omg, targets
    from opdb_build.lines import Facts
    from opdb_build.sources import Sources

    from opdb.write import pretty

    facts, sources = Facts(shared_dir), Sources()
    atc.build(facts, sources, "5.1.RC1", tmp_path)
    overrides = json.loads((DATA_DIR / "overrides.json").read_bytes())
    judging.build(facts, sources, tmp_path, overrides)
    for version in (*omg.TABLES, *omg.PARTIAL_TABLES):
        omg.build(facts, sources, version, tmp_path, overrides)
    (tmp_path / "targets.json").write_bytes(pretty(targets.build(facts, sources)))
    fresh = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(fresh) > 20
    for path in fresh:
        assert path.read_bytes() == (DATA_DIR / path.relative_to(tmp_path)).read_bytes(), path
    known = json.loads((DATA_DIR / "sources.json").read_bytes())
    assert sources.table().items() <= known.items()


def test_the_manifest_check_needs_no_facts_and_finds_a_change(tmp_path):
    assert run("--verify-manifest").stdout == "ok\n"
    copy = tmp_path / "data"
    shutil.copytree(DATA_DIR, copy)
    (copy / "targets.json").write_bytes(b"{}")
    (copy / "stray.txt").write_bytes(b"")
    done = run("--verify-manifest", "--out", str(copy))
    assert done.returncode == 1
    assert "targets.json: sha256 differs" in done.stderr
    assert "stray.txt: not in MANIFEST.json" in done.stderr


def test_facts_are_asked_for():
    done = run()
    assert done.returncode == 2
    assert "--facts" in done.stderr


@pytest.fixture
def builder(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))


@pytest.mark.usefixtures("builder")
def test_faults_in_facts_stop_the_build():
    from opdb_build.judging import apply_overrides
    from opdb_build.omg import _checked
    from opdb_build.sources import Sources

    from opdb.write import Records

    with pytest.raises(ValueError, match="row"):
        _checked("row", [{"expr": "1 <"}])
    with pytest.raises(ValueError, match="unknown function"):
        _checked("row", [{"expr": "open('x')"}])
    sources = Sources()
    sources.add("a", "b", "c")
    with pytest.raises(ValueError, match="two meanings"):
        sources.add("a", "other", "c")
    records = Records()
    records.add("kind", "name", {})
    with pytest.raises(ValueError, match="two records"):
        records.add("kind", "name", {})
    with pytest.raises(ValueError, match="unusable"):
        records.add("kind", "a\tb", {})
    change = {"facts": "f", "where": {"op": "Gone"}, "set": {}}
    with pytest.raises(ValueError, match="hits 0"):
        apply_overrides("f", [{"op": "Here"}], [change])


@pytest.mark.usefixtures("builder")
def test_packing_depends_on_the_data_alone():
    import gzip

    from opdb.write import pack

    assert pack(b"same") == pack(b"same")
    assert gzip.decompress(pack(b"same")) == b"same"
    assert pack(b"same")[4:8] == bytes(4)
