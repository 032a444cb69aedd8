"""Draw the pictures of docs/performance.md from what was measured.

Run it as ``python tools/performance_pictures.py MEASURES.json [FOLDER]``; without a folder it
writes to ``docs/pictures``. It needs the extra ``report``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from detente.show.drawing import CONFIG, INK, QUIET, load_altair, to_png

ROOT = Path(__file__).parents[1]
BLUE, ORANGE = "#2a6f9e", "#c8641e"
SIZE = {"width": 270, "height": 220}
LOOK: dict[str, Any] = {
    **CONFIG,
    "background": "white",
    "padding": 14,
    "title": {"anchor": "start", "color": INK, "fontSize": 13, "subtitleColor": QUIET,
              "subtitleFontSize": 11, "subtitlePadding": 4, "offset": 8},
    "concat": {"spacing": 34},
}  # fmt: skip
Row = dict[str, Any]


def main() -> None:
    """Read the measurements and write the pictures."""
    measures = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["parts"]
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    alt = load_altair()
    rows = [row for part in measures for row in part["rows"]]
    drawn = {
        "performance-states": [draw_dense(alt, rows), draw_sparse(alt, rows)],
        "performance-settings": [
            draw_patience(alt, rows),
            draw_directions(alt, rows),
            draw_threads(alt, rows),
        ],
    }
    for name, charts in drawn.items():
        chart = alt.hconcat(*charts).resolve_scale(color="independent")
        path = folder / f"{name}.png"
        path.write_bytes(to_png(chart, LOOK))
        print(path)  # noqa: T201  (a tool's answer)


def draw_dense(alt: Any, rows: list[Row]) -> Any:
    """CPU seconds against states, every state leading to every other."""
    found = [
        {"x": row["states"], "y": row["cpu_best"], "kind": _kind(row)}
        for row in rows if row["part"] == "dense" or row["name"] == "r100.7"
    ]  # fmt: skip
    title = _title(alt, "Random games, 3x3, δ=.7", "every state leads to every other", found, 3)
    return _lines(alt, found, "states", "CPU seconds", slope=3).properties(title=title, **SIZE)


def draw_sparse(alt: Any, rows: list[Row]) -> Any:
    """CPU seconds against states, games like those of scenarios."""
    found = [
        {"x": row["states"], "y": row["cpu_best"], "kind": _kind(row)}
        for row in rows if row["part"].startswith("sparse ")
    ]  # fmt: skip
    title = _title(alt, "Sparse games, to 1e-4", "15 profiles, at most 8 next states", found, 1)
    return _lines(alt, found, "states", "CPU seconds", slope=1).properties(title=title, **SIZE)


def draw_patience(alt: Any, rows: list[Row]) -> Any:
    """CPU seconds against the weight of the present."""
    found = [
        {"x": 1 / (1 - row["discount"]), "y": row["cpu_best"], "kind": _kind(row)}
        for row in rows if row["part"] == "patience"
    ]  # fmt: skip
    title = _title(alt, "Patience", "10 states, δ from .3 to .999", found)
    return _lines(alt, found, "1 / (1 - δ)", "CPU seconds").properties(title=title, **SIZE)


def draw_directions(alt: Any, rows: list[Row]) -> Any:
    """CPU seconds against the number of fixed directions, and exact polygons beside them."""
    words = {"r10.7": "actions seen", "signals10": "signals"}
    solved = [row for row in rows if row["part"] == "directions" and _kind(row) == "solved"]
    fan = [row for row in solved if row["directions"]]
    found = [
        {"x": row["directions"], "y": row["cpu_best"], "game": words[row["name"]]} for row in fan
    ]
    exact = [
        {"y": row["cpu_best"], "game": words[row["name"]]}
        for row in solved if not row["directions"]
    ]  # fmt: skip
    colour = alt.Color(
        "game:N", title=None, legend=alt.Legend(orient="bottom-right"),
        scale=alt.Scale(domain=list(words.values()), range=[BLUE, ORANGE]),
    )  # fmt: skip
    line = alt.Chart(alt.Data(values=found)).mark_line(point=True).encode(
        x=_axis(alt, "X", "directions", [r["x"] for r in found]),
        y=_axis(alt, "Y", "CPU seconds", [r["y"] for r in found + exact]), color=colour,
    )  # fmt: skip
    rule = alt.Chart(alt.Data(values=exact)).mark_rule(strokeDash=[4, 4]).encode(
        y="y:Q", color=colour
    )  # fmt: skip
    title = alt.TitleParams(
        "Fixed directions",
        subtitle=[
            "10 states, only what was solved;",
            "dashed: exact polygons, adaptive directions",
        ],
    )
    return (line + rule).properties(title=title, **SIZE)


def draw_threads(alt: Any, rows: list[Row]) -> Any:
    """Wall seconds with one and two threads, relative to one."""
    words = {"r50.7": "dense, 50", "sparse1000": "sparse, 1,000", "signals10": "signals, 10"}
    found = [row for row in rows if row["part"].startswith("threads ") and _kind(row) == "solved"]
    alone = {row["name"]: row["wall_best"] for row in found if row["threads"] == 1}
    bars = [
        {"game": words[row["name"]], "threads": str(row["threads"]),
         "share": row["wall_best"] / alone[row["name"]]}
        for row in found if row["name"] in alone
    ]  # fmt: skip
    chart = alt.Chart(alt.Data(values=bars)).mark_bar().encode(
        x=alt.X("game:N", title=None, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("threads:N"),
        y=alt.Y("share:Q", title="wall time; 1 is one thread"),
        color=alt.Color("threads:N", legend=alt.Legend(orient="bottom", title="threads"),
                        scale=alt.Scale(domain=["1", "2"], range=[BLUE, ORANGE])),
    )  # fmt: skip
    title = alt.TitleParams(
        "Threads", subtitle=["game and states; less is faster", "only games that were solved"]
    )
    return chart.properties(title=title, **SIZE)


def _kind(row: Row) -> str:
    return "solved" if row["status"] in ("converged", "empty") else "stopped"


def _lines(alt: Any, found: list[Row], x: str, y: str, slope: int | None = None) -> Any:
    """Give a line on logarithmic axes, and a dotted one that grows with a power of x."""
    base = alt.Chart(alt.Data(values=found)).encode(
        x=_axis(alt, "X", x, [r["x"] for r in found]),
        y=_axis(alt, "Y", y, [r["y"] for r in found]),
    )
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        color=alt.Color(
            "kind:N",
            legend=None,
            scale=alt.Scale(domain=["solved", "stopped"], range=[BLUE, ORANGE]),
        )
    )
    chart = base.mark_line(color=BLUE, opacity=0.5) + points
    solved = [row for row in found if row["kind"] == "solved"]
    if slope is None or not solved:
        return chart
    low, high = min(solved, key=lambda r: r["x"]), max(solved, key=lambda r: r["x"])
    anchor = high["y"]
    guide = [{"x": at, "y": anchor * (at / high["x"]) ** slope} for at in (low["x"], high["x"])]
    dotted = alt.Chart(alt.Data(values=guide)).mark_line(
        color=QUIET, strokeDash=[2, 3], clip=True
    ).encode(x="x:Q", y="y:Q")  # fmt: skip
    return chart + dotted


def _title(alt: Any, words: str, subtitle: str, found: list[Row], slope: int | None = None) -> Any:
    """Give a title that explains what is dotted, and what is orange where anything is."""
    lines = [subtitle]
    if slope is not None:
        lines.append(f"dotted: growth with the {'cube' if slope == 3 else 'number'} of states")
    if any(row["kind"] == "stopped" for row in found):
        lines.append("orange: stopped at its time limit")
    return alt.TitleParams(words, subtitle=lines)


def _axis(alt: Any, channel: str, title: str, values: list[float]) -> Any:
    """Give a logarithmic axis that ends where the values do."""
    low, high = (0.7 * min(values), 1.5 * max(values)) if values else (1.0, 10.0)
    decades = [10.0**k for k in range(-6, 7) if low <= 10.0**k <= high]
    if len(decades) < 2:
        decades = [
            m * 10.0**k for k in range(-6, 7) for m in (1, 2, 5) if low <= m * 10.0**k <= high
        ]
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    axis = alt.Axis(format="~g", values=decades)
    return getattr(alt, channel)(f"{channel.lower()}:Q", title=title, scale=scale, axis=axis)


if __name__ == "__main__":
    main()
