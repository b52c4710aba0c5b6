"""Python rule files: what is taken from them, and one clear sentence for whatever is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from linter.config.userrules import load_rules
from linter.io import graphtext
from linter.judge.synthetic import synthetic_judge
from linter.results.errors import UsageError
from linter.rewrite.engine import rewrite
from linter.rules.run_lint import run_lint

HEAD = """
from linter.rules import Clean, Flagged, Rewritten, Untouched
from linter.rules import Safety, Severity
from linter.rules import op, var
from linter.rules import LintRule, RewriteRule

TEXT = "x = Placeholder : float32[2]\\ny = Exp(x)"
"""
REWRITE = '''
class NoExp(RewriteRule):
    """Replace ``Exp(x)`` by ``Sqrt(x)``.

    Exact: not at all.
    Shapes: T[...]
    Source: none.
    """

    id, name, safety = "RWU001", "no-exp", Safety.EXACT
    pattern = op("Exp", var("x"))
    examples = (
        Rewritten(TEXT, after=TEXT.replace("Exp", "Sqrt"), lacking=("Exp",)),
        Untouched(TEXT),
    )

    def build(self, m, edit):
        return edit.add("Sqrt", [m["x"]])
'''
LINT = '''
class ExpHere(LintRule):
    """Flag Exp.

    Why: it grows.
    Remedy: none.
    Source: none.
    """

    id, name, severity = "USR001", "exp-here", Severity.WARNING
    messages = {"seen": "{op} on {target}"}
    examples = (Clean("x = Placeholder : float32[2]"), Flagged(TEXT, at=("y",)))
    visits = ("Exp",)

    def check(self, node, ctx):
        yield self.finding(node, "seen", op=node.op)
'''


def _file(folder: Path, text: str, name: str = "mine.py") -> str:
    path = folder / name
    path.write_text(HEAD + dedent(text), "utf-8")
    return str(path)


def _run(
    path: str, seconds: float | None = 60, text: str = "", lacking: tuple[str, ...] = ("Exp",)
):
    rules = load_rules([path], seconds=seconds)
    model = graphtext.parse(text or "x = Placeholder : float32[2]\na = Exp(x)\ny = Relu(a)")
    return rewrite(rules.user_rewrites, model, lambda m: synthetic_judge(m, lacking=lacking))


def test_classes_are_taken_in_the_order_of_their_definition(tmp_path: Path) -> None:
    second = REWRITE.replace("NoExp", "AnExp").replace("no-exp", "an-exp").replace("001", "000")
    path = _file(tmp_path, LINT + REWRITE + second + "\nAlias = NoExp\n")
    rules = load_rules([path])
    assert [rule.id for rule in rules.user_lint] == ["USR001"]
    assert [rule.id for rule in rules.user_rewrites] == ["RWU001", "RWU000"]
    assert rules.rewrites[:2] == rules.user_rewrites
    assert rules.lint[-1:] == rules.user_lint
    assert rules.find("no-exp") is rules.user_rewrites[0]
    assert not list(tmp_path.glob("__pycache__"))


def test_a_folder_is_read_by_name(tmp_path: Path) -> None:
    _file(tmp_path, REWRITE, "b.py")
    _file(tmp_path, LINT, "a.py")
    (tmp_path / "notes.txt").write_text("no rule", "utf-8")
    assert [rule.id for rule in load_rules([str(tmp_path)]).user] == ["USR001", "RWU001"]
    twice = load_rules([str(tmp_path), str(tmp_path)])
    assert len(twice.user) == 2


def test_rules_run(tmp_path: Path) -> None:
    path = _file(tmp_path, LINT + REWRITE)
    assert [made.rule for made in _run(path).rewrites] == ["RWU001"]
    model = graphtext.parse("x = Placeholder : float32[2]\na = Exp(x)")
    (found,) = run_lint(load_rules([path]).user_lint, synthetic_judge(model)).findings
    assert (found.code, found.node, found.message) == ("USR001", "a", "Exp on synthetic@1/none")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:\n", "mine.py:8: invalid syntax"),
        ("import no_such_module_anywhere\n", "mine.py:8: ModuleNotFoundError: No module named"),
        ("\n1 / 0\n", "mine.py:9: ZeroDivisionError: division by zero"),
        ("raise SystemExit(0)\n", "mine.py:8: SystemExit: 0"),
        ("def f():\n    raise ValueError('bad')\n\nf()\n", "mine.py:9: ValueError: bad"),
        ("x = 1\n", "mine.py: the file declares no rule"),
        (REWRITE.replace("RWU001", "RWS010"), "the id RWS010 of 'no-exp' is kept for built-in"),
        (REWRITE.replace("RWU001", "RWS999"), "the id RWS999 of 'no-exp' is kept for built-in"),
        (REWRITE.replace("RWU001", "XYZ1"), "NoExp: id 'XYZ1' is of no known family"),
        (REWRITE.replace("NoExp", "AddV2").replace("no-exp", "add-v2"), "of a built-in rule"),
        (REWRITE + REWRITE.replace("NoExp", "B").replace("no-exp", "b"), "has the id of RWU001"),
        (REWRITE + REWRITE.replace("001", "002"), "the rule NoExp is not at the top level"),
        (REWRITE.replace("    Source: none.\n", ""), "NoExp: docstring has no section Source"),
        (REWRITE.replace("        Untouched(TEXT),\n", ""), "NoExp: no Untouched example"),
        (REWRITE.replace("    pattern =", "    patern ="), "NoExp: no pattern"),
        (LINT.replace("Flagged(TEXT", "Clean(TEXT"), "TypeError"),
        (
            REWRITE + "\n    def __init__(self):\n        self.x = 1 / 0\n",
            "NoExp cannot be made: Zero",
        ),
    ],
)
def test_faulty_files_are_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = _file(tmp_path, text)
    before = set(sys.modules)
    with pytest.raises(UsageError) as caught:
        load_rules([path])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path))
    new = {name.partition(".")[0] for name in set(sys.modules) - before}
    assert {name for name in new - {"encodings"} if "omlint_user" not in name} == set()


def test_a_line_is_named_for_a_class_that_cannot_be_defined(tmp_path: Path) -> None:
    path = _file(tmp_path, REWRITE.replace("Safety.EXACT", "None"))
    with pytest.raises(UsageError, match=r"mine\.py:9: NoExp: no safety"):
        load_rules([path])


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (["gone.py"], "there is no rule file or folder gone.py"),
        (["empty"], "no rule file in the folder empty"),
        (["odd.txt"], "ends in .py or .toml"),
    ],
)
def test_paths_that_hold_no_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd.txt").touch()
    with pytest.raises(UsageError, match=said):
        load_rules(paths)


def test_two_files_with_one_id(tmp_path: Path) -> None:
    one, two = _file(tmp_path, REWRITE, "a.py"), _file(tmp_path, REWRITE, "b.py")
    with pytest.raises(UsageError, match=r"b\.py: RWU001 'no-exp' has the id of RWU001 .*a\.py"):
        load_rules([one, two])


def test_printing_rules_do_not_reach_stdout(tmp_path: Path, capfd) -> None:
    loud = 'print("loading")\n' + REWRITE.replace(
        "        return", '        print("b")\n        return'
    )
    assert _run(_file(tmp_path, loud)).rewrites
    out, err = capfd.readouterr()
    assert out == ""
    assert "loading" in err
    assert "b\n" in err


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("m.root.node.attrs['T'] = 'x'", "changed the graph itself"),
        ("m.context.graph.patch(drop=['y'])", "changed the graph itself"),
        ("m.context.graph.nodes.clear()", "AttributeError"),
        ("m.context.graph.nodes['y'] = m.root.node", "TypeError"),
        ("m.context.graph.patch([m.root.node.replace(op='Abs')])", "changed the graph itself"),
        ("m.context.graph.patch([m.root.node.replace(key='new')])", "changed the graph itself"),
        ("edit.commit()", ""),
        ("edit.graph.replace_nodes([])", "changed the graph itself"),
        ("m.context.graph.replace_nodes([])", "changed the graph itself"),
        ("m['x'].node.attrs.clear() or 1 / 0", "ZeroDivisionError"),
        ("raise KeyError('k')", "crashed at node 'a': KeyError"),
    ],
)
def test_a_rule_that_reaches_past_the_editor(tmp_path: Path, body: str, said: str) -> None:
    path = _file(tmp_path, REWRITE.replace("        return", f"        {body}\n        return"))
    outcome = _run(path)
    (crash,) = outcome.errors
    assert said in str(crash)
    assert str(crash).startswith("rule RWU001 ")
    assert outcome.rewrites == ()
    if "graph" in body or "root" in body:
        text = "x = Placeholder : float32[2]\na = Exp(x)\ny = Relu(a)"
        assert graphtext.dump(outcome.model) == graphtext.dump(graphtext.parse(text))


ENDLESS = """
        while True:
            try:
                pass
            except Exception:
                pass
