"""``manifest.json``: the parts of a model and how tensors flow between them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linter.results.errors import GraphError

__all__ = ["MODEL", "PARTS", "Chain", "ChainOutput", "ChainPart", "check_parts", "load_manifest"]

MODEL = "model"
"""Where a part's input comes from when the caller of the whole feeds it."""

PARTS = ("head", "body", "tail")
_READABLE = "1."


@dataclass(frozen=True, slots=True)
class ChainPart:
    """One part as the manifest describes it.

    Attributes:
        name: ``head``, ``body`` or ``tail``.
        path: its graph.
        sha256: digest of the graph.
        inputs: placeholder → the part that feeds it (or ``model``) and the tensor or input there.
        outputs: what it gives, as ``node:index``.
    """

    name: str
    path: Path
    sha256: str
    inputs: Mapping[str, tuple[str, str]]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainOutput:
    """An output of the whole and the part that gives it."""

    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Parts in the order in which they run.

    Attributes:
        inputs: names of the inputs of the whole.
        outputs: outputs of the whole.
    """

    path: Path
    parts: tuple[ChainPart, ...]
    inputs: tuple[str, ...]
    outputs: tuple[ChainOutput, ...]


def load_manifest(path: str | Path) -> Chain:
    """Read a manifest; the parts lie beside it.

    Raises:
        GraphError: it is not there or no manifest.
    """
    path = Path(path)
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return _chain(path, value)
    except OSError as err:
        raise GraphError(f"{path}: cannot be read: {err.strerror}") from err
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        raise GraphError(f"{path}: no manifest of a cut model", cause="no-manifest") from err


def check_parts(chain: Chain) -> None:
    """Make sure that the parts are those that the manifest describes.

    Raises:
        GraphError: one is not there or has changed.
    """
    for part in chain.parts:
        try:
            with part.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as err:
            raise GraphError(f"{part.path}: cannot be read: {err.strerror}") from err
        if digest != part.sha256:
            raise GraphError(
                f"{part.path}: not the file that {chain.path} describes", cause="changed"
            )


def _chain(path: Path, value: Any) -> Chain:
    if not str(value["schema_version"]).startswith(_READABLE):
        raise ValueError("another schema")
    found = {name: value["parts"][name] for name in PARTS}
    parts = tuple(_part(path, name, part) for name, part in found.items() if part is not None)
    names = [part.name for part in parts]
    for number, part in enumerate(parts):
        if not {source for source, _ in part.inputs.values()} <= {MODEL, *names[:number]}:
            raise ValueError("an input from a part that has not run")
    outputs = tuple(ChainOutput(out["name"], out["part"]) for out in value["outputs"])
    if not {out.part for out in outputs} <= set(names) or not parts:
        raise ValueError("an output of no part")
    return Chain(path, parts, tuple(one["name"] for one in value["inputs"]), outputs)


def _part(path: Path, name: str, value: Any) -> ChainPart:
    file = value["file"]
    if Path(file).name != file:
        raise ValueError("a part that is not beside its manifest")
    return ChainPart(
        name,
        path.parent / file,
        value["sha256"],
        {one["name"]: (one["from"], one["tensor"]) for one in value["inputs"]},
        tuple(one["name"] for one in value["outputs"]),
    )
