"""Whatever a Python rule does, omlint goes on: the rule is named, the others are heard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import numpy as np
import pytest
from ended import gone

from linter.config.userrules import load_rules
from linter.config.userrules.python import load_python, process
from linter.config.userrules.python.process import RuleProcess
from linter.config.userrules.python.source import rules_of
from linter.graph import Graph, Model, Value
from linter.io import graphtext
from linter.io.reader import load
from linter.io.writer import serialize, write
from linter.judge.synthetic import synthetic_judge
from linter.results.errors import UsageError
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rewrite.example_runner import failure
from linter.rules import LintRule, RewriteRule
from linter.rules.evaluation import Evaluated
from linter.rules.run_lint import LintOutcome, run_lint
from rules.registry import lint_rules, rewrite_rules

ROOT = Path(__file__).resolve().parents[4]
HEAD = """
import ctypes, os, re, signal, subprocess, sys, time
from pathlib import Path
from linter.rules.examples import Clean, Flagged, Rewritten, Untouched
from linter.results.finding import Safety, Severity
from linter.rules.match import op, var
from linter.rules import DeletionRule, LintRule, RewriteRule, Sweep

TEXT = "x = Placeholder : float32[2]\\ny = Exp(x)"

def block():
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    while True:
        pass

def eat():
    kept = []
    while True:
        kept.append(bytearray(1 << 24))

def dive(depth):
    return dive(depth + 1)
