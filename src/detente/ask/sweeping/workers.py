"""Worker processes of this machine, each replaced when it dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Workers share the processor by samples, not within one; so sums are added in one order too.
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


def count_processors() -> int:
    """Give how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WorkerProcesses(Executor):
    """Processes with one task each, so that a death is blamed on the task that was running.

    The pool of the standard library fails all its tasks when one process dies, and cannot be used
    afterwards. Here the task that was running fails with `BrokenProcessPool`, the others go
    on, and the next task finds a new process.

    Parameters
    ----------
    count : number of processes
    """

    def __init__(self, count: int) -> None:
        self._lanes = [_Lane() for _ in range(count)]

    @property
    def count(self) -> int:
        """Number of processes."""
        return len(self._lanes)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Start a call in the process with the least to do."""
        lane = min(self._lanes, key=lambda each: each.waiting)
        return lane.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the processes end; with ``cancel_futures`` at once, whatever they do."""
        for lane in self._lanes:
            lane.close(wait=wait, kill=cancel_futures)


class _Lane:
    """One process, and whatever replaces it."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._pid: Future[int] | None = None
        self._pending: set[Future[Any]] = set()

    @property
    def waiting(self) -> int:
        return len(self._pending)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with _one_thread_each():
            try:
                future = self._open().submit(fn, *args, **kwargs)
            except BrokenProcessPool:
                self._pool = None
                future = self._open().submit(fn, *args, **kwargs)
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        return future

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, context, initializer=_begin_worker)
            self._pid = self._pool.submit(os.getpid)
        return self._pool

    def close(self, *, wait: bool, kill: bool) -> None:
        if self._pool is None:
            return
        busy = bool(self._pending)
        self._pool.shutdown(wait=False, cancel_futures=kill)
        if kill and busy:
            _kill(self._pid)
        if wait:
            self._pool.shutdown(wait=True)
        self._pool = None


def _kill(pid: Future[int] | None) -> None:
    """Kill a process that has said its number; one that has not will find nothing to do."""
    if pid is not None and pid.done() and not pid.cancelled() and pid.exception() is None:
        try:
            os.kill(pid.result(), signal.SIGTERM)
        except ProcessLookupError:
            return


def _begin_worker() -> None:
    """Leave Ctrl-C to the process that asks, and end when that one has died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes that start in here use one thread each."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
