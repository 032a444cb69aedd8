"""The report of ``mend``: sentences, maps of two numbers, then tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from detente.ask.mending.records import Mending, NumberMend, PairMap
from detente.ask.verdict import Answer
from detente.scenario.model import Unit
from detente.show.drawing import INK, draw_on, load_altair, to_svg, trust_charts
from detente.show.markup import Html, breakable, columns, join, raw, table, tag
from detente.show.pages import broken_statements_note, wrap_page
from detente.show.words import MINUS, percentage, quantity, signed_points, typeset

COLOURS = {Answer.HOLDS: "#3f8fd0", Answer.FAILS: "#f7b67e", Answer.UNDECIDED: "#eef0f3"}
SIDE = 300  # pixels of a map
WORDS = {Answer.HOLDS: "holds", Answer.FAILS: "does not hold", Answer.UNDECIDED: "undecided"}


def render_mending_report(found: Mending) -> str:
    """Give the report as one HTML page: the same bytes for the same answer.

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    body = tag("main", tag("header", tag("h1", found.title)), mending_section(found))
    return wrap_page(f"{found.title}: what would make {found.plan} hold?", body)


def mending_section(
    found: Mending, key: str = "mend", heading: str = "h2", most: int | None = None
) -> Html:
    """Give the section of a report that says what would make a plan hold.

    Parameters
    ----------
    found : the answer to `mend`
    key : the section's id, and the start of the ids inside it
    heading : element of its heading
    most : rows of a table of what is not enough; None for all
    """
    good = [each for each in found.numbers if each.holds_at is not None]
    rest = [each for each in found.numbers if each.holds_at is None and each.matters]
    holds = found.answer is Answer.HOLDS
    changed = f" With {', '.join(found.settings)}." if found.settings else ""
    return tag(
        "section",
        tag(heading, f"What would make {found.plan_title or found.plan} hold?"),
        broken_statements_note(found.statements),
        *(tag("p", typeset(each), class_="sentence") for each in found.sentences),
        tag("p", changed, class_="note") if changed else None,
        *(_map(found, pair, f"{key}-map-{n}") for n, pair in enumerate(found.pairs, 1)),
        _numbers(good, "What one number alone can do", holds=holds) if good else None,
        _best(found, rest, most) if rest and not holds else None,
        _structures(found, most) if found.structures else None,
        id=key,
    )


def _numbers(numbers: Sequence[NumberMend], title: str, *, holds: bool) -> Html:
    rows = []
    for each in numbers:
        good = "" if each.holds_at is None else each.holds_at.text
        bad = "" if each.fails_at is None else each.fails_at.text
        if each.fails_at is not None and each.fails_at.answer is Answer.UNDECIDED:
            bad += " (undecided)"
        spans = "; ".join(
            f"{_value(each, i.low)} to {_value(each, i.high)}" for i in each.intervals
        )
        rows.append(
            [
                tag("td", breakable(each.short)),
                tag("td", _minus(each.text), class_="number"),
                tag("td", _minus(good), class_="number"),
                tag("td", _minus(bad), class_="number"),
                tag("td", _range(each)),
                tag("td", spans),
            ]
        )
    head = columns("Number", "Today", "Still holds" if holds else "Holds", "Fails",
                   "Stated range", "Holds where", numbers=[1, 2, 3])  # fmt: skip
    return table(head, rows, caption=title, class_="wide named")


def _minus(text: str) -> str:
    """Write a value of the file with a real minus sign."""
    return MINUS + text[1:] if text.startswith("-") else text


def _range(each: NumberMend) -> str:
    if each.low is None or each.high is None:
        return "none"
    return f"{_value(each, each.low)} to {_value(each, each.high)}"


def _value(each: NumberMend, value: float) -> str:
    """Write a value of a number, in percent where the file does."""
    if each.unit is Unit.NUMBER and each.text.endswith("%"):
        return percentage(value)
    return quantity(value, each.unit)


def _best(found: Mending, numbers: Sequence[NumberMend], most: int | None) -> Html:
    rows = []
    for each in numbers[:most]:
        best = each.best
        words = "not known" if best is None else (
            f"{signed_points(best.margin)} {found.parties[best.party]}, {best.step_id}"
        )  # fmt: skip
        if each.undecided:
            words += f" (undecided at {each.undecided} of {each.scanned} values)"
        rows.append(
            [
                tag("td", breakable(each.short)),
                tag("td", _minus(each.text), class_="number"),
                tag("td", _value(each, each.best_at.value), class_="number"),
                tag("td", words),
            ]
        )
    head = columns("Number", "Today", "Best at", "Worst margin then", numbers=[1, 2])
    caption = "No value of these alone is enough"
    return join([table(head, rows, caption=caption, class_="wide named"),
                 _left_out(len(numbers) - len(rows), found.plan)])  # fmt: skip


