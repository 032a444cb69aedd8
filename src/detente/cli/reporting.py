"""Reports on the command line: where they go, in which format, and what they tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.output import working
from detente.errors import DetenteError, Problem, listed, nearest

if TYPE_CHECKING:
    from detente.ask.dossier import Part
    from detente.ask.verdict import Check
    from detente.scenario.model import Scenario

ALL, NONE = "all", "none"


class Format(StrEnum):
    """What may follow ``--format``; else the ending of the file's name says it."""

    HTML = "html"
    PDF = "pdf"
    MD = "md"
    DOCX = "docx"


Report = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write a report to this file; it may end in .html, .pdf, .docx or .md.",
    ),
]
ReportFormat = Annotated[
    Format | None,
    typer.Option("--format", help="Format of the report; without it, as the file's name ends."),
]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="PART,...",
        help="What the report tells beside the verdicts: compare, mend, design, screen, sweep,"
        " explore, all, or none. Without it, compare, and screen where the file has types.",
    ),
]
Goal = Annotated[
    str | None,
    typer.Option(
        metavar="'LADDER: LEVEL'",
        help="The goal of the report's part design; without it, as far as the plans go.",
    ),
]
Explore = Annotated[
    str | None,
    typer.Option(
        metavar="PATH,PATH",
        help="Two numbers for the report's sliders. Without it, those on which most verdicts hang.",
    ),
]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the report of a check is to be."""

    path: Path
    format: str
    parts: tuple[Part, ...]
    goal: str | None = None
    pair: tuple[str, str] | None = None


def read_wishes(
    scenario: Scenario,
    path: Path | None,
    format_: Format | None,
    names: list[str] | None,
    goal: str | None,
    pair: str | None,
) -> Wishes | None:
    """Read the options that say what the report of a check is to be; None where there is none.

    Raises
    ------
    DetenteError
        E491 for a part that is none, or where the options ask for a report that has no file;
        E195, E490 as `prepare_report`; E241, E242 for a number that does not exist.
    """
    if path is None:
        given = {"--with": names, "--goal": goal, "--explore": pair, "--format": format_}
        asked = [option for option, value in given.items() if value]
        if asked:
            message = f"{asked[0]} says what a report is to be, but no report is asked for"
            raise DetenteError(Problem("E491", message, remedy="add --report FILE.html"))
        return None
    from detente.ask.dossier import Part

    found = _read_pair(scenario, pair)
    parts = _read_parts(scenario, names)
    if goal is not None and Part.DESIGN not in parts:
        parts = tuple(each for each in Part if each in (*parts, Part.DESIGN))
    if found is not None and Part.EXPLORE not in parts:
        parts = tuple(each for each in Part if each in (*parts, Part.EXPLORE))
    return Wishes(path, prepare_report(path, format_), parts, goal, found)


def wish_for(scenario: Scenario, path: Path) -> Wishes:
    """Give what a report is where nothing is said about it."""
    return Wishes(path, prepare_report(path), _read_parts(scenario, None))


def prepare_report(path: Path, format_: Format | None = None) -> str:
    """Find out before anything is computed whether a report can be written; give its format.

    Raises
    ------
    DetenteError
        E195 where the name has no known ending or its folder is missing, E490 where a library
        that the format needs is not installed.
    """
    from detente.cli.files import check_place
    from detente.show.formats import check_format

    chosen = _find_format(path, format_)
    check_place(path)
    check_format(chosen)
    return chosen


def _find_format(path: Path, format_: Format | None) -> str:
    if format_ is not None:
        return str(format_)
    from detente.show.formats import name_format

    try:
        return name_format(path)
    except ValueError as wrong:
        remedy = (
            f"end the name in .html, .pdf, .docx or .md, for instance {path.stem or 'report'}.html,"
            " or say --format"
        )
        message = f"'{path}' does not look like a report"
        raise DetenteError(Problem("E195", message, remedy=remedy)) from wrong


def write_report(page: str, path: Path, format_: str) -> None:
    """Write a page of a report in a format.

    Raises
    ------
    DetenteError
        E195 where the file cannot be written, E490 where the format's library cannot be used.
    """
    from detente.cli.files import write_bytes
    from detente.show.formats import convert

    with working("writing the report"):
        data = convert(page, format_)
    write_bytes(path, data)


def say_where(path: Path) -> None:
    """Say where the report is, beside the answer."""
    typer.echo(f"The report is in {path.resolve()}", err=True)


def report_check(scenario: Scenario, answer: Check, wanted: Wishes, time_limit: float) -> None:
    """Ask what the report of a check tells beside the verdicts, and write it."""
    with working("asking what the report tells") as tell:
        from detente.ask.dossier import gather
        from detente.show.report import render_report

        dossier = gather(
            scenario,
            answer,
            wanted.parts,
            goal=wanted.goal,
            pair=wanted.pair,
            time_limit=time_limit,
            tell=tell,
        )
        tell("drawing the report")
        page = render_report(answer, scenario, dossier)
    write_report(page, wanted.path, wanted.format)


def _read_parts(scenario: Scenario, names: list[str] | None) -> tuple[Part, ...]:
    from detente.ask.dossier import CHEAP, Part, fitting_parts

    words = [word.strip() for each in names or () for word in each.split(",") if word.strip()]
    if not words:
        return fitting_parts(scenario, CHEAP)
    known = [*(str(each) for each in Part), ALL, NONE]
    wrong = [each for each in words if each not in known]
    if wrong:
        near = nearest(wrong[0], known)
        remedy = f"did you mean '{near}'?" if near else f"write one of: {listed(known)}"
        raise DetenteError(Problem("E491", f"'{wrong[0]}' is no part of a report", remedy=remedy))
    if ALL in words:
        return fitting_parts(scenario)
    return tuple(each for each in Part if each in words)


def _read_pair(scenario: Scenario, text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    from detente.scenario.settings import resolve_path

    names = [each.strip() for each in text.split(",")]
    if len(names) != 2 or not all(names):
        remedy = "write --explore PATH,PATH, such as --explore inspectors.catches,us.turnover"
        message = f"the sliders move two numbers, not '{text}'"
        raise DetenteError(Problem("E491", message, remedy=remedy))
    return resolve_path(scenario, names[0]), resolve_path(scenario, names[1])
