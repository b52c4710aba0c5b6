"""Groups of processes: whatever way they are left, nothing of them goes on."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
import time
from pathlib import Path

import pytest
from ended import gone, has_ended

from linter.process import group
from linter.process.group import DeadlineError, Group, MemoryLimitError, deadline_after, start

FAMILY = """
import pathlib, subprocess, sys
child = subprocess.Popen(["sleep", "600"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
"""


def python(body: str, *arguments: object, **options: float) -> Group:
    words = [sys.executable, "-c", textwrap.dedent(body), *map(str, arguments)]
    return start(words, **options)  # type: ignore[arg-type]


def written(path: Path) -> int:
    """The number that a child writes when it has come so far."""
    while not path.exists() or not path.read_text("ascii"):
        time.sleep(0.02)
    return int(path.read_text("ascii"))


def test_output_and_status() -> None:
    with python("print('one', flush=True); import sys; sys.exit('two')") as child:
        assert b"".join(child.chunks(None)) == b"one\ntwo\n"
        assert child.wait(None) == 1
        assert not child.is_running


def test_what_a_child_started_ends_with_it(tmp_path: Path) -> None:
    with python(FAMILY, tmp_path / "pid") as child:
        assert child.wait(None) == 0
        grandchild = written(tmp_path / "pid")
        assert not has_ended(grandchild)
    assert gone(grandchild)


def test_the_end_of_the_child_is_the_end_of_its_output(tmp_path: Path) -> None:
    with python(FAMILY + "print('last')", tmp_path / "pid") as child:
        assert b"".join(child.chunks(None)) == b"last\n"
        assert not has_ended(written(tmp_path / "pid"))  # and it holds the pipe


def test_one_that_does_not_heed_the_order_is_ended_by_force(tmp_path: Path) -> None:
    body = """
    import os, pathlib, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
    time.sleep(600)
    """
    with python(body, tmp_path / "pid", grace=0.1) as child:
        written(tmp_path / "pid")
    assert child.wait(None) == -signal.SIGKILL


def test_one_that_heeds_the_order_may_tidy_up(tmp_path: Path) -> None:
    body = """
    import os, pathlib, signal, sys, time
    def leave(number, frame):
        pathlib.Path(sys.argv[2]).touch()
        sys.exit(3)
    signal.signal(signal.SIGTERM, leave)
    pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
    while True:
        time.sleep(0.01)
    """
    with python(body, tmp_path / "pid", tmp_path / "tidy", grace=60) as child:
        written(tmp_path / "pid")
    assert (tmp_path / "tidy").exists()
    assert child.wait(None) == 3


def test_an_interrupted_grace_is_no_way_out(tmp_path: Path) -> None:
    """The second Ctrl-C comes while the first one's child is given its time."""

    class Interrupted:
        def __init__(self, child: group.Child) -> None:
            self.child, self.pid = child, child.pid

        def poll(self) -> int | None:
            return self.child.poll()

        def wait(self, timeout: float | None = None) -> int:
            if timeout is not None:
                raise KeyboardInterrupt
            return self.child.wait()

    body = """
    import os, pathlib, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
    time.sleep(600)
    """
    child = python(body, tmp_path / "pid")
    written(tmp_path / "pid")
    child.child = Interrupted(child.child)
    with pytest.raises(KeyboardInterrupt), child:
        pass
    assert child.child.poll() == -signal.SIGKILL


def test_limits() -> None:
    with (
        pytest.raises(DeadlineError),
        python("import time; time.sleep(600)") as child,
    ):
        list(child.chunks(deadline_after(0.2)))
    body = "import time; keep = b'x' * (200 << 20); time.sleep(600)"
    with pytest.raises(MemoryLimitError) as caught, python(body) as child:
        list(child.chunks(None, 100 << 20))
    assert caught.value.used > 100 << 20


def test_a_flood_does_not_hide_the_deadline() -> None:
    with pytest.raises(DeadlineError), python("while True: print('x' * 1000)") as child:
        for _ in child.chunks(deadline_after(0.2)):
            pass


def test_descriptors_of_any_number() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1200:
        pytest.skip("this system opens too few files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        with python("print('far')") as child:
            assert b"".join(child.chunks(None)) == b"far\n"
    finally:
        for number in opened:
            os.close(number)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_what_nobody_holds_ends_with_the_process(tmp_path: Path) -> None:
    body = f"""
    import pathlib
    from linter.process.group import start
    pid = start(["sleep", "600"]).child.pid
    pathlib.Path({str(tmp_path / "pid")!r}).write_text(str(pid))
    """
    environ = {**os.environ, "PYTHONPATH": str(Path(group.__file__).parents[2])}
    with start([sys.executable, "-c", textwrap.dedent(body)], env=environ) as child:
        assert child.wait(None) == 0
    assert gone(written(tmp_path / "pid"))
