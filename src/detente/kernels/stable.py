"""A complete search for a pure Markov perfect equilibrium of a small stochastic game.

Every party's value in every state is kept between two bounds. A choice that is surely worse than
another, whatever the values within them, is no best reply; a profile in which some choice is none
is no equilibrium; and what is left of the profiles bounds the values anew. Where that leaves more
than one profile, a choice is fixed and the same is done again: in the given order of states, one
party after the other, all choices in turn.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.arrays import BoolArray, FloatArray, IntArray

FOUND, NONE, STOPPED = 1, 0, 2
ROUGH = 1e5  # of the slack: bounds that move less in a round are left, while choices are open
FINE = 1.0  # the same once one profile is left in every state


@njit(cache=True)
def search_stable(
    n_choices: IntArray,
    profile_start: IntArray,
    payoff: FloatArray,
    discount: FloatArray,
    entry_start: IntArray,
    entry_next: IntArray,
    entry_chance: FloatArray,
    order: IntArray,
    slack: FloatArray,
    max_work: int,
) -> tuple[int, IntArray, int]:
    """Find a pure Markov perfect equilibrium, or that there is none.

    Parameters
    ----------
    n_choices : int64 (S, P); profile_start : int64 (S + 1,)
    payoff : float64 (A, P), points per year; discount : float64 (P,)
    entry_start : int64 (A + 1,); entry_next, entry_chance : int64 and float64 (E,)
    order : int64 (S,), states in the order in which choices are fixed
    slack : float64 (P,), a choice is worse only where it is so by more than this
    max_work : most profiles to be valued

    Returns
    -------
    status : FOUND, NONE, or STOPPED at ``max_work``
    profiles : int64 (S,), the profile of each state where one was found
    work : how many profiles were valued
    """
    n_states, n_parties = n_choices.shape
    n_profiles = len(payoff)
    deepest = 1
    for s in range(n_states):
        for i in range(n_parties):
            deepest += n_choices[s, i] > 1
    best = np.ones((deepest + 1, n_profiles, n_parties), np.bool_)
    low = np.empty((deepest + 1, n_states, n_parties))
    high = np.empty((deepest + 1, n_states, n_parties))
    for i in range(n_parties):
        low[0, :, i] = payoff[:, i].min()
        high[0, :, i] = payoff[:, i].max()
    fixed_state = np.zeros(deepest + 1, np.int64)
    fixed_party = np.zeros(deepest + 1, np.int64)
    tried = np.zeros(deepest + 1, np.int64)
    profiles = np.zeros(n_states, np.int64)
    work = 0
    depth, fresh = 0, True
    while depth >= 0:
        if fresh:
            done, fits = _tighten(
                n_choices,
                profile_start,
                payoff,
                discount,
                entry_start,
                entry_next,
                entry_chance,
                best[depth],
                low[depth],
                high[depth],
                slack,
                max_work - work,
            )
            work += done
            if work >= max_work:
                return STOPPED, profiles, work
            if fits:
                s, i = _next_open(n_choices, profile_start, best[depth], order, profiles)
                if s < 0:
                    return FOUND, profiles, work
                fixed_state[depth], fixed_party[depth], tried[depth] = s, i, 0
            else:
                depth -= 1
        fresh = False
        while depth >= 0 and tried[depth] >= n_choices[fixed_state[depth], fixed_party[depth]]:
            depth -= 1
        if depth < 0:
            break
        best[depth + 1] = best[depth]
        low[depth + 1] = low[depth]
        high[depth + 1] = high[depth]
        fresh = _fix(
            n_choices,
            profile_start,
            best[depth + 1],
            fixed_state[depth],
            fixed_party[depth],
            tried[depth],
        )
        tried[depth] += 1
        if fresh:
            depth += 1
    return NONE, profiles, work


@njit(cache=True)
def _stride(n_choices: IntArray, s: int, i: int) -> int:
    out = 1
    for j in range(i + 1, n_choices.shape[1]):
        out *= n_choices[s, j]
    return out


@njit(cache=True)
def _fix(
    n_choices: IntArray, profile_start: IntArray, best: BoolArray, s: int, i: int, choice: int
) -> bool:
    """Leave only profiles with a party's choice in a state; False where none was left of them.

    What the party itself could do instead stays, so that its choice must still be a best reply.
    """
    stride = _stride(n_choices, s, i)
    some = False
    for a in range(profile_start[s], profile_start[s + 1]):
        own = (a - profile_start[s]) // stride % n_choices[s, i]
        if own == choice:
            some = some or best[a].all()
            continue
        for j in range(best.shape[1]):
            if j != i:
                best[a, j] = False
        if best.shape[1] == 1:
            best[a, i] = False
    return some


@njit(cache=True)
def _next_open(
    n_choices: IntArray,
    profile_start: IntArray,
    best: BoolArray,
    order: IntArray,
    profiles: IntArray,
) -> tuple[int, int]:
    """Give the first state with two profiles left, and a party with fewest choices left there.

    Of the parties with more than one; -1 where every state has one profile, which is noted.
    """
    n_parties = n_choices.shape[1]
    for s in order:
        count = 0
        for a in range(profile_start[s], profile_start[s + 1]):
            if best[a].all():
                count += 1
                profiles[s] = a
        if count == 1:
            continue
        chosen, least = -1, np.int64(np.iinfo(np.int64).max)
        for i in range(n_parties):
            stride = _stride(n_choices, s, i)
            left = np.zeros(n_choices[s, i], np.bool_)
            for a in range(profile_start[s], profile_start[s + 1]):
                if best[a].all():
                    left[(a - profile_start[s]) // stride % n_choices[s, i]] = True
            if 1 < left.sum() < least:
                chosen, least = i, left.sum()
        return s, chosen
    return -1, -1


@njit(cache=True)
def _tighten(
    n_choices: IntArray,
    profile_start: IntArray,
    payoff: FloatArray,
    discount: FloatArray,
    entry_start: IntArray,
    entry_next: IntArray,
    entry_chance: FloatArray,
    best: BoolArray,
    low: FloatArray,
    high: FloatArray,
    slack: FloatArray,
    max_work: int,
) -> tuple[int, bool]:
    """Tighten the bounds until they rest; False where some state has no profile left.

    ``best``, bool (A, P), says where a party's choice may be a best reply to the others'.
    """
    n_states, n_parties = n_choices.shape
    most = 0
    for s in range(n_states):
        most = max(most, profile_start[s + 1] - profile_start[s])
    least_worth = np.empty((most, n_parties))
    most_worth = np.empty((most, n_parties))
    work = 0
    while work < max_work:
        moved, dropped, single = 0.0, False, True
        for s in range(n_states):
            first, last = profile_start[s], profile_start[s + 1]
            left = 0
            for a in range(first, last):
                if not best[a].any():
                    continue
                left += best[a].all()
                work += 1
                for i in range(n_parties):
                    below, above = 0.0, 0.0
                    for e in range(entry_start[a], entry_start[a + 1]):
                        below += entry_chance[e] * low[entry_next[e], i]
                        above += entry_chance[e] * high[entry_next[e], i]
                    now = (1 - discount[i]) * payoff[a, i]
                    least_worth[a - first, i] = now + discount[i] * below
                    most_worth[a - first, i] = now + discount[i] * above
            single = single and left == 1
            for i in range(n_parties):
                least, largest, some = _drop(
                    n_choices[s, i],
                    _stride(n_choices, s, i),
                    best[first:last],
                    i,
                    least_worth[:, i],
                    most_worth[:, i],
                    slack[i],
                )
                dropped = dropped or some
                if least == np.inf:
                    return work, False
                if least > low[s, i]:
                    moved = max(moved, (least - low[s, i]) / slack[i])
                    low[s, i] = least
                if largest < high[s, i]:
                    moved = max(moved, (high[s, i] - largest) / slack[i])
                    high[s, i] = largest
        if not dropped and moved <= (FINE if single else ROUGH):
            break
    return work, True


@njit(cache=True)
def _drop(
    n_own: int,
    stride: int,
    best: BoolArray,
    i: int,
    least_worth: FloatArray,
    most_worth: FloatArray,
    slack: float,
) -> tuple[float, float, bool]:
    """Drop a party's choices that are no best replies; bound its value by what is left.

    The bounds are those over the others' choices that are part of a profile that is left.
    """
    least, largest, dropped = np.inf, -np.inf, False
    for column in range(len(best) // n_own):
        first = column // stride * stride * n_own + column % stride
        sure = -np.inf
        for k in range(n_own):
            if best[first + k * stride, i]:
                sure = max(sure, least_worth[first + k * stride])
        top, used, some = -np.inf, False, False
        for k in range(n_own):
            a = first + k * stride
            if not best[a, i]:
                continue
            some = True
            if most_worth[a] < sure - slack:
                best[a, i] = False
                dropped = True
            else:
                top = max(top, most_worth[a])
                used = used or best[a].all()
        if used:
            least, largest = min(least, sure), max(largest, top)
        elif some:
            for k in range(n_own):
                best[first + k * stride, i] = False
            dropped = True
    return least, largest, dropped
