"""Runs a sweep's samples on an executor and hands the rows on in their order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass

from detente.arrays import FloatArray
from detente.ask.sweeping.judging import (
    Chunk,
    Job,
    SampleResult,
    judge_chunk,
    shorten_reason,
    versions_here,
)
from detente.ask.sweeping.space import Sampler
from detente.errors import DetenteError, Problem

MAX_DEATHS = 2  # of workers over one sample, before it is recorded as failed
MAX_CHUNK = 1024  # samples
SECONDS_A_CHUNK = 1.0  # what a dying worker loses, and how often there is news
TASKS_A_SECOND = 50.0  # that a scheduler certainly hands out; with many workers chunks are longer
PATIENCE = 0.25  # seconds between two looks at the clock while nothing is done
AHEAD = 8  # chunks a worker that may be done before the one that is waited for


@dataclass(frozen=True, slots=True)
class Row:
    """One sample: its number from 0, its point float64 (D,), and what came out."""

    number: int
    point: FloatArray
    result: SampleResult


@dataclass(frozen=True, slots=True)
class _Piece:
    """Consecutive samples on their way; ``deaths``: how many workers died over them."""

    start: int
    points: FloatArray
    deaths: int = 0

    def split(self) -> list[_Piece]:
        """Give one piece for each sample, to find the one that kills."""
        if len(self.points) == 1:
            return [_Piece(self.start, self.points, self.deaths + 1)]
        return [_Piece(self.start + n, self.points[n : n + 1]) for n in range(len(self.points))]


class _Pace:
    """How many samples to hand out at once: about a second's work, few near the end."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._size = 1

    def size(self, left: int) -> int:
        return max(1, min(self._size, left // (2 * self._workers), MAX_CHUNK))

    def learn(self, samples: int, seconds: float) -> None:
        aim = max(SECONDS_A_CHUNK, self._workers / TASKS_A_SECOND)
        wanted = aim * samples / max(seconds, 1e-6)
        self._size = int(max(1, min(wanted, 4 * max(self._size, samples))))


class Runner:
    """Keeps an executor busy with the samples of one sweep.

    Parameters
    ----------
    executor : any executor of `concurrent.futures`
    slots : how many tasks to give it at a time
    job : what is judged
    sampler : where points come from, at sample ``start``
    start, end : sample numbers, from 0; the end is not included
    """

    def __init__(
        self, executor: Executor, slots: int, job: Job, sampler: Sampler, start: int, end: int
    ) -> None:
        self._executor = executor
        self._slots = slots
        self._job = job
        self._sampler = sampler
        self._next, self._end = start, end
        self._out = start  # the next number to hand on
        self._pace = _Pace(slots)
        self._again: deque[_Piece] = deque()
        self._under_way: dict[Future[Chunk], _Piece] = {}
        self._done: dict[int, list[Row]] = {}
        self._deaths_in_a_row = 0

    def run(self) -> Generator[list[Row], None, None]:
        """Iterate over rows in order; an empty list now and then, where there is no news.

        Raises
        ------
        DetenteError
            E457 where workers cannot do their work at all.
        """
        try:
            while self._out < self._end:
                self._hand_out()
                finished, _ = wait_for(
                    self._under_way, timeout=PATIENCE, return_when=FIRST_COMPLETED
                )
                for future in finished:
                    self._take(future, self._under_way.pop(future))
                yield self._in_order()
        finally:
            for future in self._under_way:
                future.cancel()

    def _hand_out(self) -> None:
        while len(self._under_way) < self._slots:
            if self._again:
                piece = self._again.popleft()
            elif self._next < self._end and len(self._done) < AHEAD * self._slots:
                count = self._pace.size(self._end - self._next)
                piece = _Piece(self._next, self._sampler.draw(count))
                self._next += count
            else:
                return
            try:
                future = self._executor.submit(judge_chunk, self._job, piece.points)
            except (RuntimeError, OSError) as error:  # also a pool that is broken for good
                raise _stopped(f"a worker cannot be given its work: {error}") from error
            self._under_way[future] = piece

    def _take(self, future: Future[Chunk], piece: _Piece) -> None:
        try:
            chunk = future.result()
        except CancelledError as error:
            raise _stopped("the workers were stopped") from error
        except Exception as error:
            if not _died(error):
                raise _stopped(f"{type(error).__name__}: {error}") from error
            self._bury(piece, error)
            return
        if chunk.versions != versions_here():
            raise DetenteError(_other_versions(chunk.versions))
        self._deaths_in_a_row = 0
        self._pace.learn(len(chunk.results), chunk.seconds)
        self._keep(piece, list(chunk.results))

    def _bury(self, piece: _Piece, error: BaseException) -> None:
        """Try what a worker died over again, alone; record a sample that kills twice."""
        self._deaths_in_a_row += 1
        if self._deaths_in_a_row > 2 * MAX_DEATHS + 2 * self._slots:
            raise _stopped("worker processes die before they answer") from error
        for each in piece.split():
            if each.deaths >= MAX_DEATHS:
                reason = f"the worker died {each.deaths} times over this sample: {error}"
                self._keep(each, [SampleResult((), shorten_reason(reason))])
            else:
                self._again.append(each)

    def _keep(self, piece: _Piece, results: list[SampleResult]) -> None:
        self._done[piece.start] = [
            Row(piece.start + n, piece.points[n], result) for n, result in enumerate(results)
        ]

    def _in_order(self) -> list[Row]:
        rows: list[Row] = []
        while self._out in self._done:
            piece = self._done.pop(self._out)
            rows += piece
            self._out += len(piece)
        return rows


def _died(error: Exception) -> bool:
    """Whether a worker died, here or on a cluster (whose library need not be installed)."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _stopped(what: str) -> DetenteError:
    guard = "a script that sweeps begins with 'if __name__ == \"__main__\":'"
    return DetenteError(
        Problem(
            "E457",
            shorten_reason(what),
            remedy=f"{guard}; workers need the same program and enough memory",
        )
    )


def _other_versions(found: tuple[tuple[str, str], ...]) -> Problem:
    here = dict(versions_here())
    differ = [f"{name} {is_} (here {here.get(name)})" for name, is_ in found if here[name] != is_]
    return Problem(
        "E457",
        f"a worker has other versions: {', '.join(differ)}",
        remedy="install the same versions everywhere, so that the same seed gives the same results",
    )


def slots_of(executor: Executor, workers: int | None) -> int:
    """Give how many tasks to keep an executor busy with."""
    known = workers or getattr(executor, "_max_workers", None) or os.cpu_count()
    return max(1, int(known or 1))
