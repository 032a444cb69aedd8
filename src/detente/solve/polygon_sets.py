"""Polygons as the sets of a solution: tidied, with their supports and their gap."""

from __future__ import annotations

import numpy as np

from detente.arrays import FloatArray
from detente.kernels import polygons
from detente.solve.solution import StateSet


def tidy(points: FloatArray, tol: float) -> FloatArray:
    """Drop what rounding left: vertices that nearly coincide, slivers that are segments.

    Parameters
    ----------
    points : float64 array, shape (V, 2)
    tol : no point of the polygon is further than this from the polygon answered

    Returns
    -------
    float64 array, shape (W, 2), counter-clockwise; W is 1 for a point, 2 for a segment
    """
    out = np.empty((len(points) + 1, 2))
    n = int(polygons.hull(np.array(points), len(points), out))
    kept = out[:n]
    if n < 2:
        return kept.copy()
    axis = kept - kept[np.argmax(np.linalg.norm(kept - kept[0], axis=1))]
    length = np.linalg.norm(axis, axis=1)
    far = axis[np.argmax(length)]
    if length.max() <= tol:
        return kept[:1].copy()
    along = far / length.max()
    across = axis[:, 0] * along[1] - axis[:, 1] * along[0]
    if np.abs(across).max() <= tol / 2:
        reach = axis @ along
        return np.ascontiguousarray(kept[[int(reach.argmin()), int(reach.argmax())]])
    steps = np.linalg.norm(kept - np.roll(kept, 1, axis=0), axis=1)
    # a run of tiny steps must not add up: with more than this, keep them all
    close = steps <= tol / 4
    thinned = kept[~close] if close.sum() <= 4 else kept
    work = np.ascontiguousarray(thinned)
    m = int(polygons.simplify_inward(work, len(work), tol / 2))
    return work[:m].copy()


def make_state_set(
    name: str, outer: FloatArray, inner: FloatArray, directions: FloatArray, error: float
) -> StateSet:
    """Describe the bounds on one state's set, both in payoff units, shapes (V, 2)."""
    if len(outer):
        support = (outer @ directions.T).max(axis=0)
    else:
        support = np.full(len(directions), -np.inf)
    gap = float(polygons.excess(outer, len(outer), inner, len(inner)))
    return StateSet(name, directions, support, outer, inner, gap + error if len(outer) else 0.0,
                    error)  # fmt: skip
