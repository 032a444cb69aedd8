"""B applied once to given polygons where signals are seen, to check a solve.

Separate on purpose: nothing here is shared with the kernels that solve. The programme of a
profile is written out plainly: one weight per vertex and outcome, one row per deviation, and a
relaxation ``t`` common to all rows, which is brought to zero first. It is solved by the revised
simplex method with an explicit inverse. Nothing is believed of the simplex but where it stops:
bounds are computed afresh from its multipliers (any multipliers give a bound) and payoffs from its
promises, whose constraints are checked. So a failure makes a residual large, never small.

Axis letters: S states, A profiles (stacked), K outcomes that are promised for, R rows, N vertices
of all polygons (those of state s are rows ``start[s]:start[s + 1]``, counter-clockwise).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.kernels.residual import reach_beyond, wrap

_SLACK, _RELAX = -1, -2  # kinds of basic variables other than an outcome's vertex weight
_MOST_PIVOTS = 400  # per direction; the bounds are valid wherever it stops
_PLAIN = 60  # pivots by steepest gain; after that by the first gain, which cannot go round
_REFRESH = 30  # pivots between two inversions of the basis
_TINY = 1e-11
_MEET = 1e-10  # begin afresh where bound and promises are further apart than this
_READY, _NEVER, _UNKNOWN = 0, 1, 2


class Programme(NamedTuple):
    """One profile's programme: maximise over promises w_k of the K outcomes.

    Attributes
    ----------
    base : float64 (2,), payoff of the period, weighted
    gain : float64 (K, 2), weight of each promise in the payoffs
    next_ : int64 (K,), the state whose polygon each promise comes from
    constant : float64 (R,); row r asks ``constant_r + sum_k coef_rk w_k,i(r) >= -slack``
    coef : float64 (R, K)
    player : int64 (R,)
    """

    base: FloatArray
    gain: FloatArray
    next_: IntArray
    constant: FloatArray
    coef: FloatArray
    player: IntArray


class Basis(NamedTuple):
    """The simplex method's basis: M = K + R variables, each an outcome's weight or a row's.

    Attributes
    ----------
    kind : int64 (M,), outcome k of a weight, or -1 (slack of a row), -2 (the relaxation)
    which : int64 (M,), vertex row of a weight, or the row of a slack
    inverse : float64 (M, M)
    value : float64 (M,)
    right : float64 (M,), right-hand side: ones, then -constant - slack
    age : int64 (1,), pivots since the inverse was computed afresh
    """

    kind: IntArray
    which: IntArray
    inverse: FloatArray
    value: FloatArray
    right: FloatArray
    age: IntArray


@njit(cache=True)
def _write_programme(
    s: int, a: int, n_actions: IntArray, profile_start: IntArray, payoff: FloatArray,
    discount: FloatArray, outcome_start: IntArray, outcome_next: IntArray, entry_start: IntArray,
    entry_outcome: IntArray, entry_probability: FloatArray, low: FloatArray,
) -> tuple[bool, Programme]:  # fmt: skip
    """Write the rows of a profile; False where something could lead to an empty set.

    An outcome that only one party's deviations can bring about is met by that party's worst
    point; every other outcome has a promise.
    """
    first_outcome = outcome_start[s]
    n_outcomes = outcome_start[s + 1] - first_outcome
    width = n_actions[s, 1]
    local = a - profile_start[s]
    n_rows = n_actions[s, 0] + n_actions[s, 1] - 2
    chance = np.zeros((n_rows + 1, n_outcomes))
    player = np.zeros(n_rows, np.int64)
    constant = np.zeros(n_rows)
    touched = np.zeros((2, n_outcomes), np.bool_)
    row = 0
    for e in range(entry_start[a], entry_start[a + 1]):
        chance[n_rows, entry_outcome[e] - first_outcome] += entry_probability[e]
    for i in range(2):
        own = local // width if i == 0 else local % width
        for b in range(n_actions[s, i]):
            if b == own:
                continue
            other = a + (b - own) * (width if i == 0 else 1)
            player[row] = i
            constant[row] = (1.0 - discount[i]) * (payoff[a, i] - payoff[other, i])
            for e in range(entry_start[other], entry_start[other + 1]):
                k = entry_outcome[e] - first_outcome
                chance[row, k] += entry_probability[e]
                touched[i, k] = True
            row += 1
    shared = np.zeros(n_outcomes, np.bool_)
    ready = True
    for k in range(n_outcomes):
        reached = chance[n_rows, k] > 0.0
        shared[k] = reached or (touched[0, k] and touched[1, k])
        if (reached or touched[0, k] or touched[1, k]) and not (
            low[outcome_next[first_outcome + k], 0] < np.inf
        ):
            ready = False
    kept = np.flatnonzero(shared)
    coef = np.zeros((n_rows, len(kept)))
    gain = np.zeros((len(kept), 2))
    next_ = np.zeros(len(kept), np.int64)
    for c in range(len(kept)):
        k = kept[c]
        next_[c] = outcome_next[first_outcome + k]
        for i in range(2):
            gain[c, i] = discount[i] * chance[n_rows, k]
        for r in range(n_rows):
            coef[r, c] = discount[player[r]] * (chance[n_rows, k] - chance[r, k])
    for k in range(n_outcomes):
        if not shared[k] and ready:
            for r in range(n_rows):
                worst = low[outcome_next[first_outcome + k], player[r]]
                constant[r] -= discount[player[r]] * chance[r, k] * worst
    return ready, Programme((1.0 - discount) * payoff[a], gain, next_, constant, coef, player)


@njit(cache=True)
def _write_column(
    programme: Programme, points: FloatArray, kind: int, index: int, out: FloatArray
) -> None:
    """Write the coefficients of a variable in the K + R equations."""
    n_promises = len(programme.next_)
    out[:] = 0.0
    if kind >= 0:
        out[kind] = 1.0
        for r in range(len(programme.constant)):
            out[n_promises + r] = programme.coef[r, kind] * points[index, programme.player[r]]
    elif kind == _SLACK:
        out[n_promises + index] = -1.0
    else:
        out[n_promises:] = 1.0


@njit(cache=True)
def _invert(programme: Programme, points: FloatArray, basis: Basis) -> None:
    """Compute the inverse of the basis and its variables' values afresh (Gauss and Jordan)."""
    m = len(basis.kind)
    basis.age[0] = 0
    left, column = np.empty((m, m)), np.empty(m)
    inverse = np.eye(m)
    for j in range(m):
        _write_column(programme, points, basis.kind[j], basis.which[j], column)
        left[:, j] = column
    for c in range(m):
        p = c
        for i in range(c + 1, m):
            if abs(left[i, c]) > abs(left[p, c]):
                p = i
        if left[p, c] == 0.0:
            return  # singular: the inverse stays what it was; its answer is checked anyhow
        for j in range(m):
            left[c, j], left[p, j] = left[p, j], left[c, j]
            inverse[c, j], inverse[p, j] = inverse[p, j], inverse[c, j]
        scale = left[c, c]
        for j in range(m):
            left[c, j] /= scale
            inverse[c, j] /= scale
        for i in range(m):
            factor = left[i, c]
            if i != c and factor != 0.0:
                for j in range(m):
                    left[i, j] -= factor * left[c, j]
                    inverse[i, j] -= factor * inverse[c, j]
    basis.inverse[:] = inverse
    for i in range(m):
        basis.value[i] = 0.0
        for j in range(m):
            basis.value[i] += inverse[i, j] * basis.right[j]


