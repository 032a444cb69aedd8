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


@njit(cache=True)
def hull(points, n, out):
    """Write the convex hull of ``points[:n]`` to ``out``; give its number of vertices.

    Andrew's monotone chain (Inf. Proc. Letters 9, 1979) along the second axis. Points that
    rounding cannot tell from a chord are dropped; exact duplicates vanish.

    Parameters
    ----------
    points : float64 array, shape (>= n, 2); left in another order
    n : number of points
    out : float64 array, shape (>= n + 1, 2)
    """
    if n == 0:
        return 0
    order = np.argsort(points[:n, 1])
    for j in range(1, n):  # equal heights: rightmost first
        k = j
        here = order[j]
        while k > 0 and (
            points[order[k - 1], 1] == points[here, 1] and points[order[k - 1], 0] < points[here, 0]
        ):
            order[k] = order[k - 1]
            k -= 1
        order[k] = here
    m = 0
    for j in range(n):
        x, y = points[order[j], 0], points[order[j], 1]
        m = _push(out, m, 0, x, y)
    base = m - 1
    for j in range(n - 2, -1, -1):
        x, y = points[order[j], 0], points[order[j], 1]
        m = _push(out, m, base, x, y)
    if m > 1 and out[m - 1, 0] == out[0, 0] and out[m - 1, 1] == out[0, 1]:
        m -= 1
    return m


@njit(cache=True)
def _push(out, m, base, x, y):
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


@njit(cache=True)
def cut(points, n, axis, floor, out):
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


@njit(cache=True)
def _before(ax, ay, bx, by):
    """Whether edge a has a smaller angle in (0, 2 pi] than edge b."""
    half_a = 0 if ay > 0.0 or (ay == 0.0 and ax < 0.0) else 1
    half_b = 0 if by > 0.0 or (by == 0.0 and bx < 0.0) else 1
    if half_a != half_b:
        return half_a < half_b
    return ax * by - ay * bx > 0.0


@njit(cache=True)
def add_scaled(edges, n, vertices, count, weight, merged):
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


@njit(cache=True)
def _from_segment(px, py, dx, dy):
    """Squared distance of p from the segment from the origin to d."""
    square = dx * dx + dy * dy
    share = 0.0
    if square > 0.0:
        share = min(1.0, max(0.0, (px * dx + py * dy) / square))
    qx, qy = px - share * dx, py - share * dy
    return qx * qx + qy * qy


@njit(cache=True)
def simplify_outward(points, n, tol, scratch):
    """Remove short edges by prolonging their neighbours; the polygon grows by at most ``tol``.

    One pass, in place, that never removes two edges next to each other, so every new vertex
    is within ``tol`` of the polygon before. Gives the new number of vertices.
    """
    if n < 4 or tol <= 0.0:
        return n
    m = 0
    blocked = False  # the edge before was removed
    first_removed = False
    left = n
    for j in range(n):
        k = (j + 1) % n
        ok = left > 3 and not blocked and not (j == n - 1 and first_removed)
        if ok:
            before = (j - 1) % n
            after = (k + 1) % n
            ux, uy = points[j, 0] - points[before, 0], points[j, 1] - points[before, 1]
            wx, wy = points[k, 0] - points[after, 0], points[k, 1] - points[after, 1]
            dx, dy = points[k, 0] - points[j, 0], points[k, 1] - points[j, 1]
            # corner = p_j + t u = p_k + r w, both prolonged beyond the edge
            det = uy * wx - ux * wy
            square = dx * dx + dy * dy
            t_num = dy * wx - dx * wy
            if det > 0.0 and t_num > 0.0 and square > 0.0:
                cx, cy = t_num / det * ux, t_num / det * uy  # the corner, seen from p_j
                if _from_segment(cx, cy, dx, dy) <= tol * tol:
                    scratch[m, 0] = points[j, 0] + cx
                    scratch[m, 1] = points[j, 1] + cy
                    m += 1
                    blocked = True
                    first_removed = first_removed or j == 0
                    left -= 1
                    continue
        if not blocked:
            scratch[m, 0] = points[j, 0]
            scratch[m, 1] = points[j, 1]
            m += 1
        blocked = False
    # the corner of the last edge stands for the first vertex too
    start = 1 if blocked else 0
    m -= start
    lowest = 0
    for j in range(m):
        y, best = scratch[j + start, 1], scratch[lowest + start, 1]
        if y < best or (y == best and scratch[j + start, 0] > scratch[lowest + start, 0]):
            lowest = j
    for j in range(m):
        k = (j + lowest) % m + start
        points[j, 0] = scratch[k, 0]
        points[j, 1] = scratch[k, 1]
    return m


@njit(cache=True)
def simplify_inward(points, n, tol, scratch):
    """Remove vertices within ``tol`` of the chord of their neighbours, in place, in one pass.

    No two vertices next to each other go, so the polygon shrinks by at most ``tol``. Gives the
    new number of vertices.
    """
    if n < 4 or tol <= 0.0:
        return n
    m = 0
    blocked = False
    left = n
    for j in range(n):
        # the first vertex (lowest) and the last stay: the order of angles needs the first
        if 0 < j < n - 1 and left > 3 and not blocked:
            ax, ay = points[j - 1, 0], points[j - 1, 1]
            if _from_segment(points[j, 0] - ax, points[j, 1] - ay,
                             points[j + 1, 0] - ax, points[j + 1, 1] - ay) <= tol * tol:
                blocked = True
                left -= 1
                continue
        scratch[m, 0] = points[j, 0]
        scratch[m, 1] = points[j, 1]
        m += 1
        blocked = False
    points[:m] = scratch[:m]
    return m


@njit(cache=True)
def distance_to(x, y, polygon, n):
    """Euclidean distance of a point from a polygon (0 inside); inf for an empty polygon."""
    if n == 0:
        return np.inf
    best = np.inf
    inside = n > 2
    for j in range(n):
        k = j + 1 if j + 1 < n else 0
        dx, dy = polygon[k, 0] - polygon[j, 0], polygon[k, 1] - polygon[j, 1]
        px, py = x - polygon[j, 0], y - polygon[j, 1]
        if dx * py - dy * px < 0.0:
            inside = False
        best = min(best, _from_segment(px, py, dx, dy))
    return 0.0 if inside else best**0.5


@njit(cache=True)
def excess(first, n, second, m):
    """Largest distance of a point of the first polygon from the second (directed Hausdorff).

    0 where the first is empty; inf where only the second is.
    """
    worst = 0.0
    for j in range(n):
        worst = max(worst, distance_to(first[j, 0], first[j, 1], second, m))
    return worst
