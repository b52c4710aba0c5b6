"""No bytes crash the reader, hang it or make it raise anything but its own error."""

from __future__ import annotations

import random

import pytest
from effort import comes_to_an_end, counted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from io_samples import library_messages

from linter.io.graphtext import dump, parse
from linter.io.messages import GraphDef, to_text
from linter.io.reader import from_bytes
from linter.io.sniff import classify
from linter.io.view import BytesView
from linter.io.writer import serialize
from linter.results.errors import GraphError

LINES = 50_000
"""As many lines of Python are enough for every graph here, whatever its bytes."""


def sample():
    """A valid graph with everything: payloads, functions, lists, unknown fields."""
    message = GraphDef()
    message.node.add(name="x", op="Placeholder").attr["dtype"].type = 1
    big = message.node.add(name="big", op="Const")
    tensor = big.attr["value"].tensor
    tensor.dtype = 1
    tensor.tensor_shape.dim.add(size=20_000)
    tensor.tensor_content = bytes(80_000)
    words = message.node.add(name="words", op="Const").attr["value"].tensor
    words.dtype = 7
    words.tensor_shape.dim.add(size=9)
    words.string_val.extend([b"abc"] * 9)
    node = message.node.add(name="y", op="Mul", input=["x", "big:0", "^words"])
    node.attr["l"].list.i.extend([1, 2, 300])
    node.attr["f"].func.name = "f"
    node.attr["f"].func.attr["T"].type = 1
    function = message.library.function.add()
    function.signature.name = "f"
    function.signature.input_arg.add(name="a", type=1)
    function.signature.output_arg.add(name="o", type=1)
    function.node_def.add(name="u", op="Unpack", input=["a"]).attr["num"].i = 2
    function.node_def.add(name="r", op="Relu", input=["u:output:1"])
    function.ret["o"] = "r:activations:0"
    message.library.gradient.add(function_name="f", gradient_func="f")
    message.versions.producer = 440
    return message


SAMPLE = sample().SerializeToString(deterministic=True)
TAIL = len(SAMPLE) - SAMPLE.rindex(bytes(1000)) - 1000


def outcome(function, argument):
    """What a function returns, or the error that is its own."""
    try:
        return function(argument), None
    except GraphError as error:
        return None, error


def attempt(data):
    """Read, use and write everything; only ``GraphError`` may come out, and without much work."""
    with counted(LINES + 2 * len(data)):
        model = read(data)
        if model is not None:
            if model.source.format == "graphdef":
                assert serialize(model) == data
            dump(model, limit=10)


def read(data):
    """The model with all its attributes decoded, ``None`` when the reader refuses."""
    classify(BytesView(data))
    model, error = outcome(from_bytes, data)
    if error is not None:
        assert error.offset is None or 0 <= error.offset <= len(data)
        assert "\n" not in str(error)
    if model is not None:
        for graph in model.graphs:
            for node in graph:
                for value in node.attrs.values():
                    if hasattr(value, "values") and hasattr(value, "nbytes"):
                        value.values()
                        _ = value.nbytes, value.size
    return model


def interesting():
    """Offsets of the sample outside of the zeros of its payload."""
    start = SAMPLE.index(bytes(1000))
    stop = SAMPLE.rindex(bytes(1000)) + 1000
    return [*range(start + 5), (start + stop) // 2, *range(stop - 5, len(SAMPLE))]


@pytest.mark.parametrize("mutation", range(6))
def test_every_byte_changed(mutation):
    values = (0x00, 0xFF, 0x80, 0x7F)
    for offset in interesting():
        data = bytearray(SAMPLE)
        if mutation < 4:
            data[offset] = values[mutation]
        elif mutation == 4:
            data[offset] ^= 1 << (offset % 8)
        else:
            data[offset : offset + 1] = b"\xff\xff\xff\xff\x0f"
        attempt(bytes(data))


def test_every_truncation_and_every_hole():
    for offset in interesting():
        attempt(SAMPLE[:offset])
        attempt(SAMPLE[:offset] + SAMPLE[offset + 1 :])
        attempt(SAMPLE[offset:])


def test_records_nested_repeated_and_reordered():
    rng = random.Random(7)
    for _ in range(300):
        cuts = sorted(rng.sample(interesting(), 3))
        one, two = SAMPLE[cuts[0] : cuts[1]], SAMPLE[cuts[1] : cuts[2]]
        attempt(SAMPLE[: cuts[0]] + two + one + SAMPLE[cuts[2] :])
        attempt(SAMPLE[: cuts[1]] + one + SAMPLE[cuts[1] :])


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(library_messages(), st.randoms(use_true_random=False))
def test_mutated_messages(message, rng):
    data = bytearray(message.SerializeToString())
    for _ in range(rng.randint(1, 4)):
        offset = rng.randrange(len(data))
        data[offset] = rng.choice((0, 1, 0x0A, 0x12, 0x2A, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    attempt(bytes(data))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_random_bytes(data):
    attempt(data)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1 :{}[]()<>=,.#\"'\\\n^-@$?_é\x00", max_size=60))
def test_random_text(text):
    attempt(text.encode())
    _, error = outcome(parse, text)
    assert error is None or error.cause == "graph-text"


def test_mutated_text():
    """Text graphs: characters changed, removed, doubled, cut off."""
    message = GraphDef.FromString(SAMPLE)
    message.node[1].attr["value"].tensor.ClearField("tensor_content")
    text = to_text(message).encode()
    rng = random.Random(11)
    for _ in range(400):
        data = bytearray(text)
        for _ in range(rng.randint(1, 3)):
            offset = rng.randrange(len(data))
            choice = rng.choice(b"{}<>[]:,;\"'\\x019-#\n \xff\x00")
            data[offset : offset + rng.randint(0, 2)] = bytes([choice])
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        read(bytes(data))


HOSTILE = {
    "empty nodes": b"\x0a\x02\x12\x01" + b"\x0a\x00" * 400_000,
    "unknown fields": b"\x0a\x06\x0a\x01a\x12\x01A" + b"\x50\x01" * 400_000,
    "inputs": b"\x0a\x88\xad\x4b\x0a\x01a\x12\x01A" + b"\x1a\x00" * 614_529,
    "shapes": b"\x0a\xa9\xb5\x18\x0a\x01a\x12\x01A\x2a\x9f\xb5\x18"
    b"\x0a\x01k\x12\x98\xb5\x18\x0a\x94\xb5\x18" + b"\x3a\x00" * 200_010,
    "huge length": b"\x0a\x06\x0a\x01a\x12\x01A\x0a\xff\xff\xff\xff\x7f",
    "length of 64 bits": b"\x0a\x06\x0a\x01a\x12\x01A\x0a" + b"\xff" * 9 + b"\x01",
    "endless varint": b"\x0a\x06\x0a\x01a\x12\x01A" + b"\xff" * 1000,
    "groups": b"\x0a\x06\x0a\x01a\x12\x01A" + b"\x53\x54" * 300_000,
    "text of braces": b"node {" * 100_000,
    "text of strings": b'node { name: "' + b"\\\\" * 500_000,
    "text of comments": b"#\n" * 500_000 + b"node {}",
    "text of one line": b"node: " + b"[" * 300_000,
    "json": b"[" * 500_000,
    "newlines": b"\n" * 1_000_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_bytes_are_dealt_with(name):
    assert comes_to_an_end(lambda: outcome(from_bytes, HOSTILE[name]))
