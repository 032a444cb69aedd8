"""``detente app``: the pages in a browser."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from detente.errors import DetenteError, Problem

NEEDED = ("fastapi", "uvicorn")


def app(
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="A scenario file, or a case's name, to open first."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, max=65535, help="The port; without it, the first that is free."
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Where to listen. By default only this machine can open the app; others need the"
            " token that is then printed.",
        ),
    ] = "127.0.0.1",
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The only folder whose scenario files are opened and saved; by default FILE's,"
            " else the current one.",
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the browser.")
    ] = False,
) -> None:
    """Open Detente in the browser: look, move sliders, edit, compare, and save."""
    _require_packages()
    where, name, case = _choose(file, folder)
    from detente.app.running import is_loopback, serve
    from detente.app.server import Setup

    def say(address: str) -> None:
        typer.echo(f"Detente is at {address}")
        typer.echo(f"It opens and saves scenario files in {where}. Stop it with Ctrl-C.")
        if not is_loopback(host):
            typer.echo("Whoever knows the whole address can use it; keep it to yourselves.")

    serve(Setup(where, name, case), host, port, say, browse=not no_browser)


def _require_packages() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise DetenteError(
            Problem(
                "E490",
                f"the app needs packages that are not installed: {', '.join(missing)}",
                remedy='install them with: pip install "detente[app,report]"',
            )
        )


def _choose(file: str | None, folder: Path | None) -> tuple[Path, str | None, str | None]:
    """Give the folder, and what is opened first: a file of it, or a case."""
    from detente.cases import case_names
    from detente.library import find_scenario

    if folder is not None and not folder.is_dir():
        raise DetenteError(
            Problem("E101", f"there is no folder '{folder}'", remedy="make the folder first")
        )
    if file is None:
        return (folder or Path()).resolve(), None, None
    path = find_scenario(file)
    if file in case_names() and not Path(file).exists():
        return (folder or Path()).resolve(), None, file
    if not path.is_file():
        raise DetenteError(
            Problem("E101", f"there is no file '{file}'", remedy="look for a misspelt name")
        )
    where = (folder or path.parent).resolve()
    if path.resolve().parent != where:
        raise DetenteError(
            Problem(
                "E101",
                f"'{file}' is not in the folder '{where}'",
                remedy="leave --folder out, or name the folder that the file is in",
            )
        )
    return where, path.resolve().name, None
