"""Compiled backward induction for one direction of the feasible payoffs."""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.arrays import FloatArray, IntArray


@njit(cache=True)
def support_point(
    direction: FloatArray,
    periods: int,
    profile_start: IntArray,
    payoff: FloatArray,
    discount: FloatArray,
    outcome_next: IntArray,
    entry_start: IntArray,
    entry_outcome: IntArray,
    entry_probability: FloatArray,
    values: FloatArray,
    work: FloatArray,
) -> None:
    """Fill ``values`` (float64, (S, 2)) with average payoffs that are largest in a direction.

    Two players. With unequal patience the weights of a period change with its date, so the
    induction runs back from the last period to the first.
    """
    n_states = len(profile_start) - 1
    values[:] = 0.0
    for t in range(periods - 1, -1, -1):
        first = direction[0] * discount[0] ** t
        second = direction[1] * discount[1] ** t
        for s in range(n_states):
            best = -np.inf
            for a in range(profile_start[s], profile_start[s + 1]):
                x = (1.0 - discount[0]) * payoff[a, 0]
                y = (1.0 - discount[1]) * payoff[a, 1]
                for e in range(entry_start[a], entry_start[a + 1]):
                    following = outcome_next[entry_outcome[e]]
                    x += discount[0] * entry_probability[e] * values[following, 0]
                    y += discount[1] * entry_probability[e] * values[following, 1]
                worth = first * x + second * y
                if worth > best:
                    best = worth
                    work[s, 0] = x
                    work[s, 1] = y
        values[:] = work
