"""The dtypes of TensorFlow: enum names, numbers, our names, how elements are stored."""

from __future__ import annotations

from dataclasses import dataclass

from linter.graph import DType

__all__ = ["DTYPES", "REF_OFFSET", "DtypeInfo", "dtype_info", "dtype_name", "dtype_number"]

REF_OFFSET = 100
"""A reference type is its base type plus this."""


@dataclass(frozen=True, slots=True)
class DtypeInfo:
    """One dtype.

    Attributes:
        enum: name in the ``DataType`` enum.
        number: its value.
        name: our name.
        itemsize: bytes of one element in ``tensor_content``, 0 when elements have no fixed size.
        code: letter of ``struct`` and ``array`` for one element, empty when there is none.
        field: the ``TensorProto`` field that lists elements, empty when there is none.
    """

    enum: str
    number: int
    name: str
    itemsize: int
    code: str
    field: str


_ROWS = """
DT_INVALID 0 invalid 0 - -
DT_FLOAT 1 float32 4 f float_val
DT_DOUBLE 2 float64 8 d double_val
DT_INT32 3 int32 4 i int_val
DT_UINT8 4 uint8 1 B int_val
DT_INT16 5 int16 2 h int_val
DT_INT8 6 int8 1 b int_val
DT_STRING 7 string 0 - string_val
DT_COMPLEX64 8 complex64 8 f scomplex_val
DT_INT64 9 int64 8 q int64_val
DT_BOOL 10 bool 1 ? bool_val
DT_QINT8 11 qint8 1 b int_val
DT_QUINT8 12 quint8 1 B int_val
DT_QINT32 13 qint32 4 i int_val
DT_BFLOAT16 14 bfloat16 2 H half_val
DT_QINT16 15 qint16 2 h int_val
DT_QUINT16 16 quint16 2 H int_val
DT_UINT16 17 uint16 2 H int_val
DT_COMPLEX128 18 complex128 16 d dcomplex_val
DT_HALF 19 float16 2 e half_val
DT_RESOURCE 20 resource 0 - resource_handle_val
DT_VARIANT 21 variant 0 - variant_val
DT_UINT32 22 uint32 4 I uint32_val
DT_UINT64 23 uint64 8 Q uint64_val
DT_FLOAT8_E5M2 24 float8_e5m2 1 B float8_val
DT_FLOAT8_E4M3FN 25 float8_e4m3fn 1 B float8_val
DT_FLOAT8_E4M3FNUZ 26 float8_e4m3fnuz 1 B float8_val
DT_FLOAT8_E4M3B11FNUZ 27 float8_e4m3b11fnuz 1 B float8_val
DT_FLOAT8_E5M2FNUZ 28 float8_e5m2fnuz 1 B float8_val
DT_INT4 29 int4 1 b int_val
DT_UINT4 30 uint4 1 B int_val
DT_INT2 31 int2 1 b int_val
DT_UINT2 32 uint2 1 B int_val
DT_FLOAT4_E2M1FN 33 float4_e2m1fn 1 B int_val
"""


def _row(line: str) -> DtypeInfo:
    enum, number, name, itemsize, code, field = line.split()
    return DtypeInfo(
        enum, int(number), name, int(itemsize), code.replace("-", ""), field.replace("-", "")
    )


DTYPES: tuple[DtypeInfo, ...] = tuple(_row(line) for line in _ROWS.strip().splitlines())
"""All dtypes that are no references, by number."""

_INFO = {info.name: info for info in DTYPES}
_NAMES = {info.number: DType(info.name) for info in DTYPES}
_NAMES.update({n + REF_OFFSET: DType(f"{name}_ref") for n, name in list(_NAMES.items()) if n})
_NUMBERS: dict[str, int] = {name: number for number, name in _NAMES.items()}
_UNNAMED = "dtype#"


def dtype_name(number: int) -> DType:
    """The name of a dtype number; ``dtype#N`` for one that the schema does not name."""
    return _NAMES.get(number) or DType(f"{_UNNAMED}{number}")


def dtype_number(name: str) -> int | None:
    """The number of a dtype name, ``None`` when there is no such dtype."""
    number = _NUMBERS.get(name)
    if number is None and name.startswith(_UNNAMED):
        digits = name[len(_UNNAMED) :]
        if digits.removeprefix("-").isdecimal():
            number = int(digits)
    return number


def dtype_info(name: str) -> DtypeInfo | None:
    """What is known about a dtype that is no reference, ``None`` for all others."""
    return _INFO.get(name)
