"""The library of cases in a terminal: the list, a page, the table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from detente.ask.casebook import CaseStudy, CaseTable, Score
from detente.scenario.history import History
from detente.scenario.model import Scenario
from detente.show.case_pages import render_page
from detente.show.case_words import (
    SCORE_WORDS,
    say_closer,
    say_history,
    say_model,
    say_ranges,
    sum_up,
)
from detente.show.numbers import clean_text, print_seconds
from detente.show.tables import plain_table
from detente.show.words import count

STYLES = {Score.HIT: "bold green", Score.MISS: "bold red", Score.NEITHER: "dim"}


def render_list(cases: Sequence[tuple[str, Scenario, History]]) -> RenderableType:
    """Give the list of cases, without verdicts."""
    table = plain_table()
    table.add_column("case", no_wrap=True)
    table.add_column("years", no_wrap=True)
    table.add_column("about", overflow="fold")
    for name, _, history in cases:
        years = history.years.replace(" to ", "-")
        table.add_row(Text(name, style="bold"), clean_text(years), clean_text(history.about))
    end = (
        "detente cases NAME shows a page, detente check NAME the verdict, detente cases --table"
        " what the model says of all of them and what history did."
    )
    return Group(table, Text(), Text(end, style="dim"))


def render_case(study: CaseStudy, *, numbers: bool = False) -> RenderableType:
    """Give a case's page."""
    return Markdown(render_page(study, numbers=numbers), hyperlinks=False)


def render_table(table: CaseTable) -> RenderableType:
    """Give the table over all cases: hits and misses first."""
    words, caution = sum_up(table)[:-1], sum_up(table)[-1]
    rows = plain_table()
    rows.add_column("case", no_wrap=True)
    rows.add_column("the model says", overflow="fold", max_width=24)
    rows.add_column("history", overflow="fold", max_width=24)
    rows.add_column("", no_wrap=True)
    for row in table.rows:
        said = [Text(clean_text(say_model(row)))]
        if row.holds is not None:
            said.append(Text(clean_text(say_ranges(row)), style="dim"))
        score = Text(SCORE_WORDS[row.score], style=STYLES[row.score])
        rows.add_row(
            Text(row.name, style="bold"), Group(*said), clean_text(say_history(row)), score
        )
    parts: list[RenderableType] = [Text(clean_text(each)) for each in words]
    parts += [Text(f"Caution: {caution}", style="yellow"), Text(), Padding(rows, (0, 0, 1, 0))]
    closer = [f"{row.name}: {say_closer(row)}" for row in table.rows if say_closer(row)]
    parts += [Text(clean_text(each)) for each in closer]
    swept = f"{count(table.samples, 'sample')} a case, seed {table.seed}; " if table.samples else ""
    parts.append(
        Text(f"{swept}{print_seconds(table.seconds)}. The rule: docs/cases/index.md.", style="dim")
    )
    return Group(*parts)
