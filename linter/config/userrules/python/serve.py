"""The process of one rule file: it runs the file, then answers for its rules."""

from __future__ import annotations

import os
import select
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from linter.config.userrules.python.declaration import Rule, declared
from linter.config.userrules.python.edits import Place, noted, plain
from linter.config.userrules.python.fence import fenced
from linter.config.userrules.python.scene import JudgedScene, MatchedScene, Scene
from linter.config.userrules.python.source import rules_of
from linter.config.userrules.python.wire import Inbox, pack
from linter.results.errors import RuleCrashError, UsageError
from linter.results.finding import Finding
from linter.rules import LintContext
from linter.rules.match import Refusal

if TYPE_CHECKING:
    from linter.graph import Graph, Value
    from linter.rules.evaluation import Evaluated

__all__ = ["LEFT", "serve"]

LEFT = 75
"""Exit status when there was nothing to answer, as after a pause or a change unlike omlint's."""
_CHUNK = 1 << 16
_MOST_RESULTS = 100_000
_IDLE_SECONDS = 60
_SPARE_SECONDS = 60
_OURS = ("linter", "numpy", "opdb", "rules")
_PLAIN = (str, int, float, bool, bytes, type(None))


def serve(path: str, scene: Scene | None, seconds: float | None, ends: tuple[int, int]) -> None:
    """Run a file, and answer questions about its rules until nobody asks any more.

    Args:
        path: the rule file.
        scene: what the questions are about; ``None`` only tells what the file declares.
        seconds: bound of one answer, after which the system ends this process where nobody else
            does, because omlint itself was killed.
        ends: the descriptors that questions come from and answers go to.
    """
    line = _Line(*ends, seconds)
    line.expect_end()
    before = set(sys.modules)
    try:
        rules = rules_of(path)
        if scene is None:
            modules = _of_omlint(set(sys.modules) - before)
            line.send(("value", (tuple(map(declared, rules)), modules)))
            return
    except UsageError as err:
        line.send(("usage", str(err)))
        return
    except TypeError as err:
        line.send(("usage", f"{path}: a declaration: {err}"))
        return
    line.send(("value", len(rules)))
    _Answering(rules, scene, line).run()


def _of_omlint(modules: set[str]) -> tuple[str, ...]:
    """Those that are omlint's or that omlint imports itself, where it needs them."""
    return tuple(sorted(name for name in modules if name.partition(".")[0] in _OURS))


