"""``detente mend``: what would make a plan hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.commands import AsJson, File, ReadingName, Settings, read_file
from detente.cli.output import print_answer, working, write_answer
from detente.cli.reporting import Report, ReportFormat, prepare_report, say_where, write_report

if TYPE_CHECKING:
    from detente.ask.mending.records import Mending
    from detente.scenario.model import Scenario

HOLDS, NOTHING_HOLDS = 0, 1


def mend(
    file: File,
    plan: Annotated[str, typer.Option(metavar="PLAN", help="The plan.")],
    settings: Settings = None,
    reading: Annotated[
        ReadingName | None,
        typer.Option(help="What follows a breach; without it, return to no deal or as written."),
    ] = None,
    number: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Look at this number only. Repeatable."),
    ] = None,
    pair: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="PATH PATH", help="Map these two numbers together."),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="Write the mended scenario to a new file."),
    ] = None,
    take: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="With --write: which mend; without it, the smallest change."
        ),
    ] = None,
    report: Report = None,
    format_: ReportFormat = None,
    json: AsJson = False,
    time_limit: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            help="Time for the payoff sets at each value where --reading harshest needs them;"
            " 0 computes none.",
        ),
    ] = 0.0,
) -> None:
    """Find the smallest changes that make a plan hold: numbers, steps, clauses."""
    given = read_file(file)
    chosen = None if report is None else prepare_report(report, format_)
    if write is not None:
        _refuse_existing(write)
    answer = _ask(given, plan, settings, reading, number, pair, time_limit, report is not None)
    if write is not None:
        _write(answer, given, take, write)
    if report is not None and chosen is not None:
        _write_report(answer, report, chosen)
    if json:
        from detente.show.as_json import dump_json
        from detente.show.mend_json import mending_as_json

        write_answer(dump_json(mending_as_json(answer)))
    else:
        from detente.show.mend_terminal import render_mending

        print_answer(render_mending(answer))
    raise typer.Exit(HOLDS if _is_mended(answer) else NOTHING_HOLDS)


def _is_mended(answer: Mending) -> bool:
    """Whether the plan holds already, or something was found that makes it hold."""
    from detente.ask.mending.writing import names_of_mends
    from detente.ask.verdict import Answer

    return answer.answer is Answer.HOLDS or bool(names_of_mends(answer))


def _ask(
    given: Scenario,
    plan: str,
    settings: list[str] | None,
    reading: ReadingName | None,
    numbers: list[str] | None,
    pair: tuple[str, str] | None,
    time_limit: float,
    best_pair: bool,
) -> Mending:
    with working(f"looking for what would make {plan} hold"):
        from detente.ask.mending.mend import mend as find_mends
        from detente.ask.verdict import Reading

        return find_mends(
            given,
            plan,
            None if reading is None else Reading(str(reading)),
            tuple(settings or ()),
            numbers=numbers,
            pairs=[] if pair is None else [pair],
            structure=numbers is None,
            best_pair=best_pair,
            time_limit=time_limit,
        )


def _refuse_existing(path: Path) -> None:
    """Find out before anything is computed whether the file is there already."""
    from detente.errors import DetenteError, Problem

    if path.exists():
        raise DetenteError(
            Problem(
                "E194",
                f"{path} exists already, and nothing is overwritten",
                remedy="choose another name with --write FILE.yaml",
            )
        )


def _write(answer: Mending, given: Scenario, take: str | None, path: Path) -> None:
    from detente.ask.mending.writing import write_mend
    from detente.cli.files import write_new_file

    written = write_mend(answer, given, take)
    write_new_file(path, written.text, "with --write FILE.yaml")
    typer.echo(f"{path} is written: {written.words}", err=True)
    typer.echo(f"  detente check {path} --plan {written.plan}", err=True)


def _write_report(answer: Mending, path: Path, format_: str) -> None:
    with working("drawing the report"):
        from detente.show.mend_report import render_mending_report

        page = render_mending_report(answer)
    write_report(page, path, format_)
    say_where(path)
