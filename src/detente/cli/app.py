"""The application: its commands, and what becomes of errors, interrupts and closed pipes."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from detente.cli import (
    casebook,
    commands,
    comparing,
    designing,
    mending,
    scenario_proofs,
    serving,
    sourcing,
    sweeping,
    touring,
)
from detente.cli.output import error_console
from detente.errors import DetenteError
from detente.version import __version__

BAD_INPUT = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells report it
PIPE_CLOSED = 141  # 128 + SIGPIPE

EPILOG = (
    "FILE is a scenario file or the name of a shipped case (singapore-2018). "
    "Exit codes: 0 it holds, 1 it does not, 2 the input is wrong, 3 undecided."
)


class Commands(TyperGroup):
    """The commands; turns what a user can mend into a message instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command asked for."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except DetenteError as error:
            from detente.show.problems import render_problems

            error_console().print(render_problems(error.problems))
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            typer.echo("stopped", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read the output has gone; nothing more may be written to it at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(PIPE_CLOSED) from None


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"detente {__version__}")
        raise typer.Exit


def _begin(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is.", callback=_show_version,
                     is_eager=True),
    ] = False,
) -> None:  # fmt: skip
    """Say whether an agreement between parties who do not trust each other will hold."""


app = typer.Typer(
    cls=Commands,
    name="detente",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    epilog=EPILOG,
)
app.callback()(_begin)
for _command in (
    commands.demo,
    touring.tour,
    commands.check,
    commands.explain,
    comparing.compare,
    comparing.screen,
    mending.mend,
    designing.design,
    sweeping.sweep,
    sourcing.sources,
    casebook.cases,
    serving.app,
    commands.new,
    commands.schema,
    commands.solve,
    scenario_proofs.compile,
    commands.convert,
):
    app.command()(_command)
