"""Sweeps on a Dask cluster: a scheduler and two workers started from the command line."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time

import pytest

from detente.ask.sweeping.sweep import sweep
from detente.ask.verdict import Reading
from detente.errors import DetenteError
from unit.ask.sweep_scenarios import inspected

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow
SAMPLES = 800


@pytest.fixture
def start(tmp_path):
    """Start parts of a cluster; all of them end with the test."""
    running = []

    def begin(*words):
        command = [sys.executable, "-m", "dask", *words]
        log = (tmp_path / f"{words[0]}-{len(running)}.log").open("wb")
        running.append(subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log))
        log.close()
        return running[-1]

    yield begin
    for each in running:
        each.kill()
        each.wait(30)


@pytest.fixture
def address(start, tmp_path):
    """Start a scheduler; give its address."""
    file = tmp_path / "scheduler.json"
    start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    end = time.monotonic() + 60
    while not file.exists() or not file.read_text(encoding="utf-8").strip():
        assert time.monotonic() < end, "the scheduler did not start"
        time.sleep(0.1)
    return json.loads(file.read_text(encoding="utf-8"))["address"]


def start_worker(start, address, tmp_path, name):
    return start(
        "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", name,
        "--local-directory", str(tmp_path / name),
    )  # fmt: skip


def test_two_workers_one_killed_same_bytes(start, address, tmp_path):
    """The rows are those of this machine's own processes, although a worker died on the way."""
    workers = [start_worker(start, address, tmp_path, name) for name in ("one", "two")]
    wait_for_workers(address, 2)
    killed = []

    def tell(progress):
        if progress.done >= SAMPLES // 4 and not killed:
            workers[0].kill()
            killed.append(progress.done)

    asked = {"readings": [Reading.NO_DEAL], "samples": SAMPLES, "seed": 6}
    far = tmp_path / "far.csv"
    found = sweep(inspected(), **asked, cluster=address, output=far, tell=tell)
    assert killed
    assert killed[0] < SAMPLES
    assert (found.done, found.failed) == (SAMPLES, 0)
    near = tmp_path / "near.csv"
    sweep(inspected(), **asked, workers=1, output=near)
    assert far.read_bytes() == near.read_bytes()


def wait_for_workers(address, count):
    from distributed import Client

    with Client(address, timeout=30, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


def test_no_scheduler_is_said_within_ten_seconds():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.monotonic()
    with pytest.raises(DetenteError, match=r"E456(.|\n)*dask scheduler"):
        sweep(inspected(), samples=8, cluster=f"tcp://127.0.0.1:{port}")
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "udp://localhost:1", "tcp://x:y"])
def test_what_is_no_address(address):
    with pytest.raises(DetenteError, match="E456"):
        sweep(inspected(), samples=8, cluster=address)


def test_another_program_that_answers_is_no_scheduler():
    """What is no Dask may say anything, here the beginning of a web page."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)

        def talk():
            other, _ = server.accept()
            other.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20)
            other.close()

        talking = threading.Thread(target=talk)
        talking.start()
        port = server.getsockname()[1]
        with pytest.raises(DetenteError, match="E456"):
            sweep(inspected(), samples=8, cluster=f"tcp://127.0.0.1:{port}")
        talking.join(60)


def test_a_scheduler_without_workers(address):
    start = time.monotonic()
    with pytest.raises(DetenteError, match=r"E456.*has no workers"):
        sweep(inspected(), samples=8, cluster=address)
    assert time.monotonic() - start < 10


def test_a_cluster_that_goes_away_keeps_what_was_done(start, tmp_path):
    file = tmp_path / "other.json"
    scheduler = start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    end = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < end
        time.sleep(0.1)
    time.sleep(0.5)
    address = json.loads(file.read_text(encoding="utf-8"))["address"]
    start_worker(start, address, tmp_path, "only")
    wait_for_workers(address, 1)

    def tell(progress):
        if progress.done >= 40 and scheduler.poll() is None:
            scheduler.kill()

    path = tmp_path / "r.csv"
    asked = {"readings": [Reading.NO_DEAL], "samples": 4000, "output": path}
    with pytest.raises(DetenteError, match=r"E45[67]"):
        sweep(inspected(), **asked, cluster=address, tell=tell)
    assert (tmp_path / "r.csv.partial").read_text(encoding="utf-8").count("\n") > 40
