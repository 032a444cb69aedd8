"""A server for tests: the real one, in a thread, on a port of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from detente.app.guard import Access
from detente.app.running import listen
from detente.app.server import Setup, create_app

SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """A running server."""

    app: FastAPI
    port: int
    client: httpx.Client

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, question: str, /, **body: Any) -> dict[str, Any]:
        answer = self.client.post(f"/api/{question}", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, question: str, status: int, /, **body: Any) -> list[dict[str, Any]]:
        answer = self.client.post(f"/api/{question}", json=body)
        assert answer.status_code == status, answer.text
        found: list[dict[str, Any]] = answer.json()["problems"]
        return found


@contextmanager
def serve(setup: Setup, access: Access | None = None) -> Iterator[Served]:
    """Run a server until the block ends."""
    if access is not None:
        setup = replace(setup, access=access)
    app = create_app(setup)
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        wait_until(lambda: server.started)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS) as client:
                yield Served(app, port, client)
        finally:
            server.should_exit = True
            thread.join(SECONDS)
    assert not thread.is_alive()


def wait_until(holds: Any, seconds: float = SECONDS) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a user's own files."""
    return tmp_path_factory.mktemp("folder")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    """A server over that folder."""
    with serve(Setup(folder)) as served:
        yield served
