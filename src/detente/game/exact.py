"""Numbers of game files as exact fractions, and texts as Gambit writes them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from detente.game.files import Value, parse_number


def exact(value: Any) -> Fraction:
    """Give the number that a game file writes: a float is the decimal that it is shown as.

    Examples
    --------
    >>> exact(0.1), exact("1/3"), exact(2)
    (Fraction(1, 10), Fraction(1, 3), Fraction(2, 1))
    """
    if isinstance(value, str):
        number = parse_number(value)
        if number is None:
            raise ValueError(f"not a number: {value}")
        return number
    return Fraction(repr(float(value))) if isinstance(value, float) else Fraction(value)


def write_number(value: Fraction) -> Value:
    """Give a number as a game file holds it: an int, a float if exact as shown, or a text.

    Examples
    --------
    >>> write_number(Fraction(2)), write_number(Fraction(1, 10)), write_number(Fraction(1, 3))
    (2, 0.1, '1/3')
    """
    if value.denominator == 1 and abs(value) < 2**53:
        return int(value)
    near = value.numerator / value.denominator if abs(value) < 10**300 else 0.0
    return near if Fraction(repr(near)) == value else f"{value.numerator}/{value.denominator}"


def print_exact(value: Fraction) -> str:
    """Write a number as a decimal where that is exact and short, else as a fraction.

    Examples
    --------
    >>> [print_exact(Fraction(n, d)) for n, d in ((3, 1), (-81, 100), (1, 3))]
    ['3', '-0.81', '1/3']
    """
    rest, places = value.denominator, 0
    for prime in (2, 5):
        times = 0
        while rest % prime == 0 and times <= MAX_PLACES:
            rest, times = rest // prime, times + 1
        places = max(places, times)
    if rest != 1 or places > MAX_PLACES:
        return f"{value.numerator}/{value.denominator}"
    if places == 0:
        return str(value.numerator)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


MAX_PLACES = 60  # decimal places written; fractions take over


def quoted(text: str) -> str:
    r"""Write a text in quotation marks.

    Examples
    --------
    >>> print(quoted('the "deal"'))
    "the \"deal\""
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unlike(names: Sequence[str], what: str) -> list[str]:
    """Give names that are not empty and differ, as Gambit asks for, with as few changes as can be.

    Examples
    --------
    >>> unlike(["c", "", "c", "d"], "strategy")
    ['c', 'strategy 2', 'c (3)', 'd']
    """
    out: list[str] = []
    taken: set[str] = set()
    given = set(names)
    for k, name in enumerate(names):
        new = name or f"{what} {k + 1}"
        while new in taken or (new != name and new in given):
            new = f"{new} ({k + 1})"
        out.append(new)
        taken.add(new)
    return out
