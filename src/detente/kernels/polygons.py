"""Convex polygons in the plane on plain arrays: hull, cut, weighted sum, simplification.

A polygon is ``vertices[:n]`` of a float64 array of shape (V, 2), counter-clockwise, starting
at its lowest vertex (the rightmost one where several are lowest), so that the angles of its
edges grow within (0, 2 pi]. ``n`` may be 0 (empty), 1 (a point) or 2 (a segment); every
function answers those too. Arithmetic is plain floating point: callers allow for rounding
(a few units in the last place of the largest coordinate), see `detente.solve.twoparty`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.arrays import FloatArray


@njit(cache=True, nogil=True)
def _drop_inside(points: FloatArray, n: int) -> int:
    """Drop points strictly inside the polygon of the extremes in eight directions, in place.

    Akl and Toussaint (Inf. Proc. Letters 7, 1978). Gives the number of points left.
    """
    if n < 24:
        return n
    corner = np.zeros((9, 2))
    best = np.full(8, -np.inf)
    for j in range(n):
        x, y = points[j, 0], points[j, 1]
        for k in range(8):  # counter-clockwise, from the direction (1, 0)
            dx = 1.0 if k in (0, 1, 7) else (-1.0 if k in (3, 4, 5) else 0.0)
            dy = 1.0 if k in (1, 2, 3) else (-1.0 if k in (5, 6, 7) else 0.0)
            if x * dx + y * dy > best[k]:
                best[k] = x * dx + y * dy
                corner[k, 0], corner[k, 1] = x, y
    corner[8, 0], corner[8, 1] = corner[0, 0], corner[0, 1]
    m = 0
    for j in range(n):
        x, y = points[j, 0], points[j, 1]
        inside = False
        for k in range(8):
            ux, uy = corner[k + 1, 0] - corner[k, 0], corner[k + 1, 1] - corner[k, 1]
            if ux == 0.0 and uy == 0.0:
                continue
            inside = ux * (y - corner[k, 1]) - uy * (x - corner[k, 0]) > 0.0
            if not inside:
                break
        if not inside:
            points[m, 0], points[m, 1] = x, y
            m += 1
    return m


@njit(cache=True, nogil=True)
def _sort(points: FloatArray, n: int) -> None:
    """Sort points by height, rightmost first among equal heights, in place (Shell's sort)."""
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for j in range(gap, n):
            x, y = points[j, 0], points[j, 1]
            k = j
            while k >= gap and (
                points[k - gap, 1] > y or (points[k - gap, 1] == y and points[k - gap, 0] < x)
            ):
                points[k, 0], points[k, 1] = points[k - gap, 0], points[k - gap, 1]
                k -= gap
            points[k, 0], points[k, 1] = x, y
        gap //= 3


@njit(cache=True, nogil=True)
def hull(points: FloatArray, n: int, out: FloatArray) -> int:
    """Write the convex hull of ``points[:n]`` to ``out``; give its number of vertices.

    Andrew's monotone chain (Inf. Proc. Letters 9, 1979) along the second axis. Points that
    rounding cannot tell from a chord are dropped; exact duplicates vanish.

    Parameters
    ----------
    points : float64 array, shape (>= n, 2); left in another order, points inside overwritten
    n : number of points
    out : float64 array, shape (>= n + 1, 2)
    """
    if n == 0:
        return 0
    n = _drop_inside(points, n)
    _sort(points, n)
    m = 0
    for j in range(n):
        m = _push(out, m, 0, points[j, 0], points[j, 1])
    base = m - 1
    for j in range(n - 2, -1, -1):
        m = _push(out, m, base, points[j, 0], points[j, 1])
    if m > 1 and out[m - 1, 0] == out[0, 0] and out[m - 1, 1] == out[0, 1]:
        m -= 1
    return m


@njit(cache=True, nogil=True)
def close_hull(points: FloatArray, n: int, out: FloatArray) -> int:
    """Write the hull of points that already stand in counter-clockwise order; as `hull`.

    One walk from the lowest point on; where rounding has disturbed the order so much that the
    answer is not convex, `hull` sorts.
    """
    if n < 4:
        return hull(points, n, out)
    start = 0
    for j in range(1, n):
        y, best = points[j, 1], points[start, 1]
        if y < best or (y == best and points[j, 0] > points[start, 0]):
            start = j
    m = 0
    for j in range(n + 1):
        k = j + start
        k = k if k < n else k - n
        m = _push(out, m, 0, points[k, 0], points[k, 1])
    m -= 1  # the first point stands at the end again
    falling = False
    convex = m > 2
    for j in range(m):
        b, c = (j + 1) % m, (j + 2) % m
        ux, uy = out[b, 0] - out[j, 0], out[b, 1] - out[j, 1]
        vx, vy = out[c, 0] - out[b, 0], out[c, 1] - out[b, 1]
        convex = convex and ux * vy - uy * vx > 0.0
        falling = falling or uy < 0.0 or (uy == 0.0 and ux < 0.0)
        convex = convex and (uy <= 0.0 if falling else uy >= 0.0)
    return m if convex else hull(points, n, out)


@njit(cache=True, nogil=True)
def _push(out: FloatArray, m: int, base: int, x: float, y: float) -> int:
    """Add a point to a chain that turns left; ``out[base]`` is never taken away."""
    if m > base and out[m - 1, 0] == x and out[m - 1, 1] == y:
        return m
    while m - base >= 2:
        ux, uy = out[m - 1, 0] - out[m - 2, 0], out[m - 1, 1] - out[m - 2, 1]
        vx, vy = x - out[m - 1, 0], y - out[m - 1, 1]
        if ux * vy - uy * vx > 0.0:
            break
        m -= 1
    out[m, 0] = x
    out[m, 1] = y
    return m + 1


@njit(cache=True, nogil=True)
def cut(points: FloatArray, n: int, axis: int, floor: float, out: FloatArray) -> int:
    """Write the part of a convex polygon with coordinate ``axis`` >= ``floor`` to ``out``.

    Gives the number of points (duplicates and collinear points may remain; `hull` removes
    them). ``out`` needs n + 2 rows (2 n for a polygon that rounding made not quite convex).
    """
    m = 0
    for j in range(n):
        k = j + 1 if j + 1 < n else 0
        a = points[j, axis] - floor
        b = points[k, axis] - floor
        if a >= 0.0:
            out[m, 0] = points[j, 0]
            out[m, 1] = points[j, 1]
            m += 1
        if (a < 0.0 < b) or (b < 0.0 < a):
            share = a / (a - b)
            other = 1 - axis
            out[m, axis] = floor
            out[m, other] = points[j, other] + share * (points[k, other] - points[j, other])
            m += 1
    return m


@njit(cache=True, nogil=True)
def _before(ax: float, ay: float, bx: float, by: float) -> bool:
    """Whether edge a has a smaller angle in (0, 2 pi] than edge b."""
    half_a = 0 if ay > 0.0 or (ay == 0.0 and ax < 0.0) else 1
    half_b = 0 if by > 0.0 or (by == 0.0 and bx < 0.0) else 1
    if half_a != half_b:
        return half_a < half_b
    return ax * by - ay * bx > 0.0


@njit(cache=True, nogil=True)
def add_scaled(
    edges: FloatArray, n: int, vertices: FloatArray, count: int, weight: float, merged: FloatArray
) -> int:
    """Merge the edges of a polygon, times ``weight``, into a list sorted by angle.

    Parameters
    ----------
    edges : float64 array, shape (>= n, 2); the first n rows are sorted by angle
    vertices : float64 array, shape (>= count, 2), the polygon to add
    merged : float64 array, shape (>= n + count, 2), receives the sorted edges

    Returns
    -------
    int
        Number of edges in ``merged``. Edges of exactly the same direction are joined.
    """
    m = 0
    total = count if count > 1 else 0
    i = 0
    j = 0
    while i < n or j < total:
        ex = 0.0
        ey = 0.0
        take_first = False
        if j < total:
            k = j + 1 if j + 1 < count else 0
            ex = weight * (vertices[k, 0] - vertices[j, 0])
            ey = weight * (vertices[k, 1] - vertices[j, 1])
            if i < n and _before(edges[i, 0], edges[i, 1], ex, ey):
                take_first = True
            elif i < n and not _before(ex, ey, edges[i, 0], edges[i, 1]):
                ex += edges[i, 0]
                ey += edges[i, 1]
                i += 1
        else:
            take_first = True
        if take_first:
            ex = edges[i, 0]
            ey = edges[i, 1]
            i += 1
        else:
            j += 1
        merged[m, 0] = ex
        merged[m, 1] = ey
        m += 1
    return m


@njit(cache=True, nogil=True)
def _from_segment(px: float, py: float, dx: float, dy: float) -> float:
    """Squared distance of p from the segment from the origin to d."""
    square = dx * dx + dy * dy
    share = 0.0
    if square > 0.0:
        share = min(1.0, max(0.0, (px * dx + py * dy) / square))
    qx, qy = px - share * dx, py - share * dy
    return qx * qx + qy * qy


@njit(cache=True, nogil=True)
def _corner(points: FloatArray, n: int, first: int, last: int, tol: float, out: FloatArray) -> bool:
    """Prolong two edges (by their starts, mod n) to their corner, if that is within ``tol``.

    The corner must lie within ``tol`` of the vertices and edges between the two edges; then so
    does all that is added. Written to ``out``, float64, shape (2,).
    """
    a, b, c, d = first % n, (first + 1) % n, last % n, (last + 1) % n
    ux, uy = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1]
    wx, wy = points[d, 0] - points[c, 0], points[d, 1] - points[c, 1]
    dx, dy = points[c, 0] - points[b, 0], points[c, 1] - points[b, 1]
    turn = ux * wy - uy * wx
    reach = dx * wy - dy * wx
    if turn <= 0.0 or reach < 0.0:
        return False
    cx, cy = reach / turn * ux, reach / turn * uy  # seen from the end of the first edge
    out[0], out[1] = points[b, 0] + cx, points[b, 1] + cy
    for j in range(first + 1, last):
        k, h = j % n, (j + 1) % n
        px, py = out[0] - points[k, 0], out[1] - points[k, 1]
        ex, ey = points[h, 0] - points[k, 0], points[h, 1] - points[k, 1]
        if _from_segment(px, py, ex, ey) <= tol * tol:
            return True
    return False


