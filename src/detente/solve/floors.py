"""Punishment floors: what no punishment in pure strategies can push a party below.

``m_i(s) <= min over the others' actions, max over the own action`` of the stochastic game.
In any perfect public equilibrium a party gets at least its floor, because at every history it
may answer the others' prescribed actions with its best reply. Computed by strategy iteration
(Hoffman and Karp, Management Science 12, 1966): the others' policy is improved against the exact
best reply until it cannot be; what is left of the residual is subtracted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.game.game import Game
from detente.solve.evaluate import discounted_values, payoff_ranges

MAX_ROUNDS = 1_000
TOL = 1e-11  # of the payoff range: improvements below it are rounding


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


@dataclass(frozen=True, slots=True)
class Moves:
    """What floors are made from: actions, payoffs, and where profiles lead, whatever is seen.

    Attributes
    ----------
    n_actions : int64 (S, P); profile_start : int64 (S + 1,)
    payoff : float64 (A, P); discount : float64 (P,)
    entry_start : int64 (A + 1,); entry_next, entry_chance : int64 and float64 (E,), next states
    """

    n_actions: IntArray
    profile_start: IntArray
    payoff: FloatArray
    discount: FloatArray
    entry_start: IntArray
    entry_next: IntArray
    entry_chance: FloatArray

    @property
    def n_states(self) -> int:
        """Number of states S."""
        return len(self.n_actions)

    @property
    def n_profiles(self) -> int:
        """Number of action profiles A."""
        return len(self.payoff)


def run(game: Game) -> Extremes:
    """Bound every party's equilibrium payoffs from below and from above."""
    return bound_payoffs(
        Moves(
            game.n_actions, game.profile_start, game.payoff, game.discount, game.entry_start,
            game.outcome_next[game.entry_outcome], game.entry_probability,
        )
    )  # fmt: skip


def bound_payoffs(game: Moves) -> Extremes:
    """Bound every party's equilibrium payoffs, from what the moves are alone."""
    floors = np.empty((game.n_states, game.n_actions.shape[1]))
    ceilings = np.empty_like(floors)
    for player in range(game.n_actions.shape[1]):
        view = _make_view(game, player)
        floors[:, player] = _find_floor(view)
        ceilings[:, player] = _find_ceiling(view)
    return Extremes(floors, ceilings)


@dataclass(frozen=True, slots=True)
class _View:
    """The game as one player sees it: profiles sorted by state, the others' actions, its own.

    Attributes
    ----------
    order : int64 (A,), profile rows in that order
    group_start : int64 (G,), where each combination of the others' actions begins
    state_start : int64 (S,), the first group of each state
    reward : float64 (A,), in that order
    """

    game: Moves
    delta: float
    order: IntArray
    group_start: IntArray
    group_state: IntArray
    state_start: IntArray
    reward: FloatArray
    spread: float


def _make_view(game: Moves, player: int) -> _View:
    counts = game.n_actions.prod(axis=1)
    state = np.repeat(np.arange(game.n_states), counts)
    local = np.arange(game.n_profiles) - game.profile_start[state]
    stride = game.n_actions[:, player + 1 :].prod(axis=1)[state]
    own = (local // stride) % game.n_actions[state, player]
    others = local - own * stride
    order = np.lexsort((own, others, state))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (np.diff(others[order]) != 0) | (np.diff(state[order]) != 0)
    group_start = np.flatnonzero(new)
    group_state = state[order][group_start]
    reward = game.payoff[order, player]
    return _View(
        game=game,
        delta=float(game.discount[player]),
        order=order,
        group_start=group_start,
        group_state=group_state,
        state_start=np.searchsorted(group_state, np.arange(game.n_states)),
        reward=reward,
        spread=float(payoff_ranges(reward[:, None])[0]),
    )


def _worth(view: _View, values: FloatArray) -> FloatArray:
    """Give the value of every profile, in the view's order, continued by ``values``."""
    game = view.game
    weighted = game.entry_chance * values[game.entry_next]
    follow = np.add.reduceat(weighted, game.entry_start[:-1])
    worth = (1 - view.delta) * view.reward + view.delta * follow[view.order]
    return np.asarray(worth, dtype=np.float64)


def _evaluate(view: _View, chosen: IntArray) -> FloatArray:
    """Give the value of one profile per state, given by places in the view's order."""
    game = view.game
    profiles = view.order[chosen]
    first = game.entry_start[profiles]
    count = game.entry_start[profiles + 1] - first
    rows = np.repeat(np.arange(len(profiles)), count)
    index = np.arange(len(rows)) + (first - (np.cumsum(count) - count))[rows]
    reward = (1 - view.delta) * view.reward[chosen]
    return discounted_values(
        rows, game.entry_next[index], game.entry_chance[index], reward[:, None], view.delta,
    )[:, 0]  # fmt: skip


def _first_at(values: FloatArray, best: FloatArray, owner: IntArray, starts: IntArray) -> IntArray:
    """Give the first place in every segment at which the segment's best is reached."""
    place = np.where(values == best[owner], np.arange(len(values)), len(values))
    return np.asarray(np.minimum.reduceat(place, starts), dtype=np.int64)


def _best_reply(view: _View, groups: IntArray) -> FloatArray:
    """Give the exact value of the best reply to one combination of the others' per state."""
    size = np.diff(np.append(view.group_start, len(view.order)))[groups]
    first = view.group_start[groups]
    starts = np.cumsum(size) - size
    state = np.repeat(np.arange(len(groups)), size)
    places = np.arange(len(state)) + (first - starts)[state]
    chosen = first.copy()
    for _ in range(MAX_ROUNDS):
        values = _evaluate(view, chosen)
        worth = _worth(view, values)[places]
        best = np.maximum.reduceat(worth, starts)
        better = best > values + TOL * view.spread
        if not better.any():
            break
        chosen = np.where(better, places[_first_at(worth, best, state, starts)], chosen)
    return values


def _find_floor(view: _View) -> FloatArray:
    groups = view.state_start.copy()
    for _ in range(MAX_ROUNDS):
        values = _best_reply(view, groups)
        replies = np.maximum.reduceat(_worth(view, values), view.group_start)
        least = np.minimum.reduceat(replies, view.state_start)
        better = least < values - 10 * TOL * view.spread
        if not better.any():
            break
        at = _first_at(replies, least, view.group_state, view.state_start)
        groups = np.where(better, at, groups)
    # T is monotone and contracts: T v >= v - r implies that the fixed point is >= v - r / (1 - d)
    residual = max(0.0, float((values - least).max()))
    return np.asarray(values - residual / (1 - view.delta), dtype=np.float64)


def _find_ceiling(view: _View) -> FloatArray:
    starts = view.group_start[view.state_start]
    state = view.group_state[
        np.repeat(np.arange(len(view.group_start)),
                  np.diff(np.append(view.group_start, len(view.order))))
    ]  # fmt: skip
    chosen = starts.copy()
    for _ in range(MAX_ROUNDS):
        values = _evaluate(view, chosen)
        worth = _worth(view, values)
        best = np.maximum.reduceat(worth, starts)
        better = best > values + TOL * view.spread
        if not better.any():
            break
        chosen = np.where(better, _first_at(worth, best, state, starts), chosen)
    residual = max(0.0, float((best - values).max()))
    return np.asarray(values + residual / (1 - view.delta), dtype=np.float64)
