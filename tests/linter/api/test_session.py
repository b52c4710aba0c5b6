"""One request, one open model, one target: what the commands share."""

from __future__ import annotations

import hashlib
import json
from dataclasses import FrozenInstanceError

import pytest

from linter import api
from linter.api import opened as opened_module
from linter.api.opened import open_model
from linter.api.request import Request
from linter.api.rewriting import Rewriting
from linter.api.session import Session, open_request, open_session
from linter.graph import Value
from linter.io import graphtext, sniff
from linter.io.writer import serialize, write
from linter.results.errors import GraphError, UsageError
from linter.results.fix import FixOutcome
from linter.results.rewrite import Refused
from opdb.query import open_database
from opdb.target import parse_target

OMG = "omg@hilens-2021-09/Ascend310"
ATC, OLD = "atc@8.1.RC1/Ascend310", "atc@7.0.0/Ascend310P3"
NET = """
x = Placeholder : float32[2,3]
checked = CheckNumerics(x) {message="x"}
half = Const : float32[] = 0.5
a = AddV2(checked, half)
b = AddV2(a, half)
y = Relu(b)
"""


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "net.pb"
    write(graphtext.parse(NET), place)
    return str(place)


def test_a_session_knows_what_was_asked_and_answers(path):
    request = Request(path, (OMG,), outputs=(Value("y"),))
    with open_session(request) as session:
        assert session.request is request
        assert (str(session.database.target), session.by_default) == (OMG, False)
        assert session.judge.outputs == (Value("y"),)
        other = session.judge_of(session.opened.model)
        assert (other.database, other.options) == (session.judge.database, session.judge.options)
    with pytest.raises(FrozenInstanceError):
        request.path = "another.pb"
    with open_session(Request(path)) as session:
        assert session.by_default


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"outputs": (Value("z"),)}, "has no node 'z' to be an output"),
        ({"outputs": (Value("y", 1),)}, "has no output y:1: y has 1 output"),
        ({"input_shapes": {"w": (1,)}}, "has no node 'w' to be an input"),
        ({"cut_inputs": (Value("gone"),)}, "gone"),
    ],
)
def test_names_that_the_model_does_not_have(said, fault, path):
    with pytest.raises(UsageError, match=fault), open_session(Request(path, (OMG,), **said)):
        pass


def test_another_target_takes_over_the_shapes(path):
    request = Request(path, input_shapes={"x": (4, 3)})
    with open_request(request) as opened:
        first = Session(request, opened, open_database(parse_target(ATC)))
        second = Session(request, opened, open_database(parse_target(OLD)), like=first.judge)
        main = opened.model.main
        assert first.judge.inference(main).shape(Value("y")) == (4, 3)
        assert second.judge.inference(main) is first.judge.inference(main)
        assert second.judge.target == OLD


def test_a_rewriting_again_up_to_a_step_and_without_a_change(path):
    with open_session(Request(path, (OMG,))) as session:
        whole = Rewriting(session, api.FixOptions())
        assert whole.result is whole.result
        made = [(record.rule, record.root) for record in whole.result.rewrites]
        assert len(made) == 3
        for steps in range(4):
            some = whole.first(steps)
            assert [(record.rule, record.root) for record in some.rewrites] == made[:steps]
        rule, root = made[1]
        fewer = whole.without([Refused(rule, root, "")])
        left = [(record.rule, record.root) for record in fewer.result.rewrites]
        assert left == [entry for entry in made if entry != (rule, root)]
        none = fewer.without([Refused(*entry, "") for entry in left]).result
        assert none.rewrites == ()
        assert serialize(none.model) == serialize(session.opened.model)
        assert whole.options.skip == frozenset()


def test_a_fix_is_plain_and_has_the_graphs_besides(path, tmp_path):
    out = str(tmp_path / "out.pb")
    found = api.fix(path, out, target=OMG, options=api.FixOptions(verify=False))
    assert isinstance(found, FixOutcome)
    assert serialize(found.model) == (tmp_path / "out.pb").read_bytes()
    assert found.diff() == api.diff(path, out)
    assert found.rule_names["RWS010"] == "add-v2"
    assert set(found.rule_names) >= {record.rule for record in found.rewrites}


def test_the_digest_of_a_large_file_is_computed_meanwhile(path, tmp_path, monkeypatch):
    monkeypatch.setattr(opened_module, "_HASHED_MEANWHILE", 0)
    with open_model(path) as opened:
        data = (tmp_path / "net.pb").read_bytes()
        assert opened.sha256 == hashlib.sha256(data).hexdigest() == opened.sha256


@pytest.mark.parametrize("large", [False, True])
def test_a_file_that_changes_meanwhile_is_a_fault(large, path, tmp_path, monkeypatch):
    monkeypatch.setattr(sniff, "KEPT_IN_MEMORY", 10)  # so that the file stays on disk
    if large:  # somebody asks before the work is done: here it is not begun
        monkeypatch.setattr(opened_module, "_HASHED_MEANWHILE", 0)
        monkeypatch.setattr(opened_module.threading.Thread, "start", lambda self: None)
        monkeypatch.setattr(opened_module.threading.Thread, "join", lambda self: None)
    with open_model(path) as opened:
        (tmp_path / "net.pb").write_bytes(b"another graph altogether")
        with pytest.raises(GraphError, match="changed"):
            _ = opened.sha256


def test_a_database_answers_where_it_is_passed_in(tmp_path, monkeypatch, path):
    monkeypatch.setenv("OMLINT_DATA_HOME", str(tmp_path / "home"))
    lists = tmp_path / "kit/opp/built-in/op_impl/ai_core/tbe/config/ascend310"
    lists.mkdir(parents=True)
    tensor = {"name": "x", "dtype": "float16,float", "paramType": "required"}
    entry = {"Relu": {"input0": tensor, "output0": {**tensor, "name": "y"}}}
    (lists / "aic-ascend310-ops-info.json").write_text(json.dumps(entry))
    (tmp_path / "kit/opp/version.info").write_text("version_dir=8.1.RC1\n")
    made = api.import_database(tmp_path / "kit", name="mine", out=tmp_path / "db")
    assert (made.name, made.version, made.path) == ("mine", "8.1.RC1", tmp_path / "db")
    store = api.open_store(tmp_path / "db")
    for given, target in ((store, "atc@mine/Ascend310"), (None, "atc@8.1.RC1/Ascend310")):
        (model,) = api.check([path], targets=["Ascend310"], store=given).results
        assert model.targets[0].target == target
    with pytest.raises(api.UnknownNameError, match="is no database"):
        api.open_store(lists)
