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

from detente.kernels.perfect import Polygons
from detente.kernels.rows import (
    ANSWER,
    BASE,
    BASIS,
    CLIPPED,
    COLUMN,
    CONST,
    COST,
    DELTA,
    DUAL,
    HEAD,
    INFEASIBLE,
    INVERSE,
    KIND,
    MULTIPLIERS,
    NEXT,
    OPTIMAL,
    PIVOTS,
    PLAYER,
    POINT,
    PRICED,
    READY,
    RESOLUTION,
    ROWS,
    SPARE,
    STEP,
    STOPPED,
    VARIABLES,
    WEIGHT,
    FloatArray,
    Workspace,
    helper,
    kernel,
)

_GAP = 1e-13  # where column generation stops, relative to the largest payoff
_LARGE = 24  # vertices from which on bisection beats a look at all
_FEASIBLE = 3  # phase 1 ended with the artificial gone

# Kinds of a basic variable other than the slack of a row (which is its row, >= 0).
_COLUMN, _ARTIFICIAL = -1, -2


@kernel
def find_farthest(d1: float, d2: float, polygon: FloatArray, n: int) -> int:
    """Find a vertex that goes farthest in a direction.

    In large polygons by bisection for the first edge that turns away, then by steps uphill:
    edges are sorted by angle from the lowest vertex on. The polygons of `detente.kernels.fan`
    (three columns) are not, and may repeat a vertex.
    """
    if n < _LARGE or polygon.shape[1] > 2:
        at = 0
        best = d1 * polygon[0, 0] + d2 * polygon[0, 1]
        for v in range(1, n):
            worth = d1 * polygon[v, 0] + d2 * polygon[v, 1]
            if worth > best:
                best = worth
                at = v
        return at
    tx, ty = -d2, d1
    late = not (ty > 0.0 or (ty == 0.0 and tx < 0.0))
    low, high = 0, n
    while low < high:
        v = (low + high) // 2
        k = v + 1 if v + 1 < n else 0
        ex, ey = polygon[k, 0] - polygon[v, 0], polygon[k, 1] - polygon[v, 1]
        edge_late = not (ey > 0.0 or (ey == 0.0 and ex < 0.0))
        before = late if edge_late != late else ex * ty - ey * tx > 0.0
        if before:
            low = v + 1
        else:
            high = v
    at = low if low < n else 0
    best = d1 * polygon[at, 0] + d2 * polygon[at, 1]
    for step in (1, n - 1):  # rounding may have stopped a few vertices short
        while True:
            v = (at + step) % n
            worth = d1 * polygon[v, 0] + d2 * polygon[v, 1]
            if worth <= best:
                break
            best = worth
            at = v
    return at


@helper
def _price_out(lam1: float, lam2: float, ws: Workspace, sets: Polygons) -> float:
    """Bound L(lambda, mu) at the clipped multipliers; writes the best column, its payoffs."""
    m = ws.ints[HEAD, ROWS]
    bound: float = lam1 * ws.lines[BASE, 0] + lam2 * ws.lines[BASE, 1]
    ws.lines[COLUMN, 0] = 1.0
    for r in range(m):
        bound += ws.lines[CLIPPED, r] * ws.lines[CONST, r]
        ws.lines[COLUMN, r + 1] = ws.lines[CONST, r]
    v1, v2 = ws.lines[BASE, 0], ws.lines[BASE, 1]
    for k in range(ws.ints[HEAD, VARIABLES]):
        g1 = ws.lines[DELTA, 0] * ws.lines[WEIGHT, k]
        g2 = ws.lines[DELTA, 1] * ws.lines[WEIGHT, k]
        d1, d2 = lam1 * g1, lam2 * g2
        for r in range(m):
            if ws.ints[PLAYER, r] == 0:
                d1 += ws.lines[CLIPPED, r] * ws.coef[r, k]
            else:
                d2 += ws.lines[CLIPPED, r] * ws.coef[r, k]
        nxt = ws.ints[NEXT, k]
        at = find_farthest(d1, d2, sets.vertices[nxt], sets.count[nxt])
        best = d1 * sets.vertices[nxt, at, 0] + d2 * sets.vertices[nxt, at, 1]
        bound += best
        w1, w2 = sets.vertices[nxt, at, 0], sets.vertices[nxt, at, 1]
        v1 += g1 * w1
        v2 += g2 * w2
        for r in range(m):
            ws.lines[COLUMN, r + 1] += ws.coef[r, k] * (w1 if ws.ints[PLAYER, r] == 0 else w2)
    ws.lines[PRICED, 0] = v1
    ws.lines[PRICED, 1] = v2
    return bound


