"""The operator B for a state with public signals: next polygon of equilibrium payoffs.

For every profile that may be prescribed, the set of payoffs that promises from the next
polygons can enforce is sandwiched between maximisers found (inside) and their supporting lines
(outside); directions are refined where the sandwich is thickest. Source of the operator: Abreu,
Pearce and Stacchetti (1990), "Toward a Theory of Discounted Repeated Games with Imperfect
Monitoring", Econometrica 58, equation (6); the sandwich: Rote (1992), "The convergence rate
of the sandwich algorithm for approximating convex functions", Computing 48.

A chord of the inside whose normal gives no better point is an edge of the exact set, so
a polygon is found exactly in about two programmes per vertex.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.kernels.polygons import distance_to, hull, simplify_inward, simplify_outward
from detente.kernels.pricing import solve_direction
from detente.kernels.rows import (
    INFEASIBLE,
    RESOLUTION,
    VARIABLES,
    BoolArray,
    FloatArray,
    IntArray,
    Workspace,
    largest_payoff,
    make_workspace,
    prepare,
)

FULL = -1  # answer of `operate_signals` when the polygon does not fit into ``out_vertices``


@njit(cache=True)
def operate_signals(
    s: int,
    profile_start: IntArray,
    n_actions: IntArray,
    payoff: FloatArray,
    prescribable: BoolArray,
    discount: FloatArray,
    outcome_start: IntArray,
    outcome_next: IntArray,
    entry_start: IntArray,
    entry_outcome: IntArray,
    entry_probability: FloatArray,
    vertices: FloatArray,
    count: IntArray,
    tol: float,
    eta: float,
    want_inner: bool,
    out_vertices: FloatArray,
) -> int:
    """Next polygon of state ``s``: hull over the profiles that may be prescribed.

    The arrays of the game are those of `detente.game.game.Game`, unchanged.

    Parameters
    ----------
    s : the state
    vertices : float64 array, shape (S, V, 2), counter-clockwise; the sets W promises come from
    count : int64 array, shape (S,); vertices in use: 0 empty, 1 point, 2 segment
    tol : largest distance between the polygon answered and the exact one (payoff units); 0 asks
        for the resolution of the arithmetic, 1e-11 of the largest payoff. An outer set thinner
        than four times this resolution is answered as the segment or point it surrounds
    eta : every incentive constraint is tightened by this much (payoff units, average payoffs)
    want_inner : False gives an outer polygon (supporting lines, each shown by multipliers); True
        the hull of payoffs attained, each by promises that were computed
    out_vertices : float64 array, shape (Vout, 2); filled counter-clockwise from the lowest vertex

    Returns
    -------
    Number of vertices written; 0 empty; `FULL` (-1) when more than Vout would be needed (nothing
    is written then; ask again with a larger array or tolerance). A profile with an outcome
    (its own, or of one party's deviation) whose next state is empty cannot be prescribed: after
    it, too, play must be an equilibrium.
    """
    first, last = profile_start[s], profile_start[s + 1]
    scale = largest_payoff(s, profile_start, payoff, outcome_start, outcome_next, vertices, count)
    ws = make_workspace(n_actions[s, 0] + n_actions[s, 1], outcome_start[s + 1] - outcome_start[s])
    resolution = RESOLUTION * scale
    stop = max(0.5 * tol, resolution)
    limit = 4 * len(out_vertices) + 64  # programmes per profile
    inner = np.empty((limit * (last - first) + 8, 2))
    outer = np.empty((limit + 8, 2))
    spare = np.empty((limit + 8, 2))
    pool = np.empty((limit + 8, 2))
    n_inner = 0
    while True:
        n_pool = 0
        for a in range(first, last):
            if not prescribable[a]:
                continue
            ready = prepare(
                s, a, profile_start, n_actions, payoff, discount, outcome_start, outcome_next,
                entry_start, entry_outcome, entry_probability, vertices, count, eta, scale,
                False, ws,
            )  # fmt: skip
            if ready == INFEASIBLE:
                continue
            n_outer, n_inner = _sandwich(
                ws, vertices, count, stop, limit, want_inner, inner, n_inner, outer, spare
            )
            if not want_inner:
                pool, n_pool = _add_points(pool, n_pool, outer, n_outer)
        if want_inner or n_inner > 2 or stop <= resolution:
            break
        stop = resolution  # a point or a segment deserves to be met exactly
    if want_inner:
        return _finish_inner(inner, n_inner, 0.5 * tol, out_vertices)
    pool, n_pool = _add_points(pool, n_pool, inner, n_inner)
    return _finish_outer(pool, n_pool, 0.5 * tol, 4.0 * resolution, out_vertices)


@njit(cache=True)
def _add_points(
    pool: FloatArray, n_pool: int, points: FloatArray, n: int
) -> tuple[FloatArray, int]:
    """Hull of a polygon and further points, in a new array."""
    both = np.empty((n_pool + n + 1, 2))
    both[:n_pool] = pool[:n_pool]
    both[n_pool : n_pool + n] = points[:n]
    out = np.empty((n_pool + n + 1, 2))
    m: int = hull(both, n_pool + n, out)
    return out, m


@njit(cache=True)
def _finish_inner(inner: FloatArray, n: int, tol: float, out_vertices: FloatArray) -> int:
    """Write the hull of attained points, lowest vertex first, dropping what lies within tol."""
    out = np.empty((n + 1, 2))
    m: int = hull(inner, n, out)
    scratch = np.empty((m + 1, 2))
    m = simplify_inward(out, m, tol, scratch)
    if m > len(out_vertices):
        return FULL
    out_vertices[:m] = out[:m]
    return m


@njit(cache=True)
def _finish_outer(
    pool: FloatArray, n: int, tol: float, thin: float, out_vertices: FloatArray
) -> int:
    """Write the outer polygon, with fewer edges where that costs no more than ``tol``."""
    if n == 0:
        return 0
    scratch = np.empty((n + 1, 2))
    n = simplify_outward(pool, n, max(tol, thin), scratch)
    p, q = _far_pair(pool, n)
    dx, dy = pool[q, 0] - pool[p, 0], pool[q, 1] - pool[p, 1]
    length = (dx * dx + dy * dy) ** 0.5
    if length <= thin:
        n = 1
        pool[0, 0] = 0.5 * (pool[p, 0] + pool[q, 0])
        pool[0, 1] = 0.5 * (pool[p, 1] + pool[q, 1])
    elif n > 2:
        width = 0.0
        for j in range(n):
            across = dx * (pool[j, 1] - pool[p, 1]) - dy * (pool[j, 0] - pool[p, 0])
            width = max(width, abs(across) / length)
        if width <= thin:
            ends = np.empty((2, 2))
            ends[0] = pool[p]
            ends[1] = pool[q]
            n = hull(ends, 2, pool)
    if n > len(out_vertices):
        return FULL
    out_vertices[:n] = pool[:n]
    return n


@njit(cache=True)
def _far_pair(points: FloatArray, n: int) -> tuple[int, int]:
    """Two vertices far apart: the one farthest from the first, and the one farthest from that."""
    p = 0
    q = 0
    for _ in range(2):
        p, far = q, -1.0
        for j in range(n):
            dx, dy = points[j, 0] - points[p, 0], points[j, 1] - points[p, 1]
            if dx * dx + dy * dy > far:
                far = dx * dx + dy * dy
                q = j
    return p, q


@njit(cache=True)
def _sandwich(
    ws: Workspace,
    vertices: FloatArray,
    count: IntArray,
    stop: float,
    limit: int,
    strict: bool,
    inner: FloatArray,
    n_inner: int,
    outer: FloatArray,
    spare: FloatArray,
) -> tuple[int, int]:
    """Bring the payoffs of the prepared profile within ``stop`` of the inside found so far.

    ``inner`` grows by the points found (the hull over all profiles so far), ``outer`` receives
    the profile's own outer polygon. Gives the numbers of vertices of both; 0 outer vertices if
    the profile cannot be enforced.
    """
    _box(ws, vertices, count, outer)
    n_outer = 4
    eps = 0.01 * stop
    for programme in range(limit):
        if n_inner == 0:
            lam1, lam2, z = 1.0, 0.0, -1
        else:
            z, far = _farthest(outer, n_outer, inner, n_inner)
            if far <= stop:
                break
            lam1, lam2 = _facing(outer[z, 0], outer[z, 1], inner, n_inner, stop)
        ended = solve_direction(lam1, lam2, strict, ws, vertices, count)
        if ended == INFEASIBLE:
            return 0, n_inner
        bound = ws.answer[1]
        cleared = z >= 0 and lam1 * outer[z, 0] + lam2 * outer[z, 1] > bound + eps
        n_outer = clip(outer, n_outer, lam1, lam2, bound, 1e-3 * eps, spare)
        outer[:n_outer] = spare[:n_outer]
        before = n_inner
        grown = False
        if ws.answer[2] == ws.answer[2]:
            n_inner, grown = _insert(inner, n_inner, ws.answer[2], ws.answer[3], eps)
        if not cleared and not grown and (programme > 0 or before > 0):
            break  # the bound and the point found do not meet: the outer polygon stays as it is
        if n_inner == 0:
            break
    return n_outer, n_inner


@njit(cache=True)
def _box(ws: Workspace, vertices: FloatArray, count: IntArray, out: FloatArray) -> None:
    """Write the box around what the profile could give if nothing had to be enforced."""
    low = np.empty(2)
    high = np.empty(2)
    for i in range(2):
        low[i] = high[i] = ws.base[i]
        for k in range(ws.ints[VARIABLES]):
            weight = ws.delta[i] * ws.var_weight[k]
            nxt = ws.var_next[k]
            least = most = vertices[nxt, 0, i]
            for v in range(1, count[nxt]):
                least = min(least, vertices[nxt, v, i])
                most = max(most, vertices[nxt, v, i])
            low[i] += weight * least
            high[i] += weight * most
    for j in range(4):
        out[j, 0] = high[0] if 1 <= j <= 2 else low[0]
        out[j, 1] = high[1] if j >= 2 else low[1]


@njit(cache=True)
def _farthest(
    outer: FloatArray, n_outer: int, inner: FloatArray, n_inner: int
) -> tuple[int, float]:
    """Give the outer vertex farthest from the inside, and how far it is."""
    at, far = 0, -1.0
    for j in range(n_outer):
        distance = distance_to(outer[j, 0], outer[j, 1], inner, n_inner)
        if distance > far:
            at, far = j, distance
    return at, far


@njit(cache=True)
def _facing(x: float, y: float, inner: FloatArray, n: int, stop: float) -> tuple[float, float]:
    """Direction in which to look for payoffs near (x, y), which lies outside the inside.

    The normal of the edge that (x, y) lies farthest beyond, so that edges are found exactly;
    beyond a sharp corner, where no edge is passed by more than ``stop``, away from the corner.
    """
    best, lam1, lam2 = stop, 0.0, 0.0
    if n >= 2:
        for j in range(n):
            k = j + 1 if j + 1 < n else 0
            dx, dy = inner[k, 0] - inner[j, 0], inner[k, 1] - inner[j, 1]
            length = (dx * dx + dy * dy) ** 0.5
            beyond = (dy * (x - inner[j, 0]) - dx * (y - inner[j, 1])) / length
            if beyond > best:
                best, lam1, lam2 = beyond, dy / length, -dx / length
    if best > stop:
        return lam1, lam2
    near, nx, ny = np.inf, 0.0, 0.0
    for j in range(n):
        dx, dy = x - inner[j, 0], y - inner[j, 1]
        distance = (dx * dx + dy * dy) ** 0.5
        if distance < near:
            near, nx, ny = distance, dx, dy
    return nx / near, ny / near


@njit(cache=True)
def _insert(inner: FloatArray, n: int, x: float, y: float, eps: float) -> tuple[int, bool]:
    """Add a point to a convex polygon in place; False if it lies within ``eps`` of it."""
    if distance_to(x, y, inner, n) <= eps:
        return n, False
    points = np.empty((n + 1, 2))
    points[:n] = inner[:n]
    points[n, 0] = x
    points[n, 1] = y
    out = np.empty((n + 2, 2))
    m: int = hull(points, n + 1, out)
    inner[:m] = out[:m]
    return m, True


@njit(cache=True)
def clip(
    points: FloatArray, n: int, nx: float, ny: float, bound: float, slack: float, out: FloatArray
) -> int:
    """Write the part of a convex polygon with ``nx x + ny y <= bound`` to ``out``.

    Vertices beyond the line by at most ``slack`` stay. Points closer than ``slack`` to the one
    before are joined. Where nothing remains, the vertex nearest to the line is kept: callers
    only cut along lines that are known to touch what the polygon surrounds.
    """
    m = 0
    nearest, least = 0, np.inf
    for j in range(n):
        k = j + 1 if j + 1 < n else 0
        a = nx * points[j, 0] + ny * points[j, 1] - bound
        b = nx * points[k, 0] + ny * points[k, 1] - bound
        if a < least:
            nearest, least = j, a
        if a <= slack:
            m = _append(out, m, points[j, 0], points[j, 1], slack)
        if (a > slack and b < 0.0) or (b > slack and a < 0.0):
            share = a / (a - b)
            x = points[j, 0] + share * (points[k, 0] - points[j, 0])
            y = points[j, 1] + share * (points[k, 1] - points[j, 1])
            m = _append(out, m, x, y, slack)
    if (
        m > 1
        and abs(out[m - 1, 0] - out[0, 0]) <= slack
        and abs(out[m - 1, 1] - out[0, 1]) <= slack
    ):
        m -= 1
    if m == 0 and n > 0:
        out[0, 0] = points[nearest, 0]
        out[0, 1] = points[nearest, 1]
        m = 1
    return m


@njit(cache=True)
def _append(out: FloatArray, m: int, x: float, y: float, slack: float) -> int:
    if m > 0 and abs(out[m - 1, 0] - x) <= slack and abs(out[m - 1, 1] - y) <= slack:
        return m
    out[m, 0] = x
    out[m, 1] = y
    return m + 1
