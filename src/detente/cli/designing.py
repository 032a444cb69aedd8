"""The command that designs plans."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from detente.cli.commands import AsJson, File, Settings, read_file
from detente.cli.output import print_answer, working, write_answer
from detente.cli.reporting import Report, ReportFormat, prepare_report, say_where, write_report
from detente.errors import DetenteError, Problem

SETS_SECONDS = 5.0


def design(
    file: File,
    goal: Annotated[
        str,
        typer.Option(metavar="'LADDER: LEVEL'",
                     help="Where ladders are to stand for good, for instance 'arsenal: none'."
                     " Several are parted by commas."),
    ],
    purpose: Annotated[
        str | None,
        typer.Option("--for", metavar="PARTY|balanced|fastest",
                     help="Whom or what the plan is to be best for; without it, all of them."),
    ] = None,
    settings: Settings = None,
    json: AsJson = False,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml",
                     help="Write the scenario with the designed plans among its own to a new"
                     " file."),
    ] = None,
    report: Report = None,
    format_: ReportFormat = None,
    time_limit: Annotated[
        float,
        typer.Option(metavar="SECONDS",
                     help="Time for the payoff sets, which are computed for small games; 0"
                     " computes none."),
    ] = SETS_SECONDS,
) -> None:  # fmt: skip
    """Find plans that hold and reach a goal, or say why there are none."""
    scenario = read_file(file, settings)
    chosen = None if report is None else prepare_report(report, format_)
    if write is not None:
        _refuse_existing(write)
    with working(f"designing plans for {scenario.title}"):
        from detente.ask.design import design as design_plans

        answer = design_plans(scenario, goal, purpose, settings or (), time_limit=time_limit)
    if write is not None:
        from detente.cli.files import write_new_file

        write_new_file(write, answer.text, "with --write FILE.yaml")
    if report is not None and chosen is not None:
        from detente.show.design_report import render_design_report

        write_report(render_design_report(answer), report, chosen)
        say_where(report)
    if json:
        from detente.show.as_json import dump_json
        from detente.show.design_json import design_as_json

        write_answer(dump_json(design_as_json(answer)))
    else:
        from detente.show.design_words import render_design

        print_answer(render_design(answer))
    if write is not None:
        names = [each.plan for each in answer.check.verdicts]
        given = "".join(f" --set {shlex.quote(each)}" for each in answer.settings)
        command = "check" if answer.found else "mend"
        typer.echo(f"{write} is written, with {', '.join(names)}. Go on with:", err=True)
        typer.echo(f"  detente {command} {write} --plan {names[0]}{given}", err=True)
    raise typer.Exit(answer.exit_code)


def _refuse_existing(path: Path) -> None:
    """Refuse, before anything is computed, a file that exists."""
    if path.exists():
        message = f"{path} exists already, and nothing is overwritten"
        remedy = "choose another name with --write FILE.yaml"
        raise DetenteError(Problem("E194", message, remedy=remedy))
