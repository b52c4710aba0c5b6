"""Constant tensors: decoding by hand, by numpy, making new ones."""

from __future__ import annotations

import math
import struct
import sys

import pytest

from linter.io.dtypes import DTYPES, dtype_info
from linter.io.messages import TensorProto
from linter.io.tensor.elements import FLOAT8, small_float
from linter.io.tensor.values import StoredTensor, from_array, make_tensor, tensor_message
from linter.results.errors import GraphError


def proto(dtype, shape, **fields):
    message = TensorProto(dtype=dtype_info(dtype).number, **fields)
    message.tensor_shape.SetInParent()
    for size in shape:
        message.tensor_shape.dim.add(size=size)
    return StoredTensor(message)


CASES = [
    (proto("float32", [2], tensor_content=struct.pack("<2f", 1.5, -2)), (1.5, -2.0)),
    (proto("float32", [3], float_val=[1, 2]), (1.0, 2.0, 2.0)),
    (proto("float32", [2, 2], float_val=[7]), (7.0,) * 4),
    (proto("float32", [3]), (0.0, 0.0, 0.0)),
    (proto("float32", [0], float_val=[1]), ()),
    (proto("float32", [], float_val=[1]), (1.0,)),
    (proto("float32", [1], float_val=[1, 2, 3]), (1.0,)),
    (proto("float64", [1], double_val=[0.1]), (0.1,)),
    (proto("int32", [2], int_val=[-1]), (-1, -1)),
    (proto("int8", [2], int_val=[-1, 200]), (-1, -56)),
    (proto("uint8", [2], int_val=[255, 256]), (255, 0)),
    (proto("int16", [1], tensor_content=b"\xff\xff"), (-1,)),
    (proto("uint16", [1], int_val=[65535]), (65535,)),
    (proto("int64", [2], int64_val=[1 << 40, -5]), (1 << 40, -5)),
    (proto("uint32", [1], uint32_val=[(1 << 32) - 1]), ((1 << 32) - 1,)),
    (proto("uint64", [1], uint64_val=[(1 << 64) - 1]), ((1 << 64) - 1,)),
    (proto("bool", [2], bool_val=[True, False]), (True, False)),
    (proto("bool", [2], tensor_content=b"\1\0"), (True, False)),
    (proto("float16", [2], half_val=[0x3C00, 0xC000]), (1.0, -2.0)),
    (proto("float16", [1], tensor_content=b"\x00\x3c"), (1.0,)),
    (proto("bfloat16", [2], half_val=[0x3F80]), (1.0, 1.0)),
    (proto("bfloat16", [1], tensor_content=b"\x80\x3f"), (1.0,)),
    (proto("complex64", [2], scomplex_val=[1, 2, 3, 4]), (1 + 2j, 3 + 4j)),
    (proto("complex128", [2], dcomplex_val=[1, 2]), (1 + 2j, 1 + 2j)),
    (proto("complex64", [1], tensor_content=struct.pack("<2f", 1, 2)), (1 + 2j,)),
    (proto("string", [3], string_val=[b"a", b"\xff"]), (b"a", b"\xff", b"\xff")),
    (proto("string", [2]), (b"", b"")),
    (proto("string", [2], tensor_content=b"\1\2abb"), (b"a", b"bb")),
    (proto("qint8", [1], int_val=[-3]), (-3,)),
    (proto("qint32", [1], tensor_content=struct.pack("<i", -3)), (-3,)),
    (proto("int4", [2], tensor_content=b"\x07\xf8"), (7, -8)),
    (proto("float8_e5m2", [2], float8_val=b"\x3c\xc0"), (1.0, -2.0)),
    (proto("float8_e4m3fn", [1], tensor_content=b"\x38"), (1.0,)),
]


@pytest.mark.parametrize(("tensor", "expected"), CASES, ids=lambda item: repr(item)[:40])
def test_values_and_array_agree(tensor, expected):
    assert tensor.values() == expected
    array = tensor.array()
    assert array.shape == tensor.shape
    assert tuple(array.ravel().tolist()) == expected
    assert tensor.size == len(expected)


MALFORMED = [
    proto("float32", [2], tensor_content=b"123"),
    proto("float32", [-1], float_val=[1]),
    proto("string", [2], tensor_content=b"\1\2a"),
    proto("string", [2], tensor_content=b"\xff\xff\xff\xff\xff\xff"),
    proto("resource", []),
    proto("variant", []),
    proto("invalid", []),
    StoredTensor(TensorProto(dtype=77)),
]


@pytest.mark.parametrize("tensor", MALFORMED, ids=repr)
def test_malformed(tensor):
    assert tensor.values() is None
    with pytest.raises(GraphError):
        tensor.array()
    assert tensor.nbytes >= 0


def test_unknown_rank_is_read_as_a_scalar():
    """As TensorFlow does; a frozen k-means model has such constants."""
    message = TensorProto(dtype=1, float_val=[0.5])
    message.tensor_shape.unknown_rank = True
    tensor = StoredTensor(message)
    assert (tensor.shape, tensor.values(), tensor.array().tolist()) == ((), (0.5,), 0.5)


