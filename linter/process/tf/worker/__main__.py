"""Entry point: read requests from standard input, answer on what was standard output."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from linter.process.group import raise_oom_score
from linter.process.tf import protocol
from linter.process.tf.worker import progress

__all__ = ["main"]


def main() -> NoReturn:
    """Serve until the input ends."""
    requests, answers = _take_streams()
    progress.send = lambda text: _send(answers, {"progress": text})
    raise_oom_score()
    pending: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(requests, pending), daemon=True).start()
    while True:
        _send(answers, _answer(pending.get()))


def _send(descriptor: int, message: dict[str, Any]) -> None:
    with os.fdopen(os.dup(descriptor), "wb") as stream:
        stream.write(protocol.dump(message))


def _take_streams() -> tuple[int, int]:
    """Keep the two pipes for ourselves: what TensorFlow prints must not reach them."""
    requests, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return requests, answers


def _listen(descriptor: int, pending: queue.Queue[bytes]) -> None:
    """Pass the lines on; the end of the input means that the client is gone or done."""
    with os.fdopen(descriptor, "rb") as stream:
        for line in stream:
            pending.put(line)
    os._exit(0)


def _answer(line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
        return {"result": _operation(request["op"])(request["args"])}
    except Exception as error:  # noqa: BLE001 - the crash boundary of the process
        return {"error": protocol.encode_error(error)}


def _operation(name: str) -> Callable[[dict[str, Any]], object]:
    """Import what the operation needs, TensorFlow with it."""
    if name == "verify":
        from linter.process.tf.worker.verifying import verify

        return lambda args: verify(protocol.load_verify_request(args))
    if name == "evaluate":
        from linter.process.tf.worker.evaluating import evaluate

        return lambda args: evaluate(protocol.load_evaluate_request(args))
    if name == "freeze":
        from linter.process.tf.worker.freezing import freeze

        return lambda args: freeze(protocol.load_freeze_request(args))
    if name == "signatures":
        from linter.process.tf.worker.saved_model import list_signatures

        return lambda args: {"signatures": list_signatures(args["source"])}
    raise ValueError(f"no operation {name!r}")


if __name__ == "__main__":
    main()
