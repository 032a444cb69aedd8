"""The report's section to move about in: plans over a grid of two numbers.

The maps and the tables stand on their own. Where scripts may run, two sliders move a mark over the
maps and say what comes out there; all of it is on the page already.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from detente.ask.exploring import Axis, Exploring, PlanGrid, Spot
from detente.ask.verdict import Answer, Reading
from detente.scenario.model import Scenario
from detente.show.citing import cite
from detente.show.markup import Child, Html, breakable, columns, escape, join, raw, table, tag
from detente.show.words import MINUS, count, is_negative, joined, signed_points

CELL, LEFT, TOP, RIGHT, BOTTOM = 14, 92, 6, 6, 40  # pixels
TABLE_VALUES = 5  # of each number in a table, and today's
# What may come out at a point: style of the words, words, colour of the map.
OUTCOMES = {
    (Answer.HOLDS, Reading.NO_DEAL): ("holds", "holds by return to no deal", "#0b4a7f"),
    (Answer.HOLDS, Reading.WRITTEN): ("holds", "holds as written", "#3f8fd0"),
    (Answer.FAILS, None): ("fails", "does not hold", "#f7b67e"),
    (Answer.UNDECIDED, None): ("undecided", "not known", "#eef0f3"),
}
INK, QUIET, HALO = "#1c2126", "#59626b", "#fffffe"


def read_script() -> str:
    """Give the script that moves the sliders, as it stands in the page."""
    return resources.files("detente.show").joinpath("explore.js").read_text(encoding="utf-8")


def explore_section(found: Exploring, scenario: Scenario) -> Html:
    """Give the section of a report in which a reader moves two numbers."""
    x, y = found.x, found.y
    return tag(
        "section",
        tag("h2", "Two numbers, and what they do"),
        tag("p", _legend(found), class_="legend"),
        tag("p", *_sources(found, scenario), class_="note") if x.citations or y.citations else None,
        _controls(found),
        _keys(found),
        tag(
            "div",
            *(_figure(found, plan, n) for n, plan in enumerate(found.plans, start=1)),
            class_="figures maps",
        ),
        *(_table(found, plan) for plan in found.plans),
        tag("script", raw(_data(found)), type="application/json", id="explore-data"),
        id="explore",
    )


def no_explore_section() -> Html:
    """Say why there is nothing to explore."""
    return tag(
        "section",
        tag("h2", "Two numbers, and what they do"),
        tag("p", "Nothing to explore: fewer than two numbers with a range move a verdict. Name "
            "two with --explore PATH,PATH."),
        id="explore",
    )  # fmt: skip


def _legend(found: Exploring) -> str:
    readings = joined([each.words for each in found.readings], "or")
    size = len(found.x.values) * len(found.y.values)
    return (
        f"Every plan judged at {size} pairs of values of {found.x.short} and {found.y.short}, all "
        f"other numbers as they stand. A plan holds here where it does by {readings}; threats "
        "harsher than its own are left out. The ring is where the file stands."
    )


def _sources(found: Exploring, scenario: Scenario) -> list[Child]:
    parts: list[Child] = []
    for axis in (found.x, found.y):
        source = cite(scenario, axis.citations) or " no source"
        parts += [tag("code", breakable(axis.path)), source, " "]
    return ["Sources: ", *parts]


def _outcome(spot: Spot) -> tuple[Answer, Reading | None]:
    return spot.answer, spot.reading if spot.answer is Answer.HOLDS else None


def _keys(found: Exploring) -> Html:
    there = {_outcome(each) for plan in found.plans for row in plan.spots for each in row}
    items = [
        tag("li", tag("span", class_=f"key map-{n}"), words)
        for n, (outcome, (_, words, _)) in enumerate(OUTCOMES.items())
        if outcome in there
    ]
    return tag("ul", *items, class_="keys")


def _controls(found: Exploring) -> Html:
    sliders = []
    for key, axis in (("x", found.x), ("y", found.y)):
        sliders.append(
            tag(
                "p",
                tag("label", tag("code", axis.short), " ", for_=f"explore-{key}"),
                tag("output", _texts(axis)[axis.today], id=f"explore-{key}-said",
                    for_=f"explore-{key}"),
                tag("input", type="range", id=f"explore-{key}", min=0, max=len(axis.values) - 1,
                    step=1, value=axis.today, aria_valuetext=_texts(axis)[axis.today]),
                class_="slider",
            )
        )  # fmt: skip
    rows = []
    for n, plan in enumerate(found.plans, start=1):
        spot = plan.spots[found.y.today][found.x.today]
        style, words, _ = OUTCOMES[_outcome(spot)]
        rows.append(
            [
                tag("th", plan.title or plan.plan, scope="row"),
                tag("td", tag("span", words, class_=f"answer {style}", id=f"explore-answer-{n}")),
                tag("td", _margin(spot), class_="number", id=f"explore-margin-{n}"),
                tag("td", _where(found, spot), id=f"explore-where-{n}"),
            ]
        )
    head = columns("Plan", "At these values it", "Smallest margin", "Whose, and where", numbers=[2])
    button = tag("button", "Back to the file's values", type="button", id="explore-back")
    # Hidden until the script has run: without it, the sliders would do nothing.
    return tag(
        "div",
        *sliders,
        tag("p", button),
        tag("div", table(head, rows), aria_live="polite"),
        id="explore-controls",
        hidden="hidden",
    )


def _margin(spot: Spot) -> str:
    return "" if spot.margin is None else signed_points(spot.margin)


def _where(found: Exploring, spot: Spot) -> str:
    if spot.margin is None:
        return ""
    name = dict(zip(found.parties, found.party_names, strict=True))[spot.party]
    step = "settled" if spot.step_id == "settled" else f"step {spot.step} {spot.step_id}"
    return f"{name}, {step}"


def _texts(axis: Axis) -> list[str]:
    """Give an axis's values for a reader, with real minus signs."""
    return [MINUS + text[1:] if text.startswith("-") else text for text in axis.texts]


