"""Punishment floors: what no punishment in pure strategies can push a party below.

``m_i(s) <= min over the others' actions, max over the own action`` of the stochastic game.
In any perfect public equilibrium a party gets at least its floor, because at every history it
may answer the others' prescribed actions with its best reply.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray
from detente.game.game import Game
from detente.kernels.floors import iterate_extremes


@dataclass(frozen=True, slots=True)
class FloorOptions:
    """When to stop; every stop leaves valid bounds. ``tol`` is relative to the payoff range."""

    tol: float = 1e-10
    max_iterations: int = 20_000


@dataclass(frozen=True, slots=True)
class Extremes:
    """Bounds on equilibrium payoffs that need no sets.

    Attributes
    ----------
    floors : float64, shape (S, P); no equilibrium of state s gives party i less
    ceilings : float64, shape (S, P); no play at all gives party i more
    """

    floors: FloatArray
    ceilings: FloatArray


def run(game: Game, options: FloorOptions | None = None) -> Extremes:
    """Bound every party's equilibrium payoffs from below and from above."""
    chosen = options or FloorOptions()
    floors = np.empty((game.n_states, game.n_players))
    ceilings = np.empty_like(floors)
    for player in range(game.n_players):
        payoff = game.payoff[:, player]
        spread = max(float(np.ptp(payoff)), 1e-300)
        delta = float(game.discount[player])
        for out, lowest, start in (
            (floors, True, float(payoff.min())),
            (ceilings, False, float(payoff.max())),
        ):
            values = np.full(game.n_states, start)
            iterate_extremes(
                player, lowest, game.n_actions, game.profile_start, game.payoff, game.discount,
                game.outcome_next, game.entry_start, game.entry_outcome, game.entry_probability,
                values, chosen.max_iterations, chosen.tol * spread * (1 - delta),
            )  # fmt: skip
            out[:, player] = values
    return Extremes(floors, ceilings)
