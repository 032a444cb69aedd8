"""Rounding that keeps sums: printed parts add up to the printed total, to the last digit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoundedRows:
    """Rounded terms of a difference, in units of the last printed digit.

    Every row's ``staying - leaving`` is its printed difference, every column adds up to its
    printed total, and ``staying_total - leaving_total`` is the printed margin.
    """

    decimals: int
    staying: tuple[int, ...]
    leaving: tuple[int, ...]
    staying_total: int
    leaving_total: int

    @property
    def differences(self) -> tuple[int, ...]:
        """Staying minus leaving, row by row."""
        return tuple(s - t for s, t in zip(self.staying, self.leaving, strict=True))

    @property
    def margin(self) -> int:
        """The printed margin."""
        return self.staying_total - self.leaving_total


def round_to_total(values: Sequence[float], total: int, decimals: int) -> tuple[int, ...]:
    """Round values so that they add up to a given rounded total (largest remainders).

    Parameters
    ----------
    values : numbers to round
    total : what the rounded values shall add up to, in units of the last digit
    decimals : digits after the point

    Returns
    -------
    tuple of int
        The rounded values in units of the last digit, each less than two units from the exact
        one.

    Raises
    ------
    ValueError
        Where the values do not add up to the total even before rounding (by more than one
        unit of the last digit): rounding must not hide a wrong sum.

    Examples
    --------
    >>> round_to_total([1 / 3, 1 / 3, 1 / 3], 10, 1)
    (4, 3, 3)
    """
    scaled = [value * 10**decimals for value in values]
    exact = math.fsum(scaled)
    slack = 1.0 + 1e-9 * math.fsum(abs(x) for x in scaled)
    if not math.isfinite(exact) or abs(exact - total) > slack:
        raise ValueError(f"the parts add up to {exact}, not to {total}")
    floors = [math.floor(x) for x in scaled]
    left = total - sum(floors)
    if not floors:
        return ()
    order = sorted(range(len(scaled)), key=lambda i: floors[i] - scaled[i])
    everyone, some = divmod(left, len(floors))
    chosen = set(order[:some])
    return tuple(f + everyone + (i in chosen) for i, f in enumerate(floors))


def round_rows(
    staying: Sequence[float], leaving: Sequence[float], margin: float, decimals: int
) -> RoundedRows:
    """Round the terms of a margin so that rows and columns add up as printed.

    Parameters
    ----------
    staying, leaving : terms of the two values, row by row (points per year)
    margin : the exact margin; ``sum(staying) - sum(leaving)`` must equal it
    decimals : digits after the point

    Returns
    -------
    RoundedRows
        Its margin is ``margin`` rounded in the ordinary way, so that it reads the same as
        wherever else the margin is printed.

    Raises
    ------
    ValueError
        Where the terms do not add up to the margin before rounding.
    """
    unit = 10**decimals
    stay_sum, leave_sum = math.fsum(staying) * unit, math.fsum(leaving) * unit
    target = round_as_printed(margin, decimals)
    size = math.fsum(abs(x) for x in (*staying, *leaving)) * unit
    if not abs(stay_sum - leave_sum - margin * unit) <= 1e-3 + 1e-7 * size:
        raise ValueError(f"the terms add up to {(stay_sum - leave_sum) / unit}, not to {margin}")
    candidates = [
        (abs(s - stay_sum) + abs(s - target - leave_sum), s)
        for s in (math.floor(stay_sum), math.ceil(stay_sum))
    ]
    total = min(candidates)[1]
    return RoundedRows(
        decimals=decimals,
        staying=round_to_total(staying, total, decimals),
        leaving=round_to_total(leaving, total - target, decimals),
        staying_total=total,
        leaving_total=total - target,
    )


def round_as_printed(value: float, decimals: int) -> int:
    """Round to units of the last digit exactly as ``format(value, ".1f")`` prints it.

    Examples
    --------
    >>> round_as_printed(-19.04, 1)
    -190
    """
    return int(f"{value:.{decimals}f}".replace(".", ""))
