"""The page as text: whole, inert, and the same answers as the report."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from page_samples import AFTER, BEFORE, HOSTILE, TARGET, graph, view_of

from linter import api
from linter.report import formats
from linter.report.formats.html import page
from linter.report.page_data import page_value


def data_of(text: str) -> dict:
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    return json.loads(match[1])


def node(value: dict, name: str, model: int = 0) -> dict:
    """What the columns say of one node."""
    body = value["models"][model]["bodies"][0]
    rank = body["names"].index(name)
    target = value["models"][model]["targets"][0]
    answer = target["answers"][0][rank]
    return {
        "op": body["opTable"][body["ops"][rank]],
        "inputs": [
            (body["names"][source], port)
            for source, port in zip(
                body["inputs"][rank][::2], body["inputs"][rank][1::2], strict=True
            )
        ],
        "outputs": [body["outputTable"][entry] for entry in body["outputs"][rank]],
        "attrs": dict(body["attrTable"][entry] for entry in body["attrs"][rank]),
        "answer": None if answer < 0 else target["judgements"][answer],
    }


def test_the_columns_tell_each_node(tmp_path):
    value = page_value(view_of(tmp_path))
    found = node(value, "body/sum")
    assert found["op"] == "AddV2"
    assert found["inputs"] == [("body/checked", 0), ("body/half", 0)]
    assert found["outputs"] == ["float32[2,3]"]
    assert found["attrs"] == {"T": "float32"}
    assert found["answer"]["status"] == "unsupported"
    assert node(value, "head/neg")["answer"]["status"] == "supported"
    assert node(value, "body/half")["attrs"]["value"] == "tensor(float32[], 0.5)"


def test_a_node_that_no_output_needs_has_no_answer(tmp_path):
    value = page_value(view_of(tmp_path, BEFORE + "loose = Const : float32[] = 1.0\n"))
    assert node(value, "loose")["answer"] is None


def test_a_missing_producer_is_no_other_node(tmp_path):
    value = page_value(view_of(tmp_path, BEFORE.replace("Neg(body/inner/relu)", "Neg(gone)")))
    body = value["models"][0]["bodies"][0]
    assert body["inputs"][body["names"].index("head/neg")] == [-1, 0]


def test_large_constants_and_long_attributes_are_cut(tmp_path):
    text = BEFORE.replace("float32[] = 0.5", "float32[40,50] = 0.5").replace(
        'message="x"', f'message="{"x" * 5000}"'
    )
    value = page_value(view_of(tmp_path, text))
    assert node(value, "body/half")["attrs"]["value"] == "tensor(float32[40,50])"
    assert len(node(value, "body/checked")["attrs"]["message"]) < 500


def test_what_went_and_came_is_told(tmp_path):
    value = page_value(view_of(tmp_path, BEFORE, AFTER))
    (body,) = value["diff"]["bodies"]
    assert (body["removed"], body["added"]) == (["body/checked"], ["head/more"])
    assert [name for name, _ in body["changed"]] == ["body/sum", "head/out"]
    assert value["matrix"]["cells"]


def test_the_record_beside_the_second_model_is_shown(tmp_path):
    before, after = graph(tmp_path, BEFORE), str(tmp_path / "fixed.pb")
    api.fix(before, after, target=TARGET, options=api.FixOptions(verify=False))
    value = page_value(api.view(before, after=after, targets=[TARGET], with_matrix=False))
    assert {made["rule"] for made in value["rewrites"]} >= {"RWD008", "RWS010"}
    assert value["verified"] == "unverified"
    assert value["rules"]["RWS010"] == "add-v2"


def test_a_record_of_other_files_is_not_shown(tmp_path):
    before, after = graph(tmp_path, BEFORE), str(tmp_path / "fixed.pb")
    api.fix(before, after, target=TARGET, options=api.FixOptions(verify=False))
    other = graph(tmp_path, BEFORE + "more = Neg(head/out)\n", "other.pb")
    value = page_value(api.view(other, after=after, targets=[TARGET], with_matrix=False))
    assert value["rewrites"] == []


def test_no_name_ends_the_element_of_the_data(tmp_path):
    view = view_of(tmp_path, HOSTILE)
    text = page(view)
    assert data_of(text) == json.loads(json.dumps(page_value(view)))
    assert text.count("<script") == 2
    assert "<img" not in text


def test_the_policy_lets_only_the_committed_script_run(tmp_path):
    text = page(view_of(tmp_path))
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert f"script-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"(src|href)\s*=\s*[\"']", text.replace(script, ""))


def test_a_report_without_nodes_makes_a_page_too(tmp_path):
    report = api.check([graph(tmp_path, BEFORE)], targets=[TARGET])
    value = data_of(formats.render("html", report, formats.Context()))
    assert value["models"][0]["bodies"] == []
    assert value["models"][0]["targets"][0]["verdict"] == "blocked"


@pytest.mark.parametrize(
    ("name", "value"),
    [("body/sum", "unsupported: OPS001"), ("body/inner/relu", "supported: omg")],
)
def test_node_data_for_model_explorer(tmp_path, name, value):
    report = view_of(tmp_path).report
    data = json.loads(formats.render("model-explorer", report, formats.Context()))
    entry = data["results"][name]
    assert entry["value"] == value
    assert re.fullmatch("#[0-9a-f]{6}", entry["bgColor"])
