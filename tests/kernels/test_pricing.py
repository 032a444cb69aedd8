"""One programme at a time: column generation against HiGHS, and compiled against plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from detente.game.files import game_from_document
from detente.game.game import Game
from detente.kernels import listing, polygons, pricing, rows
from detente.kernels.perfect import Polygons
from detente.kernels.rows import ANSWER, CERTIFICATE, CONST, HEAD, MULTIPLIERS, ROWS
from detente.solve.listing import list_programmes, tables_of
from reference import games
from reference.plain_game import PlainGame, read_document
from reference.slow_sets import best_of_profile, block, constraints, hull, solve_programme

FAMILIES: list[dict[str, Any]] = [
    {"states": 2, "actions": (2, 2), "signals": 3, "delta": [0.8, 0.9]},
    {"states": 2, "actions": (3, 3), "signals": 3, "delta": 0.95},
    {"states": 2, "actions": (3, 2), "signals": 5, "delta": [0.9, 0.6], "zeros": True},
    {"states": 3, "actions": (2, 2), "signals": 4, "delta": 0.7, "zeros": True, "whole": True},
    {"states": 1, "actions": (11, 11), "signals": 6, "delta": [0.99, 0.97]},
    {"states": 2, "actions": (1, 3), "signals": 2, "delta": 0.9},
    {"states": 3, "actions": (2, 3), "delta": [0.6, 0.8]},
]
MOST_PROFILES = 6  # of a state; the largest family has 121


def random_polygons(rng: np.random.Generator, n_states: int, whole: bool) -> list[np.ndarray]:
    """Points, segments, triangles and more; in one case of eight an empty set."""
    found = []
    for _ in range(n_states):
        sides = int(rng.choice([0, 1, 1, 2, 2, 3, 7, 12]))
        angle = np.sort(rng.uniform(0, 2 * np.pi, sides))
        points = 5 + rng.uniform(1, 5) * np.column_stack([np.cos(angle), np.sin(angle)])
        found.append(np.round(points) if whole and sides < 3 else points)
    return found


def as_arrays(polygons: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    vertices = np.zeros((len(polygons), 16, 2))
    for s, polygon in enumerate(polygons):
        vertices[s, : len(polygon)] = polygon
    return vertices, np.array([len(polygon) for polygon in polygons])


class Programmes:
    """The programmes of a game and sets, asked of the kernels and of the reference."""

    def __init__(self, document: dict[str, Any], polygons: list[np.ndarray]) -> None:
        self.game: Game = game_from_document(document)
        self.plain: PlainGame = read_document(document)
        self.regions = [hull(polygon) for polygon in polygons]
        vertices, count = as_arrays(polygons)
        shape = (len(count), 2)
        self.sets = Polygons(vertices, count, np.empty(shape), np.empty(shape))
        for s in range(len(count)):
            rows.measure(s, self.sets)
        self.tables = tables_of(self.game)
        self.listed = list_programmes(self.tables)
        self.ws = rows.workspace_for(np.arange(len(count)), self.tables, self.listed)
        self.worst = np.empty((self.game.n_profiles, 2))

    def prepare(self, s: int, a: int, eta: float = 0.0, keep_all: bool = False) -> int:
        scale = rows.largest_payoff(s, self.tables, self.sets)
        rows.value_deviations(s, self.tables, self.sets, self.worst)
        return rows.prepare(
            s, a, self.tables, self.listed, self.sets, self.worst, eta, scale, keep_all, self.ws
        )

    def solve(self, lam: np.ndarray, strict: bool = False) -> int:
        return pricing.solve_direction(*lam, strict, self.ws, self.sets)

    def reference(self, s: int, a: int, lam: np.ndarray, eta: float = 0.0) -> float | None:
        actions = self.game.actions_of(s, a)
        return best_of_profile(self.plain, s, actions, self.regions, lam, -eta)

    def reference_margin(self, s: int, a: int) -> float | None:
        """Largest t such that some promises leave every incentive row a slack of t."""
        parts = constraints(self.plain, s, self.game.actions_of(s, a), self.regions)
        if parts is None:
            return None
        outcomes, G, g, _, _ = parts
        sets = [self.regions[self.plain.states[s].follows[k]] for k in outcomes]
        equal = block([r.equal_rows for r in sets])
        answer = solve_programme(
            np.eye(G.shape[1] + 1)[-1] * -1,
            np.hstack([G, np.ones((len(G), 1))]),
            g,
            np.hstack([equal, np.zeros((len(equal), 1))]),
            np.ones(len(equal)),
            [(0, None)] * G.shape[1] + [(None, None)],
        )
        return -float(answer.fun)


def cases(families: list[dict[str, Any]], seeds: range) -> Iterator[tuple[Programmes, int, int]]:
    for family in families:
        for seed in seeds:
            rng = np.random.default_rng([seed, len(family)])
            whole = bool(family.get("whole"))
            programmes = Programmes(
                games.random_game(seed, **family), random_polygons(rng, family["states"], whole)
            )
            for s in range(programmes.game.n_states):
                profiles = np.array(programmes.game.profiles(s))
                for a in rng.permutation(profiles)[:MOST_PROFILES]:
                    yield programmes, s, int(a)


def directions(rng: np.random.Generator, n: int) -> np.ndarray:
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def test_every_programme_agrees_with_highs() -> None:
    """Value, bound and point in random directions, one basis carried from each to the next."""
    rng = np.random.default_rng(0)
    solved = refused = 0
    for programmes, s, a in cases(FAMILIES, range(6)):
        ready = programmes.prepare(s, a)
        for lam in directions(rng, 3):
            expected = programmes.reference(s, a, lam)
            code = programmes.solve(lam) if ready == rows.OPTIMAL else ready
            if expected is None:
                assert code == rows.INFEASIBLE
                refused += 1
                continue
            assert code == rows.OPTIMAL
            value, bound, *point = programmes.ws.lines[ANSWER, :4]
            assert value == pytest.approx(expected, abs=1e-8)
            assert bound == pytest.approx(expected, abs=1e-8)
            assert bound >= value - 1e-12
            assert lam @ point == pytest.approx(value, abs=1e-12)
            solved += 1
    assert solved > 200
    assert refused > 200


def test_tightened_rows_agree_with_highs() -> None:
    rng = np.random.default_rng(1)
    for programmes, s, a in cases(FAMILIES[:4], range(3)):
        lam = directions(rng, 1)[0]
        expected = programmes.reference(s, a, lam, eta=0.05)
        code = programmes.prepare(s, a, eta=0.05)
        code = programmes.solve(lam) if code == rows.OPTIMAL else code
        assert (code == rows.INFEASIBLE) == (expected is None)
        if expected is not None:
            assert programmes.ws.lines[ANSWER, 1] == pytest.approx(expected, abs=1e-8)


def test_margins_agree_with_highs_and_their_multipliers_sum_to_one() -> None:
    checked = 0
    for programmes, s, a in cases(FAMILIES, range(4)):
        expected = programmes.reference_margin(s, a)
        ready = programmes.prepare(s, a, keep_all=True)
        if expected is None:
            assert ready == rows.INFEASIBLE
            assert programmes.ws.ints[HEAD, CERTIFICATE] == -1
            continue
        assert ready == rows.OPTIMAL
        ended = pricing.solve_margin(programmes.ws, programmes.sets)
        assert ended == rows.OPTIMAL
        n_rows = programmes.ws.ints[HEAD, ROWS]
        margin, bound = programmes.ws.lines[ANSWER, :2]
        assert margin == pytest.approx(expected, abs=1e-8)
        assert bound == pytest.approx(expected, abs=1e-8)
        mu = programmes.ws.lines[MULTIPLIERS, :n_rows]
        assert (mu >= 0).all()
        assert mu.sum() == pytest.approx(1.0, abs=1e-12)
        checked += 1
    assert checked > 50


def test_refusals_come_with_a_negative_bound_on_the_margin() -> None:
    """By one row alone or by several together; never below the margin itself."""
    alone = together = 0
    for programmes, s, a in cases(FAMILIES, range(6)):
        code = programmes.prepare(s, a)
        from_one_row = code == rows.INFEASIBLE
        if from_one_row and programmes.ws.ints[HEAD, CERTIFICATE] == -1:
            continue  # an outcome without a future
        code = programmes.solve(np.array([1.0, 0.0])) if code == rows.OPTIMAL else code
        if code != rows.INFEASIBLE:
            continue
        expected = programmes.reference_margin(s, a)
        assert expected is not None
        bound = programmes.ws.lines[ANSWER, 1]
        assert expected - 1e-9 <= bound < 0
        mu = programmes.ws.lines[MULTIPLIERS, : programmes.ws.ints[HEAD, ROWS] + from_one_row]
        assert mu.sum() == pytest.approx(1.0, abs=1e-12)
        alone, together = alone + from_one_row, together + (not from_one_row)
    assert alone > 20
    assert together > 5


def test_every_multiplier_gives_a_bound(plain_kernels: None) -> None:
    """L(lambda, mu) is never below the value, whatever mu (plain Python, to reach the inside)."""
    rng = np.random.default_rng(2)
    checked = 0
    for programmes, s, a in cases(FAMILIES[:2], range(4)):
        lam = directions(rng, 1)[0]
        expected = programmes.reference(s, a, lam)
        if expected is None or programmes.prepare(s, a) != rows.OPTIMAL:
            continue
        for _ in range(5):
            programmes.ws.lines[rows.CLIPPED, :] = rng.exponential(
                10.0, programmes.ws.lines.shape[1]
            )
            bound = pricing._price_out(*lam, programmes.ws, programmes.sets)
            assert bound >= expected - 1e-9
        checked += 1
    assert checked > 10


def test_revealed_deviations_are_one_floor_per_party() -> None:
    """Perfect monitoring: no row but the floors, however many actions there are."""
    document = games.random_game(3, states=2, actions=(4, 5), delta=0.6)
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    programmes = Programmes(document, [square, square])
    for a in programmes.game.profiles(0):
        assert programmes.prepare(0, a, keep_all=True) == rows.OPTIMAL
        assert programmes.ws.ints[HEAD, ROWS] == 2
        assert (programmes.ws.lines[CONST, :2] <= 1.0).all()


def test_a_deviation_into_a_state_without_equilibrium_cannot_be_answered() -> None:
    document = games.random_game(1, states=2, actions=(2, 2), signals=3, delta=0.9)
    for state in document["states"]:
        for outcome, target in zip(state["outcomes"], (0, 0, 1), strict=True):
            outcome["next"] = target
    for row in document["states"][0]["probabilities"]:
        row[0], row[1] = [0.5, 0.5, 0.0], [0.25, 0.25, 0.5]
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    programmes = Programmes(document, [square, np.empty((0, 2))])
    for a in programmes.game.profiles(0):
        assert programmes.prepare(0, a) == rows.INFEASIBLE
        assert programmes.ws.ints[HEAD, CERTIFICATE] == -1


@pytest.fixture
def plain_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run these kernels as plain Python."""
    for module in (rows, pricing, listing):
        for name, value in list(vars(module).items()):
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, name, value.py_func)


