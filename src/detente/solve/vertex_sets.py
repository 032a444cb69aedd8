"""Sets of payoffs as the vertices of their hulls, for any number of parties: one step of B.

A state's next set is found by looking in a few directions, taking the hull of the payoffs found,
and looking along the normals of its facets until none of them gives a payoff further out. What
is left beyond a facet (where looking stopped early) is covered by blowing the hull up about its
centre, so an outer set contains B(W)(s) up to the rounding allowed for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.errors import DetenteError, Problem
from detente.game.game import Game
from detente.kernels.vertexsets import find_supports
from detente.solve.hulls import FLAT, Hull, build_hull, fix_directions

MAX_BYTES = 8 * 2**30
MOST_VERTICES = {1: 2, 2: 512, 3: 400, 4: 250, 5: 160}  # beyond, a set stays rougher than asked for
MOST_PASSES = 500
ROOMY = 0.35  # a set with fewer of the vertices allowed is tried finer again
NOISE = 1e-12  # what a bound and the payoff that attains it may differ by


@dataclass(slots=True)
class VertexSets:
    """Sets of all states, in scaled payoffs.

    Attributes
    ----------
    vertices : float64 array, shape (S, V, P)
    count : int64 array, shape (S,), vertices in use
    normals : per state the normals of the facets found last
    toward : per state the directions of the vertices found last
    blown : float64 array, shape (S,), how far vertices were moved outward to be sure
    rough : float64 array, shape (S,), the least distance that the vertices allowed suffice for; 0
        where they suffice for any
    """

    vertices: FloatArray
    count: IntArray
    normals: list[FloatArray]
    toward: list[FloatArray]
    blown: FloatArray
    rough: FloatArray

    def of(self, s: int) -> FloatArray:
        """Give the vertices of a state's set: float64, shape (V, P)."""
        return self.vertices[s, : self.count[s]]

    def put(self, s: int, points: FloatArray) -> None:
        """Make points the vertices of a state's set."""
        n = len(points)
        if n > self.vertices.shape[1]:
            states, room, parties = self.vertices.shape
            _check_size(states, 2 * n, parties)
            wider = np.zeros((states, 2 * n, parties))
            wider[:, :room] = self.vertices
            self.vertices = wider
        self.vertices[s, :n] = points
        self.count[s] = n


def make_sets(n_states: int, n_parties: int) -> VertexSets:
    """Make the empty set for every state.

    Raises
    ------
    DetenteError
        E405 where the vertices would not fit into memory.
    """
    room = 2 ** (n_parties + 1)
    _check_size(n_states, MOST_VERTICES[n_parties], n_parties)
    return VertexSets(
        np.zeros((n_states, room, n_parties)), np.zeros(n_states, np.int64),
        [np.empty((0, n_parties))] * n_states, [np.empty((0, n_parties))] * n_states,
        np.zeros(n_states), np.zeros(n_states),
    )  # fmt: skip


def _check_size(n_states: int, room: int, n_parties: int) -> None:
    size = 16 * n_states * room * n_parties
    if size > MAX_BYTES:
        raise DetenteError(
            Problem(
                "E405",
                f"{n_states} states with {room} vertices each need {size / 2**30:.1f} GB, "
                f"more than {MAX_BYTES / 2**30:.0f} GB",
                remedy="give fewer states, or a larger tolerance",
            )
        )


