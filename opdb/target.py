"""Targets: which converter, which release, which chip."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from opdb.errors import CorruptDatabaseError, UnknownNameError
from opdb.load import DATA_DIR, SCHEMA, load_json

__all__ = [
    "LOCAL",
    "Basis",
    "Registry",
    "Release",
    "Soc",
    "Target",
    "default_target",
    "load_registry",
    "near_matches",
    "parse_target",
    "spelled",
]

LOCAL = "local"
"""What an imported toolkit is called when its importer gives no other name."""

_PRE_RELEASE = re.compile(r"\.(alpha|beta)\d+$")


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
        needs_input: its parser refuses a model without a placeholder.
        onnx: it has a map of the ONNX front end.
    """

    tool: str
    version: str
    kind: str
    cpu_list: bool = False
    cpu_complete: bool = False
    parser_inferred: bool = False
    needs_input: bool = False
    onnx: bool = False


@dataclass(frozen=True, slots=True)
class Soc:
    """One ``--soc_version`` value, or the short name of a chip family.

    Attributes:
        short: name of the chip family, the same in all releases.
        folders: ops-info folder by release; empty text where a tool has no folders.
        now: the family's present name when this spelling was retired.
        alias_of: the value that the compiler puts in its place.
        family: a short name that is no ``--soc_version`` value itself.
        most_profiles: how many profiles of varying sizes one model may have.
    """

    name: str
    short: str
    folders: Mapping[str, str]
    now: str | None = None
    alias_of: str | None = None
    family: bool = False
    most_profiles: int = 100


@dataclass(frozen=True, slots=True)
class Basis:
    """The releases whose databases answer for a release.

    Attributes:
        full: one release, or the two neighbours of a release in between, older first; empty for a
            chip that only partial releases list.
        adds: partial releases, oldest first, up to the release: what they support is supported.
        softens: partial releases after the release: what they support is not called unsupported.
        inferred: the answers are carried over from other releases.
    """

    full: tuple[str, ...]
    adds: tuple[str, ...] = ()
    softens: tuple[str, ...] = ()
    inferred: bool = False

    @property
    def versions(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.full, *self.adds, *self.softens)


