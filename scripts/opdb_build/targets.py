"""Tools, releases in order and SoC names: ``targets.json``."""

from __future__ import annotations

from typing import Any

from opdb_build.atc import FULL, PARTIAL, soc_folders
from opdb_build.lines import Facts
from opdb_build.omg import PARTIAL_TABLES, TABLES
from opdb_build.sources import Sources

DEFAULT = "atc@8.1.RC1/Ascend310"

# Releases in their order; full ones are built, the others are known by name only.
_KNOWN = {
    "5.1.RC2": ("6.0.RC1", "6.0.0", "6.0.1", "6.2.RC1", "6.3.RC1", "6.3.RC2", "6.3.RC3"),
    "8.1.RC1": ("8.2.RC1", "8.3.RC1", "8.5.0", "9.0.0"),
}
_KNOWN_BEFORE = {"8.1.RC1": ("7.0.RC1", "7.0.0", "8.0.RC1", "8.0.RC2", "8.0.RC3", "8.0.0")}
_CPU_COMPLETE = ("8.1.RC1",)  # the older trees lack the TF-kernel list
_PARSER_ASSEMBLED = ("8.1.RC1",)  # its plugin library is not in the tree
# Until March 2022 the parser refused a graph without Placeholder or _Arg (CheckGraphDefValid,
# E12010; Ascend/parser, tensorflow_parser.cc).
_LAST_THAT_NEEDS_INPUT = "5.0.4"
# Names under which a release was shipped as well.
_RELEASE_ALIASES: dict[str, dict[str, Any]] = {
    "20.1.rc1": {"of": "20.1"},
    "20.2.rc1": {"of": "20.2"},
    # Names in public records; the release before or after has the nearest lists.
    "20.0": {"of": "20.1", "inferred": True},
    "20.10.0.B023": {"of": "20.1", "inferred": True},
    "3.0.0": {"of": "20.1", "inferred": True},
    "3.1.0": {"of": "20.1", "inferred": True},
    "5.0.5alpha001": {"of": "5.0.4", "inferred": True},
}
_OMG_ALIASES: dict[str, dict[str, Any]] = {
    # Atlas 200 DK and HiLens before the guide of 2019-12; its table is the nearest.
    "DDK 893": {"of": "hilens-2019-12", "inferred": True},
    "ddk-893": {"of": "hilens-2019-12", "inferred": True},
}

# Short name of the chip -> ops-info folders it has had, newest first, and --soc_version values.
_FAMILIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Ascend310": (("ascend310",), ("Ascend310",)),
    "Ascend310P": (
        ("ascend310p", "ascend710"),
        ("Ascend310P1", "Ascend310P3", "Ascend310P5", "Ascend310P7"),
    ),
    "Ascend310B": (
        ("ascend310b", "ascend320"),
        ("Ascend310B1", "Ascend310B2", "Ascend310B3", "Ascend310B4"),
    ),
    "Ascend910": (
        ("ascend910",),
        (
            "Ascend910A",
            "Ascend910B",
            "Ascend910ProA",
            "Ascend910ProB",
            "Ascend910PremiumA",
        ),
    ),
    "Ascend910B": (
        ("ascend910b",),
        (
            "Ascend910B1",
            "Ascend910B2",
            "Ascend910B2C",
            "Ascend910B3",
            "Ascend910B4",
            "Ascend910B4-1",
        ),
    ),
    "Ascend910_93": (
        ("ascend910_93",),
        (
            "Ascend910_9362",
            "Ascend910_9372",
            "Ascend910_9381",
            "Ascend910_9382",
            "Ascend910_9391",
            "Ascend910_9392",
        ),
    ),
    "Ascend910C": (("ascend910c",), ("Ascend910C",)),
    "Ascend920": (("ascend920",), ("Ascend920A",)),
    "Ascend610": (("ascend610",), ("Ascend610",)),
    "Ascend610Lite": (("ascend610lite",), ("Ascend610Lite",)),
    "Ascend615": (("ascend615",), ("Ascend615",)),
    "Ascend031": (("ascend031",), ("Ascend031",)),
    "Ascend035": (("ascend035",), ("Ascend035", "Ascend035A", "Ascend035B")),
    "AS31XM1": (("as31xm1",), ("AS31XM1X",)),
    "BS9SX1A": (("bs9sx1a",), ("BS9SX1AA", "BS9SX1AB", "BS9SX1AC")),
    "BS9SX2A": (("bs9sx2a",), ("BS9SX2AA", "BS9SX2AB")),
    "MC61AM21A": (("mc61am21a",), ("MC61AM21AA", "MC61AM21AB")),
    "Hi3796CV300CS": (("hi3796cv300cs",), ("Hi3796CV300CS",)),
    "Hi3796CV300ES": (("hi3796cv300es",), ("Hi3796CV300ES",)),
    "SD3403": (("sd3403",), ("SD3403",)),
    # Partial releases only; their --soc_version values are not in the open repositories.
    "Ascend350": (("ascend350",), ("Ascend350",)),
    "Ascend950": (("ascend950",), ("Ascend950",)),
    "Ascend910_55": (("ascend910_55",), ("Ascend910_5591",)),
    "Kirin9030": (("kirin9030",), ("Kirin9030",)),
    "KirinX90": (("kirinx90",), ("KirinX90",)),
    "MC62": (("mc62",), ("MC62",)),
    "OPTG": (("optg",), ("OPTG",)),
    "TsnsC": (("tsnsc",), ("TsnsC",)),
    "TsnsE": (("tsnse",), ("TsnsE",)),
}
# Profiles of varying sizes that one model may have, where a family takes more than others. Source:
# the atc manual, --dynamic_batch_size and its like.
_MOST_PROFILES = {"Ascend950": 256}
# Old spellings: valid only where the chip's folder still had its old name.
_RENAMED = {
    "Ascend710": ("Ascend310P", "ascend710"),
    "Ascend710Pro": ("Ascend310P", "ascend710"),
    "Ascend320": ("Ascend310B", "ascend320"),
}
_ALIASES = {"Ascend910": "Ascend910A"}
# The release has platform files for these, but no operator list: it cannot compile for them.
_WITHOUT_LIST = {"8.1.RC1": ("Ascend910_5591", "Ascend910_95")}


