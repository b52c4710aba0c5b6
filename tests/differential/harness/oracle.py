"""TensorFlow in a process of its own: some graphs end it, and the tests go on.

Run as a script it is that process: it reads questions from standard input and answers on standard
output, both pickled.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from harness.answers import Array, Outcome, Static

__all__ = ["CRASH", "Oracle"]

CRASH = "TensorFlow ended the process"
_PATIENCE = 60
_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "PYTHONWARNINGS": "ignore",
}


class Oracle:
    """Asks TensorFlow; the process starts with the first question, and again after a crash.

    Attributes:
        crashes: how often the process has ended.
    """

    def __init__(self) -> None:
        self.crashes = 0
        self._process: subprocess.Popen[bytes] | None = None

    def infer(
        self, data: bytes, feeds: Mapping[str, Array], *, runs: bool = True
    ) -> tuple[Static, Outcome]:
        """What is inferred from a graph as it is, and what with the given elements.

        Args:
            data: the GraphDef.
            feeds: elements by placeholder.
            runs: whether the graph is run.
        """
        found = self._ask("infer", data, dict(feeds), runs)
        if found is None:
            gone = Static({}, {}, CRASH)
            return gone, Outcome(gone, {}, {})
        answer: tuple[Static, Outcome] = found
        return answer

    def compute(
        self, data: bytes, names: Sequence[str], feeds: Mapping[str, Array]
    ) -> list[Array] | str:
        """The named outputs of a graph, or why there are none."""
        found = self._ask("compute", data, list(names), dict(feeds))
        answer: list[Array] | str = CRASH if found is None else found
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, *question: Any) -> Any:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError, EOFError, pickle.UnpicklingError):
            pickle.dump(question, process.stdin)
            process.stdin.flush()
            if select.select([process.stdout], [], [], _PATIENCE)[0]:
                return pickle.load(process.stdout)
        self.crashes += 1
        self.close()
        return None


def _serve() -> None:
    """Answer until there are no more questions."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    from harness.tensorflow_side import TensorFlow

    tensorflow = TensorFlow()
    while True:
        try:
            name, *arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(getattr(tensorflow, name)(*arguments), answers)
        answers.flush()


if __name__ == "__main__":
    _serve()
