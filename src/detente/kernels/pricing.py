r"""One linear programme of the operator B: promises that enforce a profile, by pricing.

For a state, a profile and a direction :math:`\lambda` the programme is: choose continuation
promises :math:`w_k \in W(s'_k)` to maximise :math:`\lambda \cdot v` subject to one row per
deviation that could go unnoticed and one floor per party. Its variables are many, its rows
are few. Pricing the rows with multipliers :math:`\mu \ge 0` gives, for *every* :math:`\mu`,

.. math:: h(\lambda) \le L(\lambda, \mu) = \lambda \cdot b + \sum_r \mu_r c_r
          + \sum_k \max_{w \in W(s'_k)} d_k(\lambda, \mu) \cdot w,

so each inner problem is a look-up over the vertices of one polygon. The least bound over
:math:`\mu` is found by column generation (Dantzig and Wolfe 1960) on a master with
rows + 1 constraints, kept as an explicit inverse. The basis survives a change of direction,
which is what makes the next direction cheap. With direction 0 and multipliers summing to one
the same programme gives the margin: the largest slack that the tightest row can be given.

The rows are written by `detente.kernels.rows`. Two parties; vertices are ``float64[S, V, 2]``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.kernels.rows import (
    INFEASIBLE,
    OPTIMAL,
    PIVOTS,
    READY,
    RESOLUTION,
    ROWS,
    STOPPED,
    VARIABLES,
    FloatArray,
    IntArray,
    Workspace,
)

_GAP = 1e-13  # where column generation stops, relative to the largest payoff
_FEASIBLE = 3  # phase 1 ended with the artificial gone

# Kinds of a basic variable other than the slack of a row (which is its row, >= 0).
_COLUMN, _ARTIFICIAL = -1, -2


@njit(cache=True)
def _price_out(
    lam1: float, lam2: float, ws: Workspace, vertices: FloatArray, count: IntArray
) -> float:
    """Bound L(lambda, mu) at ``ws.clipped``; writes the maximising column and its payoffs."""
    m = ws.ints[ROWS]
    bound: float = lam1 * ws.base[0] + lam2 * ws.base[1]
    ws.column[0] = 1.0
    for r in range(m):
        bound += ws.clipped[r] * ws.row_const[r]
        ws.column[r + 1] = ws.row_const[r]
    v1, v2 = ws.base[0], ws.base[1]
    for k in range(ws.ints[VARIABLES]):
        g1 = ws.delta[0] * ws.var_weight[k]
        g2 = ws.delta[1] * ws.var_weight[k]
        d1, d2 = lam1 * g1, lam2 * g2
        for r in range(m):
            if ws.row_player[r] == 0:
                d1 += ws.clipped[r] * ws.row_coef[r, k]
            else:
                d2 += ws.clipped[r] * ws.row_coef[r, k]
        nxt = ws.var_next[k]
        best = d1 * vertices[nxt, 0, 0] + d2 * vertices[nxt, 0, 1]
        at = 0
        for v in range(1, count[nxt]):
            worth = d1 * vertices[nxt, v, 0] + d2 * vertices[nxt, v, 1]
            if worth > best:
                best = worth
                at = v
        bound += best
        w1, w2 = vertices[nxt, at, 0], vertices[nxt, at, 1]
        v1 += g1 * w1
        v2 += g2 * w2
        for r in range(m):
            ws.column[r + 1] += ws.row_coef[r, k] * (w1 if ws.row_player[r] == 0 else w2)
    ws.priced[0] = v1
    ws.priced[1] = v2
    return bound


@njit(cache=True)
def _factorise(ws: Workspace) -> bool:
    """Invert the basis afresh (Gauss and Jordan, partial pivoting); False if singular."""
    n = ws.ints[ROWS] + 1
    left = ws.basis[:n, :n].copy()
    inv = ws.inverse
    for i in range(n):
        for j in range(n):
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
    ws.ints[PIVOTS] = 0
    return True


@njit(cache=True)
def _leaving(n: int, free: int, ws: Workspace) -> int:
    """Which basic variable gives way (-1: none), ties lexicographically, so no cycles.

    The right side is thought of as perturbed by (0, -e, -e^2, ...), which loosens every row.
    """
    best = -1
    least = 0.0
    for i in range(n):
        d = ws.step[i]
        if i == free or d <= 1e-11:
            continue
        ratio = max(ws.inverse[i, 0], 0.0) / d
        if best < 0 or ratio < least - 1e-13:
            best, least = i, ratio
        elif ratio <= least + 1e-13:
            for j in range(1, n):
                difference = ws.inverse[best, j] / ws.step[best] - ws.inverse[i, j] / d
                if abs(difference) > 1e-13:
                    if difference < 0.0:
                        best, least = i, ratio
                    break
    return best


@njit(cache=True)
def _pivot(out: int, kind: int, row: int, ws: Workspace) -> bool:
    """Put the entering variable (slack of ``row``, or the priced column) in place ``out``."""
    n = ws.ints[ROWS] + 1
    ws.kind[out] = row if kind >= 0 else kind
    for i in range(n):
        ws.basis[i, out] = ws.column[i] if kind == _COLUMN else (-1.0 if i == row + 1 else 0.0)
    if kind == _COLUMN:
        ws.point[out, 0] = ws.priced[0]
        ws.point[out, 1] = ws.priced[1]
    ws.ints[PIVOTS] += 1
    if ws.ints[PIVOTS] > 20:
        return _factorise(ws)
    scale = 1.0 / ws.step[out]
    for j in range(n):
        ws.inverse[out, j] *= scale
    for i in range(n):
        f = ws.step[i]
        if i != out and f != 0.0:
            for j in range(n):
                ws.inverse[i, j] -= f * ws.inverse[out, j]
    return True


@njit(cache=True)
def _load_costs(lam1: float, lam2: float, phase: int, ws: Workspace) -> None:
    """Write the cost of every basic variable and the duals they imply."""
    n = ws.ints[ROWS] + 1
    for j in range(n):
        cost = 0.0
        if phase == 1:
            if ws.kind[j] == _ARTIFICIAL:
                cost = -1.0
        elif ws.kind[j] == _COLUMN:
            cost = lam1 * ws.point[j, 0] + lam2 * ws.point[j, 1]
        ws.cost[j] = cost
    for j in range(n):
        ws.dual[j] = 0.0
    for i in range(n):
        cost = ws.cost[i]
        if cost != 0.0:
            for j in range(n):
                ws.dual[j] += cost * ws.inverse[i, j]


@njit(cache=True)
def _climb(
    lam1: float, lam2: float, phase: int, whole: bool, ws: Workspace,
    vertices: FloatArray, count: IntArray,
) -> int:  # fmt: skip
    """Column generation from the basis at hand.

    Phase 1 drives the artificial (a shortfall shared by all rows) down: it ends when the
    artificial leaves, or at its least value. With ``whole`` it may go below zero (the margin).
    ``ws.answer[1]`` holds the least bound met, ``ws.multipliers`` its multipliers.
    """
    m = ws.ints[ROWS]
    n = m + 1
    unit = 1.0 if phase == 1 else ws.scale[0]
    ws.answer[1] = np.inf
    fresh = False
    for _ in range(200 + 20 * n):
        _load_costs(lam1, lam2, phase, ws)
        row, least = -1, -1e-11 * unit
        for r in range(m):
            mu = -ws.dual[r + 1]
            if mu < least:
                row, least = r, mu
            ws.clipped[r] = max(mu, 0.0)
        if row >= 0:
            for i in range(n):
                ws.step[i] = -ws.inverse[i, row + 1]
        else:
            bound = _price_bound(lam1, lam2, phase, ws, vertices, count)
            gain = bound - ws.dual[0]
            for r in range(m):
                gain += (-ws.dual[r + 1] - ws.clipped[r]) * ws.column[r + 1]
            if gain <= _closeness(unit, ws):
                if fresh or ws.ints[PIVOTS] == 0:
                    return OPTIMAL
                fresh = True
                if not _factorise(ws):
                    return STOPPED
                continue
            for i in range(n):
                total = 0.0
                for j in range(n):
                    total += ws.inverse[i, j] * ws.column[j]
                ws.step[i] = total
        artificial = -1
        if phase == 1:
            for i in range(n):
                if ws.kind[i] == _ARTIFICIAL:
                    artificial = i
        out = _leaving(n, artificial if whole else -1, ws)
        if out < 0:
            return STOPPED
        if phase == 1 and not whole and out != artificial and ws.step[artificial] > 1e-11:
            tie = ws.inverse[artificial, 0] / ws.step[artificial]
            if tie <= max(ws.inverse[out, 0], 0.0) / ws.step[out] + 1e-13:
                out = artificial
        left = ws.kind[out]
        if not _pivot(out, row if row >= 0 else _COLUMN, row, ws):
            return STOPPED
        if left == _ARTIFICIAL:
            return _FEASIBLE
    return STOPPED


@njit(cache=True)
def _closeness(unit: float, ws: Workspace) -> float:
    """Gain below which a priced column counts as no better; grows with the multipliers."""
    total = unit
    for r in range(ws.ints[ROWS]):
        total += ws.clipped[r]
    return _GAP * total


@njit(cache=True)
def _price_bound(
    lam1: float, lam2: float, phase: int, ws: Workspace, vertices: FloatArray, count: IntArray
) -> float:
    """Price the clipped multipliers and keep the bound if it is the least so far."""
    if phase == 1:
        lam1 = lam2 = 0.0
    bound: float = _price_out(lam1, lam2, ws, vertices, count)
    kept = bound
    if phase == 1:
        total = 0.0
        for r in range(ws.ints[ROWS]):
            total += ws.clipped[r]
        kept = bound / total
        if kept < ws.answer[1]:
            for r in range(ws.ints[ROWS]):
                ws.multipliers[r] = ws.clipped[r] / total
    elif kept < ws.answer[1]:
        for r in range(ws.ints[ROWS]):
            ws.multipliers[r] = ws.clipped[r] / ws.scale[0]
    ws.answer[1] = min(ws.answer[1], kept)
    return bound


@njit(cache=True)
def _start(lam1: float, lam2: float, force: bool, ws: Workspace,
           vertices: FloatArray, count: IntArray) -> bool:  # fmt: skip
    """Begin from the column best without rows; True if it meets every row (and not ``force``)."""
    m = ws.ints[ROWS]
    for r in range(m):
        ws.clipped[r] = 0.0
    _price_out(lam1, lam2, ws, vertices, count)
    worst = 0
    for r in range(1, m):
        if ws.column[r + 1] < ws.column[worst + 1]:
            worst = r
    meets: bool = m == 0 or ws.column[worst + 1] >= 0.0
    for i in range(m + 1):
        for j in range(m + 1):
            ws.basis[i, j] = 0.0
        ws.basis[i, 0] = ws.column[i]
        if i > 0:
            ws.kind[i] = i - 1
            ws.basis[i, i] = -1.0
    ws.kind[0] = _COLUMN
    ws.point[0, 0] = ws.priced[0]
    ws.point[0, 1] = ws.priced[1]
    if (force or not meets) and m > 0:
        ws.kind[worst + 1] = _ARTIFICIAL
        for i in range(1, m + 1):
            ws.basis[i, worst + 1] = 1.0
        meets = False
    _factorise(ws)
    return meets


@njit(cache=True)
def solve_direction(
    lam1: float, lam2: float, strict: bool, ws: Workspace, vertices: FloatArray, count: IntArray
) -> int:
    """Solve the prepared programme in a direction, from the last direction's basis if any.

    Parameters
    ----------
    lam1, lam2 : the direction (unit length expected by the tolerances)
    strict : True refuses a profile whose margin is negative however slightly; False (outer
        bounds) refuses it only when it is negative beyond the resolution, and otherwise
        loosens its rows by that rounding

    Returns
    -------
    OPTIMAL or STOPPED: ``ws.answer`` is value, upper bound (of ``ws.multipliers``), v_1, v_2.
    INFEASIBLE: ``ws.answer[1] < 0`` bounds the margin and ``ws.multipliers`` (summing to one)
    show it.
    """
    m = ws.ints[ROWS]
    if not ws.ints[READY]:
        for _ in range(3):
            if _start(lam1, lam2, False, ws, vertices, count):
                ws.ints[READY] = 1
                break
            ended = _climb(lam1, lam2, 1, False, ws, vertices, count)
            if ended == _FEASIBLE:
                ws.ints[READY] = 1
                break
            if ended == OPTIMAL and ws.answer[1] < (0.0 if strict else -RESOLUTION):
                ws.answer[1] *= ws.scale[0]
                return INFEASIBLE
            if strict:
                break
            shortfall = max(-ws.dual[0], 0.0) + 1e-13
            for r in range(m):
                ws.row_const[r] += min(shortfall, RESOLUTION)
        if not ws.ints[READY]:
            return _give_up(lam1, lam2, ws, vertices, count)
    ended = _climb(lam1, lam2, 2, False, ws, vertices, count)
    if ws.answer[1] == np.inf:
        _give_up(lam1, lam2, ws, vertices, count)
    read_point(lam1, lam2, ws)
    return OPTIMAL if ended == OPTIMAL else STOPPED


@njit(cache=True)
def _give_up(lam1: float, lam2: float, ws: Workspace, vertices: FloatArray, count: IntArray) -> int:
    """Fall back on the bound without any row: valid, and no point is claimed."""
    for r in range(ws.ints[ROWS]):
        ws.clipped[r] = 0.0
        ws.multipliers[r] = 0.0
    ws.answer[0] = -np.inf
    ws.answer[1] = _price_out(lam1, lam2, ws, vertices, count)
    ws.answer[2] = np.nan
    ws.answer[3] = np.nan
    return STOPPED


@njit(cache=True)
def read_point(lam1: float, lam2: float, ws: Workspace) -> None:
    """Mix the basic columns into the payoffs attained (weights clipped and renormalised)."""
    n = ws.ints[ROWS] + 1
    total = v1 = v2 = 0.0
    for i in range(n):
        if ws.kind[i] == _COLUMN:
            weight = max(ws.inverse[i, 0], 0.0)
            total += weight
            v1 += weight * ws.point[i, 0]
            v2 += weight * ws.point[i, 1]
    ws.answer[2] = v1 / total
    ws.answer[3] = v2 / total
    ws.answer[0] = lam1 * ws.answer[2] + lam2 * ws.answer[3]


@njit(cache=True)
def solve_margin(ws: Workspace, vertices: FloatArray, count: IntArray) -> int:
    """Margin of the prepared profile: the most that its tightest row can be left with.

    Prepare with ``keep_all``. ``ws.answer`` is then margin attained, upper bound (of
    ``ws.multipliers``, which sum to one), and payoffs that attain it; inf without any row.
    """
    if ws.ints[ROWS] == 0:
        ws.answer[0] = ws.answer[1] = np.inf
        return OPTIMAL
    _start(0.0, 0.0, True, ws, vertices, count)
    ended = _climb(0.0, 0.0, 1, True, ws, vertices, count)
    margin = ws.dual[0] * ws.scale[0]
    read_point(0.0, 0.0, ws)
    ws.answer[0] = margin
    ws.answer[1] *= ws.scale[0]
    return OPTIMAL if ended == OPTIMAL else STOPPED
