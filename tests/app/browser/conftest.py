"""A running app and a real browser. Without a browser these tests are skipped, saying so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.browser.waiting import PATIENCE, judged
from detente.cases import case_path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
WIDE, NARROW = (1280, 860), (390, 800)
REFUSED = re.compile(r"status of 4\d\d")  # the browser reports refused requests; tests provoke them


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def chromium() -> str:
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    words = f"no browser is installed (looked for {', '.join(BROWSERS)})"
    if os.environ.get("DETENTE_REQUIRE_BROWSER") == "1":
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the app was given, with one file in it."""
    path = tmp_path_factory.mktemp("scenarios")
    shutil.copyfile(case_path("singapore-2018"), path / "mine.yaml")
    return path


@pytest.fixture(scope="session")
def address(chromium: str, folder: Path) -> Iterator[str]:
    """The address of an app that runs for all these tests."""
    command = [sys.executable, "-m", "detente", "app", "--port", "0", "--no-browser"]
    with subprocess.Popen(
        [*command, "--folder", str(folder)], stdout=subprocess.PIPE, text=True, cwd=folder
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            found = re.search(r"http://\S+", line)
            assert found, f"the app said {line!r}"
            yield found.group().rstrip("/")
        finally:
            server.terminate()


@pytest.fixture(scope="module")  # while it is there, its event loop is: others have their own
def browser(chromium: str) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Make pages in contexts of their own; faults on any of them fail the test."""
    contexts, faults = [], []

    def make(size: tuple[int, int] = WIDE, **given: Any) -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, accept_downloads=True, **given
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: (
                faults.append(said.text)
                if said.type == "error" and not REFUSED.search(said.text)
                else None
            ),
        )
        page.on("requestfailed", lambda request: note_foreign(request.url))
        page.on("request", lambda request: note_foreign(request.url))
        return page

    def note_foreign(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "blob:", "data:", "about:")):
            faults.append(f"asked the network for {url}")

    yield make
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def show(address: str, new_page: Callable[..., Any]) -> Callable[..., Any]:
    """Open the app at a fragment, and wait for the verdict."""

    def open_at(fragment: str = "case=singapore-2018&plan=phased", **given: Any) -> Any:
        page = new_page(**given)
        page.goto(f"{address}/#{fragment}")
        judged(page)
        return page

    return open_at
