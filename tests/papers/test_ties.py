"""Equilibria that hold by an exact tie: both bounds are the set at the threshold itself.

Every number is a short decimal, so that the threshold is met exactly. Thresholds that are not (1/3,
the square root in reference result 9) are tested on both sides elsewhere.
"""

from __future__ import annotations

import numpy as np
import pytest

from detente.game.files import game_from_document
from detente.solve.options import Options
from detente.solve.solution import Status
from detente.solve.twoparty import solve
from reference import games
from reference.asking import check_set, sets_of
from reference.games import Document
from reference.plain_game import read_document
from reference.slow_sets import is_self_generating


def same_payoffs(document: Document, payoff: list[float]) -> Document:
    for state in document["states"]:
        state["payoffs"] = [[payoff for _ in row] for row in state["payoffs"]]
    return document


@pytest.mark.parametrize(
    ("g", "loss", "delta", "expected"),
    [
        # item 1 at g/(1+g) with l < g: mutual cooperation begins
        (1.0, 0.5, 0.5, [(0, 0), (1, 1), (5 / 3, 0), (0, 5 / 3)]),
        # at l/(1+g) with l < g: one-sided cooperation begins
        (1.0, 0.5, 0.25, [(0, 0), (1.5, 0), (0, 1.5)]),
        # at g/(1+g) with g < l
        (0.25, 1.0, 0.2, [(0, 0), (1, 1)]),
        (1.0, 3.0, 0.5, [(0, 0), (1, 1)]),
        # at l/(1+l) with g < l: z = y
        (1.0, 3.0, 0.75, [(0, 0), (1, 1), (1.25, 0), (0, 1.25)]),
    ],
)
def test_prisoners_dilemma_at_its_thresholds(
    g: float, loss: float, delta: float, expected: list[tuple[float, float]]
) -> None:
    document = games.dilemma(g, loss, delta)
    assert is_self_generating(read_document(document), [np.array(expected)], tol=1e-12)
    check_set(sets_of(document), 0, expected)


def test_battle_of_the_sexes_at_its_threshold() -> None:
    """Item 4: at 1/2 the triangle."""
    check_set(sets_of(games.repeated(games.BATTLE_TABLE, 0.5)), 0, [(1, 3), (3, 1), (1, 1)])


def test_full_insurance_at_its_threshold() -> None:
    """Item 5: at .6, as printed."""
    expected = [(7, 3), (61 / 7, 3), (57 / 7, 37 / 7), (7, 7)]
    solution = sets_of(games.risk_sharing(0.6))
    check_set(solution, 0, expected, tol=1e-5)
    check_set(solution, 1, [(y, x) for x, y in expected], tol=1e-5)


def test_noisy_dilemma_at_its_threshold() -> None:
    """Item 6 with p, q, r = .9, .5, .25: threshold 1/(2.7 - 1) is no decimal; .875, .3125 is .5.

    delta* = 1/(3p - 2q) = 1/(2.625 - .625) = 1/2, best payoff 2 - .125/.5625 = 16/9.
    """
    best = 2 - 0.125 / 0.5625
    document = games.noisy_dilemma(0.875, 0.3125, 0.125, 0.5)
    check_set(sets_of(document), 0, [(0, 0), (best, best)])


def test_turnover_at_its_threshold() -> None:
    """Item 8: g = 1, chance 1/5: patience 5/8 is 1/2 with the chance to go on."""
    scale = (1 - 0.625) / (1 - 0.5)
    expected = scale * np.array([(0, 0), (1, 1), (5 / 3, 0), (0, 5 / 3)])
    solution = sets_of(games.dilemma_with_turnover(1.0, 0.5, 0.2, 0.625))
    check_set(solution, 0, expected)
    check_set(solution, 1, [(0, 0)])


@pytest.mark.parametrize(
    ("K", "b", "delta"), [(1, 2, 0.5), (2, 2, 0.5), (2, 4, 0.25), (2, 2, 0.75)]
)
def test_irreversible_steps_at_their_threshold(K: int, b: float, delta: float) -> None:
    """Item 10: nothing but no step at all, also where delta b is 1 or more."""
    check_set(sets_of(games.irreversible_steps(K, b, delta)), 0, [(0, 0)])


@pytest.mark.parametrize("delta", [0.5, 0.7])
def test_no_way_back_leaves_points(delta: float) -> None:
    """Item 9 without the way back."""
    solution = sets_of(games.disarmament(delta, way_back=False))
    check_set(solution, 0, [(0, 0)])
    check_set(solution, 1, [(-0.3, 1)])


@pytest.mark.parametrize("signals", [0, 2])
@pytest.mark.parametrize("payoff", [[0.0, 0.0], [3.0, -2.0]])
def test_nothing_at_stake(signals: int, payoff: list[float]) -> None:
    document = same_payoffs(games.random_game(5, 3, (2, 2), signals, 0.6), payoff)
    solution = sets_of(document)
    for s in range(3):
        check_set(solution, s, [payoff])


@pytest.mark.parametrize("signals", [0, 2])
def test_a_party_to_whom_all_is_the_same(signals: int) -> None:
    """Player 2 has nothing at stake and may reward or punish player 1 as it likes."""
    document = games.random_game(5, 2, (2, 2), signals, 0.5)
    table = [[[1.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 0.0]]]
    for state in document["states"]:
        state["payoffs"] = table
    solution = sets_of(document)
    for s in range(2):
        check_set(solution, s, [(0, 0), (1, 0)])


def test_below_a_threshold_by_one_digit_nothing_is_claimed() -> None:
    """0.3333333333333333 is below 1/3, where cooperation begins; the gap says what is unknown."""
    game = game_from_document(games.dilemma(0.5, 2.0, 0.3333333333333333))
    solution = solve(game, Options())
    assert solution.status is Status.CONVERGED
    assert np.abs(solution.states[0].inner_vertices).max() <= 1e-9
    assert solution.gap > 1.0
