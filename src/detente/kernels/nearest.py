"""Distance of points from the hull of others, in any dimension.

Wolfe (1976), "Finding the nearest point in a polytope", Mathematical Programming 11. Points,
segments and flat sets need no treatment of their own, because no facets are looked at. The
distance answered is that of a point of the hull which is exhibited, so it is never too small
beyond rounding.
"""

from __future__ import annotations

import numpy as np

from detente.kernels.rows import FloatArray, helper, kernel

_MOST_STEPS = 1_000
_CLOSE = 1e-12  # relative to the largest distance of the given points from the one asked about


@helper
def _solve_affine(corral: FloatArray, n: int, table: FloatArray, weights: FloatArray) -> bool:
    """Weights (summing to one) of the point of the affine hull nearest to the origin.

    Solves (1 + G) y = 1, G the Gram matrix, and normalises y; False if singular.
    """
    for i in range(n):
        for j in range(n):
            total = 1.0
            for p in range(corral.shape[1]):
                total += corral[i, p] * corral[j, p]
            table[i, j] = total
        table[i, n] = 1.0
    for c in range(n):
        p = c
        for i in range(c + 1, n):
            if abs(table[i, c]) > abs(table[p, c]):
                p = i
        if abs(table[p, c]) < 1e-15:
            return False
        for j in range(c, n + 1):
            table[c, j], table[p, j] = table[p, j], table[c, j]
        for i in range(n):
            if i != c:
                f = table[i, c] / table[c, c]
                if f != 0.0:
                    for j in range(c, n + 1):
                        table[i, j] -= f * table[c, j]
    total = 0.0
    for i in range(n):
        weights[i] = table[i, n] / table[i, i]
        total += weights[i]
    for i in range(n):
        weights[i] /= total
    return True


@helper
def _shrink(corral: FloatArray, n: int, old: FloatArray, new: FloatArray, table: FloatArray) -> int:
    """Move from the weights ``old`` towards the affine minimiser, dropping points on the way."""
    while True:
        if not _solve_affine(corral, n, table, new):
            return n
        share, out = 1.0, -1
        for i in range(n):
            if new[i] <= 1e-15 and old[i] - new[i] > 0.0:
                step = old[i] / (old[i] - new[i])
                if step < share:
                    share, out = step, i
        for i in range(n):
            old[i] += share * (new[i] - old[i])
        if out < 0:
            return n
        for i in range(out, n - 1):
            corral[i] = corral[i + 1]
            old[i] = old[i + 1]
        n -= 1


@helper
def _distance(
    x: FloatArray, hull: FloatArray, corral: FloatArray, old: FloatArray, new: FloatArray,
    table: FloatArray, at: FloatArray,
) -> float:  # fmt: skip
    n_points, dims = hull.shape
    near, far, first = np.inf, 0.0, 0
    for v in range(n_points):
        size = 0.0
        for p in range(dims):
            size += (hull[v, p] - x[p]) ** 2
        far = max(far, size)
        if size < near:
            near, first = size, v
    far = far**0.5
    best: float = near**0.5
    for p in range(dims):
        corral[0, p] = at[p] = hull[first, p] - x[p]
    old[0], n = 1.0, 1
    for _ in range(_MOST_STEPS):
        if best <= 1e-16 * far:
            break
        least, entering = np.inf, 0
        for v in range(n_points):
            worth = 0.0
            for p in range(dims):
                worth += at[p] * (hull[v, p] - x[p])
            if worth < least:
                least, entering = worth, v
        if best - least / best <= _CLOSE * far or n > dims:
            break
        for p in range(dims):
            corral[n, p] = hull[entering, p] - x[p]
        old[n] = 0.0
        n = _shrink(corral, n + 1, old, new, table)
        size = 0.0
        for p in range(dims):
            at[p] = 0.0
            for i in range(n):
                at[p] += old[i] * corral[i, p]
            size += at[p] ** 2
        if size**0.5 >= best:
            break
        best = size**0.5
    return best


@kernel
def find_distances(points: FloatArray, hull: FloatArray) -> FloatArray:
    """Distance of every point from the hull of others.

    Parameters
    ----------
    points : float64 array, shape (N, P)
    hull : float64 array, shape (V, P)

    Returns
    -------
    float64 array, shape (N,); inf where ``hull`` has no row
    """
    out = np.full(len(points), np.inf)
    if len(hull) == 0:
        return out
    dims = points.shape[1]
    corral, table = np.zeros((dims + 2, dims)), np.zeros((dims + 2, dims + 3))
    old, new, at = np.zeros(dims + 2), np.zeros(dims + 2), np.zeros(dims)
    for n in range(len(points)):
        out[n] = _distance(points[n], hull, corral, old, new, table, at)
    return out
