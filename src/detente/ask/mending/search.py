"""What one number alone can do: where the plan holds, and the nearest change of the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from scipy.optimize import brentq

from detente.ask.judge import TOL_ZERO
from detente.ask.mending.domains import Domain
from detente.ask.mending.probe import Probe, Prober
from detente.ask.mending.records import Interval, Side
from detente.ask.verdict import Answer
from detente.scenario.model import Plan
from detente.scenario.quantity import TokenError

TOL_ROOT = 1e-9  # of the number, or of one where it is smaller: the nearest border
TOL_END = 1e-3  # the other borders
MOST_PEAKS = 2
MAX_PEAK_STEPS = 7
COARSE = 4  # of the scan's intervals that decide first whether a number matters
MOST_FINER = 8  # how often the printed grid is made ten times finer
TOL_FLAT = 1e-12  # margins this close to each other, in payoff ranges, count as the same
GOLDEN = (math.sqrt(5) - 1) / 2

Judge = Callable[[float], Probe]


@dataclass(frozen=True, slots=True)
class Border:
    """Where the answer changes: the last value known on either side, root between."""

    holds: float
    fails: float

    @property
    def threshold(self) -> float:
        """A value between the two sides."""
        if math.isinf(self.holds) or math.isinf(self.fails):
            return min(self.holds, self.fails)
        return self.holds + (self.fails - self.holds) / 2


@dataclass(frozen=True, slots=True)
class Scan:
    """The verdicts over a number's values, ascending, with the borders between them."""

    values: tuple[float, ...]
    probes: tuple[Probe, ...]
    borders: tuple[Border, ...]
    matters: bool

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Where the plan holds; ends are values that do."""
        out: list[Interval] = []
        low = self.values[0] if self.probes[0].holds else None
        for border in sorted(self.borders, key=lambda b: min(b.holds, b.fails)):
            if low is None:
                low = border.holds
            else:
                out.append(Interval(low, border.holds))
                low = None
        if low is not None:
            out.append(Interval(low, self.values[-1]))
        return tuple(out)

    @property
    def best(self) -> tuple[float, Probe]:
        """The value with the largest worst margin."""
        place = max(range(len(self.values)), key=lambda n: self.probes[n].height)
        return self.values[place], self.probes[place]


def scan_number(
    prober: Prober, plan: Plan, domain: Domain, others: Mapping[str, float] | None = None
) -> Scan:
    """Judge the plan over a number's values, and find where the answer changes.

    A few values first: where no margin moves over them, the number does not matter and the scan
    stops.
    """
    given = dict(others or {})

    def judge(value: float) -> Probe:
        return prober.probe(plan, {**given, domain.path: value})

    known = {value: judge(value) for value in _first(domain)}
    heights = [probe.height for probe in known.values()]
    answers = {probe.answer for probe in known.values()}
    if len(answers) == 1 and max(heights) - min(heights) <= TOL_FLAT:
        return _make_scan(known, [], matters=False)
    known |= {value: judge(value) for value in domain.grid}
    if not domain.whole:
        _climb_peaks(known, judge)
    borders = _borders(known, judge, domain)
    return _make_scan(known, borders, matters=True)


def _first(domain: Domain) -> list[float]:
    last = len(domain.grid) - 1
    places = {round(last * n / COARSE) for n in range(COARSE + 1)} | {
        domain.grid.index(domain.value)
    }
    return [domain.grid[place] for place in sorted(places)]


def _make_scan(known: dict[float, Probe], borders: list[Border], *, matters: bool) -> Scan:
    order = sorted(known)
    return Scan(tuple(order), tuple(known[each] for each in order), tuple(borders), matters)


def _borders(known: dict[float, Probe], judge: Judge, domain: Domain) -> list[Border]:
    found = []
    for low, high in pairwise(sorted(known)):
        if known[low].holds == known[high].holds:
            continue
        holds, fails = (low, high) if known[low].holds else (high, low)
        if domain.whole:
            found.append(_bisect_periods(holds, fails, judge, domain, known))
        else:
            border = Border(holds, fails)
            found.append(_find_root(border, judge, known[holds], known[fails], TOL_END))
    return found


def sharpen(
    prober: Prober, plan: Plan, domain: Domain, border: Border, others: Mapping[str, float]
) -> Border:
    """Close in further on a border between two numbers."""
    if domain.whole:
        return border

    def judge(value: float) -> Probe:
        return prober.probe(plan, {**others, domain.path: value})

    return _find_root(border, judge, judge(border.holds), judge(border.fails), TOL_ROOT)


def _bisect_periods(
    holds: float, fails: float, judge: Judge, domain: Domain, known: dict[float, Probe]
) -> Border:
    """Find two neighbouring numbers of periods between which the answer changes."""
    printer = domain.printer
    while True:
        first, last = (
            int(printer.snap(each + 1e-9, up=False) / printer.step) for each in (holds, fails)
        )
        if abs(first - last) <= 1:
            return Border(holds, fails)
        middle = printer.read(printer.write(printer.step * ((first + last) // 2)))
        if middle in (holds, fails):
            return Border(holds, fails)
        known[middle] = judge(middle)
        holds, fails = (middle, fails) if known[middle].holds else (holds, middle)


def _find_root(border: Border, judge: Judge, above: Probe, below: Probe, tol: float) -> Border:
    """Close in on the change of the answer, to ``tol`` of the number (of one where smaller).

    Brent's method on the worst margin where it changes sign; the answers have the last word, and
    decide by halving where the margin jumps.
    """
    holds, fails = border.holds, border.fails
    if math.isinf(holds) or math.isinf(fails):
        return border
    close = tol * max(1.0, abs(holds), abs(fails))
    if above.height > 0 > below.height > -math.inf:
        root = float(brentq(lambda x: _finite(judge(x).height), holds, fails, xtol=close / 8))
        # margins within TOL_ZERO of zero count as zero: the answer changes that far beyond
        slope = (above.height - below.height) / abs(holds - fails)
        way = math.copysign(close / 4 + 2 * TOL_ZERO / slope, holds - fails)
        for middle in (root + way, root - way):
            if min(holds, fails) < middle < max(holds, fails):
                holds, fails = (middle, fails) if judge(middle).holds else (holds, middle)
        close = max(close, 2 * abs(way))
    while abs(holds - fails) > close:
        middle = holds + (fails - holds) / 2
        holds, fails = (middle, fails) if judge(middle).holds else (holds, middle)
    return Border(holds, fails)


def _finite(height: float) -> float:
    return max(height, -1e6)


def _climb_peaks(known: dict[float, Probe], judge: Judge) -> None:
    """Look closer around the highest peaks of the worst margin where the plan fails.

    An interval that holds may lie between two failing values of the scan.
    """
    order = [value for value in sorted(known) if known[value].height > -math.inf]
    peaks = []
    for left, value, right in zip(order, order[1:], order[2:], strict=False):
        if any(known[each].holds for each in (left, value, right)) or math.isinf(right):
            continue
        if known[value].height > max(known[left].height, known[right].height) + TOL_FLAT:
            peaks.append((known[value].height, left, right))
    for _, left, right in sorted(peaks, reverse=True)[:MOST_PEAKS]:
        _golden(known, judge, left, right)


def _golden(known: dict[float, Probe], judge: Judge, low: float, high: float) -> None:
    one, two = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    known[one], known[two] = judge(one), judge(two)
    for _ in range(MAX_PEAK_STEPS):
        if known[one].holds or known[two].holds or high - low < 1e-4 * max(1.0, abs(high)):
            return
        if known[one].height >= known[two].height:
            high, two = two, one
            one = high - GOLDEN * (high - low)
            known[one] = judge(one)
        else:
            low, one = one, two
            two = low + GOLDEN * (high - low)
            known[two] = judge(two)


def nearest_border(scan: Scan, value: float, *, holds: bool) -> Border | None:
    """Give the border that is nearest to today's value; ``holds``: whether the plan does today."""
    found = [
        (abs((border.fails if holds else border.holds) - value), n)
        for n, border in enumerate(scan.borders)
    ]
    return scan.borders[min(found)[1]] if found else None