"""
LINT = '''
class {cls}(LintRule):
    """Flag Exp.

    Why: it grows.
    Remedy: none.
    Source: none.
    """

    id, name, severity = "{code}", "{name}", Severity.WARNING
    messages = {{"seen": "{{op}}"}}
    examples = (Clean("x = Placeholder : float32[2]"), Flagged(TEXT, at=("y",)))
    visits = ("Exp",)

    def check(self, node, ctx):
{body}
        yield self.finding(node, "seen", op=node.op)
'''
REWRITE = '''
class {cls}(RewriteRule):
    """Replace Exp.

    Exact: not at all.
    Shapes: T[...]
    Source: none.
    """

    id, name, safety = "{code}", "{name}", Safety.EXACT
    pattern = op("Exp", var("x"))
    examples = (Rewritten(TEXT, after=TEXT), Untouched(TEXT))

    def guard(self, m):
{guard}
        return None

    def build(self, m, edit):
{body}
        return edit.add("Sqrt", [m["x"]])
'''
MODEL = "x = Placeholder : float32[2]\na = Exp(x)\nb = Exp(a)\nc = Exp(b)"
OVERDUE = "did not come back within 1 s (--rule-timeout)"
FATAL = {
    "a loop": ("while True: pass", OVERDUE),
    "a loop that catches all": (
        "while True:\n    try: time.sleep(0.01)\n    except BaseException: pass",
        OVERDUE,
    ),
    "a loop that hears no signal": ("block()", OVERDUE),
    "a regular expression": ("re.match(r'(a+)+$', 'a' * 64 + 'b')", OVERDUE),
    "a wait": ("time.sleep(600)", OVERDUE),
    "a stop": ("os.kill(os.getpid(), signal.SIGSTOP)", OVERDUE),
    "an exit": ("os._exit(0)", "ended its process with status 0"),
    "another exit": ("os._exit(7)", "ended its process with status 7"),
    "a fault in C": ("ctypes.string_at(0)", "ended its process by SIGSEGV"),
    "an abort": ("os.abort()", "ended its process by SIGABRT"),
    "a kill": (
        "os.kill(os.getpid(), 9)",
        "was killed, most likely by the system for want of memory",
    ),
    "no connection": ("os.closerange(3, 1024); os._exit(1)", "ended its process with status 1"),
    "another program": ("os.execvp('true', ['true'])", "ended its process with status 0"),
}
SOME = ("a loop that hears no signal", "an exit", "a fault in C")


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def written(*rules: str, name: str = "mine.py") -> str:
        (tmp_path / name).write_text(HEAD + "".join(rules), "utf-8")
        return str(tmp_path / name)

    return written


def lint_rule(body: str = "", number: int = 1) -> str:
    return LINT.format(
        cls=f"Seen{number}", name=f"seen{number}", code=f"USR00{number}", body=_block(body)
    )


def rewrite_rule(body: str = "", guard: str = "", number: int = 1) -> str:
    return REWRITE.format(
        cls=f"Made{number}",
        name=f"made{number}",
        code=f"RWU00{number}",
        body=_block(body),
        guard=_block(guard),
    )


def _block(body: str) -> str:
    return indent(dedent(body) or "pass", " " * 8)


def linted(*paths: str, text: str = MODEL, seconds: float | None = 60) -> LintOutcome:
    rules = load_rules(paths, seconds=seconds).user_lint
    return run_lint(rules, synthetic_judge(graphtext.parse(text)))


def rewritten(
    *paths: str, model: Model | None = None, seconds: float | None = 60, **options: Any
) -> RewriteOutcome:
    rules = load_rules(paths, seconds=seconds).user_rewrites
    return rewrite(
        rules,
        model or graphtext.parse(MODEL),
        lambda m: synthetic_judge(m, lacking=("Exp",)),
        RewriteOptions(**options),
    )


# -- a rule that would end, or hold up, its process ----------------------------------------------


@pytest.mark.parametrize("kind", FATAL)
def test_a_lint_rule_ends_and_the_others_go_on(kind: str, file: Callable[..., str]) -> None:
    body, said = FATAL[kind]
    at_b = f"if node.name == 'b':\n{indent(body, '    ')}"
    outcome = linted(file(lint_rule(at_b), lint_rule(number=2)), seconds=1)
    assert [str(error) for error in outcome.errors] == [f"rule USR001 at node 'b' {said}"]
    assert [(found.code, found.node) for found in outcome.findings] == [
        *(("USR001", "a"), ("USR002", "a"), ("USR002", "b"), ("USR002", "c")),
    ]


@pytest.mark.parametrize("method", ["body", "guard"])
@pytest.mark.parametrize("kind", SOME)
def test_a_rewrite_ends_and_the_others_go_on(
    kind: str, method: str, file: Callable[..., str]
) -> None:
    body, said = FATAL[kind]
    path = file(rewrite_rule(number=1, **{method: body}), rewrite_rule(number=2))
    outcome = rewritten(path, seconds=1)
    assert [str(error) for error in outcome.errors] == [f"rule RWU001 at node 'a' {said}"]
    assert {made.rule for made in outcome.rewrites} == {"RWU002"}
    assert [node.op for node in outcome.model.main] == ["Placeholder", "Sqrt", "Sqrt", "Sqrt"]


@pytest.mark.parametrize("kind", SOME)
def test_a_deletion_ends(kind: str, file: Callable[..., str]) -> None:
    body, said = FATAL[kind]
    rule = f'''
class Gone(DeletionRule):
    """Nothing.

    Exact: yes.
    Shapes: none.
    Source: none.
    """

    id, name, safety = "RWU001", "gone", Safety.EXACT
    examples = (Rewritten(TEXT, after=TEXT), Untouched(TEXT))

    def sweeps(self, graph, judge):
{_block(body)}
        yield Sweep("a", frozenset("a"))
'''
    outcome = rewritten(file(rule, rewrite_rule(number=2)), seconds=1)
    assert [str(error) for error in outcome.errors] == [f"rule RWU001 at the model {said}"]
    assert len(outcome.rewrites) == 3


@pytest.mark.parametrize("kind", SOME)
def test_a_file_that_does_not_come_to_its_end(kind: str, file: Callable[..., str]) -> None:
    body, said = FATAL[kind]
    path = file(lint_rule(), f"\n{body}\n")
    with pytest.raises(UsageError) as caught:
        load_rules([path], seconds=1)
    assert str(caught.value) == f"{path}: {said}"


def test_a_rule_that_eats_memory(file: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_MEMORY", 100 << 20)
    (error,) = linted(file(lint_rule("eat()"), lint_rule(number=2))).errors
    assert str(error).startswith("rule USR001 at node 'a' used ")
    with pytest.raises(UsageError, match=r"mine\.py: used \d+ MiB of memory"):
        load_rules([file("\neat()\n")])


def test_a_rule_that_goes_too_deep(file: Callable[..., str]) -> None:
    outcome = linted(file(lint_rule("dive(0)")))
    assert [str(error).partition(": ")[0] for error in outcome.errors] == [
        f"rule USR001 crashed at node '{name}'" for name in "abc"
    ]


@pytest.mark.parametrize(
    "error", ["SystemExit(0)", "KeyboardInterrupt", "GeneratorExit", "BaseException('b')"]
)
def test_what_would_end_a_process_politely_is_a_crash(error: str, file: Callable[..., str]) -> None:
    outcome = linted(file(lint_rule(f"raise {error}"), lint_rule(number=2)))
    assert len(outcome.errors) == 3
    assert "crashed at node 'a': RuntimeError: " + error.partition("(")[0] in str(outcome.errors[0])
    assert len(outcome.findings) == 3


def test_a_stopped_rule_is_not_called_again(file: Callable[..., str], tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    note = f"Path({str(calls)!r}).open('a').write(m.root.node.name + ' ')\n"
    outcome = rewritten(file(rewrite_rule(guard=note + "os._exit(0)")))
    assert calls.read_text() == "a "
    assert len(outcome.errors) == 1
    assert {entry.reason for entry in outcome.refused} == {
        "the rule was stopped at another node and is not run again"
    }


def test_every_later_run_says_that_it_lacks_the_rule(file: Callable[..., str]) -> None:
    (rule,) = load_rules([file(lint_rule("os._exit(0)"))]).user_lint
    said = [
        [str(error) for error in run_lint([rule], synthetic_judge(graphtext.parse(MODEL))).errors]
        for _ in range(2)
    ]
    assert said == [
        ["rule USR001 at node 'a' ended its process with status 0"],
        ["rule USR001 at node 'a' was stopped before and is not run again"],
    ]


def test_what_a_rule_has_started_ends_with_it(file: Callable[..., str], tmp_path: Path) -> None:
    note = f"Path({str(tmp_path / 'pid')!r}).write_text(str(child.pid))"
    start = f"child = subprocess.Popen(['sleep', '600'])\n{note}\nos._exit(0)"
    assert linted(file(lint_rule(start))).errors
    assert gone(int((tmp_path / "pid").read_text()))


def test_an_interrupted_run_leaves_no_process(file: Callable[..., str], tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    path = file(lint_rule(f"Path({str(pid)!r}).write_text(str(os.getpid()))\nblock()"))
    write(graphtext.parse(MODEL), tmp_path / "m.pb")
    words = [sys.executable, "-m", "linter", "check", str(tmp_path / "m.pb"), "--rules", path]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, env=environ, stderr=subprocess.PIPE, text=True) as omlint:
        while omlint.poll() is None and not (pid.exists() and pid.read_text()):
            time.sleep(0.02)
        omlint.send_signal(signal.SIGINT)
        assert omlint.wait() == 130
        assert omlint.stderr is not None
        assert omlint.stderr.read().strip() == ""
    assert gone(int(pid.read_text()))


# -- nothing is shared by accident ---------------------------------------------------------------


@pytest.mark.parametrize(
    "harm",
    [
        "m.context.graph.nodes['c'].attrs['T'] = 1",
        "m.context.graph.nodes['c'].op = 'Abs'",
        "m.context.graph._uses = {}",
        "m.context.graph.dangling.append(None)",
        "m.context.inference._state.shapes.clear()",
        "object.__setattr__(m.context, 'fetched', frozenset())",
        "type(m).refuse = None",
        "import linter.rewrite.engine.run as run; run.Run.attempt = None",
        "os.chdir('/'); os.environ.clear(); sys.modules.clear()",
    ],
)
def test_what_a_rule_breaks_is_broken_in_its_process_only(
    harm: str, file: Callable[..., str], tmp_path: Path
) -> None:
    model = graphtext.parse(MODEL)
    before, here = graphtext.dump(model), (Path.cwd(), dict(os.environ), len(sys.modules))
    outcome = rewritten(file(rewrite_rule(guard=f"{harm}\nreturn m.refuse('no')")), model=model)
    assert graphtext.dump(model) == graphtext.dump(outcome.model) == before
    assert (Path.cwd(), dict(os.environ)) == here[:2]
    assert len(sys.modules) >= here[2]
    assert len(rewritten(file(rewrite_rule())).rewrites) == 3


def test_a_file_breaks_nothing_when_it_is_read(file: Callable[..., str]) -> None:
    harm = "LintRule.finding = RewriteRule.guard = None\nimport linter.graph as g\ng.Node = 1\n"
    path = file(lint_rule(), "\n" + harm)
    assert [rule.id for rule in load_rules([path]).user] == ["USR001"]
    assert len(linted(file(lint_rule())).findings) == 3


def test_what_a_rule_prints_goes_to_stderr(
    file: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    body = "print('from python', end='')\nos.write(1, b'from the system')\nsys.stdin.read()"
    assert len(linted(file(lint_rule(body))).findings) == 3
    out, err = capfd.readouterr()
    assert out == ""
    assert "from python" in err
    assert "from the system" in err


def test_objects_of_the_files_own_classes_become_text(file: Callable[..., str]) -> None:
    own = "class Own:\n    def __str__(self): return 'mine'\n"
    body = "yield self.finding(node, 'seen', op=Own())\nreturn"
    (first, *_) = linted(file(own, lint_rule(body))).findings
    assert (first.message, first.args["op"]) == ("mine", "mine")
    outcome = linted(file(own, lint_rule("yield Own()\nreturn")))
    assert "crashed at node 'a': TypeError: this is no plain data" in str(outcome.errors[0])


def test_a_class_that_omlint_has_no_use_for_is_not_imported(file: Callable[..., str]) -> None:
    outcome = linted(file(lint_rule("import mailbox\nyield mailbox.Error()\nreturn")))
    assert "TypeError: this is no plain data: there is no mailbox.Error" in str(outcome.errors[0])
    assert "mailbox" not in sys.modules


def test_a_declaration_of_an_own_class_is_refused(file: Callable[..., str]) -> None:
    own = "class Own(str): pass\n"
    rule = lint_rule().replace('visits = ("Exp",)', 'visits = (Own("Exp"),)')
    with pytest.raises(UsageError, match=r"mine\.py: .*no plain data"):
        load_rules([file(own, rule)])


# -- the answers are those of the same rule in our process ---------------------------------------


def test_the_examples_of_built_in_rules_hold_in_a_process_of_their_own(tmp_path: Path) -> None:
    """Rules of every kind: copies, further nodes that go, variants, deletions, whole models."""
    wanted = {
        *("unrolled-while", "inlined-call", "unrolled-loop", "assert", "dropout", "fused-lstm"),
        *("shape-conflict", "unfused-scope", "no-kernel", "lstm-block-cell", "einsum", "cycle"),
    }
    every: list[LintRule | RewriteRule] = [*lint_rules(), *rewrite_rules()]
    kinds = [type(rule) for rule in every if rule.name in wanted or len(rule.examples) > 8]
    assert len(kinds) > 8
    lines = [
        f"from {kind.__module__} import {kind.__name__} as Base\n"
        f"class {kind.__name__}(Base):\n    __doc__, early = Base.__doc__, Base.early\n"
        if issubclass(kind, RewriteRule)
        else f"from {kind.__module__} import {kind.__name__} as Base\n"
        f"class {kind.__name__}(Base):\n    __doc__ = Base.__doc__\n"
        for kind in kinds
    ]
    path = tmp_path / "every.py"
    path.write_text("".join(lines) + "del Base\n")
    found = load_python(str(path), 60)
    assert [rule.id for rule in found] == [kind.id for kind in kinds]
    faults = [
        (rule.id, number, fault)
        for rule in found
        for number, example in enumerate(rule.examples)
        if (fault := failure(rule, example)) is not None
    ]
    assert faults == []


SEES = """
ops = " ".join(node.op for node in m.context.graph)
readers = " ".join(use.node for use in m["x"].readers)
with Path(LOG).open("a") as log:
    print(m.root.node.name, ops, readers, m["x"].dtype, m["x"].shape, file=log)
