"""Convex hulls in any dimension, flat ones included: their vertices and the normals of facets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from detente.arrays import FloatArray, IntArray

FLAT = 1e-11  # a set thinner than this, in the units of its points, counts as flat
SAME = 1e-12  # points nearer than this count as one


@dataclass(frozen=True, slots=True)
class Hull:
    """A hull of points in its own affine space.

    Attributes
    ----------
    vertices : float64 array, shape (V, P), some of the points given
    normals : float64 array, shape (F, P), unit normals of the facets, outward
    toward : float64 array, shape (V, P), for every vertex a direction in which no other point of
        the hull is as far
    across : float64 array, shape (Z, P), an orthonormal basis of the directions in which the
        hull has no extent (Z = P for a point)
    centre : float64 array, shape (P,), a point in the relative interior
    """

    vertices: FloatArray
    normals: FloatArray
    toward: FloatArray
    across: FloatArray
    centre: FloatArray


def build_hull(points: FloatArray, flat: float = FLAT, same: float = SAME) -> Hull:
    """Find the hull of points, in the affine space that they span.

    Parameters
    ----------
    points : float64 array, shape (N, P), at least one row
    flat : extent below which a direction does not count
    same : points nearer than this count as one

    Raises
    ------
    ArithmeticError
        Where the hull cannot be found for rounding.
    """
    points = points[_distinct(points, same)]
    centre = points.mean(axis=0)
    moved = points - centre
    axes = np.linalg.svd(moved, full_matrices=True)[2]
    extent = np.abs(moved @ axes.T).max(axis=0)
    order = np.argsort(-extent, kind="stable")
    axes, extent = axes[order], extent[order]
    dims = int((extent > flat).sum())
    if dims == 0:
        none = np.empty((0, points.shape[1]))
        return Hull(points[:1].copy(), none, axes[:1].copy(), axes, points[0].copy())
    if dims == 1:
        along = moved @ axes[0]
        ends = [int(along.argmin()), int(along.argmax())]
        normals = np.vstack([-axes[0], axes[0]])
        return Hull(points[ends].copy(), normals, normals, axes[1:], points[ends].mean(axis=0))
    inside = moved @ axes[:dims].T / extent[:dims]
    found = _call_qhull(inside)
    kept: IntArray = np.sort(found.vertices)
    normals = (found.equations[:, :-1] / extent[:dims]) @ axes[:dims]
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    toward = np.zeros_like(points)
    for corner in found.simplices.T:
        np.add.at(toward, corner, normals)
    toward = toward[kept] / np.linalg.norm(toward[kept], axis=1)[:, None]
    middle = centre + (_find_centroid(inside, found.simplices) * extent[:dims]) @ axes[:dims]
    normals = normals[_distinct(normals, 1e-11)]
    return Hull(points[kept].copy(), normals, toward, axes[dims:], middle)


def _call_qhull(points: FloatArray) -> ConvexHull:
    """Find the hull; where ties defeat qhull's merging, of points moved by about 1e-10."""
    try:
        return ConvexHull(points)
    except QhullError:
        pass  # many points on a facet, in four dimensions and more
    try:
        return ConvexHull(points, qhull_options="QJ")
    except QhullError as error:
        raise ArithmeticError("the hull of a payoff set could not be found") from error


def _find_centroid(points: FloatArray, simplices: IntArray) -> FloatArray:
    """Centre of gravity of the hull whose facets are simplices, the origin being inside."""
    corners = points[simplices]
    volume = np.abs(np.linalg.det(corners))
    weighted = (volume[:, None] * corners.sum(axis=1)).sum(axis=0)
    return np.asarray(weighted / (volume.sum() * (points.shape[1] + 1)), dtype=np.float64)


def find_extreme_points(points: FloatArray, tol: float = FLAT) -> FloatArray:
    """Give the vertices of the hull of points, in any order: float64 (V, P).

    Points within ``tol`` count as one; none lies further than about that from the hull answered.
    """
    return build_hull(points, tol, tol).vertices if len(points) else points.copy()


def fix_directions(n_parties: int) -> FloatArray:
    """Give the directions that answers are given in: axes both ways, then all sign vectors.

    Returns
    -------
    float64 array, shape (2 P + 2^P, P), not normalised

    Examples
    --------
    >>> fix_directions(1).tolist()
    [[1.0], [-1.0]]
    >>> len(fix_directions(3))
    14
    """
    axes = np.vstack([np.eye(n_parties), -np.eye(n_parties)])
    if n_parties == 1:
        return axes
    signs = np.array(np.meshgrid(*[[1.0, -1.0]] * n_parties, indexing="ij"))
    return np.vstack([axes, signs.reshape(n_parties, -1).T])


def _distinct(rows: FloatArray, tol: float) -> IntArray:
    """Give the first of every group of rows that agree to ``tol``, in the order given."""
    keys = np.round(rows / tol)
    _, first = np.unique(keys, axis=0, return_index=True)
    return np.asarray(np.sort(first), dtype=np.int64)
