"""``detente compare`` and ``detente screen``: plans side by side, and types of a party."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from detente.cli.commands import SETS_SECONDS, AsJson, ReadingName, Settings, read_file
from detente.cli.output import print_answer, working, write_answer
from detente.cli.reporting import Report, ReportFormat, prepare_report, say_where, write_report


class MildReading(StrEnum):
    """What may follow ``--reading`` of ``screen``."""

    NO_DEAL = "no-deal"
    WRITTEN = "written"


def compare(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenario files, or cases' names.")
    ],
    plan: Annotated[
        list[str] | None,
        typer.Option(metavar="PLAN", help="A plan to compare; without it, all. Repeatable."),
    ] = None,
    settings: Settings = None,
    reading: Annotated[
        ReadingName | None, typer.Option(help="What follows a breach; see check --help.")
    ] = None,
    sets: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            help="Time for payoff sets, so that the best outcomes are known more closely.",
        ),
    ] = 0.0,
    json: AsJson = False,
    report: Report = None,
    format_: ReportFormat = None,
    time_limit: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", help="Time for the payoff sets, where a verdict needs them."
        ),
    ] = SETS_SECONDS,
) -> None:
    """Compare plans, or scenarios: step by step, who gains, who is exposed, how long it takes."""
    scenarios = [read_file(each) for each in files]
    chosen = None if report is None else prepare_report(report, format_)
    with working("comparing"):
        from detente.ask.compare import compare as compare_plans
        from detente.ask.verdict import Reading

        answer = compare_plans(
            scenarios,
            tuple(plan or ()),
            None if reading is None else (Reading(str(reading)),),
            time_limit=time_limit,
            sets_seconds=sets,
            settings=tuple(settings or ()),
        )
    if report is not None and chosen is not None:
        from detente.show.compare_report import render_comparison_report

        write_report(render_comparison_report(answer), report, chosen)
        say_where(report)
    if json:
        from detente.show.as_json import dump_json
        from detente.show.compare_json import comparison_as_json

        write_answer(dump_json(comparison_as_json(answer)))
    else:
        from detente.show.compare_terminal import render_comparison

        print_answer(render_comparison(answer))
    raise typer.Exit(answer.exit_code)


def screen(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or a case's name.")],
    plan: Annotated[str, typer.Option(metavar="PLAN", help="The plan.")],
    party: Annotated[
        str | None,
        typer.Option(metavar="PARTY", help="Whose types; needed where several parties have some."),
    ] = None,
    settings: Settings = None,
    reading: Annotated[
        MildReading, typer.Option(help="What follows a breach; see check --help.")
    ] = MildReading.WRITTEN,
    json: AsJson = False,
    report: Report = None,
    format_: ReportFormat = None,
) -> None:
    """Say what each type of a party would make of a plan, and what the others could learn."""
    scenario = read_file(file)
    chosen = None if report is None else prepare_report(report, format_)
    with working(f"screening {plan}"):
        from detente.ask.screen import screen as screen_types
        from detente.ask.verdict import Reading

        answer = screen_types(
            scenario,
            plan,
            party,
            Reading(str(reading)),
            settings=tuple(settings or ()),
        )
    if report is not None and chosen is not None:
        from detente.show.screen_report import render_screening_report

        write_report(render_screening_report(answer), report, chosen)
        say_where(report)
    if json:
        from detente.show.as_json import dump_json
        from detente.show.compare_json import screening_as_json

        write_answer(dump_json(screening_as_json(answer)))
    else:
        from detente.show.screen_terminal import render_screening

        print_answer(render_screening(answer))
    raise typer.Exit(answer.exit_code)
