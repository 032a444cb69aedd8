"""The verdicts on plans over a grid of two numbers, for a reader to move about in.

Every point of the grid is judged as `mend` judges: a plan holds there by return to no deal, or as
written, or not. Threats harsher than the plan's own are left out, since they take too long to
judge at every point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.ask.leaning import READINGS, Leaning, find_leaning
from detente.ask.mending.domains import Domain, find_domain, shorten_path
from detente.ask.mending.probe import Probe, Prober
from detente.ask.sweeping.space import Range
from detente.ask.verdict import Answer, Reading
from detente.errors import DetenteError, Problem
from detente.library import select_plans
from detente.scenario.model import Citation, Plan, Scenario, Unit
from detente.scenario.settings import resolve_path

POINTS = 21  # values of each number


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the two numbers, and its values on the grid.

    Attributes
    ----------
    texts : the values as written after ``--set``
    today : index of the value in force
    """

    path: str
    short: str
    unit: Unit
    values: tuple[float, ...]
    texts: tuple[str, ...]
    today: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """The verdict on a plan at one point of the grid.

    Attributes
    ----------
    reading : that under which the plan holds or comes nearest to it; None where no deal is not
        known, or the numbers make no sense together
    margin : the smallest under it, points per year of the party; None likewise
    step : number of the step at which it arises
    """

    answer: Answer
    reading: Reading | None
    margin: float | None
    party: str
    step: int
    step_id: str


@dataclass(frozen=True, slots=True)
class PlanGrid:
    """A plan over the grid: ``spots[y][x]``."""

    plan: str
    title: str
    spots: tuple[tuple[Spot, ...], ...]


@dataclass(frozen=True, slots=True)
class Exploring:
    """The verdicts on plans over two numbers, all others as they stand."""

    parties: tuple[str, ...]
    party_names: tuple[str, ...]
    settings: tuple[str, ...]
    readings: tuple[Reading, ...]
    x: Axis
    y: Axis
    plans: tuple[PlanGrid, ...]


def explore(
    scenario: Scenario,
    pair: tuple[str, str] | None = None,
    plans: Sequence[str] | None = None,
    settings: Sequence[str] = (),
    *,
    leanings: Sequence[Leaning] | None = None,
    points: int = POINTS,
) -> Exploring | None:
    """Judge plans over a grid of two numbers.

    Parameters
    ----------
    scenario : as read, with the settings in force, which ``settings`` only names
    pair : paths of the numbers; None for the two on which most verdicts hang
    plans : ids of plans; all where None
    leanings : of these plans, where they are known already
    points : values of each number

    Returns
    -------
    The verdicts, or None where no pair is named and fewer than two ranged numbers matter.

    Raises
    ------
    DetenteError
        For a plan or a number that does not exist; E383 where both numbers are the same.
    """
    chosen = select_plans(scenario, plans or ())
    prober = Prober(scenario, READINGS, 0.0)
    if pair is None:
        if leanings is None:
            leanings = [find_leaning(scenario, plan.id, prober) for plan in chosen]
        pair = choose_numbers(scenario, leanings)
        if pair is None:
            return None
    first, second = (resolve_path(scenario, each) for each in pair)
    if first == second:
        message, remedy = f"'{pair[1]}' is named twice", "name two different numbers"
        raise DetenteError(Problem("E383", message, remedy=remedy))
    x, y = (_axis(scenario, chosen, path, points) for path in (first, second))
    return Exploring(
        parties=tuple(each.id for each in scenario.parties),
        party_names=tuple(each.name for each in scenario.parties),
        settings=tuple(settings),
        readings=READINGS,
        x=x,
        y=y,
        plans=tuple(PlanGrid(p.id, p.title, _judge(prober, p, x, y)) for p in chosen),
    )


def choose_numbers(scenario: Scenario, leanings: Sequence[Leaning]) -> tuple[str, str] | None:
    """Give the two numbers that overturn most verdicts, of these those that move them furthest.

    The clock is left out: another clock is another model.
    """
    score: dict[str, tuple[int, float]] = {}
    for leaning in leanings:
        for each in leaning.numbers:
            if each.path != scenario.clock.path:
                turned, moved = score.get(each.path, (0, 0.0))
                swing = each.swing if math.isfinite(each.swing) else 0.0
                score[each.path] = (turned + each.overturns, moved + swing)
    ranked = sorted(score, key=lambda path: (-score[path][0], -score[path][1], path))
    return (ranked[0], ranked[1]) if len(ranked) > 1 else None


def _axis(scenario: Scenario, plans: Sequence[Plan], path: str, points: int) -> Axis:
    """Give values that spread over the stated range, or over what is looked at, and today's."""
    domains = [find_domain(scenario, plan, path) for plan in plans]
    domain = next((each for each in domains if each.whole), domains[0])
    quantity = scenario.quantities[path]
    low, high = quantity.low, quantity.high
    if low is None or high is None:
        finite = [each for each in domain.grid if math.isfinite(each)]
        low, high = finite[0], finite[-1]
    today = scenario.values[path]
    if domain.whole:
        values = {each for each in domain.grid if low <= each <= high}
    else:
        values = _spread(domain, Range(path, quantity.unit, low, high), points)
        inner = [each for each in values if each not in (low, high)]
        if inner and today not in values and low < today < high:
            values.discard(min(inner, key=lambda each: abs(each - today)))
    ordered = sorted(values | {today})
    return Axis(
        path=path,
        short=shorten_path(scenario, path),
        unit=quantity.unit,
        values=tuple(ordered),
        texts=tuple(domain.printer.exact(each) for each in ordered),
        today=ordered.index(today),
        citations=quantity.citations,
    )


def _spread(domain: Domain, span: Range, points: int) -> set[float]:
    """Give values over a range, as the file would write them; the ends as they are."""
    printer = domain.printer
    even = [float(each) for each in span.at(np.arange(points) / (points - 1))]
    inner = [printer.read(printer.write(printer.snap(each, up=False))) for each in even[1:-1]]
    return {span.low, span.high, *(each for each in inner if span.low < each < span.high)}


def _judge(prober: Prober, plan: Plan, x: Axis, y: Axis) -> tuple[tuple[Spot, ...], ...]:
    return tuple(
        tuple(_spot(prober.probe(plan, {x.path: across, y.path: up})) for across in x.values)
        for up in y.values
    )


def _spot(probe: Probe) -> Spot:
    worst = probe.worst
    if worst is None:
        return Spot(probe.answer, None, None, "", 0, "")
    return Spot(probe.answer, worst.reading, worst.margin, worst.party, worst.step, worst.step_id)
