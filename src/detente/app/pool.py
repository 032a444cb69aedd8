"""The worker processes, as the server sees them: few, warm, and replaced when they misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.app.limits import Limits
from detente.app.problems import RefusedError, refusal
from detente.app.wire import HEAD, Kind, pack, unpack_head
from detente.errors import Problem

LOG = logging.getLogger("detente.app")
Tell = Callable[[dict[str, Any]], None]

NEVER = 1e9  # seconds
KEYS_KEPT = 3  # as many texts as a worker keeps
SECONDS_TO_SECOND = 4.0  # before the second worker warms up, so that the first page is not delayed
SECONDS_TO_OTHERS = 0.5
SECONDS_TO_TRY_AGAIN = 1.0
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker answered: a status of HTTP, and the body."""

    status: int
    body: bytes


class LostError(Exception):
    """A worker ended, or said something that cannot be understood."""


class Worker:
    """One process that answers one task at a time."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self.keys: deque[str] = deque(maxlen=KEYS_KEPT)

    @classmethod
    async def start(cls, limits: Limits, warm_after: float = NEVER) -> Worker:
        """Start a process.

        ``-P``: nothing is imported from the current folder, which may hold a stranger's files.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "detente.app.worker",
            str(limits.worker_bytes), str(warm_after),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            start_new_session=True, env={**os.environ, **dict.fromkeys(ONE_THREAD, "1")},
        )  # fmt: skip
        return cls(process, limits)

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.returncode is None

    @property
    def resident(self) -> int:
        """Bytes of memory that the process holds now; 0 where the system does not say."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    async def ask(self, task: str, given: dict[str, Any], tell: Tell | None = None) -> Reply:
        """Have a task answered.

        Raises
        ------
        LostError
            Where the process ends before it has answered.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101  (pipes were asked for)
        assert stdout is not None  # noqa: S101
        message = json.dumps({"task": task, "given": given}).encode("ascii")
        try:
            stdin.write(pack(Kind.TASK, message))
            await stdin.drain()
            while True:
                kind, length = unpack_head(await stdout.readexactly(HEAD.size))
                if length > self._limits.answer_bytes:
                    raise LostError(f"an answer of {length} bytes")
                body = await stdout.readexactly(length)
                if kind is not Kind.PROGRESS:
                    return _reply(kind, body)
                if tell is not None:
                    tell(json.loads(body))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
            raise LostError(str(error)) from error

    async def kill(self) -> None:
        """End the process at once, whatever it does, and all that it started."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(self.pid, signal.SIGKILL)
                else:
                    self._process.kill()
        await self._process.wait()


def _reply(kind: Kind, body: bytes) -> Reply:
    if kind is Kind.ANSWER:
        return Reply(200, body)
    said = json.loads(body)
    if kind is Kind.PROBLEMS:
        status = int(said["status"])
        return Reply(status, json.dumps({"problems": said["problems"]}).encode("ascii"))
    LOG.error("a fault of Detente, not of the file:\n%s", said.get("traceback"))
    remedy = "please report it, with what the program printed and, if you may, the file"
    raise refusal(500, "E712", "this is a fault of Detente", remedy)


class Pool:
    """The workers that answer requests; requests wait in a queue."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._births: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """Numbers of the processes."""
        return tuple(sorted(worker.pid for worker in self._all))

    @property
    def idle(self) -> int:
        """How many workers have nothing to do."""
        return len(self._idle)

    async def open(self) -> None:
        """Start the workers."""
        for number in range(self._limits.workers):
            await self._bear(0.0 if number == 0 else SECONDS_TO_SECOND)

    async def close(self) -> None:
        """End the workers."""
        self._closed = True
        await asyncio.gather(*self._births)
        for future in self._waiting:
            future.cancel()
        await asyncio.gather(*(worker.kill() for worker in self._all))
        self._all.clear()
        self._idle.clear()

    async def ask(self, task: str, given: dict[str, Any], seconds: float, key: str = "") -> Reply:
        """Have a task answered by a worker, best by one that knows the text with this key.

        When this is cancelled, the worker is ended.

        Raises
        ------
        RefusedError
            429 where too many requests wait, 504 after ``seconds``, 413 where a worker died.
        """
        worker = await self._take(key)
        fit = False
        try:
            async with asyncio.timeout(seconds):
                reply = await worker.ask(task, given)
            fit = reply.status != 413 and worker.resident <= self._limits.rest_bytes
        except TimeoutError:
            raise RefusedError(504, too_slow(seconds)) from None
        except LostError as error:
            LOG.warning("a worker was lost: %s", error)
            raise RefusedError(413, died()) from None
        except RefusedError:
            fit = True
            raise
        finally:
            self._give_back(worker, fit)
        worker.keys.append(key)
        return reply

    async def _take(self, key: str) -> Worker:
        for worker in [each for each in self._idle if not each.is_alive]:
            self._idle.remove(worker)
            self._replace(worker)
        if self._idle:
            known = [worker for worker in self._idle if key in worker.keys]
            fresh = sorted(self._idle, key=lambda worker: len(worker.keys))
            worker = (known or fresh)[0]
            self._idle.remove(worker)
            return worker
        if len(self._waiting) >= self._limits.waiting:
            raise RefusedError(429, busy("requests"))
        future: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._give_back(future.result(), fit=True)
            elif future in self._waiting:
                self._waiting.remove(future)
            raise

    def _give_back(self, worker: Worker, fit: bool) -> None:
        if not fit:
            self._replace(worker)
            return
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(worker)
                return
        self._idle.append(worker)

    def _replace(self, worker: Worker) -> None:
        async def replace() -> None:
            await worker.kill()
            self._all.discard(worker)
            while not self._closed:
                try:
                    await self._bear(SECONDS_TO_OTHERS)
                except OSError as error:  # too many processes just now
                    LOG.warning("no worker could be started: %s", error)
                    await asyncio.sleep(SECONDS_TO_TRY_AGAIN)
                else:
                    return

        birth = asyncio.get_running_loop().create_task(replace())
        self._births.add(birth)
        birth.add_done_callback(self._births.discard)

    async def _bear(self, warm_after: float) -> None:
        worker = await Worker.start(self._limits, warm_after)
        self._all.add(worker)
        self._give_back(worker, fit=True)


def too_slow(seconds: float) -> Problem:
    """Say that an answer took too long."""
    remedy = "make the scenario smaller, or use the command line, which has no such limit"
    return Problem("E703", f"no answer came within {seconds:g} seconds", remedy=remedy)


def died() -> Problem:
    """Say that a worker died."""
    remedy = "make the scenario smaller: fewer ladders, levels or conditions"
    return Problem("E704", "this needs more memory than the app may use", remedy=remedy)


def busy(what: str) -> Problem:
    """Say that too much is asked at once."""
    remedy = "try again in a moment, or cancel what runs"
    return Problem("E705", f"too many {what} at once", remedy=remedy)
