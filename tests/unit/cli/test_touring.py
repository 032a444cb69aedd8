"""The tour: by itself, and in a terminal with somebody at the keys."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from detente.cli import touring
from detente.cli.app import app
from detente.cli.tour_stops import STOPS

WAIT_SECONDS = 120.0  # for a command on a busy machine; never reached where all is well


class Terminal:
    """A pseudo-terminal with the tour in it."""

    def __init__(self, *words: str) -> None:
        self.seen = ""
        self.main, other = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "detente", "tour", *words],
            stdin=other, stdout=other, stderr=other, close_fds=True,
            env={**os.environ, "COLUMNS": "80", "TERM": "xterm"},
        )  # fmt: skip
        os.close(other)

    def wait_for(self, words: str) -> str:
        """Read until some words come; give all that came with them, without colours."""
        start, end = len(self.seen), time.monotonic() + WAIT_SECONDS
        while words not in self.seen[start:]:
            assert time.monotonic() < end, f"no {words!r} in {self.seen[start:]!r}"
            if select.select([self.main], [], [], 1.0)[0]:
                raw = os.read(self.main, 65536).decode("utf-8", "replace")
                self.seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", raw)
        return self.seen[start:]

    def type(self, words: str) -> None:
        os.write(self.main, f"{words}\n".encode())

    def leave(self) -> int:
        return self.process.wait(WAIT_SECONDS)


@contextlib.contextmanager
def terminal(*words: str):
    opened = Terminal(*words)
    try:
        yield opened
    finally:
        if opened.process.poll() is None:
            opened.process.kill()
            opened.process.wait()
        os.close(opened.main)


def tour(*words, **more):
    return CliRunner().invoke(app, ["tour", *words], **more)


def test_leaving_says_how_to_go_on():
    with terminal() as seen:
        seen.wait_for("q to leave: ")
        seen.type("what?")  # anything else than Enter or q is asked again
        seen.wait_for("q to leave: ")
        seen.type("")
        assert "catches: 70%" in seen.wait_for("q to leave: ")
        seen.type("q")
        seen.wait_for("detente tour --from 2")
        assert seen.leave() == 0


@pytest.mark.slow
def test_the_answers_are_those_of_the_commands():
    with terminal("--from", "5") as seen:
        for wrong in ("a lot", "101"):
            seen.wait_for("Per cent, 0 to 100 [95]: ")
            seen.type(wrong)
        seen.wait_for("Per cent, 0 to 100 [95]: ")
        seen.type("5%")
        seen.wait_for("Enter to see] ")
        seen.type("perhaps")
        seen.wait_for("Enter to see] ")
        seen.type("y")
        shown = seen.wait_for("q to leave: ")
        assert "inspectors.catches=5%" in shown
        assert "DOES NOT HOLD  phased" in shown
        assert "You said otherwise: it does not hold." in shown
        os.write(seen.main, b"\x04")  # Ctrl-D leaves too
        seen.wait_for("detente tour --from 5")
        assert seen.leave() == 0


@pytest.mark.slow
def test_without_a_terminal_all_is_shown_at_once():
    result = tour("--no-wait")
    assert result.exit_code == 0, result.output
    for number, stop in enumerate(STOPS, 1):
        assert f"{number} of {len(STOPS)}  {stop.title}" in result.stdout
    cut = sum(bool(stop.until) for stop in STOPS)  # each output ends where it was to end
    assert result.stdout.count(" more lines)\n") == cut
    assert "error[" not in result.output
    assert all(line == line.rstrip() for line in result.stdout.splitlines())


def test_it_begins_where_it_is_asked_to(monkeypatch):
    monkeypatch.setattr(touring, "_run", lambda words, *, colour: ("the answer\n", 0))
    result = tour("--from", str(len(STOPS)))  # without a terminal nothing waits
    assert result.exit_code == 0
    assert STOPS[-1].title in result.stdout
    assert STOPS[-2].title not in result.stdout
    assert tour("--from", "0").exit_code == 2
    assert tour("--from", str(len(STOPS) + 1)).exit_code == 2


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("y", 0, "You said so: it holds."), ("n", 0, "You said otherwise: it holds."),
        ("n", 1, "You said so: it does not hold."), ("", 1, ""),
    ],
)  # fmt: skip
def test_a_guess_is_judged_by_the_answer(monkeypatch, capsys, typed, code, said):
    monkeypatch.setattr(touring, "_run", lambda words, *, colour: ("the answer\n", code))
    monkeypatch.setattr("builtins.input", lambda prompt: typed)
    (stop,) = [each for each in STOPS if each.ask and not each.choose]
    touring._Guide(waits=True, colour=False).show(3, stop)
    shown = capsys.readouterr().out
    assert "the answer" in shown
    assert said in shown
    assert ("You said" in shown) is bool(said)


def test_output_is_cut_before_the_line_that_is_named():
    assert touring._begin("a\nb\n\n\x1b[1mend\x1b[0m of it\nc\n", "end") == (
        "a\nb\n... (2 more lines)\n"
    )
    assert touring._begin("a\nb\n", "end") == "a\nb\n"
