"""Make the pictures of docs/walkthrough.md: drive the app and its report in a browser.

Run it as ``python tools/walkthrough_pictures.py [FOLDER]``; without a folder it writes to
``docs/pictures``. It needs the extras ``app`` and ``report``, Playwright and a Chromium. Every
picture is what the app shows at that moment; nothing is drawn by hand.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from detente.cases import case_path

ROOT = Path(__file__).parents[1]
CASE = "singapore-2018"
SIZE = {"width": 1040, "height": 640}
PHONE = {"width": 390, "height": 760}
MAX_BYTES = 150_000
PATIENCE = 300_000  # milliseconds; mend is the longest
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
TREATY = "[id='n-payoffs.us.peace.treaty']"
NUMBER_BAR = 60  # pixels of the bar that stays at the top


def main() -> None:
    """Start the app, walk through it, and write one picture a stop."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    browser_path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser_path is None:
        raise SystemExit(f"no browser is installed (looked for {', '.join(BROWSERS)})")
    with run_app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(ARGUMENTS))
        for stop in STOPS:
            size = PHONE if stop is show_phone else SIZE
            context = browser.new_context(
                viewport=size, color_scheme="light", reduced_motion="reduce", accept_downloads=True
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            stop(page, address)
            page.wait_for_timeout(200)
            path = folder / f"walkthrough-{stop.__name__.removeprefix('show_')}.png"
            page.screenshot(path=path)
            context.close()
            if path.stat().st_size > MAX_BYTES:
                raise SystemExit(f"{path} has more than {MAX_BYTES} bytes")
            print(path)  # noqa: T201  (a tool's answer)
        browser.close()


@contextmanager
def run_app() -> Iterator[str]:
    """Run the app in a folder of its own, and give its address."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "my-cases"
        folder.mkdir()
        shutil.copyfile(case_path(CASE), folder / "singapore.yaml")
        command = [sys.executable, "-m", "detente", "app", "--port", "0", "--no-browser"]
        with subprocess.Popen(  # noqa: S603  (a command of our own)
            [*command, "--folder", str(folder)], stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                line = "" if server.stdout is None else server.stdout.readline()
                found = re.search(r"http://\S+", line)
                if found is None:
                    raise SystemExit(f"the app said {line!r}")
                yield found.group().rstrip("/")
            finally:
                server.terminate()


def open_at(page: Any, address: str, rest: str) -> None:
    """Open a view and wait for the verdict."""
    page.goto(f"{address}/#{rest}")
    wait_judged(page)


def wait_judged(page: Any) -> None:
    """Wait until the verdict is of what is shown."""
    page.wait_for_selector("#verdict:not(.stale) .badge svg")
    page.wait_for_selector("#summary .said.old", state="detached")


def scroll_to(page: Any, selector: str) -> None:
    """Put a part of the page at the top of the picture."""
    top = page.locator(selector).first.evaluate(
        "(each) => each.getBoundingClientRect().top + scrollY"
    )
    page.evaluate(f"window.scrollTo(0, {top - NUMBER_BAR - 40})")


def move_treaty(page: Any) -> None:
    """Move one number to the end of its range."""
    page.fill("#number-filter", "peace treaty united")
    page.focus(TREATY)
    page.keyboard.press("End")
    wait_judged(page)


def show_first(page: Any, address: str) -> None:
    """The first view: question, plans, verdict."""
    open_at(page, address, f"case={CASE}&plan=phased")
    page.wait_for_selector("#margins svg.chart, #margins figure svg")


def show_slider(page: Any, address: str) -> None:
    """One number moved, and the verdict after it."""
    open_at(page, address, f"case={CASE}&plan=phased")
    page.wait_for_selector("#margins figure svg")
    move_treaty(page)


def show_margins(page: Any, address: str) -> None:
    """Margins as a picture."""
    open_at(page, address, f"case={CASE}&plan=phased")
    page.wait_for_selector("#margins figure svg")
    scroll_to(page, "#margins-title")


def show_why(page: Any, address: str) -> None:
    """What one margin is made of."""
    open_at(page, address, f"case={CASE}&plan=phased")
    page.click("[data-act=why-4-us]")
    page.wait_for_selector("dialog[open] tbody")


def show_steps(page: Any, address: str) -> None:
    """Steps, one of them moved."""
    open_at(page, address, f"case={CASE}&plan=disarm-first&view=steps")
    page.click("[data-act=up-reward]")
    page.wait_for_selector(".difference")
    wait_judged(page)
    scroll_to(page, "#view h2")


def show_error(page: Any, address: str) -> None:
    """A misspelt word in the text."""
    open_at(page, address, f"case={CASE}&plan=phased&view=text")
    text = page.input_value("#text")
    page.fill("#text", text.replace("us: {sanctions: partial}", "us: {sanctons: partial}", 1))
    page.click("[data-act=jump-0]")
    page.evaluate("document.querySelector('.pane').style.cssText = 'height: 17rem; min-height: 0'")
    page.click("[data-act=jump-0]")
    scroll_to(page, "#view h2")


def show_compare(page: Any, address: str) -> None:
    """Two plans side by side."""
    open_at(page, address, f"case={CASE}&plan=phased&view=compare&o.other=disarm-first")
    page.wait_for_selector(".twin")
    scroll_to(page, ".twins")


def show_mend(page: Any, address: str) -> None:
    """What would make a plan hold."""
    open_at(page, address, f"case={CASE}&plan=phased&view=mend")
    page.click("[data-act=run-mend]")
    page.wait_for_selector(".tries")
    scroll_to(page, "#view h2")


def show_sweep(page: Any, address: str) -> None:
    """How sure the verdict is."""
    open_at(page, address, f"case={CASE}&plan=phased&view=sweep&o.samples=128")
    page.click("[data-act=run-sweep]")
    page.wait_for_selector("#view .result svg")
    scroll_to(page, "#view .result")


def show_save(page: Any, address: str) -> None:
    """What saving changes in the file."""
    open_at(page, address, "file=singapore.yaml&plan=phased")
    page.wait_for_selector("#margins figure svg")
    move_treaty(page)
    page.click("[data-act=save]")
    page.wait_for_selector("dialog[open] .difference")


def show_report(page: Any, address: str) -> None:
    """The report that the app writes, opened from disk."""
    open_at(page, address, f"case={CASE}&plan=phased")
    with page.expect_download() as got:
        page.click("[data-act=report]")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "report.html"
        got.value.save_as(path)
        page.goto(path.as_uri())
        page.wait_for_timeout(500)


def show_phone(page: Any, address: str) -> None:
    """A narrow screen."""
    open_at(page, address, f"case={CASE}&plan=phased")


STOPS: tuple[Callable[[Any, str], None], ...] = (
    show_first, show_slider, show_margins, show_why, show_steps, show_error, show_compare,
    show_mend, show_sweep, show_save, show_report, show_phone,
)  # fmt: skip

if __name__ == "__main__":
    main()
