"""The registry names every rule file once and says in which order rules run; ids do not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from linter.io import graphtext
from linter.judge import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import rewrite
from linter.rules.examples import Rewritten
from rules import registry
from rules.registry import LINT_RULES, PHASES, Phase, lint_rules, rewrite_rules
from rules.rule_set import BUILT_IN

ROOT = Path(__file__).resolve().parents[1]


def _files(folder: str) -> set[str]:
    """Rules by the names of their files."""
    paths = (ROOT / "rules" / folder).glob("*.py")
    return {path.stem.replace("_", "-") for path in paths if path.stem != "__init__"}


def test_every_lint_rule_is_listed_once() -> None:
    folders = {path.name for path in (ROOT / "rules" / "lint").iterdir() if path.is_dir()}
    assert LINT_RULES.keys() == folders - {"__pycache__", "support"}
    for family, names in LINT_RULES.items():
        assert sorted(names) == sorted(_files(f"lint/{family}"))


def test_every_rewrite_is_listed_once() -> None:
    listed = [(phase.folder, name) for phase in PHASES for name in phase.rules]
    assert sorted(listed) == sorted(
        (folder, name)
        for folder in ("delete", "substitute")
        for name in _files(f"rewrite/{folder}")
    )


def test_families_are_where_their_ids_say() -> None:
    for rule in lint_rules():
        assert type(rule).__module__.startswith(f"rules.lint.{rule.id[:3].lower()}.")
    for rewriting in rewrite_rules():
        folder = {"RWD": "delete", "RWS": "substitute"}[rewriting.id[:3]]
        assert type(rewriting).__module__.startswith(f"rules.rewrite.{folder}.")


def test_ids_and_names_are_unique() -> None:
    rules = (*lint_rules(), *rewrite_rules())
    assert len({rule.id for rule in rules}) == len({rule.name for rule in rules}) == len(rules)


def test_phases_say_why_and_the_early_ones_come_first() -> None:
    assert len({phase.name for phase in PHASES}) == len(PHASES)
    assert all(phase.reason for phase in PHASES)
    early = {rule.name: rule.early for rule in rewrite_rules()}
    kinds = [{early[name] for name in phase.rules} for phase in PHASES]
    assert kinds == sorted(kinds, key=lambda kind: kind != {True})
    assert {True, False} not in kinds


def test_ids_decide_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    names, before = [rule.name for rule in rewrite_rules()], list(_rewritten())
    codes = [rule.id for rule in rewrite_rules()]
    for rule, code in zip(rewrite_rules(), reversed(codes), strict=True):
        monkeypatch.setattr(type(rule), "id", code)
    rewrite_rules.cache_clear()

    assert [rule.id for rule in rewrite_rules()] == codes[::-1]
    assert [rule.name for rule in rewrite_rules()] == names
    assert list(_rewritten()) == before


def _rewritten() -> Iterator[str]:
    """What becomes of the first example of each rule that has rivals, under all rules."""
    rules = rewrite_rules()
    for rule in rules:
        rivals = [other for other in rules if set(other.anchors) & set(rule.anchors)]
        example = next(one for one in rule.examples if isinstance(one, Rewritten))
        if len(rivals) < 2 or example.outputs:
            continue
        options = JudgeOptions(example.input_shapes)
        outcome = rewrite(
            rules,
            graphtext.parse(example.text),
            lambda model, example=example, options=options: synthetic_judge(
                model, options, lacking=example.lacking, **example.given
            ),
        )
        assert outcome.errors == ()
        yield graphtext.dump(outcome.model)


@pytest.mark.parametrize(
    ("phase", "error"),
    [
        (Phase("one", "why", "delete", ("no-such-rule",)), ModuleNotFoundError),
        (Phase("one", "why", "support", ("folding",)), LookupError),
    ],
)
def test_a_name_without_a_rule_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, phase: Phase, error: type[Exception]
) -> None:
    monkeypatch.setattr(registry, "PHASES", (phase,))
    with pytest.raises(error, match=phase.rules[0].replace("-", "_")):
        rewrite_rules.__wrapped__()


def test_rules_are_small() -> None:
    sizes = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("lint", "rewrite")
        for path in (ROOT / "rules" / folder).rglob("*.py")
    }
    assert {name: size for name, size in sizes.items() if size > 250} == {}


def test_rules_name_no_release_and_no_chip() -> None:
    words = ("ascend310", "ascend910", "hilens", "8.1.rc1", "5.1.rc")
    for path in (ROOT / "rules").rglob("*.py"):
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text], path


def test_find_by_id_or_name_and_by_op() -> None:
    assert BUILT_IN.find("add-v2") is BUILT_IN.find("rws010")
    assert BUILT_IN.find("no-such-rule") is None
    assert [rule.name for rule in BUILT_IN.rewrites_of("AddV2")][:1] == ["add-v2"]


def test_lists_are_by_code() -> None:
    codes = [rule.id for rule in BUILT_IN.rewrites_by_code]
    assert codes == sorted(codes)
    assert set(codes) == {rule.id for rule in BUILT_IN.rewrites}


@pytest.mark.parametrize(
    "code",
    [
        "from rules.registry import lint_rules; lint_rules()",
        "from linter.cli.main import main; assert main(['check', sys.argv[1]]) == 0",
    ],
)
def test_lint_rules_import_no_rewrite(tmp_path: Path, code: str) -> None:
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: 1 } } }')
    ask = "sys.exit(any(name.startswith('rules.rewrite') for name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; {ask}", str(graph)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
