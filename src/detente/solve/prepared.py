"""What the solvers work on: the game in scaled payoffs, and polygons of all states.

Payoffs are brought to the range [0, 1] and outcomes with the same next state are merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.errors import DetenteError, Problem
from detente.game.game import Game, Monitoring
from detente.kernels import perfect, polygons, setup
from detente.solve.components import split_states
from detente.solve.solution import StateSet

MAX_BYTES = 8 * 2**30


START_ROOM = 64
SHARED_UP_TO = 6  # times the next states of one profile: then one sorted list serves all
BLOCKS = 4  # a large part is renewed in so many blocks, whatever the number of threads
LARGE_PART = 256  # states


@dataclass(slots=True)
class Prepared:
    """The game with payoffs in [0, 1] and next states merged; all arrays are fixed.

    ``entry_*`` list, for every profile, its next states in growing order. ``rounding`` bounds
    how far from the truth one round of B is, divided by 1 - contraction; it grows with the
    room for vertices. ``programmes`` is kept by `detente.solve.sweep_signals`.

    A large part is renewed in blocks at the same time (``blocks[n]`` for ``parts[n]``): each
    reads its own sets as they are and the others' as they were before the round. Those stand
    ``n_states`` rows further on, and ``arrays`` point there.
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
    blocks: list[list[IntArray]]
    held: BoolArray
    relative: float
    rounding: float
    contraction: float
    arrays: perfect.Arrays
    most_near: int
    programmes: object = None


@dataclass(slots=True)
class Sets:
    """Polygons of all states (float64 (S, V, 2), int64 (S,)), their boxes, and scratch."""

    vertices: FloatArray
    count: IntArray
    low: FloatArray
    high: FloatArray
    scratch: perfect.Scratch

    @property
    def room(self) -> int:
        """How many vertices a polygon may have."""
        return int(self.vertices.shape[1])

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
    parts = split_states(game, held)
    blocks = [_split_part(game, part) for part in parts]
    read = _point_to_copies(game, blocks, start, following)
    near_start, near_states, local, group = setup.list_near(
        game.profile_start, game.prescribable, start, read
    )
    sizes = np.diff(near_start)
    own = np.maximum.reduceat(np.diff(start), game.profile_start[:-1])
    shared = sizes <= SHARED_UP_TO * own
    arrays = perfect.Arrays(
        game.profile_start, payoff, game.discount, *deviations, start, read, probability,
        local, near_start, near_states, group, shared,
    )  # fmt: skip
    prepared = Prepared(
        game, lowest, scale, payoff, start, following, probability, *deviations,
        parts, blocks, held, relative, 0.0, contraction, arrays,
        int(np.where(shared, sizes, own).max()),
    )  # fmt: skip
    _note_rounding(prepared, START_ROOM)
    return prepared


def _split_part(game: Game, part: IntArray) -> list[IntArray]:
    """Split a large part into blocks; the game alone decides how."""
    if len(part) < LARGE_PART or (game.monitoring[part] == Monitoring.SIGNALS).any():
        return [part]
    return np.array_split(part, BLOCKS)


def _point_to_copies(
    game: Game, blocks: list[list[IntArray]], start: IntArray, following: IntArray
) -> IntArray:
    """Let entries that lead to another block of the same part point to the copy."""
    if all(len(b) == 1 for b in blocks):
        return following
    part_of, block_of = np.zeros((2, game.n_states), np.int64)
    for n, of_part in enumerate(blocks):
        for m, block in enumerate(of_part):
            part_of[block], block_of[block] = n + 1, m
    profile_state = np.repeat(np.arange(game.n_states), np.diff(game.profile_start))
    here = np.repeat(profile_state, np.diff(start))
    away = (part_of[here] == part_of[following]) & (block_of[here] != block_of[following])
    return np.where(away, following + game.n_states, following)


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
    copies = any(len(b) > 1 for b in prepared.blocks)
    n = (2 if copies else 1) * game.n_states
    profiles, near = _count_scratch(prepared)
    edges, bag = near * room + 8, perfect.count_bag_rows(near, room)
    sums = min(profiles, perfect.BATCH)
    scratch = 16 * edges * (sums + 5) + 32 * bag + 40 * profiles
    size = 16 * n * (room + 3) + (BLOCKS if copies else 1) * scratch
    if size > MAX_BYTES:
        raise DetenteError(
            Problem(
                "E405",
                f"{game.n_states} states with {room} vertices each need {size / 2**30:.1f} GB, "
                f"more than {MAX_BYTES / 2**30:.0f} GB",
                remedy="give fewer states, or a larger tolerance",
            )
        )
    _note_rounding(prepared, room)
    return Sets(
        np.zeros((n, room, 2)), np.zeros(n, np.int64), np.full((n, 2), np.inf),
        np.full((n, 2), -np.inf), make_scratch(prepared, room),
    )  # fmt: skip


def _count_scratch(prepared: Prepared) -> tuple[int, int]:
    """Count the profiles and the next states that one state can have."""
    profiles = int(np.diff(prepared.game.profile_start).max())
    return profiles, max(prepared.most_near, int(np.diff(prepared.entry_start).max()))


def make_scratch(prepared: Prepared, room: int) -> perfect.Scratch:
    """Make what one thread works in."""
    return perfect.make_scratch(*_count_scratch(prepared), room)


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
