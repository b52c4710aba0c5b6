"""``omlint view``: what is written, and what is refused before any work is done."""

from __future__ import annotations

import json
import os
import sys

import pytest
from sample_graphs import LEFTOVERS, write_graph

TARGET = "omg@hilens-2021-09/Ascend310"


@pytest.fixture
def model(tmp_path):
    return write_graph(tmp_path / "model.pb", LEFTOVERS)


def data_of(path):
    text = path.read_text(encoding="utf-8")
    start = text.index('id="data">') + len('id="data">')
    return json.loads(text[start : text.index("</script>", start)])


def test_a_page_has_the_graph_and_every_release(omlint, tmp_path, model):
    done = omlint("view", "model.pb", "--target", TARGET, "-o", "page.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    data = data_of(tmp_path / "page.html")
    assert data["models"][0]["bodies"][0]["names"] == ["x", "checked", "half", "sum", "relu"]
    assert len(data["matrix"]["cells"]) > 100
    assert str(tmp_path) not in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_before_and_after(omlint, tmp_path, model):
    omlint("fix", "model.pb", "--target", TARGET, "-o", "fixed.pb", "--no-verify")
    done = omlint("view", "model.pb", "--after", "fixed.pb", "--no-matrix", "-o", "page.html")
    assert done.returncode == 0
    data = data_of(tmp_path / "page.html")
    assert [entry["path"] for entry in data["models"]] == ["model.pb", "fixed.pb"]
    assert data["diff"]["bodies"][0]["removed"] == ["checked"]
    assert {made["rule"] for made in data["rewrites"]} == {"RWD008", "RWS010"}
    assert data["matrix"] is None


def test_check_writes_the_same_page(omlint, tmp_path, model):
    done = omlint("check", "model.pb", "--target", TARGET, "--format", "html:page.html")
    assert done.returncode == 1
    seen = omlint("view", "model.pb", "--target", TARGET, "--no-matrix", "-o", "view.html")
    assert seen.returncode == 0
    checked, viewed = data_of(tmp_path / "page.html"), data_of(tmp_path / "view.html")
    assert checked["models"] == viewed["models"]


def test_node_data_for_model_explorer(omlint, tmp_path, model):
    done = omlint("view", "model.pb", "--target", TARGET, "--model-explorer", "data.json")
    assert done.returncode == 0
    results = json.loads((tmp_path / "data.json").read_text(encoding="utf-8"))["results"]
    assert results["sum"]["value"] == "unsupported: OPS001"
    assert results["relu"]["value"] == "supported: omg"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ((), 2, "nothing to do"),
        (("-o", "model.pb"), 2, "is the input"),
        (("-o", "page.html", "--after", "page.html"), 2, "is the input"),
        (("-o", "page.html", "--target", "Ascend31"), 2, "Ascend310"),
        (("-o", "page.html", "--outputs", "gone"), 2, "no node 'gone'"),
        (("-o", "page.html", "--after", "missing.pb"), 3, "missing.pb"),
        (("--netron",), 2, "netron is not installed"),
    ],
)
def test_what_is_refused(omlint, tmp_path, model, args, code, said):
    (tmp_path / "bin").mkdir()
    done = omlint("view", "model.pb", *args, env={"PATH": str(tmp_path / "bin")})
    assert done.returncode == code
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "page.html").exists()


def test_netron_is_given_the_model(omlint, tmp_path, model):
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "netron"
    # In pieces, as pipes hand things on.
    pieces = (
        "for word in sys.argv[1:]:\n    print(word, end=' ', flush=True)\n    time.sleep(0.1)\n"
    )
    program.write_text(f"#!{sys.executable}\nimport sys, time\n{pieces}print('.')\n", "utf-8")
    program.chmod(0o755)
    path = os.pathsep.join((str(folder), os.environ["PATH"]))
    done = omlint("view", "model.pb", "--netron", env={"PATH": path})
    assert (done.returncode, done.stderr) == (0, "--browse model.pb .\n")
