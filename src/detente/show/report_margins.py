"""The report's margins of a plan: pictures, tables, and the written responses."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from detente.ask.verdict import Check, Margin, Reading, ReadingResult, Verdict
from detente.show.margin_chart import Bar, draw_margins
from detente.show.markup import Child, Html, columns, escape, join, raw, table, tag
from detente.show.responses import name_response
from detente.show.words import (
    is_negative,
    joined,
    points,
    sentence_case,
    signed_points,
)

Smallest = dict[tuple[int, str], Margin]


def first_results(verdict: Verdict) -> list[ReadingResult]:
    """Give one result a reading, mildest first: the first opening computed."""
    asked = {result.reading for result in verdict.results}
    return [verdict.result(reading) for reading in Reading if reading in asked]


def plan_name(verdict: Verdict) -> str:
    """Give the plan's title, or its id where it has none."""
    return verdict.title or verdict.plan


def smallest_margins(margins: Iterable[Margin]) -> Smallest:
    """Give the smallest margin of each party at each step, whatever the state it arises in.

    On the way a plan may pass one step in several states (a level has slipped back, one party
    has moved first); the smallest of their margins decides.
    """
    found: Smallest = {}
    for margin in margins:
        key = (margin.step, margin.party)
        kept = found.get(key)
        if kept is None or (margin.low, margin.margin) < (kept.low, kept.margin):
            found[key] = margin
    return found


def step_words(verdict: Verdict, step: int) -> str:
    """Name a step of the plan: ``step 4`` or, after the last one, ``the settled phase``."""
    return f"step {step}" if step <= len(verdict.moves) else "the settled phase"


def titled(title: str, note: str, *body: Html) -> Html:
    """Give a heading, a note on how to read what follows, and what follows."""
    return join([tag("h3", title), tag("p", note, class_="legend"), *body])


def margin_pictures(
    check: Check, verdict: Verdict, results: Sequence[ReadingResult], n: int
) -> Html:
    """Give a picture a party: how far the plan carries.

    ``results`` holds one result a reading; ``n`` is the number of the plan in the report.
    """
    figures = []
    for index, party in enumerate(check.parties):
        bars = list(bars_of(results, party))
        if not bars:
            continue
        name = check.party_names[index]
        svg = raw(draw_margins(bars, f"margins-{n}-{index + 1}"))
        figures.append(
            tag(
                "figure",
                tag("figcaption", tag("b", name), tag("br"), check.scales[index]),
                tag("div", svg, role="img", aria_label=describe_bars(name, verdict, bars)),
                class_="margins",
            )
        )
    keys = join(_key(result.reading) for result in results)
    between = any(bar_is_bounded(each) for result in results for each in _on_path(result).values())
    legend = tag("p", _legend(check, bounded=between), class_="legend")
    return join(
        [
            tag("h3", "How far it carries"),
            legend,
            tag("ul", keys, class_="keys"),
            tag("div", *figures, class_="figures"),
        ]
    )


def _legend(check: Check, *, bounded: bool) -> str:
    said = [
        "Each party's margin at each step, in its own points a year: what keeping the step is "
        "worth to it, less what its best breach is worth. Right of the line (blue) it would keep "
        "the step, left of it (orange) it would walk away."
    ]
    if bounded:
        said.append("A thin line on a bar shows the bounds between which a margin is known.")
    if len(check.parties) > 1:
        said.append("Each party has its own scale; they cannot be compared.")
    return " ".join(said)


def _key(reading: Reading) -> Html:
    keep = tag("span", class_=f"key keep-{reading}")
    walk = tag("span", class_=f"key walk-{reading}")
    return tag("li", keep, walk, reading.words)


def bar_is_bounded(margin: Margin) -> bool:
    """Whether a margin is known only between bounds that differ visibly."""
    return is_negative(margin.low - margin.high)


def _on_path(result: ReadingResult) -> Smallest:
    return smallest_margins(each for each in result.margins if not each.in_response)


def bars_of(results: Sequence[ReadingResult], party: str) -> Iterable[Bar]:
    """Give a party's margins on the plan's own path, step by step, a bar a reading."""
    by_step: dict[int, list[Bar]] = {}
    for result in results:
        stop = result.breaks_at
        for (step, who), margin in _on_path(result).items():
            if who != party:
                continue
            breaks = stop is not None and (stop.step, stop.party) == (step, party)
            breaks = (
                breaks and is_negative(margin.margin) and not stop.in_response if stop else False
            )
            by_step.setdefault(step, []).append(
                Bar(step, _step_label(margin), result.reading, margin.margin, margin.low,
                    margin.high, breaks)
            )  # fmt: skip
    for step in sorted(by_step):
        yield from by_step[step]


def _step_label(margin: Margin) -> str:
    return f"{margin.step} {margin.step_id}"


