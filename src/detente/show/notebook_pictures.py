"""Pictures of answers for notebooks: the report's, in a frame that carries its own style.

Without the extra ``report`` there are no pictures, and the text stands alone.
"""

from __future__ import annotations

import hashlib
import importlib.util

import numpy as np

from detente.ask.verdict import Check, PayoffPicture, Reading, Verdict
from detente.show.margin_chart import READING_COLOURS, draw_margins
from detente.show.markup import Html, join, raw, tag
from detente.show.payoff_chart import (
    FEASIBLE,
    FEASIBLE_EDGE,
    INNER,
    OUTER,
    SET_EDGE,
    draw_payoffs,
    is_small,
)
from detente.show.report_margins import bars_of, describe_bars, first_results, plan_name
from detente.solve.solution import Solution, StateSet

# A frame of its own, light whatever the notebook's theme: the pictures' colours are fixed.
FRAME = (
    "background:#fff;color:#1c2126;color-scheme:light;padding:.6rem .8rem;margin:.3rem 0;"
    "font:14px/1.4 system-ui,'Liberation Sans',Arial,sans-serif;max-width:60rem"
)
ROW = "display:flex;flex-wrap:wrap;gap:.4rem 2rem;align-items:flex-end"
MARGINS, SETS = "flex:0 1 23rem;margin:.3rem 0;min-width:0", "flex:0 1 29rem;margin:.3rem 0"
QUIET = "color:#59626b"
KEY = "display:inline-block;width:.8em;height:.8em;margin-right:.2em;vertical-align:-.05em"
MAX_STATES = 6


def can_draw() -> bool:
    """Whether the extra ``report`` (altair, vl-convert-python) is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("altair", "vl_convert"))


def picture_margins(check: Check, verdict: Verdict) -> str:
    """Give the margins of a plan as pictures, one a party; empty where nothing can be drawn."""
    results = first_results(verdict)
    if not can_draw() or not results:
        return ""
    figures = []
    for party, name, scale in zip(check.parties, check.party_names, check.scales, strict=True):
        bars = list(bars_of(results, party))
        if not bars:
            continue
        drawn = raw(_fit(draw_margins(bars, _key("m", verdict.plan, party, bars))))
        caption = tag("figcaption", tag("b", name), tag("br"), tag("span", scale, style=QUIET))
        label = describe_bars(name, verdict, bars)
        figures.append(
            tag("figure", caption, tag("div", drawn, role="img", aria_label=label), style=MARGINS)
        )
    keys = join([_reading_key(result.reading) for result in results], " ")
    said = tag(
        "p",
        "Margins in points a year on each party's own scale: blue keeps the step, orange walks "
        "away. ",
        keys,
        style=f"margin:.2rem 0;{QUIET}",
    )
    title = tag("p", tag("b", plan_name(verdict)), style="margin:.2rem 0")
    return str(tag("div", title, said, tag("div", *figures, style=ROW), style=FRAME))


def picture_verdict(check: Check, verdict: Verdict) -> str:
    """Give the margins of one plan as pictures, and the payoffs where they were asked for."""
    return picture_margins(check, verdict) + picture_payoffs(check)


def picture_check(check: Check) -> str:
    """Give the margins of all plans as pictures, and the payoffs where they were asked for."""
    margins = [picture_margins(check, verdict) for verdict in check.verdicts]
    return "".join([*margins, picture_payoffs(check)])


def picture_payoffs(check: Check) -> str:
    """Give the payoff sets of a check as pictures; empty where they were not asked for."""
    drawn = check.picture
    if drawn is None or not can_draw():
        return ""
    figures = [_set_figure(drawn, drawn.parties, "Payoffs")]
    if is_small(drawn):
        figures.append(_set_figure(drawn, drawn.parties, "Seen from near", near=True))
    return str(tag("div", tag("div", *figures, style=ROW), _set_keys(feasible=True), style=FRAME))


def picture_solution(solution: Solution, players: tuple[str, ...]) -> str:
    """Give the payoff sets of a game as pictures, one a state; empty unless two play."""
    states = [state for state in solution.states if not state.empty]
    if not can_draw() or len(players) != 2 or not states:
        return ""
    names = (players[0], players[1])
    figures = [
        _set_figure(_picture_of(state, names, solution), names, state.name, unit="payoff")
        for state in states[:MAX_STATES]
    ]
    left = len(states) - len(figures)
    more = tag("p", f"... and {left} more states.", style=QUIET) if left else None
    return str(tag("div", tag("div", *figures, style=ROW), _set_keys(), more, style=FRAME))


def _picture_of(state: StateSet, names: tuple[str, str], solution: Solution) -> PayoffPicture:
    nowhere = np.full(2, np.nan)
    return PayoffPicture(
        parties=names,
        feasible=np.empty((0, 2)),
        outer=state.outer_vertices,
        inner=state.inner_vertices,
        no_deal=nowhere,
        plans=(),
        status=solution.status,
        gap=state.gap,
    )


def _set_figure(
    picture: PayoffPicture,
    names: tuple[str, str],
    caption: str,
    *,
    near: bool = False,
    unit: str = "points a year",
) -> Html:
    key = _key("s", caption, near, picture.outer.tobytes(), picture.inner.tobytes())
    drawn = raw(_fit(draw_payoffs(picture, names, key, near=near, unit=unit)))
    label = f"{caption}: payoffs of {names[0]} across and {names[1]} up, {unit}"
    return tag(
        "figure",
        tag("figcaption", tag("b", caption)),
        tag("div", drawn, role="img", aria_label=label),
        style=SETS,
    )


def _set_keys(*, feasible: bool = False) -> Html:
    grey = f"{KEY};background:{FEASIBLE};border:1px solid {FEASIBLE_EDGE}"
    whole = join([tag("span", style=grey), "whatever they could do, willing or not "])
    return tag(
        "p",
        whole if feasible else None,
        tag("span", style=f"{KEY};background:{INNER};border:1px solid {SET_EDGE}"),
        "payoffs shown to be those of equilibria ",
        tag("span", style=f"{KEY};background:{OUTER};border:1px dashed {SET_EDGE}"),
        "up to here they might reach, and no further",
        style=f"margin:.2rem 0;{QUIET}",
    )


def _reading_key(reading: Reading) -> Html:
    keep, walk = READING_COLOURS[reading]
    return tag(
        "span",
        tag("span", style=f"{KEY};background:{keep}"),
        tag("span", style=f"{KEY};background:{walk}"),
        reading.words,
        style="white-space:nowrap",
    )


def _key(*parts: object) -> str:
    """Give a start of ids that differs from picture to picture on a page."""
    return f"d{hashlib.sha256(repr(parts).encode()).hexdigest()[:12]}"


def _fit(svg: str) -> str:
    """Let a picture shrink with its page, and never grow past its own size."""
    return svg.replace("<svg ", '<svg style="max-width:100%;height:auto" ', 1)
