"""Which values a number may take, and how they are printed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from detente.ask.mending.records import Kind
from detente.errors import DetenteError
from detente.scenario.formula import CONSTANTS
from detente.scenario.model import Plan, Quantity, Scenario, Unit
from detente.scenario.quantity import DAYS_PER_YEAR, KIND_OF_UNIT, MAX_NUMBER, parse_quantity
from detente.scenario.settings import OPTIONAL_WORDS, resolve_path

SHARES = (0.0, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.94, 1.0)
PATIENCE = (0.01, 0.2, 0.4, 0.55, 0.67, 0.75, 0.82, 0.87, 0.91, 0.94, 0.96, 0.98, 0.99, 0.999)
UNDO_YEARS = (0.0, 0.08, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0, 40.0, 100.0)
INSPECTION_YEARS = (1 / 52, 1 / 12, 1 / 6, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
CLOCKS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)  # times today's
MOST_PERIODS = 24  # of a step or a response, unless the file has longer ones
PARTS = 6  # of a number's reach on either side of it
REACH = 4.0  # times the number itself, at least
STEPS_IN_RANGE = 20  # printed values in a stated range, at least
CLOSE_SHARE = 0.02  # of what is searched: values closer to a stated one are left out
CLOSE_RATIO, CLOSE_YEARS = 0.2, 0.2  # the same for times
OTHER_SECTIONS = ("types.", "constants.")

_AMOUNT = re.compile(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(%)?\s*([A-Za-z][A-Za-z ]*)?")
_YEARS = {"day": 1 / DAYS_PER_YEAR, "week": 7 / DAYS_PER_YEAR, "month": 1 / 12, "year": 1.0}


@dataclass(frozen=True, slots=True)
class Printer:
    """How a number is written: as in the file, in whole steps of a grid.

    ``sign`` and ``words`` follow the numeral; ``step`` is the grid's, in the numeral's unit.
    """

    unit: Unit
    percent: bool
    words: str
    step: Decimal

    def numeral(self, value: float) -> float:
        """Give a value in the unit in which it is written."""
        if self.words == "per month":
            value = -math.expm1(math.log1p(-value) / 12) if self.unit is Unit.RATE else (
                value ** (1 / 12)
            )  # fmt: skip
        if self.unit is Unit.YEARS:
            value = value / _YEARS[self.words]
        return value * 100 if self.percent else value

    def write(self, numeral: Decimal) -> str:
        """Write a numeral with its unit."""
        text = format(numeral.normalize(), "f") if numeral else "0"
        words = self.words
        if self.unit is Unit.YEARS and abs(numeral) != 1:
            words += "s"
        return f"{text}{'%' if self.percent else ''}{' ' if words else ''}{words}"

    def read(self, text: str) -> float:
        """Give the value that a text stands for after ``--set``."""
        return parse_quantity(text, KIND_OF_UNIT[self.unit]).value

    def snap(self, value: float, *, up: bool, step: Decimal | None = None) -> Decimal:
        """Give the nearest grid point at or above (or below) a value, in the numeral's unit."""
        grid = self.step if step is None else step
        way = ROUND_CEILING if up else ROUND_FLOOR
        return (Decimal(self.numeral(value)) / grid).to_integral_value(way) * grid

    def exact(self, value: float) -> str:
        """Write a value as closely as its unit allows."""
        if math.isinf(value):
            return "never"
        text = self.write(Decimal(repr(round(self.numeral(value), 9))))
        return text if self.read(text) == value else self.write(Decimal(repr(self.numeral(value))))

    def short(self, value: float) -> str:
        """Write a value to four digits, for sentences."""
        if math.isinf(value):
            return "never"
        return self.write(Decimal(f"{self.numeral(value):.4g}"))


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a number is looked at.

    Attributes
    ----------
    grid : ascending, today's among them
    whole : whether nothing lies between neighbours (whole periods)
    """

    path: str
    kind: Kind
    printer: Printer
    value: float
    grid: tuple[float, ...]
    whole: bool = False


def list_numbers(scenario: Scenario, plan: Plan) -> tuple[list[str], list[str]]:
    """Give the paths of the numbers that enter a plan's verdict, and of those left out."""
    used = {
        each.duration.path for each in plan.responses.values() if each.duration is not None
    }  # fmt: skip
    taken, left = [], []
    for path in scenario.quantities:
        if path in CONSTANTS.values() or path.startswith(OTHER_SECTIONS):
            continue
        own = f"plans.{plan.id}."
        is_response = "if_broken." in path or "if_alarm." in path or "if_hostile." in path
        elsewhere = path.startswith("plans.") and not path.startswith(own)
        if elsewhere or (is_response and path.endswith(".for") and path not in used):
            left.append(path)
        else:
            taken.append(path)
    return taken, left


def shorten_path(scenario: Scenario, path: str) -> str:
    """Give the shortest end of a path that names it, of at least two words where it has them."""
    words = [word for word in path.split(".") if word not in OPTIONAL_WORDS]
    for n in range(min(2, len(words)), len(words) + 1):
        end = ".".join(words[len(words) - n :])
        try:
            if end and resolve_path(scenario, end) == path:
                return end
        except DetenteError:
            continue  # fits several
    return path


def find_domain(scenario: Scenario, plan: Plan, path: str) -> Domain:
    """Say which values of a number are looked at, and on which grid they are printed."""
    quantity = scenario.quantities[path]
    value = scenario.values[path]
    kind = _kind(scenario, path)
    if _in_periods(plan, path):
        return _periods(scenario, quantity, value, kind)
    printer = _printer(quantity, value)
    reach = _reach(scenario, quantity, value, printer)
    ends = [each for each in (quantity.low, quantity.high) if each is not None]
    grid = sorted({*reach, value, *ends})
    return Domain(path, kind, printer, value, _thin(grid, {value, *ends}, quantity.unit))


