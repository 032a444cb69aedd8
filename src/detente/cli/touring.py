"""The tour: a short introduction that runs the real commands on a shipped case."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.output import answer_console, print_answer
from detente.cli.tour_stops import CASE, STOPS, Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.text import Text

WIDEST = 88
COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")
YES, NO = ("y", "yes"), ("n", "no")
HOLDS = 0


class _Left(Exception):  # noqa: N818  (no error: the reader has seen enough)
    """The reader wants to leave."""


def tour(
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Show everything, without waiting for Enter.")
    ] = False,
    first: Annotated[
        int, typer.Option("--from", metavar="N", min=1, max=len(STOPS), help="Begin at stop N.")
    ] = 1,
) -> None:
    """Take a five-minute tour: real questions about a real proposal."""
    waits = not no_wait and sys.stdin.isatty()
    guide = _Guide(waits=waits, colour=answer_console().is_terminal)
    number = first
    try:
        for number in range(first, len(STOPS) + 1):
            guide.show(number, STOPS[number - 1])
            if number < len(STOPS):
                guide.pause()
    except _Left:
        typer.echo(f"Go on later with: detente tour --from {number}")
        return
    typer.echo("That was the tour. Begin with: detente new")


class _Guide:
    """Shows stops, asks and waits; everything that is said goes through here."""

    def __init__(self, *, waits: bool, colour: bool) -> None:
        self.waits = waits
        self.colour = colour

    def show(self, number: int, stop: Stop) -> None:
        """Show one stop."""
        from rich.rule import Rule

        typer.echo()
        title = _text(f"{number} of {len(STOPS)}  {stop.title}", "bold")
        _print(Rule(title, align="left"))
        self._say(stop.words)
        if stop.lines_of:
            _print(_text(_section(stop.lines_of), "cyan"))
        chance = self._choose(stop) if stop.choose else stop.default
        guess = self._guess(stop.ask) if stop.ask else None
        if stop.command:
            words = [word.format(chance=chance) for word in stop.command]
            _print(_text(f"$ {shlex.join(['detente', *words])}", "bold cyan"))
            output, code = _run(words, colour=self.colour)
            sys.stdout.write(_begin(output, stop.until))
            self._judge(guess, holds=code == HOLDS)
        self._say(stop.after)

    def pause(self) -> None:
        """Wait for Enter."""
        if self.waits and self._read("\nEnter to go on, q to leave: "):
            self.pause()

    def _say(self, paragraphs: tuple[str, ...]) -> None:
        for words in paragraphs:
            typer.echo()
            _print(_text(words))
        if paragraphs:
            typer.echo()

    def _read(self, prompt: str) -> str:
        """Give what the reader types, in small letters; q and the end of input leave."""
        try:
            typed = input(prompt).strip().lower()
        except EOFError:
            typer.echo()
            raise _Left from None
        if typed in ("q", "quit"):
            raise _Left
        return typed

    def _choose(self, stop: Stop) -> int:
        while self.waits:
            typed = self._read(f"{stop.choose} [{stop.default}]: ").removesuffix("%").strip()
            if not typed:
                break
            if typed.isascii() and typed.isdigit() and int(typed) <= 100:
                return int(typed)
        return stop.default

    def _guess(self, question: str) -> bool | None:
        """Give what the reader expects; None where nothing is expected."""
        if not self.waits:
            typer.echo(question)
            return None
        while True:
            typed = self._read(f"{question} [y/n, Enter to see] ")
            if typed in (*YES, *NO, ""):
                return None if not typed else typed in YES

    def _judge(self, guess: bool | None, *, holds: bool) -> None:
        if guess is not None:
            found = "it holds" if holds else "it does not hold"
            said = "You said so" if guess is holds else "You said otherwise"
            typer.echo()
            _print(_text(f"{said}: {found}.", "bold"))


def _text(words: str, style: str = "") -> Text:
    """Give words that a narrow terminal wraps, except for commands, which are to be copied."""
    from rich.text import Text

    whole = words.startswith("$ ")
    return Text(words, style, no_wrap=whole, overflow="ignore" if whole else None)


def _print(renderable: RenderableType) -> None:
    from rich.constrain import Constrain

    print_answer(Constrain(renderable, WIDEST))


def _run(words: list[str], *, colour: bool) -> tuple[str, int]:
    """Run a command of this program; give what it prints, and its exit code."""
    from detente.cli.app import app

    out = io.StringIO()
    with _forced_colour(colour), contextlib.redirect_stdout(out):
        code = app(words, standalone_mode=False)
    return out.getvalue(), code or 0


@contextlib.contextmanager
def _forced_colour(colour: bool) -> Iterator[None]:
    """Let what is caught keep its colours where the reader's terminal shows them."""
    if not colour or "NO_COLOR" in os.environ or "FORCE_COLOR" in os.environ:
        yield
        return
    os.environ["FORCE_COLOR"] = "1"
    try:
        yield
    finally:
        del os.environ["FORCE_COLOR"]


def _begin(output: str, until: str) -> str:
    """Give the output up to the line that begins so, and say how much was left out."""
    lines = output.splitlines(keepends=True)
    plain = [COLOUR_CODES.sub("", line) for line in lines]
    ends = [n for n, line in enumerate(plain) if until and line.startswith(until)]
    if not ends:
        return output
    left = len(lines) - ends[0]
    return "".join(lines[: ends[0]]).rstrip() + f"\n... ({left} more lines)\n"


def _section(name: str) -> str:
    """Give the lines of one section of the case's file."""
    from detente.library import find_scenario

    text = find_scenario(CASE).read_text(encoding="utf-8")
    found = re.search(rf"^{name}:\n(?:[ ].*\n)+", text, re.M)
    if found is None:
        raise ValueError(f"the case has no section {name}")
    return re.sub(r"\s+# .*", "", found[0]).rstrip()
