"""The picture of a party's margins: a group of bars a step, a bar a reading, one zero line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from detente.ask.verdict import Reading
from detente.show.drawing import INK, RULE, draw_on, fix_scale, load_altair, to_svg, trust_charts
from detente.show.words import is_negative, points

# Hue says the sign (blue keeps, orange walks away: told apart by the colour-blind), lightness
# says the reading (mildest darkest). Each pair: (not negative, negative).
READING_COLOURS = {
    Reading.NO_DEAL: ("#0b4a7f", "#a63e00"),
    Reading.WRITTEN: ("#3f8fd0", "#e0731d"),
    Reading.HARSHEST: ("#9cc9ee", "#f7b67e"),
}
BREAK_WORDS = "first to break"

# All in pixels.
ROW = 14.0  # one bar with its number
GAP = 9.0  # between steps
LABELS = 122  # the column of step names
PLOT = 226  # the bars' area
NUMBER_ROOM = 40  # kept free for a number beside the longest bar
MARK_ROOM = 80  # kept free for BREAK_WORDS right of zero


@dataclass(frozen=True, slots=True)
class Bar:
    """One margin to draw: the smallest of a party at a step under one reading."""

    step: int
    label: str
    reading: Reading
    margin: float
    low: float
    high: float
    breaks: bool  # the first negative margin under this reading


def draw_margins(bars: Sequence[Bar], key: str) -> str:
    """Draw one party's margins as SVG.

    Parameters
    ----------
    bars : margins in points per year, in the order of steps; one that is not finite gets its
        number and no bar
    key : start of the ids inside the SVG

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    alt = load_altair()
    with trust_charts(alt):
        chart = build_chart(alt, bars)
    return to_svg(chart, key)


def build_chart(alt: Any, bars: Sequence[Bar]) -> Any:
    """Build the chart of one party's margins."""
    steps = list(dict.fromkeys((bar.step, bar.label) for bar in bars))
    readings = [reading for reading in Reading if any(bar.reading is reading for bar in bars)]
    band = ROW * len(readings) + GAP
    height = band * len(steps)
    to_x, zero = _fit(bars)
    rows = []
    for bar in bars:
        lane = steps.index((bar.step, bar.label)) * band + GAP / 2
        middle = lane + ROW * (readings.index(bar.reading) + 0.5)
        rows.append(_row(bar, middle, to_x, zero))
    layers = [
        *_step_names(alt, [label for _, label in steps], band, height),
        *_bars(alt, rows, height),
        _zero_line(alt, zero, height),
        *_numbers(alt, rows, height),
    ]
    return alt.layer(*layers, width=PLOT, height=height)


def _fit(bars: Sequence[Bar]) -> tuple[Callable[[float], float], float]:
    """Give the map from points to pixels, and where zero lies, leaving room for the words."""
    ends = [0.0]
    for bar in bars:
        ends += [each for each in (bar.margin, bar.low, bar.high) if math.isfinite(each)]
    low, high = min(ends), max(ends)
    left = NUMBER_ROOM if low < 0 else 2.0
    right = NUMBER_ROOM if high > 0 else 2.0
    unit = (PLOT - left - right) / ((high - low) or 1.0)
    zero = left - low * unit
    if low < 0 and any(bar.breaks for bar in bars) and PLOT - zero < MARK_ROOM:
        # BREAK_WORDS stand right of zero, in line with a bar that points left.
        zero = float(PLOT - MARK_ROOM)
        unit = (zero - left) / -low
    return (lambda value: zero + value * unit if math.isfinite(value) else zero), zero