@njit(cache=True, nogil=True)
def simplify_outward(points: FloatArray, n: int, tol: float, scratch: FloatArray) -> int:
    """Keep as few edges as a greedy walk allows; the polygon grows by at most ``tol``.

    In place. After an edge that is kept, the next one kept is a far one (steps are doubled, then
    halved, not tried one by one) with which it can be joined by prolonging both to a corner
    within ``tol`` of what was between. The last edge stays. ``scratch`` is float64, shape
    (>= n + 2, 2). Gives the new number of vertices.
    """
    if n < 4 or tol <= 0.0:
        return n
    m = 0
    kept = -1  # the edge from vertex n - 1 to vertex 0
    trial = np.empty(2)
    while kept < n - 1:
        following = kept + 1
        scratch[m, 0], scratch[m, 1] = points[following, 0], points[following, 1]
        step = 1  # doubled while it works, then halved
        grows = True
        while step > 0:
            reach = following + step
            if reach <= n - 1 and _corner(points, n, kept + n, reach + n, tol, trial):
                following = reach
                scratch[m, 0], scratch[m, 1] = trial[0], trial[1]
                step = 2 * step if grows else step // 2
            else:
                grows = False
                step = step // 2
        kept = following
        m += 1
    lowest = 0
    for j in range(m):
        y, best = scratch[j, 1], scratch[lowest, 1]
        if y < best or (y == best and scratch[j, 0] > scratch[lowest, 0]):
            lowest = j
    for j in range(m):
        k = (j + lowest) % m
        points[j, 0] = scratch[k, 0]
        points[j, 1] = scratch[k, 1]
    return m