class Registry:
    """The tools, releases and chips that the databases know."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.default = str(raw["default"])
        self._releases: dict[str, tuple[Release, ...]] = {}
        self._socs: dict[str, dict[str, Soc]] = {}
        self._without_list: dict[str, Mapping[str, list[str]]] = {}
        self._aliases: dict[str, Mapping[str, Mapping[str, Any]]] = {}
        for tool, entry in raw["tools"].items():
            self._releases[tool] = tuple(Release(tool, **r) for r in entry["releases"])
            self._socs[tool] = {soc["name"]: Soc(**soc) for soc in entry["socs"]}
            self._without_list[tool] = entry["without_list"]
            self._aliases[tool] = entry["aliases"]

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

    def aliases(self, tool: str) -> Mapping[str, str]:
        """Other names of releases."""
        return {name: str(entry["of"]) for name, entry in self._aliases[tool].items()}

    def all_socs(self, tool: str) -> tuple[Soc, ...]:
        """Every chip name of a tool, families included."""
        return tuple(self._socs[tool].values())

    def socs(self, tool: str, version: str) -> tuple[Soc, ...]:
        """The chips that a release has lists for, by name."""
        return tuple(s for s in self._socs[tool].values() if version in s.folders)

    def answering_socs(self, release: Release) -> tuple[Soc, ...]:
        """The chips that a release is answered for, also from other releases."""
        basis = self._basis(release.tool, release, inferred=False)
        wanted = {*basis.full, *basis.adds}
        return tuple(s for s in self._socs[release.tool].values() if wanted & set(s.folders))

    def with_cpu_list(self, tool: str) -> tuple[str, ...]:
        """The full releases that have AI CPU lists, oldest first."""
        return tuple(r.version for r in self.releases(tool) if r.kind == "full" and r.cpu_list)

    def knows(self, tool: str, version: str) -> bool:
        """Whether a name is that of a release, an alias or a pre-release."""
        known = {release.version for release in self.releases(tool)} | set(self._aliases[tool])
        return version in known or _PRE_RELEASE.sub("", version) in known

    def release(self, tool: str, version: str) -> Release:
        """The release that a name stands for: itself, or the base of an alias or pre-release.

        Raises:
            UnknownNameError: there is none of that name.
        """
        return self._resolved(tool, version)[0]

    def basis(self, tool: str, version: str, name: str) -> Basis:
        """The releases that answer for a release and chip.

        Raises:
            UnknownNameError: the release or the chip is unknown, or none of them lists the chip.
        """
        release, inferred = self._resolved(tool, version)
        basis = self._basis(tool, release, inferred=inferred)
        self._named(tool, release.version, basis, name)
        return Basis(
            self._listing(tool, basis.full, name),
            self._listing(tool, basis.adds, name),
            self._listing(tool, basis.softens, name),
            basis.inferred,
        )

    def soc(self, tool: str, version: str, name: str) -> Soc:
        """A chip that a release, or the releases that answer for it, have lists for.

        Raises:
            UnknownNameError: there is none of that name.
        """
        release, inferred = self._resolved(tool, version)
        return self._named(
            tool, release.version, self._basis(tool, release, inferred=inferred), name
        )

    def _resolved(self, tool: str, version: str) -> tuple[Release, bool]:
        """The release of a name, and whether the name is that of another one carried over."""
        known = {release.version: release for release in self.releases(tool)}
        if version in known:
            return known[version], False
        alias = self._aliases[tool].get(version)
        if alias is not None:
            return known[alias["of"]], bool(alias.get("inferred"))
        base = _PRE_RELEASE.sub("", version)
        if base != version and base in known:
            return known[base], True
        if version == LOCAL:
            raise UnknownNameError(
                f"{tool}@{LOCAL} is a toolkit of your own and none was imported yet: "
                f"omlint db import DIR"
            )
        return self._unknown(f"unknown release {version!r} of {tool}", version, known)

    def _basis(self, tool: str, release: Release, *, inferred: bool) -> Basis:
        """The releases that answer for one, whatever the chip."""
        if release.kind == "full" or tool != "atc":
            return Basis((release.version,), inferred=inferred)
        order = self.releases(tool)
        at = order.index(release)
        before = [r.version for r in order[:at] if r.kind == "full"][-1:]
        after = [r.version for r in order[at:] if r.kind == "full"][:1]
        if after:
            return Basis((*before, *after), inferred=True)
        return Basis(
            tuple(before),
            tuple(r.version for r in order[: at + 1] if r.kind == "partial"),
            tuple(r.version for r in order[at + 1 :] if r.kind == "partial"),
            inferred=True,
        )

    def _listing(self, tool: str, versions: tuple[str, ...], name: str) -> tuple[str, ...]:
        return tuple(v for v in versions if v in self._socs[tool][name].folders)

    def _named(self, tool: str, version: str, basis: Basis, name: str) -> Soc:
        soc = self._socs[tool].get(name)
        wanted = (*basis.full, *basis.adds)
        if soc is not None and self._listing(tool, wanted, name):
            return soc
        if name in self._without_list[tool].get(version, ()):
            raise UnknownNameError(
                f"{tool} {version} names {name} but has no operator list for it, "
                f"so nothing can be compiled for it"
            )
        present = [s for s in self._socs[tool].values() if set(wanted) & set(s.folders)]
        if soc is not None and soc.now:
            family = [s.name for s in present if s.short == soc.now and not s.family]
            if family:
                raise UnknownNameError(
                    f"{tool} {version} has no SoC {name!r}: it is called {soc.now} there; "
                    f"did you mean {', '.join(family)}?"
                )
        if soc is not None:
            raise UnknownNameError(
                f"{tool} {version} has no lists for SoC {name}; "
                f"releases that have: {', '.join(soc.folders) or 'none'}"
            )
        names = [s.name for s in present]
        return self._unknown(f"{tool} {version} has no SoC {name!r}", name, names)

    def newest_for(self, name: str) -> Target:
        """The target of a chip alone: its newest atc release.

        Raises:
            UnknownNameError: no release of atc has lists for it.
        """
        soc = self._socs["atc"].get(name)
        versions = self.full_versions("atc")
        if soc is not None and soc.now is None:
            newest = [v for v in versions if v in soc.folders]
            if newest:
                return Target("atc", newest[-1], name)
        return Target("atc", versions[-1], self.soc("atc", versions[-1], name).name)

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


def parse_target(text: str) -> Target:
    """Read ``TOOL@VERSION/SOC`` of a release, or a ``SOC`` alone (its newest full atc release).

    Raises:
        UnknownNameError: tool, release or chip is unknown or has no data; names near matches.
    """
    registry = load_registry()
    tool, version, soc = spelled(text)
    if not tool and not version:
        return registry.newest_for(soc)
    release = registry.release(tool, version)
    if not soc:
        names = ", ".join(s.name for s in registry.answering_socs(release) if not s.family)
        raise UnknownNameError(
            f"target {text.strip()!r} names no SoC; {tool} {version} has: {names}"
        )
    return Target(tool, version, registry.soc(tool, version, soc).name)


def spelled(text: str) -> tuple[str, str, str]:
    """Tool, version and SoC as a target spells them; tool and version empty for a SoC alone.

    Raises:
        UnknownNameError: the text has neither form.
    """
    text = text.strip()
    head, slash, soc = text.rpartition("/")
    tool, at, version = (head if slash else text).partition("@")
    if not slash and not at:
        return "", "", text
    if not tool or not version:
        example = load_registry().default
        raise UnknownNameError(f"target {text!r} is not TOOL@VERSION/SOC, such as {example}")
    return tool, version, soc if slash else ""
