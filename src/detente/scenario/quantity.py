"""Numbers as written: ``value (low to high) @source:locator``, with their units."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from detente.scenario.model import Citation, Unit

DAYS_PER_YEAR = 365.25
MONTHS_PER_YEAR = 12.0
MAX_NUMBER = 1e12
MAX_TOKEN = 400  # characters of one number with its range and sources


class Kind(Enum):
    """What a number stands for, and so which units it may have."""

    NUMBER = "a number"
    POINTS = "a number of points"
    CHANCE = "a chance"
    RATE = "a chance per year"
    TIME = "a length of time"
    PATIENCE = "a patience per year"

    @property
    def unit(self) -> Unit:
        """The unit in which the value is kept."""
        return _UNITS[self]

    @property
    def example(self) -> str:
        """Give numbers of this kind, for a remedy."""
        return _EXAMPLES[self]


_UNITS = {
    Kind.NUMBER: Unit.NUMBER,
    Kind.POINTS: Unit.NUMBER,
    Kind.CHANCE: Unit.CHANCE,
    Kind.RATE: Unit.RATE,
    Kind.TIME: Unit.YEARS,
    Kind.PATIENCE: Unit.PATIENCE,
}
_EXAMPLES = {
    Kind.NUMBER: "'40', '-80 (-120 to -40)' or '50%'",
    Kind.POINTS: "'40' or '-80 (-120 to -40) @source'",
    Kind.CHANCE: "'70%', '0.7' or '70% (40% to 90%) @source'",
    Kind.RATE: "'12% per year' or '2% per month'",
    Kind.TIME: "'6 months', '2 years (1 to 4 years)' or 'never'",
    Kind.PATIENCE: "'90% per year (80% to 95%)'",
}
KIND_OF_UNIT = {
    Unit.NUMBER: Kind.NUMBER,
    Unit.CHANCE: Kind.CHANCE,
    Unit.RATE: Kind.RATE,
    Unit.YEARS: Kind.TIME,
    Unit.PATIENCE: Kind.PATIENCE,
}

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_WORDS = (
    r"points\s+per\s+year|points?|per\s+year|per\s+month|"
    r"days?|weeks?|months?|years?"
)
_AMOUNT = re.compile(rf"({_NUMBER})\s*(%)?\s*({_WORDS})?(?![\w.%])", re.ASCII)
_NUMERAL = re.compile(_NUMBER, re.ASCII)
_NEVER = re.compile(r"never\b")
NOT_FINITE = re.compile(r"[+-]?\.?(?:nan|inf(?:inity)?)\b", re.IGNORECASE)
_CITATION = re.compile(r"@\s?([A-Za-z_][\w-]*)?(?::([\w.,/§–-]*[\w§]))?")
_RANGE = re.compile(r"\(([^()]*?)\bto\b([^()]*)\)")
_WORD = re.compile(r"\s*([A-Za-z][A-Za-z ]*)")
_SPACE = re.compile(r"\s*")
_YEARS = {"day": 1 / DAYS_PER_YEAR, "week": 7 / DAYS_PER_YEAR, "month": 1 / 12, "year": 1.0}


class TokenError(Exception):
    """A number that cannot be read; positions count from the start of the text."""

    def __init__(
        self,
        code: str,
        message: str,
        start: int,
        length: int = 1,
        remedy: str = "",
        label: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.length = length
        self.remedy = remedy
        self.label = label


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation and the position of its text."""

    citation: Citation
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Token:
    """A number as read: normalised to its kind's unit. ``end``: position after it."""

    value: float
    low: float | None
    high: float | None
    cited: tuple[Cited, ...]
    end: int

    @property
    def is_bare(self) -> bool:
        """Whether it has neither a range nor a source."""
        return self.low is None and not self.cited


@dataclass(frozen=True, slots=True)
class _Amount:
    """One numeral with its unit. ``number`` is inf for ``never``."""

    number: float
    percent: bool
    unit: str  # singular and single-spaced; "" where none is written
    start: int
    end: int


def parse_quantity(text: str, kind: Kind) -> Token:
    """Read a number that is the whole of a text.

    Parameters
    ----------
    text : str
        As in the file or on the command line.
    kind : Kind
        What the number stands for.

    Raises
    ------
    TokenError
        Where it is not such a number.

    Examples
    --------
    >>> parse_quantity("70% (50% to 85%) @agency:p2", Kind.CHANCE).low
    0.5
    >>> parse_quantity("18 months", Kind.TIME).value
    1.5
    """
    if len(text) > MAX_TOKEN:
        raise TokenError(
            "E121",
            f"a number of more than {MAX_TOKEN} characters",
            0,
            1,
            f"write {kind.value} such as {kind.example}",
        )
    token = scan_quantity(text, _skip(text, 0), kind)
    end = _skip(text, token.end)
    if end < len(text):
        _refuse_rest(text, end)
    return token


