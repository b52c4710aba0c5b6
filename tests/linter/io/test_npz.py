"""Arrays in archives: what is read and written, and what is refused by name."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linter.io.npz import MAX_BYTES, read_arrays, write_arrays
from linter.results.errors import UsageError


def archive(path: Path, **entries: bytes) -> str:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(name.replace("__", "."), content)
    return str(path)


def npy(header: str, data: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    text = header.encode()
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


def head(descr: str = "'<f4'", order: str = "False", shape: str = "(2,)") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}}}"


@pytest.mark.parametrize(
    "array",
    [
        np.float32([[1, 2], [3, 4]]),
        np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3)),
        np.array(True),
        np.array([b"ab", b"c"]),
        np.array(["ab", "\u00e9"]),
        np.zeros((0, 3), np.float64),
        np.array(3.0, ">f8"),
    ],
)
def test_what_numpy_saves_is_read(tmp_path: Path, array: np.ndarray) -> None:
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "a.npz", **{"scope/x:0": array, "y": array})
        found = read_arrays(str(tmp_path / "a.npz"))
        assert list(found) == ["scope/x:0", "y"]
        np.testing.assert_array_equal(found["y"], array)
        assert found["y"].shape == array.shape


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "but an empty file"),
        (b"no archive at all", "not an .npz of arrays, or a damaged one"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "but a Git-LFS pointer"),
        (b"PK\x03\x04 and no more", "or a damaged one"),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "f.npz"
    path.write_bytes(content)

    with pytest.raises(UsageError, match=message):
        read_arrays(str(path))


def test_places_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nope\.npz: No such file or directory"):
        read_arrays(str(tmp_path / "nope.npz"))
    with pytest.raises(UsageError, match="Is a directory"):
        read_arrays(str(tmp_path))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (npy(head(descr="'|O'"), b"\x80\x04N."), "Python objects, which are not read"),
        (npy(head(shape="(9000000000,)"), b"1234"), "does not fit its"),
        (npy(head(shape="(1,) * 10**9"), b"1234"), "damaged"),
        (npy(head(shape="(-1,)"), b"1234"), "damaged"),
        (npy(head(shape="(2.0,)"), b"12345678"), "damaged"),
        (npy(head(descr="[('a', '<f4')]"), b"12345678"), "damaged"),
        (npy(head(descr="'<Q9'"), b"12345678"), "damaged"),
        (npy("__import__('os').abort()", b"12345678"), "damaged"),
        (npy("(" * 9000), "damaged"),
        (npy(head() + " " * 20_000, b"12345678"), "a header of"),
        (npy(head(), b"12345678", version=(9, 0)), "version"),
        (npy(head(), b"1234567"), "does not fit its"),
        (npy(head(shape="(1,)*0"), b""), "damaged"),
        (b"\x93NUMP", "damaged"),
        (b"", "damaged"),
    ],
)
def test_arrays_that_are_none(tmp_path: Path, entry: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_arrays(archive(tmp_path / "f.npz", x__npy=entry))


def test_archives_that_hold_other_things(tmp_path: Path) -> None:
    good = npy(head(), b"12345678")
    with pytest.raises(UsageError, match=r"readme\.txt is no array"):
        read_arrays(archive(tmp_path / "f.npz", readme__txt=b"hello"))
    assert list(read_arrays(archive(tmp_path / "h.npz", x__npy=good))) == ["x"]


def test_an_archive_that_claims_to_be_huge(tmp_path: Path) -> None:
    path = archive(tmp_path / "f.npz", x__npy=npy(head(), b"12345678"))
    data = bytearray(Path(path).read_bytes())
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", MAX_BYTES + 1)
    Path(path).write_bytes(data)

    with pytest.raises(UsageError, match="more than 2,048 MiB"):
        read_arrays(path)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_damaged_archives_are_refused_in_one_sentence(tmp_path: Path, data: st.DataObject) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=np.arange(40, dtype=np.float32), y=np.array([b"a", b"bc"]))
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        change = data.draw(st.sampled_from(("set", "cut", "drop", "double")))
        if change == "set":
            content[place] = data.draw(st.integers(0, 255))
        elif change == "cut":
            content = content[: place + 1]
        elif change == "drop":
            del content[place : place + 3]
        else:
            content[place:place] = content[place : place + 8]
        if not content:
            return
    path = tmp_path / "f.npz"
    path.write_bytes(content)

    sentence = ""
    try:
        found = read_arrays(str(path))
    except UsageError as err:
        found, sentence = {}, str(err)
    assert all(array.nbytes <= 1 << 20 for array in found.values())
    assert not sentence or sentence.startswith(f"{path}: ")
    assert "\n" not in sentence


def test_what_is_written_is_read_and_depends_on_the_arrays_only(tmp_path: Path) -> None:
    arrays = {
        "a/x:0": np.arange(6, dtype=np.float32).reshape(2, 3).T,
        "empty": np.zeros((0, 2), np.int8),
        "one": np.array(True),
    }
    for name in ("a.npz", "b.npz"):
        write_arrays(tmp_path / name, arrays)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.npz") as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    found = read_arrays(str(tmp_path / "a.npz"))
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.npz", "b.npz"]


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=r"cannot write .*folder"):
        write_arrays(tmp_path / "folder", {"x": np.zeros(1)})
    with pytest.raises(UsageError, match=r"cannot write .*No such file"):
        write_arrays(tmp_path / "gone" / "x.npz", {"x": np.zeros(1)})
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
