"""How long the solver takes on random games, in a warm process. CPU time, as targets are."""

from __future__ import annotations

import time

import numpy as np
import pytest

from detente.game.files import game_from_document
from detente.solve.options import Options, equally_spaced
from detente.solve.solution import Status
from detente.solve.twoparty import solve

SEEDS = range(5)


def perfect_game(seed, n_states=10, n_actions=3, discount=0.7):
    """Ten states, dense transitions, payoffs U(0, 10)."""
    rng = np.random.default_rng(seed)
    names = [f"a{i}" for i in range(n_actions)]
    states = []
    for s in range(n_states):
        chances = rng.dirichlet(np.ones(n_states), size=(n_actions, n_actions))
        states.append(
            {
                "name": f"s{s}",
                "actions": [names, names],
                "payoffs": rng.uniform(0, 10, size=(n_actions, n_actions, 2)).tolist(),
                "monitoring": "perfect",
                "transitions": [
                    [[[t, float(p)] for t, p in enumerate(cell)] for cell in row] for row in chances
                ],
            }
        )
    return game_from_document(
        {"players": ["a", "b"], "discount": [discount, discount], "states": states}
    )


def noisy_game(seed, discount=0.7):
    """Two states, two actions each, three signals."""
    rng = np.random.default_rng(seed)
    states = []
    for s in range(2):
        states.append(
            {
                "name": f"s{s}",
                "actions": [["c", "d"], ["c", "d"]],
                "payoffs": rng.uniform(0, 10, size=(2, 2, 2)).tolist(),
                "outcomes": [{"signal": f"y{k}", "next": int(rng.integers(2))} for k in range(3)],
                "probabilities": rng.dirichlet(np.ones(3), size=(2, 2)).tolist(),
            }
        )
    return game_from_document(
        {"players": ["a", "b"], "discount": [discount, discount], "states": states}
    )


def solve_all(games, options):
    return [solve(game, options) for game in games]


@pytest.mark.benchmark(group="solver", timer=time.process_time)
def test_five_random_games_of_ten_states(benchmark):
    games = [perfect_game(seed) for seed in SEEDS]
    options = Options(tol=1e-7)  # relative to payoffs of up to 10: exact to 1e-6
    found = benchmark.pedantic(solve_all, (games, options), rounds=3, warmup_rounds=1)
    assert {each.status for each in found} <= {Status.CONVERGED, Status.EMPTY}
    benchmark.extra_info["games"] = len(games)


@pytest.mark.benchmark(group="solver", timer=time.process_time)
def test_five_noisy_games_at_16_directions(benchmark):
    games = [noisy_game(seed) for seed in SEEDS]
    options = Options(tol=1e-6, directions=equally_spaced(16))
    found = benchmark.pedantic(solve_all, (games, options), rounds=3, warmup_rounds=1)
    assert {each.status for each in found} <= {Status.CONVERGED, Status.EMPTY}
    benchmark.extra_info["games"] = len(games)
