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

from detente.kernels.polygons import distance_to, hull, simplify_inward, simplify_outward
from detente.kernels.pricing import solve_direction
from detente.kernels.rows import (
    ANSWER,
    BASE,
    DELTA,
    HEAD,
    INFEASIBLE,
    MULTIPLIERS,
    NEXT,
    ROWS,
    VARIABLES,
    WEIGHT,
    BoolArray,
    FloatArray,
    IntArray,
    Workspace,
    helper,
    kernel,
    largest_payoff,
    make_workspace,
    prepare,
)

FULL = -1  # answer of `operate_signals` when the polygon does not fit into ``out_vertices``
FINEST = 2e-13  # no finer tolerance is met; relative to the largest payoff
MOST_PROGRAMMES = 8192  # per profile; beyond, the sandwich stays thicker than asked for


@kernel
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
        for the resolution of the arithmetic, `FINEST` of the largest payoff
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
    resolution = FINEST * scale
    stop = max(0.5 * tol, resolution)
    limit = min(4 * len(out_vertices) + 64, MOST_PROGRAMMES)
    inner = np.empty((limit + 8, 2))
    outer = np.empty((limit + 8, 3))
    spare = np.empty((limit + 8, 3))
    pool = np.empty((len(out_vertices) + 2 * limit + 16, 2))
    bag = np.empty((len(pool) + limit + 8, 2))
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
                n_pool = _join(pool, n_pool, outer, n_outer, bag)
        if want_inner or n_inner > 2 or stop <= resolution:
            break
        stop = resolution  # a point or a segment deserves to be met exactly
    if want_inner:
        n_inner = simplify_inward(inner, n_inner, 0.5 * tol)
        return _write(inner, n_inner, 4e-15 * scale, out_vertices)
    n_pool = _join(pool, n_pool, inner, n_inner, bag)
    n_pool = simplify_outward(pool, n_pool, max(0.5 * tol, resolution), np.empty((n_pool + 2, 2)))
    return _write(pool, n_pool, 4e-15 * scale, out_vertices)


@helper
def _join(pool: FloatArray, n_pool: int, points: FloatArray, n: int, spare: FloatArray) -> int:
    """Make a polygon the hull of itself and of points; nothing is lost but by rounding."""
    for j in range(n_pool):
        for axis in range(2):
            spare[j, axis] = pool[j, axis]
    for j in range(n):
        for axis in range(2):
            spare[n_pool + j, axis] = points[j, axis]
    return hull(spare, n_pool + n, pool)


@helper
def _write(polygon: FloatArray, n: int, thin: float, out_vertices: FloatArray) -> int:
    """Copy a polygon, lowest vertex first; one thinner than rounding is a segment or point."""
    if n == 0:
        return 0
    p, q = _far_pair(polygon, n)
    dx, dy = polygon[q, 0] - polygon[p, 0], polygon[q, 1] - polygon[p, 1]
    length = (dx * dx + dy * dy) ** 0.5
    width = 0.0
    if length > 0.0:
        for j in range(n):
            across = dx * (polygon[j, 1] - polygon[p, 1]) - dy * (polygon[j, 0] - polygon[p, 0])
            width = max(width, abs(across) / length)
    if width <= thin:
        x, y = polygon[q, 0], polygon[q, 1]
        for axis in range(2):
            polygon[0, axis] = polygon[p, axis]
        polygon[1, 0] = x
        polygon[1, 1] = y
        n = 1 if length <= thin else 2
    if n > len(out_vertices):
        return FULL
    lowest = 0
    for j in range(1, n):
        if polygon[j, 1] < polygon[lowest, 1] or (
            polygon[j, 1] == polygon[lowest, 1] and polygon[j, 0] > polygon[lowest, 0]
        ):
            lowest = j
    for j in range(n):
        for axis in range(2):
            out_vertices[j, axis] = polygon[(lowest + j) % n, axis]
    return n


@helper
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


