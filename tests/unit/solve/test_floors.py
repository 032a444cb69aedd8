"""Punishment floors and ceilings against plain value iteration and games known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detente.game.files import game_from_document
from detente.solve.floors import run
from reference.games import dilemma, random_game


def iterate(game, player, lowest, rounds=4000):
    """Value iteration, one profile at a time."""
    values = np.zeros(game.n_states)
    delta = game.discount[player]
    for _ in range(rounds):
        new = np.empty_like(values)
        for s in range(game.n_states):
            worth = {}
            for a in game.profiles(s):
                entries = range(game.entry_start[a], game.entry_start[a + 1])
                follow = sum(
                    game.entry_probability[e] * values[game.outcome_next[game.entry_outcome[e]]]
                    for e in entries
                )
                actions = game.actions_of(s, a)
                others = actions[:player] + actions[player + 1 :]
                now = (1 - delta) * game.payoff[a, player] + delta * follow
                worth.setdefault(others, []).append(now)
            best = [max(each) for each in worth.values()]
            new[s] = min(best) if lowest else max(best)
        values = new
    return values


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("signals", [0, 3])
def test_floors_and_ceilings_agree_with_value_iteration(seed, signals):
    game = game_from_document(random_game(seed, 4, (3, 2), signals, [0.7, 0.6]), "random")
    found = run(game)
    rounds = int(np.ceil(np.log(1e-10) / np.log(game.discount.max())))
    for player in range(2):
        low = iterate(game, player, True, rounds)
        high = iterate(game, player, False, rounds)
        assert found.floors[:, player] == pytest.approx(low, abs=1e-7)
        assert found.ceilings[:, player] == pytest.approx(high, abs=1e-7)


def test_dilemma():
    """The floor is the payoff of mutual defection; the ceiling, defecting on a cooperator."""
    found = run(game_from_document(dilemma(0.5, 0.4, 0.8), "dilemma"))
    assert found.floors == pytest.approx(np.zeros((1, 2)), abs=1e-12)
    assert found.ceilings == pytest.approx(np.full((1, 2), 1.5), abs=1e-12)
