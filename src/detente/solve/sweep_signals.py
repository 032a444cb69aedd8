"""One round of B over states whose actions are seen through public signals."""

from __future__ import annotations

import numpy as np

from detente.arrays import BoolArray, IntArray
from detente.kernels import perfect
from detente.kernels.signals import operate_signals
from detente.solve.prepared import Prepared, Sets


def sweep_signals(
    prepared: Prepared, sets: Sets, states: IntArray, alive: BoolArray, shift: float, tol: float,
    inner: bool,
) -> tuple[float, float]:  # fmt: skip
    """Apply B once to the sets of some states with signals, one after the other, in place.

    Parameters and returns as those of `detente.kernels.perfect.sweep`; (inf, inf) where the
    arithmetic could not be trusted.
    """
    game = prepared.game
    mode = perfect.INNER if inner else perfect.OUTER
    moved, spent = 0.0, 0.0
    for s in states:
        n = operate_signals(
            int(s), game.profile_start, game.n_actions, prepared.payoff, alive, game.discount,
            game.outcome_start, game.outcome_next, game.entry_start, game.entry_outcome,
            game.entry_probability, sets.vertices, sets.count, tol / 2.0, shift, inner, sets.bag,
        )  # fmt: skip
        if n < 0:
            return np.inf, np.inf
        step, used = perfect.finish_state(
            int(s), mode, tol / 2.0, sets.bag, n, sets.polygon, sets.vertices, sets.count,
            sets.low, sets.high,
        )  # fmt: skip
        moved, spent = max(moved, step), max(spent, used)
    return moved, spent