@helper
def _factorise(ws: Workspace) -> bool:
    """Invert the basis afresh (Gauss and Jordan, partial pivoting); False if singular."""
    n = ws.ints[HEAD, ROWS] + 1
    left, inv = ws.square[SPARE], ws.square[INVERSE]
    for i in range(n):
        for j in range(n):
            left[i, j] = ws.square[BASIS, i, j]
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
    ws.ints[HEAD, PIVOTS] = 0
    return True


@helper
def _leaving(n: int, free: int, ws: Workspace) -> int:
    """Which basic variable gives way (-1: none), ties lexicographically, so no cycles.

    The right side is thought of as perturbed by (0, -e, -e^2, ...), which loosens every row.
    """
    best = -1
    least = 0.0
    for i in range(n):
        d = ws.lines[STEP, i]
        if i == free or d <= 1e-11:
            continue
        ratio = max(ws.square[INVERSE, i, 0], 0.0) / d
        if best < 0 or ratio < least - 1e-13:
            best, least = i, ratio
        elif ratio <= least + 1e-13:
            for j in range(1, n):
                difference = (
                    ws.square[INVERSE, best, j] / ws.lines[STEP, best]
                    - ws.square[INVERSE, i, j] / d
                )
                if abs(difference) > 1e-13:
                    if difference < 0.0:
                        best, least = i, ratio
                    break
    return best


@helper
def _pivot(out: int, kind: int, row: int, ws: Workspace) -> bool:
    """Put the entering variable (slack of ``row``, or the priced column) in place ``out``."""
    n = ws.ints[HEAD, ROWS] + 1
    ws.ints[KIND, out] = row if kind >= 0 else kind
    for i in range(n):
        ws.square[BASIS, i, out] = (
            ws.lines[COLUMN, i] if kind == _COLUMN else (-1.0 if i == row + 1 else 0.0)
        )
    if kind == _COLUMN:
        ws.lines[POINT, out] = ws.lines[PRICED, 0]
        ws.lines[POINT + 1, out] = ws.lines[PRICED, 1]
    ws.ints[HEAD, PIVOTS] += 1
    if ws.ints[HEAD, PIVOTS] > 20:
        return _factorise(ws)
    scale = 1.0 / ws.lines[STEP, out]
    for j in range(n):
        ws.square[INVERSE, out, j] *= scale
    for i in range(n):
        f = ws.lines[STEP, i]
        if i != out and f != 0.0:
            for j in range(n):
                ws.square[INVERSE, i, j] -= f * ws.square[INVERSE, out, j]
    return True


@helper
def _load_costs(lam1: float, lam2: float, phase: int, ws: Workspace) -> None:
    """Write the cost of every basic variable and the duals they imply."""
    n = ws.ints[HEAD, ROWS] + 1
    for j in range(n):
        cost = 0.0
        if phase == 1:
            if ws.ints[KIND, j] == _ARTIFICIAL:
                cost = -1.0
        elif ws.ints[KIND, j] == _COLUMN:
            cost = lam1 * ws.lines[POINT, j] + lam2 * ws.lines[POINT + 1, j]
        ws.lines[COST, j] = cost
    for j in range(n):
        ws.lines[DUAL, j] = 0.0
    for i in range(n):
        cost = ws.lines[COST, i]
        if cost != 0.0:
            for j in range(n):
                ws.lines[DUAL, j] += cost * ws.square[INVERSE, i, j]


