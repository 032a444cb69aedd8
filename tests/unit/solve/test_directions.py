"""The classical outer bound: against the slow reference, by hand, and every way it can end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detente.errors import DetenteError
from detente.game.files import game_from_document
from detente.solve.directions import run
from detente.solve.options import Options
from detente.solve.solution import Solution, Status
from reference import games
from reference.plain_game import read_document
from reference.slow_sets import apply_regions, circle, half_planes, outer_sets, support


def solve(document: dict[str, Any], directions: Any = 16, **options: Any) -> Solution:
    if not isinstance(directions, int):
        directions = np.array(directions, dtype=float)
    return run(game_from_document(document), Options(directions=directions, **options))


@pytest.mark.parametrize(
    "document",
    [
        games.random_game(1, states=2, actions=(2, 2), signals=3, delta=0.6),
        games.random_game(2, states=2, actions=(2, 2), signals=2, delta=0.7, zeros=True),
        games.random_game(3, states=2, actions=(2, 3), delta=0.5, zeros=True),
        games.noisy_dilemma(0.9, 0.5, 0.2, 0.7),
    ],
    ids=["signals", "zeros", "perfect", "dilemma"],
)
def test_the_reference_finds_the_same_supports(document: dict[str, Any]) -> None:
    solution = solve(document, 8, tol=1e-9)
    assert solution.status.is_answer
    expected = outer_sets(read_document(document), circle(8), tol=1e-9)
    for state, h in zip(solution.states, expected, strict=True):
        assert state.empty == (h is None)
        if h is not None:
            np.testing.assert_allclose(state.outer_support, h, rtol=0, atol=1e-7)


def test_one_round_is_one_round_of_the_reference() -> None:
    """Rounds move all states at once, so even a limit on rounds can be compared."""
    document = games.random_game(1, states=2, actions=(2, 2), signals=3, delta=0.6)
    plain = read_document(document)
    for rounds in (1, 3):
        solution = solve(document, 8, max_iterations=rounds)
        assert solution.status is Status.ITERATION_LIMIT
        assert solution.iterations == rounds
        expected = rounds_of(plain, rounds)
        for state, h in zip(solution.states, expected, strict=True):
            np.testing.assert_allclose(state.outer_support, h, rtol=0, atol=1e-9)


def rounds_of(plain: Any, rounds: int) -> list[Any]:
    D = circle(8)
    payoffs = np.array([u for state in plain.states for u in state.payoff.values()])
    corner = np.where(D > 0, payoffs.max(axis=0), payoffs.min(axis=0))
    h: list[Any] = [(D * corner).sum(axis=1) for _ in plain.states]
    for _ in range(rounds):
        h = apply_regions(plain, [half_planes(D, x) for x in h], D)
    return h


@pytest.mark.parametrize(("delta", "best"), [(0.55, 0.0), (0.60, 1.75), (0.95, 1.75)])
def test_noisy_dilemma_on_both_sides_of_its_threshold(delta: float, best: float) -> None:
    """Reference result 6: the best symmetric payoff, and nothing below zero."""
    solution = solve(games.noisy_dilemma(0.9, 0.5, 0.2, delta), 8, tol=1e-9)
    assert solution.status is Status.CONVERGED
    h = solution.states[0].outer_support
    assert h[1] == pytest.approx(best * np.sqrt(2), abs=1e-6)
    assert h[[4, 5, 6]] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("side", [-0.01, 0.01])
def test_inspected_party_on_both_sides_of_its_threshold(side: float) -> None:
    """Reference result 7: s - b f / (d - f) from delta = b / (b (1 - f) + (d - f) s) on."""
    s, b, f, d = 1.0, 0.8, 0.1, 0.6
    delta = b / (b * (1 - f) + (d - f) * s) + side
    best = s - b * f / (d - f) if side > 0 else 0.0
    for build, other in ((games.inspected, best), (games.inspected_for_nothing, 0.0)):
        solution = solve(build(s, b, f, d, delta), 8, tol=1e-9)
        expected = support([(0, 0), (best, other)], circle(8))
        assert solution.states[0].outer_support == pytest.approx(expected, abs=1e-6)


def test_perfect_monitoring_is_the_case_where_everything_is_revealed() -> None:
    """Reference result 1 in directions that hold every edge of the set."""
    g, loss, delta = 0.5, 0.25, 0.6
    solution = solve(games.dilemma(g, loss, delta), 32, tol=1e-9)
    assert solution.states[0].outer_support[4] == pytest.approx(np.sqrt(2), abs=1e-6)
    assert solution.states[0].outer_support[[16, 24]] == pytest.approx(0, abs=1e-6)


def test_no_equilibrium_is_an_answer() -> None:
    """Reference result 3."""
    table = [[(1, -1), (-1, 2)], [(-2, 2), (1, 0)]]
    solution = solve(games.repeated(table, 0.05))
    assert solution.status is Status.EMPTY
    (state,) = solution.states
    assert state.empty
    assert state.gap == 0
    assert (state.outer_support == -np.inf).all()


def test_no_inner_bound_is_claimed() -> None:
    (state,) = solve(games.noisy_dilemma(0.9, 0.5, 0.2, 0.9)).states
    assert state.inner_vertices.shape == (0, 2)
    assert state.gap == np.inf


def test_directions_are_answered_as_asked() -> None:
    """Any length, any order, some twice: the support has the length of its direction."""
    document = games.noisy_dilemma(0.9, 0.5, 0.2, 0.7)
    plain = solve(document, 4).states[0]
    asked = [(0, -3), (2, 0), (0, 1), (-1, 0), (0.5, 0), (0, -3)]
    state = solve(document, asked).states[0]
    right, up, left, down = plain.outer_support
    assert state.outer_support == pytest.approx(
        [3 * down, 2 * right, up, left, 0.5 * right, 3 * down], abs=1e-12
    )
    np.testing.assert_array_equal(state.outer_directions, np.array(asked, dtype=float))


def test_vertices_lie_on_their_half_planes() -> None:
    (state,) = solve(games.noisy_dilemma(0.9, 0.5, 0.2, 0.9), 12).states
    reach = (state.outer_vertices @ state.outer_directions.T).max(axis=0)
    np.testing.assert_allclose(reach, state.outer_support, rtol=0, atol=1e-12)


def test_more_directions_never_widen_the_bound() -> None:
    document = games.random_game(4, states=2, actions=(2, 2), signals=3, delta=0.8)
    few, many = solve(document, 8, tol=1e-9), solve(document, 64, tol=1e-9)
    for coarse, fine in zip(few.states, many.states, strict=True):
        assert (fine.outer_support[::8] <= coarse.outer_support + 1e-7).all()


def test_unequal_patience_and_a_triangle_still_bound_the_set() -> None:
    """With few directions and unequal patience a round alone could leave the sets before it."""
    document = games.random_game(5, states=1, actions=(2, 2), signals=2, delta=[0.9, 0.1])
    triangle = [(1, 0), (-1, 2), (-1, -2)]
    rough, fine = solve(document, triangle), solve(document, 64)
    assert rough.status.is_answer
    vertices = fine.states[0].outer_vertices
    if len(vertices):
        reach = support(vertices, triangle)
        assert (rough.states[0].outer_support >= reach - 1e-5).all()
    else:
        assert fine.states[0].empty


@pytest.mark.parametrize("limit", [{"max_iterations": 2}, {"time_limit_seconds": 1e-9}])
def test_limits_are_said(limit: dict[str, Any]) -> None:
    solution = solve(games.noisy_dilemma(0.9, 0.5, 0.2, 0.9), **limit)
    hit = Status.ITERATION_LIMIT if "max_iterations" in limit else Status.TIME_LIMIT
    assert solution.status is hit
    assert not solution.states[0].empty  # a bound all the same, only a wide one


@pytest.mark.parametrize(
    ("directions", "word"),
    [([(1, 0), (0, 1)], "half-plane"), ([(1, 0), (-1, 0)], "half-plane"),
     ([(1, 0, 0), (0, 1, 0), (0, 0, 1)], "two numbers")],
)  # fmt: skip
def test_directions_that_bound_nothing_are_refused(directions: Any, word: str) -> None:
    with pytest.raises(DetenteError, match=word) as caught:
        solve(games.noisy_dilemma(0.9, 0.5, 0.2, 0.9), directions)
    assert caught.value.problems[0].code == "E402"


def test_three_parties_are_refused() -> None:
    document = games.random_game(1, states=1, actions=(2, 2, 2), delta=0.5)
    with pytest.raises(DetenteError) as caught:
        solve(document)
    assert caught.value.problems[0].code == "E403"


def test_a_game_where_nothing_is_at_stake_is_a_point() -> None:
    document = games.repeated([[(3, 3), (3, 3)], [(3, 3), (3, 3)]], 0.5)
    (state,) = solve(document, 8).states
    np.testing.assert_allclose(state.outer_vertices, [[3, 3]], atol=1e-9)
