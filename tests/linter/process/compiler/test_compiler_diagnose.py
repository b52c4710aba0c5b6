"""Messages of the compiler placed in the model that was converted."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from linter.graph import Graph, Model, Node, Source, Value
from linter.process.compiler.diagnose import ATC_RULES, diagnose
from linter.process.compiler.log import parse_log
from linter.results.finding import Certainty, Finding, Severity


@pytest.fixture
def model() -> Model:
    main = Graph(
        [
            Node("x", "Placeholder", position=0),
            Node("block/odd", "Odd", (Value("x"),), position=1),
            Node("block/while", "StatelessWhile", (Value("block/odd"),), position=2),
        ]
    )
    body = Graph([Node("step/add", "AddV2", position=0)], function="body")
    return Model(Source("m.pb", "graphdef"), main, {"body": body})


def test_bracketed_node(model: Model) -> None:
    [diagnosis] = diagnose(parse_log("E10501: no op [block/odd, optype [Odd]] here"), model)

    assert diagnosis.finding.code == "ATC003"
    assert diagnosis.finding.severity is Severity.ERROR
    assert diagnosis.finding.certainty is Certainty.DOCUMENTED
    assert (diagnosis.finding.node, diagnosis.finding.op) == ("block/odd", "Odd")
    assert diagnosis.finding.position == 1
    assert diagnosis.finding.message == "atc E10501: no op [block/odd, optype [Odd]] here"
    assert diagnosis.finding.remedy
    assert diagnosis.explanation


def test_bare_node_of_the_newest_layout_is_found_by_its_name(model: Model) -> None:
    line = "[PID: 1] 2026-01-02-10:11:12.123.456 Title(E10501): No parser for block/odd of Odd."
    [diagnosis] = diagnose(parse_log(line), model)

    assert (diagnosis.finding.node, diagnosis.finding.op) == ("block/odd", "Odd")


def test_node_that_the_compiler_derived(model: Model) -> None:
    [diagnosis] = diagnose(parse_log("EZ3003: op [block/odd_trans_cast_3], optype [Cast]"), model)

    assert diagnosis.finding.code == "ATC004"
    assert (diagnosis.finding.node, diagnosis.finding.op) == ("block/odd", "Odd")
    assert diagnosis.finding.certainty is Certainty.INFERRED


def test_node_of_a_function(model: Model) -> None:
    [diagnosis] = diagnose(parse_log("EZ3003: op [while_body_1/step/add], optype [AddV2]"), model)

    assert (diagnosis.finding.node, diagnosis.finding.function) == ("step/add", "body")


def test_foreign_node_keeps_the_compilers_name(model: Model) -> None:
    [diagnosis] = diagnose(parse_log("EZ3003: op [other], optype [Thing]"), model)

    assert (diagnosis.finding.node, diagnosis.finding.op) == ("other", "Thing")
    assert diagnosis.finding.certainty is Certainty.INFERRED


def test_without_a_model() -> None:
    [diagnosis] = diagnose(parse_log("EZ3003: op [a/b], optype [Thing]"))

    assert (diagnosis.finding.node, diagnosis.finding.op) == ("a/b", "Thing")


def test_what_the_check_foretold_comes_along(model: Model) -> None:
    predicted = Finding(
        "OPS001", "unknown-op", Severity.ERROR, Certainty.DOCUMENTED, "no", "block/odd", "Odd"
    )
    other = Finding(
        "OPS001", "unknown-op", Severity.ERROR, Certainty.DOCUMENTED, "no", "x", "Placeholder"
    )
    [diagnosis] = diagnose(
        parse_log("E10501: no op [block/odd, optype [Odd]]"), model, (other, predicted)
    )

    assert diagnosis.predicted == (predicted,)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("E10001: value [x] of [--input_shape], reason [y]", "ATC001"),
        ("E20002: path [a] of [ASCEND_OPP_PATH] in [init]", "ATC002"),
        ("atc: error while loading shared libraries: libx.so: no", "ATC002"),
        ("ModuleNotFoundError: No module named 'sympy'", "ATC002"),
        ("E12011: op [block/odd], optype [Odd]", "ATC003"),
        ("EZ0001: op_name [x], index [0], got [1], wants [2]", "ATC005"),
        ("E40021: op_name [x], path [p], type [T]", "ATC006"),
        ("E19999: Inner Error!\nE19999  broken[FUNC:F]", "ATC007"),
        ("W11001: op [x] misses it", "ATC008"),
        ("E77777: never heard of", "ATC007"),
    ],
)
def test_stage_decides_the_code(line: str, code: str) -> None:
    assert diagnose(parse_log(line))[0].finding.code == code


def test_every_stage_of_the_table_has_a_code() -> None:
    table = json.loads(
        files("linter.process.compiler").joinpath("data/error_codes.json").read_text()
    )

    assert {entry["stage"] for entry in table["codes"].values()} <= set(ATC_RULES)


def test_trace_lines_without_a_node_are_left_out(model: Model) -> None:
    log = parse_log(
        "EZ3002: type [Odd] of [AIcoreEngine]: [dtype]\n"
        "        TraceBack (most recent call last):\n"
        "        No engine for op [block/odd], optype [Odd].\n"
        "        build failed.[FUNC:B][FILE:b.cc][LINE:1]\n"
    )
    diagnosis = diagnose(log, model)

    assert [item.finding.node for item in diagnosis] == [None, "block/odd"]
    assert [item.finding.code for item in diagnosis] == ["ATC004", "ATC004"]
