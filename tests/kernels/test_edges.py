"""Sums of polygons by one walk: against all sums of vertices, cut and joined the slow way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detente.arrays import FloatArray
from detente.kernels import edges, polygons
from detente.solve.options import equally_spaced

DIRECTIONS = equally_spaced(360)
DISCOUNT = np.array([0.5, 0.8])
ROOM = 400


def draw_polygons(seed: int) -> tuple[FloatArray, np.ndarray]:
    """Three hulls of random points: some of them points, segments, or with level edges."""
    rng = np.random.default_rng(seed)
    vertices, count = np.zeros((3, 40, 2)), np.zeros(3, np.int64)
    for t in range(3):
        n = int(rng.integers(1, 20))
        points = rng.integers(0, 4, (n, 2)) / 4.0 if t == 1 else rng.uniform(0, 1, (n, 2))
        count[t] = polygons.hull(points, n, vertices[t])
    return vertices, count


def support(points: Any) -> FloatArray:
    return np.asarray((np.asarray(points) @ DIRECTIONS.T).max(axis=0))


class Walker:
    """The sorted list of three polygons, and sums walked along it."""

    def __init__(self, seed: int, python: bool = False) -> None:
        self.vertices, self.count = draw_polygons(seed)
        self.list_, self.owners = np.empty((2, 3, ROOM)), np.empty((2, ROOM), np.int64)
        ends, order = np.empty(ROOM, np.int64), np.empty(ROOM, np.int64)
        sort = edges.sort_edges.py_func if python else edges.sort_edges
        self.row, self.n = sort(
            np.arange(3), self.vertices, self.count, self.list_, self.owners, ends, order
        )

    def walk(self, shares: FloatArray) -> FloatArray:
        weights = np.vstack([shares[:, None] * DISCOUNT, np.zeros(2)])
        x, y = (weights[:3] * self.vertices[:, 0]).sum(axis=0)
        out = np.empty((2, ROOM))
        edges.walk(x, y, weights, self.list_[self.row], self.owners[self.row], self.n, out)
        return out

    def add_up(self, shares: FloatArray) -> FloatArray:
        a, b, c = (q * DISCOUNT * self.vertices[t, : self.count[t]] for t, q in enumerate(shares))
        sums = a[:, None, None] + b[None, :, None] + c[None, None]
        return np.asarray(sums.reshape(-1, 2))

    def cut(self, points: FloatArray, floors: tuple[float, float]) -> bool:
        mark = edges.find_mark(self.list_[self.row], self.owners[self.row], self.n, 3)
        spot = np.empty(2)
        left = edges.cut_bottom(points, self.n, floors[1], spot)
        return bool(left and edges.cut_left(points, self.n, mark, floors[0], spot))


def cut_slowly(points: FloatArray, floors: tuple[float, float]) -> FloatArray:
    out = np.empty((len(points) + 1, 2))
    kept = out[: polygons.hull(points.copy(), len(points), out)].copy()
    for axis in (0, 1):
        room = np.empty((2 * len(kept) + 2, 2))
        kept = room[: polygons.cut(kept, len(kept), axis, floors[axis], room)].copy()
    return kept


SHARES = np.array([[0.2, 0.5, 0.3], [0.6, 0.0, 0.4], [0.1, 0.1, 0.8], [1.0, 0.0, 0.0]])


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("python", [False, True])
def test_the_list_is_sorted_and_complete(seed: int, python: bool) -> None:
    walker = Walker(seed, python)
    keys = walker.list_[walker.row, 0, : walker.n]
    assert (np.diff(keys) >= 0).all()
    assert walker.n == 4 + sum(c for c in walker.count if c > 1)


@pytest.mark.parametrize("seed", range(12))
def test_a_walk_has_the_vertices_of_the_sum(seed: int) -> None:
    walker = Walker(seed)
    for shares in SHARES:
        points = walker.walk(shares)[:, : walker.n + 1].T
        assert support(points) == pytest.approx(support(walker.add_up(shares)), abs=1e-13)


@pytest.mark.parametrize("seed", range(12))
def test_cut_and_joined_sums_are_the_hull_of_the_slow_ones(seed: int) -> None:
    walker = Walker(seed)
    rng = np.random.default_rng(seed)
    low, high = walker.add_up(SHARES[0]).min(axis=0), walker.add_up(SHARES[0]).max(axis=0)
    for _ in range(20):
        best, which = np.full(ROOM, -np.inf), np.zeros(ROOM, np.int64)
        sums, slow = np.empty((len(SHARES), 2, ROOM)), []
        n = 0
        for shares in SHARES:
            floors = tuple(low + rng.uniform(-0.2, 1.1, 2) * (high - low))
            wanted = cut_slowly(walker.add_up(shares), floors)
            sums[n] = walker.walk(shares)
            if not walker.cut(sums[n], floors):
                assert len(wanted) == 0
                continue
            slow.append(wanted)
            listed = walker.list_[walker.row]
            edges.note_best(n, sums[n], listed, walker.n, DISCOUNT, best, which)
            n += 1
        if n == 0:
            continue
        bag, out = np.empty((ROOM, 2)), np.empty((ROOM + 1, 2))
        used = edges.join_sums(n, sums, walker.n, which, bag, 0)
        found = out[: polygons.close_hull(bag, used, out)]
        assert support(found) == pytest.approx(support(np.vstack(slow)), abs=1e-13)


@pytest.mark.parametrize("seed", range(6))
def test_edges_of_one_polygon_are_exchanged(seed: int) -> None:
    walker, other = Walker(seed), Walker(seed + 50)
    walker.vertices[1], walker.count[1] = other.vertices[1], other.count[1]
    walker.row, walker.n = edges.replace_edges(
        1, walker.vertices[1], walker.count[1], walker.row, walker.n, walker.list_, walker.owners,
        np.empty((1, 3, 40)), np.empty((1, 40), np.int64),
    )  # fmt: skip
    assert (np.diff(walker.list_[walker.row, 0, : walker.n]) >= 0).all()
    for shares in SHARES:
        points = walker.walk(shares)[:, : walker.n + 1].T
        assert support(points) == pytest.approx(support(walker.add_up(shares)), abs=1e-13)


def test_a_list_that_is_too_short_is_said() -> None:
    walker = Walker(1)
    sums = np.stack([walker.walk(shares) for shares in SHARES])
    assert edges.join_sums(4, sums, walker.n, np.zeros(ROOM, np.int64), np.empty((4, 2)), 0) == -1