@njit(cache=True)
def _start_basis(
    programme: Programme, points: FloatArray, start: IntArray, slack: float
) -> tuple[bool, Basis]:
    """Promise every first vertex; relax all rows by what the worst of them lacks."""
    n_promises, n_rows = len(programme.next_), len(programme.constant)
    m = n_promises + n_rows
    basis = Basis(
        np.empty(m, np.int64), np.empty(m, np.int64), np.empty((m, m)), np.empty(m), np.ones(m),
        np.zeros(1, np.int64),
    )  # fmt: skip
    for k in range(n_promises):
        basis.kind[k] = k
        basis.which[k] = start[programme.next_[k]]
    worst, most = -1, 0.0
    for r in range(n_rows):
        basis.kind[n_promises + r] = _SLACK
        basis.which[n_promises + r] = r
        basis.right[n_promises + r] = -programme.constant[r] - slack
        lacks = basis.right[n_promises + r]
        for k in range(n_promises):
            lacks -= programme.coef[r, k] * points[basis.which[k], programme.player[r]]
        if lacks > most:
            worst, most = r, lacks
    if worst >= 0:
        basis.kind[n_promises + worst] = _RELAX
    _invert(programme, points, basis)
    return worst >= 0, basis


@njit(cache=True)
def _worth(programme: Programme, k: int, lam: FloatArray, rows: FloatArray) -> tuple[float, float]:
    """Give the direction in which outcome k's promise is worth most at multipliers of the rows."""
    d0 = lam[0] * programme.gain[k, 0]
    d1 = lam[1] * programme.gain[k, 1]
    for r in range(len(programme.constant)):
        if programme.player[r] == 0:
            d0 += rows[r] * programme.coef[r, k]
        else:
            d1 += rows[r] * programme.coef[r, k]
    return d0, d1


