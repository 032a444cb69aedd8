"""``mend``: what would make a plan hold, one number alone, two together, or another order."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from detente.ask.check import check_statements
from detente.ask.mending.domains import Domain, find_domain, list_numbers, shorten_path
from detente.ask.mending.pairs import choose_pair, map_pair
from detente.ask.mending.probe import Probe, Prober
from detente.ask.mending.records import (
    Mending,
    NumberMend,
    Side,
    StructureMend,
)
from detente.ask.mending.search import (
    TOL_FLAT,
    Border,
    Scan,
    nearest_border,
    print_sides,
    scan_number,
    sharpen,
)
from detente.ask.mending.sentences import sum_up_mending
from detente.ask.mending.structure import mend_structure
from detente.ask.verdict import Answer, Reading
from detente.library import select_plans
from detente.scenario.model import Plan, Scenario
from detente.scenario.settings import apply_settings, resolve_path

MILDEST = (Reading.NO_DEAL, Reading.WRITTEN)

Progress = Callable[[int, int, str], None]  # parts done, of how many, and what is looked at


def mend(
    scenario: Scenario,
    plan: str,
    reading: Reading | None = None,
    settings: Sequence[str] = (),
    *,
    numbers: Sequence[str] | None = None,
    pairs: Sequence[tuple[str, str]] = (),
    structure: bool = True,
    best_pair: bool = False,
    time_limit: float | None = 0.0,
    progress: Progress | None = None,
) -> Mending:
    """Find what would make a plan hold.

    Parameters
    ----------
    scenario : as read; ``settings`` are applied here
    plan : id of the plan
    reading : what follows a breach; None: return to no deal or as written, whichever suffices
    settings : ``path=value`` texts
    numbers : paths of the numbers to look at; all that enter the plan where None
    pairs : numbers to look at two at a time
    structure : whether to try other orders of steps and other clauses
    best_pair : where no pair is named, map the two numbers that seem to do most
    time_limit : seconds for the payoff sets at each set of numbers where the harshest reading
        needs them; 0 computes none (what needs them is undecided)
    progress : told how many parts are done, of how many, and what is being looked at

    Raises
    ------
    DetenteError
        For a plan or number that does not exist, a setting that does not fit, a pair that makes
        no map.
    """
    start = time.perf_counter()
    given = scenario
    scenario = apply_settings(scenario, list(settings)) if settings else scenario
    (chosen,) = select_plans(scenario, [plan])
    readings = MILDEST if reading is None else (reading,)
    named = [(resolve_path(scenario, a), resolve_path(scenario, b)) for a, b in pairs]
    prober = Prober(scenario, readings, time_limit)
    taken, left = list_numbers(scenario, chosen)
    if numbers is not None:
        taken = [resolve_path(scenario, each) for each in numbers]
        left = []
    today = prober.probe(chosen)
    found = []
    parts = len(taken) + len(named)
    for number, path in enumerate(taken):
        if progress is not None:
            progress(number, parts, path)
        found.append(_mend_number(prober, chosen, path, today))
    found.sort(key=lambda each: _order(each, today.holds))
    structures: tuple[StructureMend, ...] = ()
    reason = ""
    if structure and not today.holds:
        if progress is not None:
            progress(len(taken), parts, "other orders of steps")
        structures, reason = mend_structure(prober, chosen, given, tuple(settings))
    if not named and best_pair and not today.holds:
        named = choose_pair(found)
    maps = []
    for number, (first, second) in enumerate(named, len(taken)):
        if progress is not None:
            progress(number, parts, f"{first} and {second} together")
        maps.append(map_pair(prober, chosen, first, second))
    answer = Mending(
        title=scenario.title,
        file=scenario.file,
        settings=tuple(settings),
        plan=chosen.id,
        plan_title=chosen.title,
        readings=readings,
        parties={each.id: each.name for each in scenario.parties},
        answer=today.answer,
        today=today.worst,
        numbers=tuple(found),
        left_out=tuple(left),
        structures=structures,
        structures_left_out=reason,
        pairs=tuple(maps),
        statements=check_statements(scenario),
        sentences=(),
        judged=prober.count,
        seconds=time.perf_counter() - start,
    )
    return sum_up_mending(answer)


def _mend_number(prober: Prober, plan: Plan, path: str, today: Probe) -> NumberMend:
    scenario = prober.scenario
    domain = find_domain(scenario, plan, path)
    scan = scan_number(prober, plan, domain)
    border = nearest_border(scan, domain.value, holds=today.holds)
    if border is not None:
        sharp = sharpen(prober, plan, domain, border, {})
        scan = replace(scan, borders=tuple(sharp if b is border else b for b in scan.borders))
        border = sharp
    sides = _print_nearest(prober, plan, domain, scan, border, today)
    quantity = scenario.quantities[path]
    low, high = quantity.low, quantity.high
    target = None if sides is None else sides[1] if today.holds else sides[0]
    best_at, best = scan.best
    if today.height >= best.height - TOL_FLAT:
        best_at, best = domain.value, today
    steps = [b - a for a, b in pairwise(scan.values) if math.isfinite(b)]
    return NumberMend(
        path=path,
        short=shorten_path(scenario, path),
        kind=domain.kind,
        unit=quantity.unit,
        value=domain.value,
        text=domain.printer.exact(domain.value),
        low=low,
        high=high,
        searched=(domain.grid[0], domain.grid[-1]),
        scanned=len(scan.values),
        gap=max(steps, default=0.0),
        intervals=scan.intervals,
        holds_at=None if sides is None else sides[0],
        fails_at=None if sides is None else sides[1],
        threshold=None if sides is None or border is None else border.threshold,
        change=None if target is None else _change(target.value, domain.value, low, high),
        best_at=Side(best_at, domain.printer.short(best_at), best.answer),
        best=best.worst,
        undecided=sum(each.answer is Answer.UNDECIDED for each in scan.probes),
        matters=scan.matters,
    )


def _print_nearest(
    prober: Prober, plan: Plan, domain: Domain, scan: Scan, border: Border | None, today: Probe
) -> tuple[Side, Side] | None:
    """Print the nearest border; where the plan holds on less than any grid shows, the next."""
    if border is None:
        return None
    others: Mapping[str, float] = {}
    sides = print_sides(prober, plan, domain, border, others)
    if sides is not None:
        return sides
    for other in sorted(scan.borders, key=lambda b: abs(b.threshold - domain.value)):
        toward = (other.holds - domain.value) * (other.holds - other.fails)
        if other is not border and (toward > 0) is not today.holds:
            sides = print_sides(prober, plan, domain, other, others)
            if sides is not None:
                return sides
    return None


def _change(target: float, value: float, low: float | None, high: float | None) -> float:
    """Give the size of a change in units of the stated range, else of the number itself."""
    if math.isinf(target) or math.isinf(value):
        return math.inf
    width = 0.0
    if low is not None and high is not None:
        width = (high if math.isfinite(high) else value) - low
    return abs(target - value) / (width or abs(value) or 1.0)


def _order(each: NumberMend, holds: bool) -> tuple[int, int, float, float]:
    """Sort what mends first: stated ranges, then others, the clock last; small changes first."""
    found = (each.fails_at if holds else each.holds_at) is not None
    ranged = each.low is not None
    group = 0 if ranged else 1
    if each.kind.value == "model":
        group = 2
    height = -math.inf if each.best is None else each.best.units
    return (0 if found else 1 if each.matters else 2, group if found else 0,
            each.change if each.change is not None else 0.0, -height)  # fmt: skip