def _row(bar: Bar, middle: float, to_x: Callable[[float], float], zero: float) -> dict[str, Any]:
    """Give what is drawn of one bar, in pixels."""
    negative = is_negative(bar.margin)
    x = to_x(bar.margin)
    low = to_x(bar.low) if math.isfinite(bar.low) else x
    high = to_x(bar.high) if math.isfinite(bar.high) else x
    return {
        "x": round(x, 2),
        "zero": round(zero, 2),
        "low": round(low, 2),
        "high": round(high, 2),
        "edge": round(min(x, low, zero) if negative else max(x, high, zero), 2),
        "top": round(middle - ROW / 2 + 1.5, 2),
        "bottom": round(middle + ROW / 2 - 1.5, 2),
        "y": round(middle, 2),
        "negative": negative,
        "number": points(bar.margin),
        "colour": READING_COLOURS[bar.reading][negative],
        "breaks": bar.breaks,
    }


def _x(alt: Any, field: str) -> Any:
    return alt.X(f"{field}:Q", scale=fix_scale(alt, 0, PLOT), axis=None)


def _y(alt: Any, field: str, height: float) -> Any:
    return alt.Y(f"{field}:Q", scale=fix_scale(alt, 0, height, down=True), axis=None)


def _bars(alt: Any, rows: Sequence[dict[str, Any]], height: float) -> list[Any]:
    """Draw the bars, and the bounds of those known only between bounds."""
    encoding = {
        "x": _x(alt, "zero"),
        "x2": alt.X2("x:Q"),
        "y": _y(alt, "top", height),
        "y2": alt.Y2("bottom:Q"),
        "color": alt.Color("colour:N", scale=None, legend=None),
    }
    drawn = [draw_on(alt, list(rows), "rect", encoding)]
    bounded = [row for row in rows if row["high"] - row["low"] > 1]
    if bounded:
        encoding = {"x": _x(alt, "low"), "x2": alt.X2("high:Q"), "y": _y(alt, "y", height)}
        drawn.append(draw_on(alt, bounded, "rule", encoding, color=INK, strokeWidth=1.2))
    return drawn


def _numbers(alt: Any, rows: Sequence[dict[str, Any]], height: float) -> list[Any]:
    """Write the numbers at the bars' ends, and the words at the first negative ones."""
    colour = READING_COLOURS[Reading.NO_DEAL][1]
    breaks = [{**row, "edge": row["zero"], "number": BREAK_WORDS} for row in rows if row["breaks"]]
    groups: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
        ([row for row in rows if not row["negative"]], {"align": "left", "dx": 4, "color": INK}),
        (
            [row for row in rows if row["negative"]],
            {"align": "right", "dx": -4, "color": INK, "fontWeight": "bold"},
        ),
        (breaks, {"align": "left", "dx": 5, "color": colour}),
    ]
    encoding = {
        "x": _x(alt, "edge"), "y": _y(alt, "y", height), "text": alt.Text("number:N"),
    }  # fmt: skip
    return [draw_on(alt, chosen, "text", encoding, **style) for chosen, style in groups if chosen]


def _step_names(alt: Any, labels: Sequence[str], band: float, height: float) -> list[Any]:
    """Write the steps' names at the left, and draw a thin line between steps."""
    names = [
        {"x": 0, "y": round(band * (n + 0.5), 2), "label": label} for n, label in enumerate(labels)
    ]
    encoding = {"x": _x(alt, "x"), "y": _y(alt, "y", height), "text": alt.Text("label:N")}
    written = draw_on(
        alt, names, "text", encoding, align="right", dx=-10, color=INK, limit=LABELS - 12
    )
    # From the left edge of the names, so that all pictures are equally wide.
    lines = [{"x": -LABELS, "x2": PLOT, "y": round(band * n, 2)} for n in range(len(labels) + 1)]
    encoding = {"x": _x(alt, "x"), "x2": alt.X2("x2:Q"), "y": _y(alt, "y", height)}
    return [draw_on(alt, lines, "rule", encoding, color=RULE, strokeWidth=0.7), written]


def _zero_line(alt: Any, at: float, height: float) -> Any:
    ends = [{"x": round(at, 2), "y": 0, "y2": height}]
    encoding = {"x": _x(alt, "x"), "y": _y(alt, "y", height), "y2": alt.Y2("y2:Q")}
    return draw_on(alt, ends, "rule", encoding, color=INK, strokeWidth=1.2)
