"""The classical outer bound for any number of parties: fixed directions.

The set handed from round to round is the intersection of the half-spaces of the directions, as in
`detente.solve.directions` for two parties (Judd, Yeltekin and Conklin 2003, Econometrica 71). Its
vertices are listed by qhull; where the set is flat, inside the affine space that it spans.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.optimize import linprog
from scipy.spatial import ConvexHull, HalfspaceIntersection, QhullError

from detente.arrays import FloatArray
from detente.errors import DetenteError, Problem
from detente.game.game import Game
from detente.solve.options import Options
from detente.solve.solution import Solution, StateSet, Status
from detente.solve.vertex_sets import Looker, VertexSets, make_sets

_FLAT = 1e-10  # relative to the largest support: a narrower set is flat
_SAME = 1e-11  # relative: corners that several half-spaces share


def run(game: Game, options: Options) -> Solution:
    """Bound the equilibrium payoffs of every state from outside, with fixed directions.

    Parameters
    ----------
    game : monitoring of any kind
    options : ``directions``, float64 (D, P); rounds stop when no support falls by more than
        ``tol`` (times the largest range of payoffs) times one minus the largest discount factor

    Returns
    -------
    Solution
        ``outer_support`` answers the directions asked for, in their own length. No inner bound
        is computed: the gap of a state that is not empty is inf.

    Raises
    ------
    DetenteError
        E402 where directions are no vectors of as many numbers as players, or bound no set.
    """
    started = time.monotonic()
    unit = _read_directions(game, options)
    low, high = game.payoff.min(axis=0), game.payoff.max(axis=0)
    spread = float((high - low).max())
    tol = options.tol * (spread if spread > 0.0 else 1.0)
    support = np.repeat(
        np.maximum(unit * low, unit * high).sum(axis=1)[None], game.n_states, axis=0
    )
    sets = make_sets(game.n_states, game.n_players)
    first = meet_half_spaces(unit, support[0])
    for s in range(game.n_states):
        sets.put(s, first)
    status, rounds, moved = _repeat(game, unit, support, sets, tol, options, started)
    if status is Status.CONVERGED and not sets.count.any():
        status = Status.EMPTY
    asked = np.asarray(options.directions, dtype=np.float64)
    length = np.linalg.norm(asked, axis=1)
    states = tuple(
        StateSet(
            game.state_names[s], asked,
            support[s] * length if sets.count[s] else np.full(len(asked), -np.inf),
            sets.of(s).copy(), np.empty((0, game.n_players)), np.inf if sets.count[s] else 0.0,
        )
        for s in range(game.n_states)
    )  # fmt: skip
    return Solution(status, rounds, time.monotonic() - started, tol, moved, states)


def _repeat(
    game: Game, unit: FloatArray, support: FloatArray, sets: VertexSets, tol: float,
    options: Options, started: float,
) -> tuple[Status, int, float]:  # fmt: skip
    """Apply rounds until the supports settle; give the status, the rounds, the last fall."""
    limit = options.time_limit_seconds
    stop = tol * (1.0 - float(game.discount.max()))
    alive = game.prescribable.copy()
    looker = Looker(game, game.payoff, alive, 0.0, False)
    moved = np.inf
    for round_ in range(1, options.max_iterations + 1):
        if limit is not None and time.monotonic() - started > limit:
            return Status.TIME_LIMIT, round_ - 1, moved
        bounds = [looker.look(s, unit, sets)[0] for s in range(game.n_states)]
        moved = 0.0
        for s, bound in enumerate(bounds):
            if sets.count[s] == 0:
                continue
            lower = np.minimum(support[s], bound)
            if not np.isfinite(lower).all():
                sets.count[s] = 0
                moved = np.inf
                continue
            fall = float((support[s] - lower).max())
            moved = max(moved, fall)
            support[s] = lower
            try:
                sets.put(s, meet_half_spaces(unit, lower))
            except ArithmeticError:
                return Status.NUMERICAL_TROUBLE, round_, moved
            if sets.count[s] == 0:
                moved = np.inf
        if moved <= stop:
            return Status.CONVERGED, round_, moved
    return Status.ITERATION_LIMIT, options.max_iterations, moved


def _read_directions(game: Game, options: Options) -> FloatArray:
    n = game.n_players
    if not isinstance(options.directions, np.ndarray):
        raise DetenteError(
            Problem(
                "E402",
                f"equally spaced directions exist for two players only; this game has {n}",
                remedy="give the directions themselves, with --directions-file FILE.json",
            )
        )
    asked = np.asarray(options.directions, dtype=np.float64)
    if asked.shape[1] != n:
        raise DetenteError(
            Problem("E402", f"with {n} players a direction is a vector of {n} numbers",
                    remedy=f"write {n} numbers in every vector")
        )  # fmt: skip
    unit = asked / np.linalg.norm(asked, axis=1)[:, None]
    if not _bound_a_set(unit):
        raise DetenteError(
            Problem("E402", "the directions leave a half-space open, so they bound no set",
                    remedy="add directions, for instance every axis both ways")
        )  # fmt: skip
    return np.ascontiguousarray(unit)


def _bound_a_set(unit: FloatArray) -> bool:
    """Whether directions surround the origin."""
    if unit.shape[1] == 1:
        return bool(unit.min() < 0.0 < unit.max())
    try:
        return bool((ConvexHull(unit).equations[:, -1] < -1e-9).all())
    except QhullError:
        return False


def meet_half_spaces(unit: FloatArray, support: FloatArray) -> FloatArray:
    """List the vertices of { w : unit w <= support }, a bounded set that may be flat or empty.

    Parameters
    ----------
    unit : float64 array, shape (D, P), unit vectors
    support : float64 array, shape (D,)

    Returns
    -------
    float64 array, shape (V, P), in any order; no row where the set is empty

    Raises
    ------
    ArithmeticError
        Where rounding left the question open.
    """
    size = max(float(np.abs(support).max()), 1e-300)
    return _meet(unit, support / size) * size


def _meet(unit: FloatArray, support: FloatArray) -> FloatArray:
    n = unit.shape[1]
    if n == 0:
        return np.zeros((0 if (support < -_FLAT).any() else 1, 0))
    if n == 1:
        return _meet_line(unit[:, 0], support)
    answer = linprog(
        np.r_[np.zeros(n), -1.0], np.hstack([unit, np.ones((len(unit), 1))]), support,
        bounds=[(None, None)] * (n + 1), method="highs",
    )  # fmt: skip
    if answer.status != 0:
        raise ArithmeticError(f"half-spaces: {answer.message}")
    centre, radius = answer.x[:n], float(answer.x[n])
    if radius < -_FLAT:
        return np.zeros((0, n))
    if radius > _FLAT:
        try:
            met = HalfspaceIntersection(np.hstack([unit, -support[:, None]]), centre)
        except QhullError as error:
            raise ArithmeticError("half-spaces could not be intersected") from error
        return _distinct(met.intersections)
    return _meet_flat(unit, support, centre)


def _meet_line(unit: FloatArray, support: FloatArray) -> FloatArray:
    ends = support / unit
    high, low = float(ends[unit > 0].min()), float(ends[unit < 0].max())
    if high < low - _FLAT:
        return np.zeros((0, 1))
    if high < low + _FLAT:
        return np.array([[(low + high) / 2.0]])
    return np.array([[low], [high]])


def _meet_flat(unit: FloatArray, support: FloatArray, centre: FloatArray) -> FloatArray:
    """Drop the directions in which the set has no extent, and meet the rest inside."""
    n = unit.shape[1]
    thin = []
    for direction, bound in zip(unit, support, strict=True):
        answer = linprog(
            direction, unit, support + _FLAT, bounds=[(None, None)] * n, method="highs"
        )
        if answer.status != 0:
            raise ArithmeticError(f"half-spaces: {answer.message}")
        if bound - answer.fun <= 1e3 * _FLAT:
            thin.append(direction)
    if not thin:
        raise ArithmeticError("a set is too thin to be told from a flat one")
    _, sizes, axes = np.linalg.svd(np.array(thin), full_matrices=True)
    rank = int((sizes > 1e-7 * sizes[0]).sum())
    along = axes[rank:]
    inside = unit @ along.T
    length = np.linalg.norm(inside, axis=1)
    matters = length > 1e-7
    rest = (support - unit @ centre)[matters] / length[matters]
    within = _meet(inside[matters] / length[matters][:, None], rest)
    return np.asarray(centre + within @ along, dtype=np.float64)


def _distinct(points: FloatArray) -> FloatArray:
    _, first = np.unique(np.round(points / _SAME), axis=0, return_index=True)
    return np.asarray(points[np.sort(first)], dtype=np.float64)
