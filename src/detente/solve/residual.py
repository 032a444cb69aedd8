"""Apply B once to a solve's answer, by separate and simple code, and say how far it is from it.

What is looked at is what is answered: the polygons of the solution, in payoff units. The outer
bound is compared with B of it in both directions; every inner vertex must lie in B of the inner
sets, for that makes them payoffs of equilibria (Abreu, Pearce and Stacchetti 1990, theorem 1).

B is not continuous: where incentives hold only by a tie, moving a corner by rounding can lose a
whole set. So B is applied with incentives relaxed by rounding, and where a polygon is not confirmed
then, again with incentives relaxed by what rounding and tidying may have moved the corners.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.game.game import Game, Monitoring
from detente.kernels.residual import check_perfect, wrap
from detente.kernels.residual_signals import check_signals
from detente.solve.solution import Solution, Status

ROUNDING = 1e-14  # relative to payoffs, as those who solve allow themselves
TIDYING = 1e-10  # of the range of payoffs: how far an answered corner may have been moved


@dataclass(frozen=True, slots=True)
class Residuals:
    """Distances of sets from B of them, per state, in units of the ranges of payoffs.

    Attributes
    ----------
    beyond : float64 (S,), how far B of the sets reaches beyond each set
    within : float64 (S,), how far each set reaches beyond B of the sets
    """

    beyond: FloatArray
    within: FloatArray


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A game in payoffs between 0 and 1, party by party; entries lead to states."""

    game: Game
    offset: FloatArray
    scale: FloatArray
    payoff: FloatArray
    entry_next: IntArray
    rounding: float


def confirm(game: Game, solution: Solution, held: BoolArray) -> Solution:
    """Apply B once to a solution's sets and put the residuals into it.

    Parameters
    ----------
    game : a game of two players
    solution : polygons of all states
    held : bool (S,), states whose sets were given: they are taken as they are

    Returns
    -------
    Solution
        With ``residual_outer`` and ``residual_inner``. An answer whose residuals are larger
        than promised (``tol`` for the outer bound, each state's ``error`` for the inner one)
        has status NUMERICAL_TROUBLE. Nothing is measured once time has run out.
    """
    if solution.status in (Status.TIME_LIMIT, Status.INTERRUPTED):
        return solution
    scaled = _scale(game)
    unit = float(scaled.scale.max())
    free = np.flatnonzero(~held)
    outer = measure(game, [s.outer_vertices for s in solution.states], free, solution.tol / unit)
    error = np.array([s.error for s in solution.states]) / unit
    inner = measure(game, [s.inner_vertices for s in solution.states], free, float(error.max()))
    # a state without an inner set claims nothing, whatever B of the others gives there
    far, near = max(outer.beyond.max(), outer.within.max()), inner.within.max()
    kept = far * unit <= solution.tol and bool((inner.within <= error).all())
    broken = solution.status.is_answer and not kept
    status = Status.NUMERICAL_TROUBLE if broken else solution.status
    return replace(
        solution, status=status, residual_outer=float(far * unit), residual_inner=float(near * unit)
    )


def measure(game: Game, sets: list[FloatArray], states: IntArray, enough: float) -> Residuals:
    """Measure how far sets are from B of them.

    Parameters
    ----------
    sets : the vertices of each state's set, float64 (V, 2), in payoff units
    states : int64, the states to look at
    enough : incentives are relaxed by no more than rounding where the sets are then confirmed
        to within this, relative to the range of payoffs

    Returns
    -------
    Residuals
        0 for states not looked at.
    """
    scaled = _scale(game)
    gaps = np.zeros((game.n_states, 2))
    points, start, low = _pack(scaled, sets)
    slack = 8.0 * scaled.rounding / (1.0 - float(game.discount.max()))
    _apply(scaled, points, start, low, states, slack, enough, gaps)
    again = states[gaps[states].max(axis=1) > enough]
    if len(again):
        more = np.zeros_like(gaps)
        loose = 4.0 * (slack + TIDYING)
        _apply(scaled, points, start, low, again, loose, enough, more)
        gaps[again, 1] = np.minimum(gaps[again, 1], more[again, 1])
    return Residuals(gaps[:, 0], gaps[:, 1])


def _scale(game: Game) -> _Scaled:
    lowest, highest = game.payoff.min(axis=0), game.payoff.max(axis=0)
    scale = np.where(highest > lowest, highest - lowest, 1.0)
    size = float((np.maximum(np.abs(lowest), np.abs(highest)) / scale).max())
    return _Scaled(
        game, lowest, scale, np.ascontiguousarray((game.payoff - lowest) / scale),
        game.outcome_next[game.entry_outcome], ROUNDING * (1.0 + size),
    )  # fmt: skip


def _pack(scaled: _Scaled, sets: list[FloatArray]) -> tuple[FloatArray, IntArray, FloatArray]:
    """Stack the hulls of all sets: points (N, 2), first rows (S + 1,), lowest payoffs (S, 2)."""
    hulls = []
    low = np.full((len(sets), 2), np.inf)
    for s, vertices in enumerate(sets):
        if not len(vertices):
            continue
        inside = np.ascontiguousarray((vertices - scaled.offset) / scaled.scale)
        hull = np.empty((len(inside) + 1, 2))
        hulls.append(hull[: wrap(inside, len(inside), hull)])
        low[s] = hulls[-1].min(axis=0)
    start = np.zeros(len(sets) + 1, np.int64)
    lengths = iter([len(h) for h in hulls])
    np.cumsum([next(lengths) if len(v) else 0 for v in sets], out=start[1:])
    return np.concatenate([np.empty((0, 2)), *hulls]), start, low


def _apply(
    scaled: _Scaled, points: FloatArray, start: IntArray, low: FloatArray, states: IntArray,
    slack: float, enough: float, gaps: FloatArray,
) -> None:  # fmt: skip
    game = scaled.game
    noisy = game.monitoring[states] == Monitoring.SIGNALS
    if not noisy.all():
        owner = np.repeat(np.arange(game.n_states), np.diff(start))
        following = np.arange(1, len(points) + 1)
        following[start[1:][np.diff(start) > 0] - 1] = start[:-1][np.diff(start) > 0]
        step = points[following] - points
        angle = np.arctan2(step[:, 1] + 0.0, step[:, 0])  # -0.0 would turn half around
        order = np.argsort(angle, kind="stable")
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        check_perfect(
            states[~noisy], slack, game.n_actions, game.profile_start, scaled.payoff,
            game.prescribable, game.discount, game.entry_start, scaled.entry_next,
            game.entry_probability, points, start, order, rank, owner, low, gaps,
        )  # fmt: skip
    for s in states[noisy]:
        check_signals(
            int(s), slack, enough, game.n_actions, game.profile_start, scaled.payoff,
            game.prescribable, game.discount, game.outcome_start, game.outcome_next,
            game.entry_start, game.entry_outcome, game.entry_probability, points, start, low, gaps,
        )  # fmt: skip
