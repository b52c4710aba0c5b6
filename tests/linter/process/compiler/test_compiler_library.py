"""The function library that atc reads beside the model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from linter.io import messages
from linter.io.graphtext import parse
from linter.io.writer import serialize
from linter.process.compiler.command import CompileJob, build_command
from linter.process.compiler.find import find_compiler
from linter.process.compiler.library import FILE_NAME, function_library, write_function_library
from linter.process.compiler.run import run_compiler
from linter.results.errors import UsageError

TEXT = """
x = Placeholder : float32[4]
c = Const : bool[] = true
y = StatelessIf(c, x) {Tin=[float32], Tout=[float32, float32], then_branch=@twice, \
else_branch=@halves}
z = Add(y, y:1)
def twice(a: float32[4]) -> (p: s, q: d:1):
    n = Const : int32[] = 0
    s = Add(a, a)
    d = Split(n, s) {num_split=2}
def halves(a: float32[4]) -> (p: a, q: a):
    k = NoOp(^a)
"""


def graphs(text: str) -> dict[str, list[object]]:
    """Nodes by function; the outer two levels of the text are taken apart by hand."""
    found = {}
    for part in text.split("graph_def {\n")[1:]:
        name, _, body = part.partition("\n  graph {\n")
        graph = messages.GraphDef()
        messages.parse_text(body.rstrip().removesuffix("}").rstrip().removesuffix("}"), graph)
        found[name.strip().removeprefix('name: "').removesuffix('"')] = list(graph.node)
    return found


def test_functions_become_plain_graphs() -> None:
    found = graphs(function_library(parse(TEXT)))

    assert list(found) == ["twice", "halves"]
    nodes = {node.name: node for node in found["twice"]}  # type: ignore[attr-defined]
    assert [(name, node.op) for name, node in nodes.items()] == [
        ("a", "_Arg"),
        ("n", "Const"),
        ("s", "Add"),
        ("d", "Split"),
        ("p_Retval", "_Retval"),
        ("q_Retval", "_Retval"),
    ]
    assert list(nodes["s"].input) == ["a", "a"]
    assert list(nodes["p_Retval"].input) == ["s"]
    assert list(nodes["q_Retval"].input) == ["d:1"]
    assert [nodes[name].attr["index"].i for name in ("a", "p_Retval", "q_Retval")] == [0, 0, 1]
    assert {nodes[name].attr["T"].type for name in ("a", "p_Retval", "q_Retval")} == {1}
    definition = messages.OpDef.FromString(nodes["q_Retval"].attr["op_def"].s)
    assert definition.name == "_Retval"


def test_control_inputs_and_passed_through_arguments() -> None:
    nodes = {node.name: node for node in graphs(function_library(parse(TEXT)))["halves"]}  # type: ignore[attr-defined]

    assert list(nodes["k"].input) == ["^a"]
    assert list(nodes["p_Retval"].input) == ["a"]


def test_graph_without_calls_needs_no_library(tmp_path: Path) -> None:
    model = parse("x = Placeholder : float32[4]\ny = Relu(x)")

    assert write_function_library(model, tmp_path / "m.pb") is None
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        write_function_library(parse(TEXT), tmp_path / "no" / "m.pb")


def test_stand_in_takes_the_library(stand_in: Path, tmp_path: Path) -> None:
    model = parse(TEXT)
    path = tmp_path / "m.pb"
    path.write_bytes(serialize(model))
    atc = find_compiler(command=str(stand_in / "atc"), environ={})
    command = build_command("atc", CompileJob(str(path), str(tmp_path / "m"), "Ascend310"))

    refused = run_compiler(atc, command, environ=dict(os.environ))
    assert refused.report.codes == ("E12029",)
    assert write_function_library(model, path) == tmp_path / FILE_NAME
    assert run_compiler(atc, command, environ=dict(os.environ)).succeeded
    (tmp_path / FILE_NAME).write_text("", encoding="utf-8")
    assert run_compiler(atc, command, environ=dict(os.environ)).report.codes == ("E12013",)
