"""Exact evaluation of a policy: one linear system per patience, solved by its connected parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.kernels.chains import solve_some_parts, sort_rows, split_chain

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
    return solve_chain(split(n, rows, columns), chances, rewards, discount)


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a chain can go, and its strongly connected parts, each after all that it leads to.

    Attributes
    ----------
    entry : int64 (E,), the entries as they were given, by row
    start, column : int64 (N + 1,) and (E,), the sorted entries
    order, part_start : int64 (N,) and (parts + 1,), the nodes part by part
    """

    entry: IntArray
    start: IntArray
    column: IntArray
    order: IntArray
    part_start: IntArray

    @property
    def largest(self) -> int:
        """Size of the largest part."""
        return int(np.diff(self.part_start).max())


def split(n: int, rows: IntArray, columns: IntArray) -> Chain:
    """Find the parts of a chain over n > 0 nodes; chances of 0 count as entries."""
    start, entry = sort_rows(n, rows)
    column = columns[entry]
    order, part_start = split_chain(start, column)
    return Chain(entry, start, column, order, part_start)


def solve_chain(
    chain: Chain, chances: FloatArray, rewards: FloatArray, discount: float
) -> FloatArray:
    """Solve ``x = rewards + discount * P x`` for chances in the order that `split` was given."""
    start, column, chance = chain.start, chain.column, chances[chain.entry]
    order, part_start = chain.order, chain.part_start
    out = np.empty_like(rewards)
    done = 0
    for large in [*np.flatnonzero(np.diff(part_start) > MAX_PART).tolist(), len(part_start) - 1]:
        solve_some_parts(
            start, column, chance, order, part_start, done, large, rewards, discount, out
        )
        if large < len(part_start) - 1:
            nodes = order[part_start[large] : part_start[large + 1]]
            out[nodes] = _solve_large(start, column, chance, nodes, rewards, discount, out)
        done = large + 1
    return out


def _solve_large(
    start: IntArray, column: IntArray, chance: FloatArray, nodes: IntArray, rewards: FloatArray,
    discount: float, out: FloatArray,
) -> FloatArray:  # fmt: skip
    """Solve one part, int64 (n,), given all that it leads to in ``out``: float64 (n, C)."""
    n = len(nodes)
    count = start[nodes + 1] - start[nodes]
    rows = np.repeat(np.arange(n), count)
    entries = np.arange(len(rows)) + (start[nodes] - (np.cumsum(count) - count))[rows]
    local = np.full(len(rewards), -1)
    local[nodes] = np.arange(n)
    place, weight = local[column[entries]], discount * chance[entries]
    known, right = place < 0, rewards[nodes].copy()
    for c in range(right.shape[1]):
        worth = weight[known] * out[column[entries[known]], c]
        right[:, c] += np.bincount(rows[known], worth, minlength=n)
    rows, place, weight = rows[~known], place[~known], weight[~known]
    if n <= MAX_DENSE:
        system = np.zeros((n, n))
        np.add.at(system, (rows, place), -weight)
        system[np.arange(n), np.arange(n)] += 1.0
        return np.asarray(np.linalg.solve(system, right), dtype=np.float64)
    from scipy.sparse import csc_array, eye_array  # noqa: PLC0415  (only for large systems)
    from scipy.sparse.linalg import splu  # noqa: PLC0415

    sparse = csc_array((weight, (rows, place)), shape=(n, n))
    factor = splu((eye_array(n, format="csc") - sparse).tocsc())
    return np.asarray(factor.solve(np.ascontiguousarray(right)), dtype=np.float64)
