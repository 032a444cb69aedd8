r"""The priced programme of the operator B for any number of parties.

For a state, a profile and a direction :math:`\lambda`: choose continuation promises
:math:`w_k \in W(s'_k)` to maximise :math:`\lambda \cdot v` subject to one row per deviation that
could go unnoticed and one floor per party. Multipliers :math:`\mu \ge 0` price the rows, and for
*every* :math:`\mu`

.. math:: h(\lambda) \le L(\lambda, \mu) = \lambda \cdot b + \sum_r \mu_r c_r
          + \sum_k \max_{w \in W(s'_k)} d_k(\lambda, \mu) \cdot w,

where the inner problems are look-ups over vertices. Column generation (Dantzig and Wolfe 1960)
finds the least bound on a master with rows + 1 constraints, kept as an explicit inverse; the
basis survives a change of direction. `detente.kernels.pricing` is the same for two parties,
where two numbers stand for a vector.

Payoffs are of order one, vertices are ``float64[S, V, P]``, directions have unit length.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.kernels.rows import (
    INFEASIBLE,
    OPTIMAL,
    RESOLUTION,
    STOPPED,
    FloatArray,
    IntArray,
    helper,
)

# Rows of `Programme.ints`, and places in its head.
HEAD, NEXT, PLAYER, KIND, REACH, PLACE = 0, 1, 2, 3, 4, 5
ROWS, VARIABLES, READY, PIVOTS = 0, 1, 2, 3
# Rows of `Programme.lines`.
COLUMN, STEP, DUAL, CLIPPED = 0, 1, 2, 3
# Rows of `Programme.parties`.
BASE, DELTA, PRICED, DRIVE, POINT = 0, 1, 2, 3, 4
# Rows of `Programme.outcomes`.
WEIGHT, OWN, OTHER, LOWEST = 0, 1, 2, 3
# Tables of `Programme.square`.
BASIS, INVERSE, SPARE = 0, 1, 2

_GAP = 1e-13  # where column generation stops
_FEASIBLE = 3  # phase 1 ended with the artificial gone
_COLUMN, _ARTIFICIAL = -1, -2  # kinds of a basic variable other than the slack of a row


class Programme(NamedTuple):
    """Arrays of one programme, reused for all programmes of a state.

    M rows, K outcomes of the state, P parties, N = M + 1.

    Attributes
    ----------
    ints : int64 array, shape (6, max(N, K, 4)); ``HEAD``: ``ROWS``, ``VARIABLES``, ``READY``
        (the basis is feasible), ``PIVOTS`` since the last factorisation; ``NEXT`` (K) next state
        of a variable; ``PLAYER`` (M); ``KIND`` (N) what is basic; ``REACH``, ``PLACE`` (K) who
        reaches an outcome of the state, its place among the variables
    parties : float64 array, shape (5, P); ``BASE`` (1 - delta_i) u_i(a), ``DELTA``, ``PRICED``
        payoffs of the column priced last, ``DRIVE`` scratch, ``POINT`` the payoffs attained
    outcomes : float64 array, shape (4, K); ``WEIGHT`` probability of a variable; scratch
    const : float64 array, shape (M,)
    coef : float64 array, shape (M, K), times the promise to the row's player
    lines : float64 array, shape (4, N)
    square : float64 array, shape (3, N, N)
    points : float64 array, shape (N, P), payoffs of the basic columns
    least : float64 array, shape (1,), the least bound met
    """

    ints: IntArray
    parties: FloatArray
    outcomes: FloatArray
    const: FloatArray
    coef: FloatArray
    lines: FloatArray
    square: FloatArray
    points: FloatArray
    least: FloatArray


@helper
def make_programme(n_parties: int, n_rows: int, n_outcomes: int) -> Programme:
    """Allocate for at most ``n_rows`` rows and ``n_outcomes`` outcomes."""
    m, k = max(n_rows, 1), max(n_outcomes, 1)
    return Programme(
        np.zeros((6, max(m + 1, k, 4)), np.int64),
        np.zeros((5, n_parties)),
        np.zeros((4, k)),
        np.zeros(m),
        np.zeros((m, k)),
        np.zeros((4, m + 1)),
        np.zeros((3, m + 1, m + 1)),
        np.zeros((m + 1, n_parties)),
        np.zeros(1),
    )


@helper
def _price(
    lam: FloatArray, aim: float, prog: Programme, vertices: FloatArray, count: IntArray
) -> float:
    """Bound L(aim lam, mu) at the clipped multipliers; writes the best column, its payoffs."""
    m, n_parties = prog.ints[HEAD, ROWS], len(lam)
    bound = 0.0
    for i in range(n_parties):
        bound += aim * lam[i] * prog.parties[BASE, i]
        prog.parties[PRICED, i] = prog.parties[BASE, i]
    prog.lines[COLUMN, 0] = 1.0
    for r in range(m):
        bound += prog.lines[CLIPPED, r] * prog.const[r]
        prog.lines[COLUMN, r + 1] = prog.const[r]
    for k in range(prog.ints[HEAD, VARIABLES]):
        for i in range(n_parties):
            weight = prog.parties[DELTA, i] * prog.outcomes[WEIGHT, k]
            prog.parties[DRIVE, i] = aim * lam[i] * weight
        for r in range(m):
            prog.parties[DRIVE, prog.ints[PLAYER, r]] += prog.lines[CLIPPED, r] * prog.coef[r, k]
        nxt = prog.ints[NEXT, k]
        best, at = -np.inf, 0
        for v in range(count[nxt]):
            worth = 0.0
            for i in range(n_parties):
                worth += prog.parties[DRIVE, i] * vertices[nxt, v, i]
            if worth > best:
                best, at = worth, v
        bound += best
        for i in range(n_parties):
            weight = prog.parties[DELTA, i] * prog.outcomes[WEIGHT, k]
            prog.parties[PRICED, i] += weight * vertices[nxt, at, i]
        for r in range(m):
            prog.lines[COLUMN, r + 1] += prog.coef[r, k] * vertices[nxt, at, prog.ints[PLAYER, r]]
    return bound


@helper
def _factorise(prog: Programme) -> bool:
    """Invert the basis afresh (Gauss and Jordan, partial pivoting); False if singular."""
    n = prog.ints[HEAD, ROWS] + 1
    left, inv = prog.square[SPARE], prog.square[INVERSE]
    for i in range(n):
        for j in range(n):
            left[i, j] = prog.square[BASIS, i, j]
            inv[i, j] = 1.0 if i == j else 0.0
    for c in range(n):
        p = c
        for i in range(c + 1, n):
            if abs(left[i, c]) > abs(left[p, c]):
                p = i
        if abs(left[p, c]) < 1e-14:
            return False
        if p != c:
            for j in range(n):
                left[c, j], left[p, j] = left[p, j], left[c, j]
                inv[c, j], inv[p, j] = inv[p, j], inv[c, j]
        scale = 1.0 / left[c, c]
        for j in range(n):
            left[c, j] *= scale
            inv[c, j] *= scale
        for i in range(n):
            f = left[i, c]
            if i != c and f != 0.0:
                for j in range(n):
                    left[i, j] -= f * left[c, j]
                    inv[i, j] -= f * inv[c, j]
    prog.ints[HEAD, PIVOTS] = 0
    return True


@helper
def _leaving(n: int, prog: Programme) -> int:
    """Which basic variable gives way (-1: none), ties lexicographically, so no cycles."""
    best = -1
    least = 0.0
    for i in range(n):
        d = prog.lines[STEP, i]
        if d <= 1e-11:
            continue
        ratio = max(prog.square[INVERSE, i, 0], 0.0) / d
        if best < 0 or ratio < least - 1e-13:
            best, least = i, ratio
        elif ratio <= least + 1e-13:
            for j in range(1, n):
                difference = (
                    prog.square[INVERSE, best, j] / prog.lines[STEP, best]
                    - prog.square[INVERSE, i, j] / d
                )
                if abs(difference) > 1e-13:
                    if difference < 0.0:
                        best, least = i, ratio
                    break
    return best


@helper
def _pivot(out: int, kind: int, prog: Programme) -> bool:
    """Put the entering variable (slack of row ``kind``, or the priced column) in place ``out``."""
    n = prog.ints[HEAD, ROWS] + 1
    prog.ints[KIND, out] = kind
    for i in range(n):
        prog.square[BASIS, i, out] = (
            prog.lines[COLUMN, i] if kind == _COLUMN else (-1.0 if i == kind + 1 else 0.0)
        )
    if kind == _COLUMN:
        prog.points[out] = prog.parties[PRICED]
    prog.ints[HEAD, PIVOTS] += 1
    if prog.ints[HEAD, PIVOTS] > 20:
        return _factorise(prog)
    scale = 1.0 / prog.lines[STEP, out]
    for j in range(n):
        prog.square[INVERSE, out, j] *= scale
    for i in range(n):
        f = prog.lines[STEP, i]
        if i != out and f != 0.0:
            for j in range(n):
                prog.square[INVERSE, i, j] -= f * prog.square[INVERSE, out, j]
    return True


@helper
def _load_duals(lam: FloatArray, aim: float, prog: Programme) -> None:
    """Write the duals that the costs of the basic variables imply."""
    n = prog.ints[HEAD, ROWS] + 1
    for j in range(n):
        prog.lines[DUAL, j] = 0.0
    for i in range(n):
        cost = 0.0
        if prog.ints[KIND, i] == _ARTIFICIAL:
            cost = -1.0
        elif prog.ints[KIND, i] == _COLUMN:
            for p in range(len(lam)):
                cost += aim * lam[p] * prog.points[i, p]
        if cost != 0.0:
            for j in range(n):
                prog.lines[DUAL, j] += cost * prog.square[INVERSE, i, j]


@helper
def _choose_entering(
    lam: FloatArray, aim: float, prog: Programme, vertices: FloatArray, count: IntArray
) -> tuple[int, bool]:
    """Choose the slack of a row (its number) or the priced column; False if nothing improves.

    Keeps the least bound met: on the value, or in phase 1 (``aim`` 0) on the margin.
    """
    m = prog.ints[HEAD, ROWS]
    row, least, total = -1, -1e-11, 0.0
    for r in range(m):
        mu = -prog.lines[DUAL, r + 1]
        if mu < least:
            row, least = r, mu
        prog.lines[CLIPPED, r] = max(mu, 0.0)
        total += prog.lines[CLIPPED, r]
    if row >= 0:
        return row, True
    bound = _price(lam, aim, prog, vertices, count)
    if aim > 0.0:
        prog.least[0] = min(prog.least[0], bound)
    elif total > 0.0:
        prog.least[0] = min(prog.least[0], bound / total)
    gain = bound - prog.lines[DUAL, 0]
    for r in range(m):
        gain += (-prog.lines[DUAL, r + 1] - prog.lines[CLIPPED, r]) * prog.lines[COLUMN, r + 1]
    return _COLUMN, gain > _GAP * (1.0 + total)


@helper
def _climb(
    lam: FloatArray, aim: float, prog: Programme, vertices: FloatArray, count: IntArray
) -> int:
    """Column generation from the basis at hand; phase 1 where ``aim`` is 0.

    Phase 1 drives the artificial (a shortfall shared by all rows) down: it ends when the
    artificial leaves, or at its least value.
    """
    n = prog.ints[HEAD, ROWS] + 1
    prog.least[0] = np.inf
    fresh = False
    for _ in range(200 + 20 * n):
        _load_duals(lam, aim, prog)
        entering, improves = _choose_entering(lam, aim, prog, vertices, count)
        if not improves:
            if fresh or prog.ints[HEAD, PIVOTS] == 0:
                return OPTIMAL
            fresh = True
            if not _factorise(prog):
                return STOPPED
            continue
        for i in range(n):
            if entering >= 0:
                prog.lines[STEP, i] = -prog.square[INVERSE, i, entering + 1]
            else:
                total = 0.0
                for j in range(n):
                    total += prog.square[INVERSE, i, j] * prog.lines[COLUMN, j]
                prog.lines[STEP, i] = total
        out = _leaving(n, prog)
        if out < 0:
            return STOPPED
        if aim == 0.0:
            out = _prefer_artificial(n, out, prog)
        left = prog.ints[KIND, out]
        if not _pivot(out, entering, prog):
            return STOPPED
        if left == _ARTIFICIAL:
            return _FEASIBLE
    return STOPPED


@helper
def _prefer_artificial(n: int, out: int, prog: Programme) -> int:
    """Let the artificial give way where it ties with another."""
    for i in range(n):
        if prog.ints[KIND, i] == _ARTIFICIAL and prog.lines[STEP, i] > 1e-11:
            tie = prog.square[INVERSE, i, 0] / prog.lines[STEP, i]
            if tie <= max(prog.square[INVERSE, out, 0], 0.0) / prog.lines[STEP, out] + 1e-13:
                return i
    return out


@helper
def _start(lam: FloatArray, prog: Programme, vertices: FloatArray, count: IntArray) -> bool:
    """Begin from the column best without rows; True if it meets every row."""
    m = prog.ints[HEAD, ROWS]
    for r in range(m):
        prog.lines[CLIPPED, r] = 0.0
    _price(lam, 1.0, prog, vertices, count)
    worst = 0
    for r in range(1, m):
        if prog.lines[COLUMN, r + 1] < prog.lines[COLUMN, worst + 1]:
            worst = r
    meets: bool = m == 0 or prog.lines[COLUMN, worst + 1] >= 0.0
    for i in range(m + 1):
        for j in range(m + 1):
            prog.square[BASIS, i, j] = 0.0
        prog.square[BASIS, i, 0] = prog.lines[COLUMN, i]
        if i > 0:
            prog.ints[KIND, i] = i - 1
            prog.square[BASIS, i, i] = -1.0
    prog.ints[KIND, 0] = _COLUMN
    prog.points[0] = prog.parties[PRICED]
    if not meets:
        prog.ints[KIND, worst + 1] = _ARTIFICIAL
        for i in range(1, m + 1):
            prog.square[BASIS, i, worst + 1] = 1.0
    _factorise(prog)
    return meets


@helper
def solve_programme(
    lam: FloatArray, strict: bool, prog: Programme, vertices: FloatArray, count: IntArray
) -> int:
    """Solve the prepared programme in a direction, from the last direction's basis if any.

    Parameters
    ----------
    strict : True refuses a profile whose margin is negative however slightly; False (outer
        bounds) refuses it only when it is negative beyond the resolution, and otherwise
        loosens its rows by that rounding

    Returns
    -------
    OPTIMAL or STOPPED: ``prog.least`` is a bound on the value whatever the arithmetic left
    undone, ``prog.parties[POINT]`` the payoffs attained (nan where none were). INFEASIBLE: no
    promises enforce the profile.
    """
    if not prog.ints[HEAD, READY] and not _find_basis(lam, strict, prog, vertices, count):
        if prog.least[0] < (0.0 if strict else -RESOLUTION):
            return INFEASIBLE
        return _give_up(lam, prog, vertices, count)
    ended = _climb(lam, 1.0, prog, vertices, count)
    if prog.least[0] == np.inf:
        return _give_up(lam, prog, vertices, count)
    _read_point(prog)
    return OPTIMAL if ended == OPTIMAL else STOPPED


@helper
def _find_basis(
    lam: FloatArray, strict: bool, prog: Programme, vertices: FloatArray, count: IntArray
) -> bool:
    """Find a feasible basis; False where there is none (``prog.least`` bounds the margin)."""
    for _ in range(3):
        feasible = _start(lam, prog, vertices, count)
        if not feasible:
            feasible = _climb(lam, 0.0, prog, vertices, count) == _FEASIBLE
        if feasible:
            prog.ints[HEAD, READY] = 1
            return True
        if strict or prog.least[0] < -RESOLUTION:
            return False
        shortfall = min(max(-prog.lines[DUAL, 0], 0.0) + 1e-13, RESOLUTION)
        for r in range(prog.ints[HEAD, ROWS]):
            prog.const[r] += shortfall
    return False


@helper
def _give_up(lam: FloatArray, prog: Programme, vertices: FloatArray, count: IntArray) -> int:
    """Fall back on the bound without any row: valid, and no point is claimed."""
    for r in range(prog.ints[HEAD, ROWS]):
        prog.lines[CLIPPED, r] = 0.0
    prog.least[0] = _price(lam, 1.0, prog, vertices, count)
    prog.parties[POINT] = np.nan
    return STOPPED


@helper
def _read_point(prog: Programme) -> None:
    """Mix the basic columns into the payoffs attained (weights clipped and renormalised)."""
    total = 0.0
    prog.parties[POINT] = 0.0
    for i in range(prog.ints[HEAD, ROWS] + 1):
        if prog.ints[KIND, i] == _COLUMN:
            weight = max(prog.square[INVERSE, i, 0], 0.0)
            total += weight
            for p in range(prog.points.shape[1]):
                prog.parties[POINT, p] += weight * prog.points[i, p]
    for p in range(prog.points.shape[1]):
        prog.parties[POINT, p] /= total