def describe_bars(name: str, verdict: Verdict, bars: Sequence[Bar]) -> str:
    """Say in words what a picture of margins shows."""
    readings = list(dict.fromkeys(bar.reading for bar in bars))
    said = []
    for reading in readings:
        each = [f"{bar.label} {points(bar.margin)}" for bar in bars if bar.reading is reading]
        said.append(f"{reading.words}: {'; '.join(each)}")
    first = [f"{bar.label} under {bar.reading.words}" for bar in bars if bar.breaks]
    mark = f" First to break: {joined(first)}." if first else ""
    return f"Margins of {name} in the plan {plan_name(verdict)}. {'. '.join(said)}.{mark}"


def margin_tables(check: Check, results: Sequence[ReadingResult]) -> Html:
    """Give a table a party: a row a step, a column a reading."""
    found = [_on_path(result) for result in results]
    steps = sorted({step for each in found for step, _ in each})
    n = len(results)
    head = columns(
        "Step", "Staying", "Leaving",
        *(f"Margin: {result.reading.words}" for result in results),
        "The best breach", numbers=range(1, 3 + n),
    )  # fmt: skip
    tables = []
    for party, name in zip(check.parties, check.party_names, strict=True):
        rows = []
        for step in steps:
            margins = [each.get((step, party)) for each in found]
            known = next((each for each in margins if each is not None), None)
            if known is None:
                continue
            rows.append(
                [
                    tag("th", _step_label(known), scope="row"),
                    tag("td", points(known.staying), class_="number"),
                    tag("td", points(known.leaving), class_="number"),
                    *(_margin_cell(each) for each in margins),
                    tag("td", _deviations(results, margins), class_="words"),
                ]
            )
        tables.append(table(head, rows, caption=name, class_="wide named"))
    mildest = results[0].reading.words if results else ""
    note = (
        f"Points a year. Staying and leaving are those under {mildest}. Where a step may be "
        "reached in several states, the one with the smallest margin is shown."
    )
    return titled("Margins", note, *tables)


def _margin_cell(margin: Margin | None) -> Html:
    if margin is None:
        return tag("td", "not asked", class_="number quiet")
    words: list[Child] = [signed_points(margin.margin)]
    low, high = points(margin.low), points(margin.high)
    if bar_is_bounded(margin) and low != high:
        words.append(tag("span", f"{low} to {high}", class_="bounds"))
    negative = is_negative(margin.margin) or math.isnan(margin.margin)
    return tag("td", *words, class_="number negative" if negative else "number")


def _deviations(results: Sequence[ReadingResult], margins: Sequence[Margin | None]) -> Html:
    """Give the best breach in words; reading by reading where they differ."""
    said: dict[str, list[str]] = {}
    for result, margin in zip(results, margins, strict=True):
        if margin is not None:
            said.setdefault(margin.deviation, []).append(result.reading.words)
    if len(said) == 1:
        return escape(next(iter(said)))
    lines = [f"{joined(readings)}: {words}" for words, readings in said.items()]
    return join(lines, "; ")


def responses_table(
    check: Check, verdict: Verdict, results: Sequence[ReadingResult]
) -> Html | None:
    """Show whether whoever carries out a written response would want to: a column a step."""
    tables = []
    for result in results:
        inside = [each for each in result.margins if each.in_response]
        if not inside:
            continue
        steps = sorted({each.step for each in inside})
        rows = [
            _response_row(
                name_response(check, name),
                steps,
                [each for each in inside if each.in_response == name],
                party,
            )
            for name in dict.fromkeys(each.in_response for each in inside)
            for party in dict.fromkeys(each.party for each in inside if each.in_response == name)
        ]
        heads = [step_words(verdict, step).removeprefix("the ") for step in steps]
        head = columns(
            "Response", "Party", *heads, "The best breach, where it is most tempting",
            numbers=range(2, 2 + len(steps)),
        )  # fmt: skip
        caption = f"After a breach: {result.reading.words}"
        tables.append(table(head, rows, caption=caption, class_="wide responses named"))
    if not tables:
        return None
    note = (
        "The plan's responses are themselves kept only where nobody gains by breaking them. "
        "Margins while a response is carried out, points a year, by the step at which the plan "
        "was interrupted; where one is negative, the response is not to be relied on."
    )
    return titled("Would the written responses be carried out?", note, *tables)


def _response_row(
    name: str, steps: Sequence[int], inside: Sequence[Margin], party: str
) -> list[Html]:
    found = smallest_margins(each for each in inside if each.party == party)
    worst = min(found.values(), key=lambda each: (each.low, each.margin))
    cells = [tag("td", sentence_case(name)), tag("td", worst.party_name)]
    for step in steps:
        margin = found.get((step, party))
        cells.append(tag("td") if margin is None else _margin_cell(margin))
    return [*cells, tag("td", worst.deviation, class_="words")]
