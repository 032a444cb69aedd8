"""The questions that are answered at once, in a worker: the scenario is read in here."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from detente.app.limits import DEFAULT_LIMITS
from detente.app.reading import read, read_checker, settings_of, values_of
from detente.ask.check import check
from detente.ask.compare import compare
from detente.ask.explain import explain
from detente.ask.screen import screen
from detente.ask.sentences import staying_and_leaving
from detente.ask.verdict import Answer, Check, Margin, Reading, ReadingResult, Verdict
from detente.library import select_party, select_plans, select_step
from detente.scenario.settings import apply_settings
from detente.show.as_json import check_as_json, explanation_as_json
from detente.show.compare_json import comparison_as_json, screening_as_json
from detente.show.compare_report import comparison_section
from detente.show.report_margins import first_results, smallest_margins
from detente.show.screen_report import screening_section

Given = Mapping[str, Any]


def answer_verdict(given: Given) -> dict[str, Any]:
    """Judge one plan, or all, at the settings."""
    start = time.perf_counter()
    scenario = read(given)
    if given["plan"] is not None:
        select_plans(scenario, [given["plan"]])
    seconds = DEFAULT_LIMITS.sets_seconds if given["sets"] else 0.0
    checker = read_checker(given, given["plan"], seconds)
    verdicts = checker.judge(values_of(scenario, given["settings"])).verdicts
    return {
        "verdicts": [_verdict(each, sets=given["sets"]) for each in verdicts],
        "milliseconds": round(1000 * (time.perf_counter() - start), 1),
    }


def _verdict(verdict: Verdict, *, sets: bool) -> dict[str, Any]:
    results = first_results(verdict)
    mildest = results[0]
    margins = [each for each in mildest.margins if not each.in_response]
    tightest = min(margins, key=lambda each: each.margin, default=None)
    undecided = verdict.answer is Answer.UNDECIDED
    return {
        "plan": verdict.plan,
        "title": verdict.title,
        "answer": str(verdict.answer),
        "mildest": None if verdict.mildest is None else str(verdict.mildest),
        "answers": {str(each.reading): str(each.answer) for each in results},
        "carries_to": mildest.carries_to,
        "steps": len(verdict.moves),
        "first": None if mildest.breaks_at is None else _where(mildest.breaks_at),
        "tightest": None if tightest is None else _where(tightest),
        "sentence": verdict.sentence,
        "reasons": list(verdict.reasons),
        "needs_sets": undecided and not sets and not results[-1].status.is_answer,
    }


def _where(margin: Margin) -> dict[str, Any]:
    return {
        "party": margin.party,
        "party_name": margin.party_name,
        "step": margin.step,
        "step_id": margin.step_id,
        "margin": _finite(margin.margin),
        "deviation": margin.deviation,
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def answer_check(given: Given) -> dict[str, Any]:
    """Check plans, and list the smallest margins of every party at every step."""
    found = _check(given)
    return {
        "record": check_as_json(found),
        "plans": [
            {
                "plan": verdict.plan,
                "margins": [
                    row for result in first_results(verdict) for row in _margin_rows(result)
                ],
            }
            for verdict in found.verdicts
        ],
    }


def _check(given: Given) -> Check:
    reading = given["reading"]
    return check(
        read(given),
        given["plans"] or None,
        None if reading is None else (Reading(reading),),
        settings_of(given),
        time_limit=DEFAULT_LIMITS.sets_seconds,
    )


def _margin_rows(result: ReadingResult) -> list[dict[str, Any]]:
    rows = []
    for inside in dict.fromkeys(each.in_response for each in result.margins):
        found = smallest_margins(each for each in result.margins if each.in_response == inside)
        for _, each in sorted(found.items()):
            rows.append(
                {
                    **_where(each),
                    "in_response": inside,
                    "reading": str(result.reading),
                    "staying": _finite(each.staying),
                    "leaving": _finite(each.leaving),
                    "low": _finite(each.low),
                    "high": _finite(each.high),
                    "words": staying_and_leaving(each) if each.margin < 0 else "",
                }
            )
    return rows


def answer_explain(given: Given) -> dict[str, Any]:
    """Show the terms of a margin."""
    from detente.show.explained import render_explanation  # noqa: PLC0415
    from detente.show.terminal import print_plain  # noqa: PLC0415

    scenario = apply_settings(read(given), settings_of(given))
    (plan,) = select_plans(scenario, [given["plan"]])
    step = select_step(plan, given["step"])
    party = None if given["party"] is None else select_party(scenario, given["party"])
    found = explain(scenario, plan.id, str(step), party, Reading(given["reading"]))
    words = print_plain(render_explanation(found, scenario.sources))
    return {"record": explanation_as_json(found), "sentences": words.splitlines()}


def answer_compare(given: Given) -> dict[str, Any]:
    """Compare plans step by step."""
    reading = given["reading"]
    readings = None if reading is None else (Reading(reading),)
    found = compare(
        [read(given)],
        given["plans"],
        readings,
        settings_of(given),
        time_limit=DEFAULT_LIMITS.sets_seconds,
    )
    return {
        "record": comparison_as_json(found),
        "html": str(comparison_section(found)),
        "sentences": list(found.sentences),
    }


def answer_screen(given: Given) -> dict[str, Any]:
    """Tell the types of a party apart."""
    scenario, settings = read(given), settings_of(given)
    found = screen(scenario, given["plan"], given["party"], Reading(given["reading"]), settings)
    return {
        "record": screening_as_json(found),
        "html": str(screening_section(found)),
        "sentences": list(found.sentences),
    }


def answer_sources(given: Given) -> dict[str, Any]:
    """Say what every number rests on; no document is looked at."""
    from detente.ask.sourcing import trace_sources  # noqa: PLC0415
    from detente.show.sources_json import sourcing_as_json  # noqa: PLC0415

    found = trace_sources(apply_settings(read(given), settings_of(given)))
    return {"record": sourcing_as_json(found), "sentences": list(found.sentences)}


def answer_leaning(given: Given) -> dict[str, Any]:
    """Find the numbers on which the verdict on a plan hangs most."""
    from detente.ask.leaning import find_leaning  # noqa: PLC0415

    found = find_leaning(apply_settings(read(given), settings_of(given)), given["plan"])
    return {
        "numbers": [
            {
                "path": each.path,
                "words": f"alone overturns the verdict on {found.plan} within its range"
                if each.overturns
                else f"among those that move the tightest margin of {found.plan} most",
            }
            for each in found.most
        ]
    }
