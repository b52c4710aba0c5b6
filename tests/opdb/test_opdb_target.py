"""Target spellings: what is accepted, what is refused, and what the refusal offers."""

from __future__ import annotations

import pytest

from opdb.errors import UnknownNameError
from opdb.query import open_database
from opdb.target import (
    Target,
    default_target,
    load_registry,
    near_matches,
    parse_target,
)

FULL = [
    "20.1",
    "20.2",
    "3.3.0",
    "5.0.1",
    "5.0.2",
    "5.0.3",
    "5.0.4",
    "5.1.RC1",
    "5.1.RC2",
    "8.1.RC1",
]


@pytest.mark.parametrize(
    ("text", "printed", "folder"),
    [
        ("atc@5.1.RC1/Ascend310", "atc@5.1.RC1/Ascend310", "ascend310"),
        ("atc@8.1.RC1/Ascend310P3", "atc@8.1.RC1/Ascend310P3", "ascend310p"),
        ("Ascend310P3", "atc@8.1.RC1/Ascend310P3", "ascend310p"),
        ("  Ascend310 ", "atc@8.1.RC1/Ascend310", "ascend310"),
        ("atc@5.1.RC1/Ascend310P3", "atc@5.1.RC1/Ascend310P3", "ascend710"),
        ("atc@5.1.RC1/Ascend710", "atc@5.1.RC1/Ascend710", "ascend710"),
        ("atc@5.1.RC2/Ascend310P3", "atc@5.1.RC2/Ascend310P3", "ascend310p"),
        ("atc@5.0.4/Ascend310B1", "atc@5.0.4/Ascend310B1", "ascend320"),
        ("atc@5.0.4/Ascend320", "atc@5.0.4/Ascend320", "ascend320"),
        ("atc@8.1.RC1/Ascend910", "atc@8.1.RC1/Ascend910", "ascend910"),
        ("atc@8.1.RC1/Ascend910B", "atc@8.1.RC1/Ascend910B", "ascend910"),
        ("atc@8.1.RC1/Ascend910B1", "atc@8.1.RC1/Ascend910B1", "ascend910b"),
        ("atc@8.1.RC1/Ascend910B4-1", "atc@8.1.RC1/Ascend910B4-1", "ascend910b"),
        ("atc@8.1.RC1/Ascend910_9362", "atc@8.1.RC1/Ascend910_9362", "ascend910_93"),
        ("Ascend920A", "atc@5.1.RC1/Ascend920A", "ascend920"),
        ("Ascend310P", "atc@8.1.RC1/Ascend310P", "ascend310p"),
        ("atc@5.0.4/Ascend310P", "atc@5.0.4/Ascend310P", "ascend710"),
        ("atc@5.1.RC1.alpha005/Ascend310", "atc@5.1.RC1.alpha005/Ascend310", "ascend310"),
        ("atc@20.1.rc1/Ascend310", "atc@20.1.rc1/Ascend310", "ascend310"),
        ("atc@6.0.0/Ascend310P3", "atc@6.0.0/Ascend310P3", "ascend310p"),
        ("atc@9.1.0/Ascend950", "atc@9.1.0/Ascend950", "ascend950"),
        ("omg@atlas500/Ascend310", "omg@atlas500/Ascend310", ""),
        ("omg@cann-kit-6.0.1/Kirin9020", "omg@cann-kit-6.0.1/Kirin9020", ""),
        ("omg@hilens-2021-09/Ascend310", "omg@hilens-2021-09/Ascend310", ""),
        ("omg@hilens-2019-12/Ascend310", "omg@hilens-2019-12/Ascend310", ""),
    ],
)
def test_accepted_spellings_and_their_folders(text, printed, folder):
    target = parse_target(text)
    assert str(target) == printed
    assert open_database(target).folder == folder


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("ascend310", ["Ascend310"]),
        ("ASCEND910b1", ["Ascend910B1"]),
        ("310P3", ["Ascend310P3"]),
        ("Ascend910b", ["Ascend910B"]),
        ("Ascend710", ["Ascend310P", "Ascend310P3"]),
        ("atc@8.1.RC1/Ascend320", ["Ascend310B1"]),
        ("Ascend910_95", ["no operator list"]),
        ("atc@5.1.RC1/Ascend910B1", ["5.1.RC2", "8.1.RC1"]),
        ("atc@20.2/Ascend920A", ["3.3.0"]),
        ("atc@8.1/Ascend310", ["8.1.RC1"]),
        ("atc@5.1.rc1/Ascend310", ["5.1.RC1"]),
        ("atc@8.1.RC1/Ascend310X", ["Ascend310"]),
        ("atc@6.0.0/Ascend920A", ["no lists", "5.1.RC1"]),
        ("atc@6.0.0/Ascend710", ["Ascend310P3"]),
        ("atc@6.1.9/Ascend310", ["unknown release"]),
        ("atc@6.1.9.alpha001/Ascend310", ["unknown release"]),
        ("atc@8.1.RC1/Ascend950", ["no lists", "9.1.0"]),
        ("atc@8.2.RC1/Ascend950", ["no lists", "9.1.0"]),
        ("Ascend950", ["no lists", "9.1.0"]),
        ("omg@cann-kit-6.0.1/Ascend310", ["no lists", "hilens-2021-09"]),
        ("acl@8.1.RC1/Ascend310", ["atc"]),
        ("ATC@8.1.RC1/Ascend310", ["atc"]),
        ("omg@hilens/Ascend310", ["hilens-2021-09"]),
        ("omg@hilens-2021-09/Ascend310P3", ["Ascend310"]),
        ("8.1.RC1/Ascend310", ["TOOL@VERSION/SOC"]),
        ("atc@8.1.RC1", ["names no SoC", "Ascend310P3"]),
        ("atc@8.1.RC1/", ["names no SoC"]),
        ("@/", ["TOOL@VERSION/SOC"]),
        ("", ["Ascend310"]),
    ],
)
def test_refusals_offer_what_was_meant(text, hints):
    with pytest.raises(UnknownNameError) as caught:
        parse_target(text)
    assert caught.value.exit_code == 2
    for hint in hints:
        assert hint in str(caught.value)


