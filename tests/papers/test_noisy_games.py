"""Known results for games in which acts are seen through a signal (reference results 6 and 7)."""

from __future__ import annotations

import numpy as np
import pytest

from reference import games
from reference.asking import check_set, distance, most, sets_of
from reference.plain_game import read_document
from reference.slow_sets import is_self_generating, outer_sets, support

TOL_SOLVE = 1e-8
NOISE = (0.9, 0.5, 0.2)
DIRECTIONS = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (1, -1), (-1, 1)]


def noisy_threshold(p: float, q: float) -> float:
    """Cooperation is possible from here on, and what it pays does not depend on patience.

    Cheating on mutual cooperation gains 1 and turns the good signal's chance from p to q. With
    continuation v after good and v - x after bad: (1-d) <= d (p-q) x, and
    v = 2(1-d) + d (v - (1-p) x), so v = 2 - (1-p)/(p-q). The lowest continuation is 0:
    x = (1-d)/(d (p-q)) <= v, which is d (3p - 2q) >= 1.
    """
    return 1 / (3 * p - 2 * q)


@pytest.mark.parametrize("delta", [0.3, 0.55, 0.58])
def test_noisy_dilemma_below_the_threshold(delta: float) -> None:
    assert delta < noisy_threshold(*NOISE[:2])
    check_set(sets_of(games.noisy_dilemma(*NOISE, delta), TOL_SOLVE), 0, [(0, 0)])


@pytest.mark.parametrize("delta", [0.595, 0.60])
def test_noisy_dilemma_above_the_threshold(delta: float) -> None:
    """The segment and nothing else: no asymmetric profile is enforceable yet."""
    assert delta > noisy_threshold(*NOISE[:2])
    check_set(sets_of(games.noisy_dilemma(*NOISE, delta), TOL_SOLVE), 0, [(0, 0), (1.75, 1.75)])


@pytest.mark.parametrize(("delta", "tol"), [(0.65, 1e-8), (0.9, 1e-8), (0.95, 1e-6)])
def test_more_patience_does_not_help_the_best_symmetric_payoff(delta: float, tol: float) -> None:
    """A binary signal: 2 - (1-p)/(p-q) at every patience, as the most that both get at once.

    The tolerance of the solve is relative to the range 4 of payoffs, and this is a sum of two.
    """
    solution = sets_of(games.noisy_dilemma(*NOISE, delta), tol)
    inner, outer = most(solution, 0, (1, 1))
    assert inner == pytest.approx(3.5, abs=8 * tol)
    assert outer == pytest.approx(3.5, abs=8 * tol)


@pytest.mark.parametrize(("delta", "best"), [(0.55, 0.0), (0.60, 1.75)])
def test_the_slow_reference_agrees_on_the_noisy_dilemma(delta: float, best: float) -> None:
    game = read_document(games.noisy_dilemma(*NOISE, delta))
    (h,) = outer_sets(game, DIRECTIONS, tol=1e-9)
    assert h == pytest.approx([best, best, 0, 0, 2 * best, 0, 0], abs=1e-6)
    assert is_self_generating(game, [[(0, 0), (best, best)]], tol=1e-9)


INSPECTIONS = [(1.0, 0.8, 0.1, 0.6), (1.0, 0.5, 0.03, 0.7), (2.0, 1.0, 0.0, 0.3)]  # s, b, f, d


def inspection_threshold(s: float, b: float, f: float, d: float) -> float:
    """The inspected party complies from this patience on.

    Cheating gains b and raises the chance of an alarm from f to d. With continuation v when
    quiet and v - x after an alarm: (1-delta) b <= delta (d-f) x and v = s(1-delta) +
    delta (v - f x), so v = s - b f/(d-f); x <= v, the loss of everything, gives
    delta (b (1-f) + (d-f) s) >= b.
    """
    return b / (b * (1 - f) + (d - f) * s)


@pytest.mark.parametrize("case", INSPECTIONS)
@pytest.mark.parametrize("side", [-0.01, 0.01])
def test_inspected_party(case: tuple[float, float, float, float], side: float) -> None:
    s, b, f, d = case
    delta = inspection_threshold(s, b, f, d) + side
    best = s - b * f / (d - f) if side > 0 else 0.0
    check_set(sets_of(games.inspected(s, b, f, d, delta), TOL_SOLVE), 0, [(0, 0), (best, best)])


@pytest.mark.parametrize("case", INSPECTIONS)
@pytest.mark.parametrize("side", [-0.01, 0.01])
def test_inspected_party_and_an_indifferent_payer(
    case: tuple[float, float, float, float], side: float
) -> None:
    """Nothing is strict here, so nothing can be exhibited with room to spare: only the bound."""
    s, b, f, d = case
    delta = inspection_threshold(s, b, f, d) + side
    best = s - b * f / (d - f) if side > 0 else 0.0
    (state,) = sets_of(games.inspected_for_nothing(s, b, f, d, delta), TOL_SOLVE).states
    assert distance(state.outer_vertices, [(0, 0), (best, 0)]) <= 1e-6
    if len(state.inner_vertices) == 0:
        assert state.gap == np.inf
    else:
        assert distance(state.inner_vertices, [(0, 0), (best, 0)]) <= state.gap + 1e-6


@pytest.mark.parametrize("side", [-0.01, 0.01])
def test_the_slow_reference_agrees_on_the_inspected_party(side: float) -> None:
    s, b, f, d = INSPECTIONS[0]
    delta = inspection_threshold(s, b, f, d) + side
    best = 0.84 if side > 0 else 0.0
    for build, other in ((games.inspected, best), (games.inspected_for_nothing, 0.0)):
        game = read_document(build(s, b, f, d, delta))
        (h,) = outer_sets(game, DIRECTIONS, tol=1e-10)
        expected = support([(0, 0), (best, other)], DIRECTIONS)
        assert h == pytest.approx(expected, abs=1e-6)
        assert is_self_generating(game, [[(0, 0), (best, other)]], tol=1e-9)