@helper
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
    eps = max(0.01 * stop, 1e-15 * ws.lines[HEAD, 0])
    lam1, lam2, beyond, z = 1.0, 0.0, np.inf, 0
    for _ in range(limit):
        if n_inner > 0:
            z, far = _farthest(outer, n_outer, inner, n_inner, stop)
            if far <= stop or n_inner + 1 >= len(inner):
                break
            lam1, lam2 = _facing(outer[z, 0], outer[z, 1], inner, n_inner, stop)
            beyond = lam1 * outer[z, 0] + lam2 * outer[z, 1]
        ended = solve_direction(lam1, lam2, strict, ws, vertices, count)
        if ended == INFEASIBLE:
            return 0, n_inner
        bound = ws.lines[ANSWER, 1] + _rounding(ws)
        grown = False
        if not np.isnan(ws.lines[ANSWER, 2]):
            n_inner, grown = _insert(
                inner, n_inner, ws.lines[ANSWER, 2], ws.lines[ANSWER, 3], eps, spare
            )
        if n_inner == 0:
            break  # pivots ran out before a feasible point: the box is all that is known
        if not (grown or beyond > bound + eps):
            outer[z, 2] = 0.0  # bound and point do not quite meet: the vertex stays
        n_outer = clip(outer, n_outer, lam1, lam2, bound, 0.0, spare)
        for j in range(n_outer):
            for axis in range(3):
                outer[j, axis] = spare[j, axis]
    return n_outer, n_inner


@helper
def _rounding(ws: Workspace) -> float:
    """Allow for what rounding can take off a bound, which grows with the multipliers."""
    total: float = 2e-15 * ws.lines[HEAD, 0]
    for r in range(ws.ints[HEAD, ROWS]):
        total += 2e-15 * ws.lines[HEAD, 0] * ws.lines[MULTIPLIERS, r]
    return total


@helper
def _box(ws: Workspace, vertices: FloatArray, count: IntArray, out: FloatArray) -> None:
    """Write the box around what the profile could give if nothing had to be enforced.

    The third column of an outer polygon bounds the distance from the inside: it was that once,
    and the inside only grows.
    """
    low = np.empty(2)
    high = np.empty(2)
    for i in range(2):
        low[i] = high[i] = ws.lines[BASE, i]
        for k in range(ws.ints[HEAD, VARIABLES]):
            weight = ws.lines[DELTA, i] * ws.lines[WEIGHT, k]
            nxt = ws.ints[NEXT, k]
            least = most = vertices[nxt, 0, i]
            for v in range(1, count[nxt]):
                least = min(least, vertices[nxt, v, i])
                most = max(most, vertices[nxt, v, i])
            low[i] += weight * least
            high[i] += weight * most
    for j in range(4):
        out[j, 0] = high[0] if 1 <= j <= 2 else low[0]
        out[j, 1] = high[1] if j >= 2 else low[1]
        out[j, 2] = np.inf


@helper
def _farthest(
    outer: FloatArray, n_outer: int, inner: FloatArray, n_inner: int, stop: float
) -> tuple[int, float]:
    """Give an outer vertex about as far from the inside as any, and how far it is.

    At most ``stop`` only if that holds for all of them.
    """
    while True:
        at = 0
        for j in range(1, n_outer):
            if outer[j, 2] > outer[at, 2]:
                at = j
        known: float = outer[at, 2]
        if known <= stop:
            return at, known
        distance: float = distance_to(outer[at, 0], outer[at, 1], inner, n_inner)
        outer[at, 2] = distance
        if distance > stop and (distance >= 0.5 * known or known == np.inf):
            return at, distance


@helper
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
            if length == 0.0:
                continue
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


