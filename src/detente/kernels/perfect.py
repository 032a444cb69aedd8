"""One round of the operator B for two parties where the outcome reveals the profile.

A revealed deviation is met by the deviator's worst point of W, so the incentive constraints of
a profile are one floor per party under its own payoff (Abreu and Sannikov, Theor. Econ. 9,
2014, eq. 1; Abreu, Brooks and Sannikov, Econometrica 88, 2020, section 3):

    v_i >= max over a_i' of (1 - d_i) u_i(a_i', a_-i) + d_i sum_s' q(s' | a_i', a_-i) min_i W(s')

Axis letters: S states, A profiles (stacked), E entries (profile -> next state), V vertices.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.kernels.polygons import (
    add_scaled,
    cut,
    excess,
    hull,
    simplify_inward,
    simplify_outward,
)

OUTER, INNER = 0, 1


@njit(cache=True)
def list_deviations(
    n_actions: IntArray, profile_start: IntArray, payoff: FloatArray, entry_start: IntArray,
    entry_next: IntArray, entry_probability: FloatArray, slack: float,
) -> tuple[IntArray, IntArray]:  # fmt: skip
    """List the deviations of every profile that constrain it.

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
        total += n_actions[s, 0] * n_actions[s, 1] * (n_actions[s, 0] + n_actions[s, 1] - 2)
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
                    if b == own:
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


@njit(cache=True)
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


@njit(cache=True)
def store(
    s: int, polygon: FloatArray, n: int, vertices: FloatArray, count: IntArray, low: FloatArray,
    high: FloatArray,
) -> None:  # fmt: skip
    """Make ``polygon[:n]`` the set of state s and note its lowest and highest payoffs."""
    count[s] = n
    for i in range(2):
        low[s, i] = np.inf
        high[s, i] = -np.inf
    for j in range(n):
        for i in range(2):
            vertices[s, j, i] = polygon[j, i]
            low[s, i] = min(low[s, i], polygon[j, i])
            high[s, i] = max(high[s, i], polygon[j, i])


@njit(cache=True)
def _generate(
    a: int, floor_0: float, floor_1: float, payoff: FloatArray, discount: FloatArray,
    entry_start: IntArray, entry_next: IntArray, entry_probability: FloatArray,
    vertices: FloatArray, count: IntArray, work: FloatArray, bag: FloatArray, used: int,
) -> int:  # fmt: skip
    """Append the corners of what profile ``a`` can generate above the floors to ``bag``."""
    x = 0.0
    y = 0.0
    n = 0
    this, that = 0, 1
    for e in range(entry_start[a], entry_start[a + 1]):
        t = entry_next[e]
        q = entry_probability[e]
        x += q * vertices[t, 0, 0]
        y += q * vertices[t, 0, 1]
        n = add_scaled(work[this], n, vertices[t], count[t], q, work[that])
        this, that = that, this
    edges, points = work[this], work[that]
    d0, d1 = discount[0], discount[1]
    x = (1.0 - d0) * payoff[a, 0] + d0 * x
    y = (1.0 - d1) * payoff[a, 1] + d1 * y
    for j in range(n):
        points[j, 0] = x
        points[j, 1] = y
        x += d0 * edges[j, 0]
        y += d1 * edges[j, 1]
    if n == 0:
        points[0, 0] = x
        points[0, 1] = y
        n = 1
    n = cut(points, n, 0, floor_0, edges)
    n = cut(edges, n, 1, floor_1, points)
    for j in range(n):
        bag[used + j, 0] = points[j, 0]
        bag[used + j, 1] = points[j, 1]
    return used + n


@njit(cache=True)
def _give_up(
    mode: int, polygon: FloatArray, n: int, room: int,
) -> int:  # fmt: skip
    """Fit a polygon by force: its bounding box (OUTER) or the first of its vertices."""
    if mode != OUTER:
        return room
    x0, x1, y0, y1 = np.inf, -np.inf, np.inf, -np.inf
    for j in range(n):
        x0, x1 = min(x0, polygon[j, 0]), max(x1, polygon[j, 0])
        y0, y1 = min(y0, polygon[j, 1]), max(y1, polygon[j, 1])
    polygon[0, 0], polygon[0, 1] = x1, y0
    polygon[1, 0], polygon[1, 1] = x1, y1
    polygon[2, 0], polygon[2, 1] = x0, y1
    polygon[3, 0], polygon[3, 1] = x0, y0
    return 4


