"""Which files answer for a target, and what they may be asked."""

from __future__ import annotations

from dataclasses import dataclass

from opdb.target import Registry, Target

__all__ = ["Layout", "added", "plain"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one database and how far they may be trusted.

    Paths are relative to the data folder, or absolute for an imported database. Where there are
    several files for one purpose, the first that has a record answers.

    Attributes:
        release: the release whose ranges of releases hold (limits, dtype changes, reports).
        version: what kernels give as their version.
        folder: the ops-info folder of the SoC, empty for omg.
        short_soc: name of the chip family.
        answered_from: the databases that the answers come from.
        common: parser maps, prototypes, twins, scope fusion.
        cores: the AI Core list.
        cpu, later_cpu: CPU lists with their versions.
        judging: what no list holds.
        omg: the operator table.
        onnx: maps of the ONNX front end with their versions, the nearest first.
        sources: evidence tables.
        complete: the kernel lists are whole, so that an absent op may be called unsupported.
        parser_complete: the parser's map is whole.
        cpu_complete: the CPU lists are whole.
        parser_inferred: the parser's map was put together from other sources.
        needs_input: the parser refuses a model without a placeholder.
        most_profiles: how many profiles of varying sizes one model may have.
        carried: the parser's map and the prototypes are those of another release.
        digests: sha256 of the files that the package's manifest does not list.
    """

    release: str
    version: str
    folder: str
    short_soc: str
    answered_from: tuple[str, ...]
    common: tuple[str, ...] = ()
    cores: tuple[str, ...] = ()
    cpu: tuple[tuple[str, str], ...] = ()
    later_cpu: tuple[tuple[str, str], ...] = ()
    judging: str = ""
    omg: str = ""
    onnx: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ("sources.json",)
    complete: bool = False
    parser_complete: bool = False
    cpu_complete: bool = False
    parser_inferred: bool = False
    needs_input: bool = False
    most_profiles: int = 100
    carried: bool = False
    digests: tuple[tuple[str, str], ...] = ()

    def files(self) -> tuple[str, ...]:
        """Every file that can change an answer about a node of a TensorFlow graph."""
        lists = [path for _, path in (*self.cpu, *self.later_cpu)]
        own = [*self.common, *self.cores, *lists, self.judging, self.omg]
        return tuple(path for path in ["targets.json", *own] if path)


def plain(registry: Registry, target: Target, version: str) -> Layout:
    """A release with lists of its own: a full one of atc, any of omg."""
    tool = target.tool
    release = registry.release(tool, version)
    soc = registry.soc(tool, version, target.soc)
    complete = release.kind == "full"
    answered = (f"{tool}@{version}",)
    if tool == "omg":
        return Layout(
            version,
            version,
            "",
            soc.short,
            answered,
            omg=f"omg/{version}.tsv.gz",
            complete=complete,
            parser_complete=complete,
        )
    order = registry.full_versions(tool)
    listed = [(v, f"atc/{v}/cpu.tsv.gz") for v in registry.with_cpu_list(tool)]
    at = order.index(version)
    folder = soc.folders[version]
    return Layout(
        release=version,
        version=version,
        folder=folder,
        short_soc=soc.short,
        answered_from=answered,
        common=(f"atc/{version}/common.tsv.gz",),
        cores=(f"atc/{version}/{folder}.tsv.gz",),
        cpu=tuple(entry for entry in listed if entry[0] == version),
        later_cpu=tuple(entry for entry in listed if entry[0] in order[at + 1 :]),
        judging="atc/judging.tsv.gz",
        onnx=_onnx(registry, version),
        complete=complete,
        parser_complete=complete,
        cpu_complete=release.cpu_complete,
        parser_inferred=release.parser_inferred,
        needs_input=release.needs_input,
        most_profiles=soc.most_profiles,
    )


def added(registry: Registry, target: Target, version: str) -> Layout:
    """A partial release over the newest full one: what it says of its own may only vouch."""
    below = registry.full_versions(target.tool)[-1]
    soc = registry.soc(target.tool, version, target.soc)
    folder = soc.folders[version]
    return Layout(
        release=below,
        version=version,
        folder=folder,
        short_soc=soc.short,
        answered_from=(f"atc@{version}",),
        common=(f"atc/{version}/common.tsv.gz", f"atc/{below}/common.tsv.gz"),
        cores=(f"atc/{version}/{folder}.tsv.gz",),
        cpu=((version, f"atc/{version}/cpu.tsv.gz"), (below, f"atc/{below}/cpu.tsv.gz")),
        judging="atc/judging.tsv.gz",
        onnx=_onnx(registry, version),
        cpu_complete=registry.release(target.tool, below).cpu_complete,
        parser_inferred=True,
        most_profiles=soc.most_profiles,
    )


def _onnx(registry: Registry, version: str) -> tuple[tuple[str, str], ...]:
    """The release's own map, else the nearest older one; partial ones lie over a whole one."""
    releases = [r for r in registry.releases("atc") if r.onnx]
    names = [r.version for r in registry.releases("atc")]
    older = [r for r in releases if names.index(r.version) <= names.index(version)]
    found: list[str] = []
    for release in reversed(older):
        found.append(release.version)
        if release.kind == "full":
            break
    return tuple((v, f"atc/{v}/onnx.tsv.gz") for v in found)
