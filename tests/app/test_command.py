"""``detente app`` as a process: its start, its port, its end, and the memory that it holds."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.conftest import wait_until
from detente.cases import case_path
from detente.cli.serving import app as command
from detente.errors import DetenteError
from detente.library import read_template

SINGAPORE = case_path("singapore-2018").read_text(encoding="utf-8")
SMALL = read_template("mutual-limits")
CATCHES = "inspection.inspectors.catches"
MEGABYTE = 1 << 20
ALLOWED = 16 * MEGABYTE  # for the server, which grows by about one


@contextmanager
def started(*words: str, cwd: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the app, and give its process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "detente", "app", "--no-browser", *words],
        cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found is not None, line + process.stdout.read()
        wait_until(lambda: answers(found[0]))
        yield process, found[0]
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code in (200, 303)
    except httpx.TransportError:
        return False


def tree(pid: int) -> set[int]:
    found = {pid}
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            found |= tree(int(child))
    return found


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "detente", "app", "--no-browser", *words],
        cwd=cwd, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = run("--port", str(port), cwd=tmp_path)
    assert found.returncode == 2
    assert "E710" in found.stderr
    assert f"port {port} of 127.0.0.1 cannot be used" in found.stderr
    assert "Traceback" not in found.stderr


def test_without_a_port_the_next_free_one(tmp_path: Path) -> None:
    with started(cwd=tmp_path) as (_, first), started(cwd=tmp_path) as (_, second):
        assert first != second
        assert httpx.get(f"{first}api/about").json()["folder"] == tmp_path.name
        assert httpx.get(f"{second}api/about").json()["file"] is None


def test_stopping_ends_all_processes(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SMALL, encoding="utf-8")
    with started("mine.yaml", "--port", "0", cwd=tmp_path) as (process, url):
        about = httpx.get(f"{url}api/about").json()
        assert (about["file"], about["folder"]) == ("mine.yaml", tmp_path.name)
        body = {"kind": "sweep", "text": SINGAPORE, "samples": 4096}
        job = httpx.post(f"{url}api/jobs", json=body).json()["id"]
        wait_until(lambda: httpx.get(f"{url}api/jobs/{job}").json()["progress"]["done"] >= 0)
        own = tree(process.pid)
        assert len(own) >= 4  # itself, two workers, the job
        process.send_signal(signal.SIGINT)
        process.wait(20)
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in own), 10)


@pytest.mark.parametrize("words", [["no-such.yaml"], ["no-such-case"], ["--folder", "nowhere"]])
def test_what_cannot_be_opened_is_said(tmp_path: Path, words: list[str]) -> None:
    found = run(*words, cwd=tmp_path)
    assert found.returncode == 2
    assert re.search(r"error\[E1(01|91)\]", found.stderr)


def test_a_file_elsewhere_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.yaml").write_text(SMALL, encoding="utf-8")
    found = run(str(tmp_path / "out.yaml"), "--folder", "in", cwd=tmp_path)
    assert found.returncode == 2
    assert "is not in the folder" in " ".join(found.stderr.split())


def test_packages_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.cli.serving.find_spec", lambda name: None)
    with pytest.raises(DetenteError, match=r"fastapi, uvicorn") as found:
        command()
    assert "pip install" in found.value.problems[0].remedy


def hostile_round(url: str) -> None:
    """Ask for much, for nonsense, and go away in the middle."""
    with httpx.Client(base_url=url, timeout=60) as client:
        client.post("/api/open", json={"text": "x" * 5_000_000})
        client.post("/api/open", json={"text": "[" * 100_000})
        client.post("/api/open", json={"text": "a: [" + "1, " * 200_000 + "]"})
        client.post("/api/verdict", content=b'{"a":' * 200_000)
        lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
        client.post("/api/open", json={"text": "\n".join(lines)})
        client.post("/api/difference", json={"before": "a\n" * 9_000, "after": "b\na\n" * 9_000})
        body: dict[str, Any] = {"text": SINGAPORE, "plan": "phased", "settings": {CATCHES: 0.5}}
        with pytest.raises(httpx.ReadTimeout):
            client.post("/api/verdict", json={**body, "sets": True}, timeout=1.0)
        job = client.post("/api/jobs", json={"kind": "sweep", "text": SINGAPORE}).json()["id"]
        assert client.delete(f"/api/jobs/{job}").json()["state"] == "cancelled"


@pytest.mark.slow
def test_memory_returns_to_where_it_was(tmp_path: Path) -> None:
    with started("--port", "0", cwd=tmp_path) as (process, url):
        body = {"text": SMALL}
        assert httpx.post(f"{url}api/verdict", json=body, timeout=60).status_code == 200
        hostile_round(url)  # the first time, all that is loaded once is loaded
        settle(process.pid)
        server, workers = resident(process.pid), len(tree(process.pid))
        for _ in range(4):
            hostile_round(url)
        settle(process.pid)
        assert httpx.post(f"{url}api/verdict", json=body, timeout=60).status_code == 200
        assert resident(process.pid) - server < ALLOWED
        assert len(tree(process.pid)) == workers
        assert all(resident(pid) < 900 * MEGABYTE for pid in tree(process.pid))


def settle(pid: int) -> None:
    """Wait until the server has two workers again, and nothing else."""
    wait_until(lambda: len(tree(pid)) == 3)
    time.sleep(1)
    wait_until(lambda: len(tree(pid)) == 3)