@njit(cache=True)
def _bound(
    programme: Programme, points: FloatArray, start: IntArray, lam: FloatArray, rows: FloatArray
) -> float:
    """Bound the payoffs in a direction by multipliers >= 0 of the rows, computed afresh."""
    total: float = lam[0] * programme.base[0] + lam[1] * programme.base[1]
    for r in range(len(rows)):
        total += rows[r] * programme.constant[r]
    for k in range(len(programme.next_)):
        d0, d1 = _worth(programme, k, lam, rows)
        best = -np.inf
        for v in range(start[programme.next_[k]], start[programme.next_[k] + 1]):
            best = max(best, d0 * points[v, 0] + d1 * points[v, 1])
        total += best
    return total


@njit(cache=True)
def _find_entering(
    programme: Programme, points: FloatArray, start: IntArray, lam: FloatArray, dual: FloatArray,
    rows: FloatArray, first_gain: bool,
) -> tuple[int, int]:  # fmt: skip
    """Give a variable that would improve the programme, as (kind, index); index -1: none."""
    n_promises = len(programme.next_)
    most = _TINY
    kind, index = _SLACK, -1
    for r in range(len(rows)):
        if -rows[r] > most:
            most = -rows[r]
            index = r
            if first_gain:
                return kind, index
    for k in range(n_promises):
        d0, d1 = _worth(programme, k, lam, rows)
        for v in range(start[programme.next_[k]], start[programme.next_[k] + 1]):
            better = d0 * points[v, 0] + d1 * points[v, 1] - dual[k]
            if better > most:
                most = better
                kind, index = k, v
                if first_gain:
                    return kind, index
    return kind, index


@njit(cache=True)
def _find_leaving(basis: Basis, step: FloatArray, phase: int) -> int:
    """Give the basic variable that reaches zero first (-1: none)."""
    best = -1
    least = np.inf
    for j in range(len(step)):
        held = basis.kind[j] == _RELAX and phase == 2  # is zero, and has to stay so
        if step[j] > _TINY or (held and step[j] < -_TINY):
            ratio = 0.0 if held else max(basis.value[j], 0.0) / step[j]
            closer = ratio < least - 1e-14
            if closer or (ratio <= least + 1e-14 and abs(step[j]) > abs(step[best])):
                least = min(least, ratio)
                best = j
    return best


@njit(cache=True)
def _improve(
    programme: Programme, points: FloatArray, start: IntArray, basis: Basis, lam: FloatArray,
    phase: int, rows: FloatArray,
) -> None:  # fmt: skip
    """Pivot until nothing improves, or too often; write the multipliers of the rows.

    Phase 1 makes the relaxation small, phase 2 the payoffs in direction ``lam`` large.
    """
    n_promises, m = len(programme.next_), len(basis.kind)
    dual, column, step = np.empty(m), np.empty(m), np.empty(m)
    for pivot in range(_MOST_PIVOTS):
        if basis.age[0] >= _REFRESH:
            _invert(programme, points, basis)
        dual[:] = 0.0
        relaxed = False
        for j in range(m):
            cost = 0.0
            k, v = basis.kind[j], basis.which[j]
            if k == _RELAX:
                relaxed = True
                cost = -1.0 if phase == 1 else 0.0
            elif k >= 0:
                cost = lam[0] * programme.gain[k, 0] * points[v, 0]
                cost += lam[1] * programme.gain[k, 1] * points[v, 1]
            if cost != 0.0:
                for i in range(m):
                    dual[i] += cost * basis.inverse[j, i]
        for r in range(len(rows)):
            rows[r] = -dual[n_promises + r]
        if phase == 1 and not relaxed:
            break
        kind, index = _find_entering(programme, points, start, lam, dual, rows, pivot > _PLAIN)
        if index < 0:
            break
        _write_column(programme, points, kind, index, column)
        for i in range(m):
            step[i] = 0.0
            for j in range(m):
                step[i] += basis.inverse[i, j] * column[j]
        p = _find_leaving(basis, step, phase)
        if p < 0:
            break
        _pivot(basis, step, p, kind, index)
    for r in range(len(rows)):
        rows[r] = max(rows[r], 0.0)


