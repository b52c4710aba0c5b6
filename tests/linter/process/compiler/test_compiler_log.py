"""Reading the compiler's output; the texts are written from the description of its layouts."""

from __future__ import annotations

import pytest
from effort import comes_to_an_end
from hypothesis import given
from hypothesis import strategies as st

from linter.process.compiler.codes import canonical, is_inner, lookup
from linter.process.compiler.diagnose import diagnose
from linter.process.compiler.log import Generation, Role, parse_log

START = "ATC start working now, please wait for a moment."
FAILED = "ATC run failed, Please check the detail log, Try 'atc --help' for more information"
SUCCESS = "ATC run success, welcome to the next use."

UNKNOWN_OP = {
    "A": f"""\
{START}
{FAILED}
E10501: Operator [block/odd, optype [Odd]] is not known here.
        Possible Cause: The type is not registered.
        Solution: Replace the operator.
        TraceBack (most recent call last):
        model parse failed.[FUNC:Parse][FILE:parser.cc][LINE:12]
""",
    "B": f"""\
{START}
...
{FAILED}
E10501: [PID: 4711] 2025-04-02-10:11:12.123.456 Operator [block/odd, optype [Odd]] is not known.
        Possible Cause: The type is not registered.
        Solution: Replace the operator.
        TraceBack (most recent call last):
        model parse failed.[FUNC:Parse][FILE:parser.cc][LINE:12]
""",
    "C": f"""\
{START}
...
{FAILED}
[PID: 4711] 2026-01-02-10:11:12.123.456 Unsupported_Operator(E10501): No parser, block/odd of Odd
        Possible Cause: The type is not registered.
        Solution: Replace the operator.
TraceBack (most recent call last):
        model parse failed.[FUNC:Parse][FILE:parser.cc][LINE:12]
""",
}


@pytest.mark.parametrize("generation", ["A", "B", "C"])
def test_each_layout_gives_the_same_report(generation: str) -> None:
    report = parse_log(UNKNOWN_OP[generation])

    assert report.generation == Generation(generation)
    assert report.succeeded is False
    assert report.codes == ("E10501",)
    headline, trace = report.items
    assert headline.role is Role.HEADLINE
    assert "[PID" not in headline.message
    assert headline.cause == "The type is not registered."
    assert headline.solution == "Replace the operator."
    assert trace.role is Role.TRACE
    assert trace.message == "model parse failed."


@pytest.mark.parametrize("generation", ["A", "B"])
def test_bracketed_values_name_the_node(generation: str) -> None:
    headline = parse_log(UNKNOWN_OP[generation]).items[0]

    assert (headline.op_name, headline.op_type) == ("block/odd", "Odd")


def test_refused_dtype_names_the_type_and_the_trace_names_the_node() -> None:
    text = f"""\
{START}
...
{FAILED}
EZ3002: [PID: 9] 2025-04-02-10:11:12.123.456 type [Neg] of kernels [AIcoreEngine] : [dtype no]
        TraceBack (most recent call last):
        type [Neg] of kernels [aicpu_ascend_kernel] is refused, [tensor dtype]
        No kernel for op [scope/neg], optype [Neg].
"""
    report = parse_log(text)

    assert [(item.op_name, item.op_type) for item in report.items] == [
        (None, "Neg"),
        (None, "Neg"),
        ("scope/neg", "Neg"),
    ]
    assert report.headline.startswith("EZ3002: type [Neg]")


INNER = {
    "A": f"""\
{START}
{FAILED}
E19999: Inner Error!
E19999  Infer shape of add_1(Add) failed[FUNC:Infer][FILE:infershape_pass.cc][LINE:1]
        TraceBack (most recent call last):
        second thing failed[FUNC:Go][FILE:go.cc][LINE:2]
""",
    "B": f"""\
{START}
...
{FAILED}
EZ9999: Inner Error!
EZ9999[PID: 12] 2025-04-02-10:11:12.123.456 (EZ9999):  Infer shape of add_1(Add) failed[FUNC:F]
        TraceBack (most recent call last):
        second thing failed[FUNC:Go][FILE:go.cc][LINE:2]
""",
    "C": f"""\
{START}
...
{FAILED}
EZ9999: Internal Error!
EZ9999[PID: 12] 2026-04-02-10:11:12.123.456 (EZ9999):  Infer shape of add_1(Add) failed[FUNC:F]
        TraceBack (most recent call last):
        second thing failed[FUNC:Go][FILE:go.cc][LINE:2]
""",
}


@pytest.mark.parametrize("generation", ["A", "B", "C"])
def test_inner_error_takes_its_text_from_the_second_line(generation: str) -> None:
    report = parse_log(INNER[generation])

    first, second = report.items
    assert first.inner
    assert "Infer shape of add_1(Add) failed" in first.message
    assert "FUNC" not in first.message
    assert (first.op_name, first.op_type) == ("add_1", "Add")
    assert second.message == "second thing failed"


def test_inner_block_in_stamped_layout_is_generation_b() -> None:
    assert parse_log(INNER["B"]).generation is Generation.B


