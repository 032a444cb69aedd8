"""Pictures of a sweep: shares by plan, what explains them, and a map over two numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.ask.sweeping.answer import Effect, Outcome, PlanSweep, ShareMap, Sweep
from detente.scenario.model import Unit
from detente.show.drawing import (
    INK,
    RULE,
    draw_on,
    fix_scale,
    load_altair,
    shorten,
    to_svg,
    trust_charts,
)
from detente.show.sweep_words import OUTCOME_WORDS, percent, short_name
from detente.show.words import quantity

COLOURS = {
    Outcome.HOLDS: "#0b4a7f",
    Outcome.CAN_HOLD: "#9cc9ee",
    Outcome.FAILS: "#a63e00",
    Outcome.UNDECIDED: "#c9ced4",
}
LOW, MIDDLE, HIGH = "#a63e00", "#eef0f3", "#0b4a7f"  # of the map: never, half, always
CELL_INK = "#1c2127"  # on a cell of the map, whatever the page's colours
WIDTH = 330  # pixels
LABELS = 150  # the column of names
ROW = 20
SIDE = 300  # of the map
MAX_NAME = 24
MAX_EFFECTS = 8


def draw_shares(sweep: Sweep, key: str) -> str:
    """Draw the shares of every plan as bars, as SVG.

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    alt = load_altair()
    bars: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for n, plan in enumerate(sweep.plans):
        names.append({"name": shorten(plan.plan, MAX_NAME), "y": (n + 0.5) * ROW})
        bars += _parts(plan, n)
    legend = [
        {"words": OUTCOME_WORDS[each], "colour": COLOURS[each], "y": (m + 1) * ROW * 0.8}
        for m, each in enumerate(Outcome)
    ]
    height = ROW * len(sweep.plans)
    with trust_charts(alt):
        x = alt.X("from:Q", scale=fix_scale(alt, 0, 1), title=None, axis=_percents(alt))
        y = alt.Y("top:Q", scale=fix_scale(alt, 0, height, down=True), axis=None)
        colour = alt.Color("colour:N", scale=None)
        chart = alt.layer(
            draw_on(alt, bars, "rect", {"x": x, "x2": "to:Q", "y": y, "y2": "bottom:Q",
                                        "color": colour}),
            _names(alt, names, height),
        ).properties(width=WIDTH, height=height)  # fmt: skip
        words = alt.layer(
            draw_on(alt, legend, "square", {"y": _down(alt, "y:Q", 80), "color": colour,
                                            "x": alt.value(4)}, size=80, opacity=1),
            draw_on(alt, legend, "text", {"y": _down(alt, "y:Q", 80), "text": "words:N",
                                          "x": alt.value(14)}, align="left", color=INK),
        ).properties(width=WIDTH, height=80)  # fmt: skip
        return to_svg(alt.vconcat(chart, words, spacing=4), key)


def _parts(plan: PlanSweep, n: int) -> list[dict[str, Any]]:
    """Give a plan's bar, one piece an outcome."""
    rows, start = [], 0.0
    shares = (plan.holds, plan.can_hold, plan.fails, plan.undecided)
    for outcome, share in zip(Outcome, shares, strict=True):
        rows.append({"from": start, "to": start + share.share, "colour": COLOURS[outcome],
                     "top": n * ROW + 3, "bottom": (n + 1) * ROW - 3})  # fmt: skip
        start += share.share
    return rows