@helper
def _insert(
    inner: FloatArray, n: int, x: float, y: float, eps: float, spare: FloatArray
) -> tuple[int, bool]:
    """Add a point to a convex polygon in place; False if it lies within ``eps`` of it."""
    if n > 0 and distance_to(x, y, inner, n) <= eps:
        return n, False
    if n < 3:
        return _insert_early(inner, n, x, y), True
    # edges that the point lies beyond are next to each other, around the one passed farthest
    start, most = 0, -np.inf
    for j in range(n):
        beyond = _beyond(inner, n, j, x, y)
        if beyond > most:
            start, most = j, beyond
    end = start
    kept = n
    while kept > 2 and _beyond(inner, n, (start - 1) % n, x, y) > 0.0:
        start = (start - 1) % n
        kept -= 1
    while kept > 2 and _beyond(inner, n, (end + 1) % n, x, y) > 0.0:
        end = (end + 1) % n
        kept -= 1
    for j in range(kept):
        from_vertex = (end + 1 + j) % n
        spare[j, 0] = inner[from_vertex, 0]
        spare[j, 1] = inner[from_vertex, 1]
    spare[kept, 0] = x
    spare[kept, 1] = y
    for j in range(kept + 1):
        inner[j, 0] = spare[j, 0]
        inner[j, 1] = spare[j, 1]
    return kept + 1, True


@helper
def _insert_early(inner: FloatArray, n: int, x: float, y: float) -> int:
    """Add a point to nothing, to another point, or to a segment, in place."""
    inner[n, 0] = x
    inner[n, 1] = y
    if n < 2:
        return n + 1
    ux, uy = inner[1, 0] - inner[0, 0], inner[1, 1] - inner[0, 1]
    vx, vy = x - inner[0, 0], y - inner[0, 1]
    turn = ux * vy - uy * vx
    if turn != 0.0:
        if turn < 0.0:
            for axis in range(2):
                inner[2, axis] = inner[1, axis]
            inner[1, 0] = x
            inner[1, 1] = y
        return 3
    along = (ux * vx + uy * vy) / (ux * ux + uy * uy)
    if along > 1.0:
        inner[1, 0] = x
        inner[1, 1] = y
    elif along < 0.0:
        inner[0, 0] = x
        inner[0, 1] = y
    return 2


@helper
def _beyond(inner: FloatArray, n: int, j: int, x: float, y: float) -> float:
    """How far a point lies beyond edge ``j`` of a polygon (negative: on the inner side)."""
    k = j + 1 if j + 1 < n else 0
    dx, dy = inner[k, 0] - inner[j, 0], inner[k, 1] - inner[j, 1]
    length: float = (dx * dx + dy * dy) ** 0.5
    if length == 0.0:
        return -np.inf
    beyond: float = (dy * (x - inner[j, 0]) - dx * (y - inner[j, 1])) / length
    return beyond


@kernel
def clip(
    points: FloatArray, n: int, nx: float, ny: float, bound: float, slack: float, out: FloatArray
) -> int:
    """Write the part of a convex polygon with ``nx x + ny y <= bound`` to ``out``.

    Points are rows (x, y, g) where g is any convex function's value or an upper bound of it: a
    new vertex gets the larger one of its neighbours'. Vertices beyond the line by at most
    ``slack`` stay. Points closer than ``slack`` to the one before are joined. Where nothing
    remains, the vertex nearest to the line is kept: callers only cut along lines that are
    known to touch what the polygon surrounds.
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
            m = _append(out, m, points[j, 0], points[j, 1], points[j, 2], slack)
        if (a > slack and b < 0.0) or (b > slack and a < 0.0):
            share = a / (a - b)
            x = points[j, 0] + share * (points[k, 0] - points[j, 0])
            y = points[j, 1] + share * (points[k, 1] - points[j, 1])
            m = _append(out, m, x, y, max(points[j, 2], points[k, 2]), slack)
    if (
        m > 1
        and abs(out[m - 1, 0] - out[0, 0]) <= slack
        and abs(out[m - 1, 1] - out[0, 1]) <= slack
    ):
        m -= 1
        out[0, 2] = max(out[0, 2], out[m, 2])
    if m == 0 and n > 0:
        for axis in range(3):
            out[0, axis] = points[nearest, axis]
        m = 1
    return m


@helper
def _append(out: FloatArray, m: int, x: float, y: float, g: float, slack: float) -> int:
    if m > 0 and abs(out[m - 1, 0] - x) <= slack and abs(out[m - 1, 1] - y) <= slack:
        out[m - 1, 2] = max(out[m - 1, 2], g)
        return m
    out[m, 0] = x
    out[m, 1] = y
    out[m, 2] = g
    return m + 1
