"""What the solvers work on: the game in scaled payoffs, and polygons of all states.

Payoffs are brought to the range [0, 1] and outcomes with the same next state are merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.errors import DetenteError, Problem
from detente.game.game import Game
from detente.kernels import perfect, polygons
from detente.solve.components import split_states
from detente.solve.solution import StateSet

MAX_BYTES = 8 * 2**30


@dataclass(slots=True)
class Prepared:
    """The game with payoffs in [0, 1] and next states merged; all arrays are fixed.

    ``entry_*`` list, for every profile, its next states in growing order.
    """

    game: Game
    offset: FloatArray
    scale: FloatArray
    payoff: FloatArray
    entry_start: IntArray
    entry_next: IntArray
    entry_probability: FloatArray
    deviation_start: IntArray
    deviation_rows: IntArray
    parts: list[IntArray]
    held: BoolArray
    rounding: float
    contraction: float


@dataclass(slots=True)
class Sets:
    """Polygons of all states (float64 (S, V, 2), int64 (S,)), their boxes, and scratch."""

    vertices: FloatArray
    count: IntArray
    low: FloatArray
    high: FloatArray
    value: FloatArray
    work: FloatArray
    bag: FloatArray
    polygon: FloatArray


def prepare(game: Game, known: Mapping[int, StateSet]) -> Prepared:
    """Scale the payoffs, merge next states, list deviations and parts."""
    points = [game.payoff, *(given.outer_vertices for given in known.values())]
    lowest = np.min([p.min(axis=0) for p in points if len(p)], axis=0)
    highest = np.max([p.max(axis=0) for p in points if len(p)], axis=0)
    scale = np.where(highest > lowest, highest - lowest, 1.0)
    payoff = np.ascontiguousarray((game.payoff - lowest) / scale)
    relative = float((np.maximum(np.abs(lowest), np.abs(highest)) / scale).max())
    start, following, probability = _merge_next(game)
    held = np.zeros(game.n_states, dtype=np.bool_)
    held[list(known)] = True
    contraction = float(game.discount.max())
    rounding = 1e-14 * (1.0 + relative)
    deviations = perfect.list_deviations(
        game.n_actions, game.profile_start, payoff, start, following, probability, rounding
    )
    return Prepared(
        game, lowest, scale, payoff, start, following, probability, *deviations,
        split_states(game, held), held, rounding / (1.0 - contraction), contraction,
    )  # fmt: skip


def _merge_next(game: Game) -> tuple[IntArray, IntArray, FloatArray]:
    """Add up the chances of outcomes with the same next state, per profile."""
    n, a = game.n_states, game.n_profiles
    rows = np.repeat(np.arange(a), np.diff(game.entry_start))
    keys, where = np.unique(rows * n + game.outcome_next[game.entry_outcome], return_inverse=True)
    probability = np.bincount(where, weights=game.entry_probability, minlength=len(keys))
    start = np.zeros(a + 1, np.int64)
    np.cumsum(np.bincount(keys // n, minlength=a), out=start[1:])
    return start, np.asarray(keys % n, dtype=np.int64), np.asarray(probability, dtype=np.float64)


def allocate(prepared: Prepared, room: int) -> Sets:
    """Make empty sets of all states, each with room for so many vertices, and scratch.

    Raises
    ------
    DetenteError
        E405 where they would not fit into memory.
    """
    game = prepared.game
    most_next = int(np.diff(prepared.entry_start).max())
    edges = 4 * room * most_next + 8
    bag = 3 * edges + room + 8
    n = game.n_states
    size = 16 * (n * room + 2 * edges + 2 * bag)
    if size > MAX_BYTES:
        raise DetenteError(
            Problem(
                "E405",
                f"{n} states with {room} vertices each need {size / 2**30:.1f} GB, "
                f"more than {MAX_BYTES / 2**30:.0f} GB",
                remedy="give fewer states, or a larger tolerance",
            )
        )
    return Sets(
        np.zeros((n, room, 2)), np.zeros(n, np.int64), np.full((n, 2), np.inf),
        np.full((n, 2), -np.inf), np.empty((int(np.diff(game.profile_start).max()), 2)),
        np.empty((2, edges, 2)), np.empty((bag, 2)), np.empty((bag + 1, 2)),
    )  # fmt: skip


def put(prepared: Prepared, sets: Sets, s: int, points: FloatArray) -> None:
    """Make the hull of points (payoff units) the set of a state."""
    scaled = np.ascontiguousarray((points - prepared.offset) / prepared.scale)
    n = polygons.hull(scaled, len(scaled), sets.polygon)
    perfect.store(s, sets.polygon, n, sets.vertices, sets.count, sets.low, sets.high)


def widen(prepared: Prepared, sets: Sets) -> None:
    """Give every polygon twice the room."""
    old = sets.vertices
    wider = allocate(prepared, 2 * old.shape[1])
    wider.vertices[:, : old.shape[1]] = old
    sets.vertices, sets.work, sets.bag = wider.vertices, wider.work, wider.bag
    sets.polygon = wider.polygon
