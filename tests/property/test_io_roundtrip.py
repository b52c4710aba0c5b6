"""Bytes, graph and text: each way round gives back what went in."""

from __future__ import annotations

from hypothesis import assume, given, settings
from io_samples import attr_fields, graph_messages, library_messages

from linter.io.attrs import decode_attr, encode_attr
from linter.io.graphtext import dump, parse
from linter.io.messages import GraphDef
from linter.io.reader import from_bytes
from linter.io.writer import serialize

EXAMPLES = settings(max_examples=100, deadline=None)


def touch(model):
    """Give every node new attributes of the same values, so that nothing is copied."""
    for graph in model.graphs:
        graph.replace_nodes(n if n.virtual else n.replace(attrs=dict(n.attrs)) for n in graph)
    return model


def places(dangling):
    return sorted((item.node, item.slot) for item in dangling)


@EXAMPLES
@given(library_messages())
def test_unedited_bytes_are_identical(message):
    data = message.SerializeToString(deterministic=True)
    assert serialize(from_bytes(data)) == data


@EXAMPLES
@given(library_messages())
def test_nodes_that_are_all_written_anew_say_the_same(message):
    model = touch(from_bytes(message.SerializeToString()))
    data = serialize(model)
    assert GraphDef.FromString(data) == message
    assert serialize(model) == data
    assert serialize(from_bytes(data)) == data


@EXAMPLES
@given(attr_fields())
def test_attributes(message):
    value = message.node[0].attr["k"]
    decoded = decode_attr(value)
    again = encode_attr(decoded)
    if value.WhichOneof("value") != "list" or len(value.list.ListFields()) == 1:
        assert again == value
    assert repr(decode_attr(again)) == repr(decoded)


@EXAMPLES
@given(graph_messages())
def test_graph_and_text(message):
    model = from_bytes(message.SerializeToString())
    text = dump(model)
    assume("= ..." not in text and ", ...)" not in text)
    again = parse(text)
    assert dump(again) == text
    assert list(again.main.nodes) == list(model.main.nodes)
    assert places(again.main.dangling) == places(model.main.dangling)
    assert again.main.duplicates == model.main.duplicates
    for node, other in zip(model.main, again.main, strict=True):
        assert (node.op, node.device) == (other.op, other.device)
        assert (node.inputs, node.controls) == (other.inputs, other.controls)
        assert list(node.attrs) == sorted(other.attrs)
    assert dump(from_bytes(serialize(again))) == text