class _Line:
    """The connection with omlint."""

    def __init__(self, source: int, target: int, seconds: float | None) -> None:
        self._source, self._target, self._seconds = source, target, seconds
        self._inbox = Inbox()

    def receive(self) -> Any:
        """The next message; leaves when there is none for long, or nobody to send one."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            message = self._inbox.message_in(self._chunks())
        except EOFError:
            os._exit(LEFT)
        self.expect_end()
        return message

    def expect_end(self) -> None:
        """Let the system end this process when it is late and omlint is not there to do so."""
        if self._seconds is not None:
            signal.setitimer(signal.ITIMER_REAL, self._seconds + _SPARE_SECONDS)

    def send(self, message: object) -> None:
        """Send a message.

        Raises:
            TypeError: something in it is no plain data.
        """
        rest = memoryview(pack(message))
        while rest:
            rest = rest[os.write(self._target, rest) :]

    def _chunks(self) -> Iterator[bytes]:
        poll = select.poll()
        poll.register(self._source, select.POLLIN)
        yield b""  # a message may be there already
        while poll.poll(_IDLE_SECONDS * 1000):
            chunk = os.read(self._source, _CHUNK)
            if not chunk:
                return
            yield chunk


class _Answering:
    """Answers about the rules of the file in one scene."""

    def __init__(self, rules: tuple[Rule, ...], scene: Scene, line: _Line) -> None:
        self._rules, self._scene, self._line = rules, scene, line
        self._contexts: dict[str | None, LintContext] = {}
        self._result: Any = None
        self._is_lost = False
        if isinstance(scene, MatchedScene) and scene.context.evaluator is not None:
            object.__setattr__(scene.context, "evaluator", self._evaluated)

    def run(self) -> NoReturn:
        """Answer until omlint hangs up."""
        while True:
            method, *arguments = self._line.receive()
            if method == "end":
                self._end(*arguments)
                continue
            if self._is_lost:
                os._exit(LEFT)
            try:
                self._tell("value", getattr(self, f"_{method}")(*arguments))
            except RuleCrashError as err:
                self._tell("fault", str(err))
            except BaseException as err:  # noqa: BLE001 - whatever a rule raises is its crash
                self._tell("raised", *_told(err))

    def _tell(self, *message: object) -> None:
        sys.stderr.flush()
        self._line.send(message)

    # -- questions -----------------------------------------------------------------------------

    def _check(self, number: int, function: str | None, key: str | None) -> list[Any]:
        rule: Any = self._rules[number]
        context = self._context(function)
        found = (
            rule.check_model(context)
            if key is None
            else rule.check(context.graph.nodes[key], context)
        )
        return [_finding(entry) for entry in islice(found, _MOST_RESULTS)]

    def _sweeps(self, number: int, function: str | None) -> list[Any]:
        rule: Any = self._rules[number]
        scene = self._judged
        return list(islice(rule.sweeps(scene.body(function), scene.judge), _MOST_RESULTS))

    def _guard(self, number: int, place: Place) -> Any:
        rule: Any = self._rules[number]
        match = place.match(self._matched.context)
        with fenced(match, ()):
            return rule.guard(match)

    def _build(self, number: int, place: Place) -> Any:
        rule: Any = self._rules[number]
        scene = self._matched
        edit = scene.edit
        assert edit is not None
        match = place.match(scene.context)
        edit.open(match.root.node, match.nodes, rule.id)
        with noted(edit) as notes, fenced(match, (edit,)):
            result = plain(rule.build(match, edit))
        if isinstance(result, Refusal):
            edit.cancel()
            return result
        self._result = result
        return notes.built(edit, result)

    def _end(self, made: bool) -> None:
        """Do with the open change what was done with it in omlint's graph."""
        edit = self._matched.edit
        assert edit is not None
        try:
            if not made:
                edit.cancel()
            elif edit.finish(self._result) is None:
                edit.commit()
            else:
                self._is_lost = True
        except Exception:  # noqa: BLE001 - what it comes from, the rule, is told elsewhere
            self._is_lost = True

    # -- the scene -----------------------------------------------------------------------------

    @cached_property
    def _judged(self) -> JudgedScene:
        assert isinstance(self._scene, JudgedScene)
        return self._scene

    @cached_property
    def _matched(self) -> MatchedScene:
        assert isinstance(self._scene, MatchedScene)
        return self._scene

    def _context(self, function: str | None) -> LintContext:
        if function not in self._contexts:
            scene = self._judged
            self._contexts[function] = LintContext(scene.judge, scene.body(function))
        return self._contexts[function]

    def _evaluated(self, graph: Graph, values: tuple[Value, ...]) -> Mapping[Value, Evaluated]:
        """Ask omlint, which has TensorFlow, for values."""
        self._line.send(("evaluate", graph, values))
        found: Mapping[Value, Evaluated] = self._line.receive()
        return found


def _finding(entry: Any) -> Any:
    """A finding that can be sent: arguments of classes that omlint does not know become text."""
    if not isinstance(entry, Finding):
        return entry
    return replace(entry, args={name: _argument(value) for name, value in entry.args.items()})


def _argument(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if type(value) in (tuple, list):
        return type(value)(map(_argument, value))
    if type(value) is dict:
        return {_argument(key): _argument(entry) for key, entry in value.items()}
    try:
        pack(value)
    except TypeError:
        return str(value)
    home = type(value).__module__.partition(".")[0]
    return value if home in _OURS else str(value)


def _told(err: BaseException) -> tuple[str, str, str]:
    """Kind, message and traceback of what a rule raised."""
    kind, text = type(err).__name__, str(err)
    if not isinstance(err, Exception):  # no rule ends omlint, least of all as if all were well
        kind, text = "RuntimeError", f"{kind}: {text}"
    return kind, text, "".join(traceback.format_exception(err))