def _data(found: Exploring) -> str:
    """Give all that the sliders show, as JSON that cannot end the block it stands in."""
    outcomes = list(OUTCOMES)
    where: dict[str, int] = {}
    plans = []
    for plan in found.plans:
        rows = [[_where(found, spot) for spot in row] for row in plan.spots]
        for words in (words for row in rows for words in row):
            where.setdefault(words, len(where))
        plans.append(
            {
                "answers": [[outcomes.index(_outcome(s)) for s in row] for row in plan.spots],
                "margins": [[_margin(s) for s in row] for row in plan.spots],
                "where": [[where[words] for words in row] for row in rows],
            }
        )
    data: dict[str, Any] = {
        "x": {"texts": _texts(found.x), "today": found.x.today},
        "y": {"texts": _texts(found.y), "today": found.y.today},
        "styles": [style for style, _, _ in OUTCOMES.values()],
        "answers": [words for _, words, _ in OUTCOMES.values()],
        "where": list(where),
        "plans": plans,
        "left": LEFT,
        "top": TOP,
        "cell": CELL,
    }
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _figure(found: Exploring, plan: PlanGrid, n: int) -> Html:
    spots = [spot for row in plan.spots for spot in row]
    holding = sum(spot.answer is Answer.HOLDS for spot in spots)
    name = plan.title or plan.plan
    words = f"holds at {holding} of {count(len(spots), 'pair')} of values"
    here = plan.spots[found.y.today][found.x.today]
    across, up = _texts(found.x), _texts(found.y)
    described = (
        f"{name} {words}. {found.x.short} from {across[0]} to {across[-1]} across, "
        f"{found.y.short} from {up[0]} to {up[-1]} up. The file stands at "
        f"{across[found.x.today]} and {up[found.y.today]}, where it {OUTCOMES[_outcome(here)][1]}."
    )
    return tag(
        "figure",
        tag("figcaption", tag("b", name), tag("br"), words),
        tag("div", _map(found, plan, n), role="img", aria_label=described),
    )


