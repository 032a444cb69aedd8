"""Draw the pictures of the README from the check of the shipped Singapore case.

Run it as ``python tools/make_pictures.py [FOLDER]``; without a folder it writes to
``docs/pictures``. It needs the extra ``report``. Nothing is drawn by hand: a picture shows what
the check says today.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import detente
from detente.ask.check import check
from detente.ask.verdict import Check, Verdict
from detente.show.drawing import CONFIG, INK, QUIET, load_altair, to_png
from detente.show.margin_chart import build_chart
from detente.show.payoff_chart import build_chart as build_payoffs
from detente.show.report_margins import bars_of, first_results, plan_name

CASE = "singapore-2018"
PLANS = ("disarm-first", "phased")
ROOT = Path(__file__).parents[1]
TIME_LIMIT = 60.0  # seconds for the payoff sets


def main() -> None:
    """Check the case and write the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    answer = check(detente.load(CASE).scenario, PLANS, picture=True, time_limit=TIME_LIMIT)
    drawn = {"margins": draw_plans(answer)}
    if answer.picture is not None:
        names = (answer.party_names[0], answer.party_names[1])
        drawn["payoffs"] = build_payoffs(load_altair(), answer.picture, names)
    for name, chart in drawn.items():
        path = folder / f"{CASE}-{name}.png"
        path.write_bytes(to_png(chart, QUIET_TITLES))
        print(path)  # noqa: T201  (a tool's answer)


QUIET_TITLES: dict[str, Any] = {
    **CONFIG,
    "background": "white",
    "padding": 14,
    "title": {
        "anchor": "start", "color": INK, "fontSize": 13, "subtitleColor": QUIET,
        "subtitleFontSize": 11, "subtitlePadding": 4, "offset": 8, "frame": "group",
    },
    "concat": {"spacing": 28},
}  # fmt: skip


def draw_plans(answer: Check) -> Any:
    """Give one picture of all plans: a row a plan, a column a party."""
    alt = load_altair()
    rows = [_draw_plan(alt, answer, verdict) for verdict in answer.verdicts]
    readings = [result.reading.words for result in first_results(answer.verdicts[0])]
    order = f" Bars from dark to light: {', '.join(readings)}." if len(readings) > 1 else ""
    title = alt.TitleParams(
        "What keeping each step is worth to each party, less its best breach (points a year)",
        subtitle=f"Blue: it would keep the step. Orange: it would walk away.{order}",
        frame="bounds",
        offset=18,
    )
    return alt.vconcat(*rows, title=title)


def _draw_plan(alt: Any, answer: Check, verdict: Verdict) -> Any:
    charts = []
    for n, (party, name) in enumerate(zip(answer.parties, answer.party_names, strict=True)):
        bars = list(bars_of(first_results(verdict), party))
        words = plan_name(verdict) if n == 0 else " "
        title = alt.TitleParams(words, subtitle=name, dx=-LABEL_SHIFT)
        charts.append(build_chart(alt, bars).properties(title=title))
    return alt.hconcat(*charts)


LABEL_SHIFT = 122  # the titles begin where the names of the steps do, pixels

if __name__ == "__main__":
    main()
