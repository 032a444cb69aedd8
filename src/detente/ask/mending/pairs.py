"""Two numbers together: a map of where the plan holds, and its frontier."""

from __future__ import annotations

import math
from collections.abc import Sequence

from detente.ask.mending.domains import Domain, find_domain, shorten_path
from detente.ask.mending.probe import Prober
from detente.ask.mending.records import FrontierPoint, Kind, NumberMend, PairMap, Side
from detente.ask.mending.search import (
    Border,
    nearest_border,
    print_sides,
    scan_number,
)
from detente.errors import DetenteError, Problem
from detente.scenario.model import Plan

POINTS = 11  # values a side of a map


def choose_pair(numbers: Sequence[NumberMend]) -> list[tuple[str, str]]:
    """Give the two numbers with a stated range that do most; none where fewer than two do."""
    useful = [
        each for each in numbers
        if each.matters and each.low is not None and each.kind is not Kind.MODEL
        and each.best is not None and not _whole(each)
    ]  # fmt: skip
    useful.sort(key=lambda each: (each.change is None, each.change or 0.0, -_height(each)))
    return [(useful[0].path, useful[1].path)] if len(useful) > 1 else []


def _height(each: NumberMend) -> float:
    return each.best.units if each.best is not None else -math.inf


def _whole(each: NumberMend) -> bool:
    return each.path.endswith((".for", ".lasts"))


def map_pair(prober: Prober, plan: Plan, first: str, second: str) -> PairMap:
    """Judge a plan over two numbers, each over its stated range (or what is looked at alone).

    The frontier is followed along the second; where it has no border there, along the first, and
    the two change places.

    Raises
    ------
    DetenteError
        E383 where both are the same number.
    """
    if first == second:
        raise DetenteError(
            Problem("E383", f"'{first}' is named twice", remedy="name two different numbers")
        )
    found = _map(prober, plan, first, second)
    if any(each.holds_at is not None for each in found.frontier):
        return found
    turned = _map(prober, plan, second, first)
    return turned if any(each.holds_at is not None for each in turned.frontier) else found


def _map(prober: Prober, plan: Plan, first: str, second: str) -> PairMap:
    scenario = prober.scenario
    xs, ys = _axis(prober, plan, first), _axis(prober, plan, second)
    found = [[prober.probe(plan, {first: x, second: y}) for y in ys.grid] for x in xs.grid]
    frontier = tuple(_frontier_point(prober, plan, xs, ys, x) for x in xs.grid)
    return PairMap(
        first=first,
        second=second,
        names=(shorten_path(scenario, first), shorten_path(scenario, second)),
        units=(scenario.quantities[first].unit, scenario.quantities[second].unit),
        today=(scenario.values[first], scenario.values[second]),
        xs=xs.grid,
        ys=ys.grid,
        units_at=tuple(
            tuple(each.worst.units if each.worst is not None else None for each in row)
            for row in found
        ),
        answers=tuple(tuple(each.answer for each in row) for row in found),
        frontier=frontier,
    )


def _axis(prober: Prober, plan: Plan, path: str) -> Domain:
    """Give evenly spaced values over the stated range, printed ones."""
    scenario = prober.scenario
    domain = find_domain(scenario, plan, path)
    if domain.whole:
        return domain
    quantity = scenario.quantities[path]
    low, high = quantity.low, quantity.high
    finite = [each for each in domain.grid if math.isfinite(each)]
    low = finite[0] if low is None else low
    high = finite[-1] if high is None or math.isinf(high) else high
    printer = domain.printer
    spread = [low + (high - low) * n / (POINTS - 1) for n in range(POINTS)]
    inner = {printer.read(printer.write(printer.snap(x, up=False))) for x in spread[1:-1]}
    grid = sorted(x for x in {low, high, *inner} if low <= x <= high)
    return Domain(path, domain.kind, printer, domain.value, tuple(grid))


def _frontier_point(prober: Prober, plan: Plan, xs: Domain, ys: Domain, x: float) -> FrontierPoint:
    """Give the change of the answer along the second number that is nearest to its value."""
    fixed = {xs.path: x}
    line = Domain(ys.path, ys.kind, ys.printer, _nearest(ys), ys.grid, ys.whole)
    scan = scan_number(prober, plan, line, fixed)
    here = prober.probe(plan, {**fixed, ys.path: ys.value})
    border: Border | None = nearest_border(scan, ys.value, holds=here.holds)
    sides: tuple[Side, Side] | None = None
    if border is not None:
        sides = print_sides(prober, plan, line, border, fixed)
    holds, fails = sides if sides is not None else (None, None)
    return FrontierPoint(x, xs.printer.exact(x), holds, fails)


def _nearest(domain: Domain) -> float:
    return min(domain.grid, key=lambda each: abs(each - domain.value))
