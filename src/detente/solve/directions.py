"""The classical outer bound for two parties: a fixed fan of directions.

The set handed from round to round is the intersection of the half-planes of the directions, so
the answer can be compared, to rounding, with any other program that does the same (Judd,
Yeltekin and Conklin 2003, Econometrica 71; Abreu, Pearce and Stacchetti 1990, Econometrica 58).
Perfect monitoring and public signals are treated alike: with perfect monitoring every
deviation reveals itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.errors import DetenteError, Problem
from detente.game.game import Game
from detente.kernels import fan
from detente.kernels.perfect import Polygons
from detente.kernels.rows import measure
from detente.solve.listing import list_programmes, tables_of
from detente.solve.options import Options
from detente.solve.polygon_sets import tidy
from detente.solve.solution import Solution, StateSet, Status

# Angle (radians) below which two directions count as one.
_SAME = 1e-9
# Distance, relative to the largest coordinate, below which vertices count as one.
_TIDY = 1e-12


@dataclass(slots=True)
class _Fan:
    """Distinct unit directions by angle, and which of them answers each direction asked for."""

    asked: FloatArray  # (D_asked, 2)
    unit: FloatArray  # (D, 2), counter-clockwise
    place: IntArray  # (D_asked,) row of `unit`
    widest: float  # largest angle between neighbours, radians


@dataclass(slots=True)
class _Sets:
    """What a round changes, see `detente.kernels.fan.round_directions`."""

    polygons: Polygons
    support: FloatArray
    bounds: FloatArray
    alive: BoolArray
    wins: IntArray


def run(game: Game, options: Options) -> Solution:
    """Bound the equilibrium payoffs of every state from outside, with fixed directions.

    Parameters
    ----------
    game : two-party game; monitoring of any kind
    options : ``directions`` says which (64 equally spaced if None); rounds stop when no support
        falls by more than ``tol`` (times the largest range of payoffs) times one minus the
        larger discount factor

    Returns
    -------
    Solution
        ``outer_support`` answers the directions asked for, in their own length. No inner bound
        is computed: ``inner_vertices`` has no row and the gap of a state that is not empty is
        inf. Supports stay valid bounds whatever the status.

    Raises
    ------
    DetenteError
        E403 where the game has not two players, E402 where the directions are not vectors of the
        plane or leave a half-plane open.

    Examples
    --------
    >>> from detente.game.build import perfect_game, stage
    >>> dilemma = perfect_game(
    ...     ["a", "b"], [0.6, 0.6],
    ...     [stage("s", [["c", "d"], ["c", "d"]], [[(1, 1), (-1, 2)], [(2, -1), (0, 0)]])],
    ... )
    >>> run(dilemma, Options(directions=8)).states[0].outer_support.round(3)[[0, 1, 4]].tolist()
    [1.6, 1.414, 0.0]
    """
    started = time.monotonic()
    if game.n_players != 2:
        raise DetenteError(
            Problem(
                "E403",
                f"the bound by directions needs two players; this game has {game.n_players}",
                remedy="more players are not supported yet",
            )
        )
    directions = _read_directions(options)
    sets = _first_sets(game, directions)
    spread = float(np.ptp(game.payoff, axis=0).max())
    tol = options.tol * (spread if spread > 0.0 else 1.0)
    status, rounds, moved = _repeat(game, directions, sets, tol, options, started)
    if status is Status.CONVERGED and not sets.polygons.count.any():
        status = Status.EMPTY
    states = tuple(_describe(game, directions, sets, s) for s in range(game.n_states))
    return Solution(status, rounds, time.monotonic() - started, tol, moved, states)


def _repeat(
    game: Game, directions: _Fan, sets: _Sets, tol: float, options: Options, started: float
) -> tuple[Status, int, float]:
    """Apply rounds until the supports settle; give the status, the rounds, the last fall."""
    limit = options.time_limit_seconds
    stop = tol * (1.0 - float(game.discount.max()))
    tables = tables_of(game)
    listed = list_programmes(tables)
    moved = np.inf
    for rounds in range(1, options.max_iterations + 1):
        if limit is not None and time.monotonic() - started > limit:
            return Status.TIME_LIMIT, rounds - 1, moved
        moved, unmet = fan.round_directions(
            tables, listed, sets.polygons, directions.unit, sets.support, sets.bounds, sets.alive,
            sets.wins,
        )  # fmt: skip
        if moved <= stop:
            settled = unmet <= tol
            status = Status.CONVERGED if settled else Status.NUMERICAL_TROUBLE
            return status, rounds, float(moved)
    return Status.ITERATION_LIMIT, options.max_iterations, float(moved)


def _read_directions(options: Options) -> _Fan:
    """Bring directions to unit length, sort them, join equal ones; refuse open half-planes."""
    asked = np.ascontiguousarray(options.direction_array(), dtype=np.float64)
    if asked.ndim != 2 or asked.shape[1] != 2:
        raise DetenteError(
            Problem("E402", "with two players a direction is a vector of two numbers",
                    remedy="for instance [[1, 0], [0, 1], [-1, -1]]")
        )  # fmt: skip
    unit = asked / np.hypot(asked[:, 0], asked[:, 1])[:, None]
    angle = np.mod(np.arctan2(unit[:, 1], unit[:, 0]), 2.0 * np.pi)
    order = np.argsort(angle, kind="stable")
    steps = np.diff(angle[order])
    first = np.concatenate([[True], steps > _SAME])
    if len(order) > 1 and angle[order[0]] + 2.0 * np.pi - angle[order[-1]] <= _SAME:
        # the last ones are the first direction again, seen from the other side of the circle
        wraps = angle[order] + _SAME >= angle[order[0]] + 2.0 * np.pi
    else:
        wraps = np.zeros(len(order), dtype=np.bool_)
    group = np.cumsum(first & ~wraps) - 1
    group[wraps] = 0
    kept = order[first & ~wraps]
    place = np.empty(len(order), np.int64)
    place[order] = group
    angles = angle[kept]
    gaps = np.diff(np.concatenate([angles, [angles[0] + 2.0 * np.pi]]))
    if gaps.max() >= np.pi - _SAME:
        raise DetenteError(
            Problem("E402", "the directions leave a half-plane open, so they bound no set",
                    remedy="add directions until every gap between neighbours is below 180 degrees")
        )  # fmt: skip
    return _Fan(asked, np.ascontiguousarray(unit[kept]), place, float(gaps.max()))


def _first_sets(game: Game, directions: _Fan) -> _Sets:
    """Start every state from the half-planes that touch the box of all payoffs."""
    low, high = game.payoff.min(axis=0), game.payoff.max(axis=0)
    unit = directions.unit
    support = np.maximum(unit * low, unit * high).sum(axis=1)
    centre, half = (low + high) / 2.0, (high - low) / 2.0
    # a corner lies within reach / cos(half the widest gap) of the centre
    reach = 1.01 * (float(np.hypot(*half)) + 1e-300) / np.cos(directions.widest / 2.0)
    corners = reach * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    polygon = np.zeros((len(unit) + 8, 3))
    polygon[:4, :2] = centre + corners
    size = float(np.abs(support).max())
    n = fan.meet_halfplanes(unit, support, polygon, 4, 1e-15 * size, np.empty((len(unit) + 9, 3)))
    polygons = Polygons(
        np.repeat(polygon[None], game.n_states, axis=0),
        np.full(game.n_states, n, np.int64),
        np.empty((game.n_states, 2)),
        np.empty((game.n_states, 2)),
    )
    for s in range(game.n_states):
        measure(s, polygons)
    return _Sets(
        polygons,
        np.repeat(support[None], game.n_states, axis=0),
        np.full((game.n_profiles, len(unit)), np.inf),
        game.prescribable.copy(),
        np.zeros(game.n_profiles, np.int64),
    )


def _describe(game: Game, directions: _Fan, sets: _Sets, s: int) -> StateSet:
    """Give a state's outer bound in the directions asked for."""
    length = np.hypot(directions.asked[:, 0], directions.asked[:, 1])
    n = int(sets.polygons.count[s])
    if n == 0:
        support = np.full(len(length), -np.inf)
    else:
        support = sets.support[s][directions.place] * length
    # corners that several half-planes share come out as several points, a rounding apart
    vertices = sets.polygons.vertices[s, :n, :2].copy()
    if n > 0:
        vertices = tidy(vertices, _TIDY * float(np.abs(vertices).max()))
    return StateSet(
        game.state_names[s], directions.asked, support, vertices, np.empty((0, 2)),
        0.0 if n == 0 else np.inf,
    )  # fmt: skip