"""
SIDE_BY_SIDE = "x = Placeholder : float32[2]\n" + "\n".join(f"{n} = Exp(x)" for n in "abcdef")


def test_a_rule_sees_the_graph_as_it_is_after_each_change(
    file: Callable[..., str], tmp_path: Path
) -> None:
    """In one pass: the changes of its own file are followed, those of others bring a new copy."""
    log = tmp_path / "log"
    sees = SEES.replace("LOG", repr(str(log)))
    others = rewrite_rule(number=2, guard=sees).replace('edit.add("Sqrt"', 'edit.add("Rsqrt"')
    paths = file(others, name="other.py"), file(rewrite_rule(guard=sees))
    skip = frozenset(("RWU002", name) for name in "bcdf")
    found = rewritten(*paths, model=graphtext.parse(SIDE_BY_SIDE), skip=skip)
    told = log.read_text()
    log.unlink()
    here = rewrite(
        [rule for path in paths for rule in rules_of(path) if isinstance(rule, RewriteRule)],
        graphtext.parse(SIDE_BY_SIDE),
        lambda m: synthetic_judge(m, lacking=("Exp",)),
        RewriteOptions(skip=skip),
    )
    assert told == log.read_text()
    assert "f Placeholder Rsqrt Sqrt Sqrt Sqrt Rsqrt Exp f a e b c d" in told
    assert graphtext.dump(found.model) == graphtext.dump(here.model)


@pytest.mark.parametrize("method", ["guard", "body"])
def test_what_a_rule_has_done_before_it_raised_is_forgotten(
    method: str, file: Callable[..., str]
) -> None:
    harm = "if m.root.node.name == 'a':\n    m['x'].node.op = 'Odd'\n    raise ValueError"
    told = "return m.refuse(m['x'].node.op)"
    path = file(rewrite_rule(**{method: f"{harm}\n{told}"}))
    outcome = rewritten(path, model=graphtext.parse(SIDE_BY_SIDE))
    assert len(outcome.errors) == 1
    assert {entry.reason for entry in outcome.refused} == {"Placeholder"}


def test_a_guard_that_changes_the_graph(file: Callable[..., str]) -> None:
    (error, *_) = rewritten(file(rewrite_rule(guard="m.context.graph.patch(drop=['c'])"))).errors
    assert str(error) == (
        "rule RWU001 at node 'a' changed the graph itself; "
        "a rule changes it through the editor only"
    )


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for every process."""
    found: list[int] = []
    real = process.fork

    def fork(*arguments: Any) -> Any:
        found.append(1)
        return real(*arguments)

    monkeypatch.setattr(process, "fork", fork)
    return found


