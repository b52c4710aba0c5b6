"""The committed script is what its sources build: by digest, and that it can stand in a page."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

FOLDER = Path(str(files("linter.report"))) / "viewer"
MANIFEST = json.loads((FOLDER / "built" / "manifest.json").read_text(encoding="utf-8"))
LISTED = {**MANIFEST["sources"], **MANIFEST["outputs"]}


@pytest.mark.parametrize("name", sorted(LISTED))
def test_what_is_committed_has_the_digest_of_the_last_build(name):
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    assert digest == LISTED[name], "run scripts/build_viewer"


def test_every_source_and_every_output_is_listed():
    sources = {f"src/{path.name}" for path in (FOLDER / "src").iterdir()}
    built = {f"built/{path.name}" for path in (FOLDER / "built").iterdir()}
    assert sources <= MANIFEST["sources"].keys()
    assert built == {*MANIFEST["outputs"], "built/manifest.json"}


def test_libraries_are_locked_to_a_digest():
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())


def test_the_licence_of_each_library_in_the_script_is_kept():
    wanted = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    text = (FOLDER / "built" / "licences.txt").read_text(encoding="utf-8")
    assert all(f"{name} {version} (MIT)" in text for name, version in wanted.items())
    assert text.count("Permission is hereby granted") == len(wanted)


def test_the_script_can_stand_in_a_page_and_asks_for_nothing():
    script = (FOLDER / "built" / "viewer.js").read_text(encoding="ascii")
    assert not re.search(r"</script|<!--", script, re.IGNORECASE)
    assert "innerHTML" not in script
    styles = (FOLDER / "built" / "viewer.css").read_text(encoding="ascii")
    assert not re.search(r"@import|url\(|</style", styles)
