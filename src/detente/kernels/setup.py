"""What is found once before the operator is applied: deviations that matter, boxes around V.

Axis letters: S states, A profiles (stacked), E entries (profile -> next state).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.arrays import BoolArray, FloatArray, IntArray


@njit(cache=True, nogil=True)
def list_deviations(
    n_actions: IntArray, profile_start: IntArray, payoff: FloatArray, prescribable: BoolArray,
    entry_start: IntArray, entry_next: IntArray, entry_probability: FloatArray, slack: float,
) -> tuple[IntArray, IntArray]:  # fmt: skip
    """List the deviations of every prescribable profile that constrain it.

    Left out are deviations with the same chances of every next state and no better payoff (up
    to ``slack``): they never pay, whatever follows, so they need no punishment and tighten
    nothing. (A duplicated action therefore changes nothing.)

    Returns
    -------
    start : int64 array, shape (2 A + 1,)
        Deviations of player i from profile a are ``rows[start[2 a + i]:start[2 a + i + 1]]``.
    rows : int64 array
        Profile rows.
    """
    n_profiles = profile_start[-1]
    total = 0
    for s in range(len(n_actions)):
        allowed = 0
        for a in range(profile_start[s], profile_start[s + 1]):
            allowed += 1 if prescribable[a] else 0
        total += allowed * (n_actions[s, 0] + n_actions[s, 1] - 2)
    start = np.zeros(2 * n_profiles + 1, np.int64)
    rows = np.empty(total, np.int64)
    used = 0
    for s in range(len(n_actions)):
        width = n_actions[s, 1]
        for local in range(n_actions[s, 0] * width):
            a = profile_start[s] + local
            for i in range(2):
                own = local // width if i == 0 else local % width
                for b in range(n_actions[s, i]):
                    if b == own or not prescribable[a]:
                        continue
                    other = a + (b - own) * (width if i == 0 else 1)
                    same = payoff[other, i] <= payoff[a, i] + slack
                    first, last = entry_start[a], entry_start[a + 1]
                    shift = entry_start[other] - first
                    same = same and entry_start[other + 1] - shift == last
                    for e in range(first, last):
                        if not same:
                            break
                        same = entry_next[e] == entry_next[e + shift] and (
                            abs(entry_probability[e] - entry_probability[e + shift]) <= slack
                        )
                    if not same:
                        rows[used] = other
                        used += 1
                start[2 * a + i + 1] = used
    return start, rows[:used].copy()


@njit(cache=True, nogil=True)
def bound_payoffs(
    updated: IntArray, profile_start: IntArray, n_actions: IntArray, payoff: FloatArray,
    prescribable: BoolArray, discount: FloatArray, entry_start: IntArray, entry_next: IntArray,
    entry_probability: FloatArray, low: FloatArray, high: FloatArray, rounds: int, tol: float,
) -> None:  # fmt: skip
    """Tighten a box around every V(s), in place, from outside.

    ``low[s, i]`` rises to the pure minmax of the stochastic game (others move so as to hold i
    down, i replies best): no equilibrium pays less, whatever is observed. ``high[s, i]`` falls
    to the most that prescribed play can pay. Every intermediate value is a bound already.

    Parameters
    ----------
    updated : int64 array, the states to tighten; the others are held
    low, high : float64 arrays, shape (S, 2)
    rounds, tol : stop after so many rounds, or once nothing moves by more than ``tol``
    """
    for _ in range(rounds):
        moved = 0.0
        for s in updated:
            first, last = profile_start[s], profile_start[s + 1]
            width = n_actions[s, 1]
            for i in range(2):
                lowest, highest = np.inf, -np.inf
                n_others = n_actions[s, 1 - i]
                for other in range(n_others):
                    allowed = False
                    reply = -np.inf
                    for own in range(n_actions[s, i]):
                        a = first + (own * width + other if i == 0 else other * width + own)
                        below, above = 0.0, 0.0
                        for e in range(entry_start[a], entry_start[a + 1]):
                            below += entry_probability[e] * low[entry_next[e], i]
                            above += entry_probability[e] * high[entry_next[e], i]
                        flow = (1.0 - discount[i]) * payoff[a, i]
                        reply = max(reply, flow + discount[i] * below)
                        if prescribable[a]:
                            allowed = True
                            highest = max(highest, flow + discount[i] * above)
                    if allowed:
                        lowest = min(lowest, reply)
                if first < last and lowest < np.inf:
                    if lowest > low[s, i]:
                        moved = max(moved, lowest - low[s, i])
                        low[s, i] = lowest
                    if highest < high[s, i]:
                        moved = max(moved, high[s, i] - highest)
                        high[s, i] = highest
        if moved <= tol:
            break


@njit(cache=True, nogil=True)
def list_near(
    profile_start: IntArray, prescribable: BoolArray, entry_start: IntArray, entry_next: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """List the next states of the prescribable profiles of every state.

    Returns
    -------
    near_start : int64 array, shape (S + 1,)
    near_states : int64 array; those of s, in growing order, are
        ``near_states[near_start[s]:near_start[s + 1]]``
    entry_local : int64 array, shape (E,), where in that list an entry's next state stands
    group : int64 array, shape (S,), the same for neighbours with the same list
    """
    n = len(profile_start) - 1
    near_start = np.zeros(n + 1, np.int64)
    seen = np.full(entry_next.max() + 1, -1, np.int64)
    local = np.zeros(len(seen), np.int64)
    entry_local = np.zeros(len(entry_next), np.int64)
    group = np.zeros(n, np.int64)
    found = np.empty(len(entry_next), np.int64)
    used = 0
    for s in range(n):
        first = used
        for a in range(profile_start[s], profile_start[s + 1]):
            if prescribable[a]:
                for e in range(entry_start[a], entry_start[a + 1]):
                    if seen[entry_next[e]] != s:
                        seen[entry_next[e]] = s
                        found[used] = entry_next[e]
                        used += 1
        found[first:used] = np.sort(found[first:used])
        near_start[s + 1] = used
        for j in range(first, used):
            local[found[j]] = j - first
        for a in range(profile_start[s], profile_start[s + 1]):
            if prescribable[a]:
                for e in range(entry_start[a], entry_start[a + 1]):
                    entry_local[e] = local[entry_next[e]]
        same = s > 0 and near_start[s] - near_start[s - 1] == used - first
        for j in range(first, used):
            same = same and found[j] == found[j - (used - first)]
        group[s] = group[s - 1] if same else s
    return near_start, found[:used].copy(), entry_local, group
