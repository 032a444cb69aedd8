"""What `explain` says in a terminal: the assumptions, then one margin term by term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from detente.ask.explanation import Explanation, TermRow
from detente.library import name_file
from detente.scenario.model import Citation, Source
from detente.show.numbers import NOISE, clean_text, decimals_for, print_units
from detente.show.rounding import RoundedRows, round_rows
from detente.show.tables import plain_table
from detente.show.words import sentence_case


def render_explanation(
    explanation: Explanation, sources: Mapping[str, Source] | None = None
) -> RenderableType:
    """Give everything that `explain` says, to be printed by a console.

    Parameters
    ----------
    explanation : the margin and its terms
    sources : the scenario's sources by id, listed at the end where a term cites them
    """
    margin = explanation.margin
    rounded = round_explanation(explanation)
    head = Text(f"{clean_text(margin.party_name)} at step {margin.step}", style="bold")
    head.append(
        f" '{clean_text(margin.step_id)}' of {clean_text(explanation.plan)}, "
        f"if what follows a breach is: {explanation.reading.words}",
        style="not bold",
    )
    parts: list[RenderableType] = [head, Text("\nThis rests on:", style="bold")]
    parts += [_item(sentence) for sentence in explanation.assumptions]
    parts.append(Text())
    asked = "no move" if explanation.prescribed == "hold" else explanation.prescribed
    parts.append(_pair("The plan asks for: ", asked))
    parts.append(_pair("The best way out: ", margin.deviation))
    parts += [Text(), _table(explanation, rounded), Text(), _conclusion(explanation, rounded)]
    cited = [s for s in _cited(explanation) if sources and s in sources]
    if sources and cited:
        parts.append(Text("\nSources:", style="bold"))
        parts += [
            Padding(_pair(f"{source}: ", _describe(sources[source])), (0, 0, 0, 2))
            for source in cited
        ]
    return Group(*parts)


def round_explanation(explanation: Explanation) -> RoundedRows:
    """Round the terms so that the printed digits add up to the printed margin."""
    return round_rows(
        [row.staying for row in explanation.rows],
        [row.leaving for row in explanation.rows],
        explanation.margin.margin,
        decimals_for(explanation.margin.margin),
    )


def _item(sentence: str) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_row(" -", Text(sentence_case(clean_text(sentence))))
    return table


def _pair(label: str, words: str) -> Text:
    return Text.assemble((label, "bold"), clean_text(words))


def _table(explanation: Explanation, rounded: RoundedRows) -> Table:
    table = plain_table()
    table.add_column("term, points a year", ratio=1, overflow="fold")
    for name in ("staying", "leaving", "difference"):
        table.add_column(name, justify="right", no_wrap=True)
    digits = rounded.decimals
    for row, stay, leave, gap in zip(
        explanation.rows, rounded.staying, rounded.leaving, rounded.differences, strict=True
    ):
        table.add_row(
            Group(*_cell(row)),
            print_units(stay, digits),
            print_units(leave, digits),
            print_units(gap, digits, signed=True),
        )
    table.add_section()
    table.add_row(
        Text("margin: staying less leaving", style="bold"),
        print_units(rounded.staying_total, digits),
        print_units(rounded.leaving_total, digits),
        Text(
            print_units(rounded.margin, digits, signed=True),
            style="bold red" if explanation.margin.margin < -NOISE else "bold green",
        ),
    )
    return table


def _cell(row: TermRow) -> Iterator[RenderableType]:
    yield Text(clean_text(row.name), style="bold")
    if row.place is not None:
        place = f"{name_file(row.place.file)}, line {row.place.line}"
        where = f"{clean_text(place)}: {clean_text(row.line.strip())}"
        yield Padding(Text(where, style="dim"), (0, 0, 0, 2))
    cited = dict.fromkeys(c for quantity in row.quantities for c in quantity.citations)
    if cited:
        words = f"source: {', '.join(_cite(citation) for citation in cited)}"
        yield Padding(Text(words, style="dim"), (0, 0, 0, 2))


def _cite(citation: Citation) -> str:
    where = f", {citation.locator}" if citation.locator else ""
    return clean_text(f"{citation.source}{where}")


def _cited(explanation: Explanation) -> dict[str, None]:
    quantities = [quantity for row in explanation.rows for quantity in row.quantities]
    return dict.fromkeys(each.source for quantity in quantities for each in quantity.citations)


def _describe(source: Source) -> str:
    known = [part for part in (source.title, source.by, source.date, source.url) if part]
    words = ", ".join(known) or source.note or "no title given"
    return f"a judgement ({words})" if source.judgement else words


def _conclusion(explanation: Explanation, rounded: RoundedRows) -> Text:
    margin = explanation.margin
    amount = print_units(abs(rounded.margin), rounded.decimals)
    name = clean_text(margin.party_name)
    if margin.margin < -NOISE:
        text = f"{name} would break the plan here: it gains {amount} points a year by doing so."
    elif margin.margin <= NOISE:
        text = f"{name} is exactly indifferent here: it keeps the plan, with nothing to spare."
    else:
        text = f"{name} keeps the plan here: breaking it would cost {amount} points a year."
    if margin.high - margin.low > NOISE:
        text += (
            " What follows a breach is known only within bounds: the margin lies between "
            f"{margin.low:.{rounded.decimals}f} and {margin.high:.{rounded.decimals}f}."
        )
    return Text(text)
