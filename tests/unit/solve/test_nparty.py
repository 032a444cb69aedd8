"""Payoff sets of three parties and more: closed forms, two parties, a slow reference, limits."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from detente.errors import DetenteError
from detente.game.build import perfect_game, stage
from detente.game.files import game_from_document
from detente.kernels.nearest import find_distances
from detente.solve import nparty, twoparty
from detente.solve.dispatch import MOST_PARTIES, solve, widen
from detente.solve.options import Options
from detente.solve.solution import Solution, Status
from reference import games
from reference.plain_game import read_document
from reference.slow_sets import apply_B, distance_to_B


def dilemma(n: int, cost: float, benefit: float, delta: float) -> Any:
    """A party that gives pays the cost, and each of the others has the benefit.

    The stage game's only equilibrium is that nobody gives, worth 0, which is the minmax too.
    With k givers the payoffs sum to k ((n - 1) b - c); to deter a giver its continuation must be
    worth (1 - d) c / d. So the best sum S obeys S <= k ((n - 1) b - c) and d S >= k (1 - d) c
    for the largest k that anything enforces: nothing but 0 unless d >= c / ((n - 1) b), and
    then everybody gives for ever.
    """

    def payoff(a: tuple[int, ...]) -> list[float]:
        givers = sum(x == 0 for x in a)
        return [benefit * (givers - (x == 0)) - cost * (x == 0) for x in a]

    return repeated(n, 2, payoff, delta)


def repeated(n: int, actions: int, payoff: Any, delta: float) -> Any:
    table = np.empty((*(actions,) * n, n))
    for a in itertools.product(range(actions), repeat=n):
        table[a] = payoff(a)
    one = stage("s", [[f"a{k}" for k in range(actions)]] * n, table.tolist())
    return perfect_game([f"p{i}" for i in range(n)], [delta] * n, [one])


def projects(delta: float) -> Any:
    """Three parties; a project needs all of them: one contributes 1, the others have 2 each.

    Whoever says no, or names another project, gets 0 like everybody. So the constraint is
    that nobody is worth less than 0, and at high patience the set is all of
    { v in co {0, u1, u2, u3} : v >= 0 }. Its corner (0, 1, 2) lies between u1 = (-1, 2, 2) and
    u2 = (2, -1, 2); party 1 has 0 there, so u1 is played first, and the second party is left
    with (1 - 2 (1 - d)) / d afterwards, which is not negative iff d >= 1/2.
    """

    def payoff(a: tuple[int, ...]) -> list[float]:
        if a[0] > 0 and a[0] == a[1] == a[2]:
            return [-1.0 if i == a[0] - 1 else 2.0 for i in range(3)]
        return [0.0] * 3

    return repeated(3, 4, payoff, delta)


PROJECT_CORNERS = np.array([[0.0, 0.0, 0.0], *itertools.permutations([0.0, 1.0, 2.0])])


def check_equal(solution: Solution, expected: np.ndarray, tol: float) -> None:
    (found,) = solution.states
    for vertices in (found.outer_vertices, found.inner_vertices):
        assert find_distances(vertices, expected).max() <= tol
        assert find_distances(expected, vertices).max() <= tol


@pytest.mark.parametrize("n", [3, 4, pytest.param(5, marks=pytest.mark.slow)])
def test_the_dilemma_on_both_sides_of_its_threshold(n: int) -> None:
    cost, benefit = 0.7, 1.0
    threshold = cost / ((n - 1) * benefit)
    best = (n - 1) * benefit - cost
    below = solve(dilemma(n, cost, benefit, threshold - 0.02), Options(tol=1e-4))
    assert below.status is Status.CONVERGED
    check_equal(below, np.zeros((1, n)), 1e-3 * best)
    above = solve(dilemma(n, cost, benefit, threshold + 0.02), Options(tol=1e-2, refinements=0))
    (found,) = above.states
    everybody = np.full((1, n), best)
    assert find_distances(everybody, found.outer_vertices)[0] <= found.error
    assert find_distances(everybody, found.inner_vertices)[0] <= found.error + 1e-9
    sums = found.outer_vertices.sum(axis=1)
    assert sums.max() <= n * best + n**0.5 * found.gap
    assert found.gap < 0.5 * best  # five dimensions: many more corners than are kept


def test_the_projects_set_is_what_is_feasible_and_rational() -> None:
    solution = solve(projects(0.6))
    assert solution.status is Status.CONVERGED
    assert solution.gap <= 2 * solution.tol
    check_equal(solution, PROJECT_CORNERS, 5e-6)


def test_below_one_half_the_corners_of_the_projects_are_lost() -> None:
    solution = solve(projects(0.48), Options(tol=1e-3, refinements=0))
    outer = solution.states[0].outer_vertices
    assert find_distances(np.array([[0.0, 1.0, 2.0]]), outer)[0] > 0.02
    assert find_distances(np.array([[1.0, 1.0, 1.0]]), outer)[0] <= 1e-6


@pytest.mark.parametrize(
    "document",
    [
        games.dilemma(0.5, 0.5, 0.6),
        games.repeated(games.ABREU_SANNIKOV_TABLE, 0.3),
        games.repeated(games.NO_PURE_TABLE, 0.6),
        games.risk_sharing(0.7),
        games.disarmament(0.8, True),
        games.random_game(3, states=3, actions=(2, 3), delta=[0.6, 0.7]),
        games.noisy_dilemma(0.9, 0.5, 0.2, 0.9),
        games.random_game(5, states=2, actions=(2, 2), signals=3, delta=0.6),
    ],
)
def test_with_two_parties_it_answers_what_polygons_answer(document: Any) -> None:
    game = game_from_document(document)
    hulls, polygons = nparty.solve(game, Options(tol=1e-5)), twoparty.solve(game, Options(tol=1e-7))
    assert hulls.status is polygons.status
    for one, other in zip(hulls.states, polygons.states, strict=True):
        assert one.empty == other.empty
        if one.empty:
            continue
        slack = one.gap + other.gap + one.error
        assert find_distances(other.outer_vertices, one.outer_vertices).max() <= slack
        assert find_distances(one.outer_vertices, other.outer_vertices).max() <= slack
        if len(other.inner_vertices):
            assert one.gap <= 20 * hulls.tol


def test_no_pure_equilibrium_is_proven_for_three() -> None:
    def payoff(a: tuple[int, ...]) -> list[float]:
        same = a[0] == a[1]
        return [1.0 if same else -1.0, -1.0 if same else 1.0, 0.0]

    solution = solve(repeated(3, 2, payoff, 0.2))
    assert solution.status is Status.EMPTY
    assert solution.states[0].empty
    assert solution.gap == 0.0


def check_by_reference(document: Any, tol: float) -> None:
    """The sets contain B of the outer, are in B of the inner; by one programme per profile."""
    solution = nparty.solve(game_from_document(document), Options(tol=tol, refinements=0))
    plain = read_document(document)
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(5, len(plain.discount)))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    outer = [s.outer_vertices for s in solution.states]
    applied = apply_B(plain, outer, directions, relax=0.0)
    for s, (bound, support) in enumerate(zip(solution.states, applied, strict=True)):
        assert (support is None) == bound.empty
        if support is None:
            continue
        assert (support <= (directions @ outer[s].T).max(axis=1) + 4 * bound.error).all()
        assert (support >= (directions @ outer[s].T).max(axis=1) - solution.residual).all()
    inner = [s.inner_vertices for s in solution.states]
    assert any(len(points) for points in inner)
    for s, points in enumerate(inner):
        for point in points[:: max(1, len(points) // 3)]:
            error = solution.states[s].error
            assert distance_to_B(plain, inner, s, point, relax=4 * error) <= error + 1e-9


def test_three_parties_with_perfect_monitoring_against_the_reference() -> None:
    document = games.random_game(7, states=2, actions=(2, 2, 2), delta=[0.2, 0.3, 0.4])
    check_by_reference(document, 2e-2)


def test_three_parties_with_signals_against_the_reference() -> None:
    check_by_reference(games.random_game(11, actions=(2, 2, 2), signals=5, delta=0.6), 1e-2)


def test_whole_payoffs_with_many_ties_against_the_reference() -> None:
    document = games.random_game(2, states=2, actions=(2, 2, 2), delta=0.5, whole=True, zeros=True)
    check_by_reference(document, 1e-2)


def test_a_flat_set_is_met() -> None:
    """The third party's payoff is the sum of the others', so the set is a polygon in space."""
    document = games.dilemma(0.5, 0.5, 0.6)
    flat = repeated(
        3,
        2,
        lambda a: [*(u := games.dilemma_table(0.5, 0.5)[a[0]][a[1]]), u[0] + u[1]],
        0.6,
    )
    plane = solve(game_from_document(document)).states[0].outer_vertices
    expected = np.column_stack([plane, plane.sum(axis=1)])
    check_equal(solve(flat), expected, 1e-5)


def test_a_limit_on_rounds_leaves_a_valid_outer_bound() -> None:
    stopped = solve(projects(0.6), Options(max_iterations=2))
    assert stopped.status is Status.ITERATION_LIMIT
    assert stopped.gap == np.inf
    (found,) = stopped.states
    assert find_distances(PROJECT_CORNERS, found.outer_vertices).max() <= 1e-9


def test_a_time_limit_leaves_a_valid_outer_bound() -> None:
    stopped = solve(projects(0.6), Options(time_limit_seconds=1e-6))
    assert stopped.status is Status.TIME_LIMIT
    (found,) = stopped.states
    assert find_distances(PROJECT_CORNERS, found.outer_vertices).max() <= 1e-9
    assert len(found.inner_vertices) == 0


def test_sets_with_too_many_corners_say_so() -> None:
    document = games.random_game(1, states=2, actions=(2, 2, 2), delta=0.6)
    solution = solve(game_from_document(document), Options(tol=1e-8, time_limit_seconds=120))
    assert solution.status is Status.VERTEX_LIMIT
    assert not solution.status.is_answer
    assert solution.tol < solution.residual < solution.gap < 0.5


def test_given_sets_are_taken_as_they_are() -> None:
    document = games.random_game(
        4, states=2, actions=(2, 2, 2), delta=0.4, absorbing=True, whole=True
    )
    game = game_from_document(document)
    whole = solve(game, Options(tol=1e-3))
    given = widen(whole.states[1])
    parts = solve(game, Options(tol=1e-3), {1: given})
    assert parts.states[1] is given
    slack = whole.gap + parts.gap
    for one, other in itertools.permutations([whole.states[0], parts.states[0]]):
        assert find_distances(one.outer_vertices, other.outer_vertices).max() <= slack


def test_a_given_set_of_another_dimension_is_refused() -> None:
    flat = twoparty.solve(game_from_document(games.dilemma(0.5, 0.5, 0.6))).states[0]
    with pytest.raises(DetenteError, match="E404"):
        solve(projects(0.6), known={0: flat})


def test_six_players_are_refused() -> None:
    assert nparty.MOST_PARTIES == MOST_PARTIES
    with pytest.raises(DetenteError, match="E403"):
        solve(dilemma(6, 0.5, 1.0, 0.5))
