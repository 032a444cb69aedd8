"""The picture of equilibrium payoffs: what is feasible, what is credible, and the plans."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from detente.arrays import FloatArray
from detente.ask.verdict import PayoffPicture
from detente.show.drawing import INK, draw_on, fix_scale, load_altair, shorten, to_svg, trust_charts

FEASIBLE, FEASIBLE_EDGE = "#eef0f3", "#9aa3ac"
OUTER, INNER, SET_EDGE = "#e3d5ec", "#bf9fd0", "#5f2f7d"
PLAN_COLOUR, NO_DEAL_COLOUR, HALO = "#0b4a7e", "#a63e01", "#fffffe"
WIDTH, HEIGHT = 430, 330  # pixels
LINE = 14.0  # height of a label, pixels
CHARACTER = 6.6  # width of a bold letter, pixels, rather more than less
ASIDE = 11.0  # between a point and its label, pixels
MAX_NAME = 44
SMALL = 0.3  # a set this small within the feasible one is shown again, larger

Box = tuple[float, float, float, float]  # left, top, right, bottom, pixels


@dataclass(frozen=True, slots=True)
class Spot:
    """A named point, in points per year."""

    label: str
    x: float
    y: float
    no_deal: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the plane that is drawn, in points per year."""

    left: float
    right: float
    bottom: float
    top: float

    def across(self, x: float) -> float:
        """Give the pixel of a value of the first party, from the left."""
        return (x - self.left) / (self.right - self.left) * WIDTH

    def down(self, y: float) -> float:
        """Give the pixel of a value of the second party, from the top."""
        return (self.top - y) / (self.top - self.bottom) * HEIGHT

    def x_at(self, pixel: float) -> float:
        """Give the value of the first party at a pixel from the left."""
        return self.left + pixel / WIDTH * (self.right - self.left)

    def y_at(self, pixel: float) -> float:
        """Give the value of the second party at a pixel from the top."""
        return self.top - pixel / HEIGHT * (self.top - self.bottom)


def is_small(picture: PayoffPicture) -> bool:
    """Whether the equilibrium payoffs are so few that they need a picture of their own."""
    if len(picture.outer) == 0 or len(picture.feasible) == 0:
        return False
    whole, spots = _frame([picture.feasible], _spots(picture)), _spots(picture)
    part = _frame([picture.outer, picture.inner], spots)
    wide = (part.right - part.left) / (whole.right - whole.left)
    high = (part.top - part.bottom) / (whole.top - whole.bottom)
    return max(wide, high) < SMALL


