"""List, once per game, what of its programmes does not depend on the sets.

Which outcomes are variables of a profile's programme, which deviations reveal themselves, and
how a deviation that does not changes the chances; see `detente.kernels.rows`.
"""

from __future__ import annotations

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.game.game import Game
from detente.kernels.listing import list_outcomes
from detente.kernels.rows import Listed, Tables


def tables_of(game: Game, payoff: FloatArray | None = None) -> Tables:
    """Give a game's arrays as the kernels take them, with other payoffs if given."""
    return Tables(
        game.n_actions, game.profile_start, np.array(game.payoff if payoff is None else payoff),
        game.discount, game.outcome_start, game.outcome_next, game.entry_start,
        game.entry_outcome, game.entry_probability,
    )  # fmt: skip


def list_programmes(game: Tables) -> Listed:
    """List the programmes of every profile of a two-party game."""
    profiles = np.diff(game.profile_start)
    deviation_start, deviation = _list_deviations(game)
    first_outcome = np.repeat(game.outcome_start[:-1], profiles)
    most = int(np.diff(game.outcome_start).max())
    starts = np.zeros((3, max(len(first_outcome), len(deviation)) + 1), np.int64)
    nexts, chances = np.empty((2, 0), np.int64), np.empty((3, 0))
    for write in (False, True):
        if write:
            sizes = starts[0, len(first_outcome)], *starts[1:, len(deviation)]
            nexts = np.empty((2, max(sizes[0], sizes[2])), np.int64)
            chances = np.empty((3, max(sizes)))
        list_outcomes(
            write, deviation_start, deviation, first_outcome, game.outcome_next, game.entry_start,
            game.entry_outcome, game.entry_probability, starts, nexts, chances,
            np.zeros((2, most), np.int64), np.zeros((2, most)),
        )  # fmt: skip
    return Listed(
        starts[0, : len(first_outcome) + 1], nexts[0, : sizes[0]], chances[0, : sizes[0]],
        deviation_start, deviation, starts[1, : len(deviation) + 1], chances[1, : sizes[1]],
        starts[2, : len(deviation) + 1], nexts[1, : sizes[2]], chances[2, : sizes[2]],
    )  # fmt: skip


def _list_deviations(game: Tables) -> tuple[IntArray, IntArray]:
    """List the profiles that one party alone can bring about instead of each, party 0's first."""
    sizes = np.repeat(game.n_actions - 1, np.diff(game.profile_start), axis=0)
    start = np.concatenate([[0], np.cumsum(sizes.ravel())]).astype(np.int64)
    shapes: dict[tuple[int, int], IntArray] = {}
    rows = [np.empty(0, np.int64)]
    for s, (n0, n1) in enumerate(game.n_actions.tolist()):
        if (n0, n1) not in shapes:
            shapes[n0, n1] = _deviate(n0, n1)
        rows.append(shapes[n0, n1] + game.profile_start[s])
    return start, np.concatenate(rows)


def _deviate(n0: int, n1: int) -> IntArray:
    """List the deviations of one state, profiles numbered from 0."""
    rows = [
        [b * n1 + j for b in range(n0) if b != i] + [i * n1 + b for b in range(n1) if b != j]
        for i in range(n0)
        for j in range(n1)
    ]
    return np.array(rows, np.int64).ravel()
