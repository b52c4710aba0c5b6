"""Where an installed toolkit, or an older source tree, keeps its operator lists."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opdb.errors import CorruptDatabaseError, UnknownNameError

__all__ = ["ListFile", "Tree", "check_op", "read_entries", "read_json", "read_tree"]

_MAX_BYTES = 256 * 1024 * 1024
_ROOTS = ("", "latest", "ascend-toolkit/latest", "cann", "opp/..")
_OPP = ("opp", ".")
_AI_CORE = (
    "built-in/op_impl/ai_core/tbe/config/*/aic-*-ops-info*.json",
    "op_impl/built-in/ai_core/tbe/config/*/aic-*-ops-info*.json",
)
_CUSTOM = (
    "vendors/*/op_impl/ai_core/tbe/config/*/aic-*-ops-info*.json",
    "op_impl/custom/ai_core/tbe/config/*/aic-*-ops-info*.json",
)
_DSA = ("built-in/op_impl/dsa_core/config/*/dsa-*-ops-info*.json",)
_CPU = (
    "built-in/op_impl/aicpu/*/config/*.json",
    "op_impl/built-in/aicpu/*/config/*.json",
)
_CUSTOM_CPU = ("vendors/*/op_impl/cpu/config/*.json", "vendors/*/op_impl/cpu/*/config/*.json")
_NPU_LISTS = ("built-in/framework/tensorflow/npu_supported_ops.json",)
_CUSTOM_NPU_LISTS = ("vendors/*/framework/tensorflow/npu_supported_ops.json",)
_MAPS = ("{arch}lib64/plugin/opskernel/config/ir2tf_op_mapping_lib.json",)
_PLATFORMS = ("{arch}data/platform_config/*.ini",)
_ARCH = ("", "*-linux/", "compiler/")
_INI = ("ops/built-in/tbe/op_info_cfg/ai_core/*/aic-*-ops-info*.ini",)
_INI_CPU = ("ops/built-in/aicpu/op_info_cfg/*/*.ini",)
_VERSIONS = ("opp/version.info", "compiler/version.info", "version.info", "*/version.info")


@dataclass(frozen=True, slots=True)
class ListFile:
    """One list.

    Attributes:
        part: what it lists: ``aicore``, ``dsa``, ``cpu``, ``npu``, ``ir2tf`` or ``plugins``.
        folder: ops-info folder of AI Core and DSA lists, file name of CPU lists.
        vendor: the vendor of custom ops, empty for the toolkit's own.
    """

    path: Path
    part: str
    folder: str = ""
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """What was found.

    Attributes:
        version: of the toolkit, empty when no file says it.
        version_from: which file, or ``folder name``.
        files: the lists, the toolkit's own before those of vendors.
        chips: ``--soc_version`` value to its short name, from the platform files.
        missing: what is not there, in words.
    """

    root: Path
    version: str
    version_from: str
    files: tuple[ListFile, ...]
    chips: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def of(self, part: str) -> tuple[ListFile, ...]:
        """The lists of one kind."""
        return tuple(file for file in self.files if file.part == part)


def read_tree(folder: Path) -> Tree:
    """Find the lists under a folder.

    Raises:
        UnknownNameError: there is no such folder, or no operator list in it.
        CorruptDatabaseError: a file cannot be read.
    """
    if not folder.is_dir():
        what = "is a file, not the folder of a toolkit" if folder.exists() else "does not exist"
        raise UnknownNameError(f"{folder} {what}")
    for name in _ROOTS:
        root = folder / name
        files = tuple(_lists(root)) if root.is_dir() else ()
        if any(file.part in ("aicore", "cpu") for file in files):
            version, where = _version(root)
            chips = dict(_chips(root))
            return Tree(root, version, where, files, chips, tuple(_missing(files, chips)))
    raise UnknownNameError(
        f"{folder} holds no operator list: neither opp/built-in/op_impl/… of an installed toolkit "
        f"nor ops/built-in/tbe/op_info_cfg/… of a source tree"
    )


def read_json(path: Path) -> Any:
    """Decode a JSON file of a toolkit.

    Raises:
        CorruptDatabaseError: it cannot be read or is not JSON.
    """
    try:
        return json.loads(_bytes(path))
    except ValueError as err:
        raise CorruptDatabaseError(f"{path} is not JSON: {err}") from err
    except RecursionError as err:
        raise CorruptDatabaseError(f"{path} is nested too deeply") from err


def read_entries(path: Path) -> dict[str, Any]:
    """The ops of a list: JSON, or ini with ``input0.name=x`` lines under ``[Op]``.

    Raises:
        CorruptDatabaseError: it cannot be read.
    """
    entries = _read_ini(path) if path.suffix == ".ini" else read_json(path)
    if not isinstance(entries, dict):
        raise CorruptDatabaseError(f"{path} is no list of operators: it holds no object")
    for op in entries:
        check_op(path, op)
    return entries


def check_op(path: Path, op: object) -> str:
    """The name of an op that a file gives.

    Raises:
        CorruptDatabaseError: it is none.
    """
    if not isinstance(op, str) or not op or not op.isprintable():
        raise CorruptDatabaseError(f"{path}: {str(op)[:60]!r} is no name of an operator")
    return op


def _read_ini(path: Path) -> dict[str, Any]:
    result: dict[str, dict[str, dict[str, str]]] = {}
    entry: dict[str, dict[str, str]] | None = None
    try:
        text = _bytes(path).decode("utf-8-sig")
    except ValueError as err:
        raise CorruptDatabaseError(f"{path} is not UTF-8: {err}") from err
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith(("#", ";")):
            continue
        if line.startswith("[") and line.endswith("]") and len(line) > 2:
            entry = result.setdefault(line[1:-1].strip(), {})
            continue
        key, equals, value = line.partition("=")
        if entry is None or not equals:
            raise CorruptDatabaseError(f"{path}, line {number}: {line[:60]!r} is no setting")
        place, _, name = key.strip().partition(".")
        entry.setdefault(place.strip(), {})[name.strip()] = value.strip()
    return result


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise CorruptDatabaseError(f"{path} is larger than {_MAX_BYTES >> 20} MiB")
        return path.read_bytes()
    except OSError as err:
        raise CorruptDatabaseError(f"cannot read {path}: {err.strerror}") from err


def _lists(root: Path) -> Iterator[ListFile]:
    opp = next((root / name for name in _OPP if (root / name / "built-in").is_dir()), root / "opp")
    for patterns, part in ((_AI_CORE, "aicore"), (_DSA, "dsa")):
        for path in _glob(opp, patterns):
            yield ListFile(path, part, path.parent.name)
    for path in _glob(root, _INI):
        yield ListFile(path, "aicore", path.parent.name)
    for path in (*_glob(opp, _CPU), *_glob(root, _INI_CPU)):
        yield ListFile(path, "cpu", path.stem)
    for path in _glob(opp, _NPU_LISTS):
        yield ListFile(path, "npu")
    for path in _glob(root, [p.format(arch=arch) for p in _MAPS for arch in _ARCH]):
        yield ListFile(path, "ir2tf")
    for path in _glob(root, ["tf_plugin_map.json"]):
        yield ListFile(path, "plugins")
    for patterns, part in (
        (_CUSTOM, "aicore"),
        (_CUSTOM_CPU, "cpu"),
        (_CUSTOM_NPU_LISTS, "npu"),
    ):
        for path in _glob(opp, patterns):
            place = path.relative_to(opp).parts
            vendor = place[1] if place[0] == "vendors" else "custom"
            folder = path.stem if part == "cpu" else path.parent.name
            yield ListFile(path, part, folder, vendor)


def _glob(root: Path, patterns: tuple[str, ...] | list[str]) -> list[Path]:
    """The files of some patterns; a folder on the way that cannot be read is no absent file."""
    for pattern in patterns:
        parts = pattern.split("/")
        above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
        for place in (root, *(place for prefix in above for place in root.glob(prefix))):
            if place.is_dir() and not os.access(place, os.R_OK | os.X_OK):
                raise CorruptDatabaseError(f"cannot read {place}: Permission denied")
    found = {path: None for pattern in patterns for path in sorted(root.glob(pattern))}
    for path in found:
        if not (path.is_file() or path.is_dir()):
            raise CorruptDatabaseError(f"cannot read {path}: it is no file, or a broken link")
    return [path for path in found if path.is_file()]


def _chips(root: Path) -> Iterator[tuple[str, str]]:
    for path in _glob(root, [p.format(arch=arch) for p in _PLATFORMS for arch in _ARCH]):
        text = _bytes(path).decode("utf-8", "replace")
        short = re.search(r"^\s*Short_SoC_version\s*=\s*(\S+)", text, re.MULTILINE)
        if short:
            yield path.stem, short[1]


def _version(root: Path) -> tuple[str, str]:
    for path in _glob(root, list(_VERSIONS)):
        text = _bytes(path).decode("utf-8", "replace")
        for key in ("version_dir", "Version"):
            match = re.search(rf"^\s*{key}\s*=\s*\[?([\w.+-]+)", text, re.MULTILINE)
            if match:
                return match[1], path.relative_to(root).as_posix()
    return "", ""


def _missing(files: tuple[ListFile, ...], chips: dict[str, str]) -> Iterator[str]:
    own = {file.part for file in files if not file.vendor}
    cpu = {file.folder for file in files if file.part == "cpu"}
    if "aicore" not in own:
        yield "AI Core operator lists"
    for name, what in (
        ("aicpu_kernel", "the AI CPU list (aicpu_kernel)"),
        ("host_cpu_kernel", "the host CPU list (host_cpu_kernel)"),
        ("tf_kernel", "the TF-kernel list (tf_kernel)"),
    ):
        if name not in cpu:
            yield what
    if "npu" not in own and "plugins" not in own:
        yield "the list of TensorFlow ops (npu_supported_ops.json)"
    if "ir2tf" not in own and "plugins" not in own:
        yield "the map between GE and TensorFlow ops (ir2tf_op_mapping_lib.json)"
    if not chips:
        yield "platform files with SoC names (platform_config/*.ini)"
