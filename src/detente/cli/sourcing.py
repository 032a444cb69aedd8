"""``detente sources``: what a scenario rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.cli.commands import File, read_file
from detente.cli.output import print_answer, write_answer


def sources(
    file: File,
    documents: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The folder with the scenario's documents: they are matched by their"
            " fingerprints, cited passages are shown, and documents are compared.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON (docs/sources.md).")] = False,
) -> None:
    """Show what every number rests on, and what the documents behind it say.

    Exit codes: 0 there is nothing to mend, 1 there is, 2 the input is wrong.
    """
    scenario = read_file(file)
    from detente.ask.sourcing import trace_sources

    answer = trace_sources(scenario, documents)
    if json:
        from detente.show.as_json import dump_json
        from detente.show.sources_json import sourcing_as_json

        write_answer(dump_json(sourcing_as_json(answer)))
    else:
        from detente.show.sources_terminal import render_sourcing

        print_answer(render_sourcing(answer))
    raise typer.Exit(answer.exit_code)
