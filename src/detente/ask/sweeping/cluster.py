"""A Dask cluster as an executor (needs the extra ``cluster``)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from detente.errors import DetenteError, Problem

SECONDS_TO_ANSWER = 5
SECONDS_FOR_WORKERS = 4
REMEDY = (
    "start a scheduler with 'dask scheduler --port 8786' and workers with 'dask worker"
    " tcp://HOST:8786 --nthreads 1', where this version of Detente is installed"
)


@contextmanager
def connect(address: str) -> Iterator[tuple[Executor, int]]:
    """Give the executor of the cluster at ``tcp://host:port``, and its number of threads.

    Raises
    ------
    DetenteError
        E490 where Dask is not installed, E456 where no scheduler answers within a few seconds, or
        it has no workers.
    """
    try:
        from distributed import Client  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise _not_installed() from error
    client: Any = None
    try:
        client = Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
        client.wait_for_workers(1, timeout=SECONDS_FOR_WORKERS)
    except (OSError, ValueError, TypeError) as error:
        if client is None:
            what = f"no scheduler answers at {address}"
        else:
            client.close()
            what = f"the scheduler at {address} has no workers"
        raise DetenteError(Problem("E456", what, remedy=REMEDY)) from error
    try:
        with client.get_executor(pure=False, retries=0) as executor:
            yield executor, max(1, sum(client.nthreads().values()))
    finally:
        client.close()


def greet(address: str) -> None:
    """Find out at once whether a scheduler answers; `connect` waits for it on its way out too.

    Raises
    ------
    DetenteError
        E490 where Dask is not installed, E456 where no scheduler answers within a few seconds.
    """
    try:
        from distributed.comm import connect as reach  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise _not_installed() from error

    async def shake_hands() -> None:
        comm = await asyncio.wait_for(reach(address, timeout=SECONDS_TO_ANSWER), SECONDS_TO_ANSWER)
        await comm.close()

    try:
        with ThreadPoolExecutor(1) as aside:  # a notebook has an event loop in its own thread
            aside.submit(asyncio.run, shake_hands()).result()
    except Exception as error:  # what answers there may be anything, and so what becomes of it
        problem = Problem("E456", f"no scheduler answers at {address}", remedy=REMEDY)
        raise DetenteError(problem) from error


def _not_installed() -> DetenteError:
    return DetenteError(
        Problem(
            "E490",
            "a cluster is reached through Dask, which is not installed",
            remedy="install it with: pip install 'detente[cluster]'",
        )
    )
