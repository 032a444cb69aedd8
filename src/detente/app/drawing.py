"""Pictures of a plan, in a worker: its margins, and the payoffs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from detente.app.limits import DEFAULT_LIMITS
from detente.app.reading import read, settings_of
from detente.ask.check import check
from detente.ask.verdict import Check, PayoffPicture
from detente.show.margin_chart import draw_margins
from detente.show.payoff_chart import draw_payoffs, is_small
from detente.show.report_margins import bars_of, describe_bars, first_results
from detente.show.words import points

Given = Mapping[str, Any]

MARGINS_NOTE = (
    "Each party's margin at each step, in its own points a year: what keeping the step is worth to"
    " it, less what its best breach is worth. The parties' scales cannot be compared."
)
PAYOFFS_NOTE = (
    "Grey: what the parties could get in any way. Violet: what some equilibrium gives (dark: shown"
    " to be one; light: not excluded). Points: the plan, and no deal. Both in their own points a"
    " year."
)


def answer_pictures(given: Given) -> dict[str, Any]:
    """Draw what is asked for."""
    found = check(
        read(given),
        [given["plan"]],
        None,
        settings_of(given),
        picture=given["which"] == "payoffs",
        time_limit=DEFAULT_LIMITS.sets_seconds if given["which"] == "payoffs" else 0.0,
    )
    if given["which"] == "margins":
        return _together(_margins(found), MARGINS_NOTE)
    if found.picture is None:
        return _together([], "Payoffs are drawn for two parties only.")
    return _together(_payoffs(found.picture), _payoffs_note(found.picture))


def _together(pictures: list[dict[str, str]], note: str) -> dict[str, Any]:
    first = pictures[0] if pictures else {"svg": "", "alt": ""}
    return {"svg": first["svg"], "alt": first["alt"], "note": note, "pictures": pictures}


def _margins(found: Check) -> list[dict[str, str]]:
    """Draw a picture a party."""
    (verdict,) = found.verdicts
    drawn = []
    for number, (party, name) in enumerate(zip(found.parties, found.party_names, strict=True)):
        bars = list(bars_of(first_results(verdict), party))
        if bars:
            drawn.append(
                {
                    "svg": draw_margins(bars, f"margins-{number}"),
                    "alt": describe_bars(name, verdict, bars),
                    "caption": f"{name}: {found.scales[number]}",
                }
            )
    return drawn


def _payoffs(picture: PayoffPicture) -> list[dict[str, str]]:
    """Draw the payoffs; once more from near, where what is credible is small."""
    first, second = picture.parties
    said = [f"{plan} at {points(x)} and {points(y)}" for plan, x, y in picture.plans]
    no_deal = f"no deal at {points(picture.no_deal[0])} and {points(picture.no_deal[1])}"
    alt = f"Payoffs of {first} across and {second} up: {', '.join([no_deal, *said])}."
    captions = {False: "Average payoffs from today on", True: "The same, seen from near"}
    return [
        {
            "svg": draw_payoffs(picture, picture.parties, f"payoffs-{int(near)}", near=near),
            "alt": alt,
            "caption": captions[near],
        }
        for near in ((False, True) if is_small(picture) else (False,))
    ]


def _payoffs_note(picture: PayoffPicture) -> str:
    """Say what is drawn, and how closely it is known."""
    if len(picture.outer) == 0:
        return f"{PAYOFFS_NOTE} There is no equilibrium in pure strategies from today's state."
    if not picture.status.is_answer:
        return f"{PAYOFFS_NOTE} Not finished: {picture.status.words}."
    if math.isfinite(picture.gap):
        return f"{PAYOFFS_NOTE} Known to {points(max(picture.gap, 0.0))} points a year."
    return PAYOFFS_NOTE
