"""Sums and common denominators of rationals, bounded in size."""

from __future__ import annotations

import math
from collections.abc import Collection
from fractions import Fraction

from detente_verify.outcome import LimitHit

MAX_BITS = 65_536  # of a common denominator
MAX_TOTAL_BITS = 2**31  # of all numbers written over one


def common_denominator(numbers: Collection[Fraction], what: str) -> int:
    """Give the least common denominator of numbers that are all to be written over it.

    Raises
    ------
    LimitHit
        Where it has more than 65,536 bits, or the numbers over it would take 256 MB.

    Examples
    --------
    >>> common_denominator([Fraction(1, 4), Fraction(5, 6)], "examples")
    12
    """
    out = 1
    for under in {number.denominator for number in numbers}:
        out = math.lcm(out, under)
        if out.bit_length() > MAX_BITS:
            raise LimitHit(f"the common denominator of {what} has more than {MAX_BITS:,} bits")
    if out.bit_length() * len(numbers) > MAX_TOTAL_BITS:
        raise LimitHit(f"{what} are too many for a common denominator of {out.bit_length()} bits")
    return out


def add_up(numbers: Collection[Fraction], what: str) -> Fraction:
    """Give a sum exactly, refusing common denominators that are too large.

    Examples
    --------
    >>> add_up([Fraction(1, 4), Fraction(5, 6)], "examples")
    Fraction(13, 12)
    """
    under = common_denominator(numbers, what)
    return Fraction(sum(x.numerator * (under // x.denominator) for x in numbers), under)
