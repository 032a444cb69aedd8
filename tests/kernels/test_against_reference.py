"""The solver against the slow reference on random games, with signals and without."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from detente.game.files import game_from_document
from reference import games
from reference.asking import sets_of, usual_tol
from reference.games import Document, only_whole_payoffs
from reference.plain_game import PlainGame, read_document, read_game
from reference.slow_sets import apply_B, circle, escape, outer_sets, support

TOL_FIXED = 1e-7  # fixed directions: the same bound, to rounding

PERFECT: list[dict[str, Any]] = [
    {"states": 1, "actions": (2, 2), "delta": 0.5},
    {"states": 1, "actions": (3, 2), "delta": [0.3, 0.6]},
    {"states": 2, "actions": (2, 2), "delta": 0.4, "zeros": True},
    {"states": 2, "actions": (2, 2), "delta": 0.45, "whole": True, "absorbing": True},
]
SIGNALS: list[dict[str, Any]] = [
    {"states": 1, "actions": (2, 2), "signals": 2, "delta": 0.6},
    {"states": 1, "actions": (2, 2), "signals": 3, "delta": [0.4, 0.7], "zeros": True},
    {"states": 2, "actions": (2, 2), "signals": 3, "delta": 0.5},
    {"states": 2, "actions": (2, 2), "signals": 2, "delta": 0.55, "whole": True, "zeros": True},
]
FAMILIES = [*PERFECT, *SIGNALS]
SEEDS = [1, 2]


def name_family(family: object) -> str:
    return "-".join(f"{k}={v}" for k, v in family.items()) if isinstance(family, dict) else ""


def same_plain_game(first: PlainGame, second: PlainGame) -> bool:
    """Same payoffs and same chances of (class of outcomes, next state), outcome by outcome."""
    assert (first.discount == second.discount).all()
    for a, b in zip(first.states, second.states, strict=True):
        assert (a.name, a.shape, a.prescribable) == (b.name, b.shape, b.prescribable)
        assert all((a.payoff[p] == b.payoff[p]).all() for p in a.payoff)

        def columns(state: Any) -> list[Any]:
            seen = {k for p in state.chance for k in state.chance[p]}
            return sorted(
                (state.follows[k], [state.chance[p].get(k, 0.0) for p in sorted(state.chance)])
                for k in seen
            )

        assert columns(a) == columns(b)
    return True


@pytest.mark.parametrize("family", FAMILIES, ids=name_family)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_file_is_read_as_the_reference_reads_it(family: dict[str, Any], seed: int) -> None:
    document = games.random_game(seed, **family)
    assert same_plain_game(read_game(game_from_document(document)), read_document(document))


def check_fixed_directions(
    document: Document, directions: np.ndarray, expected: list[np.ndarray | None]
) -> None:
    solution = sets_of(document, 1e-9, directions=directions)
    for h, found in zip(expected, solution.states, strict=True):
        assert found.empty == (h is None)
        if h is not None:
            assert found.outer_directions == pytest.approx(directions, abs=1e-12)
            assert found.outer_support == pytest.approx(h, abs=TOL_FIXED)


def check_exact(document: Document, directions: np.ndarray, bound: list[np.ndarray | None]) -> None:
    """Within the fixed-direction bound; B once by the slow code moves neither bound.

    Where whole payoffs tie, an equilibrium need not have room to spare, and nothing need be
    exhibited.
    """
    game = read_document(document)
    tied = only_whole_payoffs(document)
    solution = sets_of(document, refinements=0) if tied else sets_of(document)
    tol = 40 * usual_tol(document)  # payoffs in [0, 10]
    outer = [state.outer_vertices for state in solution.states]
    inner = [state.inner_vertices for state in solution.states]
    after = apply_B(game, outer, circle(10))
    for V, h, once in zip(outer, bound, after, strict=True):
        if h is None:
            assert len(V) == 0
        if len(V):
            assert h is not None
            assert (support(V, directions) <= h + tol).all()
            assert once == pytest.approx(support(V, circle(10)), abs=tol)
    assert escape(game, inner, relax=1e-9) <= tol
    if not tied:
        assert solution.gap <= tol


@cache
def slow_bound(family: int, seed: int, directions: int) -> list[np.ndarray | None]:
    game = read_document(games.random_game(seed, **FAMILIES[family]))
    return outer_sets(game, circle(directions), tol=1e-9)


NUMBERED = [pytest.param(n, id=name_family(family)) for n, family in enumerate(FAMILIES)]


@pytest.mark.parametrize("family", NUMBERED)
@pytest.mark.parametrize("seed", SEEDS)
def test_fixed_directions_agree_with_the_reference(family: int, seed: int) -> None:
    document = games.random_game(seed, **FAMILIES[family])
    check_fixed_directions(document, circle(5), slow_bound(family, seed, 5))


@pytest.mark.parametrize("family", NUMBERED)
@pytest.mark.parametrize("seed", SEEDS)
def test_exact_sets_stand_before_the_reference(family: int, seed: int) -> None:
    document = games.random_game(seed, **FAMILIES[family])
    check_exact(document, circle(5), slow_bound(family, seed, 5))


@pytest.mark.slow
@pytest.mark.parametrize("family", NUMBERED)
@pytest.mark.parametrize("seed", range(100, 105))
def test_more_random_games(family: int, seed: int) -> None:
    document = games.random_game(seed, **FAMILIES[family])
    check_fixed_directions(document, circle(8), slow_bound(family, seed, 8))
    check_exact(document, circle(8), slow_bound(family, seed, 8))
