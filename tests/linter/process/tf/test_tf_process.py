"""The worker process: how it starts, answers, fails and ends. No TensorFlow."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from ended import gone

from linter.process.tf import client, process, protocol
from linter.process.tf.client import TensorFlowWorker
from linter.results.errors import GraphError, MissingExtraError, UsageError, VerifyError

ROOT = Path(__file__).resolve().parents[4]


def fake(body: str, **options: float) -> TensorFlowWorker:
    """A worker that runs ``body`` after it has read one request."""
    code = "import os, sys, time, signal\nsys.stdin.readline()\n" + textwrap.dedent(body)
    return TensorFlowWorker(command=(sys.executable, "-c", code), **options)  # type: ignore[arg-type]


def ask(worker: TensorFlowWorker) -> object:
    with worker:
        return worker.request("verify", {}, VerifyError)


def test_answer() -> None:
    assert ask(fake("""print('{"result": {"a": 1}}', flush=True)""")) == {"a": 1}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("usage", UsageError),
        ("unreadable", GraphError),
        ("verification", VerifyError),
        ("missing-extra", MissingExtraError),
        ("internal", VerifyError),
        ("memory", VerifyError),
    ],
)
def test_errors_keep_their_kind(kind: str, expected: type[Exception]) -> None:
    line = f'{{"error": {{"kind": "{kind}", "message": "why", "cause": "c"}}}}'
    with pytest.raises(expected, match="why"):
        ask(fake(f"print('{line}', flush=True)"))


def test_killed_worker() -> None:
    with pytest.raises(VerifyError, match="killed, most likely by the system for want of memory"):
        ask(fake("os.kill(os.getpid(), signal.SIGKILL)"))


def test_crash_tells_the_last_line_of_its_output() -> None:
    body = "sys.stderr.write('first\\nboom happened\\n'); sys.stderr.flush(); os.abort()"
    with pytest.raises(VerifyError, match=r"died of SIGABRT; its last line was: boom happened"):
        ask(fake(body))


def test_early_end() -> None:
    with pytest.raises(VerifyError, match="ended with status 7 before it answered"):
        ask(fake("sys.exit(7)"))


def test_nonsense_instead_of_an_answer() -> None:
    with pytest.raises(VerifyError, match="not an answer"):
        ask(fake("print('hello', flush=True); time.sleep(60)"))


def test_timeout_ends_the_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = tmp_path / "pid"
    body = f"""
        import subprocess
        child = subprocess.Popen(["sleep", "600"])
        open({str(pid)!r}, "w").write(str(child.pid))
        time.sleep(600)
    """

    def when_the_child_is_there(_: float | None) -> float:
        while not pid.exists() or not pid.read_text(encoding="ascii"):
            time.sleep(0.02)
        return time.monotonic()

    monkeypatch.setattr(process, "deadline_after", when_the_child_is_there)
    with pytest.raises(VerifyError, match="within 2 seconds"):
        ask(fake(body, timeout=2))
    assert gone(int(pid.read_text(encoding="ascii")))


def test_memory_limit() -> None:
    body = "keep = bytearray(200 << 20); time.sleep(60)"
    with pytest.raises(VerifyError, match="the limit is 100 MiB"):
        ask(fake(body, memory_limit=100 << 20, timeout=30))


def test_worker_starts_again_after_its_death() -> None:
    with fake("os.abort()") as worker:
        for _ in range(2):
            with pytest.raises(VerifyError, match="SIGABRT"):
                worker.request("verify", {}, VerifyError)


def test_ctrl_c_ends_the_worker(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = f"""
import sys
from linter.results.errors import VerifyError
from linter.process.tf.process import TensorFlowWorker
body = '''
import os, sys, time
sys.stdin.readline()
open({str(pid)!r}, "w").write(str(os.getpid()))
time.sleep(600)
'''
try:
    with TensorFlowWorker(command=(sys.executable, "-c", body)) as worker:
        worker.request("verify", {{}}, VerifyError)
except KeyboardInterrupt:
    sys.exit(130)
"""
    environ = dict(os.environ, PYTHONPATH=str(ROOT))
    with subprocess.Popen([sys.executable, "-c", code], env=environ) as parent:
        while parent.poll() is None and not (pid.exists() and pid.read_text(encoding="ascii")):
            time.sleep(0.05)
        parent.send_signal(signal.SIGINT)
        try:
            assert parent.wait(30) == 130
        finally:
            parent.kill()
    assert gone(int(pid.read_text(encoding="ascii")))


def test_worker_leaves_when_its_input_ends() -> None:
    code = "from linter.process.tf.worker.__main__ import main; main()"
    environ = dict(os.environ, PYTHONPATH=str(ROOT))
    done = subprocess.run([sys.executable, "-c", code], input=b"", env=environ, timeout=60)

    assert done.returncode == 0


def test_worker_answers_an_unknown_operation_and_nonsense() -> None:
    command = (sys.executable, "-m", "linter.process.tf.worker")
    with TensorFlowWorker(command=command) as worker:
        for _ in range(2):  # it stays alive
            with pytest.raises(VerifyError, match="no operation 'dance'"):
                worker.request("dance", {}, VerifyError)


def test_without_tensorflow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(MissingExtraError, match=r"pip install 'omlint\[tf\]'"):
        client.verify("a.pb", "b.pb")
    with pytest.raises(MissingExtraError):
        client.freeze("model", tmp_path / "out.pb")
    with pytest.raises(MissingExtraError):
        client.signatures("model")


def test_client_does_not_import_tensorflow() -> None:
    code = "import sys, linter.process.tf.client; sys.exit('tensorflow' in sys.modules)"
    environ = dict(os.environ, PYTHONPATH=str(ROOT))

    assert subprocess.run([sys.executable, "-c", code], env=environ).returncode == 0


def test_environment_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")

    environment = process._environment()

    assert environment["CUDA_VISIBLE_DEVICES"] == "-1"
    assert environment["TF_CPP_MIN_LOG_LEVEL"] == "3"


def test_import_error_of_tensorflow_is_told() -> None:
    error = protocol.encode_error(ImportError("libfoo.so is missing\nmore"))

    decoded = protocol.decode_error(error, VerifyError)
    assert isinstance(decoded, MissingExtraError)
    assert str(decoded) == "tensorflow is installed but cannot be imported: libfoo.so is missing"