def scan_quantity(text: str, start: int, kind: Kind, in_formula: bool = False) -> Token:
    """Read the number that begins at a position.

    Parameters
    ----------
    text : str
        The text in which it stands.
    start : int
        Where it begins.
    kind : Kind
        What it stands for.
    in_formula : bool
        Then a bracket that follows may be the formula's own.
    """
    amount = _scan_amount(text, start, kind)
    if not in_formula:
        _check_what_follows(text, amount, kind)
    value = _normalise(amount, kind)
    low = high = None
    end = amount.end
    after = _skip(text, end)
    if after < len(text) and text[after] == "(":
        found = _RANGE.match(text, after)
        if found:
            low, high = _scan_range(text, found, amount, kind)
            end = found.end()
            if not low <= value <= high:
                shown = text[amount.start : amount.end]
                problem = (
                    f"the range {found.group(0)} does not contain the value {shown}"
                    if low <= high
                    else f"the range {found.group(0)} runs from high to low"
                )
                raise TokenError(
                    "E123", problem, after, end - after, "write 'value (low to high)', low first"
                )
        elif not in_formula:
            raise TokenError(
                "E121",
                "this range cannot be read",
                after,
                len(text) - after,
                "write 'value (low to high)', such as '40 (20 to 60)'",
            )
    cited, end = scan_citations(text, end)
    return Token(value, low, high, cited, end)


def scan_citations(text: str, start: int) -> tuple[tuple[Cited, ...], int]:
    """Read the ``@source:locator`` that follow a position; give them and where they end."""
    cited: list[Cited] = []
    end = start
    while True:
        at = _skip(text, end)
        if at >= len(text) or text[at] != "@":
            return tuple(cited), end
        found = _CITATION.match(text, at)
        if found is None or not found.group(1):
            raise TokenError(
                "E121", "a source must follow '@'", at, 1, "write '@source' or '@source:locator'"
            )
        citation = Citation(found.group(1), found.group(2) or "")
        cited.append(Cited(citation, at, found.end() - at))
        end = found.end()


def _skip(text: str, start: int) -> int:
    found = _SPACE.match(text, start)
    return found.end() if found else start


def _scan_amount(text: str, start: int, kind: Kind) -> _Amount:
    if not_finite := NOT_FINITE.match(text, start):
        remedy = "for a time without end write 'never'" if kind is Kind.TIME else ""
        raise TokenError(
            "E125",
            f"'{not_finite.group(0)}' is not a finite number",
            start,
            not_finite.end() - start,
            remedy or f"write {kind.value} such as {kind.example}",
        )
    if kind is Kind.TIME and (never := _NEVER.match(text, start)):
        return _Amount(math.inf, False, "never", start, never.end())
    found = _AMOUNT.match(text, start)
    if found is None:
        _refuse_amount(text, start, kind)
    number = float(found.group(1))
    if not math.isfinite(number):
        raise TokenError(
            "E125",
            f"'{found.group(1)[:40]}' is too large for a number",
            start,
            len(found.group(1)),
            f"write {kind.value} such as {kind.example}",
        )
    unit = " ".join((found.group(3) or "").split())
    end = found.end(3) if found.group(3) else found.end(2) if found.group(2) else found.end(1)
    return _Amount(number, bool(found.group(2)), _singular(unit), start, end)


def _singular(unit: str) -> str:
    if unit.startswith("per "):
        return unit
    if unit.startswith("point"):
        return "points"
    return unit.rstrip("s")


def _refuse_amount(text: str, start: int, kind: Kind) -> NoReturn:
    rest = text[start:]
    numeral = _NUMERAL.match(text, start)
    expected = f"write {kind.value} such as {kind.example}"
    if numeral is None:
        word = rest.split("(")[0].split("@")[0].strip()
        what = f"'{word[:40]}' is not {kind.value}" if word else f"{kind.value} is missing"
        raise TokenError("E121", what, start, max(1, len(word)), expected)
    after = text[numeral.end() : numeral.end() + 1]
    if after in ("_", ","):
        raise TokenError(
            "E121",
            f"'{rest[:40]}' is not a number",
            start,
            len(rest),
            "write large numbers without separators, such as 12000",
        )
    unit = rest[numeral.end() - start :].split("(")[0].split("@")[0].strip()
    raise TokenError(
        "E122",
        f"'{unit[:40]}' is not a unit of {kind.value}",
        start,
        len(rest.split("(")[0].split("@")[0].rstrip()),
        expected,
    )


def _check_what_follows(text: str, amount: _Amount, kind: Kind) -> None:
    """Refuse an unknown unit and a thousands separator."""
    if found := _WORD.match(text, amount.end):
        word = found.group(1).strip()
        raise TokenError(
            "E122",
            f"'{word[:40]}' is not a unit of {kind.value}",
            found.start(1),
            len(word),
            f"write {kind.value} such as {kind.example}",
        )
    if re.compile(r",\d").match(text, amount.end):
        raise TokenError(
            "E121",
            f"'{text[amount.start :][:40]}' is not a number",
            amount.start,
            amount.end - amount.start,
            "write large numbers without separators, such as 12000",
        )


