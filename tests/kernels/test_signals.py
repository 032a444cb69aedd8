"""The next polygon of a state with signals: against HiGHS, tolerances, degenerate sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detente.game.files import game_from_document
from detente.game.game import Game
from detente.kernels import listing, polygons, pricing, rows, signals
from detente.kernels.perfect import Polygons
from detente.solve.listing import list_programmes, tables_of
from detente.solve.sweep_signals import know_nothing
from reference import games
from reference.plain_game import read_document
from reference.slow_sets import apply_B, circle

FAMILIES: list[dict[str, Any]] = [
    {"states": 2, "actions": (2, 2), "signals": 3, "delta": [0.8, 0.9]},
    {"states": 2, "actions": (3, 3), "signals": 3, "delta": 0.9},
    {"states": 2, "actions": (2, 3), "signals": 5, "delta": [0.9, 0.6], "zeros": True},
    {"states": 2, "actions": (2, 2), "signals": 2, "delta": 0.7, "zeros": True, "whole": True},
    {"states": 2, "actions": (3, 2), "delta": [0.6, 0.8]},
]
SETS = [
    [[(0, 0), (10, 0), (10, 10), (0, 10)], [(2, 1), (9, 4), (5, 8)]],
    [[(1, 1), (8, 9)], [(0, 2), (7, 1), (9, 6), (4, 9), (1, 7)]],
    [[(4, 5)], [(0, 0), (10, 10)]],
    [[(4, 5)], [(3, 3)]],
]
DIRECTIONS = circle(24)


def operate(
    game: Game, s: int, sets: Any, tol: float = 0.0, inner: bool = False, eta: float = 0.0,
    room: int = 512,
) -> np.ndarray | None:  # fmt: skip
    """The next polygon; None where it does not fit."""
    vertices = np.zeros((len(sets), max(1, *map(len, sets)), 2))
    for state, polygon in enumerate(sets):
        vertices[state, : len(polygon)] = np.reshape(polygon, (-1, 2))
    count = np.array([len(p) for p in sets])
    polygons_ = Polygons(vertices, count, np.empty((len(sets), 2)), np.empty((len(sets), 2)))
    for state in range(len(sets)):
        rows.measure(state, polygons_)
    tables = tables_of(game)
    listed = list_programmes(tables)
    out = np.full((room, 2), np.nan)
    n = signals.operate_signals(
        s, tables, listed, polygons_, game.prescribable.copy(), know_nothing(game.n_profiles), tol,
        eta, inner, out, signals.make_scratch(game.n_profiles, 4 * room + 64),
        rows.workspace_for(np.arange(game.n_states), tables, listed),
    )  # fmt: skip
    return None if n == signals.FULL else out[:n]


def support(polygon: np.ndarray) -> np.ndarray:
    return (polygon @ DIRECTIONS.T).max(axis=0)


@pytest.mark.parametrize("family", FAMILIES, ids=str)
@pytest.mark.parametrize("sets", SETS, ids=["areas", "mixed", "thin", "points"])
def test_supports_agree_with_highs(family: dict[str, Any], sets: Any) -> None:
    """Exact to 1e-9 both from outside and inside; within the tolerance, outward or inward."""
    document = games.random_game(7, **family)
    game, plain = game_from_document(document), read_document(document)
    for s, expected in enumerate(apply_B(plain, sets, DIRECTIONS)):
        found = {
            (tol, inner): operate(game, s, sets, tol, inner)
            for tol in (0.0, 0.05)
            for inner in (False, True)
        }
        if expected is None:
            assert all(len(polygon) == 0 for polygon in found.values())
            continue
        for inner in (False, True):
            np.testing.assert_allclose(support(found[0.0, inner]), expected, rtol=0, atol=1e-8)
        outward = support(found[0.05, False]) - expected
        assert (outward >= -1e-9).all()
        # a support grows by the distance of the farthest vertex at most
        assert (outward <= 0.05 + 1e-9).all()
        inward = expected - support(found[0.05, True])
        assert (inward >= -1e-9).all()
        assert (inward <= 0.05 + 1e-9).all()


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_polygons_are_convex_and_start_at_the_lowest_vertex(family: dict[str, Any]) -> None:
    game = game_from_document(games.random_game(8, **family))
    for s in range(game.n_states):
        for inner in (False, True):
            polygon = operate(game, s, SETS[0], 1e-6, inner)
            assert polygon is not None
            if len(polygon) == 0:
                continue
            lowest = polygon[:, 1].min()
            assert polygon[0, 1] == lowest
            assert polygon[0, 0] == polygon[polygon[:, 1] == lowest, 0].max()
            step = np.roll(polygon, -1, axis=0) - polygon
            after = np.roll(step, -1, axis=0)
            turn = step[:, 0] * after[:, 1] - step[:, 1] * after[:, 0]
            assert (turn > -1e-11).all()


def test_tightening_agrees_with_highs() -> None:
    document = games.random_game(9, states=2, actions=(2, 2), signals=3, delta=0.9)
    game, plain = game_from_document(document), read_document(document)
    for s, expected in enumerate(apply_B(plain, SETS[0], DIRECTIONS, relax=-0.02)):
        polygon = operate(game, s, SETS[0], inner=True, eta=0.02)
        assert polygon is not None
        if expected is None:
            assert len(polygon) == 0
        else:
            np.testing.assert_allclose(support(polygon), expected, rtol=0, atol=1e-8)


def test_a_profile_that_may_not_be_prescribed_adds_nothing() -> None:
    document = games.noisy_dilemma(0.9, 0.5, 0.2, 0.9)
    document["states"][0]["prescribable"] = [[True, False], [False, False]]
    game, plain = game_from_document(document), read_document(document)
    sets = [[(0, 0), (2, 0), (2, 2), (0, 2)]]
    (expected,) = apply_B(plain, sets, DIRECTIONS)
    polygon = operate(game, 0, sets)
    assert expected is not None
    whole = operate(game_from_document(games.noisy_dilemma(0.9, 0.5, 0.2, 0.9)), 0, sets)
    assert polygon is not None
    assert whole is not None
    np.testing.assert_allclose(support(polygon), expected, rtol=0, atol=1e-9)
    assert (support(polygon) <= support(whole) + 1e-9).all()
    assert (support(polygon) < support(whole) - 0.01).any()


@pytest.mark.parametrize(("delta", "best"), [(0.55, None), (0.60, 1.75), (0.9, 1.75)])
def test_noisy_dilemma_maps_its_segment_to_itself(delta: float, best: float | None) -> None:
    """Reference result 6 by hand: (1.75, 1.75) is paid by itself after the good signal."""
    game = game_from_document(games.noisy_dilemma(0.9, 0.5, 0.2, delta))
    polygon = operate(game, 0, [[(0, 0), (1.75, 1.75)]])
    assert polygon is not None
    if best is None:
        # cooperation would cost 0.45 today and its loss only 0.4 * 0.55 * 1.75 = 0.385
        np.testing.assert_allclose(polygon, [[0, 0], [0.9625, 0.9625]], atol=1e-9)
    else:
        assert polygon.sum(axis=1).max() == pytest.approx(2 * best, abs=1e-9)
        assert polygon.min() == pytest.approx(0.0, abs=1e-9)


def test_empty_futures_give_an_empty_set() -> None:
    game = game_from_document(games.noisy_dilemma(0.9, 0.5, 0.2, 0.9))
    polygon = operate(game, 0, [[]])
    assert polygon is not None
    assert len(polygon) == 0


def test_a_polygon_that_does_not_fit_is_refused_whole() -> None:
    document = games.random_game(7, states=1, actions=(2, 2), signals=3, delta=0.9)
    game = game_from_document(document)
    angle = 2 * np.pi * np.arange(40) / 40
    disc = [list(5 + 5 * np.column_stack([np.cos(angle), np.sin(angle)]))]
    whole = operate(game, 0, disc)
    assert whole is not None
    assert len(whole) > 8
    assert operate(game, 0, disc, room=len(whole) - 1) is None
    rough = operate(game, 0, disc, tol=1.0, room=len(whole) - 1)
    assert rough is not None
    assert (support(rough) >= support(whole) - 1e-9).all()


def test_plain_python_gives_the_same_polygons(monkeypatch: pytest.MonkeyPatch) -> None:
    def answers() -> list[np.ndarray | None]:
        found = []
        for family in FAMILIES[:3]:
            game = game_from_document(games.random_game(5, **family))
            for inner in (False, True):
                found.append(operate(game, 0, SETS[1], 1e-3, inner))
        return found

    compiled = answers()
    for module in (polygons, rows, pricing, signals, listing):
        for name, value in list(vars(module).items()):
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, name, value.py_func)
    for first, second in zip(compiled, answers(), strict=True):
        assert first is not None
        assert second is not None
        np.testing.assert_allclose(first, second, rtol=0, atol=1e-9)
