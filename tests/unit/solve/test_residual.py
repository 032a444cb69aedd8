"""B applied once by separate code: right sets are confirmed, wrong ones are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.game.files import game_from_document
from detente.kernels.residual_signals import list_directions
from detente.solve.feasible import order_hull
from detente.solve.options import Options
from detente.solve.residual import confirm, measure
from detente.solve.solution import Solution, Status
from detente.solve.twoparty import solve
from reference import games
from reference.games import Document
from reference.plain_game import read_document
from reference.slow_sets import apply_B, circle, support

NOTHING = np.empty((0, 2))
ROUNDED = 1e-12  # B is applied with incentives relaxed by rounding, here some 4e-13
KITE = [[0.0, 0.0], [5 / 3, 0.0], [1.0, 1.0], [0.0, 5 / 3]]


def gaps(document: Document, sets: list[object], enough: float = 1e-9) -> tuple[float, float]:
    game = game_from_document(document)
    arrays = [np.reshape(np.array(v, dtype=float), (-1, 2)) for v in sets]
    found = measure(game, arrays, np.arange(game.n_states), enough)
    return float(found.beyond.max()), float(found.within.max())


def test_a_known_set_is_confirmed() -> None:
    beyond, within = gaps(games.dilemma(1, 0.5, 0.6), [KITE])
    assert max(beyond, within) <= ROUNDED


def test_the_order_of_corners_and_what_lies_between_do_not_matter() -> None:
    shuffled = [KITE[2], [0.5, 0.5], KITE[0], KITE[3], KITE[1], KITE[2], [5 / 6, 0.0]]
    assert max(gaps(games.dilemma(1, 0.5, 0.6), [shuffled])) <= ROUNDED


def test_a_set_that_is_too_large_reaches_beyond_b() -> None:
    """(2, 0) needs (0, 0) too much: B gives it a next payoff of 1 at most, on the edge."""
    large = [[0.0, 0.0], [1.8, 0.0], [1.0, 1.0], [0.0, 1.8]]
    _, within = gaps(games.dilemma(1, 0.5, 0.6), [large])
    assert within > 0.01 / 3


def test_a_set_that_is_too_small_is_passed_by_b() -> None:
    beyond, _ = gaps(games.dilemma(1, 0.5, 0.6), [[[0.0, 0.0], [1.0, 1.0]]])
    assert beyond > 0.1 / 3


def test_units_do_not_matter() -> None:
    odd = games.rescale(games.dilemma(1, 0.5, 0.6), [1e6, 1e-6], [3e6, 0.0])
    moved = [[3e6 + 1e6 * x, 1e-6 * y] for x, y in KITE]
    assert max(gaps(odd, [moved])) <= 2 * ROUNDED


def test_an_empty_next_state_allows_nothing() -> None:
    document = games.dilemma_with_turnover(0.5, 0.5, 0.2, 0.9)
    assert gaps(document, [NOTHING, [[0.0, 0.0]]]) == (0.0, 0.0)
    assert gaps(document, [[[0.0, 0.0]], NOTHING]) == (0.0, np.inf)


def test_an_empty_set_that_b_fills_is_not_confirmed() -> None:
    document = games.side_by_side(games.dilemma(1, 0.5, 0.6), games.dilemma(1, 0.5, 0.6))
    document["states"][0]["transitions"] = [[[[1, 1.0]]] * 2] * 2
    assert gaps(document, [NOTHING, KITE])[0] == np.inf


@pytest.mark.parametrize("signals", [0, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_b_of_any_polygons_agrees_with_linear_programmes(signals: int, seed: int) -> None:
    """On random polygons: what B gives, by its distance from a polygon that is far too small."""
    rng = np.random.default_rng([seed, signals])
    document = games.random_game(seed, 2, (2, 3), signals, 0.7)
    sets = [rng.uniform(0, 10, (int(rng.integers(1, 6)), 2)) for _ in range(2)]
    game = game_from_document(document)
    spread = np.ptp(game.payoff, axis=0)
    D = circle(24)
    exact = apply_B(read_document(document), sets, D * [1 / spread[0], 1 / spread[1]])
    found = measure(game, sets, np.arange(2), 1e-9)
    for s, h in enumerate(exact):
        own = support(sets[s] / spread, D)
        if h is None:
            assert (found.beyond[s], found.within[s]) == (0.0, np.inf)
            continue
        # distances are the largest differences of supports, over more directions than these
        beyond, within = max(0.0, (h - own).max()), max(0.0, (own - h).max())
        assert found.within[s] >= within - 1e-9
        if signals == 0:
            turn = np.pi / 24 * 3.0  # half a step between directions, times the widest set
            assert beyond - 1e-9 <= found.beyond[s] <= beyond + turn
            assert found.within[s] <= within + turn
            continue
        polygon = order_hull(sets[s] / spread)
        normals, _ = list_directions(polygon)  # there the bounds are the exact supports
        (h_there,) = [apply_B(read_document(document), sets, normals / spread)[s]]
        most = max(0.0, (h_there - support(polygon, normals)).max())
        assert found.beyond[s] == pytest.approx(most, abs=1e-9)


def changed(solution: Solution, outer: object = None, inner: object = None) -> Solution:
    state = solution.states[0]
    state = replace(
        state,
        outer_vertices=state.outer_vertices if outer is None else np.array(outer, dtype=float),
        inner_vertices=state.inner_vertices if inner is None else np.array(inner, dtype=float),
    )
    return replace(solution, states=(state,))


@pytest.mark.parametrize(
    "document", [games.dilemma(1, 0.5, 0.6), games.noisy_dilemma(0.9, 0.5, 0.2, 0.7)]
)
def test_a_wrong_answer_is_never_called_converged(document: Document) -> None:
    game = game_from_document(document)
    solution = solve(game, Options())
    held = np.zeros(1, np.bool_)
    assert confirm(game, solution, held).status is Status.CONVERGED
    low, high = game.payoff.min(axis=0), game.payoff.max(axis=0)
    box = [low, [high[0], low[1]], high, [low[0], high[1]]]
    moved = solution.states[0].outer_vertices[:1] + 0.1
    for wrong in (
        changed(solution, outer=box),
        changed(solution, inner=box),
        changed(solution, outer=moved),
    ):
        again = confirm(game, wrong, held)
        assert again.status is Status.NUMERICAL_TROUBLE
        assert max(again.residual_outer, again.residual_inner) > solution.tol


def test_a_limit_stays_what_it_was() -> None:
    game = game_from_document(games.dilemma(1, 0.5, 0.6))
    solution = solve(game, Options(max_iterations=1))
    assert solution.status is Status.ITERATION_LIMIT
    assert np.isfinite(solution.residual_outer)


def test_sets_that_were_given_are_not_measured() -> None:
    game = game_from_document(games.dilemma_with_turnover(0.5, 0.5, 0.2, 0.9))
    known = {1: solve(game).states[1]}
    solution = solve(game, Options(), known)
    assert solution.status is Status.CONVERGED
    assert solution.residual_outer <= solution.tol