def draw_effects(effects: tuple[Effect, ...], key: str) -> str:
    """Draw the largest first-order indices with their bounds, as SVG.

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    alt = load_altair()
    shown = effects[:MAX_EFFECTS]
    most = max(0.1, max(each.index + each.error for each in shown))
    rows = [
        {
            "name": shorten(short_name(each.path), MAX_NAME),
            "size": each.index,
            "low": max(0.0, each.index - each.error),
            "high": each.index + each.error,
            "y": (n + 0.5) * ROW,
            "top": n * ROW + 5,
            "bottom": (n + 1) * ROW - 5,
        }
        for n, each in enumerate(shown)
    ]
    height = ROW * len(rows)
    with trust_charts(alt):
        scale = fix_scale(alt, 0, most)
        x = alt.X("size:Q", scale=scale, title=None, axis=_percents(alt))
        top = _down(alt, "top:Q", height)
        chart = alt.layer(
            draw_on(alt, rows, "rect", {"x": x, "x2": alt.value(0), "y": top,
                                        "y2": "bottom:Q"}, color=COLOURS[Outcome.HOLDS]),
            draw_on(alt, rows, "rule", {"x": alt.X("low:Q", scale=scale), "x2": "high:Q",
                                        "y": _down(alt, "y:Q", height)}, color=INK),
            _names(alt, rows, height),
        ).properties(width=WIDTH, height=height)  # fmt: skip
        return to_svg(chart, key)


def draw_share_map(found: ShareMap, key: str) -> str:
    """Draw the share that holds over two numbers, as SVG.

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    alt = load_altair()
    bins = len(found.share)
    side = SIDE / bins
    rows = [
        {
            "left": m * side, "right": (m + 1) * side, "low": n * side, "high": (n + 1) * side,
            "share": float(found.share[n, m]), "words": percent(float(found.share[n, m])),
            "x": (m + 0.5) * side, "y": (n + 0.5) * side,
        }
        for n in range(bins)
        for m in range(bins)
        if np.isfinite(found.share[n, m])
    ]  # fmt: skip
    with trust_charts(alt):
        scale = fix_scale(alt, 0, SIDE)
        share = alt.Color(
            "share:Q",
            legend=None,
            scale=alt.Scale(domain=[0, 0.5, 1], range=[LOW, MIDDLE, HIGH], interpolate="rgb"),
        )
        ink = alt.condition(
            "abs(datum.share - 0.5) > 0.3", alt.value("#ffffff"), alt.value(CELL_INK)
        )
        x = alt.X("left:Q", scale=scale, title=None,
                  axis=_edges(alt, found.x_edges, found.x_unit, side))  # fmt: skip
        y = alt.Y("low:Q", scale=scale, title=None,
                  axis=_edges(alt, found.y_edges, found.y_unit, side))  # fmt: skip
        chart = alt.layer(
            draw_on(alt, rows, "rect", {"x": x, "x2": "right:Q", "y": y, "y2": "high:Q",
                                        "color": share}),
            draw_on(alt, rows, "text", {"x": "x:Q", "y": "y:Q", "text": "words:N", "color": ink}),
        ).properties(
            width=SIDE,
            height=SIDE,
            title={"text": f"{short_name(found.y)} (up) over {short_name(found.x)} (across)",
                   "fontSize": 11, "fontWeight": "normal", "anchor": "start", "color": INK},
        )  # fmt: skip
        return to_svg(chart, key)


def _edges(alt: Any, edges: Any, unit: Unit, side: float) -> Any:
    """Give an axis that names the edges of the cells."""
    words = [quantity(float(f"{edge:.2g}"), unit).removesuffix(" per year") for edge in edges]
    ticks = [n * side for n in range(len(edges))]
    labels = " : ".join(
        [
            f"datum.value < {tick + side / 2} ? '{word}'"
            for tick, word in zip(ticks, words, strict=True)
        ]
    )
    return alt.Axis(values=ticks, labelExpr=f"{labels} : ''", grid=False, labelOverlap=True)


def _down(alt: Any, field: str, height: float) -> Any:
    return alt.Y(field, scale=fix_scale(alt, 0, height, down=True), axis=None)


def _percents(alt: Any) -> Any:
    return alt.Axis(format="%", tickCount=5, gridColor=RULE)


def _names(alt: Any, rows: list[dict[str, Any]], height: float) -> Any:
    """Give the names left of the bars."""
    encoding = {"x": alt.value(-8), "y": _down(alt, "y:Q", height), "text": "name:N"}
    return draw_on(alt, rows, "text", encoding, align="right", color=INK, limit=LABELS)
