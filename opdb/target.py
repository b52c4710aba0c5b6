"""Targets: which converter, which release, which chip."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from opdb.errors import CorruptDatabaseError, UnknownNameError
from opdb.load import DATA_DIR, SCHEMA, load_json

__all__ = [
    "Registry",
    "Release",
    "Soc",
    "Target",
    "default_target",
    "load_registry",
    "near_matches",
    "parse_target",
    "releases",
]


@dataclass(frozen=True, slots=True)
class Target:
    """A converter release and a chip; prints as ``atc@8.1.RC1/Ascend310P3``."""

    tool: str
    version: str
    soc: str

    def __str__(self) -> str:
        return f"{self.tool}@{self.version}/{self.soc}"


@dataclass(frozen=True, slots=True)
class Release:
    """One release of a tool.

    Attributes:
        kind: ``full`` (its lists may say "unsupported"), ``partial`` (they may only vouch for
            support) or ``known`` (a name without lists).
        cpu_list: it has AI CPU lists at all.
        cpu_complete: its AI CPU and TF-kernel lists are whole.
        parser_inferred: its parser's map was put together from other sources.
    """

    tool: str
    version: str
    kind: str
    cpu_list: bool = False
    cpu_complete: bool = False
    parser_inferred: bool = False


@dataclass(frozen=True, slots=True)
class Soc:
    """One ``--soc_version`` value.

    Attributes:
        short: name of the chip family, the same in all releases.
        folders: ops-info folder by release; empty text where a tool has no folders.
        now: the family's present name when this spelling was retired.
        alias_of: the value that the compiler puts in its place.
    """

    name: str
    short: str
    folders: Mapping[str, str]
    now: str | None = None
    alias_of: str | None = None


class Registry:
    """The tools, releases and chips that the databases know."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.default = str(raw["default"])
        self._releases: dict[str, tuple[Release, ...]] = {}
        self._socs: dict[str, dict[str, Soc]] = {}
        self._without_list: dict[str, Mapping[str, list[str]]] = {}
        for tool, entry in raw["tools"].items():
            self._releases[tool] = tuple(Release(tool, **r) for r in entry["releases"])
            self._socs[tool] = {soc["name"]: Soc(**soc) for soc in entry["socs"]}
            self._without_list[tool] = entry["without_list"]

    @property
    def tools(self) -> tuple[str, ...]:
        """Names of the tools."""
        return tuple(self._releases)

    def releases(self, tool: str) -> tuple[Release, ...]:
        """All releases of a tool, oldest first."""
        if tool not in self._releases:
            self._unknown(f"unknown tool {tool!r}", tool, self.tools)
        return self._releases[tool]

    def full_versions(self, tool: str) -> tuple[str, ...]:
        """The releases that have a database, oldest first."""
        return tuple(r.version for r in self.releases(tool) if r.kind == "full")

    def socs(self, tool: str, version: str) -> tuple[Soc, ...]:
        """The chips that a release has lists for, by name."""
        return tuple(s for s in self._socs[tool].values() if version in s.folders)

    def with_cpu_list(self, tool: str) -> tuple[str, ...]:
        """The full releases that have AI CPU lists, oldest first."""
        return tuple(r.version for r in self.releases(tool) if r.kind == "full" and r.cpu_list)

    def release(self, tool: str, version: str) -> Release:
        """A release with a database.

        Raises:
            UnknownNameError: there is none of that name, or it has no data.
        """
        found = next((r for r in self.releases(tool) if r.version == version), None)
        full = self.full_versions(tool)
        if found is None:
            self._unknown_version(tool, version)
        if found.kind != "full":
            raise UnknownNameError(
                f"{tool} {version} is known but has no data yet; "
                f"nearest releases with data: {', '.join(self._neighbours(tool, version, full))}"
            )
        return found

    def soc(self, tool: str, version: str, name: str) -> Soc:
        """A chip that a release has lists for.

        Raises:
            UnknownNameError: the release has none of that name.
        """
        found = self._socs[tool].get(name)
        if found is not None and version in found.folders:
            return found
        if name in self._without_list[tool].get(version, ()):
            raise UnknownNameError(
                f"{tool} {version} names {name} but has no operator list for it, "
                f"so nothing can be compiled for it"
            )
        names = [soc.name for soc in self.socs(tool, version)]
        if found is not None and found.now:
            family = [s.name for s in self.socs(tool, version) if s.short == found.now]
            if family:
                raise UnknownNameError(
                    f"{tool} {version} has no SoC {name!r}: it is called {found.now} there; "
                    f"did you mean {', '.join(family)}?"
                )
        if found is not None:
            raise UnknownNameError(
                f"{tool} {version} has no lists for SoC {name}; "
                f"releases that have: {', '.join(found.folders) or 'none'}"
            )
        return self._unknown(f"{tool} {version} has no SoC {name!r}", name, names)

    def newest_for(self, name: str) -> Target:
        """The target of a chip alone: its newest atc release.

        Raises:
            UnknownNameError: no release of atc has lists for it.
        """
        found = self._socs["atc"].get(name)
        versions = self.full_versions("atc")
        if found is not None and found.now is None:
            newest = [v for v in versions if v in found.folders]
            if newest:
                return Target("atc", newest[-1], name)
        return Target("atc", versions[-1], self.soc("atc", versions[-1], name).name)

    def _neighbours(self, tool: str, version: str, full: tuple[str, ...]) -> list[str]:
        order = [r.version for r in self.releases(tool)]
        at = order.index(version)
        before = [v for v in order[:at] if v in full][-1:]
        after = [v for v in order[at + 1 :] if v in full][:1]
        return before + after

    def _unknown_version(self, tool: str, version: str) -> NoReturn:
        base = version.partition(".alpha")[0].partition(".beta")[0]
        order = [r.version for r in self.releases(tool)]
        if base != version and base in order:
            raise UnknownNameError(
                f"{tool} {version} is a pre-release of {base} and has no data of its own; "
                f"did you mean {tool}@{base}?"
            )
        self._unknown(f"unknown release {version!r} of {tool}", version, order)

    def _unknown(self, what: str, name: str, names: Iterable[str]) -> NoReturn:
        near = near_matches(name, names)
        hint = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(names)}"
        raise UnknownNameError(f"{what}; {hint}")


