"""Texts of flags: what is read, and what each fault says."""

from __future__ import annotations

import pytest

from linter.cli.parsing import (
    ReportRequest,
    parse_formats,
    parse_input_shapes,
    parse_outputs,
)
from linter.graph import Value
from linter.results.errors import UsageError


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("a:1,224,224,3;b:1,10", {"a": (1, 224, 224, 3), "b": (1, 10)}),
        ("a:1,224,b:1,10", {"a": (1, 224), "b": (1, 10)}),
        ("scope/a:2", {"scope/a": (2,)}),
        ("a:", {"a": ()}),
        (" a : 1 , 2 ; ", {"a": (1, 2)}),
        ("a:0:1,2", {"a:0": (1, 2)}),
        ("a:;b:3", {"a": (), "b": (3,)}),
    ],
)
def test_input_shapes(text, shapes):
    assert parse_input_shapes([text]) == shapes


def test_input_shapes_of_several_flags_add_up():
    assert parse_input_shapes(["a:1", "b:2"]) == {"a": (1,), "b": (2,)}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("“a:1,2”", "the typographic quote “"),
        ("a:1,2’", "the typographic quote ’"),
        ("'a:1,2'", "the quote ' as part of its value"),
        ("a：1,2", "the full-width character '：'"),
        ("a:1，2", "the full-width character '，'"),
        ("a", "has no colon"),
        (":1,2", "has no name"),
        ("", "has an empty entry"),
        ("a:1;;b:2", "has an empty entry"),
        ("a:1,x", "has the size 'x'"),
        ("a:1,2.5", "has the size '2.5'"),
        ("a:?,2", "-1 leaves it open"),
        ("a:0,2", "has a size of 0"),
        ("a:1,,2", "has the size ''"),
        ("a:1;a:2", "names 'a' twice"),
        ("a:٣", "has the size '٣'"),
        (f"a:{10**30}", "no positive number"),
    ],
)
def test_input_shape_faults(text, says):
    with pytest.raises(UsageError, match="--input-shape") as caught:
        parse_input_shapes([text])
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("n:0;m:1", (Value("n", 0), Value("m", 1))),
        ("n,m:1", (Value("n", 0), Value("m", 1))),
        ("loss/BiasAdd", (Value("loss/BiasAdd", 0),)),
        ("n;", (Value("n", 0),)),
    ],
)
def test_outputs(text, values):
    assert parse_outputs([text]) == values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("n:x", "is not NAME:INDEX"),
        (":0", "is not NAME:INDEX"),
        ("n:-1", "is not NAME:INDEX"),
        ("n,,m", "has an empty entry"),
        ("", "has an empty entry"),
        ("n;n:0", "names 'n:0' twice"),
        ("“n”", "the typographic quote “"),
    ],
)
def test_output_faults(text, says):
    with pytest.raises(UsageError, match="--outputs") as caught:
        parse_outputs([text])
    assert says in str(caught.value)


def test_formats():
    known = ("text", "json")
    assert parse_formats([], known) == (ReportRequest("text", None),)
    assert parse_formats(["json:a:b.json", "text"], known) == (
        ReportRequest("json", "a:b.json"),
        ReportRequest("text", None),
    )
    assert parse_formats(["json:-"], known) == (ReportRequest("json", None),)


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["sarif"], "unknown format 'sarif' for --format; there are: text, json"),
        (["json:"], "no path after it"),
        (["json", "text"], "only one --format can go to stdout"),
        (["json:x", "text:x"], "name the same path"),
    ],
)
def test_format_faults(texts, says):
    with pytest.raises(UsageError) as caught:
        parse_formats(texts, ("text", "json"))
    assert says in str(caught.value)