def test_warnings_after_success() -> None:
    text = f"""\
{START}
...
{SUCCESS}
[PID: 77] 2026-01-02-10:11:12.123.456 Missing_Performance(W11001): Op [topk] does not hit it
[PID: 77] 2026-01-02-10:11:12.123.456 Missing_Performance(W11001): Op [nms] does not hit it
"""
    report = parse_log(text)

    assert report.succeeded is True
    assert report.items == ()
    assert [item.op_name for item in report.warnings] == ["topk", "nms"]
    assert report.codes == ("W11001",)
    assert report.headline == ""


def test_success_without_anything_else() -> None:
    report = parse_log(f"{START}\n...\n{SUCCESS}\n\n")

    assert (report.succeeded, report.items, report.warnings) == (True, (), ())


def test_progress_dots_may_share_the_line_of_the_frame() -> None:
    assert parse_log(f"{START}\n......\n{SUCCESS}\n").succeeded is True


def test_missing_library() -> None:
    report = parse_log(
        "atc.bin: error while loading shared libraries: libascend_hal.so: cannot open shared"
        " object file: No such file or directory\n"
    )

    assert report.succeeded is None
    assert report.items[0].role is Role.FAULT
    assert report.headline == "the library libascend_hal.so is missing"


def test_missing_python_module_stands_behind_the_compilers_own_error() -> None:
    text = (
        "Traceback (most recent call last):\n"
        "ModuleNotFoundError: No module named 'decorator'\n" + UNKNOWN_OP["B"]
    )
    report = parse_log(text)

    assert report.items[0].code == "E10501"
    assert report.items[-1].message == "the Python module decorator is missing"


def test_unknown_flag_is_told_on_standard_error() -> None:
    report = parse_log(
        f"ERROR: unknown command line flag 'nonsense'\n{START}\n{FAILED}\n"
        "E19999: Inner Error!\n        Unknown error occurred. Please check the log.\n"
    )

    assert "unknown command line flag 'nonsense'" in [item.message for item in report.items]


def test_repeated_items_are_told_once() -> None:
    doubled = UNKNOWN_OP["A"] + "        model parse failed.[FUNC:Parse][FILE:p.cc][LINE:9]\n"

    assert len(parse_log(doubled).items) == 2


def test_colours_and_carriage_returns_do_not_hide_the_code() -> None:
    report = parse_log("\x1b[31mE10501: Op [a, optype [B]] no\x1b[0m\r\n")

    assert (report.items[0].op_name, report.items[0].op_type) == ("a", "B")


def test_empty_log() -> None:
    report = parse_log("")

    assert (report.succeeded, report.items, report.headline) == (None, (), "")


def test_message_over_several_lines() -> None:
    report = parse_log("E10001: first half\nsecond half\n        Solution: do it\n")

    assert report.items[0].message == "first half second half"
    assert report.items[0].solution == "do it"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("E12011", "E10501"),
        ("EZ0501", "E10501"),
        ("E12012", "E10016"),
        ("E13010", "E19010"),
        ("EZ9010", "E19010"),
        ("E13005", "E19005"),
        ("E10501", "E10501"),
        ("E00000", "E00000"),
    ],
)
def test_codes_keep_their_meaning_over_renumberings(code: str, expected: str) -> None:
    assert canonical(code) == expected


@pytest.mark.parametrize(
    ("code", "inner"),
    [("E19999", True), ("EZ9999", True), ("E18888", True), ("E10501", False), ("W11001", False)],
)
def test_inner_codes(code: str, inner: bool) -> None:
    assert is_inner(code) is inner


def test_codes_carry_their_arguments() -> None:
    info = lookup("EZ3002")

    assert info is not None
    assert info.args == ("optype", "opskernel", "reason")
    assert info.stage == "engine_selection"


LINES = st.sampled_from(
    [
        *UNKNOWN_OP["A"].splitlines(),
        *UNKNOWN_OP["C"].splitlines(),
        *INNER["B"].splitlines(),
        "        [a, optype [b]]",
        "W11001: [x]",
        "",
        "free text",
        "ModuleNotFoundError: No module named 'x'",
    ]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=12))
def test_any_order_of_lines_is_read(lines: list[str]) -> None:
    text = "\n".join(lines)

    for tool in ("atc", "omg", None):
        report = parse_log(text, tool=tool)
        assert all(item.line <= len(text.splitlines()) for item in report.items)
        diagnose(report)


@pytest.mark.parametrize(
    "line",
    [
        "E10001: " + "[FUNC:" * 200_000,
        "E10001: " + "a" * 1_000_000,
        "E10001: " + "[a" * 500_000,
        "[PID: 1] x " + "a " * 500_000,
        "E10001: x\n" + "more words\n" * 50_000,
    ],
)
def test_long_lines_come_to_an_end(line: str) -> None:
    assert comes_to_an_end(lambda: diagnose(parse_log(line)))


def test_omg_success_and_failure() -> None:
    good = parse_log("OMG generate offline model success.\n", tool="omg")
    bad = parse_log(
        "shape contains placeholder ,but not designated by user, 0x3000001\n"
        "OMG generate offline model failed.\n",
        tool="omg",
    )

    assert good.succeeded is True
    assert bad.succeeded is False
    assert bad.items[0].code == "0x3000001"
    assert "input" in bad.items[0].message


def test_tool_is_told_by_the_text() -> None:
    assert parse_log("OMG generate offline model success\n").tool == "omg"
    assert parse_log(UNKNOWN_OP["A"]).tool == "atc"
