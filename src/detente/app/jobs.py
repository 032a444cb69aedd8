"""Jobs: questions that take longer, each in a process of its own that can be ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from detente.app.limits import Limits
from detente.app.pool import LOG, LostError, Worker, busy, died, too_slow
from detente.app.problems import RefusedError, problems_body, refusal
from detente.errors import Problem

SECONDS_BETWEEN_SWEEPS = 5.0
ID_BYTES = 16


class State(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Job:
    """One job while it runs, and its result."""

    id: str
    kind: str
    folder: Path
    begun: float
    asked_at: float
    state: State = State.RUNNING
    done: int = 0
    total: int = 0
    words: str = "starting"
    ended: float | None = None
    body: bytes = b"null"
    problems: bytes = b"[]"
    worker: Worker | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    def hear(self, said: dict[str, Any]) -> None:
        """Note how far the job is."""
        self.done, self.total, self.words = int(said["done"]), int(said["total"]), said["words"]

    def file(self) -> Path | None:
        """Give the file that the job has written, if it has."""
        for name in ("report.html", "sweep.csv"):
            if self.state is State.DONE and (self.folder / name).is_file():
                return self.folder / name
        return None

    def describe(self, now: float) -> bytes:
        """Give the body of an answer about this job."""
        passed = (self.ended or now) - self.begun
        rate = self.done / passed if self.done and passed > 0 else None
        left = (self.total - self.done) / rate if rate and self.total else None
        head = {
            "id": self.id,
            "kind": self.kind,
            "state": str(self.state),
            "progress": {
                "done": self.done,
                "total": self.total,
                "rate": rate,
                "left_s": left if self.state is State.RUNNING else None,
                "words": self.words,
                "seconds": round(passed, 2),
            },
            "has_file": self.file() is not None,
        }
        body = self.body if self.state is State.DONE else b'{"result": null, "text": null}'
        start = json.dumps(head).encode("ascii")[:-1]
        return start + b", " + body[1:-1] + b', "problems": ' + self.problems + b"}"


class Jobs:
    """All jobs of the server.

    Parameters
    ----------
    limits : how many may run, and how long
    clock : gives seconds that only grow
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._root: Path | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Make room for files, and begin to forget old jobs."""
        self._root = Path(tempfile.mkdtemp(prefix="detente-app-"))
        self._sweeper = asyncio.create_task(self._sweep())

    async def close(self) -> None:
        """End all jobs, and forget them."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for job in list(self._jobs.values()):
            await self.cancel(job.id)
            self._forget(job)
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)

    @property
    def running(self) -> list[Job]:
        """Jobs that run."""
        return [job for job in self._jobs.values() if job.state is State.RUNNING]

    def begin(self, kind: str, given: dict[str, Any]) -> Job:
        """Start a job.

        Raises
        ------
        RefusedError
            429 where too many run.
        """
        if len(self.running) >= self._limits.jobs:
            raise RefusedError(429, busy("jobs"))
        assert self._root is not None  # noqa: S101  (made by `open`)
        name = secrets.token_hex(ID_BYTES)
        folder = self._root / name
        folder.mkdir()
        now = self._clock()
        job = Job(name, kind, folder, begun=now, asked_at=now)
        self._jobs[name] = job
        job.task = asyncio.create_task(self._run(job, {**given, "folder": str(folder)}))
        self._forget_old()
        return job

    def find(self, name: str) -> Job:
        """Give a job.

        Raises
        ------
        RefusedError
            404 where there is none of this id.
        """
        job = self._jobs.get(name)
        if job is None:
            remedy = "results are kept for a while only; start it again"
            raise refusal(404, "E709", "there is no such job", remedy)
        job.asked_at = self._clock()
        return job

    def describe(self, name: str) -> bytes:
        """Give the body of an answer about a job."""
        return self.find(name).describe(self._clock())

    async def cancel(self, name: str) -> None:
        """End a job: when this returns, its process is gone."""
        await self._end(self.find(name))

    async def _end(self, job: Job) -> None:
        if job.state is not State.RUNNING or job.task is None:
            return
        job.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await job.task
        if job.ended is None:  # it had not begun
            job.state, job.ended = State.CANCELLED, self._clock()

    async def _run(self, job: Job, given: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._limits.job_seconds):
                job.worker = await Worker.start(self._limits)
                reply = await job.worker.ask(job.kind, given, job.hear)
            if reply.status == 200:
                job.body, job.state = reply.body, State.DONE
            else:
                job.problems = json.dumps(json.loads(reply.body)["problems"]).encode("ascii")
                job.state = State.FAILED
        except asyncio.CancelledError:
            job.state = State.CANCELLED
            raise
        except TimeoutError:
            self._fail(job, too_slow(self._limits.job_seconds))
        except LostError as error:
            LOG.warning("a worker was lost: %s", error)
            self._fail(job, died())
        except RefusedError as error:
            self._fail(job, *error.problems)
        finally:
            job.ended = self._clock()
            if job.worker is not None:
                await job.worker.kill()
                job.worker = None

    @staticmethod
    def _fail(job: Job, *problems: Problem) -> None:
        job.state = State.FAILED
        job.problems = json.dumps(json.loads(problems_body(problems))["problems"]).encode("ascii")

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_SWEEPS)
            now = self._clock()
            for job in self.running:
                if now - job.asked_at > self._limits.unasked_seconds:
                    await self._end(job)
            self._forget_old()

    def _forget_old(self) -> None:
        now = self._clock()
        ended = [job for job in self._jobs.values() if job.ended is not None]
        ended.sort(key=lambda job: job.asked_at)
        too_many = len(self._jobs) - self._limits.kept_jobs
        for number, job in enumerate(ended):
            if number < too_many or now - job.asked_at > self._limits.kept_seconds:
                self._forget(job)

    def _forget(self, job: Job) -> None:
        self._jobs.pop(job.id, None)
        shutil.rmtree(job.folder, ignore_errors=True)