def test_one_process_serves_a_run(file: Callable[..., str], forked: list[int]) -> None:
    nodes = "\n".join(f"e{k} = Exp(x)" for k in range(40))
    text = f"x = Placeholder : float32[2]\n{nodes}"
    assert len(linted(file(lint_rule()), text=text).findings) == 40
    assert len(forked) == 2  # the file is read, and its rule is asked
    forked.clear()
    assert len(rewritten(file(rewrite_rule()), model=graphtext.parse(text)).rewrites) == 40
    assert len(forked) == 3  # read, asked, and asked again with an editor; changes are followed


def test_a_replacement_that_is_declared_needs_no_process(
    file: Callable[..., str], forked: list[int]
) -> None:
    build = rewrite_rule().index("    def guard")
    declared = rewrite_rule()[:build] + '    replacement = "Made = Sqrt($x)"\n'
    guarded = declared + "\n    def guard(self, m):\n        return None\n"
    for text, processes in ((declared, 1), (guarded, 3)):  # the first only reads the file
        forked.clear()
        outcome = rewritten(file(text), model=graphtext.parse(SIDE_BY_SIDE))
        assert [node.op for node in outcome.model.main] == ["Placeholder", *["Sqrt"] * 6]
        assert len(forked) == processes  # what has a guard makes its nodes there too, and goes on