@helper
def _climb(
    lam1: float, lam2: float, phase: int, whole: bool, ws: Workspace,
    sets: Polygons,
) -> int:  # fmt: skip
    """Column generation from the basis at hand.

    Phase 1 drives the artificial (a shortfall shared by all rows) down: it ends when the
    artificial leaves, or at its least value. With ``whole`` it may go below zero (the margin).
    ``ws.lines[ANSWER, 1]`` holds the least bound met, ``ws.lines[MULTIPLIERS]`` its multipliers.
    """
    m = ws.ints[HEAD, ROWS]
    n = m + 1
    unit = 1.0 if phase == 1 else ws.lines[HEAD, 0]
    ws.lines[ANSWER, 1] = np.inf
    fresh = False
    for _ in range(200 + 20 * n):
        _load_costs(lam1, lam2, phase, ws)
        row, least = -1, -1e-11 * unit
        for r in range(m):
            mu = -ws.lines[DUAL, r + 1]
            if mu < least:
                row, least = r, mu
            ws.lines[CLIPPED, r] = max(mu, 0.0)
        if row >= 0:
            for i in range(n):
                ws.lines[STEP, i] = -ws.square[INVERSE, i, row + 1]
        else:
            bound = _price_bound(lam1, lam2, phase, ws, sets)
            gain = bound - ws.lines[DUAL, 0]
            for r in range(m):
                gain += (-ws.lines[DUAL, r + 1] - ws.lines[CLIPPED, r]) * ws.lines[COLUMN, r + 1]
            if gain <= _closeness(unit, ws):
                if fresh or ws.ints[HEAD, PIVOTS] == 0:
                    return OPTIMAL
                fresh = True
                if not _factorise(ws):
                    return STOPPED
                continue
            for i in range(n):
                total = 0.0
                for j in range(n):
                    total += ws.square[INVERSE, i, j] * ws.lines[COLUMN, j]
                ws.lines[STEP, i] = total
        artificial = -1
        if phase == 1:
            for i in range(n):
                if ws.ints[KIND, i] == _ARTIFICIAL:
                    artificial = i
        out = _leaving(n, artificial if whole else -1, ws)
        if out < 0:
            return STOPPED
        if phase == 1 and not whole and out != artificial and ws.lines[STEP, artificial] > 1e-11:
            tie = ws.square[INVERSE, artificial, 0] / ws.lines[STEP, artificial]
            if tie <= max(ws.square[INVERSE, out, 0], 0.0) / ws.lines[STEP, out] + 1e-13:
                out = artificial
        left = ws.ints[KIND, out]
        if not _pivot(out, row if row >= 0 else _COLUMN, row, ws):
            return STOPPED
        if left == _ARTIFICIAL:
            return _FEASIBLE
    return STOPPED


@helper
def _closeness(unit: float, ws: Workspace) -> float:
    """Gain below which a priced column counts as no better; grows with the multipliers."""
    total = unit
    for r in range(ws.ints[HEAD, ROWS]):
        total += ws.lines[CLIPPED, r]
    return _GAP * total


@helper
def _price_bound(lam1: float, lam2: float, phase: int, ws: Workspace, sets: Polygons) -> float:
    """Price the clipped multipliers and keep the bound if it is the least so far."""
    if phase == 1:
        lam1 = lam2 = 0.0
    bound: float = _price_out(lam1, lam2, ws, sets)
    kept = bound
    if phase == 1:
        total = 0.0
        for r in range(ws.ints[HEAD, ROWS]):
            total += ws.lines[CLIPPED, r]
        kept = bound / total
        if kept < ws.lines[ANSWER, 1]:
            for r in range(ws.ints[HEAD, ROWS]):
                ws.lines[MULTIPLIERS, r] = ws.lines[CLIPPED, r] / total
    elif kept < ws.lines[ANSWER, 1]:
        for r in range(ws.ints[HEAD, ROWS]):
            ws.lines[MULTIPLIERS, r] = ws.lines[CLIPPED, r] / ws.lines[HEAD, 0]
    ws.lines[ANSWER, 1] = min(ws.lines[ANSWER, 1], kept)
    return bound


@helper
def _start(lam1: float, lam2: float, force: bool, ws: Workspace,
           sets: Polygons) -> bool:  # fmt: skip
    """Begin from the column best without rows; True if it meets every row (and not ``force``)."""
    m = ws.ints[HEAD, ROWS]
    for r in range(m):
        ws.lines[CLIPPED, r] = 0.0
    _price_out(lam1, lam2, ws, sets)
    worst = 0
    for r in range(1, m):
        if ws.lines[COLUMN, r + 1] < ws.lines[COLUMN, worst + 1]:
            worst = r
    meets: bool = m == 0 or ws.lines[COLUMN, worst + 1] >= 0.0
    for i in range(m + 1):
        for j in range(m + 1):
            ws.square[BASIS, i, j] = 0.0
        ws.square[BASIS, i, 0] = ws.lines[COLUMN, i]
        if i > 0:
            ws.ints[KIND, i] = i - 1
            ws.square[BASIS, i, i] = -1.0
    ws.ints[KIND, 0] = _COLUMN
    ws.lines[POINT, 0] = ws.lines[PRICED, 0]
    ws.lines[POINT + 1, 0] = ws.lines[PRICED, 1]
    if (force or not meets) and m > 0:
        ws.ints[KIND, worst + 1] = _ARTIFICIAL
        for i in range(1, m + 1):
            ws.square[BASIS, i, worst + 1] = 1.0
        meets = False
    _factorise(ws)
    return meets