@njit(cache=True, nogil=True)
def _chord_fits(points: FloatArray, first: int, last: int, tol: float) -> bool:
    """Whether all vertices between two are within ``tol`` of their chord."""
    dx, dy = points[last, 0] - points[first, 0], points[last, 1] - points[first, 1]
    for j in range(first + 1, last):
        px, py = points[j, 0] - points[first, 0], points[j, 1] - points[first, 1]
        if _from_segment(px, py, dx, dy) > tol * tol:
            return False
    return True


@njit(cache=True, nogil=True)
def simplify_inward(points: FloatArray, n: int, tol: float) -> int:
    """Keep as few vertices as a greedy walk allows; the polygon shrinks by at most ``tol``.

    In place. From a vertex that is kept, the next one kept is a far one (steps are doubled, then
    halved) whose chord has all vertices between within ``tol``. The first and the last vertex
    stay (the first is the lowest, where the angles start). Gives the new number of vertices.
    """
    if n < 3 or tol <= 0.0:
        return n
    m = 1
    kept = 0
    while kept < n - 1:
        reach = kept + 1
        step = 1  # doubled while it works, then halved
        grows = True
        while step > 0:
            fits = reach + step <= n - 1 and _chord_fits(points, kept, reach + step, tol)
            reach += step if fits else 0
            grows = grows and fits
            step = 2 * step if grows else step // 2
        # rows up to m - 1 < kept + 1 are never read again
        points[m, 0], points[m, 1] = points[reach, 0], points[reach, 1]
        kept = reach
        m += 1
    return m


