"""Feasible payoffs of two players: what some play gives, whether or not anybody wants it."""

from __future__ import annotations

import math

import numpy as np

from detente.arrays import FloatArray
from detente.game.game import Game
from detente.kernels.feasible import support_point
from detente.kernels.polygons import hull
from detente.solve.options import equally_spaced

TAIL = 1e-6  # weight of the periods that are cut off


def feasible_vertices(game: Game, state: int, n_directions: int = 48) -> FloatArray:
    """Give the hull of payoffs that are extreme in equally spaced directions.

    Returns
    -------
    float64 array, shape (V, 2), counter-clockwise; inside the feasible set, and touching it in
    every one of the directions, up to `TAIL` of the payoff range.
    """
    periods = math.ceil(math.log(TAIL) / math.log(float(game.discount.max())))
    spread = np.maximum(np.ptp(game.payoff, axis=0), 1e-300)
    points = np.empty((n_directions, 2))
    values, work = np.empty((game.n_states, 2)), np.empty((game.n_states, 2))
    for d, direction in enumerate(equally_spaced(n_directions)):
        support_point(
            direction / spread, periods, game.profile_start, game.payoff, game.discount,
            game.outcome_next, game.entry_start, game.entry_outcome, game.entry_probability,
            values, work,
        )  # fmt: skip
        points[d] = values[state]
    return order_hull(points)


def order_hull(points: FloatArray) -> FloatArray:
    """Give the extreme points of a planar set in counter-clockwise order: float64 (V, 2)."""
    out = np.empty((len(points) + 1, 2))
    count = int(hull(np.array(points, dtype=np.float64), len(points), out))
    return out[:count].copy()
