"""Texts of flags -> values. Every fault is one sentence that quotes what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from linter import api
from linter.results.errors import UsageError
from linter.results.varying import KINDS, VaryingSizes

__all__ = [
    "ReportRequest",
    "parse_codes",
    "parse_formats",
    "parse_input_shapes",
    "parse_outputs",
    "parse_passes",
    "parse_settings",
    "parse_varying",
]

_NEVER_IN_A_NAME = re.compile(r"""[“”„‟‘’‚‛″′«»"'`：；，]""")
"""Quotes and full-width punctuation: node names cannot hold them, pasted text does."""

_VARIES = re.compile(r"-1|[0-9]{1,18}~(?:[0-9]{1,18}|-1)")
"""A size that is not fixed: any, or one of a range."""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """One ``--format``: the format's name, and a path or ``None`` for stdout."""

    name: str
    path: str | None


def parse_input_shapes(texts: Iterable[str], *, fixed: bool = False) -> dict[str, tuple[int, ...]]:
    """Read ``a:1,224,224,3;b:1,10``; an entry's name ends at its last colon.

    Nothing after the colon is a scalar. ``a:1,2,b:3`` is read as two entries, because neither a
    size nor a node name can hold what stands between them. A size that varies, ``-1`` or ``1~8``,
    is -1.

    Args:
        texts: what was typed.
        fixed: no size may vary, because the model is to be run.

    Raises:
        UsageError: an entry that is malformed or given twice.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for text in texts:
        for group in _entries(text, "--input-shape", "name:1,224,224,3"):
            for entry in _split_at_names(group):
                name, sizes = _shape_entry(entry)
                if name in shapes:
                    raise UsageError(f"--input-shape names {name!r} twice")
                if fixed and -1 in sizes:
                    raise UsageError(
                        f"--input-shape entry {entry!r} leaves a size open, and the model is run "
                        "here: give the number"
                    )
                shapes[name] = sizes
    return shapes


def parse_varying(flags: Mapping[str, Any]) -> VaryingSizes:
    """The sizes of ``--input-shape`` that vary, and the profiles of the flags for them.

    Args:
        flags: of the command, ``--input-shape`` without a fault.

    Raises:
        UsageError: profiles that atc refuses whatever the inputs are.
    """
    entries = [
        entry
        for text in flags["input_shapes"]
        for group in _entries(text, "--input-shape", "name:1,224,224,3")
        for entry in _split_at_names(group)
    ]
    named = {name: _sizes(text) for name, _, text in (one.rpartition(":") for one in entries)}
    written = {
        name.strip(): ",".join(sizes)
        for name, sizes in named.items()
        if any(_VARIES.fullmatch(size) for size in sizes)
    }
    return api.parse_profiles({kind: flags.get(kind) for kind in KINDS}, written)


def parse_outputs(texts: Iterable[str], flag: str = "--outputs") -> tuple[api.Value, ...]:
    """Read ``n:0;m:1`` or ``n,m:1``; a missing index is 0.

    Raises:
        UsageError: an entry that is malformed or given twice.
    """
    values: list[api.Value] = []
    for text in texts:
        for entry in _entries(text, flag, "name:0;other:1"):
            for part in entry.split(","):
                value = _output_entry(part.strip(), text, flag)
                if value in values:
                    raise UsageError(f"{flag} names {str(value)!r} twice")
                values.append(value)
    return tuple(values)


def parse_settings(texts: Iterable[str]) -> dict[str, str]:
    """Read ``is_training=false;keep_prob=1.0``; an entry's name ends at its first equals sign.

    Raises:
        UsageError: an entry that is malformed or given twice.
    """
    settings: dict[str, str] = {}
    for text in texts:
        for entry in filter(None, (part.strip() for part in text.split(";"))):
            name, sign, value = (part.strip() for part in entry.partition("="))
            if not sign or not name or not value:
                raise UsageError(
                    f"--set-input entry {entry!r} is not written like 'is_training=false'"
                )
            _entries(name, "--set-input", "name=value")
            if name in settings:
                raise UsageError(f"--set-input names {name!r} twice")
            settings[name] = value
    return settings


def parse_formats(texts: Iterable[str], known: tuple[str, ...]) -> tuple[ReportRequest, ...]:
    """Read ``F`` or ``F:PATH``; no text at all asks for ``text`` on stdout.

    Raises:
        UsageError: an unknown format, an empty path, or two reports for stdout.
    """
    requests: list[ReportRequest] = []
    for text in texts:
        name, colon, path = text.partition(":")
        if name not in known:
            raise UsageError(f"unknown format {name!r} for --format; there are: {', '.join(known)}")
        if colon and not path:
            raise UsageError(f"--format {text!r} has a colon but no path after it")
        requests.append(ReportRequest(name, None if path in ("", "-") else path))
    if not requests:
        return (ReportRequest(known[0], None),)
    if sum(request.path is None for request in requests) > 1:
        raise UsageError("only one --format can go to stdout; write the others as FORMAT:PATH")
    paths = [request.path for request in requests if request.path is not None]
    if len(set(paths)) < len(paths):
        raise UsageError("two --format flags name the same path")
    return tuple(requests)


def parse_passes(texts: Iterable[str]) -> tuple[str, ...]:
    """Read ``P1,P2``, as atc does: names of passes, each once."""
    names = (name.strip() for text in texts for name in text.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def parse_codes(
    texts: Iterable[str], flag: str, rules: api.RuleSet, *, lint: bool = False, mixed: bool = False
) -> tuple[str, ...]:
    """Read ``RWD,RWS003``; upper case or not.

    Args:
        texts: what was typed.
        flag: what to call it in an error.
        rules: whose codes there are.
        lint: codes of lint rules are wanted, not of rewrites.
        mixed: codes of the other kind may be among them, and are left out.

    Raises:
        UsageError: no such rule has a code that starts so.
    """
    codes = tuple(
        code.strip().upper() for text in texts for code in text.split(",") if code.strip()
    )
    if not codes:
        return ()  # before the rewrites are loaded, which takes longer than a check
    noun, wanted = ("lint rule", rules.lint) if lint else ("rewrite", rules.rewrites)
    others = () if not mixed else rules.rewrites if lint else rules.lint
    found = tuple(code for code in codes if any(rule.id.startswith(code) for rule in wanted))
    for code in codes:
        other = any(rule.id.startswith(code) for rule in others)
        if code not in found and not other:
            families = ", ".join(sorted({rule.id[:3] for rule in wanted}))
            raise UsageError(f"{flag} {code}: no {noun} has such a code; families: {families}")
    return found


def _entries(text: str, flag: str, example: str) -> list[str]:
    """Split at semicolons; a last empty entry is forgiven."""
    odd = _NEVER_IN_A_NAME.search(text)
    if odd is not None:
        raise UsageError(
            f"{flag} holds {_name_of(odd.group())} at position {odd.start() + 1} of {text!r}; "
            f'write it plainly, in straight quotes for the shell: {flag} "{example}"'
        )
    entries = [entry.strip() for entry in text.split(";")]
    if len(entries) > 1 and not entries[-1]:
        entries.pop()
    if not all(entries):
        raise UsageError(f"{flag} {text!r} has an empty entry; it is written like {example!r}")
    return entries


def _name_of(character: str) -> str:
    if character in "：；，":
        return f"the full-width character {character!r}"
    if character in "\"'`":
        return f"the quote {character} as part of its value"
    return f"the typographic quote {character}"


def _split_at_names(group: str) -> list[str]:
    """``a:1,2,b:3`` -> ``a:1,2`` and ``b:3``: every part with a colon starts an entry."""
    entries: list[list[str]] = [[]]
    for part in group.split(","):
        if ":" in part and entries[-1]:
            entries.append([])
        entries[-1].append(part)
    return [",".join(parts) for parts in entries]


def _shape_entry(entry: str) -> tuple[str, tuple[int, ...]]:
    name, colon, sizes = entry.rpartition(":")
    if not colon or not name.strip():
        raise UsageError(
            f"--input-shape entry {entry!r} has no {'name' if colon else 'colon'}; "
            "it is written like 'name:1,224,224,3'"
        )
    return name.strip(), tuple(_size(size, entry) for size in _sizes(sizes))


def _sizes(text: str) -> list[str]:
    return [size.strip() for size in text.split(",")] if text.strip() else []


def _size(text: str, entry: str) -> int:
    if _VARIES.fullmatch(text):
        return _varying_size(text, entry)
    if not re.fullmatch(r"[0-9]{1,18}", text):
        hint = "; -1 leaves it open" if text == "?" else ""
        raise UsageError(
            f"--input-shape entry {entry!r} has the size {text!r}, which is no positive "
            f"number{hint}"
        )
    if int(text) == 0:
        raise UsageError(f"--input-shape entry {entry!r} has a size of 0, which atc refuses")
    return int(text)


def _varying_size(text: str, entry: str) -> int:
    least, _, most = text.partition("~")
    if most and (int(least) < 1 or -1 < int(most) < int(least)):
        raise UsageError(
            f"--input-shape entry {entry!r} has the range {text!r}; atc wants MIN~MAX from 1 "
            "upwards (E10048)"
        )
    return -1


def _output_entry(entry: str, text: str, flag: str) -> api.Value:
    if not entry:
        raise UsageError(f"{flag} {text!r} has an empty entry; it is written like 'name:0'")
    name, colon, index = entry.rpartition(":")
    if not colon:
        return api.Value(entry, 0)
    if not name or not re.fullmatch(r"[0-9]{1,9}", index):
        raise UsageError(
            f"{flag} entry {entry!r} is not NAME:INDEX; the index is the number of the output"
        )
    return api.Value(name, int(index))