def build(facts: Facts, sources: Sources) -> dict[str, Any]:
    """The registry of targets."""
    sources.add(
        "soc-names",
        "SoC names and their operator folders: platform files of CANN 8.1.RC1; Ascend710 and "
        "Ascend320 were renamed Ascend310P and Ascend310B on 2022-05-31; names of chips that only "
        "older releases list follow their folders",
        "github.com/leideng/CANN-8.1.RC1: aarch64-linux/data/platform_config; canndev history",
    )
    folders = {version: soc_folders(facts, version) for version in (*FULL, *PARTIAL)}
    socs = [
        {"name": name, "short": short, "folders": _folders(folders, names), **_limits(short)}
        for short, (names, spelled) in _FAMILIES.items()
        for name in spelled
    ]
    socs += [
        {"name": name, "short": short, "folders": _folders(folders, (old,)), "now": short}
        for name, (short, old) in _RENAMED.items()
    ]
    socs += [
        {**next(s for s in socs if s["name"] == of), "name": name, "alias_of": of}
        for name, of in _ALIASES.items()
    ]
    spelled = {soc["name"] for soc in socs}
    socs += [
        {
            "name": short,
            "short": short,
            "folders": _folders(folders, names),
            "family": True,
            **_limits(short),
        }
        for short, (names, _) in _FAMILIES.items()
        if short not in spelled
    ]
    _check_complete(folders)
    atc = {"releases": _releases(facts), "socs": sorted(socs, key=lambda soc: str(soc["name"]))}
    without = {version: list(names) for version, names in _WITHOUT_LIST.items()}
    return {
        "schema": 1,
        "default": DEFAULT,
        "evidence": ["soc-names"],
        "tools": {
            "atc": {**atc, "without_list": without, "aliases": _RELEASE_ALIASES},
            "omg": _omg(),
        },
    }


def _releases(facts: Facts) -> list[dict[str, Any]]:
    releases: list[dict[str, Any]] = []
    for version in FULL:
        releases += [{"version": v, "kind": "known"} for v in _KNOWN_BEFORE.get(version, ())]
        entry: dict[str, Any] = {"version": version, "kind": "full"}
        if facts.exists(f"opdb-facts/aicpu/{version}.json.gz"):
            entry["cpu_list"] = True
        if version in _CPU_COMPLETE:
            entry["cpu_complete"] = True
        if version in _PARSER_ASSEMBLED:
            entry["parser_inferred"] = True
        if FULL.index(version) <= FULL.index(_LAST_THAT_NEEDS_INPUT):
            entry["needs_input"] = True
        if facts.exists(f"opdb-facts/onnx_map/{version}.json"):
            entry["onnx"] = True
        releases.append(entry)
        releases += [{"version": v, "kind": "known"} for v in _KNOWN.get(version, ())]
    return releases + [
        {"version": v, "kind": "partial", "cpu_list": True, "onnx": True} for v in PARTIAL
    ]


def _limits(short: str) -> dict[str, int]:
    return {"most_profiles": _MOST_PROFILES[short]} if short in _MOST_PROFILES else {}


def _folders(folders: dict[str, list[str]], names: tuple[str, ...]) -> dict[str, str]:
    result = {}
    for version, present in folders.items():
        hit = next((name for name in names if name in present), None)
        if hit:
            result[version] = hit
    return result


def _check_complete(folders: dict[str, list[str]]) -> None:
    named = {folder for names, _ in _FAMILIES.values() for folder in names}
    missing = {folder for present in folders.values() for folder in present} - named
    if missing:
        raise ValueError(f"ops-info folders without a SoC name: {sorted(missing)}")


def _omg() -> dict[str, Any]:
    releases = [{"version": version, "kind": "full"} for version in TABLES]
    releases += [{"version": version, "kind": "partial"} for version in PARTIAL_TABLES]
    names: dict[str, list[str]] = {}
    for version, (_, chips) in {**TABLES, **PARTIAL_TABLES}.items():
        for name in chips:
            names.setdefault(name, []).append(version)
    socs = [
        {"name": name, "short": name, "folders": dict.fromkeys(versions, "")}
        for name, versions in sorted(names.items())
    ]
    return {"releases": releases, "socs": socs, "without_list": {}, "aliases": _OMG_ALIASES}