@njit(cache=True)
def _pivot(basis: Basis, step: FloatArray, p: int, kind: int, index: int) -> None:
    """Let a variable enter in place p."""
    m = len(step)
    basis.age[0] += 1
    basis.kind[p] = kind
    basis.which[p] = index
    basis.value[p] /= step[p]
    for j in range(m):
        basis.inverse[p, j] /= step[p]
    for i in range(m):
        if i != p and step[i] != 0.0:
            basis.value[i] -= step[i] * basis.value[p]
            for j in range(m):
                basis.inverse[i, j] -= step[i] * basis.inverse[p, j]


@njit(cache=True)
def _refine(programme: Programme, points: FloatArray, basis: Basis) -> None:
    """Improve the values of the basis by what they miss of the right-hand side, twice.

    On polygons that are nearly flat the basis is nearly singular; this wins the lost digits back.
    """
    m = len(basis.kind)
    column, missing = np.empty(m), np.empty(m)
    for _ in range(2):
        missing[:] = basis.right
        for j in range(m):
            _write_column(programme, points, basis.kind[j], basis.which[j], column)
            for i in range(m):
                missing[i] -= column[i] * basis.value[j]
        for i in range(m):
            for j in range(m):
                basis.value[i] += basis.inverse[i, j] * missing[j]


@njit(cache=True)
def _read_point(
    programme: Programme, points: FloatArray, basis: Basis, slack: float, out: FloatArray
) -> bool:
    """Write the payoffs that the basis promises; whether they satisfy every row, afresh."""
    n_promises = len(programme.next_)
    share = np.zeros(n_promises)
    promise = np.zeros((n_promises, 2))
    for j in range(len(basis.kind)):
        k = basis.kind[j]
        if k >= 0 and basis.value[j] > 0.0:
            share[k] += basis.value[j]
            promise[k] += basis.value[j] * points[basis.which[j]]
    out[:] = programme.base
    for k in range(n_promises):
        if share[k] <= 0.0:
            return False
        promise[k] /= share[k]
        out += programme.gain[k] * promise[k]
    for r in range(len(programme.constant)):
        total = programme.constant[r]
        for k in range(n_promises):
            total += programme.coef[r, k] * promise[k, programme.player[r]]
        if total < -slack - 1e-13:
            return False
    return True


@njit(cache=True)
def list_directions(polygon: FloatArray) -> tuple[FloatArray, BoolArray]:
    """List the edge normals of a polygon, and between two of them one that meets a vertex only.

    Returns
    -------
    directions : float64 array, shape (D, 2), unit vectors, counter-clockwise
    corner : bool array, shape (D,), those that meet one vertex only
    """
    n = len(polygon)
    if n == 1:
        return np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]), np.ones(4, np.bool_)
    normal = np.empty((n, 2))
    for j in range(n):
        step = polygon[(j + 1) % n] - polygon[j]
        length = np.sqrt(step[0] * step[0] + step[1] * step[1])
        normal[j, 0] = step[1] / length
        normal[j, 1] = -step[0] / length
    directions, corner = np.empty((2 * n, 2)), np.zeros(2 * n, np.bool_)
    for j in range(n):
        directions[2 * j] = normal[j]
        corner[2 * j + 1] = True
        middle = normal[j] + normal[(j + 1) % n]
        length = np.sqrt(middle[0] * middle[0] + middle[1] * middle[1])
        if length > 1e-8:
            directions[2 * j + 1] = middle / length
        else:  # the end of a segment: a quarter turn on from the normal
            directions[2 * j + 1, 0] = -normal[j, 1]
            directions[2 * j + 1, 1] = normal[j, 0]
    return directions, corner


