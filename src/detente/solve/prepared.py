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
from detente.kernels import perfect, polygons, setup
from detente.solve.components import split_states
from detente.solve.solution import StateSet

MAX_BYTES = 8 * 2**30


START_ROOM = 64
SHARED_UP_TO = 6  # times the next states of one profile: then one sorted list serves all


@dataclass(slots=True)
class Prepared:
    """The game with payoffs in [0, 1] and next states merged; all arrays are fixed.

    ``entry_*`` list, for every profile, its next states in growing order. ``rounding`` bounds
    how far from the truth one round of B is, divided by 1 - contraction; it grows with the
    room for vertices.
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
    relative: float
    rounding: float
    contraction: float
    arrays: perfect.Arrays
    most_near: int


@dataclass(slots=True)
class Sets:
    """Polygons of all states (float64 (S, V, 2), int64 (S,)), their boxes, and scratch."""

    vertices: FloatArray
    count: IntArray
    low: FloatArray
    high: FloatArray
    scratch: perfect.Scratch

    @property
    def polygons(self) -> perfect.Polygons:
        """The sets as kernels take them."""
        return perfect.Polygons(self.vertices, self.count, self.low, self.high)

    @property
    def bag(self) -> FloatArray:
        """Scratch for points, float64, shape (N, 2)."""
        return self.scratch.bag

    @property
    def polygon(self) -> FloatArray:
        """Scratch for their hull, float64, shape (N + 1, 2)."""
        return self.scratch.polygon


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
    deviations = setup.list_deviations(
        game.n_actions, game.profile_start, payoff, game.prescribable, start, following,
        probability, 1e-14 * (1.0 + relative),
    )  # fmt: skip
    near_start, near_states, local, group = setup.list_near(
        game.profile_start, game.prescribable, start, following
    )
    sizes = np.diff(near_start)
    own = np.maximum.reduceat(np.diff(start), game.profile_start[:-1])
    shared = sizes <= SHARED_UP_TO * own
    arrays = perfect.Arrays(
        game.profile_start, payoff, game.discount, *deviations, start, following, probability,
        local, near_start, near_states, group, shared,
    )  # fmt: skip
    prepared = Prepared(
        game, lowest, scale, payoff, start, following, probability, *deviations,
        split_states(game, held), held, relative, 0.0, contraction, arrays,
        int(np.where(shared, sizes, own).max()),
    )  # fmt: skip
    _note_rounding(prepared, START_ROOM)
    return prepared


def _note_rounding(prepared: Prepared, room: int) -> None:
    """Bound the rounding of one round: one addition for each edge that a sum may have."""
    additions = 1.2e-16 * prepared.most_near * room
    once = 1e-14 * (1.0 + prepared.relative) + additions
    prepared.rounding = once / (1.0 - prepared.contraction)


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
    n = game.n_states
    profiles = int(np.diff(game.profile_start).max())
    near = max(prepared.most_near, int(np.diff(prepared.entry_start).max()))
    edges, bag = near * room + 8, perfect.count_bag_rows(near, room)
    sums = min(profiles, perfect.BATCH)
    size = 16 * n * (room + 3) + 16 * edges * (sums + 5) + 32 * bag + 40 * profiles
    if size > MAX_BYTES:
        raise DetenteError(
            Problem(
                "E405",
                f"{n} states with {room} vertices each need {size / 2**30:.1f} GB, "
                f"more than {MAX_BYTES / 2**30:.0f} GB",
                remedy="give fewer states, or a larger tolerance",
            )
        )
    _note_rounding(prepared, room)
    return Sets(
        np.zeros((n, room, 2)), np.zeros(n, np.int64), np.full((n, 2), np.inf),
        np.full((n, 2), -np.inf), perfect.make_scratch(profiles, near, room),
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
    sets.vertices, sets.scratch = wider.vertices, wider.scratch