def test_large_splat_costs_nothing():
    tensor = proto("float32", [1 << 20, 1 << 20], float_val=[2.5])
    assert tensor.values() is None
    array = tensor.array()
    assert array.shape == (1 << 20, 1 << 20)
    assert array[5, 7] == 2.5
    with pytest.raises(GraphError, match="too large"):
        proto("float32", [1 << 20, 1 << 20], float_val=[2.5, 1]).array()
    with pytest.raises(GraphError, match="too large"):
        proto("string", [1 << 40], string_val=[b"a"]).array()
    with pytest.raises(GraphError, match="too large"):
        proto("float32", [1 << 62, 1 << 62], float_val=[1]).array()
    with pytest.raises(GraphError, match="malformed"):
        proto("float32", [1] * 200, float_val=[1]).array()


def test_values_need_no_numpy():
    import subprocess

    code = (
        "import sys\n"
        "from linter.io.tensor.values import make_tensor\n"
        "assert make_tensor('float32', (2,), [1, 2]).values() == (1.0, 2.0)\n"
        "assert 'numpy' not in sys.modules\n"
        "assert 'linter.io.tensor.arrays' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


SAMPLES = {
    "float32": [1.5, -0.0, math.inf],
    "float64": [0.1, 1e300, -1.0],
    "float16": [1.5, -2.0, 65504.0],
    "bfloat16": [1.0, -2.0, 3.0],
    "bool": [True, False, True],
    "string": [b"a", b"", b"\xff"],
    "complex64": [1 + 2j, 0j, -1j],
    "complex128": [1 + 2j, 0j, -1j],
    "uint64": [0, 1, (1 << 64) - 1],
    "int64": [0, -1, 1 << 62],
    "float4_e2m1fn": [0.5, -6.0, 1.0],
    "int2": [1, -2, 0],
}


@pytest.mark.parametrize(
    "name", [d.name for d in DTYPES if (d.field and d.itemsize) or d.number == 7]
)
def test_make_tensor_round_trip(name):
    values = SAMPLES.get(name, [1, 2, 3] if "float" not in name else [0.5, 1.0, -2.0])
    for count in (3, 1, 0):
        tensor = make_tensor(name, (count,), values[:count])
        assert tensor.values() == tuple(values[:count])
        again = StoredTensor(TensorProto.FromString(tensor.message.SerializeToString()))
        assert again.values() == tensor.values()
        assert again.dtype == name
    splat = make_tensor(name, (2, 2), values[1])
    assert splat.values() == (values[1],) * 4
    assert splat.array().shape == (2, 2)


@pytest.mark.parametrize(
    ("dtype", "shape", "values"),
    [
        ("resource", (), 1),
        ("float33", (), 1),
        ("int32", (2,), [1, 2, 3]),
        ("int8", (1,), [300]),
        ("int8", (2,), [1, 300]),
        ("int32", (2,), [1.5, 2]),
        ("string", (1,), [5]),
        ("float32_ref", (), 1),
    ],
)
def test_make_tensor_refuses(dtype, shape, values):
    with pytest.raises((ValueError, TypeError), match=r"."):
        make_tensor(dtype, shape, values)


def test_repeated_values_are_written_once():
    assert make_tensor("float32", (1000,), [3.0] * 1000).nbytes == 4
    assert make_tensor("float32", (2,), [0.0, -0.0]).nbytes == 8


def test_from_array():
    import numpy as np

    for array in (
        np.arange(6, dtype=np.int32).reshape(2, 3),
        np.arange(6, dtype=">f8"),
        np.array(5, np.uint8),
        np.zeros((0, 3), np.float16),
        np.array([True, False]),
        np.array([1 + 2j], np.complex64),
        np.arange(6, dtype=np.int64).reshape(2, 3).T,
    ):
        tensor = from_array(array)
        assert tensor.dtype == array.dtype.name
        assert tensor.shape == array.shape
        assert (tensor.array() == array).all()
    words = from_array(np.array(["a", "é"]))
    assert words.values() == (b"a", "é".encode())
    assert from_array(np.array([b"a", "b"], object)).values() == (b"a", b"b")
    with pytest.raises(ValueError, match="cannot be made"):
        from_array(np.array(["2020-01-01"], "datetime64[D]"))


def test_foreign_tensor_values_are_taken_over():
    import numpy as np

    class Foreign:
        dtype, shape = "float32", (2,)

        def array(self):
            return np.array([1, 2], np.float32)

    assert StoredTensor(tensor_message(Foreign())).values() == (1.0, 2.0)


def test_extension_types_without_ml_dtypes(monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    brain = proto("bfloat16", [2], half_val=[0x3F80, 0xBF80]).array()
    assert (brain.dtype.name, brain.tolist()) == ("float32", [1.0, -1.0])
    eight = proto("float8_e5m2", [2], tensor_content=b"\x3c\xc0").array()
    assert (eight.dtype.name, eight.tolist()) == ("float32", [1.0, -2.0])
    four = proto("int4", [1], int_val=[-3]).array()
    assert (four.dtype.name, four.tolist()) == ("int8", [-3])


@pytest.mark.parametrize("name", sorted(FLOAT8))
def test_small_floats_agree_with_ml_dtypes(name):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    import numpy as np

    kind = getattr(ml_dtypes, name, None)
    if kind is None:
        pytest.skip("this ml_dtypes does not have it")
    codes = range(16 if name.startswith("float4") else 256)
    expected = np.array(list(codes), np.uint8).view(kind).astype(np.float64).tolist()
    found = [small_float(name, code) for code in codes]
    assert [repr(value) for value in found] == [repr(value) for value in expected]
    for code, value in zip(codes, found, strict=True):
        again = make_tensor(name, (), value).values()
        assert repr(again[0]) == repr(value), code