@njit(cache=True)
def _enforce(
    programme: Programme, points: FloatArray, start: IntArray, slack: float, rows: FloatArray
) -> tuple[int, Basis]:
    """Look for promises that enforce the profile: a basis, and whether there are any.

    Gives `_READY`, `_NEVER` (shown by the multipliers in ``rows``) or `_UNKNOWN`.
    """
    relaxed, basis = _start_basis(programme, points, start, slack)
    if not relaxed:
        return _READY, basis
    nothing = np.zeros(2)
    _improve(programme, points, start, basis, nothing, 1, rows)
    for j in range(len(basis.kind)):
        if basis.kind[j] == _RELAX and basis.value[j] > 1e-14:
            most = _bound(programme, points, start, nothing, rows)
            return _NEVER if most < -slack * rows.sum() else _UNKNOWN, basis
    return _READY, basis


@njit(cache=True)
def _check_profile(
    programme: Programme, points: FloatArray, start: IntArray, own: FloatArray,
    directions: FloatArray, corner: BoolArray, slack: float, enough: float, bag: FloatArray,
    used: int,
) -> tuple[float, int]:  # fmt: skip
    """Bound a profile's payoffs in all directions; add those found at corners to ``bag``.

    Returns
    -------
    beyond : how far the bounds exceed the polygon; inf where it is empty and the profile is not
        shown to be unenforceable
    used : points in the bag
    """
    rows = np.zeros(len(programme.constant))
    state, basis = _enforce(programme, points, start, slack, rows)
    if state == _NEVER:
        return 0.0, used
    if len(own) == 0:
        return np.inf, used
    if state == _UNKNOWN:
        rows[:] = 0.0
    beyond = 0.0
    point = np.empty(2)
    for j in range(len(directions)):
        lam = directions[j]
        reach = -np.inf
        for v in range(len(own)):
            reach = max(reach, lam[0] * own[v, 0] + lam[1] * own[v, 1])
        bound = _bound(programme, points, start, lam, rows)
        short = bound + slack * rows.sum() < reach - enough
        if short or (not corner[j] and bound <= reach):
            continue
        for attempt in range(2):
            _improve(programme, points, start, basis, lam, 2, rows)
            bound = _bound(programme, points, start, lam, rows)
            _refine(programme, points, basis)
            found = _read_point(programme, points, basis, slack, point)
            open_ = bound + slack * rows.sum() - lam[0] * point[0] - lam[1] * point[1]
            if attempt == 1 or (found and open_ <= _MEET):
                break
            _, basis = _enforce(programme, points, start, slack, rows)  # rounding led astray
        beyond = max(beyond, bound - reach)
        if found:
            bag[used] = point
            used += 1
    return beyond, used


@njit(cache=True)
def check_signals(
    s: int, slack: float, enough: float, n_actions: IntArray, profile_start: IntArray,
    payoff: FloatArray, prescribable: BoolArray, discount: FloatArray, outcome_start: IntArray,
    outcome_next: IntArray, entry_start: IntArray, entry_outcome: IntArray,
    entry_probability: FloatArray, points: FloatArray, start: IntArray, low: FloatArray,
    gaps: FloatArray,
) -> None:  # fmt: skip
    """Compare the polygon of a state with B of all polygons, once.

    Parameters
    ----------
    slack : every row of the programmes is relaxed by this much
    enough : profiles that stay further than this from a corner are not looked at there
    low : float64 (S, 2), the lowest payoffs of each polygon; inf where it is empty
    gaps : float64 (S, 2), row s written: how far B reaches beyond the polygon (by its bounds
        with no row relaxed), and it beyond B
    """
    own = points[start[s] : start[s + 1]]
    if len(own):
        directions, corner = list_directions(own)
    else:
        directions, corner = np.empty((0, 2)), np.zeros(0, np.bool_)
    n_profiles = profile_start[s + 1] - profile_start[s]
    bag = np.empty((n_profiles * len(directions) + 1, 2))
    used = 0
    beyond = 0.0
    for a in range(profile_start[s], profile_start[s + 1]):
        if not prescribable[a]:
            continue
        ready, programme = _write_programme(
            s, a, n_actions, profile_start, payoff, discount, outcome_start, outcome_next,
            entry_start, entry_outcome, entry_probability, low,
        )  # fmt: skip
        if ready:
            further, used = _check_profile(
                programme, points, start, own, directions, corner, slack, enough, bag, used
            )
            beyond = max(beyond, further)
    hull = np.empty((used + 1, 2))
    n = wrap(bag, used, hull)
    gaps[s, 0] = beyond
    gaps[s, 1] = reach_beyond(own, len(own), hull, n)