@njit(cache=True, nogil=True)
def distance_to(x: float, y: float, polygon: FloatArray, n: int) -> float:
    """Euclidean distance of a point from a polygon (0 inside); inf for an empty polygon."""
    if n == 0:
        return np.inf
    best = np.inf
    inside = n > 2
    left, right = np.inf, -np.inf
    for j in range(n):
        k = j + 1 if j + 1 < n else 0
        dx, dy = polygon[k, 0] - polygon[j, 0], polygon[k, 1] - polygon[j, 1]
        px, py = x - polygon[j, 0], y - polygon[j, 1]
        left, right = min(left, polygon[j, 0]), max(right, polygon[j, 0])
        if dx * py - dy * px <= 0.0:
            inside = False
        best = min(best, _from_segment(px, py, dx, dy))
    # the second condition: rounding may take a far point on the line of a sliver for inside
    return 0.0 if inside and left <= x <= right else best**0.5


@njit(cache=True, nogil=True)
def excess(first: FloatArray, n: int, second: FloatArray, m: int) -> float:
    """Largest distance of a point of the first polygon from the second (directed Hausdorff).

    0 where the first is empty; inf where only the second is.
    """
    if n == 0:
        return 0.0
    if m == 0:
        return np.inf
    worst = 0.0
    near = 0  # the edge that was near the last point
    for j in range(n):
        x, y = first[j, 0], first[j, 1]
        settled = False
        for step in range(m):  # an edge within the worst distance so far settles the point
            a = near + step
            a = a if a < m else a - m
            b = a + 1 if a + 1 < m else 0
            dx, dy = second[b, 0] - second[a, 0], second[b, 1] - second[a, 1]
            if _from_segment(x - second[a, 0], y - second[a, 1], dx, dy) <= worst * worst:
                near = a
                settled = True
                break
        if not settled:
            worst = max(worst, distance_to(x, y, second, m))
    return worst