def test_plain_python_gives_the_same_numbers(request: pytest.FixtureRequest) -> None:
    def answers() -> list[np.ndarray]:
        rng = np.random.default_rng(3)
        found = []
        for programmes, s, a in cases(FAMILIES[:4], range(2)):
            code = programmes.prepare(s, a)
            for lam in directions(rng, 2):
                ended = programmes.solve(lam) if code == rows.OPTIMAL else code
                n = 4 if ended == rows.OPTIMAL else 0
                found.append(np.append(programmes.ws.lines[ANSWER, :n], ended))
        return found

    compiled = answers()
    request.getfixturevalue("plain_kernels")
    plain = answers()
    for first, second in zip(compiled, plain, strict=True):
        np.testing.assert_allclose(first, second, rtol=0, atol=1e-10)


@pytest.mark.parametrize("flatness", [1.0, 1e-3, 1e-9])
@pytest.mark.parametrize("size", [3, 23, 24, 40, 2_000])
def test_the_farthest_vertex_is_found_in_small_and_large_polygons(
    size: int, flatness: float
) -> None:
    rng = np.random.default_rng(size)
    angle = rng.uniform(0, 2 * np.pi, size)
    points = np.c_[np.cos(angle), flatness * np.sin(angle)]
    points[: size // 4] = points[: size // 4].round(2)  # edges along the axes among them
    hull = np.empty((size + 1, 2))
    n = polygons.hull(points.copy(), size, hull)
    directions = [*rng.normal(size=(200, 2)), (1, 0), (0, 1), (-1, 0), (0, -1), (1e-12, 1), (0, 0)]
    for d1, d2 in directions:
        at = pricing.find_farthest(float(d1), float(d2), hull, n)
        worth = hull[:n] @ (d1, d2)
        assert worth[at] >= worth.max() - 4e-16 * (abs(d1) + abs(d2))
