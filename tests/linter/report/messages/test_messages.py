"""Both languages say everything, with the same fields."""

from __future__ import annotations

import ast
import inspect
import string

import pytest

import linter.report.text
from linter.report.messages.language import LANGUAGES, catalogue, localized, phrases
from linter.report.style import Style
from linter.results.finding import Severity
from linter.results.report import Verdict
from rules.registry import lint_rules

OTHERS = [language for language in LANGUAGES if language != "en"]


def fields(text):
    return sorted(
        (name, spec, conversion)
        for _, name, spec, conversion in string.Formatter().parse(text)
        if name is not None
    )


def said():
    """The literal texts that the report passes to ``say`` and ``counted``."""
    tree = ast.parse(inspect.getsource(linter.report.text))
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        words = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
        if call.func.attr == "say":
            yield from words
        elif call.func.attr == "counted":
            yield from (f"# {word}" for word in words if isinstance(word, str))
    for verdict in Verdict:
        yield from (verdict.value, verdict.value.upper())
    yield from ("supported", "unsupported", "unknown")
    nouns = linter.report.text._NOUNS
    yield from (nouns[severity] for severity in Severity)
    yield from (f"# {nouns[severity]}" for severity in Severity)


def test_every_message_has_a_remedy():
    silent = [
        (rule.id, name) for rule in lint_rules() for name in rule.messages.keys() - rule.remedies
    ]
    assert silent == []


@pytest.mark.parametrize("language", OTHERS)
def test_catalogue_has_every_text_with_its_fields(language):
    texts = catalogue(language)
    assert set(texts) == {rule.id for rule in lint_rules()}
    for rule in lint_rules():
        assert set(texts[rule.id]) == set(rule.messages), rule.id
        for name, (message, remedy) in texts[rule.id].items():
            place = f"{rule.id} {name}"
            assert fields(message) == fields(rule.messages[name]), place
            named = {field for field, *_ in fields(rule.remedies[name])}
            assert {field for field, *_ in fields(remedy)} == named, place


@pytest.mark.parametrize("language", OTHERS)
def test_phrases_of_the_report_are_complete(language):
    known = phrases(language)
    assert set(said()) == set(known)
    for english, other in known.items():
        assert {name for name, *_ in fields(english)} == {name for name, *_ in fields(other)}


@pytest.mark.parametrize("language", OTHERS)
def test_findings_of_all_examples_can_be_said(language):
    from linter.rewrite.example_runner import _judge, example_model
    from linter.rules.run_lint import run_lint

    for rule in lint_rules():
        for example in rule.examples:
            judge = _judge(example_model(example), example)
            for finding in run_lint((rule,), judge).findings:
                message, remedy = localized(finding, language)
                assert message != finding.message, finding
                assert remedy != finding.remedy, finding
                assert "{" not in message + remedy, finding


def test_a_finding_of_nobody_stays_english():
    from linter.results.finding import Certainty, Finding

    finding = Finding("USR001", "own", Severity.INFO, Certainty.INFERRED, "own words", remedy="do")
    assert localized(finding, "zh") == ("own words", "do")


def test_chinese_lines_fit_and_no_mark_begins_one():
    from linter.report.layout import _width, paragraph

    text = "用 `omlint explain OneShotIterator` 查看哪些版本支持它，尝试 `omlint fix`，" * 4
    lines = list(paragraph(text, "对策", Style(width=60)))
    assert all(_width(line) <= 62 for line in lines)
    assert not any(line.strip().startswith(("，", "；", "。")) for line in lines)
    assert "".join(line[11:] if n else line for n, line in enumerate(lines)).count("，") == 8


def test_the_command_speaks_chinese(tmp_path, capsys, monkeypatch):
    from linter.cli.main import cli
    from linter.io.graphtext import parse
    from linter.io.writer import write

    path = str(tmp_path / "own.pb")
    write(parse("x = Placeholder : float32[2]\ny = Own(x)"), path)
    assert cli.main(["check", path, "--lang", "zh"], standalone_mode=False) == 1
    chinese = capsys.readouterr().out
    assert "无法转换" in chinese
    assert "错误 OPS001 unknown-op" in chinese
    assert "BLOCKED" not in chinese
    monkeypatch.setenv("OMLINT_LANG", "zh")
    assert cli.main(["check", path], standalone_mode=False) == 1
    assert capsys.readouterr().out == chinese
    assert cli.main(["check", path, "--format", "json"], standalone_mode=False) == 1
    assert capsys.readouterr().out.isascii()