def _left_out(n: int, plan: str) -> Html | None:
    """Say how many rows do less than those shown, and what lists them."""
    if n <= 0:
        return None
    words = f"{n} more do no better. They are listed by "
    return tag("p", words, tag("code", f"detente mend FILE --plan {plan}"), ".", class_="note")


def _structures(found: Mending, most: int | None) -> Html:
    rows = [
        [
            tag("td", each.words),
            tag("td", WORDS[each.answer], class_=f"answer {each.answer}"),
            tag("td", str(each.carries_to), class_="number"),
            tag(
                "td",
                "not known"
                if each.worst is None
                else f"{signed_points(each.worst.margin)} {found.parties[each.worst.party]}",
            ),
        ]
        for each in found.structures[:most]
    ]
    head = columns("What", "Answer", "Steps kept", "Worst margin", numbers=[2])
    return join([table(head, rows, caption="Other orders and clauses", class_="wide named"),
                 _left_out(len(found.structures) - len(rows), found.plan)])  # fmt: skip


def _map(found: Mending, pair: PairMap, key: str) -> Html:
    unsure = any(Answer.UNDECIDED in row for row in pair.answers)
    grey = "; the answer is not known where it is grey" if unsure else ""
    words = (
        f"Where {found.plan} holds (blue) and fails (orange), for {pair.names[0]} across and "
        f"{pair.names[1]} up{grey}. The ring is where the file stands."
    )
    rows = [
        [
            tag("td", _minus(each.first_text), class_="number"),
            tag("td", _minus("" if each.holds_at is None else each.holds_at.text), class_="number"),
            tag("td", _minus("" if each.fails_at is None else each.fails_at.text), class_="number"),
        ]
        for each in pair.frontier
        if each.holds_at is not None
    ]
    head = columns(pair.names[0], f"{pair.names[1]} holds", "fails", numbers=[0, 1, 2])
    return tag(
        "figure",
        tag("figcaption", words),
        tag("div", raw(draw_map(pair, key)), role="img", aria_label=words),
        table(head, rows, caption="The frontier") if rows else None,
    )


def draw_map(pair: PairMap, key: str) -> str:
    """Draw where a plan holds over two numbers, as SVG.

    ``key`` is the start of the ids inside it.

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    alt = load_altair()
    with trust_charts(alt):
        chart = build_map(alt, pair)
    return to_svg(chart, key)


def build_map(alt: Any, pair: PairMap) -> Any:
    """Build the chart of a map: one cell a pair of values, a ring where the file stands."""
    lefts, rights = _edges(pair.xs)
    downs, ups = _edges(pair.ys)
    rows = [
        {"x": lefts[m], "x2": rights[m], "y": downs[n], "y2": ups[n],
         "colour": COLOURS[pair.answers[m][n]]}
        for m in range(len(pair.xs))
        for n in range(len(pair.ys))
    ]  # fmt: skip
    across = alt.Scale(domain=[lefts[0], rights[-1]], nice=False, zero=False)
    up = alt.Scale(domain=[downs[0], ups[-1]], nice=False, zero=False)
    x_axis = alt.Axis(title=pair.names[0], tickCount=6, format=_format(pair.units[0]))
    y_axis = alt.Axis(title=pair.names[1], tickCount=6, format=_format(pair.units[1]))
    cells = draw_on(
        alt,
        rows,
        "rect",
        {
            "x": alt.X("x:Q", scale=across, axis=x_axis),
            "x2": alt.X2("x2:Q"),
            "y": alt.Y("y:Q", scale=up, axis=y_axis),
            "y2": alt.Y2("y2:Q"),
            "color": alt.Color("colour:N", scale=None, legend=None),
        },
    )
    spot = [{"x": pair.today[0], "y": pair.today[1]}]
    ring = draw_on(
        alt,
        spot,
        "point",
        {
            "x": alt.X("x:Q", scale=across, axis=x_axis),
            "y": alt.Y("y:Q", scale=up, axis=y_axis),
        },
        size=90,
        filled=False,
        stroke=INK,
        strokeWidth=2,
    )
    return alt.layer(cells, ring, width=SIDE, height=SIDE)


def _format(unit: Unit) -> str:
    return "%" if unit in (Unit.CHANCE, Unit.RATE, Unit.PATIENCE) else "~g"


def _edges(values: Sequence[float]) -> tuple[list[float], list[float]]:
    """Give the ends of the cells around values: half way to their neighbours."""
    middles = [(a + b) / 2 for a, b in pairwise(values)]
    return [values[0], *middles], [*middles, values[-1]]
