"""The polygon kernels: compiled, as Python, and against slow readable versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from detente.kernels import polygons

KINDS = ["cloud", "grid", "line", "upright", "point", "disc"]


def draw_points(kind: str, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 60))
    points = {
        "cloud": rng.normal(size=(n, 2)),
        "grid": rng.integers(0, 4, size=(n, 2)).astype(float),
        "line": np.outer(rng.integers(0, 9, size=n), [1.0, 2.0]),
        "upright": np.column_stack([np.full(n, 0.25), rng.integers(0, 5, size=n)]),
        "point": np.full((n, 2), 0.5),
        "disc": np.column_stack(
            [f(2 * np.pi * np.arange(64) / 64) for f in (np.cos, np.sin)]
        ),
    }  # fmt: skip
    return np.asarray(points[kind], dtype=float)


def both(kernel: Any) -> list[Callable[..., Any]]:
    return [kernel, kernel.py_func]


def hull_of(points: np.ndarray, run: Any = polygons.hull) -> np.ndarray:
    out = np.empty((len(points) + 1, 2))
    return out[: run(points.copy(), len(points), out)].copy()


def slow_hull(points: np.ndarray) -> set[tuple[float, float]]:
    """Points that lie on no segment and in no triangle of other points, by trying directions."""
    distinct = np.unique(points, axis=0)
    if len(distinct) < 3 or np.linalg.matrix_rank(distinct - distinct[0]) < 2:
        order = np.lexsort(distinct.T)
        return {tuple(distinct[order[0]]), tuple(distinct[order[-1]])}
    return {tuple(distinct[j]) for j in ConvexHull(distinct).vertices}


def support(points: np.ndarray, directions: np.ndarray) -> np.ndarray:
    return np.asarray((points @ directions.T).max(axis=0))


CIRCLE = np.column_stack([f(2 * np.pi * np.arange(720) / 720) for f in (np.cos, np.sin)])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_hull_is_the_slow_hull(kind: str, seed: int) -> None:
    points = draw_points(kind, seed)
    for run in both(polygons.hull):
        found = hull_of(points, run)
        assert {tuple(p) for p in found} == slow_hull(points)
        lowest = max(found.tolist(), key=lambda p: (-p[1], p[0]))
        assert found[0].tolist() == lowest
        if len(found) > 2:
            steps = np.roll(found, -1, axis=0) - found
            nxt = np.roll(steps, -1, axis=0)
            assert (steps[:, 0] * nxt[:, 1] - steps[:, 1] * nxt[:, 0] > 0).all()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("axis", [0, 1])
def test_cut_keeps_what_lies_above_the_floor(kind: str, seed: int, axis: int) -> None:
    polygon = hull_of(draw_points(kind, seed))
    low, high = polygon[:, axis].min(), polygon[:, axis].max()
    for floor in (low, high, (low + high) / 2, low - 1, high + 1):
        for run in both(polygons.cut):
            out = np.empty((2 * len(polygon) + 2, 2))
            kept = out[: run(polygon, len(polygon), axis, floor, out)]
            if floor > high:
                assert len(kept) == 0
                continue
            assert kept[:, axis].min() >= floor
            # a point stays exactly if it was in the polygon and above the floor
            for x, y in draw_points(kind, seed):
                inside = polygons.distance_to(x, y, kept.copy(), len(kept))
                if (x, y)[axis] >= floor:
                    assert inside <= 1e-12
                else:
                    assert inside > 0


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_weighted_sum_is_the_hull_of_all_sums(first: str, second: str) -> None:
    a, b = hull_of(draw_points(first, 7)), hull_of(draw_points(second, 8))
    sums = (0.3 * a[:, None] + 0.7 * b[None]).reshape(-1, 2)
    for run in both(polygons.add_scaled):
        none = np.empty((0, 2))
        edges, merged = np.empty((len(a), 2)), np.empty((len(a) + len(b), 2))
        n = run(none, 0, a, len(a), 0.3, edges)
        n = run(edges, n, b, len(b), 0.7, merged)
        start = 0.3 * a[0] + 0.7 * b[0]
        found = start + np.vstack([np.zeros(2), np.cumsum(merged[:n], axis=0)])
        assert np.allclose(found[-1], start, atol=1e-12)
        assert np.allclose(support(found, CIRCLE), support(sums, CIRCLE), atol=1e-12)


@pytest.mark.parametrize("tol", [1e-9, 1e-3, 0.05, 10.0])
@pytest.mark.parametrize("kind", ["cloud", "grid", "disc", "line"])
@pytest.mark.parametrize("seed", range(3))
def test_simplification_goes_one_way_and_within_its_tolerance(
    kind: str, seed: int, tol: float
) -> None:
    polygon = hull_of(draw_points(kind, seed))
    n = len(polygon)
    for run in both(polygons.simplify_outward):
        wider = polygon.copy()
        m = run(wider, n, tol, np.empty((n + 2, 2)))
        assert m <= n
        assert polygons.excess(polygon, n, wider, m) <= 1e-12
        assert polygons.excess(wider, m, polygon, n) <= tol + 1e-12
        assert hull_of(wider[:m])[0].tolist() == wider[0].tolist()
    for run in both(polygons.simplify_inward):
        tighter = polygon.copy()
        m = run(tighter, n, tol)
        assert m <= n
        assert {tuple(p) for p in tighter[:m]} <= {tuple(p) for p in polygon}
        assert polygons.excess(polygon, n, tighter, m) <= tol + 1e-12


def test_simplification_saves_vertices() -> None:
    disc = hull_of(draw_points("disc", 0))
    wider, tighter = disc.copy(), disc.copy()
    assert polygons.simplify_outward(wider, 64, 0.01, np.empty((66, 2))) < 40
    assert polygons.simplify_inward(tighter, 64, 0.01) < 40


def test_distance_and_excess_by_hand() -> None:
    square = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    segment = np.array([[0.0, 0.0], [2.0, 0.0]])
    point = np.array([[3.0, 4.0]])
    for distance, excess in zip(both(polygons.distance_to), both(polygons.excess), strict=True):
        assert distance(0.5, 0.5, square, 4) == 0.0
        assert distance(2.0, 2.0, square, 4) == pytest.approx(2**0.5)
        assert distance(1.0, 3.0, segment, 2) == 3.0
        assert distance(0.0, 0.0, point, 1) == 5.0
        assert distance(0.0, 0.0, point, 0) == np.inf
        assert excess(segment, 2, square, 4) == 1.0
        assert excess(square, 4, segment, 2) == 1.0
        assert excess(segment, 0, square, 4) == 0.0
        assert excess(segment, 2, square, 0) == np.inf
