"""The outer bound by given directions for three parties, against the slow reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detente.errors import DetenteError
from detente.game.build import perfect_game, stage
from detente.game.files import game_from_document
from detente.solve import directions as twoparty_directions
from detente.solve.dispatch import solve
from detente.solve.hulls import fix_directions
from detente.solve.nparty_directions import meet_half_spaces, run
from detente.solve.options import Options
from detente.solve.solution import Status
from reference import games
from reference.plain_game import read_document
from reference.slow_sets import circle, outer_sets


@pytest.mark.parametrize(
    "document",
    [
        games.random_game(1, actions=(2, 2, 2), delta=0.5),
        games.random_game(2, actions=(2, 2, 2), signals=3, delta=[0.3, 0.4, 0.5]),
        games.random_game(6, states=2, actions=(2, 1, 2), delta=0.4, whole=True),
    ],
)
def test_supports_agree_with_the_reference(document: Any) -> None:
    asked = fix_directions(3)
    solution = solve(game_from_document(document), Options(tol=1e-10, directions=asked))
    unit = asked / np.linalg.norm(asked, axis=1)[:, None]
    expected = outer_sets(read_document(document), unit, tol=1e-8)
    assert solution.status.is_answer
    for found, support in zip(solution.states, expected, strict=True):
        assert found.empty == (support is None)
        if support is not None:
            length = np.linalg.norm(asked, axis=1)
            assert np.abs(found.outer_support - support * length).max() <= 1e-6
            assert found.gap == np.inf


def test_with_two_parties_it_agrees_with_the_fan() -> None:
    game = game_from_document(games.random_game(3, states=2, actions=(2, 3), delta=0.6))
    options = Options(tol=1e-10, directions=circle(12))
    one, other = run(game, options), twoparty_directions.run(game, options)
    assert one.status is other.status
    for a, b in zip(one.states, other.states, strict=True):
        assert np.abs(a.outer_support - b.outer_support).max() <= 1e-7


def test_a_game_without_pure_equilibrium_is_empty() -> None:
    table = [[[(1, -1, 0)], [(-1, 1, 0)]], [[(-1, 1, 0)], [(1, -1, 0)]]]
    game = perfect_game(
        ["a", "b", "c"], [0.2] * 3, [stage("s", [["x", "y"], ["x", "y"], ["z"]], table)]
    )
    solution = solve(game, Options(directions=fix_directions(3)))
    assert solution.status is Status.EMPTY
    assert (solution.states[0].outer_support == -np.inf).all()


def test_limits_are_honoured() -> None:
    game = game_from_document(games.random_game(1, actions=(2, 2, 2), delta=0.5))
    asked = fix_directions(3)
    stopped = solve(game, Options(tol=1e-10, directions=asked, max_iterations=2))
    assert stopped.status is Status.ITERATION_LIMIT
    settled = solve(game, Options(tol=1e-10, directions=asked))
    assert (stopped.states[0].outer_support >= settled.states[0].outer_support - 1e-12).all()
    late = solve(game, Options(directions=asked, time_limit_seconds=1e-9))
    assert late.status is Status.TIME_LIMIT


@pytest.mark.parametrize(
    ("directions", "word"),
    [
        (np.eye(3), "half-space"),
        (circle(8), "3 numbers"),
        (np.vstack([np.eye(3)[:2], -np.eye(3)[:2]]), "half-space"),
        (16, "two players only"),
    ],
)
def test_directions_that_bound_nothing_are_refused(directions: Any, word: str) -> None:
    game = game_from_document(games.random_game(1, actions=(2, 2, 2), delta=0.5))
    with pytest.raises(DetenteError, match=word) as caught:
        solve(game, Options(directions=directions))
    assert caught.value.problems[0].code == "E402"


CUBE = np.vstack([np.eye(3), -np.eye(3)])


@pytest.mark.parametrize(
    ("support", "corners"),
    [
        ([1, 1, 1, 0, 0, 0], 8),
        ([1, 1, 0.5, 0, 0, -0.5], 4),
        ([1, 0.5, 0.5, 0, -0.5, -0.5], 2),
        ([0.25, 0.5, 0.5, -0.25, -0.5, -0.5], 1),
        ([1, 1, 0.4, 0, 0, -0.5], 0),
    ],
)
def test_half_spaces_meet_in_sets_of_any_dimension(support: list[float], corners: int) -> None:
    bounds = np.array(support, dtype=float)
    vertices = meet_half_spaces(CUBE, bounds)
    assert len(vertices) == corners
    if corners:
        assert np.abs((CUBE @ vertices.T).max(axis=1) - bounds).max() <= 1e-9