def test_a_target_made_by_hand_is_checked_when_it_is_opened():
    with pytest.raises(UnknownNameError, match=r"Ascend310P1"):
        open_database(Target("atc", "8.1.RC1", "ascend310p1"))


def test_the_default_and_the_order_of_releases():
    assert str(default_target()) == "atc@8.1.RC1/Ascend310"
    assert [r.version for r in load_registry().releases("atc") if r.kind == "full"] == FULL
    order = [r.version for r in load_registry().releases("atc")]
    assert order.index("5.1.RC2") < order.index("6.0.0") < order.index("7.0.0")
    assert order.index("8.0.0") < order.index("8.1.RC1") < order.index("9.1.0")
    with pytest.raises(UnknownNameError, match="atc"):
        load_registry().releases("atcc")


def test_every_listed_soc_of_every_release_opens():
    registry = load_registry()
    for tool in registry.tools:
        for version in registry.full_versions(tool):
            for soc in registry.socs(tool, version):
                database = open_database(Target(tool, version, soc.name))
                assert database.ops()
                assert database.complete
                if tool == "atc":
                    assert database.cpu_complete == (version == "8.1.RC1")


def test_a_chip_has_one_short_name_in_all_releases():
    old = open_database(parse_target("atc@5.0.4/Ascend710"))
    new = open_database(parse_target("atc@8.1.RC1/Ascend310P3"))
    assert old.short_soc == new.short_soc == "Ascend310P"


def test_near_matches_prefer_the_same_word_in_another_case():
    names = ["Ascend310", "Ascend310P3", "Ascend910"]
    assert near_matches("ascend310p3", names) == ["Ascend310P3"]
    assert near_matches("Ascend310P", names)[0] == "Ascend310P3"
    assert near_matches("zzz", names) == []