def draw_payoffs(
    picture: PayoffPicture,
    names: tuple[str, str],
    key: str,
    *,
    near: bool = False,
    unit: str = "points a year",
) -> str:
    """Draw the feasible payoffs, the bounds on equilibrium payoffs, and the plans, as SVG.

    Parameters
    ----------
    picture : sets as vertices, points per year; the first party across, the second up
    names : the parties' names, for the axes
    key : start of the ids inside the SVG
    near : frame the equilibrium payoffs and the plans only
    unit : of the payoffs, for the axes

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    alt = load_altair()
    with trust_charts(alt):
        chart = build_chart(alt, picture, names, near=near, unit=unit)
    return to_svg(chart, key)


def build_chart(
    alt: Any,
    picture: PayoffPicture,
    names: tuple[str, str],
    *,
    near: bool = False,
    unit: str = "points a year",
) -> Any:
    """Build the chart of the payoff sets."""
    titles = (f"{shorten(names[0], MAX_NAME)}, {unit}", f"{shorten(names[1], MAX_NAME)}, {unit}")
    spots = _spots(picture)
    sets = [picture.outer, picture.inner]
    frame = _frame(sets if near else [picture.feasible, *sets], spots)
    layers = [
        *_set(alt, frame, titles, picture.feasible, FEASIBLE, FEASIBLE_EDGE, [1, 0]),
        *_set(alt, frame, titles, picture.outer, OUTER, SET_EDGE, [5, 3]),
        *_set(alt, frame, titles, picture.inner, INNER, SET_EDGE, [1, 0]),
        *_labelled(alt, frame, titles, spots),
    ]
    return alt.layer(*layers, width=WIDTH, height=HEIGHT)


def _spots(picture: PayoffPicture) -> list[Spot]:
    spots = [Spot("no deal", float(picture.no_deal[0]), float(picture.no_deal[1]), True)]
    spots += [Spot(shorten(plan, 32), first, second) for plan, first, second in picture.plans]
    return [spot for spot in spots if math.isfinite(spot.x) and math.isfinite(spot.y)]


def _frame(sets: Sequence[FloatArray], spots: Sequence[Spot]) -> Frame:
    """Give the smallest frame around sets and points, with a margin of a sixteenth."""
    xs = [spot.x for spot in spots] + [float(x) for each in sets for x in each[:, 0]]
    ys = [spot.y for spot in spots] + [float(y) for each in sets for y in each[:, 1]]
    wide = (max(xs) - min(xs)) or 1.0
    high = (max(ys) - min(ys)) or 1.0
    return Frame(min(xs) - wide / 16, max(xs) + wide / 16, min(ys) - high / 16, max(ys) + high / 16)


def _xy(
    alt: Any, frame: Frame, titles: tuple[str, str], *, x: str = "x", y: str = "y"
) -> dict[str, Any]:
    return {
        "x": alt.X(
            f"{x}:Q",
            scale=fix_scale(alt, frame.left, frame.right),
            axis=alt.Axis(title=titles[0], tickCount=6),
        ),
        "y": alt.Y(
            f"{y}:Q",
            scale=fix_scale(alt, frame.bottom, frame.top),
            axis=alt.Axis(title=titles[1], tickCount=6),
        ),
    }


def _set(
    alt: Any,
    frame: Frame,
    titles: tuple[str, str],
    vertices: FloatArray,
    fill: str,
    edge: str,
    dash: list[int],
) -> list[Any]:
    """Draw a convex set: a polygon, a segment, a point, or nothing."""
    if len(vertices) == 0:
        return []
    rows = [{"x": float(x), "y": float(y), "n": n} for n, (x, y) in enumerate(vertices)]
    axes = _xy(alt, frame, titles)
    drawn = []
    if len(rows) > 1:
        drawn.append(
            draw_on(
                alt, rows, "line", {**axes, "order": alt.Order("n:Q")},
                interpolate="linear-closed", fill=fill, stroke=edge, strokeWidth=1.3,
                strokeDash=dash, clip=True,
            )
        )  # fmt: skip
    spread = max(
        float(vertices[:, 0].max() - vertices[:, 0].min()) / (frame.right - frame.left),
        float(vertices[:, 1].max() - vertices[:, 1].min()) / (frame.top - frame.bottom),
    )
    if spread < 0.015:  # too small to be seen as an area
        drawn.append(
            draw_on(
                alt, rows, "point", axes,
                size=70, filled=True, fill=fill, stroke=edge, strokeWidth=1.3, opacity=1,
            )
        )  # fmt: skip
    return drawn


def place_labels(spots: Sequence[Spot], frame: Frame) -> list[tuple[float, float, bool]]:
    """Give each label's pixel, and whether it stands left of its point.

    A label takes the nearest free place beside its point: free of the points, of the labels
    placed before it, and of the frame's edge. Where there is none it stays at its right.
    """
    at = [(frame.across(spot.x), frame.down(spot.y)) for spot in spots]
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y in at]
    shifts = [0.0] + [sign * LINE * n * 0.75 for n in range(1, 6) for sign in (1, -1)]
    placed = []
    for spot, (x, y) in zip(spots, at, strict=True):
        wide = CHARACTER * len(spot.label)
        candidates = [(shift, left) for shift in shifts for left in (False, True)]
        chosen = (x + ASIDE, y, False)
        for shift, left in candidates:
            start = x - ASIDE - wide if left else x + ASIDE
            box = (start, y + shift - LINE / 2, start + wide, y + shift + LINE / 2)
            inside = box[0] >= 0 and box[2] <= WIDTH and box[1] >= 0 and box[3] <= HEIGHT
            if inside and not any(_overlap(box, each) for each in taken):
                chosen = (x - ASIDE if left else x + ASIDE, y + shift, left)
                break
        start = chosen[0] - wide if chosen[2] else chosen[0]
        taken.append((start, chosen[1] - LINE / 2, start + wide, chosen[1] + LINE / 2))
        placed.append(chosen)
    return placed


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _labelled(alt: Any, frame: Frame, titles: tuple[str, str], spots: Sequence[Spot]) -> list[Any]:
    """Draw the named points; a thin line leads to a label that had to step aside."""
    axes = _xy(alt, frame, titles)
    rows = []
    for spot, (at, height, left) in zip(spots, place_labels(spots, frame), strict=True):
        rows.append(
            {
                "x": spot.x, "y": spot.y, "lx": frame.x_at(at), "ly": frame.y_at(height),
                "label": spot.label, "left": left, "no_deal": spot.no_deal,
                "aside": abs(height - frame.down(spot.y)) > 3,
            }
        )  # fmt: skip
    drawn = []
    aside = [row for row in rows if row["aside"]]
    if aside:
        lead = {**axes, "x2": alt.X2("lx:Q"), "y2": alt.Y2("ly:Q")}
        drawn.append(draw_on(alt, aside, "rule", lead, color=INK, strokeWidth=0.8))
    for no_deal, shape, colour in (
        (True, "diamond", NO_DEAL_COLOUR),
        (False, "circle", PLAN_COLOUR),
    ):
        chosen = [row for row in rows if row["no_deal"] is no_deal]
        if chosen:
            drawn.append(
                draw_on(
                    alt, chosen, "point", axes, shape=shape, size=80, filled=True,
                    fill=colour, stroke=HALO, strokeWidth=1.2, opacity=1,
                )
            )  # fmt: skip
    labels = {**_xy(alt, frame, titles, x="lx", y="ly"), "text": alt.Text("label:N")}
    for left, align in ((False, "left"), (True, "right")):
        chosen = [row for row in rows if row["left"] is left]
        if chosen:
            drawn.append(
                draw_on(alt, chosen, "text", labels, color=INK, fontWeight="bold", align=align)
            )
    return drawn
