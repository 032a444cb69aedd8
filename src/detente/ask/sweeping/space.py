"""What a sweep varies, and the quasi-random points that it draws."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from detente.arrays import FloatArray
from detente.errors import DetenteError, Problem
from detente.scenario.correlations import has_range, normal_correlations
from detente.scenario.model import Scenario, Unit
from detente.scenario.settings import TYPES

MAX_SAMPLES = 2**30  # as many points as the sequence has with 30 binary digits
BLOCK = 256  # points drawn at once; a power of two, as the sequence asks for
LEAST = 2.0**-32  # of a chance, so that no normal variable is infinite


@dataclass(frozen=True, slots=True)
class Range:
    """A number that is varied, between ``low`` and ``high`` in its unit.

    A time whose range ends at `never` is drawn by its rate, evenly from 0 to ``1 / low`` (R30).
    """

    path: str
    unit: Unit
    low: float
    high: float

    @property
    def by_rate(self) -> bool:
        """Whether the number is drawn by one over it."""
        return math.isinf(self.high)

    def at(self, shares: FloatArray) -> FloatArray:
        """Give the values at shares of the way through the range, float64 in [0, 1]."""
        if self.by_rate:
            with np.errstate(divide="ignore"):
                return np.asarray(self.low / (1.0 - shares))
        return np.asarray(self.low + shares * (self.high - self.low))


def find_ranges(scenario: Scenario, fixed: Collection[str] = ()) -> tuple[Range, ...]:
    """Give the numbers that are written with a range, but for ``fixed`` paths, in file order.

    Raises
    ------
    DetenteError
        E452 where there is none, or one that cannot be drawn from.
    """
    found, problems = [], []
    for path, each in scenario.quantities.items():
        if path in fixed or path.startswith(TYPES) or not has_range(each):
            continue
        low, high = float(each.low or 0.0), float(each.high or 0.0)
        if math.isinf(high) and low <= 0:
            problems.append(
                Problem("E452", f"no numbers can be drawn evenly from the range of {path}",
                        each.place, remedy="give its low end a length: '(1 month to never)'",
                        line_text=scenario.line(each.place))
            )  # fmt: skip
        found.append(Range(path, each.unit, low, high))
    if problems:
        raise DetenteError(problems)
    if not found:
        raise DetenteError(
            Problem(
                "E452",
                "no number of this scenario is written with a range, so there is nothing to vary",
                remedy="write ranges behind numbers: 'catches: 70% (40% to 90%)'",
            )
        )
    return tuple(found)


class Sampler:
    """Draws the points of a sweep in their order: a scrambled Sobol sequence (Owen 1998).

    Parameters
    ----------
    scenario : for its correlations
    ranges : what is varied
    seed : of the scrambling
    """

    def __init__(self, scenario: Scenario, ranges: tuple[Range, ...], seed: int) -> None:
        self._ranges = ranges
        self._sequence = qmc.Sobol(len(ranges), scramble=True, bits=30, rng=seed)
        self._waiting = np.empty((0, len(ranges)))
        paths = [each.path for each in ranges]
        correlations = np.array(normal_correlations(scenario.correlations, paths))
        self._tied = np.flatnonzero((correlations != np.eye(len(paths))).any(axis=1))
        block = correlations[np.ix_(self._tied, self._tied)]
        self._factor = np.linalg.cholesky(block) if len(self._tied) else block

    def skip(self, count: int) -> None:
        """Leave out the next points (before any is drawn)."""
        blocks, rest = divmod(count, BLOCK)
        if blocks:
            self._sequence.fast_forward(blocks * BLOCK)
        if rest:
            self.draw(rest)

    def draw(self, count: int) -> FloatArray:
        """Give the next points: float64 (count, D), in the units of their numbers."""
        while len(self._waiting) < count:
            fresh = self._sequence.random(BLOCK)
            self._waiting = np.concatenate([self._waiting, self._scale(self._tie(fresh))])
        out, self._waiting = self._waiting[:count], self._waiting[count:]
        return out

    def _tie(self, shares: FloatArray) -> FloatArray:
        """Let ranks correlate: the Gaussian copula."""
        if len(self._tied):
            normal = ndtri(np.clip(shares[:, self._tied], LEAST, 1 - LEAST))
            # one sum a column: a product of matrices may round differently from block to block
            for n in range(len(self._tied) - 1, -1, -1):
                normal[:, n] = sum(normal[:, m] * self._factor[n, m] for m in range(n + 1))
            shares = shares.copy()
            shares[:, self._tied] = ndtr(normal)
        return shares

    def _scale(self, shares: FloatArray) -> FloatArray:
        return np.column_stack([each.at(shares[:, n]) for n, each in enumerate(self._ranges)])