@dataclass(frozen=True, slots=True)
class Looker:
    """Looks for the payoffs of B(W)(s) that are extreme in given directions.

    ``eta``: every constraint is tightened by this much (negative: loosened); ``strict``: points
    must satisfy the constraints to the last digit.
    """

    game: Game
    payoff: FloatArray
    alive: BoolArray
    eta: float
    strict: bool

    def look(
        self, s: int, directions: FloatArray, sets: VertexSets
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Give bounds (D,), the values attained (D,), and the payoffs that attain them (D, P)."""
        game = self.game
        bounds, values = np.empty(len(directions)), np.empty(len(directions))
        points = np.full((len(directions), game.n_players), np.nan)
        find_supports(
            s, np.ascontiguousarray(directions), game.profile_start, game.n_actions, self.payoff,
            self.alive, game.discount, game.outcome_start, game.outcome_next, game.entry_start,
            game.entry_outcome, game.entry_probability, sets.vertices, sets.count, self.eta,
            self.strict, bounds, values, points,
        )  # fmt: skip
        return bounds, values, points


@dataclass(slots=True)
class _Found:
    """What was found in the directions looked in so far: bounds, values and payoffs."""

    place: dict[bytes, int]
    directions: FloatArray
    bounds: FloatArray
    values: FloatArray
    points: FloatArray

    def add(self, directions: FloatArray, found: tuple[FloatArray, FloatArray, FloatArray]) -> None:
        for row, key in enumerate(_make_keys(directions), start=len(self.bounds)):
            self.place[key] = row
        self.directions = np.vstack([self.directions, directions])
        self.bounds = np.append(self.bounds, found[0])
        self.values = np.append(self.values, found[1])
        self.points = np.vstack([self.points, found[2]])

    def missing(self, directions: FloatArray) -> FloatArray:
        """Give the directions that were not looked in."""
        return directions[[key not in self.place for key in _make_keys(directions)]]

    def along(self, directions: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the directions as they were looked in, and the bounds found there."""
        rows = [self.place[key] for key in _make_keys(directions)]
        return self.directions[rows], self.bounds[rows]

    def choose_beyond(self, hull: Hull, accept: float, most: int) -> FloatArray:
        """Choose payoffs that lie further beyond the hull than may be left out, farthest first."""
        beyond = self.values - (self.directions @ hull.vertices.T).max(axis=1)
        share = beyond / _allowed(hull, self.directions, accept)
        order = np.argsort(-share, kind="stable")
        chosen: IntArray = order[share[order] > 1.0][:most]
        return np.asarray(self.points[chosen], dtype=np.float64)


def _make_keys(directions: FloatArray) -> list[bytes]:
    """Give for every direction a key that directions a rounding apart share (nearly always)."""
    rounded = np.round(directions, 11) + 0.0
    return [row.tobytes() for row in rounded]


def apply_operator(looker: Looker, s: int, sets: VertexSets, accept: float) -> float:
    """Replace a state's set by B of the sets, within ``accept``; give what was left out of sight.

    With a ``strict`` looker the new vertices are payoffs attained; otherwise they are blown up so
    that no payoff is outside by more than the answer (payoffs beyond a flat set).

    Raises
    ------
    ArithmeticError
        Where neither a payoff nor a proof that there is none was found.
    """
    n_parties = looker.game.n_players
    axes = _unit(fix_directions(n_parties))
    most = MOST_VERTICES[n_parties]
    pending = np.vstack([axes, sets.normals[s]])
    found = _Found({}, np.empty((0, n_parties)), np.empty(0), np.empty(0), np.empty((0, n_parties)))
    hull: Hull | None = None
    if sets.count[s] < ROOMY * most:
        sets.rough[s] *= 0.5
    for _ in range(MOST_PASSES):
        if len(pending):
            found.add(pending, looker.look(s, pending, sets))
        if not (found.bounds > -np.inf).any():
            sets.count[s], sets.blown[s] = 0, 0.0
            return 0.0
        if hull is None:
            hull = _build_first(found, len(axes))
        within = max(accept, float(sets.rough[s]))
        new = found.choose_beyond(hull, within, max(4 * n_parties, len(hull.vertices)))
        if len(new):
            if len(hull.vertices) < most:
                hull = build_hull(np.vstack([hull.vertices, new[: most - len(hull.vertices)]]))
            else:  # begin again with what is known, leaving out more
                sets.rough[s] = 1.5 * within
                hull = _build_first(found, len(axes))
            pending = pending[:0]
            continue
        pending = found.missing(np.vstack([hull.normals, hull.across, -hull.across]))
        if len(pending) == 0:
            break
    else:
        raise ArithmeticError("a payoff set has too many facets to be settled")
    sets.normals[s], sets.toward[s] = hull.normals, hull.toward
    if looker.strict:
        sets.put(s, hull.vertices)
        return 0.0
    share, beyond = _measure_rest(hull, found)
    sets.put(s, hull.centre + (1.0 + share) * (hull.vertices - hull.centre))
    sets.blown[s] = share * _reach(hull)
    return beyond


def attain_payoffs(looker: Looker, s: int, sets: VertexSets) -> None:
    """Replace a state's set by the hull of payoffs of B in the directions of its vertices.

    Applied again and again it moves less and less, because the directions stay.
    """
    values, points = looker.look(s, sets.toward[s], sets)[1:]
    attained = points[np.isfinite(values)]
    sets.put(s, build_hull(attained).vertices if len(attained) else attained)


def _build_first(found: _Found, n_directions: int) -> Hull:
    """Build the hull of what was found in the first directions (in all, if nothing was there)."""
    attained = np.isfinite(found.values)
    first = attained & (np.arange(len(attained)) < n_directions)
    if not attained.any():
        raise ArithmeticError("no payoff was found although none was excluded")
    return build_hull(found.points[first if first.any() else attained])


def _allowed(hull: Hull, directions: FloatArray, accept: float) -> FloatArray:
    """How far a payoff may lie beyond the hull in each direction, to be left out.

    In proportion to the depth of the hull there, so that blowing it up moves no vertex by more
    than ``accept``.
    """
    depth = (directions @ hull.vertices.T).max(axis=1) - directions @ hull.centre
    reach = max(_reach(hull), 1e-300)
    return np.asarray(np.maximum(NOISE, np.where(depth > FLAT, accept * depth / reach, FLAT)))


def _measure_rest(hull: Hull, found: _Found) -> tuple[float, float]:
    """By what share the hull must grow about its centre, and how thick a flat one may be."""
    share = 0.0
    if len(hull.normals):
        directions, bounds = found.along(hull.normals)
        reach = (directions @ hull.vertices.T).max(axis=1)
        depth = reach - directions @ hull.centre
        rest = np.maximum(bounds - reach - NOISE, 0.0)
        share = float((rest / depth).max())
    beyond = 0.0
    if len(hull.across):
        directions, bounds = found.along(np.vstack([hull.across, -hull.across]))
        rest = bounds - (directions @ hull.vertices.T).max(axis=1)
        beyond = 2.0 * float(np.maximum(rest, 0.0).sum())
    return share, beyond


def _reach(hull: Hull) -> float:
    return float(np.linalg.norm(hull.vertices - hull.centre, axis=1).max())


def _unit(directions: FloatArray) -> FloatArray:
    return np.asarray(directions / np.linalg.norm(directions, axis=1)[:, None], dtype=np.float64)
