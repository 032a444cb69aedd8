"""How checking can end other than well, and how numbers are shown."""

from __future__ import annotations

import time
from fractions import Fraction

SHOWN_DIGITS = 30


class Unreadable(Exception):  # noqa: N818
    """A file is not what it should be: the game breaks a rule G, or the proof is not JSON."""


class KeyTwice(Unreadable):
    """A key stands twice in one object."""


class LimitHit(Exception):  # noqa: N818
    """A limit of the checker was hit; nothing is said about the proof."""


class Rejected(Exception):  # noqa: N818
    """A rule of docs/proof-format.md is broken.

    Parameters
    ----------
    rule : number of the rule, "P15"
    message : what is wrong
    failing : the inequality that fails, with its numbers; empty where the form is wrong
    """

    def __init__(self, rule: str, message: str, failing: str = "") -> None:
        super().__init__(rule, message, failing)
        self.rule = rule
        self.message = message
        self.failing = failing
        self.place = ""

    def at(self, place: str) -> Rejected:
        """Add the place where it happened, outermost last."""
        self.place = f"{place}, {self.place}" if self.place else place
        return self


class Clock:
    """Stops the checking when its time is over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def tick(self) -> None:
        """Raise `LimitHit` when the time is over."""
        if time.monotonic() > self._end:
            raise LimitHit(f"the time limit of {self._seconds:g} seconds was hit")


def show(number: Fraction) -> str:
    """Write a number exactly if it is short, else to 16 digits and marked as rounded.

    Examples
    --------
    >>> show(Fraction(1, 3)), show(Fraction(10**40 + 1, 10**40))
    ('1/3', 'about 1.0')
    """
    if max(abs(number.numerator), number.denominator) < 10**SHOWN_DIGITS:
        return str(number)
    try:
        return f"about {float(number)!r}"
    except OverflowError:
        return "about " + ("-" if number < 0 else "") + "a number of over 300 digits"


def compare(left: Fraction, relation: str, right: Fraction) -> str:
    """Write an inequality that fails, with by how much."""
    return f"{show(left)} {relation} {show(right)} (off by {show(abs(left - right))})"