def _kind(scenario: Scenario, path: str) -> Kind:
    if path == scenario.clock.path:
        return Kind.MODEL
    clauses = ("plans.", "if_broken.", "if_alarm.", "if_hostile.", "inspection.")
    return Kind.NEGOTIABLE if path.startswith(clauses) else Kind.WORLD


def _in_periods(plan: Plan, path: str) -> bool:
    """Whether a number is a time that counts in whole periods only."""
    times = [step.lasts for step in plan.steps]
    times += [each.duration for each in plan.responses.values()]
    return any(each is not None and each.path == path for each in times)


def _periods(scenario: Scenario, quantity: Quantity, value: float, kind: Kind) -> Domain:
    """Give whole periods: a time between them is rounded up (R17)."""
    clock = scenario.value(scenario.clock)
    printer = _printer(scenario.clock, clock)
    finite = [x for x in (value, quantity.low, quantity.high) if x is not None and x < math.inf]
    longest = max([math.ceil(x / clock - 1e-9) for x in finite] + [1])
    most = max(MOST_PERIODS, longest) if longest * 2 > MOST_PERIODS else MOST_PERIODS
    step = Decimal(repr(round(printer.numeral(clock), 9)))
    printer = Printer(printer.unit, printer.percent, printer.words, step)
    counts = {*range(1, 9), *range(10, most + 1, 2), longest}
    grid = {printer.read(printer.write(step * n)) for n in counts} | {value}
    return Domain(quantity.path, kind, printer, value, tuple(sorted(grid)), whole=True)


def _printer(quantity: Quantity, value: float) -> Printer:
    found = _AMOUNT.match(quantity.text)
    percent, words = bool(found and found[2]), " ".join(((found and found[3]) or "").split())
    if quantity.unit is Unit.YEARS:
        words = words.rstrip("s")
        words = words if words in _YEARS else "year"
    elif quantity.unit in (Unit.RATE, Unit.PATIENCE):
        percent, words = True, words if words == "per month" else "per year"
    else:
        words = ""
    rough = Printer(quantity.unit, percent, words, Decimal(1))
    return Printer(quantity.unit, percent, words, _step(quantity, value, rough))


def _step(quantity: Quantity, value: float, rough: Printer) -> Decimal:
    """Give the grid on which values are printed: a power of ten, some twenty to the range."""
    low, high = quantity.low, quantity.high
    width = 0.0
    if low is not None and high is not None and math.isfinite(high):
        width = abs(rough.numeral(high) - rough.numeral(low))
    if width == 0.0:
        width = abs(rough.numeral(value)) if math.isfinite(value) and value else 20.0
    power = math.floor(math.log10(width / STEPS_IN_RANGE) + 1e-9)
    if rough.percent:
        power = min(power, 0)
    return Decimal(1).scaleb(power)


def _reach(scenario: Scenario, quantity: Quantity, value: float, printer: Printer) -> list[float]:
    """Give the values of a number that are looked at first."""
    unit = quantity.unit
    if unit in (Unit.CHANCE, Unit.RATE):
        return list(SHARES)
    if unit is Unit.PATIENCE:
        return list(PATIENCE)
    if unit is Unit.YEARS:
        clock = scenario.value(scenario.clock)
        if quantity.path == scenario.clock.path:
            return [clock * each for each in CLOCKS]
        if quantity.path.endswith(".every"):
            return [each for each in INSPECTION_YEARS if each >= clock / 50]
        return [*UNDO_YEARS, math.inf]
    ends = [each for each in (quantity.low, quantity.high) if each is not None]
    if printer.percent and all(0 <= each <= 1 for each in (value, *ends)):
        return list(SHARES)
    return _points(scenario, quantity, value, ends)


def _points(scenario: Scenario, quantity: Quantity, value: float, ends: list[float]) -> list[float]:
    """Look as far as four times the number, its range twice, or the party's largest number.

    The sign is kept, unless the number is zero or its range has both signs: a cost that would
    have to be a gain is no smaller cost.
    """
    party = quantity.path.split(".")[1] if quantity.path.startswith("payoffs.") else ""
    peers = [
        abs(scenario.values[path])
        for path in scenario.quantities
        if party and path.startswith(f"payoffs.{party}.")
    ]
    far = max([REACH * abs(value), *(2 * abs(each) for each in ends), *peers, 1.0])
    far = min(far, MAX_NUMBER)
    signs = {math.copysign(1, each) for each in (value, *ends) if each}
    low = -far if signs != {1.0} else 0.0
    high = far if signs != {-1.0} else 0.0
    below = [low + (value - low) * n / PARTS for n in range(PARTS)]
    return [*below, *(value + (high - value) * n / PARTS for n in range(1, PARTS + 1))]


def _thin(grid: list[float], keep: set[float], unit: Unit) -> tuple[float, ...]:
    """Drop values that lie very close to one that must stay."""
    span = [each for each in grid if math.isfinite(each)]
    width = span[-1] - span[0] if len(span) > 1 else 0.0

    def close(one: float, other: float) -> bool:
        if unit is Unit.YEARS:  # spread by ratios
            return abs(one - other) < CLOSE_RATIO * max(abs(other), CLOSE_YEARS)
        return abs(one - other) < CLOSE_SHARE * width

    ends = {grid[0], grid[-1]}
    return tuple(
        each
        for each in grid
        if each in keep or each in ends or not any(close(each, other) for other in keep)
    )
