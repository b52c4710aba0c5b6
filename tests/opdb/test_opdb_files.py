"""The committed files: whole, resolvable, and refused with their name when damaged."""

from __future__ import annotations

import ast
import gzip
import json
import shutil
from pathlib import Path

import pytest

from opdb.check import manifest_faults, manifest_outputs
from opdb.errors import CorruptDatabaseError
from opdb.load import DATA_DIR, SCHEMA, RecordFile, open_records
from opdb.query import open_database
from opdb.target import parse_target

REGISTRIES = ("targets.json", "MANIFEST.json", "sources.json")
FILES = sorted(path.relative_to(DATA_DIR).as_posix() for path in DATA_DIR.rglob("*.gz"))


def lines(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).split(b"\n")


def test_the_manifest_holds_and_lists_everything():
    assert manifest_faults() == []
    assert set(FILES) <= set(manifest_outputs())
    assert sum(p.stat().st_size for p in DATA_DIR.rglob("*") if p.is_file()) < 12_000_000


@pytest.mark.parametrize("name", FILES)
def test_lines_are_sorted_and_every_record_names_evidence_that_resolves(name):
    known = json.loads((DATA_DIR / "sources.json").read_bytes())
    head, *records = lines(DATA_DIR / name)
    header = json.loads(head.split(b"\t", 2)[2])
    assert records == sorted(records)
    assert header["records"] == len(records)
    shared = header["evidence"]
    for record in records:
        kind, op, text = record.split(b"\t", 2)
        decoded = json.loads(text)
        ids = list(shared.get(kind.decode(), ()))
        for entry in decoded if isinstance(decoded, list) else [decoded]:
            if isinstance(entry, dict):
                ids += entry.get("ev", ())
        if kind not in (b"group", b"select-format-index", b"restriction"):
            assert ids, (name, kind, op)
        assert not [i for i in ids if i not in known], (name, kind, op)


def test_sources_name_documents_and_no_machine():
    for id_, source in json.loads((DATA_DIR / "sources.json").read_bytes()).items():
        assert source["title"], id_
        assert source["where"], id_
        assert not source["where"].startswith("/"), id_


def test_every_stored_condition_is_a_python_expression():
    found = 0
    for name in FILES:
        for line in lines(DATA_DIR / name):
            kind = line.split(b"\t", 1)[0]
            if kind in (b"constraint", b"omg", b"pattern", b"restriction"):
                for expr in _expressions(json.loads(line.split(b"\t", 2)[2])):
                    ast.parse(expr, mode="eval")
                    found += 1
    assert found > 200


def _expressions(value):
    if isinstance(value, dict):
        if isinstance(value.get("expr"), str):
            yield value["expr"]
        for item in value.values():
            yield from _expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _expressions(item)


@pytest.fixture
def copy(tmp_path):
    """A small data folder: one release and one chip."""
    for name in (
        "targets.json",
        "sources.json",
        "MANIFEST.json",
        "atc/judging.tsv.gz",
        "atc/8.1.RC1/common.tsv.gz",
        "atc/8.1.RC1/cpu.tsv.gz",
        "atc/8.1.RC1/ascend310.tsv.gz",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA_DIR / name, tmp_path / name)
    return tmp_path


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "flipped":
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :])
    elif how == "checksum":
        path.write_bytes(data[:-8] + bytes(4) + data[-4:])
    elif how == "tail":
        path.write_bytes(data + b"more")
    elif how == "not-gzip":
        path.write_bytes(b"parser\tConv2D\t{}")
    elif how == "other-text":
        path.write_bytes(gzip.compress(b"hello\nworld"))
    elif how == "lines-lost":
        kept = gzip.decompress(data).split(b"\n")[:-5]
        path.write_bytes(gzip.compress(b"\n".join(kept)))


@pytest.mark.parametrize(
    "how",
    [
        "missing",
        "empty",
        "cut",
        "flipped",
        "checksum",
        "tail",
        "not-gzip",
        "other-text",
        "lines-lost",
    ],
)
def test_a_damaged_file_is_named_and_never_looks_empty(copy, how):
    damage(copy / "atc" / "8.1.RC1" / "common.tsv.gz", how)
    database = open_database(parse_target("atc@8.1.RC1/Ascend310"), copy)
    with pytest.raises(CorruptDatabaseError, match=r"common\.tsv\.gz") as caught:
        database.parser("Conv2D")
    assert caught.value.exit_code == 3
    assert any("common.tsv.gz" in fault for fault in manifest_faults(copy))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((n, t) for n in REGISTRIES for t in ("", "{", "[]", '"x"')),
        ("targets.json", '{"schema": 1}'),
        ("targets.json", '{"schema": "new"}'),
        ("targets.json", '{"schema": 99}'),
        ("MANIFEST.json", '{"schema": 1}'),
        ("MANIFEST.json", '{"outputs": []}'),
        ("sources.json", '{"parser-builtin": {"title": "x"}}'),
        ("sources.json", '{"parser-builtin": 1}'),
    ],
)
def test_a_damaged_registry_is_named(copy, name, text):
    (copy / name).write_text(text)

    def ask():
        database = open_database(parse_target("atc@8.1.RC1/Ascend310"), copy)
        _ = database.digest
        return database.source("parser-builtin")

    with pytest.raises(CorruptDatabaseError, match=name):
        ask()


def test_a_newer_schema_is_refused(tmp_path):
    path = tmp_path / "new.tsv.gz"
    head = f'#omlint-opdb\t{SCHEMA + 1}\t{{"records":0,"evidence":{{}}}}'
    path.write_bytes(gzip.compress(head.encode()))
    with pytest.raises(CorruptDatabaseError, match="schema"):
        RecordFile(path)


def test_a_record_that_is_not_json_is_named(tmp_path):
    path = tmp_path / "bad.tsv.gz"
    text = '#omlint-opdb\t1\t{"records":1,"evidence":{}}\nparser\tAdd\t{oops'
    path.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(CorruptDatabaseError, match=r"bad\.tsv\.gz.*parser Add"):
        RecordFile(path).get("parser", "Add")


def test_lookups_take_whole_names(tmp_path):
    path = tmp_path / "some.tsv.gz"
    text = (
        '#omlint-opdb\t1\t{"records":3,"evidence":{"p":["e"]}}\n'
        'p\tAdd\t{"n":1}\np\tAddN\t{"n":2}\nq\tAdd\t{"n":3}'
    )
    path.write_bytes(gzip.compress(text.encode()))
    records = open_records(path)
    assert records.get("p", "Add") == {"n": 1}
    assert records.get("p", "AddN") == {"n": 2}
    assert records.get("q", "Add") == {"n": 3}
    assert records.get("p", "Ad") is None
    assert records.get("p", "AddNN") is None
    assert records.get("r", "Add") is None
    assert records.names("p") == ("Add", "AddN")
    assert records.names("r") == ()
    assert records.has("q", "Add")
    assert not records.has("q", "AddN")
    assert records.evidence("p") == ("e",)
    assert records.evidence("q") == ()
