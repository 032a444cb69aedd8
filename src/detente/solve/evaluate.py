"""Exact evaluation of a policy: one linear system per patience, solved by its connected parts."""

from __future__ import annotations

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.kernels.chains import solve_parts, sort_entries, split_chain

MAX_DENSE = 700
MAX_PART = 96  # larger connected parts are left to the factorisations of NumPy and SciPy
LEAST_RANGE = 1e-3  # of the largest payoff: what varies less is measured by the payoff's size


def payoff_ranges(payoffs: FloatArray) -> FloatArray:
    """Give the range of every column, float64 (n, C) -> (C,), as a yardstick for rounding.

    Rounding grows with payoffs themselves, so where they hardly vary a part of their size is
    taken: else the rounding of a constant would look like a difference.
    """
    size = LEAST_RANGE * np.abs(payoffs).max(axis=0)
    return np.asarray(np.maximum(np.maximum(np.ptp(payoffs, axis=0), size), 1e-12))


def discounted_values(
    rows: IntArray,
    columns: IntArray,
    chances: FloatArray,
    rewards: FloatArray,
    discount: float,
) -> FloatArray:
    """Solve ``x = rewards + discount * P x``.

    Parameters
    ----------
    rows, columns, chances : the entries of P (repeated entries add up)
    rewards : float64 array, shape (N, C); already multiplied by ``1 - discount`` where values
        are averages
    discount : discount factor per period

    Returns
    -------
    float64 array, shape (N, C)
    """
    n = len(rewards)
    if n == 0:
        return rewards.copy()
    start, column, chance = sort_entries(n, rows, columns, chances)
    order, part_start = split_chain(start, column)
    if np.diff(part_start).max() <= MAX_PART:
        values = solve_parts(start, column, chance, order, part_start, rewards, discount)
        return np.asarray(values, dtype=np.float64)
    return _solve_whole(start, column, chance, rewards, discount)


def _solve_whole(
    start: IntArray, column: IntArray, chance: FloatArray, rewards: FloatArray, discount: float
) -> FloatArray:
    """Solve the system at once: dense where it is small, by a sparse factorisation elsewhere."""
    n = len(rewards)
    rows = np.repeat(np.arange(n), np.diff(start))
    if n <= MAX_DENSE:
        system = np.zeros((n, n))
        np.add.at(system, (rows, column), -discount * chance)
        system[np.arange(n), np.arange(n)] += 1.0
        return np.asarray(np.linalg.solve(system, rewards), dtype=np.float64)
    from scipy.sparse import csc_array, eye_array  # noqa: PLC0415  (only for large systems)
    from scipy.sparse.linalg import splu  # noqa: PLC0415

    sparse = csc_array((chance, (rows, column)), shape=(n, n))
    factor = splu((eye_array(n, format="csc") - discount * sparse).tocsc())
    return np.asarray(factor.solve(np.ascontiguousarray(rewards)), dtype=np.float64)