def test_a_process_that_left_is_replaced(
    file: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = RuleProcess.call

    def call(self: RuleProcess, *arguments: Any) -> Any:
        answer = real(self, *arguments)
        os.kill(self._running[0].child.pid, signal.SIGKILL)
        self._running[0].child.wait()
        return answer

    monkeypatch.setattr(RuleProcess, "call", call)
    assert len(rewritten(file(rewrite_rule())).rewrites) == 3


def test_a_rule_may_ask_tensorflow(file: Callable[..., str]) -> None:
    asked: list[tuple[Value, ...]] = []

    def evaluator(graph: Graph, values: tuple[Value, ...]) -> Mapping[Value, Evaluated]:
        asked.append(values)
        assert isinstance(graph["k"].attrs["value"].values(), tuple)
        return {value: Evaluated(np.full(2, len(graph), np.float32)) for value in values}

    body = """
    from linter.graph import Graph, Node, Value
    from linter.io.tensor.values import make_tensor
    value = make_tensor("float32", (), (2.0,))
    nodes = [Node("k", "Const", attrs={"value": value}), Node("r", "Sqrt", (Value("k"),))]
    found = m.context.evaluator(Graph(nodes), (Value("r"),))
    return edit.const(found[Value("r")].array)
    """
    model = graphtext.parse(MODEL + "\ny = Relu(c)")
    outcome = rewritten(file(rewrite_rule(body)), model=model, evaluator=evaluator)
    assert asked
    assert outcome.errors == ()
    consts = [node for node in outcome.model.main if node.op == "Const"]
    assert consts[0].attrs["value"].values() == (2.0, 2.0)


def test_tensors_of_the_file_stay_in_the_file(file: Callable[..., str], tmp_path: Path) -> None:
    """A weight that a rule hands on is the same range of the file, not a copy of its bytes."""
    weights = np.arange(40_000, dtype=np.float32)
    text = "x = Placeholder : float32[40000]\na = Exp(x)\nw = Const : float32[40000] = 1.0\n"
    model = graphtext.parse(text + "y = Add(a, w)")
    node = model.main["w"]
    from linter.io.tensor.values import from_array

    model.main.patch([node.replace(attrs={**node.attrs, "value": from_array(weights)})])
    write(model, tmp_path / "m.pb")
    loaded = load(tmp_path / "m.pb")
    given = loaded.main["w"].attrs["value"]
    assert given.payload is not None
    body = "w = m.context.graph['w']\nreturn edit.const(w.attrs['value'])"
    outcome = rewritten(file(rewrite_rule(body)), model=loaded)
    (made,) = (n for n in outcome.model.main if n.op == "Const" and n.name != "w")
    assert made.attrs["value"].payload == given.payload
    assert made.attrs["value"].payload.view is given.payload.view
    assert serialize(outcome.model).count(weights.tobytes()) == 2


def test_nothing_is_left_when_the_rules_are_not_needed_any_more(file: Callable[..., str]) -> None:
    import gc

    rules = load_rules([file(lint_rule())]).user_lint
    before = _children()
    run_lint(rules, synthetic_judge(graphtext.parse(MODEL)))
    started = _children() - before
    assert len(started) == 1
    del rules
    gc.collect()
    assert gone(started.pop())


def _children() -> set[int]:
    return set(_pids_of(os.getpid()))


def _pids_of(parent: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, of = path.read_text("ascii").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(of) == parent and state != "Z":
            yield int(path.parent.name)
