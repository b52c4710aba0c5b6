"""Plans for real models: they add up, differ only where needs do, end, and are the same again."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from linter import api
from linter.api.request import Request
from linter.api.rewriting import Rewriting
from linter.api.session import open_session
from linter.cli.main import main
from linter.graph import Value
from linter.judge import JudgeOptions, Status, make_judge
from linter.results.why import Kind
from opdb.query import open_database
from opdb.target import parse_target
from rules.rule_set import BUILT_IN

pytestmark = pytest.mark.models
ROOT = Path(__file__).resolve().parents[2]
TARGETS = (
    "omg@hilens-2021-09/Ascend310",
    "omg@hilens-2019-12/Ascend310",
    "atc@8.1.RC1/Ascend310P3",
    "atc@5.1.RC1/Ascend310",
)
MODELS = (
    "npm-human-models/movenet-lightning.slim.pb",
    "npm-human-models/emotion.pb",
    "gh-dl4j/confusion__no_num_classes.pb",
    "gh-dl4j/rnn__lstmblockcell__dynamic_b1_n5-3_ts4_noPH_noClip_fB2_withIS_noTM.pb",
)
"""Small ones of every kind: each is rewritten many times here."""


@pytest.fixture(scope="module")
def described(shared_dir):
    """What is known of each model: path, sizes and outputs."""
    manifest = json.loads((shared_dir / "models" / "manifest.json").read_text("utf-8"))
    found = {}
    for entry in manifest:
        if entry["file"] not in MODELS:
            continue
        feeds = entry.get("run_feeds") or {}
        shapes = {}
        for info in entry["inputs"]:
            dims, fed = info["shape"], feeds.get(f"{info['name']}:0")
            if dims is None or min(dims, default=0) < 0:
                shapes[info["name"]] = tuple(fed or (max(dim, 1) for dim in dims or ()))
        names = (name.partition(":") for name in entry["outputs"])
        outputs = tuple(Value(name, int(port or 0)) for name, _, port in names)
        found[entry["file"]] = (str(shared_dir / "models" / entry["file"]), shapes, outputs)
    assert len(found) == len(MODELS)
    return found


def fix(model, output, target):
    path, shapes, outputs = model
    return api.fix(
        path,
        output,
        target=target,
        input_shapes=shapes,
        outputs=outputs,
        options=api.FixOptions(verify=False),
    )


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", MODELS)
def test_a_fix_adds_up_and_needs_no_other(name, target, described, tmp_path):
    _, shapes, outputs = described[name]
    out = str(tmp_path / "out.pb")
    outcome = fix(described[name], out, target)
    assert outcome.exit_code in (0, 1)
    points = outcome.checkpoints
    judge = make_judge(
        outcome.model, open_database(parse_target(target)), JudgeOptions(shapes, outputs)
    )
    left = {op: n for (op, status), n in judge.tally().items() if status is Status.UNSUPPORTED}
    assert dict(points[-1].unsupported) == left
    assert points[-1].steps == len(outcome.rewrites)
    again = fix((out, shapes, outputs), str(tmp_path / "again.pb"), target)
    assert again.rewrites == ()
    assert Path(again.output).read_bytes() == Path(out).read_bytes()


@pytest.mark.parametrize("name", MODELS)
def test_targets_with_the_same_needs_get_the_same_plan(name, described):
    plans = {}
    for target in TARGETS:
        outcome = fix(described[name], None, target)
        needs = frozenset(dict(outcome.checkpoints[0].unsupported).items())
        if not needs:  # what is always done is done for every target
            made = tuple((entry.rule, entry.root) for entry in outcome.rewrites)
            assert plans.setdefault(needs, made) == made
        for entry in outcome.rewrites:
            rule = BUILT_IN.find(entry.rule)
            assert entry.resolved or rule.always or rule.early, entry


@pytest.mark.parametrize("name", MODELS[2:])
def test_without_a_change_more_is_refused(name, described):
    """Some of the changes of each rule, one left out at a time."""
    target = TARGETS[1]
    outcome = fix(described[name], None, target)
    seen = Counter()
    for entry in outcome.rewrites:
        rule = BUILT_IN.find(entry.rule)
        seen[entry.rule] += 1
        if rule.always or rule.early or seen[entry.rule] > 2:
            continue
        fewer = fix_without(described[name], target, (entry.rule, entry.root))
        worse = fewer.after.unsupported > outcome.output_report.targets[0].summary.unsupported
        assert worse or len(fewer.rewrites) >= len(outcome.rewrites), entry


def fix_without(model, target, left_out):
    path, shapes, outputs = model
    with open_session(Request(path, (target,), shapes, outputs)) as session:
        return Rewriting(session, api.FixOptions(), skip=frozenset((left_out,))).result


def test_the_same_bytes_whatever_the_hash_seed(described, tmp_path):
    path, shapes, outputs = described[MODELS[3]]
    sizes = ";".join(f"{name}:{','.join(map(str, dims))}" for name, dims in shapes.items())
    given = ("--input-shape", sizes) if sizes else ()
    digests = set()
    for seed in ("1", "2"):
        out = tmp_path / "out.pb"
        subprocess.run(
            [
                sys.executable, "-m", "linter", "fix", path, "-o", out, "--no-verify", "-q",
                "--target", TARGETS[1],
                "--outputs", ";".join(map(str, outputs)),
                *given,
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            check=False,
            capture_output=True,
        )  # fmt: skip
        record = (tmp_path / "out.pb.rewrites.json").read_bytes()
        digests.add(hashlib.sha256(out.read_bytes() + record).hexdigest())
    assert len(digests) == 1


@pytest.mark.parametrize("name", MODELS[2:])
def test_every_node_that_is_left_is_explained(name, described):
    path, shapes, outputs = described[name]
    target = TARGETS[1]
    outcome = fix(described[name], None, target)
    left = [
        finding.node if finding.function is None else f"{finding.function}::{finding.node}"
        for finding in outcome.output_report.targets[0].findings
        if finding.code.startswith(("OPS", "DTY")) and finding.node is not None
    ]
    touched = [entry.root for entry in outcome.rewrites][:3]
    given = JudgeOptions(shapes, outputs)
    found = api.why(path, [*left[:4], *touched], target=target, judge_options=given)
    for explanation in found.explanations:
        assert explanation.stays_unsupported == (explanation.place in left), explanation.place
        assert all(answer.reason or answer.kind in (Kind.REFUSED, Kind.FREE, Kind.UNMATCHED)
                   for answer in explanation.answers)  # fmt: skip


def test_diff_of_a_fix_tells_its_nodes(described, tmp_path, capsys):
    path, _, _ = described[MODELS[1]]
    out = str(tmp_path / "out.pb")
    fix(described[MODELS[1]], out, TARGETS[1])
    assert main(["diff", path, out]) == 1
    text = capsys.readouterr().out
    assert "AddV2 2 -> 0" in text
    assert "2 changed" in text
