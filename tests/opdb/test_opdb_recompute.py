"""500 random (release, chip, TensorFlow op) triples against an independent reading of the facts."""

from __future__ import annotations

import random

import pytest
from recompute import ORDER, answer, load

from linter.api.commands.ops import describe_ops
from opdb.query import open_database
from opdb.record import Engine
from opdb.target import load_registry, parse_target

TRIPLES = 500


def triples(facts):
    """Mostly names that the release knows, some that it does not."""
    rng = random.Random(2026)
    registry = load_registry()
    places = []
    for version in ORDER:  # few places, many ops: reading the facts is what takes time
        socs = [soc for soc in registry.socs("atc", version) if not soc.family]
        places += [(version, soc) for soc in rng.sample(socs, 3)]
    for _ in range(TRIPLES):
        version, soc = rng.choice(places)
        known = sorted(load(facts / "tf_map" / f"{version}.json")["ops"])
        tf = load(facts / "tf_registry" / "2.15.0.json")["ops"]
        yield version, soc, rng.choice(known if rng.random() < 0.7 else tf)


@pytest.fixture(scope="module")
def facts(request):
    return request.getfixturevalue("shared_dir") / "opdb-facts"


def test_500_random_triples(facts):
    decided = 0
    by_target = {}
    for version, soc, op in triples(facts):
        by_target.setdefault((version, soc.folders[version], soc.name), set()).add(op)
    for (version, folder, name), ops in by_target.items():
        target = f"atc@{version}/{name}"
        database = open_database(parse_target(target))
        for found in describe_ops(sorted(ops - {"module_wrapper"}), targets=[target]).answers:
            wanted = answer(facts, version, folder, found.op)
            record = database.parser(found.op)
            if wanted["status"] == "unsupported" and not wanted["stores"]:
                taken = record is not None and record.origin != "refused"
                assert wanted["ge_op"] or not taken, (target, found.op)
            else:
                assert record is not None, (target, found.op)
                assert record.ge_op == wanted["ge_op"], (target, found.op)
                assert stores(database, record.ge_op) == wanted["stores"], (target, found.op)
            judgement = found.judgement
            # an argument of a fixed dtype can decide against the list that has the name
            by_dtype = judgement.stage == "dtype" or judgement.reason in ("later_list", "undecided")
            if wanted["status"] is not None and not (by_dtype and wanted["stores"]):
                decided += 1
                if wanted["status"] == "not refused":
                    assert judgement.status != "unsupported", (target, judgement)
                    continue
                said = (judgement.status.value, judgement.placement.value)
                assert said == (wanted["status"], wanted["placement"]), (target, judgement)
    assert decided > 0.7 * TRIPLES


def stores(database, ge_op):
    names = {ge_op, *(twin.ge_op for twin in database.twins(ge_op))}
    cores = sorted(name for name in names if database.aicore(name) is not None)
    cpu = {kernel.engine for kernel in database.cpu(ge_op)} - {Engine.HOST_CPU}
    return [*cores, *sorted((engine.value for engine in cpu), key=["aicpu", "tf_kernel"].index)]