@njit(cache=True)
def finish_state(
    s: int, mode: int, tol: float, bag: FloatArray, used: int, polygon: FloatArray,
    vertices: FloatArray, count: IntArray, low: FloatArray, high: FloatArray,
) -> tuple[float, float]:  # fmt: skip
    """Make the hull of ``bag[:used]`` the new set of state s, simplified within ``tol``.

    In mode OUTER it may only grow by the simplification, in INNER only shrink.

    Returns
    -------
    moved : float
        How far the old set reaches beyond the new one (INNER: or the new beyond the old); inf
        where the state has just become empty.
    spent : float
        The simplification used, more than ``tol`` only where the polygon would not fit.
    """
    old = count[s]
    n = hull(bag, used, polygon)
    spent = 0.0
    step = tol
    room = vertices.shape[1]
    for _ in range(60):
        before = n
        if mode == OUTER:
            n = simplify_outward(polygon, n, step, bag)
        else:
            n = simplify_inward(polygon, n, step)
        if n < before:
            spent += step
        if n <= room:
            break
        step = max(2.0 * step, 1e-15)
    if n > room:  # never seen: 60 passes could not make it fit
        spent = np.inf
        n = _give_up(mode, polygon, n, room)
    moved = excess(vertices[s], old, polygon, n)
    if mode == INNER:  # a set that still grows has not settled either
        moved = max(moved, excess(polygon, n, vertices[s], old))
    store(s, polygon, n, vertices, count, low, high)
    return moved, spent


@njit(cache=True)
def sweep(
    states: IntArray, mode: int, shift: float, tol: float,
    profile_start: IntArray, payoff: FloatArray, alive: BoolArray, discount: FloatArray,
    deviation_start: IntArray, deviation_rows: IntArray, entry_start: IntArray,
    entry_next: IntArray, entry_probability: FloatArray, vertices: FloatArray, count: IntArray,
    low: FloatArray, high: FloatArray, value: FloatArray, work: FloatArray, bag: FloatArray,
    polygon: FloatArray,
) -> tuple[float, float]:  # fmt: skip
    """Apply B once to the sets of some states, one after the other, in place.

    A profile is left out where a next state it can reach, or one that a deviation from it can
    reach, has the empty set: what follows must itself be an equilibrium, and there is none.

    Parameters
    ----------
    states : int64 array, the states to renew, all with perfect monitoring
    mode : OUTER (sets may only be made larger by simplification; profiles that turn out to be
        unenforceable are struck from ``alive``) or INNER (only smaller)
    shift : added to every floor, in payoff units; negative loosens
    tol : simplification of the polygons, Euclidean, in payoff units
    payoff : float64 array, shape (A, 2)
    alive : bool array, shape (A,), the profiles still to be tried; changed in mode OUTER
    deviation_start, deviation_rows : from `list_deviations`
    entry_next : int64 array, shape (E,)
    vertices, count : float64 (S, V, 2) and int64 (S,), the sets
    low, high : float64 (S, 2), lowest and highest payoff in each set
    value, work, bag, polygon : float64 scratch of shapes (A of a state, 2), (2, N, 2),
        (M, 2) and (M + 1, 2); N >= 4 V (most next states of a profile) + 8, M >= 3 N + V + 8

    Returns
    -------
    moved, spent : largest values of `finish_state`
    """
    moved, spent = 0.0, 0.0
    for s in states:
        first = profile_start[s]
        for a in range(first, profile_start[s + 1]):
            for i in range(2):
                worst = 0.0
                for e in range(entry_start[a], entry_start[a + 1]):
                    worst += entry_probability[e] * low[entry_next[e], i]
                value[a - first, i] = (1.0 - discount[i]) * payoff[a, i] + discount[i] * worst
        used = 0
        for a in range(first, profile_start[s + 1]):
            if not alive[a]:
                continue
            best0, best1 = 0.0, 0.0  # the most it could pay
            for e in range(entry_start[a], entry_start[a + 1]):
                best0 += entry_probability[e] * high[entry_next[e], 0]
                best1 += entry_probability[e] * high[entry_next[e], 1]
            floor_0, floor_1 = -np.inf, -np.inf
            for d in range(deviation_start[2 * a], deviation_start[2 * a + 1]):
                floor_0 = max(floor_0, value[deviation_rows[d] - first, 0] + shift)
            for d in range(deviation_start[2 * a + 1], deviation_start[2 * a + 2]):
                floor_1 = max(floor_1, value[deviation_rows[d] - first, 1] + shift)
            best0 = (1.0 - discount[0]) * payoff[a, 0] + discount[0] * best0
            best1 = (1.0 - discount[1]) * payoff[a, 1] + discount[1] * best1
            before = used
            # an empty set has high = -inf and low = +inf, so it fails here as well
            if best0 > -np.inf and floor_0 <= best0 + 1e-12 and floor_1 <= best1 + 1e-12:
                used = _generate(
                    a, floor_0, floor_1, payoff, discount, entry_start, entry_next,
                    entry_probability, vertices, count, work, bag, used,
                )  # fmt: skip
            if used == before:
                if mode == OUTER:
                    alive[a] = False
            elif used > len(bag) - work.shape[1] - vertices.shape[1]:
                used = hull(bag, used, polygon)
                for j in range(used):
                    bag[j, 0], bag[j, 1] = polygon[j, 0], polygon[j, 1]
                # a hull too large for the buffer: rounding aside, this cannot happen
                if used > len(bag) - work.shape[1] - vertices.shape[1]:
                    return moved, np.inf
        m, t = finish_state(s, mode, tol, bag, used, polygon, vertices, count, low, high)
        moved, spent = max(moved, m), max(spent, t)
    return moved, spent
