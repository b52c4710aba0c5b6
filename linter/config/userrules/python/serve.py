"""The process of one rule file: it runs the file, then calls its rules as omlint asks."""

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
from linter.config.userrules.python.edits import MatchSite, plain, recorded
from linter.config.userrules.python.fence import fenced
from linter.config.userrules.python.messages import MessageReader, encode
from linter.config.userrules.python.source import rules_of
from linter.config.userrules.python.subject import JudgeSubject, MatchSubject, Subject
from linter.results.errors import RuleCrashError, UsageError
from linter.results.finding import Finding
from linter.rules import LintContext
from linter.rules.match import Refusal

if TYPE_CHECKING:
    from linter.graph import Graph, Value
    from linter.rules.evaluation import Evaluated

__all__ = ["EXIT_IDLE", "serve"]

EXIT_IDLE = 75
"""Exit status without an answer: nothing was asked for long, or the graph differs from omlint's."""
_CHUNK = 1 << 16
_MOST_RESULTS = 100_000
_IDLE_SECONDS = 60
_SPARE_SECONDS = 60
_OURS = ("linter", "numpy", "opdb", "rules")
_PLAIN = (str, int, float, bool, bytes, type(None))


def serve(path: str, subject: Subject | None, seconds: float | None, ends: tuple[int, int]) -> None:
    """Run a file, and answer calls of its rules until nothing is asked any more.

    Args:
        path: the rule file.
        subject: what the calls are about; ``None`` only sends what the file declares.
        seconds: bound of one answer, after which the system ends this process where nobody else
            does, because omlint itself was killed.
        ends: the descriptors that requests come from and answers go to.
    """
    channel = _Channel(*ends, seconds)
    channel.expect_end()
    before = set(sys.modules)
    try:
        rules = rules_of(path)
        if subject is None:
            modules = _of_omlint(set(sys.modules) - before)
            channel.send(("value", (tuple(map(declared, rules)), modules)))
            return
    except UsageError as err:
        channel.send(("usage", str(err)))
        return
    except TypeError as err:
        channel.send(("usage", f"{path}: a declaration: {err}"))
        return
    channel.send(("value", len(rules)))
    _Server(rules, subject, channel).run()


def _of_omlint(modules: set[str]) -> tuple[str, ...]:
    """Those that are omlint's or that omlint imports itself, where it needs them."""
    return tuple(sorted(name for name in modules if name.partition(".")[0] in _OURS))


class _Channel:
    """The connection with omlint."""

    def __init__(self, source: int, target: int, seconds: float | None) -> None:
        self._source, self._target, self._seconds = source, target, seconds
        self._reader = MessageReader()

    def receive(self) -> Any:
        """The next message; leaves when there is none for long, or nobody to send one."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            message = self._reader.next_message(self._chunks())
        except EOFError:
            os._exit(EXIT_IDLE)
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
        rest = memoryview(encode(message))
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


class _Server:
    """Calls the rules of the file on one subject."""

    def __init__(self, rules: tuple[Rule, ...], subject: Subject, channel: _Channel) -> None:
        self._rules, self._subject, self._channel = rules, subject, channel
        self._contexts: dict[str | None, LintContext] = {}
        self._result: Any = None
        self._is_out_of_sync = False
        if isinstance(subject, MatchSubject) and subject.context.evaluator is not None:
            object.__setattr__(subject.context, "evaluator", self._evaluated)

    def run(self) -> NoReturn:
        """Answer until omlint closes the connection."""
        while True:
            method, *arguments = self._channel.receive()
            if method == "end":
                self._end(*arguments)
                continue
            if self._is_out_of_sync:
                os._exit(EXIT_IDLE)
            try:
                self._reply("value", getattr(self, f"_{method}")(*arguments))
            except RuleCrashError as err:
                self._reply("fault", str(err))
            except BaseException as err:  # noqa: BLE001 - whatever a rule raises is its crash
                self._reply("raised", *_exception_data(err))

    def _reply(self, *message: object) -> None:
        sys.stderr.flush()
        self._channel.send(message)

    # -- methods of rules ----------------------------------------------------------------------

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
        subject = self._judged
        return list(islice(rule.sweeps(subject.body(function), subject.judge), _MOST_RESULTS))

    def _guard(self, number: int, site: MatchSite) -> Any:
        rule: Any = self._rules[number]
        match = site.match(self._matched.context)
        with fenced(match, ()):
            return rule.guard(match)

    def _build(self, number: int, site: MatchSite) -> Any:
        rule: Any = self._rules[number]
        subject = self._matched
        edit = subject.edit
        assert edit is not None
        match = site.match(subject.context)
        edit.open(match.root.node, match.nodes, rule.id)
        with recorded(edit) as record, fenced(match, (edit,)):
            result = plain(rule.build(match, edit))
        if isinstance(result, Refusal):
            edit.cancel()
            return result
        self._result = result
        return record.built(edit, result)

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
                self._is_out_of_sync = True
        except Exception:  # noqa: BLE001 - what it comes from, the rule, is told elsewhere
            self._is_out_of_sync = True

    # -- the subject ---------------------------------------------------------------------------

    @cached_property
    def _judged(self) -> JudgeSubject:
        assert isinstance(self._subject, JudgeSubject)
        return self._subject

    @cached_property
    def _matched(self) -> MatchSubject:
        assert isinstance(self._subject, MatchSubject)
        return self._subject

    def _context(self, function: str | None) -> LintContext:
        if function not in self._contexts:
            subject = self._judged
            self._contexts[function] = LintContext(subject.judge, subject.body(function))
        return self._contexts[function]

    def _evaluated(self, graph: Graph, values: tuple[Value, ...]) -> Mapping[Value, Evaluated]:
        """Ask omlint, which has TensorFlow, for values."""
        self._channel.send(("evaluate", graph, values))
        found: Mapping[Value, Evaluated] = self._channel.receive()
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
        encode(value)
    except TypeError:
        return str(value)
    home = type(value).__module__.partition(".")[0]
    return value if home in _OURS else str(value)


def _exception_data(err: BaseException) -> tuple[str, str, str]:
    """Kind, message and traceback of what a rule raised."""
    kind, text = type(err).__name__, str(err)
    if not isinstance(err, Exception):  # no rule ends omlint, least of all as if all were well
        kind, text = "RuntimeError", f"{kind}: {text}"
    return kind, text, "".join(traceback.format_exception(err))
