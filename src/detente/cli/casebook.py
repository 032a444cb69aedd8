"""``detente cases``: the library of cases, its pages and its table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.commands import AsJson
from detente.cli.output import print_answer, working, write_answer
from detente.errors import DetenteError, Problem

if TYPE_CHECKING:
    from detente.ask.casebook import CaseTable

DEFAULT_SAMPLES = 128  # as in detente.ask.casebook, which takes long to import
WRITTEN = (".csv", ".json", ".md")


def cases(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Show this case; without it, the list.")
    ] = None,
    table: Annotated[
        bool,
        typer.Option(
            "--table",
            help="What the model says of each case, and what history did, hits and misses.",
        ),
    ] = False,
    samples: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=f"Samples of each sweep: {DEFAULT_SAMPLES} for the table, none for a page; 0 for"
            " none.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="S", help="Of the sweeps.")] = 1,
    workers: Annotated[
        int | None,
        typer.Option(metavar="W", help="Processes; without it, one a processor."),
    ] = None,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="With NAME: also the table of its numbers.")
    ] = False,
    json: AsJson = False,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the table (.csv, .json, .md) or the page (.md)."),
    ] = None,
) -> None:
    """List the cases that are shipped, show one, or set the model beside history for all."""
    if output is not None:
        _check_output(output, table=table, listed=name is None)
    if samples is not None and samples < 0:
        raise DetenteError(Problem("E451", f"{samples} samples cannot be taken"))
    if table:
        taken = DEFAULT_SAMPLES if samples is None else samples
        _show_table(() if name is None else (name,), taken, seed, workers, json, output)
    elif name is None:
        _show_list(as_json=json)
    else:
        _show_case(name, samples or 0, seed, workers, numbers, json, output)


def _check_output(output: Path, *, table: bool, listed: bool) -> None:
    """Refuse a file that cannot be written, before anything is computed."""
    allowed = WRITTEN if table else (".md",)
    remedy = f"end the name in {' or '.join(allowed)}"
    if listed and not table:
        raise DetenteError(
            Problem("E195", "the list of cases is not written to a file",
                    remedy="name a case, or add --table")
        )  # fmt: skip
    if output.suffix.lower() not in allowed:
        raise DetenteError(Problem("E195", f"'{output}' has no known ending", remedy=remedy))
    if not output.parent.is_dir():
        raise DetenteError(
            Problem("E195", f"there is no folder {output.parent}", remedy="make the folder first")
        )
    if output.exists():
        raise DetenteError(
            Problem("E194", f"{output} exists already, and nothing is overwritten",
                    remedy="choose another name with --output FILE")
        )  # fmt: skip


def _show_list(*, as_json: bool) -> None:
    from detente.library import list_cases

    found = list_cases()
    if as_json:
        from detente.show.as_json import dump_json
        from detente.show.case_answer import list_as_json

        write_answer(dump_json(list_as_json(found)))
        return
    from detente.show.case_terminal import render_list

    print_answer(render_list(found))


def _show_case(
    name: str,
    samples: int,
    seed: int,
    workers: int | None,
    numbers: bool,
    as_json: bool,
    output: Path | None,
) -> None:
    from detente.library import read_case

    scenario, _ = read_case(name)
    with working(f"judging {scenario.title}"):
        from detente.ask.casebook import study_case

        study = study_case(name, samples=samples, seed=seed, workers=workers)
    if output is not None:
        from detente.cli.files import write_new_file
        from detente.show.case_pages import render_page

        write_new_file(output, render_page(study), "with --output FILE.md")
        typer.echo(f"{output} is written.", err=True)
    if as_json:
        from detente.show.as_json import as_values, dump_json

        write_answer(dump_json(as_values(study.row)))
    elif output is None:
        from detente.show.case_terminal import render_case

        print_answer(render_case(study, numbers=numbers))


def _show_table(
    names: tuple[str, ...],
    samples: int,
    seed: int,
    workers: int | None,
    as_json: bool,
    output: Path | None,
) -> None:
    with working("reading the cases"):
        from detente.ask.casebook import tabulate_cases

    found = tabulate_cases(
        names,
        samples=samples,
        seed=seed,
        workers=workers,
        tell=lambda title: typer.echo(f"judging {title}", err=True),
    )
    if output is not None:
        from detente.cli.files import write_new_file

        write_new_file(output, _print_table(found, output.suffix.lower()), "with --output FILE")
        typer.echo(f"{output} is written.", err=True)
    if as_json:
        write_answer(_print_table(found, ".json"))
    else:
        from detente.show.case_terminal import render_table

        print_answer(render_table(found))


def _print_table(found: CaseTable, ending: str) -> str:
    from detente.show.as_json import dump_json
    from detente.show.case_answer import table_as_csv, table_as_json
    from detente.show.case_pages import render_index

    if ending == ".json":
        return dump_json(table_as_json(found))
    return table_as_csv(found) if ending == ".csv" else render_index(found)
