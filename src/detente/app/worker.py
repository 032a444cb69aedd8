"""A worker process: reads tasks from its standard input and answers on its standard output.

It is started with ``python -P -m detente.app.worker BYTES SECONDS``: the memory that it may ask
for, and after how much idling it loads what verdicts need.
"""

from __future__ import annotations

import io
import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from detente.app.wire import HEAD, Kind, pack, unpack_head
from detente.errors import DetenteError, Problem

Message = tuple[str, dict[str, Any]]
SECONDS_BETWEEN = 0.05  # two parts of warming up


def main() -> None:
    """Answer tasks until the server closes the input."""
    memory, patience = int(sys.argv[1]), float(sys.argv[2])
    _limit_memory(memory)
    answers = _take_output()
    tasks: queue.Queue[Message] = queue.Queue()
    threading.Thread(target=_read_tasks, args=(sys.stdin.buffer, tasks), daemon=True).start()
    name, given = _wait_warming_up(tasks, patience)
    while True:
        _answer(name, given, answers)
        name, given = tasks.get()


def _wait_warming_up(tasks: queue.Queue[Message], patience: float) -> Message:
    """Give the first task; load meanwhile what questions need, a part whenever nobody asks."""
    part = 0
    while True:
        try:
            return tasks.get(timeout=min(patience, threading.TIMEOUT_MAX))
        except queue.Empty:
            from detente.app.tasks import warm_up  # noqa: PLC0415  (slow to import)

            part += 1
            patience = SECONDS_BETWEEN if warm_up(part) else threading.TIMEOUT_MAX


def _limit_memory(memory: int) -> None:
    """Limit what this process may write to; where the system has no such limit, time limits do.

    Not the address space: the drawing library reserves more of it than it ever uses.
    """
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _take_output() -> BinaryIO:
    """Keep the standard output for answers alone: whatever else is printed goes to stderr."""
    own = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return io.BufferedWriter(io.FileIO(own, "w"))


def _read_tasks(stream: BinaryIO, tasks: queue.Queue[Message]) -> None:
    """Hand tasks on; end the process, whatever it does, once the server has gone."""
    while True:
        head = stream.read(HEAD.size)
        if len(head) < HEAD.size:
            os._exit(0)
        _, length = unpack_head(head)
        message = json.loads(stream.read(length))
        tasks.put((message["task"], message["given"]))


def _answer(name: str, given: dict[str, Any], answers: BinaryIO) -> None:
    def tell(done: int, total: int, words: str) -> None:
        _write(answers, Kind.PROGRESS, {"done": done, "total": total, "words": words})

    try:
        _write(answers, Kind.ANSWER, _run(name, given, tell))
    except DetenteError as error:
        _write_problems(answers, 422, error.problems)
    except MemoryError:
        remedy = "make the scenario smaller: fewer ladders, levels or conditions"
        problem = Problem("E704", "this needs more memory than the app may use", remedy=remedy)
        _write_problems(answers, 413, (problem,))
        os._exit(1)  # what a failed allocation left behind is not trusted
    except Exception:
        _write(answers, Kind.FAULT, {"traceback": traceback.format_exc()})


def _run(name: str, given: dict[str, Any], tell: Callable[[int, int, str], None]) -> dict[str, Any]:
    from detente.app.tasks import run_task  # noqa: PLC0415

    return run_task(name, given, tell)


def _write_problems(answers: BinaryIO, status: int, problems: tuple[Problem, ...]) -> None:
    from detente.app.problems import describe  # noqa: PLC0415

    _write(answers, Kind.PROBLEMS, {"status": status, "problems": [describe(p) for p in problems]})


def _write(answers: BinaryIO, kind: Kind, values: dict[str, Any]) -> None:
    answers.write(pack(kind, json.dumps(values, allow_nan=False).encode("ascii")))
    answers.flush()


if __name__ == "__main__":
    main()