def _refuse_rest(text: str, start: int) -> NoReturn:
    rest = text[start:].strip()
    raise TokenError(
        "E121",
        f"'{rest[:40]}' does not belong to the number before it",
        start,
        len(rest),
        "write 'value (low to high) @source'; anything else goes into 'note:'",
    )


def _scan_range(text: str, found: re.Match[str], value: _Amount, kind: Kind) -> tuple[float, float]:
    ends: list[_Amount] = []
    for group in (1, 2):
        start = _skip(text, found.start(group))
        end = _scan_amount(text[: found.end(group)], start, kind)
        if text[end.end : found.end(group)].strip():
            raise TokenError(
                "E121",
                f"'{found.group(0)[:60]}' is not a range",
                found.start(),
                len(found.group(0)),
                "write '(low to high)', such as '(20 to 60)'",
            )
        ends.append(end)
    low, high = ends
    high = _inherit(high, value)
    low = _inherit(low, value if high.unit == "never" else high)
    high_value = _normalise(high, kind)  # first: a wrong unit is written there
    return _normalise(low, kind), high_value


def _inherit(end: _Amount, other: _Amount) -> _Amount:
    """Give an end of a range the unit of another number where it has none of its own."""
    if end.unit or other.unit == "never":
        return end
    return _Amount(end.number, end.percent or other.percent, other.unit, end.start, end.end)


def _normalise(amount: _Amount, kind: Kind) -> float:
    """Convert to the kind's unit, within its hard limits."""
    number = amount.number / 100 if amount.percent else amount.number
    fits, value = True, number
    if kind is Kind.TIME:
        fits = not amount.percent and (amount.unit in ("never", *_YEARS) or _is_zero(amount))
        value = _to_years(number, amount.unit) if fits else number
    elif kind is Kind.CHANCE:
        fits = amount.unit == ""
    elif kind in (Kind.RATE, Kind.PATIENCE):
        fits = amount.unit in ("per year", "per month")
    elif kind is Kind.POINTS:
        fits = not amount.percent and amount.unit in ("", "points", "points per year")
    else:
        fits = amount.unit in ("", "points") and not (amount.percent and amount.unit)
    if not fits:
        _refuse_unit(amount, kind)
    _check_limits(value, amount, kind)
    if kind is Kind.RATE and amount.unit == "per month":
        return 1.0 - math.pow(1.0 - value, MONTHS_PER_YEAR)
    if kind is Kind.PATIENCE and amount.unit == "per month":
        return math.pow(value, MONTHS_PER_YEAR)
    return value


def _is_zero(amount: _Amount) -> bool:
    return amount.number == 0 and amount.unit == ""


def _to_years(number: float, unit: str) -> float:
    if unit == "month":
        return number / MONTHS_PER_YEAR
    return math.inf if unit == "never" else number * _YEARS.get(unit, 1.0)


def _refuse_unit(amount: _Amount, kind: Kind) -> NoReturn:
    sign = "%" if amount.percent else ""
    unit = f"{sign} {amount.unit}".strip()
    remedy = f"write {kind.value} such as {kind.example}"
    if unit == "%" and kind.unit in (Unit.RATE, Unit.PATIENCE):
        message = f"'per year' or 'per month' is missing: this should be {kind.value}"
        remedy = f"did you mean {amount.number:g}% per year?"
    elif not unit:
        message = f"the unit is missing: this should be {kind.value}"
    else:
        message = f"'{unit}' does not fit: this should be {kind.value}"
    raise TokenError("E122", message, amount.start, amount.end - amount.start, remedy)


def _check_limits(value: float, amount: _Amount, kind: Kind) -> None:
    length = amount.end - amount.start
    if kind in (Kind.CHANCE, Kind.RATE) and not 0 <= value <= 1:
        number = f"{amount.number:g}"
        remedy = (
            f"did you mean {number}%?"
            if not amount.percent and 1 < value <= 100
            else "write a chance from 0% to 100%"
        )
        raise TokenError("E124", "a chance lies between 0% and 100%", amount.start, length, remedy)
    if kind is Kind.PATIENCE and not 0 < value < 1:
        number = f"{amount.number:g}"
        remedy = (
            f"did you mean {number}% {amount.unit}?"
            if not amount.percent and 1 < value < 100
            else "90% per year means that a payoff one year later is worth 90% of one now"
        )
        raise TokenError(
            "E124",
            "patience lies between 0% and 100%, and is neither of them",
            amount.start,
            length,
            remedy,
        )
    if kind is Kind.TIME and value < 0:
        raise TokenError(
            "E124",
            "a length of time cannot be negative",
            amount.start,
            length,
            f"write {kind.value} such as {kind.example}",
        )
    if kind is not Kind.TIME and abs(value) > MAX_NUMBER:
        raise TokenError(
            "E124",
            f"a number beyond {MAX_NUMBER:g}",
            amount.start,
            length,
            "choose a scale on which the numbers are smaller",
        )
