"""Numbers and small phrases for a reader, the same in the terminal and in the report."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from detente.scenario.model import Unit
from detente.show.numbers import NOISE

MINUS = "\N{MINUS SIGN}"
DAYS_PER_YEAR = 365.25
TOL_ROUND = 1e-6  # a duration this near to whole months (or years) is called so


def is_negative(value: float) -> bool:
    """Whether points are below zero by more than the arithmetic's noise.

    Examples
    --------
    >>> is_negative(-0.02), is_negative(-1e-12), is_negative(float("nan"))
    (True, False, False)
    """
    return value < -NOISE


def points(value: float) -> str:
    """Write points with at most one decimal and a real minus sign.

    What would be rounded to zero is not called zero, since its sign decides a verdict.

    Examples
    --------
    >>> points(19.04), points(-55.25), points(-0.0), points(0.02), points(-0.02)
    ('19', '−55.3', '0', '<0.1', '>−0.1')
    >>> points(float("-inf")), points(float("nan")), points(12345.0)
    ('−∞', 'unknown', '12,345')
    """
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "\N{INFINITY}" if value > 0 else f"{MINUS}\N{INFINITY}"
    size = math.floor(abs(value) * 10 + 0.5 + 1e-9) / 10
    if size == 0 and abs(value) > NOISE:
        return "<0.1" if value > 0 else f">{MINUS}0.1"
    text = f"{size:,.1f}".removesuffix(".0")
    return f"{MINUS}{text}" if value < 0 and size > 0 else text


def signed_points(value: float) -> str:
    """Write points with a plus sign where they are positive.

    Examples
    --------
    >>> signed_points(19.0), signed_points(-3.0), signed_points(0.0)
    ('+19', '−3', '0')
    """
    text = points(value)
    return f"+{text}" if value > NOISE and text[0].isdigit() else text


def number(value: float, digits: int = 4) -> str:
    """Write a plain number with so many significant digits and a real minus sign.

    Examples
    --------
    >>> number(-0.25), number(1e-7), number(1200.0)
    ('−0.25', '1e−07', '1200')
    """
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "\N{INFINITY}" if value > 0 else f"{MINUS}\N{INFINITY}"
    return f"{value:.{digits}g}".replace("-", MINUS)


def percentage(chance: float) -> str:
    """Write a chance between 0 and 1 as a percentage.

    Examples
    --------
    >>> percentage(0.7), percentage(0.125), percentage(1 / 3)
    ('70%', '12.5%', '33.33%')
    """
    return f"{number(100 * chance)}%"


def count(n: int, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> count(1, "step"), count(3, "step"), count(2, "party", "parties")
    ('1 step', '3 steps', '2 parties')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def as_you_say(kept: int, total: int) -> str:
    """Say how many of the statements one is sure of come out.

    Examples
    --------
    >>> as_you_say(1, 1), as_you_say(4, 4)
    ('1 of 1 statement comes out as you say.', '4 of 4 statements come out as you say.')
    """
    verb = "comes" if kept == 1 else "come"
    return f"{kept} of {count(total, 'statement')} {verb} out as you say."


def duration(years: float) -> str:
    """Write a time in years, months or days, whichever is whole first.

    Examples
    --------
    >>> duration(0.5), duration(2.0), duration(1 / 12), duration(math.inf), duration(10 / 365.25)
    ('6 months', '2 years', '1 month', 'never', '10 days')
    >>> duration(2.5), duration(0.0)
    ('30 months', 'at once')
    """
    if math.isinf(years):
        return "never"
    if years == 0:
        return "at once"
    for size, noun in ((1.0, "year"), (1 / 12, "month"), (1 / DAYS_PER_YEAR, "day")):
        whole = round(years / size)
        if whole >= 1 and abs(years / size - whole) < TOL_ROUND * max(1, whole):
            return count(whole, noun)
    return f"{number(years, 3)} years"


def quantity(value: float, unit: Unit) -> str:
    """Write a value of the scenario with its unit.

    Examples
    --------
    >>> quantity(0.9, Unit.PATIENCE), quantity(0.12, Unit.RATE), quantity(0.7, Unit.CHANCE)
    ('90% per year', '12% per year', '70%')
    >>> quantity(0.25, Unit.YEARS), quantity(-100.0, Unit.NUMBER)
    ('3 months', '−100')
    """
    if unit is Unit.YEARS:
        return duration(value)
    if unit is Unit.NUMBER:
        return number(value, 6)
    text = percentage(value)
    return text if unit is Unit.CHANCE else f"{text} per year"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Join words for a sentence: ``a, b and c``.

    Examples
    --------
    >>> joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def typeset(text: str) -> str:
    """Give a sentence with real minus signs, beginning with a capital, ended by a full stop.

    Examples
    --------
    >>> typeset("staying -19.5, leaving 2")
    'Staying −19.5, leaving 2.'
    >>> typeset("Would half-way (by 2018-06-11) do?")
    'Would half-way (by 2018-06-11) do?'
    """
    text = re.sub(r"(?<![\w.\-])-(?=\d)", MINUS, text.strip())
    ended = text.endswith((".", "?", "!", ":")) or not text
    return sentence_case(text if ended else f"{text}.")


def sentence_case(text: str) -> str:
    """Give the text with its first letter large and the rest as it is.

    Examples
    --------
    >>> sentence_case("return to no deal")
    'Return to no deal'
    """
    return text[:1].upper() + text[1:]
