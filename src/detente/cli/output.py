"""Where output goes: answers to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

COMPILING = "Compiling the solver, once on this machine (under a minute)..."


def answer_console() -> Console:
    """Give the console for answers: stdout, coloured only on a terminal."""
    return _open_console(stderr=False)


def error_console() -> Console:
    """Give the console for everything that is not the answer."""
    return _open_console(stderr=True)


def _open_console(*, stderr: bool) -> Console:
    from rich.console import Console

    class PlainConsole(Console):
        def on_broken_pipe(self) -> None:
            # rich would leave with 1, which here means "does not hold".
            raise BrokenPipeError

    return PlainConsole(stderr=stderr, highlight=False, markup=False, emoji=False)


def name_command() -> str:
    """Give what starts this program from the current folder.

    It is ``detente`` where the shell would find it, else the path it was started by.
    """
    import shutil

    started = Path(sys.argv[0])
    found = shutil.which("detente")
    known = found is not None and started.exists() and Path(found).samefile(started)
    return "detente" if known or started.stem != "detente" else str(started)


def print_answer(renderable: RenderableType) -> None:
    """Print an answer: in colour on a terminal, else plain and without trailing blanks."""
    from detente.show.terminal import print_plain

    console = answer_console()
    if console.is_terminal:
        console.print(renderable, crop=False)
    else:
        write_answer(print_plain(renderable, console.width))


def write_answer(text: str) -> None:
    """Write text to stdout as it is."""
    sys.stdout.write(text)


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Say what is being done while it is done, where somebody is looking.

    Gives a function to say what is being done next.

    On a terminal a spinner turns on stderr. When a kernel is compiled, that is said, terminal
    or not, because it takes long and happens only once on a machine.

    Parameters
    ----------
    what : what is being done, as a phrase
    """
    from rich.text import Text

    from detente.show.numbers import clean_text

    console = error_console()
    # A Text, because rich would read the words of a str as markup.
    with console.status(Text(f"{clean_text(what)}..."), spinner="line") as status:

        def announce() -> None:
            if console.is_terminal:
                status.update(Text(COMPILING))
            else:
                console.print(COMPILING)

        def tell(words: str) -> None:
            status.update(Text(f"{clean_text(words)}..."))

        with _watch_compiling(announce):
            yield tell


@contextmanager
def _watch_compiling(announce: Any) -> Iterator[None]:
    """Call ``announce`` once when Numba compiles something that its cache on disk lacks."""
    from numba.core import event

    told: list[bool] = []

    class Watcher(event.Listener):
        def on_start(self, event: Any) -> None:  # noqa: ARG002
            if not told:
                told.append(True)
                announce()

        def on_end(self, event: Any) -> None:
            pass

    watcher = Watcher()
    event.register("numba:compile", watcher)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        event.unregister("numba:compile", watcher)  # type: ignore[no-untyped-call]
