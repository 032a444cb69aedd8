"""Compiled value iteration for punishment floors and for the most that a party can get."""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.arrays import FloatArray, IntArray


@njit(cache=True)
def iterate_extremes(
    player: int,
    lowest: bool,
    n_actions: IntArray,
    profile_start: IntArray,
    payoff: FloatArray,
    discount: FloatArray,
    outcome_next: IntArray,
    entry_start: IntArray,
    entry_outcome: IntArray,
    entry_probability: FloatArray,
    values: FloatArray,
    max_iterations: int,
    tol: float,
) -> tuple[int, float]:
    """Iterate ``values`` in place; give the number of rounds and the last change.

    ``lowest``: min over the others' actions of the max over the own action; else max over all
    profiles. ``values`` (float64, shape (S,)) must start as a lower bound (an upper one for the
    maximum) of the fixed point; every round then keeps it one.
    """
    n_states, n_players = n_actions.shape
    delta = discount[player]
    change = np.inf
    rounds = 0
    new = np.empty_like(values)
    while rounds < max_iterations and change > tol:
        change = 0.0
        for s in range(n_states):
            stride = 1
            for j in range(player + 1, n_players):
                stride *= n_actions[s, j]
            own = n_actions[s, player]
            first, last = profile_start[s], profile_start[s + 1]
            extreme = np.inf if lowest else -np.inf
            for a in range(first, last):
                if ((a - first) // stride) % own != 0:
                    continue
                best = -np.inf
                for k in range(own):
                    row = a + k * stride
                    follow = 0.0
                    for e in range(entry_start[row], entry_start[row + 1]):
                        follow += entry_probability[e] * values[outcome_next[entry_outcome[e]]]
                    worth = (1.0 - delta) * payoff[row, player] + delta * follow
                    best = max(best, worth)
                extreme = min(extreme, best) if lowest else max(extreme, best)
            new[s] = extreme
            change = max(change, abs(extreme - values[s]))
        values[:] = new
        rounds += 1
    return rounds, change