def _map(found: Exploring, plan: PlanGrid, n: int) -> Html:
    """Draw the cells, row by row from the top, neighbours of one colour as one rectangle."""
    x, y = found.x, found.y
    wide, high = LEFT + len(x.values) * CELL + RIGHT, TOP + len(y.values) * CELL + BOTTOM
    parts: list[Html] = []
    for up, row in enumerate(plan.spots):
        top = TOP + (len(y.values) - 1 - up) * CELL
        start = 0
        for end in range(1, len(row) + 1):
            if end < len(row) and _outcome(row[end]) == _outcome(row[start]):
                continue
            parts.append(tag("rect", x=LEFT + start * CELL, y=top, width=(end - start) * CELL,
                             height=CELL, fill=OUTCOMES[_outcome(row[start])][2]))  # fmt: skip
            start = end
    parts += _across(x, y) + _up(y)
    cx, cy = LEFT + (x.today + 0.5) * CELL, TOP + (len(y.values) - y.today - 0.5) * CELL
    ring = {"cx": f"{cx:g}", "cy": f"{cy:g}", "fill": "none", "shape_rendering": "auto"}
    parts.append(tag("circle", r="5.5", stroke=HALO, stroke_width=5, **ring))
    parts.append(tag("circle", r="5.5", stroke=INK, stroke_width=2, **ring))
    parts.append(
        tag("circle", r="3.5", cx=f"{cx:g}", cy=f"{cy:g}", fill=INK, stroke=HALO, stroke_width=1,
            shape_rendering="auto", display="none", class_="here")
    )  # fmt: skip
    return tag(
        "svg", *parts, class_="chart map", viewBox=f"0 0 {wide} {high}", width=wide, height=high,
        shape_rendering="crispEdges", xmlns="http://www.w3.org/2000/svg", focusable="false",
        id=f"explore-map-{n}",
    )  # fmt: skip


def _across(x: Axis, y: Axis) -> list[Html]:
    bottom = TOP + len(y.values) * CELL
    words = []
    for place in _named(x):
        anchor = "start" if place == 0 else "end" if place == len(x.values) - 1 else "middle"
        at = LEFT + {"start": 0, "end": (place + 1) * CELL}.get(anchor, (place + 0.5) * CELL)
        words.append(_text(at, bottom + 14, _tick(x, place), anchor))
    middle = LEFT + len(x.values) * CELL / 2
    return [*words, _text(middle, bottom + 32, x.short, "middle", INK)]


def _up(y: Axis) -> list[Html]:
    words = []
    for place in _named(y):
        at = TOP + (len(y.values) - place - 0.5) * CELL
        words.append(_text(LEFT - 6, at + 4, _tick(y, place), "end"))
    middle = TOP + len(y.values) * CELL / 2
    turn = f"rotate(-90 12 {middle:g})"
    return [*words, _text(12, middle, y.short, "middle", INK, turn)]


def _tick(axis: Axis, place: int) -> str:
    """Give a value as it stands at an axis, where there is little room."""
    return _texts(axis)[place].removesuffix(" per year")


def _named(axis: Axis) -> list[int]:
    """Give the values that stand at an axis: both ends, and today's where there is room."""
    last = len(axis.values) - 1
    room = last / 5
    middle = [axis.today] if room <= axis.today <= last - room else []
    return [0, *middle, last]


def _text(
    x: float, y: float, words: str, anchor: str, fill: str = QUIET, transform: str | None = None
) -> Html:
    return tag(
        "text", words, x=f"{x:g}", y=f"{y:g}", text_anchor=anchor, fill=fill, transform=transform,
        font_size=11, font_family="Liberation Sans, Arial, Helvetica, sans-serif",
    )  # fmt: skip


def _table(found: Exploring, plan: PlanGrid) -> Html:
    """Give some of the grid's margins in a table, for a reader of no picture."""
    across, up = _shown(found.x), _shown(found.y)
    rows = []
    for j in reversed(up):
        label = escape(_texts(found.y)[j])
        cells = [tag("th", join([label, _today(found.y, j)]), scope="row")]
        for i in across:
            spot = plan.spots[j][i]
            style, words, _ = OUTCOMES[_outcome(spot)]
            negative = spot.margin is not None and is_negative(spot.margin)
            # The sign of a margin says whether the plan holds by return to no deal.
            told = _outcome(spot) in ((Answer.HOLDS, Reading.NO_DEAL), (Answer.FAILS, None))
            said = None if told else tag("span", words, class_=f"other answer {style}")
            cells.append(
                tag("td", _margin(spot), said, class_="number negative" if negative else "number")
            )
        rows.append(cells)
    head = columns(
        f"{found.y.short} down, {found.x.short} across",
        *(join([escape(_texts(found.x)[i]), _today(found.x, i)]) for i in across),
        numbers=range(1, 1 + len(across)),
    )
    caption = f"{plan.title or plan.plan}: smallest margin, points a year of its party"
    return table(head, rows, caption=caption, class_="wide named grid")


def _today(axis: Axis, place: int) -> Html | None:
    return tag("span", "in the file", class_="other") if place == axis.today else None


def _shown(axis: Axis) -> list[int]:
    last = len(axis.values) - 1
    spread = {round(n * last / (TABLE_VALUES - 1)) for n in range(TABLE_VALUES)}
    return sorted(spread | {axis.today})