def near_matches(name: str, names: Iterable[str], limit: int = 8) -> list[str]:
    """Names that a user who typed ``name`` may have meant, case aside, best first."""
    by_folded = {known.casefold(): known for known in names}
    folded = name.casefold()
    if folded in by_folded:
        return [by_folded[folded]]
    begun = [k for f, k in by_folded.items() if folded and f.startswith(folded)]
    inside = [k for f, k in by_folded.items() if len(folded) > 2 and folded in f]
    close = difflib.get_close_matches(folded, by_folded, n=limit, cutoff=0.6)
    return list(dict.fromkeys(begun + inside + [by_folded[f] for f in close]))[:limit]


@lru_cache(maxsize=4)
def load_registry(data: Path = DATA_DIR) -> Registry:
    """The registry that comes with the package.

    Raises:
        CorruptDatabaseError: its file is missing, damaged or of a newer schema.
    """
    path = data / "targets.json"
    raw = load_json(path)
    try:
        if raw["schema"] > SCHEMA:
            raise CorruptDatabaseError(f"{path.name} has schema {raw['schema']}, newer than this")
        return Registry(raw)
    except (KeyError, TypeError, AttributeError) as err:
        raise CorruptDatabaseError(f"database file {path} is damaged: {err}") from err


def default_target() -> Target:
    """The target when nobody names one."""
    return parse_target(load_registry().default)


def releases(tool: str) -> tuple[Release, ...]:
    """All releases of a tool, oldest first.

    Raises:
        UnknownNameError: there is no such tool.
    """
    return load_registry().releases(tool)


def parse_target(text: str) -> Target:
    """Read ``TOOL@VERSION/SOC`` or a ``SOC`` alone (its newest full atc release).

    Raises:
        UnknownNameError: tool, release or chip is unknown or has no data; names near matches.
    """
    registry = load_registry()
    text = text.strip()
    head, slash, soc = text.rpartition("/")
    tool, at, version = (head if slash else text).partition("@")
    if not slash and not at:
        return registry.newest_for(text)
    if not at or not tool or not version:
        raise UnknownNameError(
            f"target {text!r} is not TOOL@VERSION/SOC, such as {registry.default}"
        )
    registry.releases(tool)
    registry.release(tool, version)
    if not slash or not soc:
        names = ", ".join(s.name for s in registry.socs(tool, version))
        raise UnknownNameError(f"target {text!r} names no SoC; {tool} {version} has: {names}")
    return Target(tool, version, registry.soc(tool, version, soc).name)