def print_sides(
    prober: Prober, plan: Plan, domain: Domain, border: Border, others: Mapping[str, float]
) -> tuple[Side, Side] | None:
    """Give printed values on both sides of a border, judged as `check` judges them.

    The grid is that of the number; where no pair of its points lies on the two sides, it is
    made finer. None where even the finest has none.
    """
    if domain.whole or math.isinf(border.holds) or math.isinf(border.fails):
        sides = (_side(prober, plan, domain, domain.printer.exact(each), others)
                 for each in (border.holds, border.fails))  # fmt: skip
        good, bad = sides
        return (good, bad) if _opposed(good, bad) else None
    up = border.holds > border.fails  # whether larger values hold
    step = domain.printer.step
    for _ in range(MOST_FINER):
        start = domain.printer.snap(border.holds, up=up, step=step)
        away = step if up else -step
        for shift in (0, 1):
            above = _try(prober, plan, domain, start + shift * away, others)
            below = _try(prober, plan, domain, start + (shift - 1) * away, others)
            if above is not None and below is not None and _opposed(above, below):
                return above, below
        step /= 10
    return None


def _opposed(good: Side, bad: Side) -> bool:
    return good.answer is Answer.HOLDS and bad.answer is not Answer.HOLDS


def _try(
    prober: Prober, plan: Plan, domain: Domain, numeral: Decimal, others: Mapping[str, float]
) -> Side | None:
    low, high = domain.grid[0], domain.grid[-1]
    text = domain.printer.write(numeral)
    try:
        value = domain.printer.read(text)
    except TokenError:
        return None  # beyond the limits of the unit
    if not low <= value <= high:
        return None
    return _side(prober, plan, domain, text, others)


def _side(
    prober: Prober, plan: Plan, domain: Domain, text: str, others: Mapping[str, float]
) -> Side:
    value = domain.printer.read(text)
    return Side(value, text, prober.judge(plan, {**others, domain.path: value})[0])