"""


@pytest.mark.parametrize("method", ["build", "guard"])
def test_a_rewrite_that_does_not_come_back_is_stopped_once(tmp_path: Path, method: str) -> None:
    if method == "build":
        text = REWRITE.replace("        return edit", ENDLESS + "        return edit")
    else:
        text = REWRITE + "\n    def guard(self, m):" + ENDLESS
    path = _file(tmp_path, text)
    graph = "x = Placeholder : float32[2]\na = Exp(x)\nb = Exp(a)\nc = Exp(b)"
    outcome = _run(path, 1, graph)
    (crash,) = outcome.errors
    assert str(crash) == ("rule RWU001 at node 'a' did not come back within 1 s (--rule-timeout)")
    assert outcome.rewrites == ()


def test_a_lint_rule_and_a_file_that_do_not_come_back(tmp_path: Path) -> None:
    path = _file(tmp_path, LINT.replace("        yield", ENDLESS + "        yield"))
    model = graphtext.parse("x = Placeholder : float32[2]\na = Exp(x)\nb = Exp(a)")
    outcome = run_lint(load_rules([path], seconds=1).user_lint, synthetic_judge(model))
    assert [str(error) for error in outcome.errors] == [
        "rule USR001 at node 'a' did not come back within 1 s (--rule-timeout)"
    ]
    path = _file(tmp_path, "while True:\n    pass\n")
    with pytest.raises(UsageError, match="did not come back within"):
        load_rules([path], seconds=1)