@kernel
def solve_direction(lam1: float, lam2: float, strict: bool, ws: Workspace, sets: Polygons) -> int:
    """Solve the prepared programme in a direction, from the last direction's basis if any.

    Parameters
    ----------
    lam1, lam2 : the direction (unit length expected by the tolerances)
    strict : True refuses a profile whose margin is negative however slightly; False (outer
        bounds) refuses it only when it is negative beyond the resolution, and otherwise
        loosens its rows by that rounding

    Returns
    -------
    OPTIMAL or STOPPED: ``ws.lines[ANSWER]`` is value, upper bound, v_1, v_2, and
    ``ws.lines[MULTIPLIERS]`` shows the bound. INFEASIBLE: the bound, negative, is one on the
    margin, and multipliers that sum to one show it.
    """
    m = ws.ints[HEAD, ROWS]
    if not ws.ints[HEAD, READY]:
        for _ in range(3):
            if _start(lam1, lam2, False, ws, sets):
                ws.ints[HEAD, READY] = 1
                break
            ended = _climb(lam1, lam2, 1, False, ws, sets)
            if ended == _FEASIBLE:
                ws.ints[HEAD, READY] = 1
                break
            if ended == OPTIMAL and ws.lines[ANSWER, 1] < (0.0 if strict else -RESOLUTION):
                ws.lines[ANSWER, 1] *= ws.lines[HEAD, 0]
                return INFEASIBLE
            if strict:
                break
            shortfall = max(-ws.lines[DUAL, 0], 0.0) + 1e-13
            for r in range(m):
                ws.lines[CONST, r] += min(shortfall, RESOLUTION)
        if not ws.ints[HEAD, READY]:
            return _give_up(lam1, lam2, ws, sets)
    ended = _climb(lam1, lam2, 2, False, ws, sets)
    if ws.lines[ANSWER, 1] == np.inf:
        _give_up(lam1, lam2, ws, sets)
    read_point(lam1, lam2, ws)
    return OPTIMAL if ended == OPTIMAL else STOPPED


@helper
def _give_up(lam1: float, lam2: float, ws: Workspace, sets: Polygons) -> int:
    """Fall back on the bound without any row: valid, and no point is claimed."""
    for r in range(ws.ints[HEAD, ROWS]):
        ws.lines[CLIPPED, r] = 0.0
        ws.lines[MULTIPLIERS, r] = 0.0
    ws.lines[ANSWER, 0] = -np.inf
    ws.lines[ANSWER, 1] = _price_out(lam1, lam2, ws, sets)
    ws.lines[ANSWER, 2] = np.nan
    ws.lines[ANSWER, 3] = np.nan
    return STOPPED


@kernel
def read_point(lam1: float, lam2: float, ws: Workspace) -> None:
    """Mix the basic columns into the payoffs attained (weights clipped and renormalised)."""
    n = ws.ints[HEAD, ROWS] + 1
    total = v1 = v2 = 0.0
    for i in range(n):
        if ws.ints[KIND, i] == _COLUMN:
            weight = max(ws.square[INVERSE, i, 0], 0.0)
            total += weight
            v1 += weight * ws.lines[POINT, i]
            v2 += weight * ws.lines[POINT + 1, i]
    ws.lines[ANSWER, 2] = v1 / total
    ws.lines[ANSWER, 3] = v2 / total
    ws.lines[ANSWER, 0] = lam1 * ws.lines[ANSWER, 2] + lam2 * ws.lines[ANSWER, 3]


@kernel
def solve_margin(ws: Workspace, sets: Polygons) -> int:
    """Margin of the prepared profile: the most that its tightest row can be left with.

    Prepare with ``keep_all``. ``ws.lines[ANSWER]`` is then margin attained, upper bound (of
    ``ws.lines[MULTIPLIERS]``, which sum to one), and payoffs that attain it; inf without any row.
    """
    if ws.ints[HEAD, ROWS] == 0:
        ws.lines[ANSWER, 0] = ws.lines[ANSWER, 1] = np.inf
        return OPTIMAL
    _start(0.0, 0.0, True, ws, sets)
    ended = _climb(0.0, 0.0, 1, True, ws, sets)
    margin = ws.lines[DUAL, 0] * ws.lines[HEAD, 0]
    read_point(0.0, 0.0, ws)
    ws.lines[ANSWER, 0] = margin
    ws.lines[ANSWER, 1] *= ws.lines[HEAD, 0]
    return OPTIMAL if ended == OPTIMAL else STOPPED
