"""Measure what docs/scale.md computes with: cost a sample, size of a task, what a scheduler adds.

python tests/tools/measure_scale.py [WORKERS ...]

The simulation gives each task to a worker process that sleeps as long as a task would compute, so
that many workers can be tried on few processors.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, wait
from pathlib import Path

import numpy as np
from distributed import Client

from detente.ask.check import ALL_READINGS
from detente.ask.sweeping.judging import (
    Chunk,
    Job,
    SampleResult,
    judge_chunk,
    set_up,
    versions_here,
)
from detente.ask.sweeping.running import Row
from detente.ask.sweeping.space import Sampler, find_ranges
from detente.ask.sweeping.table import Table
from detente.ask.sweeping.tally import Tally
from detente.library import find_scenario
from detente.scenario.reading import read_scenario

PLANS = ("phased", "disarm-first")
SAMPLES = 24  # whose cost is measured
CHUNK = 8  # samples in a task
ROUNDS = 200
TASKS = 2000  # empty ones
SECONDS = 1.0  # that a simulated task takes


def make_job() -> tuple[Job, np.ndarray]:
    """Give the job of the Singapore case, and some of its points."""
    scenario = read_scenario(find_scenario("singapore-2018"))
    ranges = find_ranges(scenario)
    paths = tuple(each.path for each in ranges)
    job = Job(scenario.text, scenario.file, (), PLANS, ALL_READINGS, paths)
    return job, Sampler(scenario, ranges, 1).draw(SAMPLES)


def measure_cost(job: Job, points: np.ndarray) -> float:
    """Give processor seconds a sample, once all is compiled."""
    bench = set_up(job)
    values = [dict(zip(job.paths, point.tolist(), strict=True)) for point in points]
    bench.judge(values[0])
    start = time.process_time()
    for each in values:
        bench.judge(each)
    return (time.process_time() - start) / len(values)


def measure_books(job: Job, points: np.ndarray) -> dict[str, float]:
    """Give what the asking process spends a sample on drawing, writing and counting."""
    rows = [Row(n, points[n], result) for n, result in enumerate(judge_chunk(job, points).results)]
    table, tally = Table(job, {"scenario": "x" * 16, "seed": "1"}), Tally(len(PLANS), ALL_READINGS)
    scenario = read_scenario(find_scenario("singapore-2018"))
    sampler = Sampler(scenario, find_ranges(scenario), 1)
    start = time.process_time()
    for _ in range(ROUNDS):
        sampler.draw(len(rows))
        size = len(table.lines(rows).encode())
        for row in rows:
            tally.add(row)
    spent = time.process_time() - start
    return {"books_seconds_a_sample": spent / ROUNDS / len(rows), "bytes_a_row": size / len(rows)}


def pretend(job: Job, points: np.ndarray, seconds: float) -> Chunk:
    """Take as long as judging would, and hand back as much."""
    time.sleep(seconds)
    return Chunk((SampleResult((), "x" * 200),) * len(points), seconds, versions_here())


def run_cluster(job: Job, points: np.ndarray, workers: int) -> dict[str, float]:
    """Start a scheduler and workers; give tasks a second when empty, and the use of workers."""
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        named = ["--no-dashboard", "--scheduler-file", str(file)]
        running = [subprocess.Popen([*dask, "scheduler", "--port", "0", *named], **quiet)]
        try:
            while not file.exists() or not file.read_text():
                time.sleep(0.1)
            address = json.loads(file.read_text())["address"]
            one = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                   "--local-directory", folder]  # fmt: skip
            running += [subprocess.Popen(one, **quiet) for _ in range(workers)]
            with Client(address, timeout=30) as client:
                client.wait_for_workers(workers, timeout=120)
                executor = client.get_executor(pure=False)
                for each in [executor.submit(pretend, job, points, 0.0) for _ in range(workers)]:
                    each.result()  # all have loaded the program
                empty = _time(executor, job, points, TASKS, 0.0, 4 * workers)
                rounds = 20
                busy = _time(executor, job, points, rounds * workers, SECONDS, 2 * workers)
        finally:
            for each in reversed(running):
                each.kill()
                each.wait()
    return {"empty_tasks_a_second": TASKS / empty, "use": rounds * SECONDS / busy}


def _time(executor: object, job: Job, points: np.ndarray, tasks: int, seconds: float,
          at_once: int) -> float:  # fmt: skip
    """Run tasks, so many under way at a time, as a sweep does; give the seconds it took."""
    start, given, under_way = time.perf_counter(), 0, set()
    while given < tasks or under_way:
        while given < tasks and len(under_way) < at_once:
            under_way.add(executor.submit(pretend, job, points, seconds))
            given += 1
        _, under_way = wait(under_way, return_when=FIRST_COMPLETED)
    return time.perf_counter() - start


if __name__ == "__main__":
    job, points = make_job()
    some = points[:CHUNK]
    found = {
        "seconds_a_sample": measure_cost(job, points),
        "bytes_a_task": len(pickle.dumps((job, some))),
        "bytes_back": len(pickle.dumps(judge_chunk(job, some))),
        **measure_books(job, points),
    }
    for count in [int(word) for word in sys.argv[1:]] or [4, 16]:
        found |= {f"{key}_{count}": value for key, value in run_cluster(job, some, count).items()}
    print(json.dumps(found, indent=2))
